"""Hours of assets in a period: planned, standing, running, by what the figure is split by.

A dimension of tickets, such as the failure mode, splits no hours: each of its groups has all the
hours of the assets. Running is metered where the asset has readings, else planned less standing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import sqlalchemy as sa

from assistant.analytics.figure import Cell
from assistant.analytics.operating_time.buckets import Bucket, buckets
from assistant.analytics.operating_time.meters import Metered
from assistant.analytics.operating_time.plan_clock import PlanClock
from assistant.analytics.operating_time.population import OF_ASSETS
from assistant.analytics.operating_time.stops import Stops, Whole, cut
from assistant.analytics.query import TIME_DIMENSIONS, Dimension
from assistant.analytics.scope import Key, Scope
from index.facts.fact_tables import fact
from index.facts.fact_visibility import visible_facts
from index.facts.planned_hours import planned_intervals
from index.facts.plant import AROUND_THE_CLOCK, Schedule

_HOUR = 3600


@dataclass(slots=True)
class Hours:
    """Hours of a group: of the calendar, planned, standing while planned, and running."""

    calendar: float = 0.0
    planned: float = 0.0
    standing: float = 0.0
    running: float = 0.0


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose hours are counted: an asset, or a line as one machine.

    A line has the schedules of its assets: it is planned while any of them is.
    """

    cells: Mapping[Dimension, Cell]
    site: str | None
    schedules: tuple[Schedule, ...]

    @property
    def is_around_the_clock(self) -> bool:
        """Whether nothing says that it is planned to stand at times."""
        return any(each.hours == AROUND_THE_CLOCK and not each.holidays for each in self.schedules)

    def clock(self, start: int, end: int) -> PlanClock:
        """The clock that runs while it is planned."""
        return PlanClock(
            interval for each in self.schedules for interval in planned_intervals(each, start, end)
        )


@dataclass(frozen=True, slots=True)
class _Kind:
    """Subjects on one clock, with one plan."""

    clock: PlanClock
    parts: list[Bucket]
    borders: Whole
    places: list[int] = field(default_factory=list)


def first_moment(scope: Scope) -> int | None:
    """From when on hours are counted: the period's start, else the first ticket of the record."""
    if scope.start is not None:
        return scope.start
    statement = sa.select(sa.func.min(fact.c.reported)).where(
        visible_facts(scope.principal), fact.c.is_excluded == 0
    )
    first: int | None = next(iter(scope.run("first ticket of the record", statement)))[0]
    return first


def hours_dims(dims: Sequence[Dimension]) -> tuple[Dimension, ...]:
    """The dimensions that split hours; the others are of tickets only."""
    return tuple(name for name in dims if name in OF_ASSETS or name in TIME_DIMENSIONS)


def split_hours(
    scope: Scope,
    subjects: Sequence[Subject],
    stops: Stops,
    start: int,
    meters: Mapping[int, Metered] | None = None,
) -> dict[Key, Hours]:
    """The hours of each group of the dimensions that split them.

    Args:
        scope: the figure.
        subjects: whose hours.
        stops: their joined stops within the period, owned by their places in ``subjects``.
        start: from when on.
        meters: metered running of some subjects, by place.
    """
    found: dict[Key, Hours] = defaultdict(Hours)
    for kind in _kinds(scope, subjects, start):
        _add_kind(scope, kind, subjects, stops, meters or {}, found)
    return dict(found)


def _kinds(scope: Scope, subjects: Sequence[Subject], start: int) -> list[_Kind]:
    names = tuple(name for name in scope.dims if name in TIME_DIMENSIONS)
    kinds: dict[tuple[str | None, tuple[Schedule, ...]], _Kind] = {}
    for place, subject in enumerate(subjects):
        key = (subject.site if names else None, subject.schedules)
        if key not in kinds:
            site = scope.plant.site(subject.site)
            parts = buckets(names, start, scope.until, site, scope.plant)
            borders = [part.start for part in parts] + [part.end for part in parts[-1:]]
            clock = subject.clock(start, scope.until)
            kinds[key] = _Kind(clock, parts, np.array(borders, dtype=np.int64))
        kinds[key].places.append(place)
    return [kind for kind in kinds.values() if kind.parts]


def _add_kind(
    scope: Scope,
    kind: _Kind,
    subjects: Sequence[Subject],
    stops: Stops,
    meters: Mapping[int, Metered],
    found: dict[Key, Hours],
) -> None:
    names = [name for name in scope.dims if name in OF_ASSETS]
    codes: dict[tuple[Cell, ...], int] = {}
    code_of = np.full(len(subjects), -1)
    for place in kind.places:
        cells = tuple(subjects[place].cells.get(name) for name in names)
        code_of[place] = codes.setdefault(cells, len(codes))
    mine = code_of[stops.owners] >= 0
    chosen = Stops(stops.owners[mine], stops.starts[mine], stops.ends[mine])
    pieces, places = cut(chosen, kind.borders)
    standing = np.zeros((len(codes), len(kind.parts)))
    seconds = kind.clock.between(pieces.starts, pieces.ends)
    np.add.at(standing, (code_of[pieces.owners], places), seconds)
    counts = np.bincount(code_of[kind.places], minlength=len(codes))[:, None]
    calendar = counts * np.diff(kind.borders)
    planned = counts * np.diff(kind.clock.at(kind.borders))
    running = planned - standing
    for place in set(kind.places) & set(meters):
        begins, ends = chosen.of(place)
        own = meters[place].surplus(kind.clock, kind.borders, begins, ends)
        running[code_of[place]] += own
    for cells, code in codes.items():
        for column, part in enumerate(kind.parts):
            hours = found[_key(scope.dims, dict(zip(names, cells, strict=True)), part)]
            hours.calendar += float(calendar[code, column]) / _HOUR
            hours.planned += float(planned[code, column]) / _HOUR
            hours.standing += float(standing[code, column]) / _HOUR
            hours.running += float(running[code, column]) / _HOUR


def _key(dims: Sequence[Dimension], of_asset: Mapping[Dimension, Cell], part: Bucket) -> Key:
    times = iter(part.cells)
    return tuple(
        next(times) if name in TIME_DIMENSIONS else of_asset[name] for name in hours_dims(dims)
    )
