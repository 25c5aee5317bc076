"""Check by code that what a language model writes stands in the cited text (pure).

A number with its unit, a code, a part number or an asset tag in a note must occur in the passage
that the note is about; so must every negation that would turn its sense.
"""

from __future__ import annotations

import re
import unicodedata

from index.quantities import QUANTITY, normalise_units, quantities

_CODE = re.compile(
    r"(?<![A-Za-z0-9])(?=[A-Za-z0-9._-]*\d)(?=[A-Za-z0-9._-]*[A-Za-z])"
    r"[A-Za-z0-9]+(?:[-._][A-Za-z0-9]+)*"
)
_CHINESE = re.compile(r"[\u3400-\u9fff]+")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_NEGATION = re.compile(r"\b(?:not?|never|cannot|without)\b|n['’]t\b|[不勿未没无]", re.IGNORECASE)


def unsupported(text: str, source: str) -> list[str]:
    """Return what a text states and its source does not: numbers with units, codes, a negation."""
    text, source = _spaced(text), _spaced(source)
    known = set(quantities(source))
    found = list(QUANTITY.finditer(text))
    missing = [match[0].strip() for match in found if not set(quantities(match[0])) <= known]
    known_codes = {_folded(code) for code in _CODE.findall(source)}
    for match in _CODE.finditer(text):
        found.append(match)
        if not QUANTITY.fullmatch(match[0]) and _folded(match[0]) not in known_codes:
            missing.append(match[0])
    # What is left are numbers of ranges and fractions: their value must stand there.
    seen = {position for match in found for position in range(*match.span())}
    numbers = {_value(number) for number in _NUMBER.findall(source)}
    for match in _NUMBER.finditer(text):
        if match.start() not in seen and _value(match[0]) not in numbers:
            missing.append(match[0])
    if (negation := _NEGATION.search(text)) and not _NEGATION.search(source):
        missing.append(negation[0])
    return missing


def _spaced(text: str) -> str:
    # Chinese runs on without a space: "拧紧到99牛米".
    return _CHINESE.sub(r" \g<0> ", normalise_units(text))


def _value(number: str) -> float:
    return float(number.replace(",", "."))


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split()).replace("-", "")
