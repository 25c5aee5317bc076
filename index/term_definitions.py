"""Short forms and translations that texts give themselves, in brackets."""

from __future__ import annotations

import re
from collections.abc import Iterator

_DEFINED = re.compile(r"([^\W\d_][\w/ -]{3,60}?)\s*[(（]\s*([^\W\d_][\w/.&-]{1,11})\s*[)）]")
_CHINESE = r"[\u3400-\u9fff]{2,12}"
_ENGLISH = r"[A-Za-z][A-Za-z -]{2,40}"
_TRANSLATED = re.compile(
    rf"({_CHINESE})\s*[(（]\s*({_ENGLISH}?)\s*[)）]|({_ENGLISH}?)\s*[(（]\s*({_CHINESE})\s*[)）]"
)


def definitions(text: str) -> Iterator[tuple[str, str]]:
    """Yield pairs of a short form and the words before its bracket that it abbreviates.

    Each character of the short form stands in these words, in order, the first at the beginning of
    a word (A. S. Schwartz and M. A. Hearst, Pacific Symposium on Biocomputing 8, 2003).
    """
    for match in _DEFINED.finditer(text):
        before, short = match[1].casefold(), match[2].casefold()
        long = _words_before(before, [c for c in short if c.isalnum()])
        if long and long != short:
            yield short, long


def translations(text: str) -> Iterator[tuple[str, str]]:
    """Yield pairs of a Chinese term and the English one, where brackets join the two."""
    for match in _TRANSLATED.finditer(text):
        chinese, english = match[1] or match[4], match[2] or match[3]
        yield chinese, " ".join(english.casefold().split())


def _words_before(before: str, letters: list[str]) -> str:
    """The end of a text that the letters abbreviate; empty where they do not."""
    at = len(before)
    for number, letter in reversed(list(enumerate(letters))):
        at -= 1
        while at >= 0 and (
            before[at] != letter or (number == 0 and at > 0 and before[at - 1].isalnum())
        ):
            at -= 1
        if at < 0:
            return ""
    long = before[at:].strip()
    return long if len(long.split()) <= min(len(letters) + 5, 2 * len(letters)) else ""
