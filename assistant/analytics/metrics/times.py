"""Metrics of how long something took: means, with the median and the 90th percentile beside."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
import sqlalchemy as sa

from assistant.analytics.catalogue import definition_of
from assistant.analytics.figure import Column, Coverage, Exclusion
from assistant.analytics.metrics.counts import are_open
from assistant.analytics.metrics.tallies import Tally, count, greatest, least, tally
from assistant.analytics.scope import Computed, Key, Scope
from index.facts.fact_tables import fact

_DAY = 86400

_RESTORED = sa.case(
    (
        (fact.c.down_from.is_not(None)) & (fact.c.down_to.is_not(None)),
        fact.c.down_to - fact.c.down_from,
    ),
    (fact.c.is_date_only == 0, fact.c.completed - fact.c.reported),
)
"""Seconds from the onset to the restoration: the stop where it is known, else the ticket's own."""


def mttr_restore(scope: Scope) -> Computed:
    """Mean time to restoration of failures."""
    rule = (fact.c.has_time_flaw == 0) & (fact.c.has_down_flaw == 0) & (_RESTORED >= 0)
    return _repair(scope, "time to restoration", _RESTORED, rule)


def mttr_repair(scope: Scope) -> Computed:
    """Mean time of the work on failures."""
    took = fact.c.completed - fact.c.started
    return _repair(scope, "repair time", took, (fact.c.has_time_flaw == 0) & (took >= 0))


def mtta(scope: Scope) -> Computed:
    """Mean time to the acknowledgement of tickets."""
    took = fact.c.acknowledged - fact.c.reported
    rule = (fact.c.has_time_flaw == 0) & (fact.c.is_date_only == 0) & (took >= 0)
    flawed = {
        "an acknowledgement before the report": count(took < 0),
        "a report without a time of day": count((fact.c.is_date_only == 1) & took.is_not(None)),
    }
    waiting = count(fact.c.acknowledged.is_(None))
    found = tally(scope, "tickets", {"waiting": waiting, **flawed}, each_ticket=True)
    number = int(found.whole["waiting"])
    notes = (
        (f"{number} tickets were not acknowledged: they are not in the mean.",) if number else ()
    )
    chosen = scope.counted(each_ticket=True) & scope.in_period() & rule
    return _spread(scope, "response time", took, 60, chosen, found, tuple(flawed), notes)


def gap(scope: Scope) -> Computed:
    """Mean days between consecutive tickets."""
    reported = fact.c.reported
    found = tally(
        scope,
        "first and last reports",
        {
            "first": least(reported),
            "last": greatest(reported),
            "timed": count(reported.is_not(None)),
        },
        each_ticket=True,
    )
    values: dict[Key, tuple[float | int | None, ...]] = {}
    for key, row in found.groups.items():
        gaps = int(row["timed"]) - 1
        mean = (row["last"] - row["first"]) / gaps / _DAY if gaps > 0 else None
        values[key] = (mean, max(gaps, 0))
    return Computed(
        columns=(
            Column(name=scope.metric, label=definition_of(scope.metric).label, unit="d"),
            Column(name=f"{scope.metric}.n", label="Gaps"),
        ),
        values=values,
        counted=found.n,
        excluded=found.excluded,
        coverage=(*found.coverage, found.known("timed", "time of the report known")),
        notes=found.notes,
        behind=scope.counted(each_ticket=True) & scope.in_period(),
    )


def _repair(
    scope: Scope, what: str, took: sa.ColumnElement[Any], rule: sa.ColumnElement[bool]
) -> Computed:
    failures = scope.is_failures_only
    flawed = {"an end before its beginning": count((fact.c.has_time_flaw == 1) | (took < 0))}
    found = tally(scope, "completed failures" if failures else "completed tickets",
                  flawed, failures=failures, rule=_completed(scope))  # fmt: skip
    chosen = scope.counted(failures=failures) & _completed(scope) & rule
    notes = _open_beside(scope, failures)
    return _spread(scope, what, took, 3600, chosen, found, tuple(flawed), notes)


def _completed(scope: Scope) -> sa.ColumnElement[bool]:
    return scope.in_period() & fact.c.completed.is_not(None)


def _open_beside(scope: Scope, failures: bool) -> tuple[str, ...]:
    """How many failures are still open, and how old they are: the mean leaves them out."""
    rules = [scope.counted(failures=failures), are_open(), fact.c.reported + 0 <= scope.until]
    row = scope.run(
        "failures still open",
        sa.select(
            sa.func.count(),
            sa.func.avg(sa.cast(scope.as_of - fact.c.reported, sa.Float)),
        )
        .select_from(fact)
        .where(*rules),
    )[0]
    if not row[0]:
        return ()
    age = float(row[1]) / _DAY
    return (
        f"{row[0]} {'failures' if failures else 'tickets'} reported before the end of the period "
        f"are still open, for {age:.1f} days on average: what is completed alone is too quick.",
    )


def _spread(
    scope: Scope,
    what: str,
    took: sa.ColumnElement[Any],
    unit_s: int,
    chosen: sa.ColumnElement[bool],
    found: Tally,
    flaws: tuple[str, ...],
    notes: tuple[str, ...],
) -> Computed:
    """Mean, median and 90th percentile of durations by group; the rows themselves are read."""
    keys = scope.keys()
    rows = scope.run(
        what, sa.select(*keys, took.label("took")).select_from(scope.source()).where(chosen)
    )
    by_raw: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for row in rows:
        by_raw[tuple(row[:-1])].append(row[-1])
    values: dict[Key, tuple[float | int | None, ...]] = {
        key: (None, None, None, 0) for key in found.groups
    }
    merged: dict[Key, list[int]] = defaultdict(list)
    for raw, durations in by_raw.items():
        merged[scope.named(raw)].extend(durations)
    for key, durations in merged.items():
        taken = np.asarray(durations, dtype=np.float64) / unit_s
        middle, high = np.percentile(taken, [50, 90])
        values[key] = (float(taken.mean()), float(middle), float(high), len(durations))
    definition = definition_of(scope.metric)
    unit = definition.unit
    known = len(rows) if not scope.multiplies else min(len(rows), found.n)
    excluded = tuple(
        Exclusion(reason=why, rows=int(found.whole[why])) for why in flaws if found.whole[why]
    )
    return Computed(
        columns=(
            Column(name=scope.metric, label=f"{definition.label}, mean", unit=unit),
            Column(name=f"{scope.metric}.median", label="Median", unit=unit),
            Column(name=f"{scope.metric}.p90", label="90th percentile", unit=unit),
            Column(name=f"{scope.metric}.n", label="n"),
        ),
        values=values,
        counted=known,
        counted_what=found.noun,
        excluded=(*found.excluded, *excluded),
        coverage=(
            Coverage(what=f"{what} known ({found.noun})", known=known, of=found.n),
            *found.coverage,
        ),
        notes=(*found.notes, *notes),
        behind=chosen,
    )
