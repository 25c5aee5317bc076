"""Numbers as people write them: with a decimal point or comma, and with thousands separators.

"1,440" is 1440 in one plant and 1.44 in another, so the mark is decided for a column as a whole. A
column that leaves it open keeps such a value unread: the caller flags it, nobody divides by 1000.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable
from typing import Literal

Mark = Literal[".", ",", ""]
"""The decimal mark of a column; empty where its values leave it open."""

_GROUPED = {mark: re.compile(rf"[+-]?\d{{1,3}}(?:\{mark}\d{{3}})+") for mark in ",."}
_PLAIN = re.compile(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_OTHER: dict[str, Mark] = {".": ",", ",": "."}


def decimal_mark(values: Iterable[str]) -> Mark:
    """Return the mark that most of the values that tell it use."""
    votes: Counter[Mark] = Counter()
    for value in map(_compact, values):
        if "," in value and "." in value:
            votes["," if value.rfind(",") > value.rfind(".") else "."] += 1
            continue
        for mark, other in _OTHER.items():
            if value.count(mark) == 1:
                if not _GROUPED[mark].fullmatch(value) or value.lstrip("+-").startswith("0"):
                    votes["," if mark == "," else "."] += 1  # "2,5", "12.75", "0,125"
            elif value.count(mark) > 1 and _GROUPED[mark].fullmatch(value):
                votes[other] += 1  # "1,234,567"
    return votes.most_common(1)[0][0] if votes else ""


def parse_number(text: str, mark: Mark = "") -> float | None:
    """Read a number; None where it is none, or where it may mean two numbers.

    One point before three digits is a decimal point unless the column has a decimal comma.
    """
    plain = _compact(text)
    if "," in plain and "." in plain:
        mark = "," if plain.rfind(",") > plain.rfind(".") else "."
    for separator, other in _OTHER.items():
        if _GROUPED[separator].fullmatch(plain) and (plain.count(separator) > 1 or (mark == other)):
            plain = plain.replace(separator, "")
    if mark:
        plain = plain.replace(_OTHER[mark], "")
    elif plain.count(",") == 1 and _GROUPED[","].fullmatch(plain):
        return None if not plain.lstrip("+-").startswith("0") else _finite(plain.replace(",", "."))
    return _finite(plain.replace(",", "."))


def _finite(plain: str) -> float | None:
    if not _PLAIN.fullmatch(plain):
        return None
    number = float(plain)
    return number if math.isfinite(number) else None


def _compact(text: str) -> str:
    return text.strip().replace(" ", "").replace("\u00a0", "")
