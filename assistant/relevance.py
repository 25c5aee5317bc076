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

_LEAST_CUT = 4  # letters of a word that was cut off
_CHINESE_GAP = re.compile(r"(?<=[\u3400-\u9fff]) +(?=[\u3400-\u9fff])")
_CHINESE_FILLER = re.compile(
    r"为什么|什么|怎么|怎样|如何|多少|多久|多大|哪里|哪个|请问|一下|老是|一直|已经|可以|需要|应该|正常|"
    r"[的了吗呢吧啊是在把被要有会就都也很太老出时后]"
)
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
        "everything anything something nothing everybody somebody whole total altogether",
        "big small new old good bad right wrong problem issue question answer",
    )
    for word in words_in(text)
)


class Question:
    """The words of a question with their weights.

    Words of the texts to ignore (names of the machine that the search is already confined to) and
    filler do not count; a word that stands nowhere counts as much as an average one.
    """

    def __init__(
        self, text: str, rarity: Rarity, ignore: Iterable[str] = (), *, is_whole: bool = False
    ) -> None:
        """Weigh the words; ``is_whole`` leaves the filler of a Chinese question in."""
        ignored = _FILLER | {word for name in ignore for word in words_in(name)}
        plain = text if is_whole else _CHINESE_FILLER.sub(" ", text)
        words = dict.fromkeys(word for word in words_in(plain) if word not in ignored)
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

    def rarest(self, most: int) -> list[str]:
        """Beginnings of its rarest words that stand in documents, to look for them in SQL."""
        spelled: dict[str, str] = {}
        for word in _SPELLED.findall(self._text.casefold()):
            for stem in words_in(word):
                spelled.setdefault(stem, stem if word.startswith(stem) else word)
        known = [word for word in self.weights if word not in self._unknown and word in spelled]
        known.sort(key=lambda word: -self.weights[word])
        return [spelled[word] for word in known[:most]]

    def share(self, *texts: str) -> float:
        """Share of the question's weight that texts hold together, 0 to 1."""
        present = {word for text in texts for word in words_in(_joined(text))}
        held = (w for word, w in self.weights.items() if self._is_in(word, present))
        return sum(held) / self._total

    def _is_in(self, word: str, present: set[str]) -> bool:
        """A word that stands nowhere may be cut off: "accu" is the beginning of "accumulator"."""
        if word in present:
            return True
        is_cut = word in self._unknown and len(word) >= _LEAST_CUT
        return is_cut and any(other.startswith(word) for other in present)


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


def _joined(text: str) -> str:
    # Readers of PDF find a space within Chinese words where a line is set wide.
    return _CHINESE_GAP.sub("", text)
