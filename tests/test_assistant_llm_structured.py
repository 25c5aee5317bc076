"""JSON as a stream with time limits; text up to a stop sequence."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.messages import (
    AIMessage,
    AIMessageChunk,
    HumanMessage,
    SystemMessage,
    ToolMessage,
)
from langchain_core.outputs import ChatGenerationChunk, ChatResult

from assistant.errors import GenerationFailed
from assistant.llm.messages import as_turns, until_stop
from assistant.llm.scripted import ScriptedChatModel
from assistant.llm.structured import ConstrainedChatModel, stream_json

LONG_S = 60.0
SHORT_S = 0.05


class StagedChatModel(ConstrainedChatModel):
    """Says a piece for every ``stage`` that is set, until ``total`` are said."""

    stages: Any
    finished: Any
    seen: Any

    @property
    def _llm_type(self) -> str:
        return "staged"

    def _generate(self, *_: Any, **__: Any) -> ChatResult:
        raise NotImplementedError

    def _stream(self, *_: Any, **kwargs: Any) -> Iterator[ChatGenerationChunk]:
        self.seen.append(kwargs)
        try:
            for stage in self.stages:
                stage.wait()
                yield ChatGenerationChunk(message=AIMessageChunk(content="x"))
        finally:
            self.finished.set()


def staged(*is_set: bool) -> StagedChatModel:
    stages = [threading.Event() for _ in is_set]
    for stage, at_once in zip(stages, is_set, strict=True):
        if at_once:
            stage.set()
    return StagedChatModel(stages=stages, finished=threading.Event(), seen=[])


def stream(model: StagedChatModel, first_s: float, next_s: float) -> Iterator[str]:
    return stream_json(
        model, [("user", "hi")], {"type": "boolean"}, first_token_s=first_s, next_token_s=next_s
    )


def test_the_schema_reaches_the_model() -> None:
    model = staged(True)
    assert "".join(stream(model, LONG_S, LONG_S)) == "x"
    assert model.seen[0]["json_schema"] == {"type": "boolean"}


def test_a_model_that_never_begins_is_given_up_after_the_first_limit() -> None:
    model = staged(False)
    with pytest.raises(GenerationFailed, match="said nothing"):
        list(stream(model, SHORT_S, LONG_S))
    model.stages[0].set()


def test_a_model_that_falls_silent_is_given_up_after_the_second_limit() -> None:
    model = staged(True, True, False)
    pieces = stream(model, LONG_S, SHORT_S)
    assert [next(pieces), next(pieces)] == ["x", "x"]
    with pytest.raises(GenerationFailed, match="said nothing"):
        next(pieces)
    model.stages[2].set()


def test_the_message_names_a_limit_below_a_second() -> None:
    model = staged(False)
    with pytest.raises(GenerationFailed, match=r"for 0\.05 s"):
        list(stream(model, SHORT_S, LONG_S))
    model.stages[0].set()


def test_a_reader_who_leaves_stops_the_model() -> None:
    model = staged(True, False, False, False)
    pieces = stream(model, LONG_S, LONG_S)
    next(pieces)
    pieces.close()  # type: ignore[attr-defined]
    model.stages[1].set()  # the piece that was under way; after it the model is stopped
    assert model.finished.wait(LONG_S)
    assert not model.stages[2].is_set()


def test_a_model_that_is_given_up_is_stopped() -> None:
    model = staged(False, False)
    with pytest.raises(GenerationFailed):
        list(stream(model, SHORT_S, LONG_S))
    model.stages[0].set()
    assert model.finished.wait(LONG_S)


def test_a_schema_of_another_kind_is_refused() -> None:
    model = ScriptedChatModel(replies=["x"])
    with pytest.raises(ValueError, match="JSON schema or a pydantic model"):
        model.with_structured_output(int)
    with pytest.raises(ValueError, match="method"):
        model.with_structured_output({"type": "object"}, method="json_mode")


# The scripted model


def test_a_scripted_model_gives_its_replies_in_turn_and_the_last_one_again() -> None:
    model = ScriptedChatModel(replies=["one", "two"])
    assert [model.invoke("?").text for _ in range(3)] == ["one", "two", "two"]
    assert [messages[0].text for messages in model.asked] == ["?", "?", "?"]


def test_a_scripted_model_streams_in_pieces() -> None:
    pieces = [p.text for p in ScriptedChatModel(replies=["0123456789"]).stream("?") if p.text]
    assert pieces == ["0123456", "789"]


# Messages


def test_messages_become_turns_with_the_roles_of_chat_templates() -> None:
    messages = [
        SystemMessage("be kind"),
        HumanMessage([{"type": "text", "text": "hi "}, "there"]),
        AIMessage("hello"),
    ]
    assert as_turns(messages) == [
        {"role": "system", "content": "be kind"},
        {"role": "user", "content": "hi there"},
        {"role": "assistant", "content": "hello"},
    ]


def test_a_tool_message_is_refused() -> None:
    with pytest.raises(ValueError, match="'tool'"):
        as_turns([ToolMessage("x", tool_call_id="1")])


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.text("ab.", max_size=4), max_size=6),
    st.lists(st.text("ab.", max_size=3), max_size=2),
)
def test_text_ends_at_the_first_stop_sequence_wherever_it_is_cut(
    pieces: list[str], stop: list[str]
) -> None:
    text = "".join(pieces)
    places = [text.index(end) for end in stop if end and end in text]
    assert "".join(until_stop(iter(pieces), stop)) == text[: min(places, default=len(text))]


def test_text_is_held_back_no_longer_than_it_may_begin_a_stop_sequence() -> None:
    def pieces() -> Iterator[str]:
        yield "ab<"
        yield "c"
        raise AssertionError("read on")

    found = until_stop(pieces(), ["<end>"])
    assert [next(found), next(found)] == ["ab", "<c"]
