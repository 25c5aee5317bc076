"""Whether failures come more or less often as time passes: the power law process (Crow-AMSAA).

The intensity of failures at age ``t`` is ``scale * shape * t ** (shape - 1)``: a shape below 1
means fewer and fewer, above 1 more and more. Estimates, interval and goodness of fit follow
MIL-HDBK-189 (1981), appendix C, for observation that ended at a time; the test of Laplace is that
of Cox and Lewis (1966). Several assets may have been watched for different times: given how often
each failed, the shares of its own time at which it did depend on the common shape only, whatever
its scale, so that shares are what is fitted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log, sqrt
from statistics import NormalDist
from typing import Literal

from assistant.analytics.estimation.intervals import Interval, chi_square_quantile

Direction = Literal["improving", "worsening", "none"]

_CRITICAL = {
    2: 0.162, 3: 0.154, 4: 0.155, 5: 0.160, 6: 0.162, 7: 0.165, 8: 0.165, 9: 0.167, 10: 0.167,
    15: 0.169, 20: 0.172, 30: 0.172, 60: 0.173, 100: 0.173,
}  # fmt: skip
"""Critical values of Cramer and von Mises at a tenth, by failures (MIL-HDBK-189, appendix C)."""


@dataclass(frozen=True, slots=True)
class Watched:
    """One asset: how long it was watched, and at which times within that it failed."""

    time: float
    failures: tuple[float, ...]

    def __post_init__(self) -> None:
        if not self.time > 0:
            raise ValueError("an asset that was not watched tells nothing")
        if any(not 0 <= each <= self.time for each in self.failures):
            raise ValueError("a failure lies outside of the time that was watched")


@dataclass(frozen=True, slots=True)
class Growth:
    """The fitted process.

    ``shape`` is the maximum of the likelihood, which lies too high for few failures;
    ``unbiased_shape`` corrects that. ``scale`` (of the first) is None for several assets.
    ``laplace`` is standard normal where nothing changes, below 0 for improvement. ``fits`` tells
    whether the test of Cramer and von Mises keeps the power law (at a tenth).
    """

    failures: int
    shape: float
    unbiased_shape: float
    interval: Interval
    scale: float | None
    cramer_von_mises: float
    fits: bool
    laplace: float
    laplace_p: float

    @property
    def direction(self) -> Direction:
        """What the interval of the shape says; ``none`` where it holds 1."""
        if self.interval.high is not None and self.interval.high < 1:
            return "improving"
        return "worsening" if self.interval.low > 1 else "none"

    def mean_time(self, age: float) -> float | None:
        """The mean time between failures that the process has reached at an age."""
        if self.scale is None or age <= 0:
            return None
        return float(1 / (self.scale * self.shape * age ** (self.shape - 1)))


def fit_growth(assets: Iterable[Watched], confidence: float = 0.9) -> Growth | None:
    """Fit the process; None where no trend can show: fewer than 2 failures, or all at one end."""
    watched = list(assets)
    shares = sorted(each / one.time for one in watched for each in one.failures)
    count = len(shares)
    if count < 2:
        return None
    # The very beginning has no logarithm: a failure there is put half way to the next, as a time
    # that was rounded.
    floor = min((each for each in shares if each > 0), default=0.0) / 2
    logs = sum(log(1 / max(each, floor)) for each in shares) if floor else 0.0
    if logs <= 0:
        return None
    shape = count / logs
    unbiased = (count - 1) / logs
    tail = (1 - confidence) / 2
    interval = Interval(
        shape * chi_square_quantile(tail, 2 * count) / (2 * count),
        shape * chi_square_quantile(1 - tail, 2 * count) / (2 * count),
    )
    statistic = cramer_von_mises(shares, unbiased)
    score = laplace_score(shares)
    return Growth(
        failures=count,
        shape=shape,
        unbiased_shape=unbiased,
        interval=interval,
        scale=count / watched[0].time ** shape if len(watched) == 1 else None,
        cramer_von_mises=statistic,
        fits=statistic <= critical_value(count),
        laplace=score,
        laplace_p=2 * NormalDist().cdf(-abs(score)),
    )


def cramer_von_mises(shares: Sequence[float], shape: float) -> float:
    """How far sorted shares of the time lie from what the power law expects."""
    count = len(shares)
    misses = (
        share**shape - (2 * place - 1) / (2 * count) for place, share in enumerate(shares, start=1)
    )
    return float(1 / (12 * count) + sum(miss * miss for miss in misses))


def critical_value(count: int) -> float:
    """The value that the statistic exceeds one time in ten although the power law holds."""
    below = max((each for each in _CRITICAL if each <= count), default=2)
    above = min((each for each in _CRITICAL if each >= count), default=100)
    if above == below:
        return _CRITICAL[below]
    part = (count - below) / (above - below)
    return _CRITICAL[below] + part * (_CRITICAL[above] - _CRITICAL[below])


def laplace_score(shares: Sequence[float]) -> float:
    """The test of Laplace: how far the failures lie from the middle of the time, standardised."""
    count = len(shares)
    return (sum(shares) / count - 0.5) * sqrt(12 * count)
