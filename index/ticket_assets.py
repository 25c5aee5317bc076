"""Which asset each ticket is about: decided again for all tickets when what is known changes.

It is a function of what the tickets call their asset, the register and the confirmed aliases, so
that it makes no difference which of them came first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from index import tables
from index.assets import AssetMatch, AssetRegister
from index.catalog import Catalog
from index.chunk_rows import remove_chunks
from index.database import writing
from index.ticket_events import link_same_events
from index.ticket_histories import drop_empty, histories, revisions_of
from index.ticket_rows import Text, dump, put_embedded, put_texts
from index.ticket_tables import ticket

_AT_ONCE = 500
_LOW = 0.95  # a match with a score below is shown to a person


@dataclass(frozen=True, slots=True)
class Unresolved:
    """What tickets call an asset, where it is not sure which one is meant.

    ``taken_for`` is the tag of the asset that they were given all the same, empty if none;
    ``candidates`` are the nearest assets with scores from 0 to 1.
    """

    text: str
    tickets: int
    taken_for: str
    candidates: tuple[AssetMatch, ...]


def unresolved(catalog: Catalog) -> list[Unresolved]:
    """What tickets call assets that are not known, or not for sure; the most frequent first."""
    table, asset = ticket.c, tables.asset.c
    count = sa.func.count()
    query = (
        sa.select(table.asset_raw, sa.func.coalesce(asset.tag, "").label("tag"), count.label("n"))
        .outerjoin(tables.asset, asset.id == table.asset_id)
        .where(table.asset_raw != "", table.asset_id.is_(None) | (table.asset_match < _LOW))
        .group_by(table.asset_raw, asset.tag)
        .order_by(count.desc(), table.asset_raw)
    )
    matcher = AssetRegister(catalog.engine).matcher()
    with catalog.engine.connect() as connection:
        rows = connection.execute(query).all()
    return [
        Unresolved(row.asset_raw, row.n, row.tag, tuple(matcher.candidates(row.asset_raw)))
        for row in rows
    ]


def assign_again(catalog: Catalog) -> int:
    """Resolve the assets of all tickets anew; return how many tickets changed."""
    knowledge = catalog.engine
    matcher = AssetRegister(knowledge).matcher()
    table = ticket.c
    group = (table.asset_raw, table.asset_texts, table.asset_id, table.asset_match)
    with knowledge.connect() as connection:
        rows = connection.execute(sa.select(*group).distinct()).all()
    changed = 0
    for row in rows:
        match = matcher.resolve(row.asset_raw, row.asset_texts)
        if (match.asset_id, match.score) != (row.asset_id, row.asset_match):
            changed += _assign(knowledge, row, match)
    # Always: a process may have died between the two. Only tickets of one asset are one event.
    link_same_events(catalog)
    return changed


def _assign(knowledge: sa.Engine, group: Any, match: AssetMatch) -> int:
    table = ticket.c
    mine = (
        (table.asset_raw == group.asset_raw)
        & (sa.cast(table.asset_texts, sa.String) == dump(group.asset_texts))
        & table.asset_id.is_not_distinct_from(group.asset_id)
        & (table.asset_match == group.asset_match)
    )
    query = sa.select(table.id, table.chunk_id).where(mine).limit(_AT_ONCE)
    values = {"asset_id": match.asset_id, "asset_match": match.score}
    changed = 0
    while True:
        with writing(knowledge) as connection:
            rows = connection.execute(query).all()
            if not rows:
                return changed
            ids = [row.id for row in rows]
            connection.execute(ticket.update().where(table.id.in_(ids)).values(values))
            if match.asset_id != group.asset_id:
                _move(connection, {row.id: row.chunk_id for row in rows}, match)
        changed += len(rows)


def _move(connection: sa.Connection, tickets: dict[int, int], match: AssetMatch) -> None:
    """Give the texts of tickets (chunk ids by ticket id) to the history of another asset."""
    chunk, text = tables.chunk.c, tables.embedded_text.c
    old = list(tickets.values())
    tag = match.tag if match.asset_id is not None else ""
    revision_id = histories(connection, {tag: match.asset_id})[tag]
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
    new = put_texts(connection, [(revision_id, text) for text in texts])
    for (ticket_id, i), chunk_id in zip(tickets.items(), new, strict=True):
        connection.execute(
            ticket.update().where(ticket.c.id == ticket_id).values(chunk_id=chunk_id)
        )
        if found[i].content_hash is not None:
            put_embedded(connection, [(chunk_id, found[i].content_hash)])
    remove_chunks(connection, old)
    drop_empty(connection, before - {revision_id})
