"""Downtime of lines: of machines in series one stops all; in parallel, only all together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from assistant.analytics.scope import Key, Scope
from index.facts.fact_tables import fact
from index.tables import asset
from index.visibility import visible_assets

Interval = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines that are the subject of a figure, by how their machines stand."""

    series: list[str]
    parallel: list[str]
    notes: tuple[str, ...] = ()


def lines_of(scope: Scope) -> Lines:
    """The lines whose own downtime is asked for: those of a split or a filter, without assets."""
    filters = {chosen.field: chosen for chosen in scope.query.filters}
    about_assets = "asset" in scope.dims or "asset" in filters
    chosen = filters.get("line")
    named = chosen is not None and chosen.op in ("eq", "in")
    if about_assets or not ("line" in scope.dims or named):
        return Lines([], [])
    wanted = None
    if named and chosen is not None:
        value = chosen.value
        texts = value if isinstance(value, tuple) else (str(value),)
        wanted = {line.name for text in texts if (line := scope.plant.line(text)) is not None}
    lines = [line for line in scope.plant.lines if wanted is None or line.name in wanted]
    series = [line.name for line in lines if line.arrangement == "series"]
    parallel = [line.name for line in lines if line.arrangement == "parallel"]
    notes = []
    if series:
        notes.append(
            f"Machines in series ({', '.join(series)}): the line stands while one of them stands, "
            "which counts once."
        )
    if parallel:
        notes.append(
            f"Machines in parallel ({', '.join(parallel)}): the line stands only while all of them "
            "stand."
        )
    if not lines:
        notes.append(
            "How the machines of the line stand is not known: the downtime of each is added. "
            "Say in plant.toml whether they are in series or in parallel."
        )
    return Lines(series, parallel, tuple(notes))


def stood_together(
    scope: Scope, chosen: sa.ColumnElement[bool], lines: Lines
) -> tuple[dict[Key, tuple[float, int]], int]:
    """Seconds for which all machines of a line stood, and stops, by group; and how many go on."""
    machines = {
        row[0]: int(row[1])
        for row in scope.run(
            "machines of the lines",
            sa.select(asset.c.line, sa.func.count())
            .where(visible_assets(scope.principal), asset.c.line.in_(lines.parallel))
            .group_by(asset.c.line),
        )
    }
    keys = scope.keys()
    rows = scope.run(
        "stops of machines in parallel",
        sa.select(*keys, fact.c.line, fact.c.asset_id, fact.c.down_from, fact.c.down_to)
        .select_from(scope.source())
        .where(chosen, fact.c.asset_id.is_not(None)),
    )
    found: dict[tuple[Key, str], list[tuple[int, int, int]]] = defaultdict(list)
    for row in rows:
        line, machine, start, end = row[len(keys) :]
        begin = start if scope.start is None else max(start, scope.start)
        finish = scope.until if end is None else min(end, scope.until)
        found[scope.key(row), line].append((machine, begin, finish))
    stood: dict[Key, tuple[float, int]] = {}
    for (key, line), stops in found.items():
        together = all_at_once(stops, machines.get(line, 0))
        seconds, number = stood.get(key, (0.0, 0))
        length = sum(end - start for start, end in together)
        stood[key] = (seconds + length, number + len(stops))
    return stood, sum(row[-1] is None for row in rows)


def all_at_once(stops: Iterable[tuple[int, int, int]], machines: int) -> list[Interval]:
    """When all of so many machines stood; a stop is a machine, its start and its end."""
    borders: list[tuple[int, int, int]] = []
    for machine, start, end in stops:
        if end > start:
            borders += [(start, 1, machine), (end, -1, machine)]
    depth: dict[Any, int] = defaultdict(int)
    standing, began = 0, 0
    found: list[Interval] = []
    for moment, step, machine in sorted(borders):
        depth[machine] += step
        if step > 0 and depth[machine] == 1:
            standing += 1
            if standing == machines:
                began = moment
        elif step < 0 and depth[machine] == 0:
            if standing == machines and moment > began:
                found.append((began, moment))
            standing -= 1
    return found
