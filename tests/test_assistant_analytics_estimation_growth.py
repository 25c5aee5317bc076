"""The power law process: published examples, coverage of its interval, several assets."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.analytics.estimation.growth import (
    Growth,
    Watched,
    cramer_von_mises,
    critical_value,
    fit_growth,
    laplace_score,
)

HANDBOOK = (
    2.6, 16.5, 16.5, 17.0, 21.4, 29.1, 33.3, 56.5, 63.1, 70.6, 73.0, 77.7, 93.9, 95.5, 98.1, 101.1,
    132.0, 142.2, 147.7, 149.0, 167.2, 190.7, 193.0, 198.7, 251.9, 282.5, 286.1,
)  # fmt: skip


def _fit(*assets: Watched, confidence: float = 0.9) -> Growth:
    growth = fit_growth(assets, confidence)
    assert growth is not None
    return growth


def test_as_in_the_military_handbook():
    # MIL-HDBK-189 (1981), appendix C: 27 failures, test ended at 300 hours.
    growth = _fit(Watched(300, HANDBOOK))
    assert growth.shape == pytest.approx(0.716, abs=5e-4)
    assert growth.unbiased_shape == pytest.approx(0.690, abs=5e-4)
    assert growth.scale == pytest.approx(0.454, abs=5e-4)
    assert growth.cramer_von_mises == pytest.approx(0.091, abs=5e-4)
    assert growth.fits
    assert growth.mean_time(300) == pytest.approx(15.5, abs=0.05)
    assert growth.direction == "improving"


def test_as_in_the_handbook_of_nist():
    # NIST/SEMATECH e-Handbook, 8.4.5.2: 10 failures in 1500 hours, improvement slope 0.5165.
    growth = _fit(Watched(1500, (5, 40, 43, 175, 389, 712, 747, 795, 1299, 1478)))
    assert 1 - growth.unbiased_shape == pytest.approx(0.5165, abs=5e-5)
    assert growth.laplace < 0


def test_as_in_the_reference_of_reliawiki():
    # reliawiki.com, Crow-AMSAA Parameter Estimation Example: 22 failures, the last at the end.
    times = (
        2.7, 10.3, 12.5, 30.6, 57.0, 61.3, 80.0, 109.5, 125.0, 128.6, 143.8, 167.9, 229.2, 296.7,
        320.6, 328.2, 366.2, 396.7, 421.1, 438.2, 501.2, 620.0,
    )  # fmt: skip
    growth = _fit(Watched(620, times))
    assert growth.shape == pytest.approx(0.6142, abs=5e-5)
    assert growth.scale == pytest.approx(0.4239, abs=5e-5)


def _power_law(random: np.random.Generator, shape: float, mean: float, time: float) -> Watched:
    shares = random.random(int(random.poisson(mean))) ** (1 / shape)
    return Watched(time, tuple(float(each) * time for each in shares))


@pytest.mark.parametrize("shape", [0.6, 1.0, 1.8])
def test_the_interval_holds_the_shape_as_often_as_it_says(shape: float):
    random = np.random.default_rng(5)
    held = tried = 0
    for _ in range(1500):
        # two assets of different scales, watched for different times
        assets = (
            _power_law(random, shape, 4, 900),
            _power_law(random, shape, 9, 300),
        )
        growth = fit_growth(assets, 0.9)
        if growth is not None:
            assert growth.interval.high is not None
            held += growth.interval.low <= shape <= growth.interval.high
            tried += 1
    assert held / tried == pytest.approx(0.9, abs=0.025)


def test_the_unbiased_shape_is_right_on_average():
    random = np.random.default_rng(6)
    fits = [fit_growth([_power_law(random, 1.0, 6, 100)]) for _ in range(4000)]
    shapes = [fit.unbiased_shape for fit in fits if fit is not None]
    # Given how many failures there were, the mean is exact; 2 failures have no finite variance.
    several = [fit.unbiased_shape for fit in fits if fit is not None and fit.failures >= 4]
    assert np.mean(several) == pytest.approx(1.0, abs=0.03)
    assert len(shapes) > 3900


@pytest.mark.parametrize("count", [3, 8, 20, 45])
def test_the_goodness_of_fit_rejects_one_in_ten(count: int):
    random = np.random.default_rng(7)
    rejected = 0
    for _ in range(2000):
        growth = _fit(Watched(1.0, tuple(float(each) for each in random.random(count))))
        rejected += not growth.fits
    assert rejected / 2000 == pytest.approx(0.1, abs=0.025)


def test_the_test_of_laplace_is_standard_normal():
    random = np.random.default_rng(8)
    scores = [laplace_score(random.random(12).tolist()) for _ in range(4000)]
    assert np.mean(scores) == pytest.approx(0, abs=0.05)
    assert np.std(scores) == pytest.approx(1, abs=0.05)
    assert laplace_score([0.9, 0.95, 1.0]) > 2  # late: worsening


def test_worsening_and_nothing_are_told_apart():
    assert _fit(Watched(100, (60, 70, 80, 88, 92, 95, 97, 99))).direction == "worsening"
    assert _fit(Watched(100, (10, 30, 55, 80, 95))).direction == "none"


def test_what_shows_no_trend():
    assert fit_growth([]) is None
    assert fit_growth([Watched(100, ())]) is None
    assert fit_growth([Watched(100, (40,))]) is None
    assert fit_growth([Watched(100, (100, 100))]) is None
    assert fit_growth([Watched(100, (0, 0))]) is None


def test_a_failure_at_the_very_beginning_is_a_rounded_time():
    assert _fit(Watched(100, (0, 50, 90))).shape == pytest.approx(
        _fit(Watched(100, (25, 50, 90))).shape
    )


def test_several_assets_have_no_scale_in_common():
    growth = _fit(Watched(100, (10, 60)), Watched(300, (250,)))
    assert growth.scale is None
    assert growth.mean_time(50) is None
    assert growth.failures == 3


def test_failures_outside_of_the_time_are_refused():
    with pytest.raises(ValueError, match="outside"):
        Watched(100, (101,))
    with pytest.raises(ValueError, match="not watched"):
        Watched(0, ())


def test_critical_values_between_those_of_the_table():
    assert critical_value(30) == 0.172
    assert critical_value(2) < critical_value(4) + 0.02
    assert 0.167 < critical_value(12) < 0.169
    assert critical_value(100_000) == 0.173
    assert cramer_von_mises([0.5], 1.0) == pytest.approx(1 / 12)
