"""Limits of one user: questions a minute and at once, files and bytes a day."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from assistant import record_tables
from assistant.errors import TooLarge, TooMany
from assistant.jobs import TurnJobs
from assistant.records import Records
from assistant.turn_queue import TurnQueue
from index.access import LOCAL, Principal
from index.database import open_engine
from index.home import Home
from tests.conftest import Plant
from ui.limits import Limits, LimitSettings

EVE = Principal("eve", "technician", frozenset())
BOB = Principal("bob", "technician", frozenset())
MB = 1_000_000


class Clock:
    """A time that a test moves."""

    def __init__(self) -> None:
        self.now = 0.0
        self.day = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def engine(home: Home) -> Iterator[sa.Engine]:
    engine = open_engine(home.records, record_tables.MIGRATIONS)
    yield engine
    engine.dispose()


def limits(engine: sa.Engine, clock: Clock, **settings: int) -> Limits:
    return Limits(
        engine, LimitSettings(**settings), clock=lambda: clock.now, today=lambda: clock.day
    )


def test_thirty_questions_a_minute_are_taken_and_the_next_is_told_when(
    engine: sa.Engine, clock: Clock
) -> None:
    subject = limits(engine, clock)
    for _ in range(30):
        subject.take(EVE, "question")
    with pytest.raises(TooMany, match="30 questions in a minute") as refused:
        subject.take(EVE, "question")
    assert refused.value.retry_after_s == pytest.approx(2.0)
    clock.now += 1.9
    with pytest.raises(TooMany):
        subject.take(EVE, "question")
    clock.now += 0.2
    subject.take(EVE, "question")


def test_a_bucket_never_holds_more_than_a_minute(engine: sa.Engine, clock: Clock) -> None:
    subject = limits(engine, clock, questions_per_minute=2)
    clock.now += 86_400
    subject.take(EVE, "question", 2)
    with pytest.raises(TooMany):
        subject.take(EVE, "question")


def test_one_user_uses_up_nobody_elses_questions(engine: sa.Engine, clock: Clock) -> None:
    subject = limits(engine, clock, questions_per_minute=1)
    subject.take(EVE, "question")
    with pytest.raises(TooMany):
        subject.take(EVE, "question")
    subject.take(BOB, "question")


def test_what_can_never_be_taken_is_too_large(engine: sa.Engine, clock: Clock) -> None:
    subject = limits(engine, clock, uploads_per_day=5, upload_mb_per_day=10, upload_mb=3)
    with pytest.raises(TooLarge):
        subject.take(EVE, "question", 31)
    with pytest.raises(TooLarge, match="6 files"):
        subject.take(EVE, "upload", 1, files=6)
    with pytest.raises(TooLarge, match=r"10\.1 MB"):
        subject.take(EVE, "upload", 10 * MB + 100_000)
    subject.check_size(3 * MB)
    with pytest.raises(TooLarge, match="more than 3 MB"):
        subject.check_size(3 * MB + 1)


def test_files_and_bytes_of_a_day_are_counted(engine: sa.Engine, clock: Clock) -> None:
    subject = limits(engine, clock, uploads_per_day=3, upload_mb_per_day=10)
    subject.take(EVE, "upload", 4 * MB, files=2)
    with pytest.raises(TooMany, match=r"2 files of 4\.0 MB today") as refused:
        subject.take(EVE, "upload", 1, files=2)
    assert refused.value.retry_after_s == 6 * 3600
    with pytest.raises(TooMany):
        subject.take(EVE, "upload", 7 * MB)
    subject.take(EVE, "upload", 6 * MB)  # what was refused was not counted
    with pytest.raises(TooMany):
        subject.take(EVE, "upload", 0)
    subject.take(BOB, "upload", 10 * MB, files=3)


def test_a_restart_does_not_begin_a_new_day_and_midnight_does(
    engine: sa.Engine, clock: Clock
) -> None:
    limits(engine, clock, uploads_per_day=1).take(EVE, "upload", 1)
    again = limits(engine, clock, uploads_per_day=1)
    with pytest.raises(TooMany):
        again.take(EVE, "upload", 1)
    clock.day += timedelta(hours=6)
    again.take(EVE, "upload", 1)


def test_uploads_at_once_never_pass_the_quota(engine: sa.Engine, clock: Clock) -> None:
    subject = limits(engine, clock, uploads_per_day=10)
    outcomes: list[bool] = []

    def upload() -> None:
        for _ in range(5):
            try:
                subject.take(EVE, "upload", 1)
                outcomes.append(True)
            except TooMany:
                outcomes.append(False)

    threads = [threading.Thread(target=upload) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count(True) == 10
    assert len(outcomes) == 30


def test_200_jobs_of_one_user_do_not_hold_up_another() -> None:
    turns = TurnQueue(at_once=8, of_user=3, waiting=300)
    go, done = threading.Event(), threading.Event()
    running, most = [0], [0]
    lock = threading.Lock()

    def slow() -> None:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        go.wait()
        with lock:
            running[0] -= 1

    for number in range(200):
        turns.check("eve")
        turns.put("eve", f"e{number}", slow)
    turns.put("bob", "b", done.set)
    assert done.wait(10)  # while all of the other's still wait
    assert most[0] <= 3
    go.set()


def test_users_take_turns_when_all_places_are_taken() -> None:
    turns = TurnQueue(at_once=1, of_user=1, waiting=300)
    order: list[str] = []
    first, all_done = threading.Event(), threading.Event()

    def said(name: str) -> None:
        order.append(name)
        if len(order) == 9:
            all_done.set()

    turns.put("eve", "e", first.wait)  # type: ignore[arg-type]
    for number in range(6):
        turns.put("eve", "e", lambda number=number: said(f"e{number}"))  # type: ignore[misc]
    for number in range(3):
        turns.put("bob", "b", lambda number=number: said(f"b{number}"))  # type: ignore[misc]
    first.set()
    assert all_done.wait(10)
    assert order == ["e0", "b0", "e1", "b1", "e2", "b2", "e3", "e4", "e5"]


def test_a_job_that_fails_gives_its_place_back(monkeypatch: pytest.MonkeyPatch) -> None:
    told, done = threading.Event(), threading.Event()
    monkeypatch.setattr(threading, "excepthook", lambda _: told.set())
    turns = TurnQueue(at_once=1, of_user=1, waiting=5)

    def quits() -> None:
        raise RuntimeError

    turns.put("eve", "e", quits)
    turns.put("eve", "e", done.set)
    assert done.wait(10)
    assert told.wait(10)  # else it is told of while another test runs


@pytest.mark.parametrize("waiting", [0, 2])
def test_too_many_waiting_jobs_are_refused(waiting: int) -> None:
    turns = TurnQueue(at_once=4, of_user=1, waiting=waiting)
    go = threading.Event()
    for _ in range(1 + waiting):
        turns.check("eve")
        turns.put("eve", "e", go.wait)  # type: ignore[arg-type]
    with pytest.raises(TooMany, match="wait for their answers"):
        turns.check("eve")
    turns.check("bob")
    go.set()


def test_a_refused_question_leaves_no_turn(plant: Plant, engine: sa.Engine) -> None:
    records = Records(engine)
    turns = TurnQueue(at_once=1, of_user=1, waiting=0)
    go = threading.Event()
    turns.put(LOCAL.user, "busy", go.wait)  # type: ignore[arg-type]
    jobs = TurnJobs(plant.assistant(), records, turns)
    conversation = records.open_conversation(LOCAL)
    with pytest.raises(TooMany):
        jobs.start(LOCAL, conversation, "E-217 on PR-02", None)
    assert not records.turns(LOCAL, conversation)
    go.set()
