"""The tickets behind a figure, as rows that a person can read and open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from assistant.analytics.scope import Row, Scope
from index.facts.fact_tables import fact
from index.ticket_tables import ticket

MAX_UIDS = 2000
_FEW = 20_000

ORDERS: dict[str, sa.ColumnElement[Any]] = {
    "reported": fact.c.reported,
    "completed": fact.c.completed,
    "due": fact.c.due,
    "age_d": -fact.c.reported,
    "downtime_min": sa.case((fact.c.has_down_flaw == 0, fact.c.down_min)),
    "downtime_h": sa.case((fact.c.has_down_flaw == 0, fact.c.down_min)),
    "response_min": fact.c.acknowledged - fact.c.reported,
    "cost_total": fact.c.cost_total,
    "labor_h": fact.c.labor_h,
    "priority": fact.c.priority,
    "asset": fact.c.asset,
    "status": fact.c.status,
}
"""What a list of tickets can be ordered by."""


@dataclass(frozen=True, slots=True)
class TicketRow:
    """A ticket behind a figure; ``reported`` is local, empty where unknown.

    ``moment`` is the same in seconds since 1970.
    """

    uid: str
    locator: str
    reported: str
    asset: str
    title: str
    status: str
    priority: int | None
    downtime_min: float | None
    cause: str
    resolution: str
    cost_total: float | None
    currency: str
    is_open: bool
    labor_h: float | None = None
    moment: int | None = None
    ticket_id: int = 0


def uids(scope: Scope, behind: sa.ColumnElement[bool], counted: int) -> tuple[str, ...]:
    """The tickets behind, in the order of their report; at most the first 2,000."""
    # Few are found by their conditions and then sorted; many by walking along the times.
    few = (fact.c.reported + 0, fact.c.ticket_id + 0)
    order = few if counted <= _FEW else (fact.c.reported, fact.c.ticket_id)
    rows = scope.run(
        "the tickets behind",
        sa.select(fact.c.uid).where(behind).order_by(*order).limit(MAX_UIDS),
    )
    return tuple(row[0] for row in rows)


def read(
    scope: Scope,
    behind: sa.ColumnElement[bool],
    *,
    order_by: str = "reported",
    order: str = "desc",
    offset: int = 0,
    limit: int = 200,
) -> list[TicketRow]:
    """Some of the tickets behind, in an order of :data:`ORDERS`; what is unknown comes last."""
    by = ORDERS[order_by]
    in_order = (
        by.is_(None),
        by.asc() if order == "asc" else by.desc(),
        (fact.c.reported + 0).desc(),
        fact.c.ticket_id + 0,
    )
    # What is shown is read of the chosen few, once the many are in order.
    chosen = (
        sa.select(fact.c.ticket_id)
        .where(behind)
        .order_by(*in_order)
        .offset(offset)
        .limit(limit)
        .subquery("chosen")
    )
    rows = scope.run(
        "tickets",
        sa.select(
            fact.c.uid,
            fact.c.locator,
            fact.c.reported,
            fact.c.is_date_only,
            fact.c.reported_on,
            fact.c.site,
            fact.c.asset,
            fact.c.asset_text,
            fact.c.title,
            fact.c.status,
            fact.c.priority,
            fact.c.down_min,
            fact.c.has_down_flaw,
            fact.c.cause.label("code"),
            ticket.c.cause,
            ticket.c.resolution,
            fact.c.cost_total,
            fact.c.currency,
            fact.c.is_open,
            fact.c.labor_h,
            fact.c.ticket_id,
        )
        .select_from(
            chosen.join(fact, fact.c.ticket_id == chosen.c.ticket_id).outerjoin(
                ticket, ticket.c.id == fact.c.ticket_id
            )
        )
        .order_by(*in_order),
    )
    return [_row(scope, row) for row in rows]


def local_time(scope: Scope, row: Row | Any) -> str:
    """When a ticket was reported, on the clock of its site."""
    if row.reported is None:
        return ""
    if row.is_date_only:
        return str(row.reported_on)
    zone = scope.plant.site(row.site).time_zone
    return f"{datetime.fromtimestamp(row.reported, UTC).astimezone(zone):%Y-%m-%d %H:%M}"


def count(scope: Scope, behind: sa.ColumnElement[bool]) -> int:
    """How many tickets are behind."""
    statement = sa.select(sa.func.count()).select_from(fact).where(behind)
    return int(scope.run("tickets, counted", statement)[0][0])


def _row(scope: Scope, row: Any) -> TicketRow:
    code, cause = row.code or "", row.cause or ""
    return TicketRow(
        uid=row.uid,
        locator=row.locator or row.uid,
        reported=local_time(scope, row),
        asset=row.asset or row.asset_text,
        title=row.title,
        status=row.status,
        priority=row.priority,
        downtime_min=None if row.has_down_flaw else row.down_min,
        cause=code or cause,
        resolution=row.resolution or "",
        cost_total=row.cost_total,
        currency=row.currency,
        is_open=bool(row.is_open),
        labor_h=row.labor_h,
        moment=row.reported,
        ticket_id=row.ticket_id,
    )
