"""Settle the order of the causes by what was reported and checked, and what to check next (pure).

No language model takes part: the same ticks give the same order every time, and taking one back
gives back the order before it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from assistant.causes.next_check import next_check
from assistant.causes.wording import FOUND_BAD, FOUND_OK, NOT_SEEN, SEEN
from assistant.messages import Answer, Cause, CauseState, Ground
from assistant.phrases import language_for, say

Verdict = Literal["ok", "not_ok"]
"""Of a cause: found in order, or not. Of a symptom: not seen, or seen."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found, by whom and when (ISO 8601 in UTC)."""

    verdict: Verdict
    by: str
    at: str


def settled(
    answer: Answer, findings: Mapping[str, Finding] | None = None, language: str = ""
) -> Answer:
    """The answer with its causes in order, each with what was found, and the next check.

    What was found not in order stands first, then what the report names, then what is open, then
    what the report contradicts, then what was found in order. Within each the order stays.

    Args:
        answer: with causes that have their keys; one of an older version is returned as it is.
        findings: what checks found, by the key of a cause or of a symptom.
        language: of what is said; that of the answer's question where none is given.
    """
    if not answer.causes or not all(cause.key for cause in answer.causes):
        return answer
    language = language or language_for(answer.question)
    causes = [_checked(cause, findings or {}, language) for cause in answer.causes]
    ranked = tuple(sorted(causes, key=_rank))
    # The model's suggestion was made before the checks; once there are some, code decides alone.
    first = None if any(key in (findings or {}) for key in _keys(causes)) else answer.first_check
    return answer.model_copy(
        update={
            "causes": ranked,
            "first_check": first,
            "next_check": next_check(ranked, language),
        }
    )


def _keys(causes: Sequence[Cause]) -> set[str]:
    return {key for cause in causes for key in (cause.key, cause.symptom_key) if key}


def _checked(cause: Cause, findings: Mapping[str, Finding], language: str) -> Cause:
    pros = [ground for ground in cause.speaks_for if ground.origin != "check"]
    cons = [ground for ground in cause.speaks_against if ground.origin != "check"]
    own, symptom = findings.get(cause.key), findings.get(cause.symptom_key or "-")
    state: CauseState = "open"
    if symptom is not None:
        is_seen = symptom.verdict == "not_ok"
        said = say(
            SEEN if is_seen else NOT_SEEN,
            language,
            symptom=cause.symptom,
            by=symptom.by,
            at=minute(symptom.at),
        )
        ground = Ground(origin="check", text=said, key=cause.symptom_key)
        (pros if is_seen else cons).append(ground)
        state = "open" if is_seen else "in_order"
    if own is not None:
        is_bad = own.verdict == "not_ok"
        said = say(FOUND_BAD if is_bad else FOUND_OK, language, by=own.by, at=minute(own.at))
        ground = Ground(origin="check", text=said, key=cause.key)
        (pros if is_bad else cons).append(ground)
        state = "found" if is_bad else "in_order"
    return cause.model_copy(
        update={"speaks_for": tuple(pros), "speaks_against": tuple(cons), "state": state}
    )


def _rank(cause: Cause) -> int:
    if cause.state == "found":
        return 0
    if cause.state == "in_order":
        return 4
    pros = sum(ground.origin == "report" for ground in cause.speaks_for)
    cons = sum(ground.origin == "report" for ground in cause.speaks_against)
    if pros and not cons:
        return 1
    return 3 if cons and not pros else 2


def minute(at: str) -> str:
    """A time as it is shown: "2026-03-01 10:32 UTC"."""
    return f"{at[:10]} {at[11:16]} UTC"
