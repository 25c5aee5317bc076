"""Whether a question holds the text that a machine shows, word for word (pure)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from index.language import narrow
from index.lexical import words_in

_END = re.compile(r"[。！？；]|[.!?;](?=\s|$|[\u3400-\u9fff])")
_PIECE = re.compile(r"[\u3400-\u9fff]|[^\W_\u3400-\u9fff]+")
_LEAST = 2  # words, or Chinese characters: one word alone stands in too many questions


def held_share(question: str, message: str) -> float:
    """Share of a question's words that is a message, held whole and in order; 0 where it is not.

    A message is what stands before the first full stop: the remedy may follow in the same text.

    >>> held_share("Motor overload", "Motor overload. Check the load.")
    1.0
    >>> held_share("Motor overload", "Motor overload warning")
    0.0
    """
    asked, held = _pieces(question), _pieces(_END.split(message, maxsplit=1)[0])
    if len(held) < _LEAST or not _contains(asked, held):
        return 0.0
    return len(held) / len(asked)


def _contains(words: Sequence[str], run: Sequence[str]) -> bool:
    size = len(run)
    return any(words[i : i + size] == run for i in range(len(words) - size + 1))


@lru_cache(4096)
def _pieces(text: str) -> tuple[str, ...]:
    """The words of a text by their stems, each Chinese character as a word."""
    return tuple(
        piece if "\u3400" <= piece[0] <= "\u9fff" else _stem(piece)
        for piece in _PIECE.findall(narrow(text))
    )


def _stem(word: str) -> str:
    # The analyser drops common words; here "too large for once" must keep all of its words.
    return next(iter(words_in(word)), word.casefold())
