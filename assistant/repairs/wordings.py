"""Put together what differs in wording only (pure): case, punctuation, order, a letter.

It is conservative: what might mean something else stays apart. Numbers, short words and Chinese
words must be the same; of the longer words one in four may lack, double or swap a letter, but never
have another one in its place ("charged" is not "changed").
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from rapidfuzz.distance import OSA

_TOKEN = re.compile(r"[^\W_]+")
_ARTICLES = frozenset("a an the der die das den dem des ein eine einen einem einer".split())
_LONG = 6  # letters of a word that may be misspelled
_FREE_ORDER = 3  # words up to which their order tells nothing: "seal worn", "worn seal"
_LATIN = re.compile(r"[a-zà-ÿœßāăąćčďđęěğłńňőřśšťůűźżž]+$")

Words = tuple[str, ...]


def gathered(counts: Mapping[str, int]) -> dict[str, str]:
    """Return for each text the one that stands for it and those that mean the same.

    Args:
        counts: texts with how often each stands; the most common stands for the others.
    """
    common = sorted(counts, key=lambda text: (-counts[text], text))
    leaders: dict[Words, str] = {}
    near: dict[tuple[str, ...], list[Words]] = {}
    found: dict[str, str] = {}
    for text in common:
        words = _words(text)
        if words not in leaders:
            bucket = near.setdefault(tuple(map(_bucket, words)), [])
            same = next((other for other in bucket if _is_same(words, other)), None)
            if same is None:
                bucket.append(words)
                leaders[words] = text
            else:
                leaders[words] = leaders[same]
        found[text] = leaders[words]
    return found


def _words(text: str) -> Words:
    plain = unicodedata.normalize("NFKC", text).casefold()
    words = tuple(word for word in _TOKEN.findall(plain) if word not in _ARTICLES)
    words = words or ((plain.strip(),) if plain.strip() else ())
    return tuple(sorted(words)) if len(words) <= _FREE_ORDER else words


def _bucket(word: str) -> str:
    """What two words share that may be spellings of each other."""
    return word[0] if _may_be_misspelled(word) else f"={word}"


def _may_be_misspelled(word: str) -> bool:
    return len(word) >= _LONG and _LATIN.match(word) is not None


def _is_same(one: Words, other: Words) -> bool:
    """Whether two texts of one bucket, so of as many words, are the same."""
    differing = [(a, b) for a, b in zip(one, other, strict=True) if a != b]
    return len(differing) <= max(1, len(one) // 4) and all(_is_slip(a, b) for a, b in differing)


def _is_slip(one: str, other: str) -> bool:
    """Whether one word lacks, doubles or swaps a letter of the other."""
    if OSA.distance(one, other, score_cutoff=1) > 1:
        return False
    return len(one) != len(other) or sorted(one) == sorted(other)
