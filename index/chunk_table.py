"""Read chunks, sections, safety messages and vectors out of SQL.

What a caller may see is decided before: every method takes ids of chunks or revisions.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import sqlalchemy as sa

from index import tables
from index.chunk_rows import (
    StoredChunk,
    batches,
    chunk_query,
    safety_message,
    unpack_chunk,
)
from index.corpus import SIGNAL_ORDER, ChunkKind, SafetyMessage


class ChunkTable:
    """The chunks of the documents."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def get(self, chunk_ids: Sequence[int]) -> dict[int, StoredChunk]:
        """Return the chunks that still exist, by id."""
        with self._engine.connect() as connection:
            rows = connection.execute(chunk_query().where(tables.chunk.c.id.in_(chunk_ids))).all()
        return {row.id: unpack_chunk(row) for row in rows}

    def section(self, revision_id: int, section: int) -> list[StoredChunk]:
        """All chunks of one section of a revision, in reading order."""
        chunk = tables.chunk.c
        query = chunk_query().where(chunk.revision_id == revision_id, chunk.section == section)
        with self._engine.connect() as connection:
            return [unpack_chunk(row) for row in connection.execute(query.order_by(chunk.ordinal))]

    def section_title(self, revision_id: int, ordinal: int) -> str:
        """The heading of a section with its printed number; empty before the first heading."""
        table = tables.section.c
        query = sa.select(table.number, table.title).where(
            table.revision_id == revision_id, table.ordinal == ordinal
        )
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
        return f"{row.number} {row.title}".strip() if row else ""

    def forms(self, chunk_ids: Sequence[int]) -> dict[int, tuple[ChunkKind, str]]:
        """The kind and the text of the chunks that still exist."""
        chunk = tables.chunk.c
        forms: dict[int, tuple[ChunkKind, str]] = {}
        with self._engine.connect() as connection:
            for part in batches(list(chunk_ids), 500):
                rows = connection.execute(
                    sa.select(chunk.id, chunk.kind, chunk.search_text).where(chunk.id.in_(part))
                )
                forms.update((row.id, (row.kind, row.search_text)) for row in rows)
        return forms

    def texts_with(self, phrase: str, revision_ids: Sequence[int]) -> list[str]:
        """The texts of up to 50 chunks of these revisions that hold a phrase, case aside."""
        chunk = tables.chunk.c
        query = (
            sa.select(chunk.search_text)
            .where(chunk.revision_id.in_(revision_ids))
            .where(chunk.search_text.icontains(phrase, autoescape=True))
            .limit(50)
        )
        with self._engine.connect() as connection:
            return list(connection.scalars(query))

    def revisions_with(self, phrase: str, revision_ids: Sequence[int]) -> dict[int, str]:
        """Those of the revisions whose text holds a phrase, with the titles of their documents."""
        chunk, revision, document = tables.chunk, tables.revision, tables.document
        query = (
            sa.select(revision.c.id, document.c.title)
            .join(document, document.c.id == revision.c.document_id)
            .join(chunk, chunk.c.revision_id == revision.c.id)
            .where(revision.c.id.in_(revision_ids))
            .where(chunk.c.search_text.icontains(phrase, autoescape=True))
            .distinct()
        )
        with self._engine.connect() as connection:
            return {row.id: row.title for row in connection.execute(query)}

    def safety_messages(self, chunk_ids: Sequence[int]) -> list[tuple[int, int, SafetyMessage]]:
        """The messages that guard these chunks, each once, most severe first.

        Returns (safety id, revision id, message).
        """
        safety, link = tables.safety, tables.chunk_safety
        with self._engine.connect() as connection:
            rows = connection.execute(
                sa.select(safety)
                .where(
                    safety.c.id.in_(
                        sa.select(link.c.safety_id).where(link.c.chunk_id.in_(chunk_ids))
                    )
                )
                .order_by(safety.c.id)
            ).all()
        found = [
            (
                row.id,
                row.revision_id,
                safety_message(row),
            )
            for row in rows
        ]
        return sorted(found, key=lambda item: SIGNAL_ORDER.index(item[2].signal))

    def search_texts(self, chunk_ids: Sequence[int]) -> Iterable[tuple[int, int, str]]:
        """Yield (chunk id, revision id, search text) of the chunks that exist, in batches."""
        chunk = tables.chunk.c
        for part in batches(list(chunk_ids), 500):
            with self._engine.connect() as connection:
                rows = connection.execute(
                    sa.select(chunk.id, chunk.revision_id, chunk.search_text).where(
                        chunk.id.in_(part)
                    )
                ).all()
            yield from ((row.id, row.revision_id, row.search_text) for row in rows)

    def count_unembedded(self, embedder: str) -> int:
        """How many chunks lack a vector of this embedder: search by meaning does not find them."""
        text, vector = tables.embedded_text.c, tables.vector.c
        has_vector = sa.exists().where(
            vector.content_hash == text.content_hash, vector.embedder == embedder
        )
        query = sa.select(sa.func.count(text.chunk_id.distinct())).where(~has_vector)
        with self._engine.connect() as connection:
            return int(connection.scalar(query) or 0)

    def vectors(
        self, chunk_ids: Sequence[int] | None, embedder: str, dimension: int
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Vectors of the given chunks, or of all; a chunk may have several.

        Returns chunk ids (int64, shape (n,)), revision ids (int64, shape (n,)) and vectors
        (float32, shape (n, dimension)). Chunks without a vector of this embedder are left out.
        """
        chunk, text, vector = tables.chunk.c, tables.embedded_text.c, tables.vector.c
        query = (
            sa.select(chunk.id, chunk.revision_id, vector.data)
            .join(tables.embedded_text, text.chunk_id == chunk.id)
            .join(tables.vector, vector.content_hash == text.content_hash)
            .where(vector.embedder == embedder)
        )
        parts = [None] if chunk_ids is None else list(batches(list(chunk_ids), 500))
        rows: list[Any] = []
        with self._engine.connect() as connection:
            for part in parts:
                wanted = query if part is None else query.where(chunk.id.in_(part))
                rows.extend(connection.execute(wanted).all())
        data = b"".join(row.data for row in rows)
        return (
            np.fromiter((row.id for row in rows), np.int64, len(rows)),
            np.fromiter((row.revision_id for row in rows), np.int64, len(rows)),
            np.frombuffer(data, np.float32).reshape(len(rows), dimension),
        )
