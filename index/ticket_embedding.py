"""Vectors for tickets that were imported without them.

A million vectors take hours on a CPU, so a large import stores rows and words first. What waits is
found by its words meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import sqlalchemy as sa

from index import tables
from index.catalog import Catalog
from index.chunk_rows import put_vectors
from index.database import writing
from index.embedding import Embedder
from index.home import hash_text
from index.ticket_rows import note_added, put_embedded
from index.ticket_tables import ticket

_AT_ONCE = 256


def count_waiting(catalog: Catalog, embedder: str) -> int:
    """How many tickets are not found by meaning yet."""
    query = sa.select(sa.func.count()).select_from(ticket).where(_waits(embedder))
    with catalog.engine.connect() as connection:
        return int(connection.scalar(query) or 0)


def embed_waiting(
    catalog: Catalog,
    embedder: Embedder,
    limit: int | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> int:
    """Make the vectors of up to ``limit`` tickets that wait, oldest first; return how many.

    Each piece is one short transaction, so that it may be stopped at any time. ``progress`` is
    called with how many are done.
    """
    done, last = 0, 0
    while limit is None or done < limit:
        size = _AT_ONCE if limit is None else min(_AT_ONCE, limit - done)
        query = (
            sa.select(ticket.c.id, ticket.c.chunk_id, tables.chunk.c.search_text)
            .join(tables.chunk, tables.chunk.c.id == ticket.c.chunk_id)
            .where(ticket.c.id > last, _waits(embedder.identity))
            .order_by(ticket.c.id)
            .limit(size)
        )
        with catalog.engine.connect() as connection:
            rows = connection.execute(query).all()
        if not rows:
            break
        _embed(catalog, embedder, {row.chunk_id: row.search_text for row in rows})
        last = rows[-1].id
        done += len(rows)
        progress(done)
    return done


def take_known_vectors(catalog: Catalog, embedder: str) -> int:
    """Let tickets that wait be found by meaning whose vectors are there already; return how many.

    A rebuild takes the vectors of the old knowledge, and imports large tables without any.
    """
    vector, chunk = tables.vector.c, tables.chunk.c
    count, last = 0, 0
    while True:
        query = (
            sa.select(ticket.c.id, ticket.c.chunk_id, chunk.search_text)
            .join(tables.chunk, chunk.id == ticket.c.chunk_id)
            .where(ticket.c.id > last, _waits(embedder))
            .order_by(ticket.c.id)
            .limit(_AT_ONCE)
        )
        with writing(catalog.engine) as connection:
            rows = connection.execute(query).all()
            if not rows:
                return count
            last = rows[-1].id
            keys = {row.chunk_id: hash_text(row.search_text) for row in rows}
            wanted = vector.content_hash.in_(set(keys.values())) & (vector.embedder == embedder)
            known = set(connection.scalars(sa.select(vector.content_hash).where(wanted)))
            ready = [(chunk_id, key) for chunk_id, key in keys.items() if key in known]
            if ready:
                put_embedded(connection, ready)
                note_added(connection, [chunk_id for chunk_id, _ in ready])
        count += len(ready)


def _waits(embedder: str) -> sa.ColumnElement[bool]:
    text, vector = tables.embedded_text.c, tables.vector.c
    return ~sa.exists(
        sa.select(text.chunk_id)
        .join(tables.vector, vector.content_hash == text.content_hash)
        .where(text.chunk_id == ticket.c.chunk_id, vector.embedder == embedder)
    )


def _embed(catalog: Catalog, embedder: Embedder, texts: dict[int, str]) -> None:
    keys = {chunk_id: hash_text(text) for chunk_id, text in texts.items()}
    by_key = {keys[chunk_id]: text for chunk_id, text in texts.items()}
    missing = catalog.missing_vectors(by_key, embedder.identity)
    found = embedder.embed([by_key[key] for key in missing]) if missing else np.zeros((0, 0))
    vectors = dict(zip(missing, found, strict=True))
    chunk, text = tables.chunk.c, tables.embedded_text.c
    with writing(catalog.engine) as connection:
        # What was deleted or replaced meanwhile is left alone.
        there = set(connection.scalars(sa.select(chunk.id).where(chunk.id.in_(texts))))
        known = set(connection.scalars(sa.select(text.chunk_id).where(text.chunk_id.in_(texts))))
        alive = [chunk_id for chunk_id in texts if chunk_id in there]
        put_embedded(connection, [(i, keys[i]) for i in alive if i not in known])
        used = {keys[chunk_id] for chunk_id in alive}
        put_vectors(
            connection, embedder.identity, {key: v for key, v in vectors.items() if key in used}
        )
        if alive:
            note_added(connection, alive)
