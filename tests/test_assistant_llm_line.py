"""The line before the model: in order of arrival, with places, and one can leave it."""

from __future__ import annotations

import threading

import pytest

from assistant.errors import ModelUnavailable, Stopped
from assistant.llm.line import Line
from assistant.stopping import Stop, stopped_by

LONG_S = 60.0


def test_who_has_nobody_before_them_waits_for_nothing() -> None:
    place = Line(at_once=2).enter()
    assert list(place.waits(LONG_S)) == []


def test_places_go_down_as_others_leave_in_order() -> None:
    line = Line(at_once=1)
    first, second, third = line.enter(), line.enter(), line.enter()
    seen = third.waits(LONG_S)
    assert next(seen) == 2
    first.leave()
    assert next(seen) == 1
    second.leave()
    assert list(seen) == []


def test_who_gives_up_makes_room() -> None:
    line = Line(at_once=1)
    _, second, third = line.enter(), line.enter(), line.enter()
    assert next(third.waits(LONG_S)) == 2
    second.leave()
    second.leave()  # twice is once
    assert next(third.waits(LONG_S)) == 1


def test_a_line_that_is_as_long_as_it_may_be_refuses_at_once() -> None:
    line = Line(at_once=1, longest=2)
    places = [line.enter() for _ in range(3)]
    with pytest.raises(ModelUnavailable, match="overloaded: 2 questions wait"):
        line.enter()
    places[1].leave()
    line.enter()


def test_a_wait_has_a_limit() -> None:
    line = Line(at_once=1)
    line.enter()
    late = line.enter().waits(0.0)
    assert next(late) == 1
    with pytest.raises(ModelUnavailable, match="overloaded"):
        next(late)


def test_a_turn_that_is_stopped_leaves_its_wait_at_once() -> None:
    line, stop = Line(at_once=1), Stop()
    line.enter()
    place = line.enter()
    ended = threading.Event()
    begun = threading.Event()

    def wait() -> None:
        with stopped_by(stop):
            try:
                for _ in place.waits(LONG_S):
                    begun.set()
            except Stopped:
                ended.set()

    thread = threading.Thread(target=wait)
    thread.start()
    assert begun.wait(LONG_S)
    stop.set()
    thread.join(LONG_S)
    assert ended.is_set()


def test_many_threads_are_served_one_at_a_time_and_all() -> None:
    line, inside, most, done = Line(at_once=2, longest=100), 0, 0, 0
    lock = threading.Lock()

    def work() -> None:
        nonlocal inside, most, done
        place = line.enter()
        for _ in place.waits(LONG_S):
            pass
        with lock:
            inside += 1
            most = max(most, inside)
        with lock:
            inside -= 1
            done += 1
        place.leave()

    threads = [threading.Thread(target=work) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LONG_S)
    assert done == 40
    assert most <= 2
