"""Serial numbers and the ranges of them that a document applies to (pure).

A range is kept as text: "4000..4399", "4388.." (from), "..4387" (up to), "4117" (one machine).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from index.codes import fold

_NUMBER = r"(?:[A-Z0-9]{1,4}[-./])*(?:[A-Z]{0,4})?\d{2,}"
_TO = r"\s*(?:\.\.+|-|–|—|to|through|bis|à|hasta|至|到|~)\s*"
_FROM = re.compile(
    rf"(?:from|ab|since|à partir de|desde|从|自)\s*({_NUMBER})(?:\s*(?:起|开始))?|"
    rf"({_NUMBER})\s*(?:and up|and above|onwards?|und höher|及以后|以后|起)",
    re.IGNORECASE,
)
_UP_TO = re.compile(
    rf"(?:up to|until|bis|jusqu'à|hasta|至|到)\s*({_NUMBER})|"
    rf"({_NUMBER})\s*(?:and below|及以前|以前)",
    re.IGNORECASE,
)
_RANGE = re.compile(
    rf"(?:(?:from|between|von|从|自)\s*)?({_NUMBER})({_TO}|\s+and\s+)({_NUMBER})", re.IGNORECASE
)
_ONE = re.compile(rf"{_NUMBER}", re.IGNORECASE)
_PARTS = re.compile(r"(.*?)(\d+)$")


def find_ranges(text: str) -> tuple[str, ...]:
    """Return the ranges that a statement such as "4000 to 4399, from 4500" names, in its order."""
    found: dict[int, str] = {}
    rest = text

    def take(match: re.Match[str], form: str) -> None:
        nonlocal rest
        found[match.start()] = form
        rest = rest[: match.start()] + " " * len(match[0]) + rest[match.end() :]

    for match in _RANGE.finditer(rest):
        is_between = match[0].casefold().startswith("between")
        # "15-2088" is one number with a prefix, "4000-4399" are two.
        is_one = match[2] == "-" and len(match[1]) != len(match[3])
        if (" and " not in match[2] or is_between) and not is_one:
            take(match, f"{match[1]}..{match[3]}")
    for match in _FROM.finditer(rest):
        take(match, f"{match[1] or match[2]}..")
    for match in _UP_TO.finditer(rest):
        take(match, f"..{match[1] or match[2]}")
    for match in _ONE.finditer(rest):
        take(match, match[0])
    return tuple(found[at] for at in sorted(found))


def covers(ranges: Iterable[str], serial: str) -> bool:
    """Tell whether one of the ranges holds a serial number.

    Numbers are compared behind the same prefix: "15-2088" lies in "15-2000..15-2399" and not in
    "16-2000..16-2399". A serial number that is not known lies in none.
    """
    own = _split(serial)
    return own is not None and any(_holds(text, own) for text in ranges)


def _holds(text: str, own: tuple[str, int]) -> bool:
    first, mark, last = text.partition("..")
    if not mark:
        return _split(first) == own
    low, high = _split(first), _split(last)
    if low is None and high is None:
        return False
    if any(end is not None and end[0] != own[0] for end in (low, high)):
        return False
    return (low is None or low[1] <= own[1]) and (high is None or own[1] <= high[1])


def _split(serial: str) -> tuple[str, int] | None:
    """The prefix of a serial number, folded, and its last run of digits."""
    match = _PARTS.match(serial.strip())
    return (fold(match[1]), int(match[2])) if match else None
