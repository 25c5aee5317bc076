"""What the local models share: messages as plain turns, text up to a stop sequence (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

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


def until_stop(pieces: Iterable[str], stop: Sequence[str] | None) -> Iterator[str]:
    """Pass pieces of text on up to the first stop sequence, which is left out.

    Text that may be the beginning of a stop sequence is held back until that is decided.
    """
    ends = [text for text in stop or () if text]
    held = ""
    for piece in pieces:
        held += piece
        if found := [place for text in ends if (place := held.find(text)) >= 0]:
            if first := held[: min(found)]:
                yield first
            return
        keep = max((_overlap(held, text) for text in ends), default=0)
        if ready := held[: len(held) - keep]:
            yield ready
        held = held[len(held) - keep :]
    if held:
        yield held


def _overlap(text: str, stop: str) -> int:
    """Length of the longest end of a text that begins a stop sequence."""
    longest = min(len(text), len(stop) - 1)
    return next((n for n in range(longest, 0, -1) if text.endswith(stop[:n])), 0)
