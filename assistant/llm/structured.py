"""Ask any chat model for JSON under a schema, as a stream with time limits.

Each backend takes the constraint in its own way: our local models take ``json_schema``, servers
take ``response_format``. A model that supports neither is still held to the schema, because what it
says is parsed and checked afterwards.
"""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.exceptions import OutputParserException
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.language_models.chat_models import generate_from_stream
from langchain_core.messages import BaseMessage
from langchain_core.output_parsers import PydanticOutputParser
from langchain_core.outputs import ChatResult
from langchain_core.runnables import Runnable, RunnableLambda
from langchain_openai import ChatOpenAI
from langsmith import tracing_context
from pydantic import BaseModel

from assistant.errors import GenerationFailed

_Item = TypeVar("_Item")
_END = object()


class ConstrainedChatModel(BaseChatModel):
    """Base of the local models: they stream, and ``_stream`` obeys the keyword ``json_schema``."""

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
) -> Iterator[str]:
    """Yield pieces of the JSON that a model writes under a schema.

    Raises:
        GenerationFailed: the model raised, or was silent for longer than allowed.
    """
    if isinstance(model, ChatOpenAI):
        named = {"name": "answer", "schema": dict(schema), "strict": True}
        bound = model.bind(response_format={"type": "json_schema", "json_schema": named})
    else:
        bound = model.bind(json_schema=dict(schema))
    pieces = _untraced(bound, messages)
    return _with_time_limit(pieces, first_token_s, next_token_s)


def _untraced(bound: Runnable[Any, Any], messages: Sequence[tuple[str, str]]) -> Iterator[str]:
    """The pieces, whatever the environment says: LANGSMITH_TRACING would send every prompt away."""
    with tracing_context(enabled=False):
        for piece in bound.stream(list(messages)):
            yield str(piece.content)


def _with_time_limit(items: Iterator[_Item], first_s: float, next_s: float) -> Iterator[_Item]:
    """Pass items on; fail when one is late. The source is closed when the consumer stops."""
    channel: queue.Queue[Any] = queue.Queue()
    stop = threading.Event()

    def pump() -> None:
        try:
            for item in items:
                if stop.is_set():
                    break
                channel.put(item)
            channel.put(_END)
        except Exception as error:  # whatever a foreign model raises is one kind of failure to us
            channel.put(error)
        finally:
            close = getattr(items, "close", None)
            if close is not None:
                close()

    threading.Thread(target=pump, name="generation", daemon=True).start()
    limit = first_s
    try:
        while True:
            try:
                item = channel.get(timeout=limit)
            except queue.Empty as error:
                raise GenerationFailed(
                    f"The language model said nothing for {limit:g} s."
                ) from error
            if item is _END:
                return
            if isinstance(item, Exception):
                raise GenerationFailed(f"The language model failed: {item}") from item
            yield item
            limit = next_s
    finally:
        stop.set()
