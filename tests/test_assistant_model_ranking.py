"""The language model is down, hung, busy or stopped: the evidence stays, and it is said why."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessageChunk
from langchain_core.outputs import ChatGenerationChunk

from assistant import record_tables
from assistant.answering import Assistant
from assistant.jobs import TurnJobs
from assistant.llm.breaker import CircuitBreaker
from assistant.llm.choice import ModelSettings, choose, load, make_slot
from assistant.llm.line import Line
from assistant.llm.scripted import ScriptedChatModel
from assistant.llm.slot import ModelSlot
from assistant.llm.structured import ConstrainedChatModel
from assistant.messages import Answer, AnswerReady, CauseVerified, EvidenceReady
from assistant.model_ranking import SLOW
from assistant.question import Ask
from assistant.records import Records
from assistant.stopping import Stop, stopped_by
from assistant.turn_queue import TurnQueue
from index.access import LOCAL, Principal
from index.database import open_engine
from index.home import Home
from tests.conftest import Plant
from tests.llm_process import free_port, llm_process

LONG_S = 60.0
QUESTION = "E-217 on PR-02"
REPLY = json.dumps({"answerable": True, "causes": ["C", "A"], "check": "none"})
EVIDENCE = ["Cooler C1 blocked by dust", "Fan M2 does not run"]
"""The first causes in the order of the document; the model of these tests puts another first."""


def server_slot(url: str, clock: Any = time.monotonic, **settings: Any) -> ModelSlot:
    chosen = ModelSettings(backend="server", model="m", base_url=url, **settings)
    slot = make_slot(choose(chosen, Path()), chosen)
    model = load(choose(chosen, Path()), chosen, Path())
    return ModelSlot.filled(
        model,
        "m",
        writes_notes=False,
        line=slot.line,
        slow_s=slot.slow_s,
        breaker=CircuitBreaker(2, 10.0, clock),
    )


def ask(plant: Plant, slot: ModelSlot) -> Answer:
    return Assistant(plant.retriever, slot).ask(Ask(QUESTION), LOCAL)


def first_causes(answer: Answer) -> list[str]:
    return [cause.text for cause in answer.causes][:2]


class SlowChatModel(ConstrainedChatModel):
    """Says nothing until it is let go on."""

    gate: Any

    @property
    def _llm_type(self) -> str:
        return "slow"

    def _stream(self, *_: Any, **__: Any) -> Iterator[ChatGenerationChunk]:
        self.gate.wait()
        yield ChatGenerationChunk(message=AIMessageChunk(content=REPLY))


def test_a_server_that_is_killed_in_the_middle_of_its_answer_leaves_the_evidence(
    plant: Plant,
) -> None:
    with llm_process(pieces=3) as (url, process):
        subject = Assistant(plant.retriever, server_slot(url)).stream(Ask(QUESTION), LOCAL)
        assert isinstance(next(subject), EvidenceReady)
        for event in subject:
            if isinstance(event, CauseVerified):  # it has begun its list
                os.kill(process, signal.SIGKILL)
                break
        *_, last = subject
    assert isinstance(last, AnswerReady)
    assert last.answer.is_degraded
    assert last.answer.degraded_reason.startswith("The language model failed")
    assert first_causes(last.answer) == EVIDENCE


def test_a_server_that_is_frozen_is_given_up_within_three_seconds(plant: Plant) -> None:
    with llm_process() as (url, process):
        slot = server_slot(url)
        assert not ask(plant, slot).is_degraded
        os.kill(process, signal.SIGSTOP)
        answer = ask(plant, slot)
        os.kill(process, signal.SIGCONT)
        assert not ask(plant, slot).is_degraded  # back by itself
    assert answer.degraded_reason.startswith("The language model said nothing, and its server")
    assert first_causes(answer) == EVIDENCE
    waited = slot.slow_s + 0.8
    assert waited <= 3.0  # what was waited for, by the settings; the machine's own pace is no test


def test_a_server_that_is_down_is_left_alone_and_taken_again_when_it_is_back(
    plant: Plant,
) -> None:
    now = 0.0
    port = free_port()
    slot = server_slot(f"http://127.0.0.1:{port}/v1", clock=lambda: now)
    for _ in range(2):
        assert ask(plant, slot).degraded_reason.startswith("The language model failed: Conn")
    assert slot.health[0] == "failing"
    left_alone = ask(plant, slot)
    assert "2 times in a row" in left_alone.degraded_reason
    assert "tried again in 10 s" in left_alone.degraded_reason
    assert first_causes(left_alone) == EVIDENCE
    with llm_process(port):
        assert ask(plant, slot).is_degraded  # it is still left alone
        now = 10.0
        back = ask(plant, slot)
    assert (back.is_degraded, back.model, back.notice) == (False, "m", "")
    assert slot.health == ("ready", "")


def test_a_prompt_that_the_server_finds_too_long_is_packed_tighter_and_sent_once_more(
    plant: Plant,
) -> None:
    class Narrow(ScriptedChatModel):
        """Refuses more than two blocks, as a server does whose window nobody knows."""

        def _stream(self, messages: Any, *rest: Any, **more: Any) -> Iterator[ChatGenerationChunk]:
            blocks = [line for line in messages[-1].text.splitlines() if line[1:3] == ": "]
            if len(blocks) > 2:
                self._asked.append(messages)
                raise RuntimeError("This model's maximum context length is 100 tokens.")
            yield from super()._stream(messages, *rest, **more)

    reply = json.dumps({"answerable": True, "causes": ["B"], "check": "none"})
    model = Narrow(replies=[reply])
    answer = ask(plant, ModelSlot.filled(model, "n", writes_notes=False))
    assert not answer.is_degraded
    assert answer.left_out == 2
    assert len(model.asked) == 2
    assert len(answer.causes) == 4
    assert answer.causes[0].text == EVIDENCE[1]


def test_while_the_model_is_silent_the_screen_says_so_and_the_notice_goes_when_it_speaks(
    plant: Plant,
) -> None:
    gate = threading.Event()
    slot = ModelSlot.filled(SlowChatModel(gate=gate), "s", writes_notes=False, slow_s=0.01)
    events = Assistant(plant.retriever, slot).stream(Ask(QUESTION), LOCAL)
    notices = []
    for event in events:
        if isinstance(event, EvidenceReady):
            notices.append(event.answer.notice)
            assert first_causes(event.answer) == EVIDENCE
            if event.answer.notice:
                gate.set()
        last = event
    assert notices == ["", SLOW, ""]
    assert isinstance(last, AnswerReady)
    assert (last.answer.notice, last.answer.is_degraded) == ("", False)


def test_a_question_that_waits_for_the_model_has_its_evidence_and_knows_its_place(
    plant: Plant,
) -> None:
    line = Line(at_once=1)
    others = [line.enter(), line.enter()]
    model = ScriptedChatModel(replies=[REPLY])
    slot = ModelSlot.filled(model, "s", writes_notes=False, line=line)
    events = Assistant(plant.retriever, slot).stream(Ask(QUESTION), LOCAL)
    shown = [next(events), next(events)]
    others[0].leave()
    shown.append(next(events))
    others[1].leave()
    shown += list(events)
    notices = [event.answer.notice for event in shown if isinstance(event, EvidenceReady)]
    place = "before yours at the language model."
    assert notices == ["", f"2 questions {place}", f"1 question {place}", ""]
    assert isinstance(shown[-1], AnswerReady)
    assert not shown[-1].answer.is_degraded


def test_a_line_that_is_too_long_gives_the_evidence_at_once(plant: Plant) -> None:
    line = Line(at_once=1, longest=1)
    line.enter()
    line.enter()
    model = ScriptedChatModel(replies=[REPLY])
    answer = ask(plant, ModelSlot.filled(model, "s", writes_notes=False, line=line))
    assert "overloaded" in answer.degraded_reason
    assert first_causes(answer) == EVIDENCE


def test_a_stopped_turn_ends_with_its_evidence_and_blames_no_model(plant: Plant) -> None:
    gate, stop = threading.Event(), Stop()
    slot = ModelSlot.filled(SlowChatModel(gate=gate), "s", writes_notes=False, slow_s=0.01)
    with stopped_by(stop):
        for event in Assistant(plant.retriever, slot).stream(Ask(QUESTION), LOCAL):
            if isinstance(event, EvidenceReady) and event.answer.notice:
                stop.set()
            last = event
    gate.set()
    assert isinstance(last, AnswerReady)
    assert last.answer.degraded_reason.startswith("You stopped the language model")
    assert first_causes(last.answer) == EVIDENCE
    assert slot.health == ("ready", "")


@pytest.fixture
def records(home: Home) -> Iterator[Records]:
    records = Records(open_engine(home.records, record_tables.MIGRATIONS))
    yield records
    records.engine.dispose()


def test_a_turn_that_runs_is_stopped_by_its_owner_and_by_nobody_else(
    plant: Plant, records: Records
) -> None:
    gate = threading.Event()
    slot = ModelSlot.filled(SlowChatModel(gate=gate), "s", writes_notes=False)
    jobs = TurnJobs(plant.assistant(slot), records)
    turn = jobs.start(LOCAL, records.open_conversation(LOCAL), QUESTION, None)
    events = jobs.follow(LOCAL, turn)
    assert isinstance(next(events), EvidenceReady)
    with pytest.raises(Exception, match="no answer"):
        jobs.stop(Principal("eve", "technician"), turn)
    jobs.stop(LOCAL, turn)
    *_, last = events
    gate.set()
    assert isinstance(last, AnswerReady)
    assert last.answer.degraded_reason.startswith("You stopped")
    jobs.stop(LOCAL, turn)  # it is over: nothing changes
    assert records.turn(LOCAL, turn).status == "done"


def test_a_turn_that_waits_knows_its_place_and_can_be_stopped_before_it_begins(
    plant: Plant, records: Records
) -> None:
    gate = threading.Event()
    slot = ModelSlot.filled(SlowChatModel(gate=gate), "s", writes_notes=False)
    jobs = TurnJobs(plant.assistant(slot), records, TurnQueue(at_once=1))
    talk = records.open_conversation(LOCAL)
    turns = [jobs.start(LOCAL, talk, QUESTION, None) for _ in range(3)]
    assert [jobs.ahead(turn) for turn in turns] == [0, 1, 2]
    assert next(jobs.places(LOCAL, turns[2])) == 2
    jobs.stop(LOCAL, turns[1])
    (event,) = jobs.follow(LOCAL, turns[1])
    assert "before it was looked at" in event.message  # type: ignore[union-attr]
    assert jobs.ahead(turns[2]) == 1
    gate.set()
    assert list(jobs.follow(LOCAL, turns[2]))[-1].kind == "answer"
    assert jobs.ahead(turns[2]) == 0
