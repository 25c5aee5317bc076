"""A turn in chains of LangChain."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.runnables import Runnable

from assistant.errors import QuestionRejected
from assistant.llm.scripted import ScriptedChatModel
from assistant.llm.slot import ModelSlot
from assistant.messages import Answer
from assistant.runnable import TurnRunnable
from index.access import LOCAL
from index.errors import AssetUnknown
from tests.conftest import Plant

REPLY = json.dumps({"answerable": True, "causes": ["C", "A"], "check": "none"})


class Hearing(BaseCallbackHandler):
    def __init__(self) -> None:
        self.heard: list[str] = []

    def on_chain_start(self, serialized: Any, inputs: Any, **_: Any) -> None:
        self.heard.append("start")

    def on_chain_end(self, outputs: Any, **_: Any) -> None:
        self.heard.append(type(outputs).__name__)

    def on_chain_error(self, error: BaseException, **_: Any) -> None:
        self.heard.append(type(error).__name__)


@pytest.fixture(scope="module")
def turn(plant: Plant) -> TurnRunnable:
    slot = ModelSlot.filled(ScriptedChatModel(replies=[REPLY]), "scripted", writes_notes=False)
    return TurnRunnable(plant.assistant(slot), LOCAL)


def test_a_chain_in_three_lines(turn: TurnRunnable) -> None:
    chain: Runnable[Any, str] = turn | (lambda answer: answer.causes[0].text)
    said = chain.invoke("E-217 on PR-02")
    assert said.startswith("Relief valve")


def test_a_mapping_may_name_the_machine_and_do_without_a_model(turn: TurnRunnable) -> None:
    answer = turn.invoke({"question": "E-217", "asset": "PR-02", "use_model": False})
    assert isinstance(answer, Answer)
    assert (answer.asset, answer.model, answer.is_degraded) == ("PR-02", None, True)


def test_a_stream_gives_the_evidence_first_and_the_whole_answer_last(turn: TurnRunnable) -> None:
    first, *_, last = turn.stream("E-217 on PR-02")
    assert (first.model, last.model) == (None, "scripted")
    assert first.causes[0].text == "Cooler C1 blocked by dust"
    assert last.causes[0].text.startswith("Relief valve")
    chained = list((turn | (lambda answer: answer.causes[0].text)).stream("E-217 on PR-02"))
    assert chained[-1].startswith("Relief valve")


def test_a_batch_and_an_event_loop_get_the_same(turn: TurnRunnable) -> None:
    questions = ["E-217 on PR-02", "E-142 on PR-01"]
    one, other = turn.batch(list(questions))
    assert [one.asset, other.asset] == ["PR-02", "PR-01"]
    alone = asyncio.run(turn.ainvoke("E-217 on PR-02"))
    assert [cause.text for cause in alone.causes] == [cause.text for cause in one.causes]


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ("", "is empty"),
        ({}, "mapping with 'question'"),
        ({"question": 7}, "mapping with 'question'"),
        (["E-217"], "mapping with 'question'"),
        ({"question": "E-217", "principal": "admin"}, "'principal', which is not known"),
    ],
)
def test_what_is_no_question_is_refused(turn: TurnRunnable, said: Any, complaint: str) -> None:
    with pytest.raises(QuestionRejected, match=complaint):
        turn.invoke(said)


def test_callbacks_hear_of_turns_and_of_failures(plant: Plant) -> None:
    own, given = Hearing(), Hearing()
    turn = TurnRunnable(plant.assistant(), LOCAL, [own])
    turn.invoke("E-217 on PR-02", {"callbacks": [given]})
    with pytest.raises(AssetUnknown):
        turn.invoke({"question": "E-217", "asset": "PR-99"})
    assert own.heard == ["start", "Answer", "start", "AssetUnknown"]
    assert given.heard == ["start", "Answer"]
