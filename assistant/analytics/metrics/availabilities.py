"""Availability: the share of planned hours in which assets, or lines as one machine, did not stand.

A line is the subject where it is what the figure is split by or filtered to, without its single
assets: in series it stands with any of its assets, in parallel with all of them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from assistant.analytics.catalogue import definition_of
from assistant.analytics.errors import CannotAnswer
from assistant.analytics.figure import Cell, Column
from assistant.analytics.metrics.tallies import count, tally
from assistant.analytics.operating_time.asset_base import hours_notes, subjects_of, without_asset
from assistant.analytics.operating_time.population import (
    OF_ASSETS,
    Registered,
    conditions_of_tickets,
    of_assets,
    registered,
)
from assistant.analytics.operating_time.running_hours import Subject, first_moment, split_hours
from assistant.analytics.operating_time.stops import Stops, common, joined, owned_by, read_stops
from assistant.analytics.query import TIME_DIMENSIONS
from assistant.analytics.scope import Computed, Key, Scope
from index.facts.fact_tables import fact

_SINGLE = frozenset({"asset", "asset_class", "model"})


def availability(scope: Scope) -> Computed:
    """The available share of planned hours."""
    _check(scope)
    assets, start = registered(scope), first_moment(scope)
    failures = scope.is_failures_only
    rule = scope.stands() & of_assets(assets)
    timed = count(fact.c.down_min.is_not(None) & (fact.c.has_down_flaw == 0))
    found = tally(scope, "stops", failures=failures, rule=rule)
    in_time = scope.in_period("reported") & of_assets(assets)
    known = tally(scope, "downtime known", {"timed": timed}, failures=failures, rule=in_time)
    values: dict[Key, tuple[Cell, ...]] = {}
    notes = ["No asset of the register fits: there are no planned hours."] if not assets else []
    if start is not None and assets and start < scope.until:
        stops = read_stops(scope, assets, scope.counted(failures=failures), start)
        subjects, stops, said = _subjects(scope, assets, joined(stops))
        notes += [*said, *hours_notes(scope, subjects, start, stops.still_open)]
        for key, hours in split_hours(scope, subjects, stops, start).items():
            share = 100 * (1 - hours.standing / hours.planned) if hours.planned else None
            values[key] = (share, hours.planned, hours.standing)
    if filters := conditions_of_tickets(scope):
        notes.append(
            f"Only stops count for which: {', '.join(filters)}. Hours are all planned ones."
        )
    if any(row[0] is None for row in values.values()):
        notes.append("Where no hours are planned there is no availability.")
    counted = scope.counted(failures=failures)
    return Computed(
        columns=_columns(scope),
        values=values,
        counted=found.n,
        counted_what="stops",
        excluded=(*found.excluded, *without_asset(scope, counted & scope.stands())),
        coverage=(known.known("timed", "downtime known"),) if known.n else (),
        notes=tuple(notes),
        behind=counted & rule,
    )


def _check(scope: Scope) -> None:
    odd = [name for name in scope.dims if name not in OF_ASSETS and name not in TIME_DIMENSIONS]
    if odd:
        raise CannotAnswer(
            f"Availability is of assets and lines, and is not split by {odd[0]}. Ask for the "
            f"downtime by {odd[0]}, or split by asset, line, area, class or time."
        )


def _subjects(
    scope: Scope, assets: Sequence[Registered], stops: Stops
) -> tuple[list[Subject], Stops, list[str]]:
    singles = subjects_of(scope, assets)
    if not _is_of_lines(scope):
        return singles, stops, []
    places: dict[tuple[str | None, str], int] = {}
    owner_of: list[int] = []
    # An asset of no line, or of one whose arrangement is not known, stays a subject of its own.
    for each in assets:
        is_known = bool(each.line) and scope.plant.line(each.line) is not None
        key = (each.site, each.line if is_known else f"\0{each.tag}")
        owner_of.append(places.setdefault(key, len(places)))
    members: list[list[int]] = [[] for _ in places]
    for place, owner in enumerate(owner_of):
        members[owner].append(place)
    parallel = [_is_parallel(scope, assets[each[0]].line) for each in members]
    series = joined(owned_by(stops, owner_of))
    together = common(stops, owner_of) if any(parallel) else series
    subjects = [_line([singles[place] for place in each]) for each in members]
    return subjects, _chosen(series, together, parallel), _said_of(scope, assets)


def _is_of_lines(scope: Scope) -> bool:
    chosen = {each.field for each in scope.query.filters}
    return ("line" in scope.dims or "line" in chosen) and not _SINGLE & {*scope.dims, *chosen}


def _is_parallel(scope: Scope, name: str) -> bool:
    line = scope.plant.line(name) if name else None
    return line is not None and line.arrangement == "parallel"


def _line(members: Sequence[Subject]) -> Subject:
    """A line as one machine: planned while any of its assets is."""
    schedules = {schedule: None for each in members for schedule in each.schedules}
    return Subject(members[0].cells, members[0].site, tuple(schedules))


def _chosen(series: Stops, together: Stops, parallel: Sequence[bool]) -> Stops:
    """The stops of each line by its arrangement."""
    is_parallel = np.array(parallel, dtype=bool)
    one, other = ~is_parallel[series.owners], is_parallel[together.owners]
    owners = np.concatenate([series.owners[one], together.owners[other]])
    starts = np.concatenate([series.starts[one], together.starts[other]])
    ends = np.concatenate([series.ends[one], together.ends[other]])
    return Stops(owners, starts, ends, series.still_open)


def _said_of(scope: Scope, assets: Sequence[Registered]) -> list[str]:
    notes = []
    for name in sorted({each.line for each in assets if each.line}):
        if scope.plant.line(name) is None:
            notes.append(
                f"How the machines of {name} stand is not known: each counts by itself. Say in "
                "plant.toml whether they are in series or in parallel."
            )
        elif _is_parallel(scope, name):
            notes.append(f"{name} is in parallel: it stands only while all of its machines do.")
        else:
            notes.append(f"{name} is in series: it stands while any of its machines does.")
    return notes[:5]


def _columns(scope: Scope) -> tuple[Column, ...]:
    name = scope.metric
    return (
        Column(name=name, label=definition_of(name).label, unit="%"),
        Column(name=f"{name}.planned", label="Planned", unit="h"),
        Column(name=f"{name}.standing", label="Standing in them", unit="h"),
    )
