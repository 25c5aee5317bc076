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
_NUMBER = re.compile(r"[+-]?\d[\d.,]*(?<=\d)")
_PLAIN = re.compile(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_OTHER: dict[str, Mark] = {".": ",", ",": "."}


def _vote(value: str) -> Mark:
    """The decimal mark that a value tells, empty if none."""
    if "," in value and "." in value:
        return "," if value.rfind(",") > value.rfind(".") else "."
    for mark, other in _OTHER.items():
        if value.count(mark) == 1:
            if not _GROUPED[mark].fullmatch(value) or value.lstrip("+-").startswith("0"):
                return "," if mark == "," else "."  # "2,5", "12.75", "0,125"
        elif value.count(mark) > 1 and _GROUPED[mark].fullmatch(value):
            return other  # "1,234,567"
    return ""


class NumberSurvey:
    """Looks at the values of a column of numbers or durations, one by one."""

    def __init__(self) -> None:
        self._votes: Counter[Mark] = Counter()
        self.has_numbers = False

    def add(self, value: str) -> None:
        """Take in a value."""
        if not self.has_numbers and value.lstrip("+-").replace(".", "").replace(",", "").isdigit():
            self.has_numbers = True
        if ("," in value or "." in value) and (match := _NUMBER.search(value)):
            self._votes[_vote(match[0])] += 1

    def mark(self) -> Mark:
        """The decimal mark that most of the values that tell it use."""
        return self._most(self._votes)

    @classmethod
    def common(cls, surveys: Iterable[NumberSurvey]) -> Mark:
        """The mark of several columns together."""
        total: Counter[Mark] = Counter()
        for survey in surveys:
            total.update(survey._votes)
        return cls._most(total)

    @staticmethod
    def _most(votes: Counter[Mark]) -> Mark:
        telling = [mark for mark, _ in votes.most_common() if mark]
        return telling[0] if telling else ""


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
