"""Find the tags of assets that a question names, in any spelling (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from index.language import narrow

_RUN = re.compile(r"\d+|[^\W\d_]+")
_BETWEEN = r"[\s\-_./#:\u2010-\u2015\u2212]{0,2}"
# Chinese runs on without a space: "PR-03停机" names PR-03.
_START, _END = r"(?<![A-Za-z0-9])", r"(?![A-Za-z0-9])"
_MACHINE = r"(?<=asset )|(?<=asset)|(?<=machine )|(?<=equipment )|(?<=设备)|(?<=机器)|(?<=机台)"
_SHORT = 4  # digits: "line 12" names no asset 12, "asset 12" does


def find_tags(question: str, tags: Iterable[str]) -> dict[str, frozenset[int]]:
    """Return the tags that a question names, with the positions of each.

    Case, width, hyphens and spaces between letters and digits do not matter; nor does zero padding,
    unless the spelling is that of another tag. A tag that is only a part of what names another does
    not count: "PR-03-M1" names the motor, not the press PR-03.
    """
    text = narrow(question)
    folded = _key(text)
    every = [tag for tag in tags if _key(tag) in folded]  # a register may hold thousands
    exact = {tag: found for tag in every if (found := _places(text, tag, is_loose=False))}
    taken = set(exact.values())
    loose = {
        tag: found
        for tag in every
        if tag not in exact and (found := _places(text, tag, is_loose=True)) not in taken and found
    }
    named = exact | loose
    return {
        tag: own for tag, own in named.items() if not any(own < other for other in named.values())
    }


@lru_cache(100_000)
def _key(text: str) -> str:
    """Letters and digits without zeros: where the key of a tag is not, the tag is not either."""
    return "".join(_RUN.findall(narrow(text).casefold())).replace("0", "")


def _places(text: str, tag: str, *, is_loose: bool) -> frozenset[int]:
    pattern = _pattern(tag, is_loose)
    if pattern is None:
        return frozenset()
    return frozenset(i for match in pattern.finditer(text) for i in range(*match.span()))


@lru_cache(2_000)
def _pattern(tag: str, is_loose: bool) -> re.Pattern[str] | None:
    """How a tag may be spelled; a run of digits is never cut: "PR-1 2 bar" does not name PR-12."""
    runs = _RUN.findall(narrow(tag))
    if not runs or (is_loose and not any(run.isdecimal() for run in runs)):
        return None
    forms = [
        f"0*{re.escape(run.lstrip('0') or '0')}" if is_loose and run.isdecimal() else re.escape(run)
        for run in runs
    ]
    start = _START
    if len(runs) == 1 and runs[0].isdecimal() and len(runs[0]) < _SHORT:
        start = f"(?:{_MACHINE})"
    return re.compile(start + _BETWEEN.join(forms) + _END, re.IGNORECASE)
