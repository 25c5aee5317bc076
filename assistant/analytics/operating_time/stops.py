"""Stops of assets as arrays: read from the facts, joined where they overlap, held against a plan.

Times are seconds since 1970. Arrays, because a record may hold half a million stops.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import sqlalchemy as sa

from assistant.analytics.operating_time.population import Registered, of_assets
from assistant.analytics.scope import Scope
from index.facts.fact_tables import fact

Whole = np.ndarray[tuple[int], np.dtype[np.int64]]
_APART = 1 << 40  # seconds between the times of two owners, more than any period


@dataclass(frozen=True, slots=True)
class Stops:
    """Stretches of time, each of an owner (a place in a list, such as that of the assets).

    They are in the order of owner and start.
    """

    owners: Whole
    starts: Whole
    ends: Whole
    still_open: int = 0

    def of(self, owner: int) -> tuple[Whole, Whole]:
        """The starts and ends of one owner."""
        chosen = slice(*np.searchsorted(self.owners, [owner, owner + 1]))
        return self.starts[chosen], self.ends[chosen]


def read_stops(
    scope: Scope, assets: Sequence[Registered], condition: sa.ColumnElement[bool], start: int
) -> Stops:
    """The stops of assets within the period from ``start`` on, as they were reported.

    One of an open ticket that has not ended lasts until the data ends.
    """
    statement = sa.select(fact.c.asset_id, fact.c.down_from, fact.c.down_to).where(
        condition, of_assets(assets), scope.stands()
    )
    rows = scope.run("stops", statement)
    places = {each.asset_id: place for place, each in enumerate(assets)}
    still_open = sum(row[2] is None for row in rows)
    read = [
        (places[one], begin, scope.until if finish is None else finish)
        for one, begin, finish in rows
        if one in places
    ]
    table = np.array(read, dtype=np.int64).reshape(-1, 3)
    starts = np.maximum(table[:, 1], start)
    ends = np.minimum(table[:, 2], scope.until)
    kept = starts < ends
    return _ordered(table[kept, 0], starts[kept], ends[kept], still_open)


def joined(stops: Stops) -> Stops:
    """The stops with those of one owner that overlap or touch made one."""
    if not len(stops.owners):
        return stops
    # Owners are set apart on one scale of time, so that one running maximum serves them all.
    shift = stops.owners * _APART
    starts, ends = stops.starts + shift, stops.ends + shift
    reached = np.maximum.accumulate(ends)
    is_first = np.concatenate([[True], starts[1:] > reached[:-1]])
    firsts = np.flatnonzero(is_first)
    lasts = np.concatenate([firsts[1:], [len(starts)]]) - 1
    owners = stops.owners[firsts]
    return Stops(owners, stops.starts[firsts], reached[lasts] - owners * _APART, stops.still_open)


def owned_by(stops: Stops, owner_of: Sequence[int]) -> Stops:
    """The stops given to other owners: that of owner ``i`` becomes one of ``owner_of[i]``."""
    owners = np.array(owner_of, dtype=np.int64)[stops.owners]
    return _ordered(owners, stops.starts, stops.ends, stops.still_open)


def common(stops: Stops, owner_of: Sequence[int]) -> Stops:
    """When all that a new owner owns stood at once: machines in parallel."""
    stops = joined(stops)
    sizes = np.bincount(np.array(owner_of, dtype=np.int64))
    found: list[tuple[int, int, int]] = []
    moved = owned_by(stops, owner_of)
    for owner, size in enumerate(sizes):
        starts, ends = moved.of(owner)
        times = np.concatenate([starts, ends])
        steps = np.concatenate([np.ones(len(starts), int), -np.ones(len(ends), int)])
        order = np.lexsort((steps, times))  # an end before a start at the same moment
        standing = np.cumsum(steps[order])
        for place in np.flatnonzero(standing == size):
            begin, finish = int(times[order][place]), int(times[order][place + 1])
            if begin < finish:
                found.append((owner, begin, finish))
    table = np.array(found, dtype=np.int64).reshape(-1, 3)
    return _ordered(table[:, 0], table[:, 1], table[:, 2], stops.still_open)


def cut(stops: Stops, borders: Whole) -> tuple[Stops, Whole]:
    """The stops cut at borders, and between which of them each piece lies.

    Args:
        stops: all within the first and the last border.
        borders: in order; the place of a piece is that of the border before it.
    """
    owners, starts, ends = stops.owners, stops.starts, stops.ends
    pieces: list[tuple[Whole, Whole, Whole, Whole]] = []
    while len(owners):
        places = np.searchsorted(borders, starts, side="right") - 1
        limits = borders[places + 1]
        pieces.append((owners, starts, np.minimum(ends, limits), places))
        is_longer = ends > limits
        owners, starts, ends = owners[is_longer], limits[is_longer], ends[is_longer]
    if not pieces:
        return stops, np.zeros(0, np.int64)
    owners, starts, ends, places = (np.concatenate(each) for each in zip(*pieces, strict=True))
    return Stops(owners, starts, ends, stops.still_open), places


def _ordered(owners: Whole, starts: Whole, ends: Whole, still_open: int) -> Stops:
    order = np.lexsort((starts, owners))
    return Stops(owners[order], starts[order], ends[order], still_open)
