"""Read vectors out of SQL in an order that keeps those of a revision together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import sqlalchemy as sa

from index import tables
from index.chunk_rows import batches

Rows = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Chunk ids (int64, shape (n,)), revision ids (int64, shape (n,)), vectors (float32, (n, d))."""

_CHUNKS_AT_ONCE = 4096


def read_rows(engine: sa.Engine, embedder: str, dimension: int) -> Iterator[Rows]:
    """Yield the vectors of all chunks by revision and chunk, in blocks.

    Each block is a transaction of its own, so that no writer waits. What changes meanwhile may be
    in or not: who read the number of the last change before applies what came after it.
    """
    chunk, text, vector = tables.chunk.c, tables.embedded_text.c, tables.vector.c
    at = (0, 0)
    while True:
        page = (
            sa.select(chunk.id, chunk.revision_id)
            .where(sa.tuple_(chunk.revision_id, chunk.id) > sa.tuple_(*at))
            .order_by(chunk.revision_id, chunk.id)
            .limit(_CHUNKS_AT_ONCE)
        )
        with engine.connect() as connection:
            chunks = connection.execute(page).all()
            if not chunks:
                return
            first, last = chunks[0], chunks[-1]
            inside = sa.tuple_(chunk.revision_id, chunk.id)
            rows = connection.execute(
                sa.select(chunk.id, chunk.revision_id, vector.data)
                .join(tables.embedded_text, text.chunk_id == chunk.id)
                .join(tables.vector, vector.content_hash == text.content_hash)
                .where(
                    inside >= sa.tuple_(first.revision_id, first.id),
                    inside <= sa.tuple_(last.revision_id, last.id),
                    vector.embedder == embedder,
                )
                .order_by(chunk.revision_id, chunk.id)
            ).all()
        at = (last.revision_id, last.id)
        if rows:
            yield (
                np.fromiter((row[0] for row in rows), np.int64, len(rows)),
                np.fromiter((row[1] for row in rows), np.int64, len(rows)),
                np.frombuffer(b"".join(row[2] for row in rows), np.float32).reshape(-1, dimension),
            )


def count_rows(engine: sa.Engine, embedder: str) -> int:
    """How many vectors of this embedder chunks have."""
    text, vector = tables.embedded_text.c, tables.vector.c
    query = (
        sa.select(sa.func.count())
        .select_from(tables.embedded_text)
        .join(tables.vector, vector.content_hash == text.content_hash)
        .where(vector.embedder == embedder)
    )
    with engine.connect() as connection:
        return int(connection.scalar(query) or 0)


def text_hashes(engine: sa.Engine, chunk_ids: Sequence[int]) -> dict[int, list[str]]:
    """The hashes of the texts of those of these chunks that exist, by chunk id."""
    chunk, text = tables.chunk.c, tables.embedded_text.c
    found: dict[int, list[str]] = {}
    with engine.connect() as connection:
        for part in batches(list(chunk_ids), 500):
            rows = connection.execute(
                sa.select(chunk.id, text.content_hash)
                .join(tables.embedded_text, text.chunk_id == chunk.id)
                .where(chunk.id.in_(part))
                .order_by(chunk.id, text.content_hash)
            )
            for chunk_id, content_hash in rows:
                found.setdefault(chunk_id, []).append(content_hash)
    return found
