"""How well a text answers a question, by words (pure but for the rarity of words).

The questions here are short and the passages are already those that the search ranked first, so a
weighted share of the question's words decides. It is measured by ``evaluate answers``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import pairwise
from statistics import fmean

from index.lexical import words_in

_SPELLED = re.compile(r"[\w-]+")
_LATIN = re.compile(r"[a-zà-ÿ]+|[^a-zà-ÿ\s]+")

Rarity = Callable[[str], float]
"""Inverse document frequency of a stemmed word, 0 for a word that stands nowhere."""


_FILLER = frozenset(
    word
    for text in (
        "i you we me my our your it's its that this these those there here what which who why how",
        "do does did done can could should would will shall may might must need want have has had",
        "get gets got go goes going put take make makes let like look say says tell know think see",
        "now then again still yet so too very only just also even ok please help thanks hi",
        "since after before when while once every each some any all many much more most few other",
        "one two up down out off on over under about around into onto with without from at in of",
        "big small new old good bad right wrong problem issue question answer",
    )
    for word in words_in(text)
)


class Question:
    """The words of a question with their weights.

    Words of the texts to ignore (names of the machine that the search is already confined to) and
    filler do not count; a word that stands nowhere counts as much as an average one.
    """

    def __init__(self, text: str, rarity: Rarity, ignore: Iterable[str] = ()) -> None:
        ignored = _FILLER | {word for name in ignore for word in words_in(name)}
        words = dict.fromkeys(word for word in words_in(text) if word not in ignored)
        known = {word: rarity(word) for word in words}
        average = (
            fmean(weight for weight in known.values() if weight) if any(known.values()) else 1.0
        )
        self.weights = {word: weight or average for word, weight in known.items()}
        self._text = text
        self._unknown = frozenset(word for word, weight in known.items() if not weight)
        self._total = sum(self.weights.values()) or 1.0

    @property
    def unknown(self) -> tuple[str, ...]:
        """Its words that stand nowhere in the documents, as they are spelled in it."""
        return tuple(
            dict.fromkeys(
                word
                for word in _SPELLED.findall(self._text)
                if any(stem in self._unknown for stem in words_in(word))
            )
        )

    @property
    def unknown_share(self) -> float:
        """Share of its words that stand nowhere in the documents, 0 to 1."""
        return len(self._unknown) / max(len(self.weights), 1)

    def share(self, *texts: str) -> float:
        """Share of the question's weight that texts hold together, 0 to 1."""
        present = {word for text in texts for word in words_in(text)}
        return sum(w for word, w in self.weights.items() if word in present) / self._total


def content_pairs(text: str) -> list[str]:
    """Pairs of neighbouring words that are no filler: what a question is likely to be about."""
    words = _LATIN.findall(text.casefold())
    return [
        f"{first} {_singular(second)}"
        for first, second in pairwise(words)
        if all(len(word) > 2 and _stem(word) not in _FILLER for word in (first, second))
    ]


def _singular(word: str) -> str:
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def _stem(word: str) -> str:
    # A word that the analyser drops is as common as filler.
    return next(iter(words_in(word)), next(iter(_FILLER)))
