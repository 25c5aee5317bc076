"""The check that separates the open causes best (pure).

A check decides a set of causes: those of the same remedy or the same part, or, where the causes
belong to several symptoms, those of one symptom. The best set is the one nearest to half of the
open causes, because whatever is found then leaves fewest. Among equals the report decides, then a
look before an exchange, then the order of the causes. What was found not in order comes before all.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.causes.reports import DESIGNATOR
from assistant.causes.wording import (
    BY_LOOKING,
    BY_ORDER,
    BY_REPORT,
    WHY_EACH,
    WHY_FOUND,
    WHY_ONLY,
    WHY_SPLITS,
)
from assistant.messages import Cause, NextCheck
from assistant.phrases import say

_LOOKS = re.compile(
    r"^\W*(?:check|measure|compare|feel|look|read|listen|inspect|test|watch|see\b|find\b|"
    r"prüf\w*|mess\w*|vergleich\w*|kontrollier\w*|schau\w*|fühl\w*|les\w*|such\w*)|"
    r"^\s*(?:先)?(?:检查|测量|比较|查看|观察|对比|听|核对|测试|确认)",
    re.IGNORECASE,
)
_SECTION = re.compile(
    r"\b(?:section|abschnitt|kapitel)\s+[\d.]+|第?\s*[\d.]+\s*[节章]", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class _Candidate:
    kind: str
    key: str
    cause: Cause
    decides: frozenset[str]
    is_reported: bool
    looks: bool


def next_check(causes: Sequence[Cause], language: str) -> NextCheck | None:
    """The next best check of ranked causes with their states; None where none is open."""
    found = next((cause for cause in causes if cause.state == "found"), None)
    if found is not None:
        return _check(found, say(WHY_FOUND, language))
    open_causes = [cause for cause in causes if cause.state == "open"]
    if not open_causes:
        return None
    if len(open_causes) == 1:
        return _check(open_causes[0], say(WHY_ONLY, language))
    candidates = _candidates(open_causes)
    count = len(open_causes)
    # Stable: what is equal in all of this stands in the order of the causes.
    best = min(
        candidates,
        key=lambda one: (abs(2 * len(one.decides) - count), not one.is_reported, not one.looks),
    )
    why = _why(best, candidates, count, language)
    if best.kind == "symptom":
        cause = best.cause
        return NextCheck(
            kind="symptom", key=best.key, text=cause.symptom, cause="", marker=cause.marker, why=why
        )
    return _check(best.cause, why)


def _candidates(causes: Sequence[Cause]) -> list[_Candidate]:
    shown: list[_Candidate] = []
    symptoms = {cause.symptom_key for cause in causes if cause.symptom_key}
    settled = any(_is_reported_symptom(cause) for cause in causes)
    for cause in causes:
        key = cause.symptom_key
        if len(symptoms) > 1 and not settled and all(one.key != key for one in shown) and key:
            same = frozenset(other.key for other in causes if other.symptom_key == key)
            shown.append(_Candidate("symptom", key, cause, same, False, True))
    for cause in causes:
        decides = frozenset(other.key for other in causes if _is_same_check(cause, other))
        shown.append(
            _Candidate(
                "cause",
                cause.key,
                cause,
                decides,
                any(ground.origin == "report" for ground in cause.speaks_for),
                bool(_LOOKS.search(cause.remedy)),
            )
        )
    return shown


def _is_reported_symptom(cause: Cause) -> bool:
    """A symptom that was confirmed by a tap need not be asked for again."""
    return any(ground.origin == "check" for ground in cause.speaks_for)


def _is_same_check(cause: Cause, other: Cause) -> bool:
    if cause.key == other.key:
        return True
    if cause.remedy and _folded(cause.remedy) == _folded(other.remedy):
        return True
    if not _LOOKS.search(cause.remedy):
        return False
    # A check of a part decides every cause that lies in that part.
    parts = set(DESIGNATOR.findall(_SECTION.sub("", cause.remedy)))
    return bool(parts & set(DESIGNATOR.findall(other.text)))


def _why(best: _Candidate, candidates: Sequence[_Candidate], count: int, language: str) -> str:
    decided = len(best.decides)
    if any(len(one.decides) > 1 for one in candidates):
        return say(WHY_SPLITS, language, decided=decided, open=count)
    if best.is_reported:
        reason = BY_REPORT
    elif best.looks and not all(one.looks for one in candidates):
        reason = BY_LOOKING
    else:
        reason = BY_ORDER
    return say(WHY_EACH, language, open=count, reason=say(reason, language))


def _check(cause: Cause, why: str) -> NextCheck:
    return NextCheck(
        kind="cause",
        key=cause.key,
        text=cause.remedy or cause.text,
        cause=cause.text,
        marker=cause.marker,
        why=why,
    )


def _folded(text: str) -> str:
    return "".join(text.casefold().split())
