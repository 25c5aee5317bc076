"""What spare parts will be used: the mean, an interval, and the stock that lasts a lead time.

Use of spare parts is intermittent: issues come at random, a few pieces each. The forecast is a
compound Poisson process: the number of issues has the predictive distribution of a Poisson count
whose rate was itself estimated (negative binomial, with the prior of Jeffreys), each issue takes a
quantity drawn from those of the past (bootstrap, fixed seed). ``recent_rate`` is the estimate of
Teunter, Syntetos and Babai (2011, European Journal of Operational Research 214, 606-615), which
follows a changing pace and falls while nothing is used.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np

DRAWS = 4000
_MOST_ISSUES = 4_000_000  # in all draws together; beyond, sums of quantities are normal anyway


@dataclass(frozen=True, slots=True)
class Use:
    """What was used: quantities of single issues, in how many days."""

    quantities: tuple[float, ...]
    days: float

    def __post_init__(self) -> None:
        if not self.days > 0:
            raise ValueError("without days there is no rate")
        if any(not each > 0 for each in self.quantities):
            raise ValueError("an issue has a quantity above 0")

    @property
    def per_day(self) -> float:
        """The mean use a day."""
        return sum(self.quantities) / self.days


@dataclass(frozen=True, slots=True)
class Forecast:
    """The use of days to come: its mean, and from ``low`` to ``high`` at the given confidence."""

    mean: float
    low: float
    high: float


def forecast(use: Use, days: float, confidence: float = 0.9, *, seed: int = 7) -> Forecast:
    """Forecast the use of the next days, if things go on as they did."""
    drawn = _draw(use, days, seed)
    tail = (1 - confidence) / 2
    low, high = np.quantile(drawn, [tail, 1 - tail], method="inverted_cdf")
    return Forecast(use.per_day * days, float(low), float(high))


def lasting_stock(use: Use, lead_days: float, service: float = 0.9, *, seed: int = 7) -> float:
    """The stock that lasts a lead time with that probability: the level at which to order."""
    drawn = _draw(use, lead_days, seed)
    return float(np.quantile(drawn, service, method="inverted_cdf"))


def first_order(level: float, stock: float, *, is_whole: bool = True) -> float:
    """How much to order now so that the stock reaches the level; 0 where it does."""
    missing = max(0.0, level - stock)
    return float(ceil(missing - 1e-9)) if is_whole else missing


def recent_rate(
    periods: Sequence[float], *, size_weight: float = 0.2, weight: float = 0.1
) -> float:
    """The use per period that the latest periods point to (TSB).

    Args:
        periods: use of each period, the oldest first, 0 where nothing was used.
        size_weight: how fast the mean size of a use follows.
        weight: how fast the probability of a use follows.
    """
    used = [each for each in periods if each > 0]
    if not used:
        return 0.0
    # It starts from the means of all, so that the beginning is no accident of the first period.
    size, chance = sum(used) / len(used), len(used) / len(periods)
    for each in periods:
        if each > 0:
            size += size_weight * (each - size)
        chance += weight * ((each > 0) - chance)
    return size * chance


def _draw(use: Use, days: float, seed: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Possible sums of what is used in that many days."""
    random = np.random.default_rng(seed)
    # Of a part never used, one at a time is assumed; in order, so that no database's own shows.
    sizes = np.sort(use.quantities or (1.0,))
    shape = len(use.quantities) + 0.5
    issues = random.negative_binomial(shape, use.days / (use.days + days), DRAWS)
    if issues.sum() > _MOST_ISSUES:
        spread = np.sqrt(issues) * sizes.std() * random.standard_normal(DRAWS)
        return np.asarray(np.maximum(issues * sizes.mean() + spread, 0.0))
    taken = np.concatenate([[0.0], np.cumsum(random.choice(sizes, int(issues.sum())))])
    ends = np.cumsum(issues)
    return np.asarray(taken[ends] - taken[ends - issues])
