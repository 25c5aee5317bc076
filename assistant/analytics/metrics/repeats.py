"""Metrics of failures that came again: the share that did, each pair, the first-time-fix rate."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from assistant.analytics.catalogue import definition_of
from assistant.analytics.estimation.intervals import share_interval
from assistant.analytics.figure import Cell, Column, Coverage, Exclusion
from assistant.analytics.metrics.tallies import tally
from assistant.analytics.same_failures import IS_COMPARABLE, next_same
from assistant.analytics.scope import Computed, Key, Scope
from index.facts.fact_tables import fact

_DAY = 86400
_MOST_PAIRS = 1000


def repeat_rate(scope: Scope) -> Computed:
    """The share of failures after which the same came again."""
    chosen = scope.counted(failures=True) & scope.in_period("reported")
    return _share_of(scope, chosen, "failures", is_good=False)


def ftfr(scope: Scope) -> Computed:
    """The share of corrective tickets that were not reopened and whose failure did not return."""
    chosen = (
        scope.counted()
        & scope.in_period()
        & (fact.c.kind == "corrective")
        & (fact.c.is_open == 0)
        & (fact.c.status != "cancelled")
        & fact.c.completed.is_not(None)
    )
    return _share_of(scope, chosen, "closed corrective tickets", is_good=True)


def repeat_list(scope: Scope) -> Computed:
    """Each failure that came again, with the ticket of its return, the latest first."""
    chosen = scope.counted(failures=True) & scope.in_period("reported")
    followed = next_same(scope, chosen)
    again = fact.alias("again")
    is_same = sa.or_(
        *(
            (fact.c[name] != "") & (sa.func.lower(fact.c[name]) == sa.func.lower(again.c[name]))
            for name in ("failure_mode", "component")
        )
    )
    window = scope.query.params.window_d * _DAY
    # Two returns in one second: the first ticket of them stands for both.
    returned = (
        sa.select(sa.func.min(again.c.ticket_id))
        .where(
            again.c.asset_id == fact.c.asset_id,
            again.c.reported == followed.c.following,
            again.c.ticket_id != fact.c.ticket_id,
            again.c.is_failure == 1,
            again.c.is_duplicate == 0,
            again.c.is_excluded == 0,
            is_same,
        )
        .correlate(fact, followed)
        .scalar_subquery()
    )
    source = fact.join(followed, followed.c.ticket_id == fact.c.ticket_id)
    pairs = (
        sa.select(
            fact.c.ticket_id, returned.label("again_id"), followed.c.closed, followed.c.following
        )
        .select_from(source)
        .where(followed.c.following - followed.c.closed < window)
        .subquery("pair")
    )
    first, second = fact.alias("first_ticket"), fact.alias("second_ticket")
    statement = (
        sa.select(
            first.c.asset, first.c.failure_mode, first.c.component, first.c.locator,
            first.c.reported_on, first.c.completed_on, second.c.locator, second.c.reported_on,
            sa.cast(pairs.c.following - pairs.c.closed, sa.Float) / _DAY,
        )
        .select_from(
            pairs.join(first, first.c.ticket_id == pairs.c.ticket_id).join(
                second, second.c.ticket_id == pairs.c.again_id
            )
        )
        .order_by(pairs.c.following.desc(), first.c.ticket_id)
    )  # fmt: skip
    rows = scope.run("failures that came again", statement)
    shown = rows[: min(scope.query.limit or _MOST_PAIRS, _MOST_PAIRS)]
    found = tally(scope, "failures", failures=True)
    notes = [f"No failure came again within {scope.query.params.window_d} days: zero rows."]
    if rows:
        notes = [_window_note(scope)]
    if len(shown) < len(rows):
        notes.append(f"The latest {len(shown)} of {len(rows)} pairs are shown.")
    return Computed(
        columns=_PAIR_COLUMNS,
        rows=[tuple(cell if cell != "" else None for cell in row) for row in shown],
        counted=len(rows),
        counted_what="pairs of failures",
        excluded=found.excluded,
        coverage=_comparable(scope, chosen, "failures"),
        notes=tuple(notes),
        behind=fact.c.ticket_id.in_(sa.select(pairs.c.ticket_id)),
    )


_PAIR_COLUMNS = (
    Column(name="asset", label="Asset", kind="text"),
    Column(name="failure_mode", label="Failure mode", kind="text"),
    Column(name="component", label="Component", kind="text"),
    Column(name="ticket", label="Ticket", kind="text"),
    Column(name="reported", label="Reported", kind="time"),
    Column(name="completed", label="Completed", kind="time"),
    Column(name="again", label="Came again as", kind="text"),
    Column(name="again_reported", label="Reported again", kind="time"),
    Column(name="days", label="Days between", unit="d"),
)


def _share_of(
    scope: Scope, chosen: sa.ColumnElement[bool], noun: str, *, is_good: bool
) -> Computed:
    judged, waiting = _judged(scope, chosen, is_good=is_good)
    values: dict[Key, tuple[Cell, ...]] = {}
    for key, (number, of) in judged.items():
        interval = share_interval(number, of, scope.query.params.confidence) if of else None
        values[key] = (
            100 * number / of if of else None,
            100 * interval.low if interval else None,
            100 * (interval.high or 0) if interval else None,
            number,
            of,
        )
    whole = _counted(scope, chosen)
    notes = [_window_note(scope)]
    if waiting:
        notes.append(
            f"{waiting} {noun} were closed less than {scope.query.params.window_d} days before the "
            "data ends: they are not judged yet."
        )
    if not whole:
        notes.append(f"No {noun} fit: zero rows.")
    name, label = scope.metric, definition_of(scope.metric).label
    sure = f"{scope.query.params.confidence:.0%} interval"
    if not values and not scope.dims:
        values[()] = (None, None, None, 0, 0)
    return Computed(
        columns=(
            Column(name=name, label=label, unit="%"),
            Column(name=f"{name}.low", label=f"{sure}, from", unit="%"),
            Column(name=f"{name}.high", label=f"{sure}, to", unit="%"),
            Column(name=f"{name}.hits", label="Fixed" if is_good else "Came again"),
            Column(name=f"{name}.of", label="Judged"),
        ),
        values=values,
        counted=whole - waiting,
        counted_what=noun,
        excluded=(*_left_out(scope, chosen), *_excluded(waiting, "not old enough to be judged")),
        coverage=_comparable(scope, chosen, noun),
        notes=tuple(notes),
        behind=chosen & IS_COMPARABLE,
    )


def _judged(
    scope: Scope, chosen: sa.ColumnElement[bool], *, is_good: bool
) -> tuple[dict[Key, tuple[int, int]], int]:
    """How many of each group hit, of how many that were judged; and how many are too young."""
    followed = next_same(scope, chosen)
    window = scope.query.params.window_d * _DAY
    came_again = sa.case((followed.c.following - followed.c.closed < window, 1), else_=0)
    hit: sa.ColumnElement[Any] = came_again
    if is_good:
        hit = sa.case((fact.c.is_reopened == 1, 0), else_=1 - came_again)
    is_old = sa.case((followed.c.closed + window <= scope.as_of, 1), else_=0)
    columns = (
        sa.func.sum(is_old).label("old"),
        sa.func.sum(is_old * hit).label("hits"),
        sa.func.count().label("n"),
    )
    keys = scope.keys()
    joined = scope.source().join(followed, followed.c.ticket_id == fact.c.ticket_id)
    statement = sa.select(*keys, *columns).select_from(joined)
    judged: dict[Key, tuple[int, int]] = {}
    young = 0
    for row in scope.run("failures and their returns", statement.group_by(*_names(keys))):
        old, number, count = (int(value or 0) for value in row[len(keys) :])
        young += count - old
        if old:
            before = judged.get(scope.key(row), (0, 0))
            judged[scope.key(row)] = (before[0] + number, before[1] + old)
    if scope.multiplies:
        once = sa.select(sa.func.count()).select_from(
            fact.join(followed, followed.c.ticket_id == fact.c.ticket_id)
        )
        once = once.where(followed.c.closed + window > scope.as_of)
        young = int(scope.run("too young to be judged", once)[0][0])
    return judged, young


def _names(keys: tuple[sa.Label[Any], ...]) -> list[sa.TextClause]:
    return [sa.text(key.name) for key in keys]


def _counted(scope: Scope, chosen: sa.ColumnElement[bool]) -> int:
    statement = sa.select(sa.func.count()).select_from(fact).where(chosen, IS_COMPARABLE)
    return int(scope.run("those of which enough is known", statement)[0][0])


def _comparable(scope: Scope, chosen: sa.ColumnElement[bool], noun: str) -> tuple[Coverage, ...]:
    statement = sa.select(sa.func.count(), sa.func.sum(sa.case((IS_COMPARABLE, 1), else_=0))).where(
        chosen
    )
    of, known = scope.run("asset and mode or component known", statement)[0]
    what = f"asset and mode or component known ({noun})"
    return (Coverage(what=what, known=int(known or 0), of=int(of)),) if of else ()


def _left_out(scope: Scope, chosen: sa.ColumnElement[bool]) -> tuple[Exclusion, ...]:
    statement = sa.select(sa.func.count()).where(chosen, ~IS_COMPARABLE)
    rows = int(scope.run("those of which too little is known", statement)[0][0])
    unknown = _excluded(rows, "without asset, or without mode and component")
    return (*tally(scope, "left out", failures=True).excluded, *unknown)


def _excluded(rows: int, reason: str) -> tuple[Exclusion, ...]:
    return (Exclusion(reason=reason, rows=rows),) if rows else ()


def _window_note(scope: Scope) -> str:
    return (
        f"The same failure is one of the same asset with the same mode or component, reported "
        f"within {scope.query.params.window_d} days after the first was closed."
    )
