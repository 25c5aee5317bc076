"""Bad actors: the assets that are worst by failures, downtime and cost, in two periods."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np

from assistant.analytics.catalogue import definition_of
from assistant.analytics.errors import CannotAnswer
from assistant.analytics.figure import Cell, Column, Period
from assistant.analytics.metrics.tallies import Tally, count, tally, total
from assistant.analytics.operating_time.asset_base import without_asset
from assistant.analytics.operating_time.population import OF_ASSETS, of_assets, registered
from assistant.analytics.operating_time.running_hours import first_moment
from assistant.analytics.operating_time.stops import joined, read_stops
from assistant.analytics.periods import span_in_words
from assistant.analytics.query import Dimension
from assistant.analytics.scope import Computed, Key, Scope
from index.facts.fact_tables import fact

_MEASURES = {
    "failures": "failures", "failure_count": "failures", "downtime": "downtime_h",
    "downtime_h": "downtime_h", "cost": "cost", "cost_total": "cost",
}  # fmt: skip
_LABELS = {"failures": "Failures", "downtime_h": "Downtime", "cost": "Cost"}


@dataclass(slots=True)
class _Window:
    """The measures of each group in one period; cost by currency, which is never added up."""

    tally: Tally
    booked: Tally
    failures: dict[Key, float] = field(default_factory=dict)
    downtime_h: dict[Key, float] = field(default_factory=dict)
    cost: dict[Key, float] = field(default_factory=dict)
    currency: dict[Key, str] = field(default_factory=dict)
    is_mixed: bool = False

    def ranks(self, measure: str) -> dict[Key, int]:
        """The place of each group by a measure, equal ones sharing it; cost within a currency."""
        values: dict[Key, float] = getattr(self, measure)
        by_unit: dict[str, list[float]] = defaultdict(list)
        for key, value in values.items():
            by_unit[self._unit(measure, key)].append(value)
        return {
            key: 1 + sum(other > value for other in by_unit[self._unit(measure, key)])
            for key, value in values.items()
            if value
        }

    def _unit(self, measure: str, key: Key) -> str:
        return self.currency.get(key, "") if measure == "cost" else ""


def bad_actors(scope: Scope) -> Computed:
    """Assets by the measure that orders, with their ranks by each in this period and before."""
    dims = scope.dims or ("asset",)
    _check(dims)
    measure = _measure(scope)
    scope = replace(scope, dims=dims)
    now = _window(scope)
    before = _before(scope)
    values = _values(now, before, measure)
    notes = [f"Ordered by {_LABELS[measure].lower()}; equal assets share a rank."]
    if before is None:
        notes.append("The whole record has no period before it: there is no earlier rank.")
    else:
        notes.append(f"Earlier ranks are of {_previous(scope.period).text}.")
    if now.is_mixed:
        notes.append("Costs are in several currencies: they are ranked within each, never added.")
    notes.append(
        "Who reports more is not worse for it: hold the hours run and the way of reporting against "
        "a rank."
    )
    rule = of_assets(registered(scope)) & scope.in_period("reported")
    counted = scope.counted(failures=True)
    known = now.tally
    return Computed(
        columns=_columns(scope, measure),
        values=values,
        counted=known.n,
        counted_what="failures",
        excluded=(*known.excluded, *without_asset(scope, counted & scope.in_period("reported"))),
        coverage=(
            known.known("timed", "downtime known"),
            now.booked.known("priced", "cost known"),
        )
        if known.n
        else (),
        notes=(*known.notes, *notes),
        behind=counted & rule,
        dims=dims if dims != scope.query.dims else None,
    )


def _check(dims: tuple[Dimension, ...]) -> None:
    odd = [name for name in dims if name not in OF_ASSETS]
    if odd:
        raise CannotAnswer(
            f"Bad actors are assets, or groups of assets, and not split by {odd[0]}. Split by "
            "asset, class, model, line, area or site."
        )


def _measure(scope: Scope) -> str:
    wanted = (scope.query.order_by or "failures").removeprefix(f"{scope.metric}.")
    if wanted == scope.metric:
        wanted = "failures"
    if wanted not in _MEASURES:
        raise CannotAnswer(
            f"Bad actors are not ranked by {wanted}. Rank by failures, downtime_h or cost."
        )
    return _MEASURES[wanted]


def _previous(period: Period) -> Period:
    """As long a time before the period."""
    assert period.start is not None
    assert period.end is not None
    start = period.start - (period.end - period.start)
    text = f"the time before ({span_in_words(start, period.start)})"
    return period.model_copy(update={"start": start, "end": period.start, "text": text})


def _before(scope: Scope) -> _Window | None:
    period = scope.period
    if period.start is None:
        return None
    if period.end is None:
        local = datetime.fromtimestamp(scope.as_of, period.start.tzinfo)
        period = period.model_copy(update={"end": local})
    return _window(replace(scope, period=_previous(period)))


def _window(scope: Scope) -> _Window:
    assets, start = registered(scope), first_moment(scope)
    rule = scope.in_period("reported") & of_assets(assets)
    cost, timed = fact.c.cost_total, fact.c.down_min.is_not(None) & (fact.c.has_down_flaw == 0)
    found = tally(scope, "failures", {"timed": count(timed)}, failures=True, rule=rule)
    # Money is spent on each ticket, of whatever kind, as the metric of cost counts it.
    split = replace(scope, dims=(*scope.dims, "currency"))
    sums = {"cost": total(cost), "priced": count(cost.is_not(None))}
    booked = tally(split, "cost", sums, each_ticket=True, rule=rule)
    window = _Window(found, booked)
    window.failures = {key: int(row["n"]) for key, row in found.groups.items() if row["n"]}
    for key, row in booked.groups.items():
        group, currency = key[:-1], str(key[-1] or "")
        if row["priced"]:
            window.is_mixed |= window.currency.get(group, currency) != currency
            # The currency in which a group cost most stands for it.
            if float(row["cost"]) > window.cost.get(group, -1.0):
                window.cost[group], window.currency[group] = float(row["cost"]), currency
    window.is_mixed |= len(set(window.currency.values())) > 1
    if start is not None and assets and start < scope.until:
        stops = joined(read_stops(scope, assets, scope.counted(failures=True), start))
        seconds = np.bincount(stops.owners, stops.ends - stops.starts, minlength=len(assets))
        for place, each in enumerate(assets):
            if seconds[place]:
                group = tuple(each.cell(name) for name in scope.dims)
                before = window.downtime_h.get(group, 0.0)
                window.downtime_h[group] = before + float(seconds[place]) / 3600
    return window


def _values(now: _Window, before: _Window | None, measure: str) -> Mapping[Key, tuple[Cell, ...]]:
    ranks = {name: now.ranks(name) for name in _LABELS}
    earlier = {name: {} if before is None else before.ranks(name) for name in _LABELS}
    found: dict[Key, tuple[Cell, ...]] = {}
    for key in {**now.failures, **now.downtime_h, **now.cost}:
        first: Cell = getattr(now, measure).get(key)
        cells: list[Cell] = [first, ranks[measure].get(key), earlier[measure].get(key)]
        for name in _LABELS:
            if name != measure:
                value = getattr(now, name).get(key)
                cells += [value, ranks[name].get(key), earlier[name].get(key)]
        found[key] = (*cells, now.currency.get(key) or None)
    return found


def _columns(scope: Scope, measure: str) -> tuple[Column, ...]:
    name = scope.metric
    found = []
    for each in (measure, *(other for other in _LABELS if other != measure)):
        own = name if each == measure else f"{name}.{each}"
        label = _LABELS[each]
        unit = "h" if each == "downtime_h" else ""
        title = f"{definition_of(name).label}: {label.lower()}" if each == measure else label
        found += [
            Column(name=own, label=title, unit=unit),
            Column(name=f"{name}.{each}_rank", label=f"Rank by {label.lower()}"),
            Column(name=f"{name}.{each}_rank_before", label="Rank before"),
        ]
    return (*found, Column(name=f"{name}.currency", label="Currency", kind="text"))
