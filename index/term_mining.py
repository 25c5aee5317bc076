"""Propose what the short forms and misspellings of a plant's own texts stand for.

A proposal has a fitting form (its letters are those of the long form, or nearly) and stands among
the same neighbours as the long form; or the texts define it; or it is in use in many plants. A
person decides; nothing is used before that.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from rapidfuzz import process
from rapidfuzz.distance import OSA

from index.quantities import is_unit
from index.term_definitions import definitions, translations
from index.term_texts import MOST_WORDS, TermTexts
from index.word_list import COMMON, common_terms, english_words

TermKind = Literal["abbreviation", "initials", "misspelling", "definition", "translation", "common"]

_PARTS = re.compile(r"[/.-]")
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_LEAST_LONG = 3  # occurrences of a long form
_LEAST_SHORT = 2  # occurrences of a short form
_LEAST_SCORE = 0.25
_KNOWN = 300_000  # frequency from which an English word is no misspelling
_RARER = 3  # times that a misspelling is rarer than the right word
_ENDS = {"", "s", "es", "ed", "d", "ing", "er", "ers", "or", "ors", "ion", "ly", "y", "ies", "'s"}


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a short form may stand for; ``score`` from 0 to 1, ``count`` is how often it stands."""

    short: str
    long: str
    kind: TermKind
    score: float
    count: int
    examples: tuple[str, ...] = ()


def propose(texts: Iterable[str], right: Collection[str] = ()) -> list[Proposal]:
    """Return proposals for short texts, at most one a form and kind, the most useful first.

    ``right`` are words that are known to be spelled right, such as those of the plant's manuals.
    """
    kept = list(texts)
    found = TermTexts(kept)
    finder = _Finder(found, right)
    proposals = [*stated(kept), *_common(kept, found)]
    known = {p.short for p in proposals if p.kind != "translation"}
    for short, count in found.words.items():
        if count >= _LEAST_SHORT and short not in known and not _CHINESE.search(short):
            best = max(finder.candidates(short), key=lambda p: (p[2], p[0]), default=None)
            if best and best[2] >= _LEAST_SCORE:
                long, kind, score = best
                examples = found.examples(short)
                proposals.append(Proposal(short, long, kind, round(score, 3), count, examples))
    return sorted(proposals, key=lambda p: (-p.score * math.log1p(p.count), p.short, p.long))


def stated(texts: Iterable[str]) -> list[Proposal]:
    """Return the short forms and translations that texts give themselves, in brackets."""
    counts: Counter[tuple[TermKind, str, str]] = Counter()
    for text in texts:
        counts.update(("definition", *pair) for pair in definitions(text))
        counts.update(("translation", *pair) for pair in translations(text))
    return [Proposal(short, long, kind, 1.0, n) for (kind, short, long), n in counts.items()]


class _Finder:
    """Finds what a short form may stand for among the words of the texts."""

    def __init__(self, found: TermTexts, right: Collection[str]) -> None:
        self._found = found
        self._right = right
        self._english = english_words()
        self._by_letter: dict[str, list[str]] = defaultdict(list)
        self._by_initials: dict[str, list[str]] = defaultdict(list)
        for word, count in found.words.items():
            if len(word) >= 4 and self._is_right(word) and count >= _LEAST_LONG:
                self._by_letter[word[0]].append(word)
        for name in found.runs:
            words = name.split()
            if all(self._is_right(word) or len(word) < 3 for word in words):
                self._by_initials["".join(word[0] for word in words)].append(name)

    def candidates(self, short: str) -> Iterator[tuple[str, TermKind, float]]:
        """Long forms with the kind and score of each."""
        letters = "".join(filter(str.isalpha, short))
        if self._english.get(short, 0) >= COMMON or self._is_inflected(short):
            return
        if any(map(str.isdigit, short)) or is_unit(short):  # never turn one code into another
            return
        yield from self._initials(short)
        if 2 <= len(letters) == len(short):
            for long in self._by_letter[short[0]]:
                if form := abbreviates(short, long):
                    yield long, "abbreviation", form * self._trust(short, long)
        if len(short) >= 5 and short not in self._right and self._english.get(short, 0) < _KNOWN:
            yield from self._misspelled(short)

    def _initials(self, short: str) -> Iterator[tuple[str, TermKind, float]]:
        """Runs of words whose beginnings a short form strings together: p/brake, a/c, rhs."""
        parts = [part for part in _PARTS.split(short) if part]
        if len(parts) == 1 and 2 <= len(short) <= MOST_WORDS and short.isalpha():
            parts = list(short)
        if not 2 <= len(parts) <= MOST_WORDS or not all(parts):
            return
        for long in self._by_initials["".join(part[0] for part in parts)]:
            pairs = list(zip(parts, long.split(), strict=True))
            fits = all(word.startswith(part) or abbreviates(part, word) for part, word in pairs)
            spelled_out = any(len(word) > len(part) for part, word in pairs)
            if fits and spelled_out and short not in long.split():
                yield long, "initials", self._trust(short, long)

    def _misspelled(self, short: str) -> Iterator[tuple[str, TermKind, float]]:
        count = self._found.words[short]
        rarer = _RARER if short in self._english else 0
        allowed = 1 if len(short) < 8 else 2
        pool = [word for words in self._by_letter.values() for word in words]
        near = process.extract(short, pool, scorer=OSA.distance, score_cutoff=allowed, limit=5)
        for long, distance, _ in near:
            others = self._found.words[long]
            if others >= rarer * count and not short.endswith(long) and not _same_stem(short, long):
                yield long, "misspelling", others / (others + count) * (1.1 - 0.2 * distance)

    def _trust(self, short: str, long: str) -> float:
        return min(1.0, 2.5 * self._found.likeness(short, long))

    def _is_right(self, word: str) -> bool:
        return word in self._right or self._english.get(word, 0) >= _KNOWN

    def _is_inflected(self, short: str) -> bool:
        """Whether a word is a known one with an ending: brakes, leaking."""
        return len(short) >= 5 and any(
            end and short.endswith(end) and self._is_right(short.removesuffix(end)) for end in _ENDS
        )


def abbreviates(short: str, long: str) -> float:
    """How well the letters of a short form are those of a word, in order, from 0 (not) to 1.

    A beginning is the best form; else each consonant that is left out counts against it.
    """
    if len(long) < len(short) + 2 or short[0] != long[0]:
        return 0.0
    if long.startswith(short):
        return 0.0 if long[len(short) :] in _ENDS and len(short) > 3 else 1.0
    at = skipped = 0
    for letter in short:
        place = long.find(letter, at)
        if place < 0:
            return 0.0
        skipped += sum(left not in "aeiouy" for left in long[at:place])
        at = place + 1
    return max(0.0, 0.9 - 0.15 * skipped)


def _same_stem(one: str, other: str) -> bool:
    """Whether two words differ in an ending only: valve and valves are both right."""
    common = 0
    while common < min(len(one), len(other)) and one[common] == other[common]:
        common += 1
    return common >= 3 and one[common:] in _ENDS and other[common:] in _ENDS


def _common(texts: list[str], found: TermTexts) -> Iterator[Proposal]:
    everything = "\n".join(texts)
    for short, longs in common_terms().items():
        is_chinese = _CHINESE.search(short) is not None
        count = everything.count(short) if is_chinese else found.words[short]
        if count and english_words().get(short, 0) < COMMON:
            best = max(longs, key=lambda long: found.likeness(short, long.casefold()))
            kind: TermKind = "translation" if is_chinese else "common"
            examples = found.examples(short)
            yield Proposal(short, best.casefold(), kind, 0.9, count, examples)
