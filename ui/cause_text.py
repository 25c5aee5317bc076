"""The diagnosis of an answer as plain text, for terminals (pure)."""

from __future__ import annotations

from collections.abc import Iterable

from assistant.causes import wording
from assistant.messages import Answer, Cause, Ground
from assistant.phrases import language_for, say


def grounds_text(cause: Cause, language: str) -> Iterable[str]:
    """What speaks for and against a cause, one line each."""
    for mark, title, grounds in (
        ("+", wording.FOR, cause.speaks_for),
        ("-", wording.AGAINST, cause.speaks_against),
    ):
        for ground in grounds:
            yield f"     {mark} {say(title, language)}: {_ground(ground, language)}"


def next_text(answer: Answer) -> Iterable[str]:
    """The next check, and why it stands first."""
    check = answer.next_check
    if check is not None:
        title = say(wording.NEXT_CHECK, language_for(answer.question))
        yield f"\n{title}: {check.text} [{check.marker}]"
        yield f"  {check.why}"


def closing_text(answer: Answer) -> Iterable[str]:
    """What to verify before return to service, and what is missing to be sure."""
    language = language_for(answer.question)
    for check in answer.service_checks:
        yield f"\n{say(wording.BEFORE_SERVICE, language)}: {check.section}"
        yield from (f"  {one.text} [{one.marker}]" for one in check.safety)
        for sentence in check.sentences:
            yield f"  {f'{sentence.number} {sentence.text}'.strip()} [{sentence.marker}]"
    if answer.gaps:
        yield f"\n{say(wording.MISSING, language)}"
        yield from (f"  {gap}" for gap in answer.gaps)


def _ground(ground: Ground, language: str) -> str:
    if ground.origin == "check":
        return ground.text
    words = f" ({', '.join(ground.words)})" if ground.words else ""
    if ground.origin == "report":
        return f"{say(wording.REPORTED, language)}: “{ground.text}”"
    marker = f" [{ground.marker}]" if ground.marker is not None else ""
    return f"“{ground.text}”{words}{marker}"
