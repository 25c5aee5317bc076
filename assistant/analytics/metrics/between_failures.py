"""Metrics of how often assets fail: mean time between failures, failures for each 1,000 h."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from assistant.analytics.catalogue import definition_of
from assistant.analytics.estimation.intervals import Interval, mean_time_interval, rate_interval
from assistant.analytics.figure import Cell, Column
from assistant.analytics.metrics.tallies import Tally, count, tally
from assistant.analytics.operating_time.asset_base import (
    AssetBase,
    asset_base,
    is_calendar,
    without_asset,
)
from assistant.analytics.operating_time.population import OF_ASSETS, of_assets
from assistant.analytics.operating_time.running_hours import Hours, hours_dims
from assistant.analytics.query import TIME_DIMENSIONS
from assistant.analytics.scope import Computed, Key, Scope
from index.facts.fact_tables import fact

FEW = 5
"""With fewer failures an estimate says little, which is said."""
_MOST_NAMED = 5  # groups that a note names one by one

_Estimate = tuple[float | None, Interval | None]


def mtbf(scope: Scope) -> Computed:
    """Hours between failures: those of operation, or of the calendar."""

    def estimate(failures: int, hours: float) -> _Estimate:
        interval = mean_time_interval(failures, hours, scope.query.params.confidence)
        return (hours / failures if failures else None), interval

    return _against_hours(scope, estimate)


def failure_rate(scope: Scope) -> Computed:
    """Failures for each 1,000 hours of operation."""

    def estimate(failures: int, hours: float) -> _Estimate:
        interval = rate_interval(failures, hours / 1000, scope.query.params.confidence)
        return 1000 * failures / hours, interval

    return _against_hours(scope, estimate)


def _against_hours(scope: Scope, estimate: Callable[[int, float], _Estimate]) -> Computed:
    base = asset_base(scope)
    rule = scope.in_period("reported") & of_assets(base.assets)
    timed = count(fact.c.down_min.is_not(None) & (fact.c.has_down_flaw == 0))
    found = tally(scope, "failures", {"timed": timed}, failures=True, rule=rule)
    values: dict[Key, tuple[Cell, ...]] = {}
    for key, failures in _groups(scope, found, base).items():
        hours = base.hours.get(_key_of_hours(scope, key), Hours())
        counted = hours.calendar if is_calendar(scope) else hours.running
        value, interval = estimate(failures, counted) if counted > 0 else (None, None)
        low, high = (interval.low, interval.high) if interval else (None, None)
        values[key] = (value, low, high, failures, counted)
    coverage = found.coverage
    if found.n and not is_calendar(scope):
        coverage = (found.known("timed", "downtime known"), *coverage)
    in_time = scope.counted(failures=True) & scope.in_period("reported")
    calendar = ("Hours are those of the calendar, not of operation.",) if is_calendar(scope) else ()
    return Computed(
        columns=_columns(scope),
        values=values,
        counted=found.n,
        counted_what="failures",
        excluded=(*found.excluded, *without_asset(scope, in_time)),
        coverage=coverage,
        notes=(*calendar, *base.notes, *_said_of(scope, values)),
        behind=scope.counted(failures=True) & rule,
    )


def _groups(scope: Scope, found: Tally, base: AssetBase) -> dict[Key, int]:
    """The failures of each group, also of those without any, where their hours are known."""
    failures = {key: int(row["n"]) for key, row in found.groups.items()}
    if all(name in OF_ASSETS or name in TIME_DIMENSIONS for name in scope.dims):
        failures = {key: failures.get(key, 0) for key in (*base.hours, *failures)}
    return failures


def _key_of_hours(scope: Scope, key: Key) -> Key:
    split = hours_dims(scope.dims)
    return tuple(cell for name, cell in zip(scope.dims, key, strict=True) if name in split)


def _columns(scope: Scope) -> tuple[Column, ...]:
    definition = definition_of(scope.metric)
    name, sure = scope.metric, f"{scope.query.params.confidence:.0%} interval"
    return (
        Column(name=name, label=definition.label, unit=definition.unit),
        Column(name=f"{name}.low", label=f"{sure}, from", unit=definition.unit),
        Column(name=f"{name}.high", label=f"{sure}, to", unit=definition.unit),
        Column(name=f"{name}.failures", label="Failures"),
        Column(name=f"{name}.hours", label="Hours", unit="h"),
    )


def _said_of(scope: Scope, values: Mapping[Key, tuple[Cell, ...]]) -> list[str]:
    """What few failures, or none, do and do not tell."""
    notes: list[str] = []
    sure = f"{scope.query.params.confidence:.0%}"
    for key, (_, low, high, failures, hours) in values.items():
        if failures or not hours or len(notes) == _MOST_NAMED:
            continue
        name = ", ".join("not recorded" if cell is None else str(cell) for cell in key)
        name = f"{name}: no" if name else "No"
        bound = (
            f"the mean is more than {low:,.0f} h ({sure} sure), and has no upper bound"
            if scope.metric == "mtbf_h"
            else f"the rate is less than {high:.3g} ({sure} sure)"
        )
        notes.append(f"{name} failure in {hours:,.0f} h: {bound}.")
    few = sum(0 < int(row[3] or 0) < FEW for row in values.values())
    if few:
        where = f" in {few} of {len(values)} groups" if scope.dims else ""
        notes.append(f"Fewer than {FEW} failures{where}: read the interval, not the number.")
    return notes
