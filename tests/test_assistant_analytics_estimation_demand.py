"""Forecasts of spare parts: intervals that hold, stock that lasts, the latest pace."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from assistant.analytics.estimation.demand import (
    Use,
    first_order,
    forecast,
    lasting_stock,
    recent_rate,
)


def test_issues_of_one_piece_are_negative_binomial():
    # The predictive distribution of a Poisson count (Gelman et al., Bayesian Data Analysis, 2.6),
    # from scipy, not from draws.
    made = forecast(Use((1.0,) * 12, 360), 90, 0.9)
    exact = stats.nbinom(12.5, 360 / (360 + 90))
    assert made.mean == pytest.approx(3.0)
    assert made.low == exact.ppf(0.05)
    assert made.high == exact.ppf(0.95)


@pytest.mark.parametrize(("pace", "days"), [(0.02, 365), (0.1, 200), (1.5, 120)])
def test_the_interval_holds_what_comes_as_often_as_it_says(pace: float, days: float):
    random = np.random.default_rng(9)
    held = 0
    for run in range(400):
        past = random.integers(1, 5, random.poisson(pace * days)).astype(float)
        coming = random.integers(1, 5, random.poisson(pace * 90)).sum()
        made = forecast(Use(tuple(past), days), 90, 0.9, seed=run)
        held += made.low <= coming <= made.high
    assert held / 400 >= 0.86  # few issues: their sizes are drawn from few


def test_the_stock_lasts_as_often_as_it_says():
    random = np.random.default_rng(10)
    lasted = 0
    for run in range(400):
        past = random.integers(1, 4, random.poisson(18)).astype(float)
        level = lasting_stock(Use(tuple(past), 180), 30, 0.95, seed=run)
        lasted += random.integers(1, 4, random.poisson(3)).sum() <= level
    assert lasted / 400 >= 0.93


def test_a_part_that_was_never_used_may_be_used_yet():
    made = forecast(Use((), 365), 90, 0.9)
    assert (made.mean, made.low) == (0.0, 0.0)
    assert made.high >= 0
    assert forecast(Use((), 30), 365, 0.9).high > 1


def test_many_issues_are_summed_as_a_normal_distribution():
    made = forecast(Use((2.0, 4.0) * 20_000, 100), 100, 0.9)
    assert made.mean == pytest.approx(120_000)
    assert made.low < 120_000 < made.high
    assert made.high - made.low == pytest.approx(
        2 * 1.645 * np.sqrt(2 * 40_000 * 9 + 40_000), rel=0.1
    )


def test_the_same_data_gives_the_same_forecast():
    use = Use((1.0, 4.0, 2.0), 90)
    assert forecast(use, 30) == forecast(use, 30)


def test_the_first_order_fills_up_to_the_level():
    assert first_order(7.0, 3.0) == 4.0
    assert first_order(7.2, 3.0) == 5.0
    assert first_order(7.2, 3.0, is_whole=False) == pytest.approx(4.2)
    assert first_order(7.0, 9.0) == 0.0


def test_the_recent_rate_follows_the_pace():
    assert recent_rate([]) == 0.0
    assert recent_rate([0, 0]) == 0.0
    assert recent_rate([3.0] * 20) == pytest.approx(3.0)
    stopped = [2.0] * 20 + [0.0] * 30
    assert recent_rate(stopped) < 0.1 * 2  # an obsolete part is not asked for any more
    assert recent_rate([0.0] * 30 + [2.0] * 20) > 1.5


def test_by_hand():
    # sizes 2, 4: mean 3; one of two periods ... chance 2/3; then period by period.
    size, chance = 3.0, 2 / 3
    size += 0.2 * (2 - size)
    chance += 0.1 * (1 - chance)
    chance += 0.1 * (0 - chance)
    size += 0.2 * (4 - size)
    chance += 0.1 * (1 - chance)
    assert recent_rate([2, 0, 4]) == pytest.approx(size * chance)


def test_what_was_not_used_is_no_issue():
    with pytest.raises(ValueError, match="above 0"):
        Use((0.0,), 10)
    with pytest.raises(ValueError, match="days"):
        Use((), 0)
