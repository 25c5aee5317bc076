"""Choose rows of fault tables that fit a question, and read causes from them (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant.code_cards import pair
from assistant.relevance import Question
from index.corpus import Passage, Sentence
from index.rows import (
    CAUSE_HEADERS,
    MEANING_HEADERS,
    REMEDY_HEADERS,
    SYMPTOM_HEADERS,
    column,
    split_numbered,
)

_MOST_ROWS = 3
_LEAST_OF_BEST = 0.6  # of the best row's rating
_SYMPTOM_BONUS = 0.15
_CODE = re.compile(r"^\W*(?:[A-Za-z]{0,3}[-. ]?)?\d+[A-Za-z]?\W*$|^0x\w+$")


def explains(sentence: Sentence) -> bool:
    """A row that gives a cause or a remedy."""
    has_cause = column(sentence.header, CAUSE_HEADERS) >= 0
    return bool(sentence.cells) and (has_cause or column(sentence.header, REMEDY_HEADERS) >= 0)


def fitting_rows(
    passages: Sequence[Passage], question: Question
) -> Iterator[tuple[Passage, Sentence]]:
    """The rows of fault tables that hold most of the question, best first.

    A row without a code is likelier meant: who has a code names it.
    """
    rated: list[tuple[float, Passage, Sentence]] = []
    for passage in passages:
        for sentence in passage.sentences:
            if explains(sentence):
                share = question.share(sentence.text, " ".join(passage.heading_path))
                bonus = 0.0 if _CODE.search(sentence.cells[0]) else _SYMPTOM_BONUS
                rating = share + passage.cosine + 0.3 / passage.rank + bonus
                rated.append((rating, passage, sentence))
    rated.sort(key=lambda item: -item[0])
    for rating, passage, sentence in rated[:_MOST_ROWS]:
        if rating >= _LEAST_OF_BEST * rated[0][0]:
            yield passage, sentence


def read_causes(row: Sentence) -> Iterator[tuple[str, str, str]]:
    """The causes of a row: cause, remedy and symptom, as the columns have them."""
    cause, remedy = column(row.header, CAUSE_HEADERS), column(row.header, REMEDY_HEADERS)
    texts = split_numbered(row.cells[cause]) if cause >= 0 else ()
    remedies = split_numbered(row.cells[remedy]) if remedy >= 0 else ()
    symptom = column(row.header, SYMPTOM_HEADERS, cause, remedy)
    if symptom < 0:
        symptom = column(row.header, MEANING_HEADERS, cause, remedy)
    seen = row.cells[symptom] if symptom >= 0 else ""
    for text, what_to_do in pair(texts, remedies):
        yield text, what_to_do, seen
