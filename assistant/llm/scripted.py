"""A chat model that says what it was told to: for tests and for trying the screen."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGenerationChunk
from pydantic import PrivateAttr

from assistant.errors import PromptTooLong
from assistant.llm.messages import until_stop
from assistant.llm.structured import ConstrainedChatModel


class ScriptedChatModel(ConstrainedChatModel):
    """Gives the replies in turn, the last one again and again, in small pieces.

    ``pause_s`` is waited before each piece. ``asked`` holds the messages of every call.
    """

    replies: list[str]
    pause_s: float = 0.0
    context_tokens: int = 1_000_000

    _asked: list[list[BaseMessage]] = PrivateAttr(default_factory=list)

    @property
    def asked(self) -> list[list[BaseMessage]]:
        """The messages of each call so far."""
        return self._asked

    def window(self) -> int:
        """The most tokens that prompt and answer may have together."""
        return self.context_tokens

    def answer_tokens(self) -> int:
        """The most tokens of an answer."""
        return 0

    def count_tokens(self, text: str) -> int:
        """The words of a text."""
        return len(text.split())

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        length = sum(self.count_tokens(message.text) for message in messages)
        if length >= self.context_tokens:
            raise PromptTooLong(f"The prompt has {length:,} words, more than the window holds.")
        reply = self.replies[min(len(self._asked), len(self.replies) - 1)]
        self._asked.append(list(messages))
        pieces = (reply[start : start + 7] for start in range(0, len(reply), 7))
        for piece in until_stop(pieces, stop):
            time.sleep(self.pause_s)
            yield ChatGenerationChunk(message=AIMessageChunk(content=piece))
