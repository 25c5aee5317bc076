"""Counts of words and runs of words in short texts, and of what stands beside them."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

MOST_WORDS = 4
"""Words of the longest run that is counted."""

_WORD = re.compile(r"[^\W\d_](?:[^\W_]|[/'.-](?=[^\W_]))*")
_LEAST_RUN = 2  # occurrences of a run that is kept


class TermTexts:
    """What is known about the words of some texts, all in lower case."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.words: Counter[str] = Counter()
        self.runs: Counter[str] = Counter()
        self._texts = texts
        self._where: dict[str, list[int]] = defaultdict(list)
        self._beside: dict[str, Counter[str]] = defaultdict(Counter)
        self._lengths: dict[str, float] = {}
        for number, text in enumerate(texts):
            self._read(number, words_of(text))
        for name in [name for name, count in self.runs.items() if count < _LEAST_RUN]:
            del self.runs[name], self._beside[name]
        total = sum(self.words.values()) or 1
        self._weight = {word: math.log(total / count) for word, count in self.words.items()}

    def _read(self, number: int, words: Sequence[str]) -> None:
        self.words.update(words)
        for word in dict.fromkeys(words):
            if len(self._where[word]) < 2:
                self._where[word].append(number)
        padded = ["", *words, ""]
        for length in range(1, MOST_WORDS + 1):
            for i in range(len(words) - length + 1):
                name = " ".join(words[i : i + length])
                if length > 1:
                    self.runs[name] += 1
                beside = self._beside[name]
                beside["<" + padded[i]] += 1
                beside[">" + padded[i + length + 1]] += 1

    def examples(self, word: str) -> tuple[str, ...]:
        """Up to two texts that hold a word."""
        return tuple(self._texts[number] for number in self._where.get(word, ()))

    def likeness(self, one: str, other: str) -> float:
        """Cosine of the weighted neighbours of two words or runs, from 0 to 1."""
        mine, theirs = self._beside.get(one, Counter()), self._beside.get(other, Counter())
        shared = sum(self._of(mine, key) * self._of(theirs, key) for key in mine if key in theirs)
        return shared / ((self._length(one, mine) * self._length(other, theirs)) or 1.0)

    def _of(self, beside: Mapping[str, int], key: str) -> float:
        return math.log1p(beside[key]) * self._weight.get(key[1:], 1.0)

    def _length(self, name: str, beside: Mapping[str, int]) -> float:
        if name not in self._lengths:
            self._lengths[name] = math.sqrt(sum(self._of(beside, key) ** 2 for key in beside))
        return self._lengths[name]


def words_of(text: str) -> list[str]:
    """The words of a text in lower case; "p/brake" and "o-ring" are one word each."""
    return [match[0].casefold() for match in _WORD.finditer(text)]
