"""Keep the machine in mind: complete a follow-up from the turn before it (pure)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.question import LONGEST_QUESTION
from assistant.records import Turn

_OPENS = re.compile(
    r"^(?:and|but|so|then|also|ok|what about|how about|what if|why|"
    r"und|aber|dann|also|auch|was ist mit|wie ist es mit|was(?: ist,?)? wenn|warum|wieso)\b|"
    r"^(?:那|这|还有|然后|它|为什么)",
    re.IGNORECASE,
)
_POINTS = re.compile(
    r"\b(?:it|its|that|this|those|these|them|there|same|"
    r"es|er|sie|das|dies|diese[rsnm]?|dabei|davon|dazu|daran)\b",
    re.IGNORECASE,
)
_CODE = re.compile(r"\b[A-Za-z]{1,4}[-.]?\d{2,}\b|\b\d{3,}\b")
_SHORT = 6  # words: a question as short as this leans if it opens or points like a follow-up
_LONG = 12  # words: one as long as this leans if it does both


@dataclass(frozen=True, slots=True)
class Standalone:
    """A question that can be understood alone.

    ``asset`` was chosen for it, ``asset_in_mind`` comes from the turn before.
    """

    question: str
    asset: str | None
    asset_in_mind: str | None = None


def condense(question: str, asset: str | None, earlier: list[Turn]) -> Standalone:
    """Complete a question by the asset of the turn before and, if it leans on it, its text."""
    last = earlier[-1] if earlier else None
    if last is None:
        return Standalone(question, asset)
    known = last.answer.asset if last.answer else last.asset
    leans = _leans(question)
    if asset is not None and known is not None and asset != known:
        leans = False  # another machine: a new story
    if asset is None and last.asset is not None:
        known = None  # the machine that was chosen is chosen no longer
    if _CODE.search(question):
        leans = False  # a code of its own: the earlier one's remedies do not belong to it
    before = last.answer.question if last.answer else last.question
    if len(before) + len(question) >= LONGEST_QUESTION:
        leans = False  # together they would be turned away
    return Standalone(f"{before}\n{question}" if leans else question, asset, known)


def _leans(question: str) -> bool:
    """Whether a question is understood only after another: "why is it only warm after lunch?"."""
    words = len(question.split())
    opens, points = _OPENS.search(question) is not None, _POINTS.search(question) is not None
    return (opens or points) if words <= _SHORT else words <= _LONG and opens and points
