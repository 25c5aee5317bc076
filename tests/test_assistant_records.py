"""Conversations and turns: what is stored comes back, to its owner only."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from assistant import record_tables
from assistant.errors import RecordNotFound
from assistant.messages import (
    Answer,
    AnswerReady,
    Cause,
    CauseVerified,
    EvidenceReady,
    Timings,
    TurnFailed,
)
from assistant.records import Records
from index.access import Principal
from index.database import open_engine
from index.home import Home

ADA = Principal("ada", "technician")
EVE = Principal("eve", "administrator")
CAUSE = CauseVerified(cause=Cause(text="油 “hot”", remedy="", symptom="", marker=1, note=None))


def answer(question: str = "E-217") -> Answer:
    return Answer(
        question=question,
        status="grounded",
        code_status="known",
        asset="PR-01",
        message="",
        is_degraded=False,
        causes=(CAUSE.cause,),
        timings=Timings(evidence_s=0.1, total_s=0.2),
    )


@pytest.fixture
def records(home: Home) -> Iterator[Records]:
    records = Records(open_engine(home.records, record_tables.MIGRATIONS))
    yield records
    records.engine.dispose()


def test_the_turns_of_a_conversation_come_back_oldest_first(records: Records) -> None:
    conversation = records.open_conversation(ADA)
    for question in ("first", "second", "third"):
        records.start_turn(ADA, conversation, question, "PR-01")
    turns = records.turns(ADA, conversation)
    assert [t.question for t in turns] == ["first", "second", "third"]
    assert {(t.status, t.asset, t.answer) for t in turns} == {("running", "PR-01", None)}


def test_events_come_back_as_they_were_and_from_any_number(records: Records) -> None:
    turn = records.start_turn(ADA, records.open_conversation(ADA), "E-217", None)
    events = [EvidenceReady(answer=answer()), CAUSE, AnswerReady(answer=answer())]
    for sequence, event in enumerate(events, start=1):
        records.add_event(turn, sequence, event)
    assert records.events_after(ADA, turn, 0) == list(enumerate(events, start=1))
    assert records.events_after(ADA, turn, 2) == [(3, events[2])]
    assert records.events_after(ADA, turn, 3) == []
    assert records.events_after(ADA, turn, 99) == []


def test_the_answer_closes_the_turn(records: Records) -> None:
    turn = records.start_turn(ADA, records.open_conversation(ADA), "E-217", None)
    records.add_event(turn, 1, EvidenceReady(answer=answer()))
    assert records.turn(ADA, turn).status == "running"
    records.add_event(turn, 2, AnswerReady(answer=answer()))
    stored = records.turn(ADA, turn)
    assert (stored.status, stored.answer) == ("done", answer())


def test_a_failed_turn_has_no_answer(records: Records) -> None:
    turn = records.start_turn(ADA, records.open_conversation(ADA), "E-217", None)
    records.add_event(turn, 1, EvidenceReady(answer=answer()))
    records.add_event(turn, 2, TurnFailed(message="the disk is full"))
    stored = records.turn(ADA, turn)
    assert (stored.status, stored.answer) == ("failed", None)


def test_a_number_is_given_to_one_event_only(records: Records) -> None:
    turn = records.start_turn(ADA, records.open_conversation(ADA), "E-217", None)
    records.add_event(turn, 1, CAUSE)
    with pytest.raises(IntegrityError):
        records.add_event(turn, 1, AnswerReady(answer=answer()))
    assert records.turn(ADA, turn).status == "running"


def test_an_event_of_no_turn_is_not_stored(records: Records) -> None:
    with pytest.raises(IntegrityError):
        records.add_event("nobody", 1, CAUSE)


@pytest.mark.parametrize(
    "look",
    [
        lambda r, who, c, t: r.turns(who, c),
        lambda r, who, c, t: r.start_turn(who, c, "mine now", None),
        lambda r, who, c, t: r.turn(who, t),
        lambda r, who, c, t: r.events_after(who, t, 0),
    ],
)
@pytest.mark.parametrize("own", [True, False])
def test_what_belongs_to_another_user_does_not_exist(
    records: Records, look: Callable[..., object], own: bool
) -> None:
    conversation = records.open_conversation(ADA)
    turn = records.start_turn(ADA, conversation, "E-217", None)
    if own:
        look(records, ADA, conversation, turn)
        return
    with pytest.raises(RecordNotFound):
        look(records, EVE, conversation, turn)
    with pytest.raises(RecordNotFound):
        look(records, ADA, "no such", "no such")
    assert len(records.turns(ADA, conversation)) == 1


def test_turns_that_a_dead_process_left_running_are_closed_once(records: Records) -> None:
    conversation = records.open_conversation(ADA)
    done, left, silent = (records.start_turn(ADA, conversation, q, None) for q in "abc")
    records.add_event(done, 1, AnswerReady(answer=answer()))
    records.add_event(left, 1, EvidenceReady(answer=answer()))
    assert records.close_interrupted() == 2
    assert records.close_interrupted() == 0
    assert [t.status for t in records.turns(ADA, conversation)] == ["done", "failed", "failed"]
    (_, _), (sequence, event) = records.events_after(ADA, left, 0)
    assert sequence == 2
    assert isinstance(event, TurnFailed)
    assert "Ask again" in event.message
    assert [n for n, _ in records.events_after(ADA, silent, 0)] == [1]


def test_records_are_there_after_the_file_is_opened_again(home: Home) -> None:
    first = Records(open_engine(home.records, record_tables.MIGRATIONS))
    conversation = first.open_conversation(ADA)
    turn = first.start_turn(ADA, conversation, "E-217", None)
    first.engine.dispose()
    again = Records(open_engine(home.records, record_tables.MIGRATIONS))
    assert again.turn(ADA, turn).question == "E-217"
    again.engine.dispose()


def test_deleting_a_conversation_takes_its_turns_and_events_along(records: Records) -> None:
    conversation = records.open_conversation(ADA)
    turn = records.start_turn(ADA, conversation, "E-217", None)
    records.add_event(turn, 1, CAUSE)
    with records.engine.begin() as connection:
        connection.execute(record_tables.conversation.delete())
        for table in (record_tables.turn, record_tables.turn_event):
            assert connection.scalar(sa.select(sa.func.count()).select_from(table)) == 0
