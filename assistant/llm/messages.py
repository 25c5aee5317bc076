"""LangChain messages as plain turns, for chat templates."""

from __future__ import annotations

from collections.abc import Iterable

from langchain_core.messages import BaseMessage

_ROLES = {"human": "user", "ai": "assistant", "system": "system"}


def as_turns(messages: Iterable[BaseMessage]) -> list[dict[str, str]]:
    """Return the messages as role and content.

    Raises:
        ValueError: a message is of another kind, such as a tool result.
    """
    turns: list[dict[str, str]] = []
    for message in messages:
        if message.type not in _ROLES:
            raise ValueError(
                f"a message of the kind {message.type!r} cannot be given to this model"
            )
        turns.append({"role": _ROLES[message.type], "content": message.text})
    return turns
