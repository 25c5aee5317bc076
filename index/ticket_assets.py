"""Which asset each ticket is about: decided again for all tickets when what is known changes.

It is a function of what the tickets call their asset, the register and the confirmed aliases, so
that it makes no difference which of them came first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from index import tables
from index.access import LOCAL, Principal
from index.assets import AssetMatch, AssetRegister
from index.catalog import Catalog
from index.database import writing
from index.ticket_events import link_same_events
from index.ticket_moves import MOVED, move
from index.ticket_rows import dump
from index.ticket_tables import ticket
from index.visibility import visible_assets, visible_tickets

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


def unresolved(catalog: Catalog, principal: Principal) -> list[Unresolved]:
    """What tickets call assets that are not known, or not for sure; the most frequent first.

    Only tickets and assets that the principal sees.
    """
    table, asset = ticket.c, tables.asset.c
    count = sa.func.count()
    is_it = (asset.id == table.asset_id) & visible_assets(principal)
    query = (
        sa.select(table.asset_raw, sa.func.coalesce(asset.tag, "").label("tag"), count.label("n"))
        .outerjoin(tables.asset, is_it)
        .where(visible_tickets(principal), table.asset_raw != "")
        .where(table.asset_id.is_(None) | (table.asset_match < _LOW))
        .group_by(table.asset_raw, asset.tag)
        .order_by(count.desc(), table.asset_raw)
    )
    matcher = AssetRegister(catalog.engine).matcher(principal)
    with catalog.engine.connect() as connection:
        rows = connection.execute(query).all()
    return [
        Unresolved(row.asset_raw, row.n, row.tag, tuple(matcher.candidates(row.asset_raw)))
        for row in rows
    ]


def assign_again(catalog: Catalog) -> int:
    """Resolve the assets of all tickets anew; return how many tickets changed."""
    knowledge = catalog.engine
    matcher = AssetRegister(knowledge).matcher(LOCAL)
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
    query = sa.select(*MOVED).where(mine).limit(_AT_ONCE)
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
                tag = match.tag if match.asset_id is not None else ""
                move(connection, rows, match.asset_id, tag)
        changed += len(rows)
