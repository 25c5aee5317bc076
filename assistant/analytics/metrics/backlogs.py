"""Metrics of open work: how many tickets, how many hours, how many weeks, how old."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import sqlalchemy as sa

from assistant.analytics.catalogue import definition_of
from assistant.analytics.errors import CannotAnswer
from assistant.analytics.figure import Cell, Column
from assistant.analytics.metrics.counts import is_open_at
from assistant.analytics.metrics.tallies import Tally, count, tally, total
from assistant.analytics.scope import Computed, Key, Scope
from index.facts.fact_tables import fact
from index.facts.plant import Team, plain_name

_DAY = 86400
_PARTS = ("parts", "part", "spare parts", "waiting for parts", "material", "ersatzteile", "备件")
"""Delay reasons of work that cannot be begun for want of parts."""


def backlog_count(scope: Scope) -> Computed:
    """Tickets that were open."""
    found = tally(scope, "open tickets", rule=is_open_at(scope))
    values: dict[Key, tuple[Cell, ...]] = {k: (int(row["n"]),) for k, row in found.groups.items()}
    column = Column(name=scope.metric, label=definition_of(scope.metric).label)
    return _computed(scope, found, (column,), values, is_additive=not scope.multiplies)


def backlog_h(scope: Scope) -> Computed:
    """Estimated hours of the tickets that were open."""
    hours = fact.c.est_labor_h
    sums = {"hours": total(hours), "known": count(hours.is_not(None))}
    found = tally(scope, "open tickets", sums, rule=is_open_at(scope))
    values: dict[Key, tuple[Cell, ...]] = {
        key: (_hours(row), int(row["known"] or 0), int(row["n"]))
        for key, row in found.groups.items()
    }
    name = scope.metric
    columns = (
        Column(name=name, label=f"{definition_of(name).label}, estimated", unit="h"),
        Column(name=f"{name}.known", label="Tickets with an estimate"),
        Column(name=f"{name}.n", label="Open tickets"),
    )
    computed = _computed(scope, found, columns, values, is_additive=not scope.multiplies)
    return _with_coverage(computed, found)


def ready_backlog_weeks(scope: Scope) -> Computed:
    """Weeks for which a team has work that is ready to be done."""
    if scope.until < scope.as_of:
        raise CannotAnswer(
            "What was ready at an earlier moment is not kept. Ask for the ready backlog of now."
        )
    if set(scope.dims) - {"team"}:
        raise CannotAnswer(
            "The ready backlog is of teams, whose hours of a week are known. Split it by team, or "
            "not at all; choose with filters."
        )
    ready = is_open_at(scope) & is_ready()
    hours = fact.c.est_labor_h
    by_team = _by_team(scope)
    sums = {"hours": total(hours), "known": count(hours.is_not(None))}
    found = tally(by_team, "ready open tickets", sums, rule=ready)
    groups = _teams(scope, found)
    if not any(team.hours_per_week for team, _ in groups):
        asked = ", ".join(sorted({team.name for team, _ in groups if team.name})) or "the teams"
        raise CannotAnswer(
            f"The hours that {asked} can work in a week are not known, so the backlog cannot be "
            "told in weeks. Give them in plant.toml ([[team]] name, hours_per_week; 'faultbook "
            "plant import'), or ask for the backlog in hours (backlog_h)."
        )
    return _ready(scope, found, groups)


def is_ready() -> sa.ColumnElement[bool]:
    """That an open ticket can be worked on: it is not on hold, and does not wait for parts."""
    waits = sa.func.lower(fact.c.delay_reason).in_(_PARTS)
    return (fact.c.status != "on_hold") & ~waits


def backlog_age_d(scope: Scope) -> Computed:
    """Days since the report of the tickets that were open: mean, median, 90th percentile."""
    rule = is_open_at(scope)
    reported = fact.c.reported
    found = tally(scope, "open tickets", {"known": count(reported.is_not(None))}, rule=rule)
    keys = scope.keys()
    rows = scope.run(
        "ages of open tickets",
        sa.select(*keys, reported)
        .select_from(scope.source())
        .where(scope.counted(), rule, reported.is_not(None)),
    )
    ages: dict[Key, list[float]] = defaultdict(list)
    for row in rows:
        ages[scope.key(row)].append((scope.until - row[-1]) / _DAY)
    values: dict[Key, tuple[Cell, ...]] = {key: (None, None, None, 0) for key in found.groups}
    for key, days in ages.items():
        middle, high = np.percentile(days, [50, 90])
        values[key] = (float(np.mean(days)), float(middle), float(high), len(days))
    name, label = scope.metric, definition_of(scope.metric).label
    columns = (
        Column(name=name, label=f"{label}, mean", unit="d"),
        Column(name=f"{name}.median", label="Median", unit="d"),
        Column(name=f"{name}.p90", label="90th percentile", unit="d"),
        Column(name=f"{name}.n", label="n"),
    )
    return _with_coverage(
        _computed(scope, found, columns, values), found, "time of the report known"
    )


def _by_team(scope: Scope) -> Scope:
    return scope if "team" in scope.dims else replace(scope, dims=("team",))


def _teams(scope: Scope, found: Tally) -> list[tuple[Team, Mapping[str, object]]]:
    """The teams of the figure with what is ready for each; those without work too."""
    rows = {str(key[0] or ""): row for key, row in found.groups.items()}
    groups: list[tuple[Team, Mapping[str, object]]] = []
    for name, row in rows.items():
        groups.append((scope.plant.team(name) or Team(name) if name else Team(""), row))
    named = {plain_name(team.name) for team, _ in groups}
    fields = {each.field for each in scope.query.filters}
    if not fields:
        groups += [
            (team, {"n": 0, "hours": 0.0, "known": 0})
            for team in scope.plant.teams
            if plain_name(team.name) not in named
            and (
                scope.principal.sites is None or not team.site or team.site in scope.principal.sites
            )
        ]
    wanted = [each.value for each in scope.query.filters if each.field == "team"]
    if not groups and wanted:
        names = wanted[0] if isinstance(wanted[0], tuple) else (str(wanted[0]),)
        groups = [
            (scope.plant.team(name) or Team(name), {"n": 0, "hours": 0.0, "known": 0})
            for name in names
        ]
    return groups


def _ready(scope: Scope, found: Tally, groups: list[tuple[Team, Mapping[str, object]]]) -> Computed:
    values: dict[Key, tuple[Cell, ...]] = {}
    without = [team.name or "no team" for team, _ in groups if not team.hours_per_week]
    able = [(team, row) for team, row in groups if team.hours_per_week]
    for team, row in groups if scope.dims else ():
        hours, capacity = _hours(row), team.hours_per_week
        weeks = hours / capacity if capacity and hours is not None else None
        values[(team.name or None,)] = (weeks, hours, capacity, int(str(row["n"])))
    if not scope.dims:
        parts = [_hours(row) for _, row in able]
        hours = None if all(each is None for each in parts) else sum(each or 0.0 for each in parts)
        capacity = sum(team.hours_per_week or 0.0 for team, _ in able)
        number = sum(int(str(row["n"])) for _, row in able)
        values[()] = (None if hours is None else hours / capacity, hours, capacity, number)
    notes = ["Ready is open work that is not on hold and does not wait for parts."]
    if without:
        notes.append(
            f"The hours of a week are not known of {', '.join(without)}: "
            + ("no weeks are told." if scope.dims else "their work is left out.")
        )
    name, label = scope.metric, definition_of(scope.metric).label
    columns = (
        Column(name=name, label=label, unit="weeks"),
        Column(name=f"{name}.hours", label="Ready", unit="h"),
        Column(name=f"{name}.capacity", label="Capacity a week", unit="h"),
        Column(name=f"{name}.n", label="Ready tickets"),
    )
    computed = _with_coverage(_computed(scope, found, columns, values, ready=True), found)
    return replace(computed, notes=(*computed.notes, *notes))


def _hours(row: Mapping[str, object]) -> float | None:
    """The sum of the estimates; of tickets without any it is unknown, of no tickets it is 0."""
    known, number = int(str(row["known"] or 0)), int(str(row["n"]))
    return float(str(row["hours"])) if known else (None if number else 0.0)


def _with_coverage(
    computed: Computed, found: Tally, what: str = "estimated hours known"
) -> Computed:
    return replace(computed, coverage=(found.known("known", what), *computed.coverage))


def _computed(
    scope: Scope,
    found: Tally,
    columns: tuple[Column, ...],
    values: Mapping[Key, tuple[Cell, ...]],
    *,
    is_additive: bool = False,
    ready: bool = False,
) -> Computed:
    notes = found.notes
    if scope.until < scope.as_of:
        notes = (
            *notes,
            "Tickets that were closed without a time of completion are not told to have been open.",
        )
    behind = scope.counted() & is_open_at(scope)
    return Computed(
        columns=columns,
        values=values,
        counted=found.n,
        counted_what="ready open tickets" if ready else "open tickets",
        excluded=found.excluded,
        coverage=found.coverage,
        notes=notes,
        behind=behind & is_ready() if ready else behind,
        is_additive=is_additive,
    )
