"""Whether two texts are the same words, with numbers and units brought to one form (pure)."""

from __future__ import annotations

import re
from functools import lru_cache

from assistant.verifying import printed_numbers
from assistant.verifying.measures import Measure, measures
from assistant.verifying.units import UNITS

_KEPT = 4096  # texts of which the plain form is kept: the stored ones come again and again
_DIGIT = re.compile(r"\d|[.,](?=\d)")
_WORD = r"[^\W\u3400-\u9fff]"
_LOOSE = re.compile(rf"(?<!{_WORD}) | (?!{_WORD})")
_MARKS = str.maketrans({"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "´": "'"})


def is_same(text: str, stored: str) -> bool:
    """Tell whether a text is what is stored.

    Spaces, widths, dashes, the spelling of a unit ("5 N·m", "5 Nm"), another unit of the same
    value and a decimal comma make no difference; letters, their case and everything else do.
    """
    if text == stored:
        return True
    one, other = _plain(text), _plain(stored)
    if _start(one) != _start(other):
        return False
    if _tight(one) == _tight(other):
        return True
    stated, held = _measured(one, None), _measured(other, printed_numbers.language(stored))
    if len(stated) != len(held):
        return False
    if _between(one, stated) != _between(other, held):
        return False
    return all(_alike(a, b) for a, b in zip(stated, held, strict=True))


@lru_cache(maxsize=_KEPT)
def _start(text: str) -> str:
    """What stands before the first digit: no spelling of a value changes it."""
    return _tight(_DIGIT.split(text, maxsplit=1)[0])


@lru_cache(maxsize=_KEPT)
def _plain(text: str) -> str:
    return printed_numbers.plain(text).translate(_MARKS)


@lru_cache(maxsize=_KEPT)
def _measured(text: str, language: str | None) -> list[Measure]:
    """Values with units, and bare numbers with a decimal mark; others are part of the words."""
    found = measures(text, language)
    return [one for one in found if one.unit or re.fullmatch(r"\D?\d+[.,]\d+", one.text)]


def _between(text: str, found: list[Measure]) -> str:
    """What stands between the values, without spaces."""
    pieces: list[str] = []
    at = 0
    for one in found:
        pieces += [text[at : one.start], "\x00"]
        at = one.end
    return _tight("".join((*pieces, text[at:])))


@lru_cache(maxsize=_KEPT)
def _tight(text: str) -> str:
    """A text with spaces between letters and digits only, one each: "V5 60 s" is not "V56 0 s"."""
    return _LOOSE.sub("", " ".join(text.split()))


def _alike(one: Measure, other: Measure) -> bool:
    if one.dimension != other.dimension or one.is_range != other.is_range:
        return False
    if not one.unit:  # 8.4 may be a section: no other spelling but that of its point
        return one.text.replace(",", ".") == other.text.replace(",", ".")
    if one.values == {0.0} and UNITS.get(one.unit) != UNITS.get(other.unit):
        return False
    return _near(one.values, other.values) and (
        not one.is_range or _near(one.end_values, other.end_values)
    )


def _near(some: frozenset[float], others: frozenset[float]) -> bool:
    return any(abs(a - b) <= 1e-9 * max(1.0, abs(a)) for a in some for b in others)
