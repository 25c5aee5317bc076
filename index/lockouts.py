"""Find what documents say about lockout: the blocks that ingestion made, and sections by title.

What a caller may see is decided before: every function takes ids of revisions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from index import tables
from index.chunk_rows import safety_message
from index.corpus import SafetyMessage


@dataclass(frozen=True, slots=True)
class SectionTitle:
    """A section of a revision; ``path`` are the headings down to it, its own last."""

    revision_id: int
    ordinal: int
    path: tuple[str, ...]


def lockout_blocks(
    engine: sa.Engine, revision_ids: Sequence[int]
) -> list[tuple[int, SafetyMessage]]:
    """The lockout blocks of revisions, as ingestion stored them, with the revision's id."""
    safety = tables.safety.c
    query = (
        sa.select(tables.safety)
        .where(safety.revision_id.in_(revision_ids), safety.signal == "lockout")
        .order_by(safety.revision_id, safety.id)
    )
    with engine.connect() as connection:
        rows = connection.execute(query).all()
    return [
        (
            row.revision_id,
            safety_message(row),
        )
        for row in rows
    ]


def section_titles(engine: sa.Engine, revision_ids: Sequence[int]) -> list[SectionTitle]:
    """Every section of revisions with the headings above it, in reading order."""
    section = tables.section.c
    query = (
        sa.select(section.revision_id, section.ordinal, section.level, section.title)
        .where(section.revision_id.in_(revision_ids))
        .order_by(section.revision_id, section.ordinal)
    )
    with engine.connect() as connection:
        rows = connection.execute(query).all()
    found: list[SectionTitle] = []
    above: list[tuple[int, str]] = []
    revision_id = None
    for row in rows:
        if row.revision_id != revision_id:
            above, revision_id = [], row.revision_id
        above = [(level, title) for level, title in above if level < row.level]
        above.append((row.level, row.title))
        path = tuple(title for _, title in above)
        found.append(SectionTitle(row.revision_id, row.ordinal, path))
    return found
