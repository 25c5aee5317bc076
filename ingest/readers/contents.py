"""What every reader returns."""

from __future__ import annotations

from dataclasses import dataclass, field

from index.corpus import Block, PageSize


@dataclass(frozen=True, slots=True)
class Contents:
    """A file as a reader sees it, before anything is decided about it.

    ``front`` are the lines in which the document says what it is; number, revision and models are
    looked for there. ``report`` goes into the ingestion report.
    """

    blocks: tuple[Block, ...]
    pages: tuple[PageSize, ...] = ()
    title: str = ""
    front: tuple[str, ...] = ()
    report: dict[str, object] = field(default_factory=dict)
