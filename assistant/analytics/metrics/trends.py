"""Metrics of how failures come as time passes: the growth model, the mean cumulative function."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import sqlalchemy as sa

from assistant.analytics.catalogue import definition_of
from assistant.analytics.dimensions import LABELS
from assistant.analytics.errors import CannotAnswer
from assistant.analytics.estimation.growth import Growth, Watched, fit_growth
from assistant.analytics.estimation.recurrence import History, Step, mean_cumulative
from assistant.analytics.figure import Cell, Column
from assistant.analytics.metrics.tallies import tally
from assistant.analytics.operating_time.asset_base import subjects_of, without_asset
from assistant.analytics.operating_time.population import (
    OF_ASSETS,
    Registered,
    of_assets,
    registered,
)
from assistant.analytics.operating_time.running_hours import Subject, first_moment
from assistant.analytics.query import TIME_DIMENSIONS
from assistant.analytics.scope import Computed, Key, Scope
from index.facts.fact_tables import fact

_DAY = 86400
_HOUR = 3600
_FEW = 5
_MOST_STEPS = 200  # points of a curve; a longer time is shown by weeks
_SAID = {"improving": "improving", "worsening": "worsening", "none": "no evidence of a trend"}


def failure_trend(scope: Scope) -> Computed:
    """Whether failures come more or less often: the power law over planned hours."""
    _check(scope, "A trend is of the whole period")
    assets, start = registered(scope), first_moment(scope)
    rule = scope.in_period("reported") & of_assets(assets)
    found = tally(scope, "failures", failures=True, rule=rule)
    watched = {} if start is None else _watched(scope, assets, start, rule)
    values: dict[Key, tuple[Cell, ...]] = {}
    fits: dict[Key, Growth | None] = {}
    for key in found.groups:
        mine = watched.get(key, [])
        growth = fit_growth(mine, scope.query.params.confidence)
        fits[key] = growth
        values[key] = _trend_cells(growth, mine)
    return Computed(
        columns=_trend_columns(scope),
        values=values,
        counted=found.n,
        counted_what="failures",
        excluded=(*found.excluded, *without_asset(scope, _failed(scope))),
        coverage=found.coverage,
        notes=(*found.notes, *_notes(scope, fits, watched)),
        behind=scope.counted(failures=True) & rule,
    )


def mean_cumulative_failures(scope: Scope) -> Computed:
    """The mean number of failures of an asset up to each day of the period."""
    _check(scope, "The curve runs over the days of the period itself")
    if set(scope.dims) - set(OF_ASSETS) or len(scope.dims) > 1:
        raise CannotAnswer(
            "The curve is of groups of assets. Split it by one of: asset_class, model, site, area, "
            "line, asset."
        )
    assets, start = registered(scope), first_moment(scope)
    rule = scope.in_period("reported") & of_assets(assets)
    found = tally(scope, "failures", failures=True, rule=rule)
    rows: list[tuple[Cell, ...]] = []
    if start is not None and assets and start < scope.until:
        for key, histories in _histories(scope, assets, start, rule).items():
            rows += _curve(scope, key, histories, start)
    notes = [
        "Every asset of the register counts as watched for the whole period: when each was put up "
        "is not recorded."
    ]
    if not found.n:
        notes = ["No failures fit: zero rows."]
    name = scope.metric
    sure = f"{scope.query.params.confidence:.0%} interval"
    return Computed(
        columns=(
            *(Column(name=each, label=LABELS[each], kind="text") for each in scope.dims),
            Column(name="day", label="Until", kind="text"),
            Column(name=name, label=definition_of(name).label),
            Column(name=f"{name}.low", label=f"{sure}, from"),
            Column(name=f"{name}.high", label=f"{sure}, to"),
            Column(name=f"{name}.assets", label="Assets"),
        ),
        rows=rows if found.n else [],
        counted=found.n,
        counted_what="failures",
        excluded=(*found.excluded, *without_asset(scope, _failed(scope))),
        notes=tuple(notes),
        behind=scope.counted(failures=True) & rule,
        chart="step",
    )


def _check(scope: Scope, why: str) -> None:
    split = [name for name in scope.dims if name in TIME_DIMENSIONS]
    if split:
        raise CannotAnswer(f"{why}, which is not split by {split[0]}. Leave out the split.")


def _failed(scope: Scope) -> sa.ColumnElement[bool]:
    return scope.counted(failures=True) & scope.in_period("reported")


def _reports(
    scope: Scope, assets: Sequence[Registered], rule: sa.ColumnElement[bool]
) -> list[tuple[Key, int, int]]:
    """The group, the place of the asset and the report of each failure."""
    places = {each.asset_id: place for place, each in enumerate(assets)}
    keys = scope.keys()
    statement = (
        sa.select(*keys, fact.c.asset_id, fact.c.reported)
        .select_from(scope.source())
        .where(scope.counted(failures=True), rule)
    )
    rows = scope.run("reports of failures", statement)
    return [
        (scope.key(row), places[row[len(keys)]], row[len(keys) + 1])
        for row in rows
        if row[len(keys)] in places
    ]


def _watched(
    scope: Scope, assets: Sequence[Registered], start: int, rule: sa.ColumnElement[bool]
) -> dict[Key, list[Watched]]:
    """The failures of each asset of each group, in planned hours since the start."""
    by_asset: dict[tuple[Key, int], list[int]] = defaultdict(list)
    for key, place, reported in _reports(scope, assets, rule):
        by_asset[key, place].append(reported)
    subjects = subjects_of(scope, assets)
    clocks: dict[Any, Any] = {}
    found: dict[Key, list[Watched]] = defaultdict(list)
    for (key, place), reports in by_asset.items():
        subject: Subject = subjects[place]
        if subject.schedules not in clocks:
            clocks[subject.schedules] = subject.clock(start, scope.until)
        clock = clocks[subject.schedules]
        if clock.total:
            hours = clock.at(np.array(sorted(reports), dtype=np.int64)) / _HOUR
            found[key].append(Watched(clock.total / _HOUR, tuple(hours.tolist())))
    return found


def _trend_cells(growth: Growth | None, watched: Sequence[Watched]) -> tuple[Cell, ...]:
    count = sum(len(each.failures) for each in watched)
    if growth is None:
        return None, None, None, count, "too few failures", None, None, None
    now = growth.mean_time(watched[0].time) if len(watched) == 1 else None
    interval, said = growth.interval, _SAID[growth.direction]
    fits = "yes" if growth.fits else "no"
    shape = (growth.unbiased_shape, interval.low, interval.high)
    return (*shape, count, said, growth.laplace_p, fits, now)


def _trend_columns(scope: Scope) -> tuple[Column, ...]:
    name, sure = scope.metric, f"{scope.query.params.confidence:.0%} interval"
    return (
        Column(name=name, label=f"{definition_of(name).label}: shape"),
        Column(name=f"{name}.low", label=f"{sure}, from"),
        Column(name=f"{name}.high", label=f"{sure}, to"),
        Column(name=f"{name}.failures", label="Failures"),
        Column(name=f"{name}.verdict", label="Verdict", kind="text"),
        Column(name=f"{name}.laplace_p", label="p (Laplace)"),
        Column(name=f"{name}.fits", label="Model fits", kind="text"),
        Column(name=f"{name}.reached_h", label="MTBF reached", unit="h"),
    )


def _notes(
    scope: Scope, fits: Mapping[Key, Growth | None], watched: Mapping[Key, Sequence[Watched]]
) -> list[str]:
    sure = f"{scope.query.params.confidence:.0%}"
    notes = [
        f"A trend is told only where the whole {sure} interval of the shape lies above 1 "
        "(worsening) or below 1 (improving); time is planned hours."
    ]
    fitted = [each for each in fits.values() if each is not None]
    if any(len(each) > 1 for each in watched.values()):
        notes.append(
            "Assets that are put together have the same shape in this model; ask for each by "
            "itself (split by asset) before acting."
        )
    bad = sum(not each.fits for each in fitted)
    if bad:
        notes.append(f"The model does not fit {bad} of {len(fitted)}: the pace is no steady trend.")
    few = sum(each.failures < _FEW for each in fitted)
    if few:
        notes.append(f"Fewer than {_FEW} failures in {few} of {len(fitted)}: little can show.")
    if len(fitted) >= 10:
        by_chance = len(fitted) * (1 - scope.query.params.confidence)
        notes.append(f"Of {len(fitted)} groups about {by_chance:.0f} show a trend by chance alone.")
    return notes


def _histories(
    scope: Scope, assets: Sequence[Registered], start: int, rule: sa.ColumnElement[bool]
) -> dict[Key, list[History]]:
    """The assets of each group, with the days of the period after which each had failed."""
    events: dict[int, list[float]] = defaultdict(list)
    for _, place, reported in _reports(scope, assets, rule):
        # Whole days: a curve of every second is no more use, and far longer.
        events[place].append(float((reported - start) // _DAY))
    length = max((scope.until - start) / _DAY, 1e-6)
    found: dict[Key, list[History]] = defaultdict(list)
    for place, each in enumerate(assets):
        key = tuple(each.cell(name) for name in scope.dims)
        found[key].append(History(0.0, length, tuple(events.get(place, ()))))
    return found


def _curve(scope: Scope, key: Key, histories: list[History], start: int) -> list[tuple[Cell, ...]]:
    """The curve by days, or by weeks where they are many: what was reached by the end of each."""
    steps = mean_cumulative(histories, scope.query.params.confidence)
    length = int(histories[0].end) + (histories[0].end % 1 > 0)
    stride = 1 if length <= _MOST_STEPS else 7
    zone = scope.plant.site(None).time_zone
    first = datetime.fromtimestamp(start, zone)
    rows: list[tuple[Cell, ...]] = []
    step: Step | None = None
    place = 0
    for day in range(stride, length + stride, stride):
        while place < len(steps) and steps[place].time < day:
            step, place = steps[place], place + 1
        until = (first + timedelta(days=min(day, length) - 1)).date().isoformat()
        interval = None if step is None else step.interval
        low, high = (interval.low, interval.high) if interval else (None, None)
        mean = 0.0 if step is None else step.mean
        rows.append((*key, until, mean, low, high, len(histories)))
    return rows
