"""Find a section by the number that another place refers to: "section 8.4"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from index import tables

_REFERENCE = re.compile(
    r"\b(?:sections?|sect\.|chapters?|abschnitt|kapitel)\s+(\d+(?:\.\d+)*)|"
    r"第?\s*(\d+(?:\.\d+)*)\s*[节章]",
    re.IGNORECASE,
)
_NOT_HERE = re.compile(r"\b(?:of|in|aus|im|des|der) (?:the )?[A-Z]{2,}[\w-]*-[\w-]+")


@dataclass(frozen=True, slots=True)
class SectionPlace:
    """A section of a revision with its printed number and title."""

    revision_id: int
    ordinal: int
    name: str


def referred_sections(text: str) -> tuple[str, ...]:
    """The numbers of the sections that a text refers to, each once, in its order (pure).

    A section of another document ("section 4.2 of HP40-SB-07") does not count.
    """
    found: dict[str, None] = {}
    for match in _REFERENCE.finditer(text):
        if not _NOT_HERE.match(text[match.end() :].lstrip()):
            found[match[1] or match[2]] = None
    return tuple(found)


def find_sections(
    engine: sa.Engine, revision_id: int, numbers: Sequence[str]
) -> dict[str, SectionPlace]:
    """The sections of a revision with these printed numbers; what it does not have is left out.

    A number that stands twice in a revision names neither. What the caller may see is decided
    before.
    """
    table = tables.section.c
    query = sa.select(table.ordinal, table.number, table.title).where(
        table.revision_id == revision_id, table.number.in_(list(numbers))
    )
    places: dict[str, list[SectionPlace]] = {}
    with engine.connect() as connection:
        for row in connection.execute(query):
            place = SectionPlace(revision_id, row.ordinal, f"{row.number} {row.title}".strip())
            places.setdefault(row.number, []).append(place)
    return {number: found[0] for number, found in places.items() if len(found) == 1}


def next_section(engine: sa.Engine, revision_id: int, ordinal: int) -> SectionPlace | None:
    """The section that follows another one; None behind the last."""
    table = tables.section.c
    query = sa.select(table.number, table.title).where(
        table.revision_id == revision_id, table.ordinal == ordinal + 1
    )
    with engine.connect() as connection:
        row = connection.execute(query).first()
    if row is None:
        return None
    return SectionPlace(revision_id, ordinal + 1, f"{row.number} {row.title}".strip())
