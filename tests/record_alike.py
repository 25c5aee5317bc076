"""When two tickets say the same, for the oracle of the record."""

from __future__ import annotations

import re

_NUMBER = re.compile(r"\d+")


def is_alike(one: str, other: str) -> bool:
    """Nearly the same words, with the same numbers."""
    first, second = one.casefold(), other.casefold()
    if sorted(_NUMBER.findall(first)) != sorted(_NUMBER.findall(second)):
        return False
    return 2 * _in_both(first, second) >= 0.9 * (len(first) + len(second))


def _in_both(one: str, other: str) -> int:
    """The length of the longest run of letters that both have in this order."""
    before = [0] * (len(other) + 1)
    for letter in one:
        now = [0]
        for at, another in enumerate(other):
            now.append(before[at] + 1 if letter == another else max(now[at], before[at + 1]))
        before = now
    return before[-1]
