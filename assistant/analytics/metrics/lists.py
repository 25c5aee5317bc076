"""Metrics that are lists: tickets, assets, descriptions."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from assistant.analytics import conditions
from assistant.analytics.errors import CannotAnswer
from assistant.analytics.figure import Cell, Column
from assistant.analytics.metrics.tallies import count, tally
from assistant.analytics.query import Query
from assistant.analytics.scope import Computed, Scope
from assistant.analytics.tables import ticket_rows
from index.facts.fact_tables import fact
from index.tables import asset
from index.ticket_tables import ticket
from index.visibility import visible_assets

LIMIT = 200
"""Rows of a list where the query names no number."""

OF_ASSETS = frozenset({"asset", "asset_class", "model", "site", "area", "line"})
_ASSET_ORDERS = ("ticket_count", "asset")


def ticket_list(scope: Scope) -> Computed:
    """The tickets themselves."""
    query = scope.query
    known = count(fact.c.down_min.is_not(None))
    found = tally(scope, "tickets", {"known": known}, each_ticket=True)
    behind = scope.counted(each_ticket=True) & scope.in_period()
    order_by = _order_by(query, tuple(ticket_rows.ORDERS), "reported")
    limit = query.limit or LIMIT
    rows = ticket_rows.read(
        scope, behind, order_by=order_by, order=query.order or "desc", limit=limit
    )
    shows_cost = _names(query, "cost_total", order_by)
    shows_labor = _names(query, "labor_h", order_by)
    currencies = sorted({row.currency for row in rows if row.currency})
    columns = [
        Column(name="ticket", label="Ticket", kind="text"),
        Column(name="reported", label="Reported", kind="time"),
        Column(name="asset", label="Asset", kind="text"),
        Column(name="title", label="Title", kind="text"),
        Column(name="status", label="Status", kind="text"),
        Column(name="priority", label="Priority"),
        Column(name="downtime_min", label="Downtime", unit="min"),
        Column(name="cause", label="Cause", kind="text"),
        Column(name="resolution", label="What was done", kind="text"),
    ]
    if shows_cost:
        unit = currencies[0] if len(currencies) == 1 else ""
        columns.append(Column(name="cost_total", label="Cost", unit=unit))
        if len(currencies) > 1:
            columns.append(Column(name="currency", label="Currency", kind="text"))
    if shows_labor:
        columns.append(Column(name="labor_h", label="Working hours", unit="h"))
    cells = [_ticket(row, [column.name for column in columns]) for row in rows]
    return Computed(
        columns=tuple(columns),
        rows=cells,
        counted=found.n,
        excluded=found.excluded,
        coverage=(found.known("known", "downtime known"),),
        notes=(*found.notes, *_more(found.n, len(rows), "tickets")),
        behind=behind,
        uids=_in_order(rows) if found.n <= len(rows) else None,
    )


def _in_order(rows: list[ticket_rows.TicketRow]) -> tuple[str, ...]:
    """The tickets of a whole list in the order of their report."""
    return tuple(row.uid for row in sorted(rows, key=lambda row: (row.moment or 0, row.ticket_id)))


def asset_list(scope: Scope) -> Computed:
    """Assets of the register with the number of tickets that name them."""
    on_tickets = (
        sa.select(fact.c.asset_id, sa.func.count().label("n"))
        .where(scope.counted(each_ticket=True), scope.in_period(), fact.c.asset_id.is_not(None))
        .group_by(fact.c.asset_id)
        .subquery("named")
    )
    number = sa.func.coalesce(on_tickets.c.n, 0)
    rules = [visible_assets(scope.principal), *_on_register(scope.query, number)]
    source = asset.outerjoin(on_tickets, on_tickets.c.asset_id == asset.c.id)
    order_by = _order_by(scope.query, _ASSET_ORDERS, "ticket_count")
    by = asset.c.tag if order_by == "asset" else number
    limit = scope.query.limit or LIMIT
    columns = (asset.c.tag, asset.c.name, asset.c.asset_class, asset.c.site, asset.c.area,
               asset.c.line)  # fmt: skip
    rows = scope.run(
        "assets",
        sa.select(*columns, number, sa.func.count().over())
        .select_from(source)
        .where(*rules)
        .order_by(by.asc() if scope.query.order == "asc" else by.desc(), asset.c.tag)
        .limit(limit),
    )
    total = int(rows[0][-1]) if rows else 0
    names = ("asset", "name", "asset_class", "site", "area", "line")
    labels = ("Asset", "Name", "Class", "Site", "Area", "Line")
    notes = [*_unresolved(scope)]
    if not total:
        notes.append("No assets fit: zero rows.")
    return Computed(
        columns=(
            *(
                Column(name=name, label=label, kind="text")
                for name, label in zip(names, labels, strict=True)
            ),
            Column(name="ticket_count", label="Tickets"),
        ),
        rows=[(*(cell or None for cell in row[:6]), int(row[6])) for row in rows],
        counted=total,
        counted_what="assets",
        notes=(*notes, *_more(total, len(rows), "assets")),
        behind=scope.counted(each_ticket=True) & scope.in_period() & fact.c.asset_id.is_not(None),
    )


def text_count(scope: Scope) -> Computed:
    """Descriptions that stand letter by letter in more than one ticket."""
    text = sa.case((ticket.c.description != "", ticket.c.description), else_=ticket.c.title)
    number = sa.func.count().label("n")
    wanted = [chosen for chosen in scope.query.filters if chosen.field == "ticket_count"]
    having = [conditions.compare(chosen, sa.func.count()) for chosen in wanted]
    grouped = (
        sa.select(text.label("words"), number)
        .select_from(fact.join(ticket, ticket.c.id == fact.c.ticket_id))
        .where(scope.counted(each_ticket=True), scope.in_period(), text != "")
        .group_by(sa.text("words"))
        .having(*(having or [sa.func.count() > 1]))
        .subquery("same")
    )
    limit = scope.query.limit or LIMIT
    by = grouped.c.n.asc() if scope.query.order == "asc" else grouped.c.n.desc()
    rows = scope.run(
        "descriptions that occur more than once",
        sa.select(
            grouped.c.words,
            grouped.c.n,
            sa.func.count().over(),
            sa.func.sum(grouped.c.n).over(),
        )
        .order_by(by, grouped.c.words)
        .limit(limit),
    )
    total = int(rows[0][2]) if rows else 0
    notes = () if rows else ("No descriptions fit: zero rows.",)
    return Computed(
        columns=(
            Column(name="text", label="Description", kind="text"),
            Column(name=scope.metric, label="Tickets"),
        ),
        rows=[(str(row[0]), int(row[1])) for row in rows],
        counted=int(rows[0][3]) if rows else 0,
        notes=(*notes, *_more(total, len(rows), "descriptions")),
        behind=scope.counted(each_ticket=True) & scope.in_period(),
    )


def _ticket(row: ticket_rows.TicketRow, names: list[str]) -> tuple[Cell, ...]:
    values: dict[str, Cell] = {
        "ticket": row.locator,
        "reported": row.reported or None,
        "asset": row.asset or None,
        "title": row.title,
        "status": row.status,
        "priority": row.priority,
        "downtime_min": row.downtime_min,
        "cause": row.cause or None,
        "resolution": row.resolution or None,
        "cost_total": row.cost_total,
        "currency": row.currency or None,
        "labor_h": row.labor_h,
    }
    return tuple(values[name] for name in names)


def _names(query: Query, field: str, order_by: str) -> bool:
    return order_by == field or any(chosen.field == field for chosen in query.filters)


def _order_by(query: Query, known: tuple[str, ...], usual: str) -> str:
    """What a list is ordered by.

    Raises:
        CannotAnswer: the list has no such field.
    """
    name = query.order_by or usual
    if name not in known:
        raise CannotAnswer(
            f"This list cannot be ordered by {name}. Order it by one of: {', '.join(known)}."
        )
    return name


def _more(total: int, shown: int, what: str) -> tuple[str, ...]:
    return (f"{total - shown} more {what} are not shown.",) if total > shown else ()


def _on_register(query: Query, number: sa.ColumnElement[Any]) -> list[sa.ColumnElement[bool]]:
    """Filters on assets as conditions on the register; those on tickets choose tickets."""
    found = []
    for chosen in query.filters:
        if chosen.field == "ticket_count":
            found.append(conditions.compare(chosen, number))
        elif chosen.field in OF_ASSETS:
            column = asset.c.tag if chosen.field == "asset" else asset.c[chosen.field]
            found.append(conditions.on_words(chosen, column))
    return found


def _unresolved(scope: Scope) -> list[str]:
    """How many tickets name no asset of the register, so that they count for none."""
    rows = scope.run(
        "tickets without an asset of the register",
        sa.select(sa.func.count())
        .select_from(fact)
        .where(scope.counted(each_ticket=True), scope.in_period(), fact.c.asset_id.is_(None)),
    )
    number = int(rows[0][0])
    return [f"{number} tickets name no asset of the register: they count for none."] * bool(number)
