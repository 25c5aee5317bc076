"""Pages of documents and tickets as a list shows them: permission and filters inside the query."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from index import tables
from index.access import Principal
from index.catalog import Catalog, StoredDocument
from index.chunk_rows import batches
from index.codes import fold
from index.corpus import DOCUMENTS, PassageFilter, RevisionStatus
from index.scope import find_revisions
from index.ticket_tables import ticket
from index.visibility import visible_assets, visible_tickets

_AT_ONCE = 20_000  # ids in one statement


@dataclass(frozen=True, slots=True)
class TicketFilter:
    """Which tickets are listed; what is empty or None restricts nothing.

    Times are ISO 8601 as tickets are stored: ``since`` is included, ``until`` is not.
    """

    asset: str | None = None
    status: str = ""
    alarm_code: str = ""
    failure_mode: str = ""
    text: str = ""
    since: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class ListedTicket:
    """A ticket of a list, without who worked on it; ``ticket_id`` changes with a rebuild."""

    ticket_id: int
    uid: str
    number: str
    asset: str
    title: str
    description: str
    cause: str
    resolution: str
    ticket_type: str
    status: str
    priority: int | None
    failure_mode: str
    alarm_codes: tuple[str, ...]
    reported_at: str | None
    completed_at: str | None
    downtime_min: float | None
    labor_h: float | None
    parts: tuple[tuple[str, float], ...]
    duplicate_of: str | None
    quality_flags: tuple[str, ...]


def list_revisions(
    catalog: Catalog,
    principal: Principal,
    where: PassageFilter,
    statuses: Collection[RevisionStatus],
    *,
    text: str = "",
    after: int = 0,
    limit: int = 50,
) -> list[StoredDocument]:
    """Revisions of documents that the principal may see, by revision id.

    Args:
        catalog: the knowledge.
        principal: who asks.
        where: kinds default to all but histories.
        statuses: of the revisions.
        text: stands in the title or the number, in any case.
        after: the revision id that the page before ended with.
        limit: how many at most.
    """
    where = replace(where, kinds=where.kinds or DOCUMENTS)
    with catalog.engine.connect() as connection:
        seen = [i for i in find_revisions(connection, principal, where, statuses) if i > after]
        if text:
            seen = _named(connection, seen, text, limit)
        return [
            catalog.describe(connection, principal, revision_id) for revision_id in seen[:limit]
        ]


def _named(
    connection: sa.Connection, revision_ids: Sequence[int], text: str, limit: int
) -> list[int]:
    """Those of some revisions whose document has a text in its title or number."""
    document, revision = tables.document.c, tables.revision.c
    wanted = text.casefold()
    found: list[int] = []
    for part in batches(revision_ids, _AT_ONCE):
        query = (
            sa.select(revision.id, document.title, document.number)
            .join(tables.document, document.id == revision.document_id)
            .where(revision.id.in_(part))
            .order_by(revision.id)
        )
        found += [
            row.id
            for row in connection.execute(query)
            if wanted in row.title.casefold() or wanted in row.number.casefold()
        ]
        if len(found) >= limit:
            break
    return found


def list_tickets(
    catalog: Catalog,
    principal: Principal,
    where: TicketFilter,
    *,
    after: tuple[str | None, int] | None = None,
    limit: int = 50,
) -> list[ListedTicket]:
    """Tickets that the principal may see, the one reported last first.

    Args:
        catalog: the knowledge.
        principal: who asks.
        where: what restricts the list.
        after: time of report and id of the ticket that the page before ended with.
        limit: how many at most.
    """
    table = ticket.c
    query = _described(principal).order_by(table.reported_at.desc(), table.id.desc()).limit(limit)
    if after is not None:
        query = query.where(_is_after(*after))
    if where.status:
        query = query.where(table.status == where.status)
    if where.failure_mode:
        query = query.where(table.failure_mode == where.failure_mode)
    if where.since:
        query = query.where(table.reported_at >= where.since)
    if where.until:
        query = query.where(table.reported_at < where.until)
    if where.asset is not None:
        query = query.where(tables.asset.c.folded == fold(where.asset))
    if where.alarm_code:
        codes = sa.func.json_each(table.alarm_codes).table_valued("value")
        query = query.where(
            sa.exists(sa.select(codes.c.value).where(codes.c.value == where.alarm_code))
        )
    if where.text:
        texts = (table.title, table.description, table.cause, table.resolution)
        query = query.where(sa.or_(*(t.icontains(where.text, autoescape=True) for t in texts)))
    with catalog.engine.connect() as connection:
        rows = connection.execute(query).all()
    return [_listed(row) for row in rows]


def get_ticket(catalog: Catalog, principal: Principal, ticket_id: int) -> ListedTicket | None:
    """One ticket, None where there is none that the principal may see."""
    query = _described(principal).where(ticket.c.id == ticket_id)
    with catalog.engine.connect() as connection:
        row = connection.execute(query).first()
    return _listed(row) if row is not None else None


def tickets_by_uid(
    catalog: Catalog, principal: Principal, uids: Sequence[str]
) -> list[ListedTicket]:
    """The tickets of some uids that the principal may see, in the order of the uids."""
    found: dict[str, ListedTicket] = {}
    with catalog.engine.connect() as connection:
        for part in batches(uids, _AT_ONCE):
            query = _described(principal).where(ticket.c.uid.in_(part))
            found |= {row.uid: _listed(row) for row in connection.execute(query)}
    return [found[uid] for uid in uids if uid in found]


def _described(principal: Principal) -> sa.Select[Any]:
    """Tickets that are seen; an asset that is not seen is called what the ticket calls it."""
    known = (tables.asset.c.id == ticket.c.asset_id) & visible_assets(principal)
    return (
        sa.select(ticket, tables.asset.c.tag)
        .outerjoin(tables.asset, known)
        .where(visible_tickets(principal))
    )


def _is_after(reported_at: str | None, ticket_id: int) -> sa.ColumnElement[bool]:
    """SQL sorts NULL below all values, so tickets without a time come last."""
    table = ticket.c
    if reported_at is None:
        return table.reported_at.is_(None) & (table.id < ticket_id)
    same = (table.reported_at == reported_at) & (table.id < ticket_id)
    return (table.reported_at < reported_at) | same | table.reported_at.is_(None)


def _listed(row: Any) -> ListedTicket:
    return ListedTicket(
        ticket_id=row.id,
        uid=row.uid,
        number=row.locator,
        asset=row.tag or row.asset_raw,
        title=row.title,
        description=row.description,
        cause=row.cause,
        resolution=row.resolution,
        ticket_type=row.ticket_type,
        status=row.status,
        priority=row.priority,
        failure_mode=row.failure_mode,
        alarm_codes=tuple(row.alarm_codes),
        reported_at=row.reported_at,
        completed_at=row.completed_at,
        downtime_min=row.downtime_min,
        labor_h=row.labor_h,
        parts=tuple((name, float(quantity)) for name, quantity in row.parts),
        duplicate_of=row.duplicate_of,
        quality_flags=tuple(row.quality_flags),
    )
