"""Confidence intervals of rates, mean times and shares.

A rate is a count of events over an exposure that ended at a time, not with an event (a month, a
year): the intervals of a Poisson process with time-terminated observation, as in the NIST/SEMATECH
e-Handbook 8.4.5.1 and IEC 60605-4. They hold while the rate does not change; see
:mod:`assistant.analytics.estimation.growth` for whether it does.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

from scipy import special


@dataclass(frozen=True, slots=True)
class Interval:
    """From ``low`` to ``high``; None where the data bounds nothing on that side."""

    low: float
    high: float | None


def chi_square_quantile(share: float, freedom: float) -> float:
    """The value below which that share of a chi-square distribution lies."""
    return float(2 * special.gammaincinv(freedom / 2, share))


def rate_interval(events: int, exposure: float, confidence: float = 0.9) -> Interval:
    """The interval of events per unit of exposure.

    Without events only the upper bound is informative, and it is one-sided: its confidence is
    all on the one side that is left.

    Raises:
        ValueError: the exposure is not above 0, or the count is negative.
    """
    _check(events, exposure, confidence)
    tail = (1 - confidence) / 2
    if events == 0:
        return Interval(0.0, chi_square_quantile(confidence, 2) / (2 * exposure))
    return Interval(
        chi_square_quantile(tail, 2 * events) / (2 * exposure),
        chi_square_quantile(1 - tail, 2 * events + 2) / (2 * exposure),
    )


def mean_time_interval(events: int, exposure: float, confidence: float = 0.9) -> Interval:
    """The interval of the mean exposure between events (MTBF), the reciprocal of the rate's.

    Without events there is a lower bound only.

    Raises:
        ValueError: the exposure is not above 0, or the count is negative.
    """
    rate = rate_interval(events, exposure, confidence)
    assert rate.high is not None  # a rate always has an upper bound
    return Interval(1 / rate.high, 1 / rate.low if rate.low > 0 else None)


def share_interval(hits: int, of: int, confidence: float = 0.9) -> Interval:
    """The interval of a share, 0 to 1, by Wilson (1927); it behaves near 0, near 1 and for few.

    Raises:
        ValueError: ``hits`` is not within 0 and ``of``, or nothing was counted.
    """
    if of <= 0 or not 0 <= hits <= of:
        raise ValueError(f"{hits} of {of} is no share")
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    share, spread = hits / of, z * z / of
    middle = (share + spread / 2) / (1 + spread)
    half = z * sqrt(share * (1 - share) / of + spread / of / 4) / (1 + spread)
    return Interval(
        0.0 if hits == 0 else max(0.0, middle - half),
        1.0 if hits == of else min(1.0, middle + half),
    )


def _check(events: int, exposure: float, confidence: float) -> None:
    if events < 0:
        raise ValueError(f"{events} events cannot be counted")
    if not exposure > 0:
        raise ValueError("without exposure there is no rate")
    if not 0 < confidence < 1:
        raise ValueError(f"a confidence is between 0 and 1, not {confidence}")
