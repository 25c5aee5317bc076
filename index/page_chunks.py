"""What was made of one page of a revision, to be looked at beside the page.

A revision that the principal does not see is as one that is not there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from index import tables
from index.access import Principal
from index.chunk_rows import StoredChunk, chunk_query, unpack_chunk
from index.chunk_table import ChunkTable
from index.corpus import Box, ChunkKind, PageSize, SafetyMessage
from index.visibility import visible_revisions

CHUNKS_AT_ONCE = 40
"""Of a document without pages, whose chunks would all stand on page 1."""

_ON_PAGE = sa.text(
    "EXISTS (SELECT 1 FROM json_each(chunk.sentences) AS s"
    " WHERE json_extract(s.value, '$.page') = :page"
    " OR EXISTS (SELECT 1 FROM json_each(s.value, '$.boxes') AS b"
    " WHERE json_extract(b.value, '$[0]') = :page))"
)


@dataclass(frozen=True, slots=True)
class InspectedChunk:
    """A chunk with what hangs on it; ``codes`` are (code, meaning) in the order of the text."""

    chunk: StoredChunk
    kind: ChunkKind
    codes: tuple[tuple[str, str], ...]
    safety: tuple[SafetyMessage, ...]

    def boxes_on(self, page: int) -> list[Box]:
        """The boxes of its lines on a page."""
        return [box for s in self.chunk.sentences for box in s.boxes if box.page == page]


class PageChunks:
    """The chunks of a revision, page by page."""

    def __init__(self, engine: sa.Engine) -> None:
        """Use a database that has the tables of :mod:`index.tables`."""
        self._engine = engine
        self._chunks = ChunkTable(engine)

    def page_size(self, principal: Principal, revision_id: int, page: int) -> PageSize | None:
        """The size of a page; None where the revision has no such page."""
        table = tables.page.c
        query = sa.select(table.number, table.width, table.height).where(
            table.revision_id == revision_id, table.number == page, _is_seen(principal, revision_id)
        )
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
        return PageSize(row.number, row.width, row.height) if row else None

    def count_parts(self, principal: Principal, revision_id: int) -> int:
        """How many pages a revision has; of one without pages, how many runs of chunks."""
        count = sa.select(sa.func.count()).where(_is_seen(principal, revision_id))
        pages = count.where(tables.page.c.revision_id == revision_id)
        chunks = count.where(tables.chunk.c.revision_id == revision_id)
        with self._engine.connect() as connection:
            if found := connection.scalar(pages):
                return int(found)
            return -(-int(connection.scalar(chunks) or 0) // CHUNKS_AT_ONCE)

    def of_part(self, principal: Principal, revision_id: int, part: int) -> list[InspectedChunk]:
        """The chunks of a page, or of a run of chunks, in reading order; parts count from 1."""
        query = chunk_query().where(
            tables.chunk.c.revision_id == revision_id, _is_seen(principal, revision_id)
        )
        query = query.order_by(tables.chunk.c.ordinal)
        if self.page_size(principal, revision_id, 1) is not None:
            query = query.where(_ON_PAGE.bindparams(page=part))
        else:
            query = query.offset((part - 1) * CHUNKS_AT_ONCE).limit(CHUNKS_AT_ONCE)
        with self._engine.connect() as connection:
            chunks = [unpack_chunk(row) for row in connection.execute(query)]
        return self._inspected(chunks)

    def _inspected(self, chunks: Sequence[StoredChunk]) -> list[InspectedChunk]:
        ids = [chunk.chunk_id for chunk in chunks]
        code, link = tables.code.c, tables.chunk_safety.c
        with self._engine.connect() as connection:
            codes = connection.execute(
                sa.select(code.chunk_id, code.code, code.meaning)
                .where(code.chunk_id.in_(ids))
                .order_by(code.sentence, code.id)
            ).all()
            guards = connection.execute(
                sa.select(link.chunk_id, link.safety_id).where(link.chunk_id.in_(ids))
            ).all()
        guarding = {(row.chunk_id, row.safety_id) for row in guards}
        messages = self._chunks.safety_messages(ids)
        kinds = self._chunks.forms(ids)
        return [
            InspectedChunk(
                chunk=chunk,
                kind=kinds[chunk.chunk_id][0],
                codes=tuple(
                    dict.fromkeys(
                        (row.code, row.meaning) for row in codes if row.chunk_id == chunk.chunk_id
                    )
                ),
                safety=tuple(
                    message
                    for safety_id, _, message in messages
                    if (chunk.chunk_id, safety_id) in guarding
                ),
            )
            for chunk in chunks
            if chunk.chunk_id in kinds  # it may have been deleted meanwhile
        ]


def _is_seen(principal: Principal, revision_id: int) -> sa.ColumnElement[bool]:
    table = tables.revision
    return sa.exists(
        sa.select(table.c.id)
        .where(table.c.id == revision_id, visible_revisions(principal))
        .correlate(None)
    )
