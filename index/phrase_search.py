"""Find the chunks of revisions that hold one of some phrases, for what must not depend on ranking.

What a caller may see is decided before: the function takes ids of revisions.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from index import tables
from index.chunk_rows import StoredChunk, chunk_query, unpack_chunk


def chunks_with(
    engine: sa.Engine, phrases: Sequence[str], revision_ids: Sequence[int], most: int
) -> list[StoredChunk]:
    """The first chunks of revisions, in reading order, that hold one of the phrases, case aside."""
    chunk = tables.chunk.c
    holds = sa.or_(*(chunk.search_text.icontains(each, autoescape=True) for each in phrases))
    query = (
        chunk_query()
        .where(chunk.revision_id.in_(revision_ids), holds)
        .order_by(chunk.revision_id, chunk.ordinal)
        .limit(most)
    )
    with engine.connect() as connection:
        return [unpack_chunk(row) for row in connection.execute(query)]


def titles_with(
    engine: sa.Engine, words: Sequence[str], revision_ids: Sequence[int], most: int
) -> list[tuple[int, str]]:
    """(revision id, title) of the sections of revisions whose title holds one of the words."""
    section = tables.section.c
    holds = sa.or_(*(section.title.icontains(each, autoescape=True) for each in words))
    query = (
        sa.select(section.revision_id, section.title)
        .where(section.revision_id.in_(revision_ids), holds)
        .order_by(section.revision_id, section.ordinal)
        .limit(most)
    )
    with engine.connect() as connection:
        return [(row.revision_id, row.title) for row in connection.execute(query)]
