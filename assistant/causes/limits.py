"""Values that a report gives, held against the limit of a symptom: "above 62 °C" (pure)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from assistant.causes.reports import subject_words
from index.language import is_chinese
from index.quantities import Quantity, normalise_units, quantities

_VALUE = r"\s*([+-]?\d+(?:[.,]\d+)?\s*[^\s,;.]*)"
_ABOVE = re.compile(
    r"(?:\b(?:above|over|more than|higher than|exceeds?|über|mehr als)\b|高于|超过|大于|>)"
    + _VALUE,
    re.IGNORECASE,
)
_BELOW = re.compile(
    r"(?:\b(?:below|under|less than|lower than|unter|weniger als)\b|低于|小于|不足|<)" + _VALUE,
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[\n;!?。；！？，、]|[.,](?!\d)|\s(?:and|but|und|aber)\s")


@dataclass(frozen=True, slots=True)
class Reading:
    """A clause of a report with a value that lies within a symptom's limit or outside; verbatim."""

    text: str
    fits: bool


def readings(report: str, symptom: str) -> list[Reading]:
    """The values of a report that are of the kind and the thing that a symptom limits.

    "Oil at 45 °C" speaks against "Oil temperature high, above 62 °C"; "hall at 35 °C" says nothing
    about it.
    """
    limit = _limit(symptom)
    if limit is None:
        return []
    side, value = limit
    found: list[Reading] = []
    for clause in _CLAUSE.split(report):
        given = [q for q in quantities(clause) if q.dimension == value.dimension]
        # A clause with a limit of its own ("above 62 °C") repeats the symptom: no reading.
        if len(given) != 1 or _limit(clause) or not _share_a_thing(clause, symptom):
            continue
        fits = given[0].value > value.value if side == "above" else given[0].value < value.value
        found.append(Reading(clause.strip(), fits))
    return found


def _limit(text: str) -> tuple[Literal["above", "below"], Quantity] | None:
    plain = normalise_units(text)
    above, below = _ABOVE.findall(plain), _BELOW.findall(plain)
    if len(above) + len(below) != 1:
        return None
    values = [q for q in quantities((above or below)[0]) if q.dimension]
    if len(values) != 1:
        return None
    return ("above" if above else "below"), values[0]


def _share_a_thing(clause: str, symptom: str) -> bool:
    if is_chinese(clause) or is_chinese(symptom):
        pairs = {clause[i : i + 2] for i in range(len(clause) - 1)}
        return any(pair in symptom for pair in pairs if re.fullmatch(r"[\u3400-\u9fff]{2}", pair))
    shared = subject_words(clause) & subject_words(symptom)
    return any(word.isalpha() and len(word) > 2 for word in shared)  # a unit is no thing
