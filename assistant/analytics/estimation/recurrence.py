"""The mean cumulative function of Nelson: failures per asset up to a time, without a model.

The estimate is that of Nelson (1995, Technometrics 37, 147-157): at each time, failures divided by
the assets that are watched then, added up. Its variance is the robust one of Lawless and Nadeau
(1995, Technometrics 37, 158-168), which holds although the failures of one asset follow each
other; the limits are logarithmic, so that they do not fall below 0. With one asset there is no
spread between assets, and no limits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, sqrt
from statistics import NormalDist
from typing import Any

import numpy as np

from assistant.analytics.estimation.intervals import Interval


@dataclass(frozen=True, slots=True)
class History:
    """One asset, watched from ``start`` to ``end`` on the scale of all, and its events."""

    start: float
    end: float
    events: tuple[float, ...]

    def __post_init__(self) -> None:
        if not self.end > self.start:
            raise ValueError("an asset that was not watched tells nothing")
        if any(not self.start <= each <= self.end for each in self.events):
            raise ValueError("an event lies outside of the time that was watched")


@dataclass(frozen=True, slots=True)
class Step:
    """The function from ``time`` on: its mean, the assets watched there, and its limits."""

    time: float
    mean: float
    watched: int
    variance: float | None
    interval: Interval | None


def mean_cumulative(histories: Sequence[History], confidence: float = 0.9) -> list[Step]:
    """The steps of the function, one at each time at which something happened."""
    times = sorted({each for history in histories for each in history.events})
    if not times:
        return []
    at = np.array(times)
    starts = np.sort([history.start for history in histories])
    ends = np.sort([history.end for history in histories])
    # An asset counts as watched at both ends of its time: an event there is its own.
    watched = np.searchsorted(starts, at, "right") - np.searchsorted(ends, at, "left")
    counts = [_counts(history, at) for history in histories]
    increments = np.sum(counts, axis=0) / watched
    means = np.cumsum(increments)
    variances = np.zeros(len(at))
    for history, own in zip(histories, counts, strict=True):
        is_watched = (history.start <= at) & (at <= history.end)
        variances += np.cumsum(is_watched * (own - increments) / watched) ** 2
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    steps = []
    for index, time in enumerate(times):
        mean, variance = float(means[index]), float(variances[index])
        has_spread = len(histories) > 1
        steps.append(
            Step(
                time,
                mean,
                int(watched[index]),
                variance if has_spread else None,
                _limits(mean, variance, z) if has_spread else None,
            )
        )
    return steps


def _counts(history: History, at: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Any:
    """How many of the events of an asset are at each time."""
    return np.bincount(np.searchsorted(at, history.events), minlength=len(at))


def _limits(mean: float, variance: float, z: float) -> Interval:
    factor = exp(z * sqrt(variance) / mean)
    return Interval(mean / factor, mean * factor)
