"""Go on in a fault session: a follow-up that tells what a check found gets the next check, by code.

The question before is answered anew from the documents as they are now, so nothing recalled since
is shown again; the order of its causes stays, and no language model is asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from assistant.causes.settling import Finding, settled
from assistant.causes.wording import ALL_IN_ORDER, NEXT_IS, NOTED_BAD, NOTED_OK
from assistant.errors import SessionRefused
from assistant.fault_sessions.checks import Checks, findings
from assistant.fault_sessions.following import Following, language_said, read_following
from assistant.messages import Answer, AnswerEvent, AnswerReady, EvidenceReady, NextCheck
from assistant.phrases import say
from assistant.question import LONGEST_QUESTION, Ask
from assistant.records import Turn
from index.access import Principal


@dataclass(frozen=True, slots=True)
class NextStep:
    """A turn that asks for the next check.

    ``order`` are the keys of the causes as they stood, ``noted`` is what the follow-up told of the
    check before, ``findings`` are what the whole session found.
    """

    ask: Ask
    order: tuple[str, ...]
    noted: str
    findings: dict[str, Finding]
    language: str

    def events(self, events: Iterator[AnswerEvent]) -> Iterator[AnswerEvent]:
        """The events of the question before, as the answer to the follow-up."""
        for event in events:
            match event:
                case EvidenceReady() | AnswerReady():
                    yield event.model_copy(update={"answer": self._finished(event.answer)})
                case _:
                    yield event

    def _finished(self, answer: Answer) -> Answer:
        place = {key: position for position, key in enumerate(self.order)}
        # A cause that a newer revision brings stands behind those that are known.
        causes = sorted(answer.causes, key=lambda cause: place.get(cause.key, len(place)))
        answer = settled(answer.model_copy(update={"causes": tuple(causes)}), None, self.language)
        step = settled(answer, self.findings, self.language).next_check
        says = [self.noted] if self.noted else []
        if step is not None:
            says.append(say(NEXT_IS, self.language, check=step.text))
        elif answer.causes:
            says.append(say(ALL_IN_ORDER, self.language))
        message = " ".join((*says, *([answer.message] if answer.message else [])))
        return answer.model_copy(
            update={"message": message, "is_degraded": False, "degraded_reason": ""}
        )


class GoingOn:
    """Reads follow-ups of fault sessions, and ticks what they tell."""

    def __init__(self, checks: Checks) -> None:
        self._checks = checks

    def read(
        self,
        principal: Principal,
        words: str,
        asset: str | None,
        earlier: Sequence[Turn],
    ) -> NextStep | None:
        """What a follow-up asks for, None where it is a question of its own.

        What it tells of the check that was proposed last is ticked, as a tap would, unless
        something was ticked since.
        """
        last = next(
            (turn for turn in reversed(earlier) if turn.answer and turn.answer.causes), None
        )
        if last is None or last.answer is None or not all(c.key for c in last.answer.causes):
            return None
        if asset is not None and last.answer.asset is not None and asset != last.answer.asset:
            return None  # another machine: a new story
        following = read_following(words, [cause.text for cause in last.answer.causes])
        if following is None:
            return None
        language = language_said(words, last.question)
        noted = self._tick(principal, last, following, language)
        found = dict(findings(self._checks.of(principal, last.conversation_id)))
        reported = "\n".join(filter(None, (last.answer.reported, following.reported)))
        ask = Ask(
            last.answer.question,
            asset or last.asset,
            use_model=False,
            asset_in_mind=last.answer.asset,
            reported=reported[-LONGEST_QUESTION:],
        )
        order = tuple(cause.key for cause in last.answer.causes)
        return NextStep(ask, order, noted, found, language)

    def _tick(self, principal: Principal, turn: Turn, following: Following, language: str) -> str:
        """Tick what "that" found; what was noted in words, empty where nothing was."""
        if any(c.turn_id == turn.turn_id for c in self._checks.of(principal, turn.conversation_id)):
            return ""  # "that" is what was tapped
        proposed = self._checks.shown(principal, turn).next_check
        tick = _tick_of(proposed, following)
        if proposed is None or tick is None:
            return ""
        try:
            self._checks.tick(principal, turn, proposed.key, tick)
        except SessionRefused:  # full: the next check is worth having all the same
            return ""
        phrase = NOTED_OK if tick == "ok" else NOTED_BAD
        return say(phrase, language, cause=proposed.cause) if proposed.kind == "cause" else ""


def _tick_of(proposed: NextCheck | None, following: Following) -> Literal["ok", "not_ok"] | None:
    if proposed is None:
        return None
    if proposed.kind == "cause":
        return following.verdict
    if following.is_seen is None:
        return None
    return "not_ok" if following.is_seen else "ok"
