"""Give tickets to the history of another asset, or of other people: what they say stays.

Functions run inside a transaction of the caller.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from index import tables
from index.chunk_rows import batches, remove_chunks
from index.ticket_histories import History, drop_empty, histories, revisions_of
from index.ticket_rows import Text, asset_sites, dump, put_embedded, put_texts, site_of
from index.ticket_tables import ticket

_AT_ONCE = 500
MOVED = (ticket.c.id, ticket.c.chunk_id, ticket.c.row_site, ticket.c.stated_site, ticket.c.groups)
"""What :func:`move` has to know of each ticket."""


def follow_asset(connection: sa.Connection, asset_id: int, tag: str) -> None:
    """Let the tickets of an asset be seen where the asset is now."""
    rows = connection.execute(sa.select(*MOVED).where(ticket.c.asset_id == asset_id)).all()
    for part in batches(rows, _AT_ONCE):
        move(connection, part, asset_id, tag)


def move(connection: sa.Connection, rows: Sequence[Any], asset_id: int | None, tag: str) -> None:
    """Give tickets (of :data:`MOVED`) to an asset, or to none where the id is None.

    They are seen where it is now, unless their own rows name a site.
    """
    site = asset_sites(connection, [asset_id]).get(asset_id)
    chunk, text = tables.chunk.c, tables.embedded_text.c
    old = [row.chunk_id for row in rows]
    sites = [site_of(row.row_site, site, row.stated_site) for row in rows]
    kept = [
        History(tag, asset_id, own, dump(row.groups)) for row, own in zip(rows, sites, strict=True)
    ]
    revisions = histories(connection, kept)
    found = {
        row.id: row
        for row in connection.execute(
            sa.select(*(chunk.id, chunk.key, chunk.search_text, chunk.sentences), text.content_hash)
            .outerjoin(tables.embedded_text, text.chunk_id == chunk.id)
            .where(chunk.id.in_(old))
        )
    }
    before = revisions_of(connection, old)
    # New chunks: a cache knows a chunk's revision from the beginning to the end.
    texts = [Text(found[i].key, found[i].search_text, dump(found[i].sentences)) for i in old]
    places = [(revisions[history], text) for history, text in zip(kept, texts, strict=True)]
    new = put_texts(connection, places)
    for row, own, chunk_id in zip(rows, sites, new, strict=True):
        values = {"chunk_id": chunk_id, "site": own}
        connection.execute(ticket.update().where(ticket.c.id == row.id).values(values))
        if found[row.chunk_id].content_hash is not None:
            put_embedded(connection, [(chunk_id, found[row.chunk_id].content_hash)])
    remove_chunks(connection, old)
    drop_empty(connection, before - set(revisions.values()))
