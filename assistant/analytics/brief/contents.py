"""What a brief holds; nothing here computes or asks."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from assistant.analytics.figure import Figure


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a brief.

    ``statements`` are sentences that code made of the figures; each number of the section stands in
    one of them. ``wording`` is what a language model made of them, empty where none did or where
    none of its sentences stood up; ``dropped`` counts its sentences that did not.
    """

    title: str
    statements: tuple[str, ...]
    figures: tuple[Figure, ...] = ()
    wording: str = ""
    dropped: int = 0


@dataclass(frozen=True, slots=True)
class Brief:
    """A brief; ``period`` is its time in words, ``as_of`` what the data is as of (UTC)."""

    title: str
    period: str
    site: str
    as_of: datetime
    sections: tuple[Section, ...]
    model: str = ""
    notes: tuple[str, ...] = field(default=())

    @property
    def dropped(self) -> int:
        """How many sentences of the language model were dropped."""
        return sum(section.dropped for section in self.sections)
