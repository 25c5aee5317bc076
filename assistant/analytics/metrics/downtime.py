"""Downtime: the time for which assets stood, each moment once, within the period.

Stops of one asset that overlap are joined by SQL: a stop counts from where the stops before it have
reached. What is split over time is cut afterwards, on the clock of the site.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import Any

import numpy as np
import sqlalchemy as sa

from assistant.analytics.catalogue import definition_of
from assistant.analytics.dimensions import JOINED
from assistant.analytics.figure import Cell, Column, Exclusion
from assistant.analytics.metrics import parallel_lines
from assistant.analytics.metrics.tallies import Tally, count, tally
from assistant.analytics.operating_time.buckets import buckets
from assistant.analytics.operating_time.stops import Stops, cut
from assistant.analytics.query import TIME_DIMENSIONS
from assistant.analytics.scope import Computed, Key, Scope
from index.facts.fact_tables import fact

_HOUR = 3600

Stood = dict[Key, tuple[float, int]]
"""Seconds and stops by group."""


def downtime(scope: Scope) -> Computed:
    """Hours for which assets stood because of failures."""
    failures = scope.is_failures_only
    reported = _reported(scope, failures)
    chosen = scope.counted(failures=failures) & scope.stands()
    lines = parallel_lines.lines_of(scope)
    apart = fact.c.line.in_(lines.parallel) if lines.parallel else sa.false()
    stops = _stops(scope, chosen & ~apart, lines.series)
    is_over_time = any(name in TIME_DIMENSIONS for name in scope.dims)
    stood, still_open = (_over_time if is_over_time else _summed)(scope, stops)
    notes = list(lines.notes)
    if lines.parallel and is_over_time:
        notes.append(
            "Lines of machines in parallel are not split over time: they are left out. "
            "Leave out the split over time to see them."
        )
    elif lines.parallel:
        more, more_open = parallel_lines.stood_together(scope, chosen & apart, lines)
        stood.update(more)
        still_open += more_open
    known = bool(stood) or not reported.n or bool(reported.whole["known"])
    if not scope.dims and not stood:
        stood[()] = (0.0, 0)
    tickets = _tickets(scope, chosen, stood)
    return Computed(
        columns=(
            Column(name=scope.metric, label=definition_of(scope.metric).label, unit="h"),
            Column(name=f"{scope.metric}.n", label="Stops"),
        ),
        values={
            key: (seconds / _HOUR if known else None, number)
            for key, (seconds, number) in stood.items()
        },
        counted=tickets,
        counted_what="stops",
        excluded=(*reported.excluded, *_flawed(reported)),
        coverage=(reported.known("known", "downtime known"), *reported.coverage),
        notes=tuple([*_notes(scope, tickets, still_open), *notes]),
        behind=chosen,
        is_additive=not scope.multiplies,
    )


def _reported(scope: Scope, failures: bool) -> Tally:
    """The failures reported in the period: for how many a stop is known, what is left out."""
    known = (fact.c.down_source != "none") | (fact.c.down_from.is_not(None))
    return tally(
        replace(scope, dims=tuple(name for name in scope.dims if name not in TIME_DIMENSIONS)),
        "failures reported in the period" if failures else "tickets reported in the period",
        {"known": count(known), "flawed": count(fact.c.has_down_flaw == 1)},
        failures=failures,
        rule=scope.in_period("reported"),
    )


def _flawed(reported: Tally) -> tuple[Exclusion, ...]:
    rows = int(reported.whole["flawed"])
    why = "a downtime that is negative or longer than its ticket"
    return (Exclusion(reason=why, rows=rows),) if rows else ()


def _notes(scope: Scope, tickets: int, still_open: int) -> list[str]:
    notes = []
    if not tickets:
        notes.append("No stops fit: zero rows.")
    if still_open:
        notes.append(
            f"{still_open} stops have not ended: they count until the end of the period, or until "
            "the data ends."
        )
    if scope.is_failures_only:
        notes.append("Stops of planned work are not counted.")
    several = [name for name in scope.dims if name in JOINED]
    if several:
        notes.append("A stop with more than one of them stands under each of them.")
    return notes


def _stops(scope: Scope, chosen: sa.ColumnElement[bool], series: list[str]) -> sa.Subquery:
    """The stops, each from where those before it of the same asset have reached."""
    keys = [
        key
        for name, key in zip(scope.dims, scope.keys(), strict=True)
        if name not in TIME_DIMENSIONS
    ]
    in_series = fact.c.line.in_(series) if series else sa.false()
    unknown = ~in_series & fact.c.asset_id.is_(None)
    rows = (
        sa.select(
            *keys,
            # What a stop is joined within: the line, the asset, what it is called, else itself.
            sa.case((in_series, fact.c.line)).label("line_unit"),
            sa.case((~in_series, fact.c.asset_id)).label("asset_unit"),
            sa.case((unknown, fact.c.asset_text)).label("text_unit"),
            sa.case((unknown & (fact.c.asset_text == ""), fact.c.ticket_id)).label("own_unit"),
            started(scope).label("began"),
            ended(scope).label("ended"),
            sa.case((fact.c.down_to.is_(None), 1), else_=0).label("is_going_on"),
            fact.c.site.label("site"),
            fact.c.ticket_id.label("ticket_id"),
        )
        .select_from(scope.source())
        .where(chosen)
        .subquery("stop")
    )
    names = [key.name for key in keys]
    units = [rows.c[name] for name in ("line_unit", "asset_unit", "text_unit", "own_unit")]
    reached = (
        sa.func.max(rows.c.ended)
        .over(
            partition_by=[*(rows.c[name] for name in names), *units],
            order_by=[rows.c.began, rows.c.ticket_id],
            rows=(None, -1),
        )
        .label("reached")
    )
    shown = [rows.c[name] for name in (*names, "began", "ended", "is_going_on", "site")]
    return sa.select(*shown, reached).subquery("piece")


def started(scope: Scope) -> sa.ColumnElement[Any]:
    """The beginning of a stop within the period."""
    if scope.start is None:
        return fact.c.down_from
    return sa.case((fact.c.down_from < scope.start, scope.start), else_=fact.c.down_from)


def ended(scope: Scope) -> sa.ColumnElement[Any]:
    """The end of a stop within the period; one that goes on ends with it."""
    return sa.case((fact.c.down_to < scope.until, fact.c.down_to), else_=scope.until)


def _counts_from(piece: sa.Subquery) -> sa.ColumnElement[Any]:
    return sa.case((piece.c.reached > piece.c.began, piece.c.reached), else_=piece.c.began)


def _summed(scope: Scope, piece: sa.Subquery) -> tuple[Stood, int]:
    start = _counts_from(piece)
    names = [f"k{at}" for at in range(len(scope.dims))]
    rows = scope.run(
        "downtime, overlaps joined",
        sa.select(
            *(piece.c[name] for name in names),
            sa.func.sum(sa.case((piece.c.ended > start, piece.c.ended - start), else_=0)),
            sa.func.count(),
            sa.func.sum(piece.c.is_going_on),
        ).group_by(*(piece.c[name] for name in names)),
    )
    found = {scope.key(row): (float(row[-3]), int(row[-2])) for row in rows if row[-2]}
    return found, sum(int(row[-1] or 0) for row in rows)


def _over_time(scope: Scope, piece: sa.Subquery) -> tuple[Stood, int]:
    """The same split over time: pieces are cut at the borders of the site's calendar."""
    places = [at for at, name in enumerate(scope.dims) if name not in TIME_DIMENSIONS]
    rows = scope.run(
        "stops, overlaps joined",
        sa.select(
            *(piece.c[f"k{at}"] for at in places),
            piece.c.site,
            piece.c.began,
            _counts_from(piece).label("counts_from"),
            piece.c.ended,
            piece.c.is_going_on,
        ),
    )
    by_site: dict[str | None, list[Any]] = defaultdict(list)
    for row in rows:
        by_site[row[len(places)]].append(row)
    found: Stood = {}
    for site, stops in by_site.items():
        for key, (seconds, number) in _cut(scope, places, site, stops).items():
            before = found.get(key, (0.0, 0))
            found[key] = (before[0] + seconds, before[1] + number)
    return found, sum(int(row[-1]) for row in rows)


def _cut(scope: Scope, places: list[int], site: str | None, rows: list[Any]) -> Stood:
    times = np.array([tuple(row[-4:-1]) for row in rows], dtype=np.int64)
    begin = scope.start if scope.start is not None else int(times[:, 0].min())
    names = tuple(name for name in scope.dims if name in TIME_DIMENSIONS)
    parts = buckets(names, begin, scope.until, scope.plant.site(site), scope.plant)
    borders = np.array([part.start for part in parts] + [parts[-1].end], dtype=np.int64)
    owners_of: dict[tuple[Any, ...], int] = {}
    owners = np.array(
        [owners_of.setdefault(tuple(row[: len(places)]), len(owners_of)) for row in rows]
    )
    groups = list(owners_of)
    found: Stood = defaultdict(lambda: (0.0, 0))

    def add(column: int, *, is_length: bool) -> None:
        kept = times[:, column] < times[:, 2]
        pieces, at = cut(Stops(owners[kept], times[kept, column], times[kept, 2]), borders)
        flat = pieces.owners * len(parts) + at
        lengths = (pieces.ends - pieces.starts) if is_length else np.ones(len(flat))
        sums = np.bincount(flat, weights=lengths)
        for index in np.flatnonzero(np.bincount(flat)):
            group, part = groups[index // len(parts)], parts[index % len(parts)]
            key = _key(scope, places, group, part.cells)
            seconds, number = found[key]
            amount = float(sums[index])
            found[key] = (
                (seconds + amount, number) if is_length else (seconds, number + int(amount))
            )

    add(1, is_length=True)
    add(0, is_length=False)
    return dict(found)


def _key(scope: Scope, places: list[int], group: tuple[Any, ...], cells: tuple[Cell, ...]) -> Key:
    """The key of a group of a stretch of time, in the order of the dimensions."""
    values: list[Any] = [None] * len(scope.dims)
    for at, value in zip(places, group, strict=True):
        values[at] = value
    named = list(scope.named(values))
    rest = iter(cells)
    for at, name in enumerate(scope.dims):
        if name in TIME_DIMENSIONS:
            named[at] = next(rest)
    return tuple(named)


def _tickets(scope: Scope, chosen: sa.ColumnElement[bool], stood: Stood) -> int:
    """How many stops are behind, each once."""
    if scope.multiplies or any(name in TIME_DIMENSIONS for name in scope.dims):
        statement = sa.select(sa.func.count()).select_from(fact).where(chosen)
        return int(scope.run("stops, each once", statement)[0][0])
    return sum(number for _, number in stood.values())
