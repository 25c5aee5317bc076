"""Check by code that what a language model writes stands in the cited text (pure).

A number with its unit, a code, a part number or an asset tag in a note must occur in the passage
that the note is about; so must every negation that would turn its sense.
"""

from __future__ import annotations

import re
import unicodedata

from index.quantities import QUANTITY, normalise_units, quantities

_CODE = re.compile(r"\b(?=\w*\d)(?=[\w.-]*[A-Za-z])[A-Za-z0-9]+(?:[-._][A-Za-z0-9]+)*\b")


def unsupported(text: str, source: str) -> list[str]:
    """Return what a text states and its source does not: numbers with units, codes, parts."""
    known = set(quantities(source))
    missing = [
        match[0].strip()
        for match in QUANTITY.finditer(normalise_units(text))
        if not set(quantities(match[0])) <= known
    ]
    known_codes = {_folded(code) for code in _CODE.findall(normalise_units(source))}
    for code in _CODE.findall(normalise_units(text)):
        is_quantity = QUANTITY.fullmatch(code) is not None
        if not is_quantity and _folded(code) not in known_codes:
            missing.append(code)
    return missing


def contains(source: str, quote: str) -> bool:
    """Tell whether a quote stands in a text, spacing, width and case aside."""
    return _folded(quote) in _folded(source)


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split()).replace("-", "")
