"""The mean cumulative function: a published example, its limits, assets watched at other times."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.analytics.estimation.recurrence import History, mean_cumulative


def test_as_in_the_reference_of_reliasoft():
    # reliawiki.org, Recurrent Event Data Analysis, example of five systems: the table of means.
    histories = [
        History(0, 17, (5, 10, 15)),
        History(0, 19, (6, 13, 17)),
        History(0, 26, (12, 20, 25)),
        History(0, 24, (13, 15)),
        History(0, 28, (16, 22, 25)),
    ]
    means = {step.time: step.mean for step in mean_cumulative(histories)}
    published = {
        5: 0.2, 6: 0.4, 10: 0.6, 12: 0.8, 13: 1.2, 15: 1.6, 16: 1.8, 17: 2.0, 20: 2.33333,
        22: 2.66667, 25: 3.66667,
    }  # fmt: skip
    assert means == pytest.approx(published, abs=1e-5)


def test_the_variance_keeps_the_failures_of_an_asset_together():
    # One of four assets fails twice: by hand, ((2 - 0.5)**2 + 3 * 0.5**2) / 16 = 0.1875; failures
    # that did not belong together would give half of it.
    histories = [History(0, 10, (2, 4)), *(History(0, 10, ()) for _ in range(3))]
    last = mean_cumulative(histories)[-1]
    assert last.mean == pytest.approx(0.5)
    assert last.variance == pytest.approx(0.1875)


def test_the_limits_hold_the_truth_about_as_often_as_they_say():
    random = np.random.default_rng(3)
    held = 0
    for _ in range(600):
        histories = []
        for _ in range(40):
            pace = random.gamma(2.0, 1.0)  # assets differ, so that their failures do not agree
            end = random.uniform(0.6, 1.0)
            count = int(random.poisson(pace * end))
            histories.append(History(0, end, tuple((random.random(count) * end).tolist())))
        step = [each for each in mean_cumulative(histories, 0.9) if each.time <= 0.5][-1]
        assert step.interval is not None
        assert step.interval.high is not None
        held += step.interval.low <= 2.0 * step.time <= step.interval.high
    assert held / 600 == pytest.approx(0.9, abs=0.045)


def test_an_asset_that_came_later_counts_from_then_on():
    steps = mean_cumulative([History(0, 10, (2, 8)), History(5, 10, (6,))])
    assert [(step.time, step.watched) for step in steps] == [(2, 1), (6, 2), (8, 2)]
    assert steps[-1].mean == pytest.approx(1 + 0.5 + 0.5)


def test_one_asset_has_no_limits_and_no_failures_no_steps():
    (step,) = mean_cumulative([History(0, 10, (3,))])
    assert (step.mean, step.variance, step.interval) == (1.0, None, None)
    assert mean_cumulative([History(0, 10, ())]) == []
    assert mean_cumulative([]) == []


def test_histories_that_cannot_be_are_refused():
    with pytest.raises(ValueError, match="not watched"):
        History(5, 5, ())
    with pytest.raises(ValueError, match="outside"):
        History(0, 5, (6,))


_EVENTS = st.lists(st.integers(0, 30), max_size=6)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(10, 30), _EVENTS), max_size=6))
def test_as_counted_one_by_one(drawn: list[tuple[int, int, list[int]]]):
    histories = [
        History(start, end, tuple(each for each in events if start <= each <= end))
        for start, end, events in drawn
    ]
    total = 0.0
    for step in mean_cumulative(histories):
        watched = [each for each in histories if each.start <= step.time <= each.end]
        total += sum(each.events.count(step.time) for each in histories) / len(watched)
        assert step.mean == pytest.approx(total)
        assert step.watched == len(watched)
        if step.interval is not None:
            assert step.interval.high is not None
            assert 0 <= step.interval.low <= step.mean <= step.interval.high
