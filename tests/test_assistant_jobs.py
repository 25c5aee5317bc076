"""Turns as jobs: their log can be followed from any point, by anyone whose it is."""

from __future__ import annotations

import json
import logging
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
import sqlalchemy as sa
from langchain_core.messages import AIMessageChunk
from langchain_core.outputs import ChatGenerationChunk, ChatResult

from assistant import record_tables
from assistant.errors import RecordNotFound
from assistant.jobs import TurnJobs
from assistant.llm.choice import ModelSlot
from assistant.llm.scripted import ScriptedChatModel
from assistant.llm.structured import ConstrainedChatModel
from assistant.messages import AnswerEvent, AnswerReady, TurnFailed
from assistant.records import Records
from index.access import LOCAL, Principal
from index.database import open_engine
from index.home import Home
from tests.conftest import Plant

EVE = Principal("eve", "technician")
REPLY = json.dumps({"answerable": True, "causes": ["C", "A"], "check": "none"})


class GatedChatModel(ConstrainedChatModel):
    """Says half of its reply, then waits until it is let go on."""

    gate: Any

    @property
    def _llm_type(self) -> str:
        return "gated"

    def _generate(self, *_: Any, **__: Any) -> ChatResult:
        raise NotImplementedError

    def _stream(self, *_: Any, **__: Any) -> Iterator[ChatGenerationChunk]:
        for half in (REPLY[:36], REPLY[36:]):
            yield ChatGenerationChunk(message=AIMessageChunk(content=half))
            self.gate.wait()


@pytest.fixture
def records(home: Home) -> Iterator[Records]:
    records = Records(open_engine(home.records, record_tables.MIGRATIONS))
    yield records
    records.engine.dispose()


def jobs(plant: Plant, records: Records, slot: ModelSlot | None = None) -> TurnJobs:
    if slot is None:
        model = ScriptedChatModel(replies=[REPLY])
        slot = ModelSlot.filled(model, "scripted", writes_notes=False)
    return TurnJobs(plant.assistant(slot), records)


def kinds(events: list[AnswerEvent]) -> list[str]:
    return [event.kind for event in events]


def test_a_follower_sees_every_event_once_and_in_order(plant: Plant, records: Records) -> None:
    subject = jobs(plant, records)
    turn = subject.start(LOCAL, records.open_conversation(LOCAL), "E-217 on PR-02", None)
    assert kinds(list(subject.follow(LOCAL, turn))) == ["evidence", "cause", "cause", "answer"]
    stored = records.turn(LOCAL, turn)
    assert stored.status == "done"
    assert stored.answer is not None
    assert stored.answer.causes[0].text.startswith("Relief valve")


def test_a_follower_that_comes_late_sees_everything_once(plant: Plant, records: Records) -> None:
    subject = jobs(plant, records)
    turn = subject.start(LOCAL, records.open_conversation(LOCAL), "E-217 on PR-02", None)
    first = list(subject.follow(LOCAL, turn))
    assert list(subject.follow(LOCAL, turn)) == first
    another_process = jobs(plant, records)
    assert list(another_process.follow(LOCAL, turn)) == first


@pytest.mark.parametrize("after", range(6))
def test_the_log_goes_on_after_any_number(plant: Plant, records: Records, after: int) -> None:
    """Also after the last one: a screen that has seen all must not wait for ever."""
    subject = jobs(plant, records)
    turn = subject.start(LOCAL, records.open_conversation(LOCAL), "E-217 on PR-02", None)
    everything = list(subject.follow(LOCAL, turn))
    assert list(subject.follow(LOCAL, turn, after)) == everything[after:]


def test_followers_that_come_in_the_middle_miss_nothing(plant: Plant, records: Records) -> None:
    gate = threading.Event()
    slot = ModelSlot.filled(GatedChatModel(gate=gate), "gated", writes_notes=False)
    subject = jobs(plant, records, slot)
    turn = subject.start(LOCAL, records.open_conversation(LOCAL), "E-217 on PR-02", None)
    early = subject.follow(LOCAL, turn)
    seen = [next(early), next(early)]
    late = subject.follow(LOCAL, turn)
    middle = [next(late), next(late)]
    gate.set()
    assert kinds(seen) == ["evidence", "cause"]
    assert seen + list(early) == middle + list(late)


def test_a_follower_that_leaves_does_not_end_the_turn(plant: Plant, records: Records) -> None:
    gate = threading.Event()
    slot = ModelSlot.filled(GatedChatModel(gate=gate), "gated", writes_notes=False)
    subject = jobs(plant, records, slot)
    turn = subject.start(LOCAL, records.open_conversation(LOCAL), "E-217 on PR-02", None)
    leaver = subject.follow(LOCAL, turn)
    next(leaver)
    leaver.close()  # type: ignore[attr-defined]
    gate.set()
    assert kinds(list(subject.follow(LOCAL, turn)))[-1] == "answer"


@pytest.mark.parametrize(
    ("question", "asset", "message"),
    [
        ("", None, "The question is empty"),
        ("x" * 5000, None, "more than 4,000"),
        ("E-217", "PR-09", "No asset has the tag 'PR-09'"),
    ],
)
def test_a_turn_that_cannot_be_answered_ends_with_the_reason(
    plant: Plant, records: Records, question: str, asset: str | None, message: str
) -> None:
    subject = jobs(plant, records)
    turn = subject.start(LOCAL, records.open_conversation(LOCAL), question, asset)
    (event,) = subject.follow(LOCAL, turn)
    assert isinstance(event, TurnFailed)
    assert message in event.message
    assert records.turn(LOCAL, turn).status == "failed"


def test_an_error_of_our_own_ends_the_turn_without_its_inner_words(
    plant: Plant, records: Records, home: Home
) -> None:
    class BrokenSlot(ModelSlot):
        def get(self) -> Any:
            raise ZeroDivisionError("secret detail")

    subject = jobs(plant, records, BrokenSlot("broken"))
    turn = subject.start(LOCAL, records.open_conversation(LOCAL), "E-217 on PR-02", None)
    *_, last = subject.follow(LOCAL, turn)
    assert isinstance(last, TurnFailed)
    assert "Ask again" in last.message
    assert "secret" not in last.message


def test_a_follow_up_keeps_the_machine_in_mind(plant: Plant, records: Records) -> None:
    subject = jobs(plant, records)
    conversation = records.open_conversation(LOCAL)
    first = subject.start(LOCAL, conversation, "E-217 on PR-02", None)
    list(subject.follow(LOCAL, first))
    second = subject.start(LOCAL, conversation, "and what about E-218?", None)
    *_, last = subject.follow(LOCAL, second)
    assert isinstance(last, AnswerReady)
    assert last.answer.asset == "PR-02"
    assert records.turn(LOCAL, second).question == "and what about E-218?"


def test_another_user_can_neither_ask_in_a_conversation_nor_follow_its_turns(
    plant: Plant, records: Records
) -> None:
    subject = jobs(plant, records)
    conversation = records.open_conversation(LOCAL)
    turn = subject.start(LOCAL, conversation, "E-217 on PR-02", None)
    with pytest.raises(RecordNotFound):
        subject.start(EVE, conversation, "E-218", None)
    with pytest.raises(RecordNotFound):
        next(iter(subject.follow(EVE, turn)))
    list(subject.follow(LOCAL, turn))
    assert len(records.turns(LOCAL, conversation)) == 1


def test_turns_of_many_people_at_once_stay_apart(plant: Plant, records: Records) -> None:
    subject = jobs(plant, records)
    people = [Principal(name, "technician") for name in ("ada", "bob", "cem", "dan")]
    codes = ["E-217", "E-218", "E-142", "E-341"]
    turns = [
        subject.start(who, records.open_conversation(who), f"{code} on PR-02", None)
        for who, code in zip(people, codes, strict=True)
    ]
    for who, code, turn in zip(people, codes, turns, strict=True):
        *_, last = subject.follow(who, turn)
        assert isinstance(last, AnswerReady)
        assert [card.code for card in last.answer.code_cards] == [code]


def test_a_question_about_a_turn_that_a_restart_ended_is_answered_at_once(
    plant: Plant, records: Records
) -> None:
    turn = records.start_turn(LOCAL, records.open_conversation(LOCAL), "E-217", None)
    records.close_interrupted()
    (event,) = jobs(plant, records).follow(LOCAL, turn)
    assert isinstance(event, TurnFailed)
    assert list(jobs(plant, records).follow(LOCAL, turn, 1)) == []


@pytest.fixture
def impatient(home: Home) -> Iterator[Records]:
    """Records that do not wait for a lock."""
    engine = open_engine(home.records, record_tables.MIGRATIONS)
    engine.dispose()

    def wait_no_longer(connection: Any, _: object) -> None:
        connection.execute("PRAGMA busy_timeout=0")

    sa.event.listen(engine, "connect", wait_no_longer)
    yield Records(engine)
    engine.dispose()


class Unlocking(logging.Handler):
    """Ends another process's write as soon as a write of ours is to be tried again."""

    def __init__(self, other: sqlite3.Connection) -> None:
        super().__init__(logging.WARNING)
        self._other = other

    def emit(self, record: logging.LogRecord) -> None:
        if "tried again" in record.getMessage():
            self._other.rollback()


def test_a_turn_whose_end_cannot_be_recorded_ends_for_its_followers(
    plant: Plant, impatient: Records, home: Home
) -> None:
    gate = threading.Event()
    slot = ModelSlot.filled(GatedChatModel(gate=gate), "gated", writes_notes=False)
    subject = jobs(plant, impatient, slot)
    turn = subject.start(LOCAL, impatient.open_conversation(LOCAL), "E-217 on PR-02", None)
    follower = subject.follow(LOCAL, turn)
    assert kinds([next(follower), next(follower)]) == ["evidence", "cause"]
    with closing(sqlite3.connect(home.records, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        gate.set()
        (last,) = follower
        assert isinstance(last, TurnFailed)
        assert "Ask again" in last.message
        assert impatient.turn(LOCAL, turn).status == "running"  # nothing could be written
    assert kinds(list(subject.follow(LOCAL, turn))) == ["evidence", "cause", "failed"]
    assert list(subject.follow(LOCAL, turn, 2)) == [last]


def test_an_event_that_cannot_be_recorded_at_once_is_tried_again(
    plant: Plant, impatient: Records, home: Home
) -> None:
    gate = threading.Event()
    slot = ModelSlot.filled(GatedChatModel(gate=gate), "gated", writes_notes=False)
    subject = jobs(plant, impatient, slot)
    turn = subject.start(LOCAL, impatient.open_conversation(LOCAL), "E-217 on PR-02", None)
    follower = subject.follow(LOCAL, turn)
    assert kinds([next(follower), next(follower)]) == ["evidence", "cause"]
    with closing(
        sqlite3.connect(home.records, isolation_level=None, check_same_thread=False)
    ) as other:
        other.execute("BEGIN IMMEDIATE")
        unlocking = Unlocking(other)
        logging.getLogger("assistant.jobs").addHandler(unlocking)
        try:
            gate.set()
            assert kinds(list(follower)) == ["cause", "answer"]
        finally:
            logging.getLogger("assistant.jobs").removeHandler(unlocking)
    assert impatient.turn(LOCAL, turn).status == "done"
