"""Which language a text is in, as far as search and display need to know (pure)."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

_CJK = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
_LATIN_WORD = re.compile(r"[a-zà-ÿ]{2,}")
_COMMON = {
    "en": frozenset("the and is of to in for with not are be if on this that".split()),
    "de": frozenset("der die das und ist nicht mit für auf den ein eine zu bei wird".split()),
    "fr": frozenset("le la les et est des une dans pour pas avec sur du au ne".split()),
    "es": frozenset("el la los y es de una en para con no las del por se".split()),
}


def is_chinese(text: str) -> bool:
    """Tell whether a good part of a text is Chinese: codes and names in it are often Latin."""
    characters = len(_CJK.findall(text))
    return characters >= 2 and characters >= 0.5 * len(_LATIN_WORD.findall(text.casefold()))


def language_of(text: str) -> str:
    """Return "zh", "en", "de", "fr" or "es", "en" where nothing speaks for another."""
    if is_chinese(text):
        return "zh"
    words = Counter(_LATIN_WORD.findall(text.casefold()))
    scores = {code: sum(words[word] for word in common) for code, common in _COMMON.items()}
    best = max(scores, key=lambda code: scores[code])
    return best if scores[best] > scores["en"] else "en"


def narrow(text: str) -> str:
    """Return a text with full-width characters as ordinary ones, one for one.

    Positions stay valid: what would become several characters stays as it is.
    """
    return "".join(
        folded if len(folded := unicodedata.normalize("NFKC", c)) == 1 else c for c in text
    )
