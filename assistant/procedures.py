"""A procedure with what stands around its steps: conditions, tools, the last check (pure)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeVar

from index.corpus import Sentence

_Place = TypeVar("_Place")

_ASKS_HOW = re.compile(
    r"\bhow (?:do|to|can|should|must) (?:i|we|you|one)\b|\bhow to\b|[,;:] how\b|"
    r"\bin (?:which|what) order\b|"
    r"\bwie (?:wird|muss|kann|soll|wechs|stell|ersetz|tausch)\w*|"
    # Not "what is the matter": 怎么办, 怎么回事, 怎么了.
    r"(?:怎么|怎样|如何|怎么样)(?!办|回事|了|处理|会|样|[?？]?$)",
    re.IGNORECASE,
)
_PROSE = ("paragraph", "item", "step")
_MOST_LEAD_WORDS = 120  # before the first step: purpose, conditions, tools
_MOST_TAIL_WORDS = 80  # behind the last: last check, return to service


def asks_how(question: str) -> bool:
    """Whether a question asks how work is done, not what is the matter."""
    return _ASKS_HOW.search(question) is not None


def whole_procedure(
    sentences: Sequence[tuple[_Place, Sentence]],
) -> list[tuple[_Place, Sentence]]:
    """Return the steps of a section with the sentences that stand around and between them.

    "Do not go on before MP1 shows 0 bar" between two steps is part of the procedure. Between the
    first and the last step nothing is left out but headings, figures and safety messages, which are
    shown apart. Empty where the section has no steps.
    """
    at = [i for i, (_, sentence) in enumerate(sentences) if sentence.kind == "step"]
    if not at:
        return []
    lead = _run(sentences[: at[0]][::-1], _MOST_LEAD_WORDS)[::-1]
    inside = [pair for pair in sentences[at[0] : at[-1] + 1] if pair[1].kind in (*_PROSE, "row")]
    tail = _run(sentences[at[-1] + 1 :], _MOST_TAIL_WORDS)
    return [*lead, *inside, *tail]


def _run(
    sentences: Sequence[tuple[_Place, Sentence]], most_words: int
) -> list[tuple[_Place, Sentence]]:
    """The sentences of prose up to the first other thing, as far as they fit."""
    run: list[tuple[_Place, Sentence]] = []
    words = 0
    for place, sentence in sentences:
        if sentence.kind == "safety":
            continue
        words += len(sentence.text.split())
        if sentence.kind not in _PROSE or words > most_words:
            break
        run.append((place, sentence))
    return run
