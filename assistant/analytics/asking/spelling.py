"""Correct words that are no words but nearly are ones that a question uses (pure)."""

from __future__ import annotations

import re
from functools import cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from assistant.analytics.asking.lexicon import lexicon
from assistant.analytics.asking.names import NameBook
from index.word_list import english_words

_WORD = re.compile(r"[a-z]{4,}")
_TIMES = frozenset(
    "january february march april june july august september october november december today "
    "yesterday week weeks month months quarter quarters year years monday tuesday wednesday "
    "thursday friday saturday sunday previous current calendar fiscal shift shifts hours minutes "
    "last past since until between".split()
)
_REAL = 20_000  # of some 10^12 words: what is as rare as a mistyped word is no word


def correct(text: str, book: NameBook) -> tuple[str, list[tuple[str, str]]]:
    """A normal text with its typing errors corrected, and what was corrected."""
    changed: list[tuple[str, str]] = []
    vocabulary = _vocabulary()
    names = book.words

    def meant(match: re.Match[str]) -> str:
        word = match[0]
        if not _stands_alone(text, match) or word in vocabulary or word in names:
            return word
        if english_words().get(word, 0) > _REAL:
            return word
        found = _nearest(word, vocabulary | names)
        if found is None:
            return word
        changed.append((word, found))
        return found

    return _WORD.sub(meant, text), changed


def _stands_alone(text: str, match: re.Match[str]) -> bool:
    """Not part of a code such as ``pump-101``, nor in quotes."""
    around = text[match.start() - 1 : match.start()] + text[match.end() : match.end() + 1]
    return not any(sign.isdigit() or sign in "_'\"" for sign in around)


def _nearest(word: str, vocabulary: frozenset[str]) -> str | None:
    most = 1 if len(word) < 7 else 2
    found = process.extract(word, vocabulary, scorer=OSA.distance, score_cutoff=most, limit=12)
    near = [(way, each) for each, way, _ in found if each[0] == word[0] and len(each) > 3]
    if len(word) == 4:  # a letter that is missing, or two that changed places
        near = [(w, each) for w, each in near if len(each) == 5 or sorted(each) == sorted(word)]
    if not near:
        return None
    swapped = [each for way, each in near if way == 1 and sorted(each) == sorted(word)]
    if len(swapped) == 1:
        return swapped[0]
    least = min(way for way, _ in near)
    meant = sorted(each for way, each in near if way == least)
    if len({_sense(each) for each in meant}) > 1:
        return None
    return max(meant, key=lambda each: english_words().get(each, 0))


def _sense(word: str) -> object:
    """What a word means; two forms of one word mean the same."""
    from assistant.analytics.asking.tokens import tokens_of

    return lexicon().concepts(tokens_of(word)) or word.removesuffix("s")


@cache
def _vocabulary() -> frozenset[str]:
    words = {word for word in lexicon().words if len(word) > 3} | _TIMES
    return frozenset(words | {f"{word}s" for word in words if _is_noun(word)})


def _is_noun(word: str) -> bool:
    """Whether a word has a plural that people write."""
    return english_words().get(f"{word}s", 0) > _REAL and word not in _TIMES
