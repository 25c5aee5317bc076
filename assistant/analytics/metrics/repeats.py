"""Metrics of failures that came again: the share that did, each pair, the first-time-fix rate."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
import sqlalchemy as sa

from assistant.analytics.catalogue import definition_of
from assistant.analytics.estimation.intervals import share_interval
from assistant.analytics.figure import Cell, Column, Coverage, Exclusion
from assistant.analytics.metrics.same_failures import IS_COMPARABLE, Followed, followed
from assistant.analytics.metrics.tallies import tally
from assistant.analytics.scope import Computed, Key, Scope
from index.facts.fact_tables import fact

_DAY = 86400
_MOST_PAIRS = 1000

Flags = np.ndarray[tuple[int], np.dtype[np.bool_]]


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
        & (fact.c.is_open + 0 == 0)  # most are: the index of the time is to be used
        & (fact.c.status != "cancelled")
        & fact.c.completed.is_not(None)
    )
    return _share_of(scope, chosen, "closed corrective tickets", is_good=True)


def repeat_list(scope: Scope) -> Computed:
    """Each failure that came again, with the ticket of its return, the latest first."""
    chosen = scope.counted(failures=True) & scope.in_period("reported")
    found = followed(scope, chosen)
    places = np.flatnonzero(_came_again(scope, found))
    order = np.lexsort((found.tickets[places], -found.following[places]))
    places = places[order]
    shown = places[: min(scope.query.limit or _MOST_PAIRS, _MOST_PAIRS)]
    first, second = found.tickets[shown].tolist(), found.again[shown].tolist()
    known = _described(scope, {*first, *second})
    days = ((found.following[shown] - found.closed[shown]) / _DAY).tolist()
    rows = [
        (*known[one], known[other][3], known[other][4], took)
        for one, other, took in zip(first, second, days, strict=True)
    ]
    notes = [f"No failure came again within {scope.query.params.window_d} days: zero rows."]
    if rows:
        notes = [_window_note(scope)]
    if len(shown) < len(places):
        notes.append(f"The latest {len(shown)} of {len(places)} pairs are shown.")
    return Computed(
        columns=_PAIR_COLUMNS,
        rows=rows,
        counted=len(places),
        counted_what="pairs of failures",
        excluded=tally(scope, "failures", failures=True).excluded,
        coverage=_coverage(_known(scope, chosen), "failures"),
        notes=tuple(notes),
        behind=fact.c.ticket_id.in_(sorted(set(first))),
    )


def _described(scope: Scope, tickets: set[int]) -> dict[int, tuple[Cell, ...]]:
    """What a list shows of tickets, by their number."""
    columns = (fact.c.asset, fact.c.failure_mode, fact.c.component, fact.c.locator,
               fact.c.reported_on, fact.c.completed_on)  # fmt: skip
    statement = sa.select(fact.c.ticket_id, *columns).where(fact.c.ticket_id.in_(sorted(tickets)))
    rows = scope.run("tickets of the pairs", statement) if tickets else ()
    return {row[0]: tuple(cell or None for cell in row[1:]) for row in rows}


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
    found = followed(scope, chosen)
    window_d = scope.query.params.window_d
    is_old = found.closed + window_d * _DAY <= scope.as_of
    is_hit = _came_again(scope, found)
    if is_good:
        is_hit = ~is_hit & (found.reopened == 0)
    waiting = len(np.unique(found.tickets[~is_old]))
    known, of = _known(scope, chosen)
    notes = [_window_note(scope)]
    if waiting:
        notes.append(
            f"{waiting} {noun} were closed less than {window_d} days before the data ends: they "
            "are not judged yet."
        )
    if not of:
        notes.append(f"No {noun} fit: zero rows.")
    return Computed(
        columns=_share_columns(scope, is_good=is_good),
        values=_shares(scope, found, is_old, is_hit),
        counted=known - waiting,
        counted_what=noun,
        excluded=(
            *tally(scope, "left out", failures=True).excluded,
            *_excluded(of - known, "without asset, or without mode and component"),
            *_excluded(waiting, "not old enough to be judged"),
        ),
        coverage=_coverage((known, of), noun),
        notes=tuple(notes),
        behind=chosen & IS_COMPARABLE,
    )


def _came_again(scope: Scope, found: Followed) -> Flags:
    window = scope.query.params.window_d * _DAY
    return np.asarray((found.following >= 0) & (found.following - found.closed < window))


def _shares(
    scope: Scope, found: Followed, is_old: Flags, is_hit: Flags
) -> dict[Key, tuple[Cell, ...]]:
    """Of each group: how many of those that were judged hit, with the interval of the share."""
    raw: dict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0, 0])
    for at in np.flatnonzero(is_old).tolist():
        counts = raw[found.keys[at]]
        counts[0] += bool(is_hit[at])
        counts[1] += 1
    merged: dict[Key, list[int]] = defaultdict(lambda: [0, 0])
    for values, counts in raw.items():
        into = merged[scope.named(values)]
        into[0], into[1] = into[0] + counts[0], into[1] + counts[1]
    if not merged and not scope.dims:
        return {(): (None, None, None, 0, 0)}
    shares: dict[Key, tuple[Cell, ...]] = {}
    for key, (hits, of) in merged.items():
        interval = share_interval(hits, of, scope.query.params.confidence)
        high = 100 * (interval.high or 0.0)
        shares[key] = (100 * hits / of, 100 * interval.low, high, hits, of)
    return shares


def _share_columns(scope: Scope, *, is_good: bool) -> tuple[Column, ...]:
    name, sure = scope.metric, f"{scope.query.params.confidence:.0%} interval"
    return (
        Column(name=name, label=definition_of(name).label, unit="%"),
        Column(name=f"{name}.low", label=f"{sure}, from", unit="%"),
        Column(name=f"{name}.high", label=f"{sure}, to", unit="%"),
        Column(name=f"{name}.hits", label="Fixed" if is_good else "Came again"),
        Column(name=f"{name}.of", label="Judged"),
    )


def _known(scope: Scope, chosen: sa.ColumnElement[bool]) -> tuple[int, int]:
    """Of how many enough is known to tell whether they came again, and how many there are."""
    statement = sa.select(sa.func.sum(sa.case((IS_COMPARABLE, 1), else_=0)), sa.func.count()).where(
        chosen
    )
    known, of = scope.run("asset and mode or component known", statement)[0]
    return int(known or 0), int(of)


def _coverage(counts: tuple[int, int], noun: str) -> tuple[Coverage, ...]:
    what = f"asset and mode or component known ({noun})"
    return (Coverage(what=what, known=counts[0], of=counts[1]),) if counts[1] else ()


def _excluded(rows: int, reason: str) -> tuple[Exclusion, ...]:
    return (Exclusion(reason=reason, rows=rows),) if rows else ()


def _window_note(scope: Scope) -> str:
    return (
        f"The same failure is one of the same asset with the same mode or component, reported "
        f"within {scope.query.params.window_d} days after the first was closed."
    )
