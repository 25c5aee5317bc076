"""A model that fails again and again is left alone, and comes back by itself."""

from __future__ import annotations

import pytest

from assistant.errors import ModelUnavailable
from assistant.llm.breaker import CircuitBreaker


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def opened(clock: Clock) -> CircuitBreaker:
    subject = CircuitBreaker(failures=3, pause_s=10.0, clock=clock)
    for _ in range(3):
        subject.admit()
        subject.failed("Connection refused.")
    return subject


def test_it_opens_after_failures_in_a_row_and_says_when_it_tries_again() -> None:
    clock = Clock()
    subject = opened(clock)
    assert subject.state == "open"
    clock.now += 2.5
    with pytest.raises(ModelUnavailable, match=r"3 times.*Connection refused\..*in 8 s"):
        subject.admit()


def test_failures_that_are_not_in_a_row_do_not_open_it() -> None:
    subject = CircuitBreaker(failures=2)
    for _ in range(5):
        subject.failed("x.")
        subject.worked()
    assert subject.state == "closed"


def test_after_the_pause_one_call_probes_and_the_others_are_refused() -> None:
    clock = Clock()
    subject = opened(clock)
    clock.now += 10.0
    assert subject.state == "half-open"
    subject.admit()
    with pytest.raises(ModelUnavailable, match="Another question tries it"):
        subject.admit()


def test_a_probe_that_works_closes_it() -> None:
    clock = Clock()
    subject = opened(clock)
    clock.now += 10.0
    subject.admit()
    subject.worked()
    assert (subject.state, subject.reason) == ("closed", "")
    subject.admit()


def test_a_probe_that_fails_opens_it_for_another_pause() -> None:
    clock = Clock()
    subject = opened(clock)
    clock.now += 10.0
    subject.admit()
    subject.failed("Still down.")
    assert subject.state == "open"
    clock.now += 9.0
    with pytest.raises(ModelUnavailable, match=r"Still down\."):
        subject.admit()
    clock.now += 1.0
    subject.admit()


def test_a_probe_whose_reader_left_lets_the_next_one_probe() -> None:
    clock = Clock()
    subject = opened(clock)
    clock.now += 10.0
    subject.admit()
    subject.left_undecided()
    assert subject.state == "half-open"
    subject.admit()
