"""The dimensions of the values that a sentence or a row of a table gives (pure).

Tables put the unit into a column of its own: "Complete filling | 225 / 245 | l".
"""

from __future__ import annotations

import re

from index.corpus import Sentence
from index.quantities import is_unit, quantities

_SPELLED = {"litre": "l", "litres": "l", "liter": "l", "liters": "l", "升": "l", "公斤": "kg"}
_SPELLED_UNIT = re.compile(r"(?<=\d)\s*(litres?|liters?|升|公斤)(?![\w])", re.IGNORECASE)
_NUMBERS = re.compile(r"[\d.,\s/±+-]*\d(?:\s*(?:to|bis|至|x|×|/|-|–)\s*[\d.,]+)*[\d.,\s/]*", re.I)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")


def dimensions_in(sentence: Sentence) -> set[str]:
    """The dimensions of the quantities in a sentence; "" stands for bare numbers."""
    held = {quantity.dimension for quantity in quantities(_spelled(sentence.text))}
    units = [unit for cell in sentence.cells if (unit := _unit(cell))]
    for cell in sentence.cells if units else ():
        if _NUMBERS.fullmatch(cell.strip()):
            number = _NUMBER.findall(cell)[-1]
            for unit in units:
                held |= {quantity.dimension for quantity in quantities(f"{number} {unit}")}
    return held


def _spelled(text: str) -> str:
    return _SPELLED_UNIT.sub(lambda match: f" {_SPELLED[match[1].casefold()]}", text)


def _unit(cell: str) -> str:
    """The unit that a cell consists of, an empty string where it is none."""
    plain = _SPELLED.get(cell.strip().casefold(), cell.strip())
    return plain if is_unit(plain) else ""
