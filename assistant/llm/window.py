"""How much a language model can take in: its window in tokens, counted by its own tokenizer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

_FRAME = 16  # tokens that a chat template may put around each message
_BYTES_OF_TOKEN = 3.0  # fewer than in any text measured (English 4, Chinese 3 and more)


@runtime_checkable
class Windowed(Protocol):
    """A chat model that knows its window; all of ours do."""

    def window(self) -> int:
        """The most tokens that prompt and answer may have together."""

    def answer_tokens(self) -> int:
        """The most tokens of an answer."""

    def count_tokens(self, text: str) -> int:
        """The tokens of a text, without what a chat template puts around it."""


def pack(
    model: Any, fixed: Sequence[str], blocks: Sequence[str], *, may_ask: bool = True
) -> tuple[int, ...]:
    """Which blocks fit a model's window beside the rest of a prompt and its answer, by position.

    Args:
        model: a chat model; for one that is not :class:`Windowed` all fit, as far as is known.
        fixed: each message without the blocks.
        blocks: what is left out whole where it does not fit, the last first.
        may_ask: whether the model's server may be given the texts to count their tokens.
    """
    everything = tuple(range(len(blocks)))
    if not isinstance(model, Windowed):
        return everything
    space = model.window() - model.answer_tokens() - _FRAME * len(fixed)
    if sum(len(text.encode()) + 1 for text in (*fixed, *blocks)) <= space:
        return everything  # no tokenizer makes more tokens than there are bytes
    count = model.count_tokens if may_ask else estimate_tokens
    space -= sum(count(text) for text in fixed)
    return fitting([count(block) + 1 for block in blocks], space)


def fitting(sizes: Sequence[int], space: int) -> tuple[int, ...]:
    """Which blocks fit, by position: in their order, each whole or not at all (pure)."""
    kept: list[int] = []
    for position, size in enumerate(sizes):
        if size <= space:
            space -= size
            kept.append(position)
    return tuple(kept)


def estimate_tokens(text: str) -> int:
    """More tokens than most tokenizers make of a text: for a server that does not count."""
    return int(len(text.encode()) / _BYTES_OF_TOKEN) + 1
