"""Running hours by meter readings: between two readings a meter runs evenly.

A stretch whose meter fell, or ran faster than the clock, was reset or misread; there, and before
the first and after the last reading, the plan counts, as it does for assets without a meter.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import sqlalchemy as sa

from assistant.analytics.operating_time.plan_clock import PlanClock
from assistant.analytics.operating_time.population import Registered
from assistant.analytics.operating_time.stops import Whole
from assistant.analytics.scope import Scope
from index.facts.fact_tables import meter_reading

_HOUR = 3600
_SLACK_H = 1.0  # readings are rounded, and written down some minutes later
_MOST_IDS = 500


@dataclass(frozen=True, slots=True)
class Metered:
    """The metered stretches of an asset, in order: start, end, share of the time that it ran."""

    starts: Whole
    ends: Whole
    shares: np.ndarray[tuple[int], np.dtype[np.float64]]

    def surplus(
        self, clock: PlanClock, borders: Whole, down_from: Whole, down_to: Whole
    ) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """By how many seconds the asset ran more between borders than planned less standing."""
        found = np.zeros(len(borders) - 1)
        for place in range(len(found)):
            begins = np.maximum(self.starts, borders[place])
            ends = np.maximum(np.minimum(self.ends, borders[place + 1]), begins)
            metered = ((ends - begins) * self.shares).sum()
            planned = clock.between(begins, ends).sum()
            found[place] = metered - planned + _standing(clock, begins, ends, down_from, down_to)
        return found


def _standing(
    clock: PlanClock, begins: Whole, ends: Whole, down_from: Whole, down_to: Whole
) -> int:
    """Planned seconds of stops within the stretches."""
    starts = np.maximum(begins[:, None], down_from[None, :])
    stops = np.maximum(np.minimum(ends[:, None], down_to[None, :]), starts)
    return int(clock.between(starts.ravel(), stops.ravel()).sum())


def read_meters(scope: Scope, assets: Sequence[Registered], start: int) -> dict[int, Metered]:
    """The metered stretches within the period, by the place of the asset."""
    places = {each.asset_id: place for place, each in enumerate(assets)}
    chosen = (
        meter_reading.c.asset_id.in_(list(places))
        if len(places) <= _MOST_IDS
        else meter_reading.c.asset_id.is_not(None)
    )
    columns = (meter_reading.c.asset_id, meter_reading.c.at, meter_reading.c.hours)
    statement = sa.select(*columns).where(chosen).order_by(meter_reading.c.asset_id, columns[1])
    readings: dict[int, list[tuple[int, float]]] = defaultdict(list)
    for one, at, hours in scope.run("meter readings", statement):
        if one in places:
            readings[places[one]].append((at, hours))
    found = {place: _stretches(read, start, scope.until) for place, read in readings.items()}
    return {place: metered for place, metered in found.items() if len(metered.starts)}


def _stretches(readings: list[tuple[int, float]], start: int, end: int) -> Metered:
    rows: list[tuple[int, int, float]] = []
    for (at, hours), (then, more) in pairwise(readings):
        length, ran = (then - at) / _HOUR, more - hours
        if length > 0 and 0 <= ran <= length + _SLACK_H and at < end and then > start:
            rows.append((max(at, start), min(then, end), min(1.0, ran / length)))
    return Metered(
        np.array([row[0] for row in rows], dtype=np.int64),
        np.array([row[1] for row in rows], dtype=np.int64),
        np.array([row[2] for row in rows], dtype=np.float64),
    )
