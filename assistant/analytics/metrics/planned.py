"""Metrics of planned work: how much was done in time, and what is overdue.

Planned work lies on days at its site, so days are what is counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from assistant.analytics import conditions, dimensions
from assistant.analytics.catalogue import definition_of
from assistant.analytics.dimensions import day_number
from assistant.analytics.errors import CannotAnswer
from assistant.analytics.estimation.intervals import share_interval
from assistant.analytics.figure import Cell, Column, Coverage, Exclusion
from assistant.analytics.query import TIME_DIMENSIONS
from assistant.analytics.scope import Computed, Key, Scope
from index.facts.fact_tables import planned_work

_LIMIT = 200  # rows of a list where the query names no number
_TOLERANCE = sa.func.coalesce(
    planned_work.c.tolerance_d, sa.cast(planned_work.c.interval_d, sa.Float) / 10, 0.0
)
"""Days either side of the due day: stated, else a tenth of the interval, else none."""
_due_day = day_number(planned_work.c.due_on)
_done_day = day_number(planned_work.c.done_on)
_ORDERS = ("days_overdue", "due", "est_labor_h")


def pm_compliance(scope: Scope) -> Computed:
    """The share of planned work due in the period that was done within its tolerance."""
    today = _today(scope)
    off = sa.func.abs(_done_day - _due_day)
    is_done, is_due = planned_work.c.done_on.is_not(None), _due_day <= today
    in_time = is_done & (off <= _TOLERANCE)
    # What is not done may still be done in time until its tolerance is over.
    is_pending = ~is_done & (_due_day + _TOLERANCE >= today)
    judged = is_due & ~is_pending
    keys = _keys(scope)
    names = ("of", "hits", "late", "early", "undone", "pending", "ahead")
    counts = (judged, judged & in_time, judged & is_done & ~in_time & (_done_day > _due_day),
              judged & is_done & ~in_time & (_done_day < _due_day), judged & ~is_done,
              is_due & is_pending, ~is_due)  # fmt: skip
    columns = [_count(each).label(name) for name, each in zip(names, counts, strict=True)]
    rows = scope.run(
        "planned work due in the period",
        sa.select(*keys, *columns)
        .where(*_chosen(scope), *_due_in_period(scope))
        .group_by(*(sa.text(key.name) for key in keys)),
    )
    whole = dict.fromkeys(names, 0)
    values: dict[Key, tuple[Cell, ...]] = {}
    for row in rows:
        found = {name: int(n or 0) for name, n in zip(names, row[len(keys) :], strict=True)}
        for name, number in found.items():
            whole[name] += number
        if found["of"] or not keys:
            values[scope.key(row)] = _share(scope, found)
    excluded = (
        Exclusion(reason="not yet out of its tolerance", rows=whole["pending"]),
        Exclusion(reason="due after the data ends", rows=whole["ahead"]),
    )
    return Computed(
        columns=_share_columns(scope),
        values=values,
        counted=whole["of"],
        counted_what="planned jobs",
        excluded=tuple(each for each in excluded if each.rows),
        coverage=_tolerance_known(scope),
        notes=_said(whole),
    )


def pm_list(scope: Scope) -> Computed:
    """Planned work with its due day, and by how many days it is overdue."""
    today = _today(scope)
    overdue = sa.case((planned_work.c.done_on.is_(None) & (_due_day < today), today - _due_day))
    order_by = scope.query.order_by or "days_overdue"
    if order_by not in _ORDERS:
        raise CannotAnswer(
            f"This list cannot be ordered by {order_by}. Order it by one of: {', '.join(_ORDERS)}."
        )
    rules = [*_chosen(scope), *_due_in_period(scope)]
    rules += [
        conditions.compare(each, overdue)
        for each in scope.query.filters
        if each.field == "days_overdue"
    ]
    by = {"days_overdue": overdue, "due": planned_work.c.due_on}.get(
        order_by, planned_work.c.est_labor_h
    )
    # What has no value stands last in either order, in every database.
    order = (by.is_(None), by.asc() if scope.query.order == "asc" else by.desc())
    table = planned_work.c
    statement = (
        sa.select(
            table.number, table.asset, table.title, table.team, table.due_on, table.done_on,
            overdue.label("overdue"), table.est_labor_h, sa.func.count().over(),
        )
        .where(*rules)
        .order_by(*order, table.due_on, table.number)
        .limit(scope.query.limit or _LIMIT)
    )  # fmt: skip
    rows = scope.run("planned work", statement)
    total = int(rows[0][-1]) if rows else 0
    notes = [] if rows else ["No planned work fits: zero rows."]
    if total > len(rows):
        notes.append(f"{total - len(rows)} more planned jobs are not shown.")
    return Computed(
        columns=_LIST_COLUMNS,
        rows=[tuple(None if cell == "" else cell for cell in row[:-1]) for row in rows],
        counted=total,
        counted_what="planned jobs",
        notes=tuple(notes),
    )


_LIST_COLUMNS = (
    Column(name="number", label="Number", kind="text"),
    Column(name="asset", label="Asset", kind="text"),
    Column(name="title", label="Title", kind="text"),
    Column(name="team", label="Team", kind="text"),
    Column(name="due", label="Due", kind="time"),
    Column(name="done", label="Done", kind="time"),
    Column(name="days_overdue", label="Overdue", unit="d"),
    Column(name="est_labor_h", label="Estimated", unit="h"),
)


def _chosen(scope: Scope) -> Sequence[sa.ColumnElement[bool]]:
    if scope.planned is None:
        raise CannotAnswer(
            "Planned work is known by asset, class, model, site, area, line and team. Leave the "
            "other filters out."
        )
    return scope.planned


def _due_in_period(scope: Scope) -> list[sa.ColumnElement[bool]]:
    """Days of the period; a day whose beginning lies in it counts, the last one too."""
    found: list[sa.ColumnElement[bool]] = []
    due, period = planned_work.c.due_on, scope.period
    if period.start is not None:
        found.append(due >= period.start.date().isoformat())
    if period.end is not None:
        last = (period.end - timedelta(seconds=1)).date().isoformat()
        found.append(due <= last)
    return found


def _today(scope: Scope) -> sa.ColumnElement[int]:
    """The day of the data at the site of each row, as a number."""

    def day_at(name: str | None) -> int:
        moment = datetime.fromtimestamp(scope.as_of, UTC)
        return moment.astimezone(scope.plant.site(name).time_zone).date().toordinal() - 719163

    usual = day_at(None)
    special = [
        (planned_work.c.site == site.name, sa.literal(day_at(site.name)))
        for site in scope.plant.sites
        if day_at(site.name) != usual
    ]
    return sa.case(*special, else_=sa.literal(usual)) if special else sa.literal(usual)


def _keys(scope: Scope) -> tuple[sa.Label[Any], ...]:
    found = []
    for at, name in enumerate(scope.dims):
        if name == "hour":
            raise CannotAnswer("Planned work is due on days. Split it by day, week or month.")
        if name in TIME_DIMENSIONS:
            table = planned_work.c
            column: sa.ColumnElement[Any] = dimensions.part_of_day(
                name, table.due_on, table.site, scope.plant
            )
        else:
            column = planned_work.c[name]
        found.append(column.label(f"k{at}"))
    return tuple(found)


def _count(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[Any]:
    return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)


def _share(scope: Scope, found: dict[str, int]) -> tuple[Cell, ...]:
    hits, of = found["hits"], found["of"]
    if not of:
        return None, None, None, 0, 0
    interval = share_interval(hits, of, scope.query.params.confidence)
    return 100 * hits / of, 100 * interval.low, 100 * (interval.high or 0), hits, of


def _share_columns(scope: Scope) -> tuple[Column, ...]:
    name, sure = scope.metric, f"{scope.query.params.confidence:.0%} interval"
    return (
        Column(name=name, label=definition_of(name).label, unit="%"),
        Column(name=f"{name}.low", label=f"{sure}, from", unit="%"),
        Column(name=f"{name}.high", label=f"{sure}, to", unit="%"),
        Column(name=f"{name}.hits", label="In time"),
        Column(name=f"{name}.of", label="Due"),
    )


def _tolerance_known(scope: Scope) -> tuple[Coverage, ...]:
    known = planned_work.c.tolerance_d.is_not(None) | planned_work.c.interval_d.is_not(None)
    statement = sa.select(sa.func.count(), _count(known)).where(
        *_chosen(scope), *_due_in_period(scope)
    )
    of, number = scope.run("tolerance known", statement)[0]
    return (Coverage(what="tolerance or interval known", known=number, of=of),) if of else ()


def _said(whole: dict[str, int]) -> tuple[str, ...]:
    if not whole["of"]:
        return ("No planned work fits that could be judged: zero rows.",)
    return (
        f"Of the others, {whole['late']} were done late, {whole['early']} too early, "
        f"{whole['undone']} not at all so far.",
    )
