"""Ask any chat model for JSON under a schema, as a stream with time limits.

Each backend takes the constraint in its own way: our local models take ``json_schema``, servers
take ``response_format``. A model that supports neither is still held to the schema, because what it
says is parsed and checked afterwards.
"""

from __future__ import annotations

import json
import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.exceptions import OutputParserException
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.language_models.chat_models import generate_from_stream
from langchain_core.messages import BaseMessage
from langchain_core.output_parsers import PydanticOutputParser
from langchain_core.outputs import ChatResult
from langchain_core.runnables import Runnable, RunnableLambda
from langchain_openai import ChatOpenAI
from pydantic import BaseModel

from assistant.errors import GenerationFailed, PromptTooLong
from assistant.llm.untraced import traced_as_set
from assistant.stopping import current

_END = object()
_STOP = object()
_PROBE_S = 0.9  # with the 2 s of silence before it, a reader waits less than 3 s
_NOT_THERE = "The language model said nothing, and its server does not answer either."
_TOO_LONG = ("context_length_exceeded", "maximum context length", "context window", "too many tok")


class Silence(str):
    """An empty piece that says: nothing has come for a while, and it is waited on."""


SILENCE = Silence()


class ConstrainedChatModel(BaseChatModel):
    """Base of the local models: they stream, and ``_stream`` obeys the keyword ``json_schema``.

    They are :class:`~assistant.llm.window.Windowed` as well.
    """

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return generate_from_stream(self._stream(messages, stop, run_manager, **kwargs))

    def with_structured_output(
        self,
        schema: dict[str, Any] | type,
        *,
        include_raw: bool = False,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, dict[str, Any] | BaseModel]:
        """Return a runnable whose output is an object of the schema.

        Raises:
            ValueError: an argument is not supported.
        """
        if kwargs:
            raise ValueError(f"unsupported arguments: {', '.join(sorted(kwargs))}")
        parser: Runnable[Any, Any]
        if isinstance(schema, type) and issubclass(schema, BaseModel):
            bound = self.bind(json_schema=schema.model_json_schema())
            parser = PydanticOutputParser(pydantic_object=schema)
        elif isinstance(schema, dict):
            bound = self.bind(json_schema=schema)
            parser = RunnableLambda(_strict_json)
        else:
            raise ValueError("the schema must be a JSON schema or a pydantic model")
        if not include_raw:
            return bound | parser
        return bound | RunnableLambda(lambda message: _with_raw(message, parser))


def _strict_json(message: BaseMessage) -> Any:
    # LangChain's parser would complete what a token limit cut off.
    try:
        return json.loads(message.text)
    except ValueError as error:
        raise OutputParserException(f"not JSON: {error}", llm_output=message.text) from error


def _with_raw(message: BaseMessage, parser: Runnable[Any, Any]) -> dict[str, Any]:
    try:
        return {"raw": message, "parsed": parser.invoke(message), "parsing_error": None}
    except Exception as error:  # LangChain's contract: the error is part of the result
        return {"raw": message, "parsed": None, "parsing_error": error}


def stream_json(
    model: BaseChatModel,
    messages: Sequence[tuple[str, str]],
    schema: Mapping[str, Any],
    *,
    first_token_s: float,
    next_token_s: float,
    slow_s: float | None = None,
) -> Iterator[str]:
    """Yield pieces of the JSON that a model writes under a schema.

    Args:
        model: any chat model.
        messages: role and text of each.
        schema: a JSON schema.
        first_token_s: seconds after which a model that has said nothing yet is given up.
        next_token_s: seconds after which one that has fallen silent is given up.
        slow_s: seconds without a first piece after which ``SILENCE`` is yielded, once; a model with
            a method ``is_alive`` is asked whether it is there at all.

    Raises:
        PromptTooLong: the prompt does not fit the model's window.
        GenerationFailed: the model raised, or was silent for longer than allowed.
        Stopped: the turn was stopped.
    """
    if isinstance(model, ChatOpenAI):
        named = {"name": "answer", "schema": dict(schema), "strict": True}
        bound = model.bind(response_format={"type": "json_schema", "json_schema": named})
    else:
        bound = model.bind(json_schema=dict(schema))
    pieces = _pieces(bound, messages, model.callbacks)
    limits = _Limits(first_token_s, next_token_s, slow_s)
    return _with_time_limit(pieces, limits, getattr(model, "is_alive", None))


def _pieces(
    bound: Runnable[Any, Any], messages: Sequence[tuple[str, str]], callbacks: Any
) -> Iterator[str]:
    """What the model says, traced only where the settings say so."""
    with traced_as_set(callbacks):
        for piece in bound.stream(list(messages)):
            yield str(piece.content)


@dataclass(frozen=True, slots=True)
class _Limits:
    """Seconds."""

    first_s: float
    next_s: float
    slow_s: float | None = None


def _with_time_limit(
    items: Iterator[str], limits: _Limits, is_alive: Callable[[], bool] | None = None
) -> Iterator[str]:
    """Pass items on; fail when one is late. The source is closed when the consumer stops."""
    channel: queue.Queue[Any] = queue.Queue()
    gone = threading.Event()
    threading.Thread(
        target=_pump, args=(items, channel, gone), name="generation", daemon=True
    ).start()
    stop = current()
    began = time.monotonic()
    late, until = limits.first_s, began + limits.first_s
    asks_at = began + limits.slow_s if limits.slow_s is not None else until
    try:
        with stop.waking(lambda: channel.put(_STOP)):
            while True:
                try:
                    item = channel.get(timeout=max(0.0, min(asks_at, until) - time.monotonic()))
                except queue.Empty:
                    if asks_at >= until:
                        raise GenerationFailed(
                            f"The language model said nothing for {late:g} s."
                        ) from None
                    asks_at = until
                    if is_alive is not None and not _in_time(is_alive):
                        raise GenerationFailed(_NOT_THERE) from None
                    yield SILENCE
                    continue
                stop.check()
                if item is _END:
                    return
                if isinstance(item, Exception):
                    raise _failure(item) from item
                if item:  # servers begin with an empty piece, which says nothing yet
                    late, until = limits.next_s, time.monotonic() + limits.next_s
                    asks_at = until
                    yield item
    finally:
        gone.set()


def _pump(items: Iterator[str], channel: queue.Queue[Any], gone: threading.Event) -> None:
    """Put items into a channel, then the end or the error, until the reader is gone."""
    try:
        for item in items:
            if gone.is_set():
                break
            channel.put(item)
        channel.put(_END)
    except Exception as error:  # whatever a foreign model raises is one kind of failure to us
        channel.put(error)
    finally:
        close = getattr(items, "close", None)
        if close is not None:
            close()


def _in_time(is_alive: Callable[[], bool]) -> bool:
    """Whether a model says in time that it is there: a name may take long to be looked up."""
    said: queue.Queue[bool] = queue.Queue()
    threading.Thread(target=lambda: said.put(is_alive()), name="probe", daemon=True).start()
    try:
        return said.get(timeout=_PROBE_S)
    except queue.Empty:
        return False


def _failure(error: Exception) -> GenerationFailed:
    """What a model raised, as an error of ours."""
    said = str(error)
    if isinstance(error, PromptTooLong) or any(sign in said.casefold() for sign in _TOO_LONG):
        return PromptTooLong(f"The prompt is too long for the language model: {said}")
    return GenerationFailed(f"The language model failed: {said}")
