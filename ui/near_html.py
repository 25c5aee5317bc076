"""What stands beside an answer: what is nearest, a missing lockout, a translation (pure)."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from assistant.messages import Answer, SafetyNotice
from assistant.phrases import say
from assistant.phrases_messages import (
    ASK_GENERAL,
    ASK_WHOM,
    NEAREST,
    NO_EXPERT,
    NO_LOCKOUT,
    TRANSLATED,
)


def whom_to_ask(answer: Answer) -> str:
    """Whom to ask where the documents do not answer; empty where they do."""
    if answer.status != "unsupported" or answer.is_withheld:
        return ""
    if answer.expert is None:
        return say(NO_EXPERT, answer.language)
    phrase = ASK_WHOM if answer.expert.asset_class else ASK_GENERAL
    named = {"name": answer.expert.name, "asset_class": answer.expert.asset_class}
    return say(phrase, answer.language, **named)


def nearest_html(answer: Answer, cite: Callable[[int], str]) -> str:
    """Whom to ask, and places that are near to a question without an answer, with their pages."""
    whom = whom_to_ask(answer)
    asked = f'<p class="fb-ask-whom">{_line(whom)}</p>' if whom else ""
    if not answer.nearest:
        return asked
    rows = "".join(f"<li>{_line(one.text)} {cite(one.marker)}</li>" for one in answer.nearest)
    title = escape(say(NEAREST, answer.language))
    places = f'<p class="fb-where">{title}</p><ul>{rows}</ul>'
    return f'{asked}<section class="fb-nearest">{places}</section>'


def lockout_missing_html(answer: Answer) -> str:
    """That no document of the machine has a lockout procedure, where the work needs one."""
    if not answer.is_lockout_missing:
        return ""
    said = escape(say(NO_LOCKOUT, answer.language))
    return f'<div class="fb-notice fb-signal-lockout"><b>{said}</b></div>'


def translation_html(answer: Answer, notice: SafetyNotice) -> str:
    """A translation under a safety message, marked as one."""
    if not notice.translation:
        return ""
    lines = "<br>".join(escape(line) for line in notice.translation.splitlines())
    title = escape(say(TRANSLATED, answer.language))
    return (
        f'<div class="fb-translation" lang="{_line(answer.language)}">'
        f'<div class="fb-where">{title}</div><p>{lines}</p></div>'
    )


def _line(text: str) -> str:
    return escape(" ".join(text.split()))
