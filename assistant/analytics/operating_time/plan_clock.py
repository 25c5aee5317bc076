"""A clock that runs while operation is planned: how much of any stretch of time was planned."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from assistant.analytics.operating_time.stops import Stops, Whole, joined


class PlanClock:
    """Planned seconds; what lies in several intervals is planned once."""

    def __init__(self, intervals: Iterable[tuple[int, int]]) -> None:
        """Make the clock of planned intervals, in seconds since 1970."""
        table = np.array(sorted(set(intervals)), dtype=np.int64).reshape(-1, 2)
        owners = np.zeros(len(table), np.int64)
        merged = joined(Stops(owners, table[:, 0], table[:, 1]))
        self._starts = merged.starts
        self._lengths = merged.ends - merged.starts
        self._before = np.concatenate([[0], np.cumsum(self._lengths)])

    def at(self, times: Whole) -> Whole:
        """Planned seconds before each time."""
        if not len(self._starts):
            return np.zeros(len(times), np.int64)
        places = np.searchsorted(self._starts, times, side="right") - 1
        first = np.maximum(places, 0)
        into = np.clip(times - self._starts[first], 0, self._lengths[first])
        return np.where(places < 0, 0, self._before[first] + into)

    def between(self, starts: Whole, ends: Whole) -> Whole:
        """Planned seconds in each stretch."""
        return self.at(ends) - self.at(starts)

    @property
    def total(self) -> int:
        """All planned seconds."""
        return int(self._before[-1])
