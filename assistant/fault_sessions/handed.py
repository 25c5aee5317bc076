"""What is stored of a session that was handed over: a copy that no later change touches (pure)."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field

from assistant.errors import SessionRefused
from assistant.fault_sessions.checks import Check
from assistant.messages import Answer, Message
from assistant.records import Turn
from assistant.redaction import remove_secrets

LONGEST_NOTE = 2000  # characters


class Asked(Message):
    """A question of the session, and when it was asked."""

    question: str
    at: str


class Found(Message):
    """What a check found, as :class:`assistant.fault_sessions.checks.Check` has it."""

    item: str
    kind: str
    text: str
    verdict: str
    by: str
    at: str


class Content(Message):
    """What is stored of a session that was handed over."""

    note: str = ""
    asked: tuple[Asked, ...]
    answer: Answer | None = Field(default=None, description="the last one with causes or steps")
    answered_to: str = ""
    answered_at: str = ""
    checks: tuple[Found, ...] = ()


def content_of(turns: Sequence[Turn], note: str) -> Content:
    """What is stored of a session, its checks left out.

    Raises:
        SessionRefused: the note is too long.
    """
    useful = [t for t in turns if t.answer and (t.answer.causes or t.answer.steps)]
    known = [turn for turn in turns if turn.answer and not turn.answer.is_withheld]
    last = next(reversed(useful or known), None)
    text = remove_secrets(note.replace("\0", " ").strip())
    if len(text) > LONGEST_NOTE:
        raise SessionRefused(f"The note is longer than {LONGEST_NOTE:,} characters. Shorten it.")
    return Content(
        note=text.encode("utf-8", "replace").decode(),
        asked=tuple(Asked(question=turn.question, at=turn.started_at) for turn in turns),
        answer=last.answer if last else None,
        answered_to=last.question if last else "",
        answered_at=last.started_at if last else "",
    )


def found_of(check: Check) -> Found:
    """A check as it is stored."""
    return Found(
        item=check.item,
        kind=check.kind,
        text=check.text,
        verdict=check.verdict,
        by=check.by,
        at=check.at,
    )


def check_of(found: Found) -> Check:
    """A stored check as those of a conversation are."""
    return Check(
        sequence=0,
        item=found.item,
        kind="symptom" if found.kind == "symptom" else "cause",
        text=found.text,
        verdict="ok" if found.verdict == "ok" else "not_ok",
        by=found.by,
        at=found.at,
        turn_id=None,
    )
