"""Runs of words of a question that could be one known code or part number (pure).

"6ES7 315-2AH14" is one number with a space in it. Which run is one is not guessed from its form:
the caller asks the code table, and what it does not hold is no code.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from index.codes import fold
from index.language import narrow

_WORD = re.compile(r"[A-Za-z0-9]+(?:[-._/][A-Za-z0-9]+)*")
_GAP = re.compile(r"\s?[-–]?\s?")
_MOST_WORDS = 4
_SHORTEST = 5  # characters of one word of letters and digits
_SHORTEST_NUMBER = 6  # digits of a number, or characters of a run: shorter ones are too common
_TIME_OR_DATE = re.compile(r"\d{4}-\d{2}-\d{2}|\d{1,2}[./]\d{1,2}[./]\d{2,4}")
_MEASURED = re.compile(r"\d+[.,]?\d*[A-Za-z]{1,3}")  # 1500rpm


@dataclass(frozen=True, slots=True)
class Span:
    """Where a run stands; ``text`` as it is spelled, ``key`` without separators."""

    text: str
    start: int
    end: int
    key: str


def spans_of(question: str, named: Collection[int]) -> list[Span]:
    """Every run of up to four words that could be a code by its length, the longest first.

    ``named`` are positions that belong to the name of a machine.
    """
    text = narrow(question)
    words = [m for m in _WORD.finditer(text) if not {*range(*m.span())} & {*named}]
    found: list[Span] = []
    for first in range(len(words)):
        for last in range(first, min(first + _MOST_WORDS, len(words))):
            if last > first and not _GAP.fullmatch(
                text[words[last - 1].end() : words[last].start()]
            ):
                break
            start, end = words[first].start(), words[last].end()
            span = Span(question[start:end], start, end, fold(text[start:end]))
            if _could_be_a_code([word[0] for word in words[first : last + 1]], span.key):
                found.append(span)
    return sorted(found, key=lambda span: (-len(span.key), span.start))


def known_spans(spans: Sequence[Span], keys: Collection[str]) -> list[Span]:
    """Those of the spans whose key is known, none inside another, in the order of the question."""
    taken: set[int] = set()
    chosen: list[Span] = []
    for span in spans:
        places = {*range(span.start, span.end)}
        if span.key in keys and not places & taken:
            taken |= places
            chosen.append(span)
    return sorted(chosen, key=lambda span: span.start)


def _could_be_a_code(words: Sequence[str], key: str) -> bool:
    if not any(map(str.isdigit, words[0])) or any(map(_TIME_OR_DATE.fullmatch, words)):
        return False  # "at 14": letters and a number are joined only where codes begin so
    if len(words) > 1 or key.isdecimal():
        return len(key) >= _SHORTEST_NUMBER
    return len(key) >= _SHORTEST and not _MEASURED.fullmatch(words[0])
