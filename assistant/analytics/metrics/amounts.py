"""Metrics that add up hours and money, and shares of hours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from assistant.analytics.catalogue import definition_of
from assistant.analytics.figure import Cell, Column
from assistant.analytics.metrics.tallies import Aggregate, Tally, count, tally, total
from assistant.analytics.scope import Computed, Key, Scope
from index.facts.fact_tables import fact


def labor(scope: Scope) -> Computed:
    """Working hours of people."""
    hours = fact.c.labor_h
    sums = {"sum": total(hours), "known": _known(hours)}
    found = tally(scope, "working hours", sums, each_ticket=True)
    return _amounts(scope, found, "working hours known", "h")


def cost(scope: Scope) -> Computed:
    """Cost, split by currency where there is more than one."""
    amount = fact.c.cost_total
    sums = {"sum": total(amount), "known": _known(amount)}
    is_split = "currency" in scope.dims
    split = scope if is_split else replace(scope, dims=(*scope.dims, "currency"))
    found = tally(split, "cost", sums, each_ticket=True)
    at = split.dims.index("currency")
    # What has no cost has no currency either, which is not a group of its own.
    given = {key: row for key, row in found.groups.items() if row["known"] or key[at] is not None}
    currencies = {key[at] for key, row in given.items() if row["known"]}
    if is_split or len(currencies) > 1:
        computed = _amounts(split, replace(found, groups=given), "cost known", "")
        coverage = tuple(one for one in computed.coverage if "currency" not in one.what)
        notes = computed.notes
        if len(currencies) > 1:
            notes = (*notes, "Costs are in several currencies, which are not added up.")
        return replace(computed, dims=split.dims, coverage=coverage, notes=notes)
    unit = next((str(name) for name in currencies if name), "")
    merged = _without_currency(found.groups)
    return _amounts(scope, replace(found, groups=merged, dims=scope.dims), "cost known", unit)


def _without_currency(groups: Mapping[Key, Mapping[str, Any]]) -> dict[Key, dict[str, Any]]:
    """Groups of one currency, and those of none, added up."""
    merged: dict[Key, dict[str, Any]] = {}
    for key, row in groups.items():
        into = merged.setdefault(key[:-1], dict.fromkeys(row))
        for name, value in row.items():
            if value is not None:
                into[name] = (into[name] or 0) + value
    return merged


def corrective_ratio(scope: Scope) -> Computed:
    """The corrective share of the hours of corrective and preventive work."""
    kinds = ("corrective", "preventive")
    of = fact.c.kind.in_(kinds)
    hours = fact.c.labor_h
    found = tally(
        scope,
        "corrective and preventive hours",
        {
            "part": total(sa.case((fact.c.kind == "corrective", hours))),
            "all": total(sa.case((of, hours))),
            "judged": count(of),
            "known": count(of & hours.is_not(None)),
        },
        each_ticket=True,
    )
    return _share(scope, found, "corrective and preventive tickets")


def reactive_share(scope: Scope) -> Computed:
    """The unplanned share of working hours."""
    hours = fact.c.labor_h
    of = fact.c.is_reactive.is_not(None)
    found = tally(
        scope,
        "unplanned and all hours",
        {
            "part": total(sa.case((fact.c.is_reactive == 1, hours))),
            "all": total(sa.case((of, hours))),
            "judged": count(of),
            "known": count(of & hours.is_not(None)),
        },
        each_ticket=True,
    )
    return _share(scope, found, "tickets known to be planned or not")


def _known(value: sa.ColumnElement[Any]) -> Aggregate:
    return count(value.is_not(None))


def _amounts(scope: Scope, found: Tally, what: str, unit: str) -> Computed:
    average = scope.query.params.average
    label = definition_of(scope.metric).label
    columns = (
        Column(name=scope.metric, label=f"{label}, mean" if average else label, unit=unit),
        Column(name=f"{scope.metric}.n", label="Tickets with it"),
    )
    values: dict[Key, tuple[Cell, ...]] = {
        key: (_amount(row, average=average), int(row["known"] or 0))
        for key, row in found.groups.items()
    }
    coverage = found.known("known", what)
    notes = found.notes
    if average:
        notes = (*notes, "The mean is of the tickets of which it is known.")
    return Computed(
        columns=columns,
        values=values,
        counted=found.n,
        counted_what=found.noun,
        excluded=found.excluded,
        coverage=(coverage, *found.coverage),
        notes=notes,
        behind=scope.counted(each_ticket=True) & scope.in_period(),
        is_additive=not average and not scope.multiplies,
    )


def _amount(row: Mapping[str, Any], *, average: bool) -> float | None:
    """A sum, or a mean; of no rows at all the sum is 0, of rows that tell nothing unknown."""
    known = int(row["known"] or 0)
    if average:
        return float(row["sum"]) / known if known else None
    if known:
        return float(row["sum"])
    return None if row["n"] else 0.0


def _share(scope: Scope, found: Tally, what: str) -> Computed:
    label = definition_of(scope.metric).label
    values: dict[Key, tuple[Cell, ...]] = {}
    for key, row in found.groups.items():
        whole = float(row["all"] or 0)
        part = float(row["part"] or 0)
        values[key] = (100 * part / whole if whole else None, part, whole)
    judged = replace(found, whole={**found.whole, "n": found.whole["judged"]})
    coverage = judged.known("known", f"working hours known, of {what}")
    return Computed(
        columns=(
            Column(name=scope.metric, label=label, unit="%"),
            Column(name=f"{scope.metric}.part", label="Of that", unit="h"),
            Column(name=f"{scope.metric}.whole", label="Of all", unit="h"),
        ),
        values=values,
        counted=int(found.whole["judged"]),
        excluded=found.excluded,
        coverage=(coverage, *found.coverage),
        notes=found.notes,
        behind=scope.counted(each_ticket=True) & scope.in_period(),
    )
