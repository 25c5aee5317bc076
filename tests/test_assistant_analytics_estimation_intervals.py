"""Intervals of rates, mean times and shares: published values, coverage, one-sided bounds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.analytics.estimation.intervals import (
    mean_time_interval,
    rate_interval,
    share_interval,
)


def test_mean_time_as_in_the_handbook_of_nist():
    # NIST/SEMATECH e-Handbook of Statistical Methods, 8.4.5.1: 800 hours, 2 failures, 90 %.
    interval = mean_time_interval(2, 800, 0.9)
    assert interval.low == pytest.approx(127, abs=0.5)
    assert interval.high == pytest.approx(2251, abs=0.5)


@pytest.mark.parametrize(
    ("events", "low", "high"),
    # Quantiles of chi-square, Abramowitz and Stegun, table 26.8, halved: 95 % of a Poisson count.
    [(1, 0.0253, 5.572), (5, 1.623, 11.668), (10, 4.795, 18.390)],
)
def test_rate_as_in_tables_of_the_poisson_count(events: int, low: float, high: float):
    interval = rate_interval(events, 1.0, 0.95)
    assert interval.low == pytest.approx(low, abs=5e-4)
    assert interval.high == pytest.approx(high, abs=1e-3)


def test_without_failures_there_is_a_lower_bound_of_the_mean_time_only():
    interval = mean_time_interval(0, 1000, 0.9)
    assert interval.high is None
    assert interval.low == pytest.approx(1000 / 2.302585)  # exp(-T / MTBF) = 0.1


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    # Newcombe (1998), Statistics in Medicine 17, 857-872, table I, method 3.
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_share_as_in_newcombe(hits: int, of: int, low: float, high: float):
    interval = share_interval(hits, of, 0.95)
    assert interval.low == pytest.approx(low, abs=5e-5)
    assert interval.high == pytest.approx(high, abs=5e-5)


@pytest.mark.parametrize("mean", [0.7, 3.0, 20.0])
def test_the_interval_of_a_rate_holds_the_truth_as_often_as_it_says(mean: float):
    counts = np.random.default_rng(11).poisson(mean, 3000)
    held = 0
    for count in counts:
        interval = rate_interval(int(count), 10.0, 0.9)
        assert interval.high is not None
        held += interval.low <= mean / 10 <= interval.high
    assert held / 3000 >= 0.89


@given(events=st.integers(0, 500), exposure=st.floats(0.01, 1e7), confidence=st.floats(0.5, 0.999))
def test_the_estimate_lies_in_its_interval(events: int, exposure: float, confidence: float):
    rate, time = (
        rate_interval(events, exposure, confidence),
        mean_time_interval(events, exposure, confidence),
    )
    assert rate.high is not None
    assert rate.low <= events / exposure <= rate.high
    assert time.low > 0
    if events:
        assert time.high is not None
        assert time.low <= exposure / events <= time.high


@given(st.integers(1, 400).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_a_share_stays_between_0_and_1(counted: tuple[int, int]):
    hits, of = counted
    interval = share_interval(hits, of)
    assert interval.high is not None
    assert 0 <= interval.low <= hits / of <= interval.high <= 1


def test_what_cannot_be_counted_is_refused():
    with pytest.raises(ValueError, match="exposure"):
        rate_interval(1, 0.0)
    with pytest.raises(ValueError, match="counted"):
        mean_time_interval(-1, 5.0)
    with pytest.raises(ValueError, match="confidence"):
        rate_interval(1, 5.0, 1.0)
    for hits, of in ((1, 0), (3, 2), (-1, 4)):
        with pytest.raises(ValueError, match="no share"):
            share_interval(hits, of)
