"""What every reader returns."""

from __future__ import annotations

from dataclasses import dataclass, field

from index.corpus import Block, DocumentKind, PageSize


@dataclass(frozen=True, slots=True)
class Hidden:
    """Text that a file holds and a person who looks at it does not see.

    It is kept out of the blocks and shown in the report, with ``reason`` saying why it is held
    back, such as "white text" or "zero-width characters".
    """

    page: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What a format states about a document in fields of its own; empty where it does not.

    Such a field is believed before anything that is looked for in the text. ``date`` is YYYY-MM-DD,
    ``language`` a two-letter code. ``serials`` are serial ranges as printed, such as "4000-4399".
    """

    number: str = ""
    revision: str = ""
    date: str = ""
    language: str = ""
    kind: DocumentKind | None = None
    models: tuple[str, ...] = ()
    serials: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Contents:
    """A file as a reader sees it, before anything is decided about it.

    ``front`` are the lines in which the document says what it is; number, revision and models are
    looked for there. ``report`` goes into the ingestion report: "pages", "pages_without_text",
    "tables", "figures" and, of scans, "ocr" (a list of pages with confidence 0 to 1 and rotation in
    degrees). Pages count from 1; a slide or a sheet is a page.
    """

    blocks: tuple[Block, ...]
    pages: tuple[PageSize, ...] = ()
    title: str = ""
    front: tuple[str, ...] = ()
    report: dict[str, object] = field(default_factory=dict)
    hidden: tuple[Hidden, ...] = ()
    facts: Facts = Facts()
