"""The diagnosis of an answer as HTML (pure). Every text is escaped.

Causes stand with what speaks for and against them and with their ticks, below the next check; what
to verify before return to service and what is missing stand at the end of the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from html import escape

from assistant.causes import wording
from assistant.messages import Answer, Cause, Ground, NextCheck, SafetyNotice, ServiceCheck
from assistant.phrases import Phrase, language_for, say

Cite = Callable[[int], str]
"""The button of a citation, by its marker."""


def diagnosis_html(
    answer: Answer,
    cite: Cite,
    *,
    heading: str,
    turn_id: str = "",
    language: str = "",
) -> str:
    """Causes and the next check as one block; empty without causes.

    Args:
        answer: what is shown, with what the checks of its session found.
        cite: makes the button of a citation.
        heading: HTML above the causes.
        turn_id: of the answer, so that its causes can be ticked; empty where they cannot.
        language: of what is said; that of the question where none is given.
    """
    language = language or language_for(answer.question)
    common = _common(answer.causes)
    causes = "".join(_cause(answer, one, cite, common, turn_id, language) for one in answer.causes)
    shared = ""
    if common:
        # What speaks for every cause is said once.
        shared = (
            f'<div class="fb-grounds">{_grounds(wording.FOR_ALL, common, cite, language)}</div>'
        )
    if not causes:
        return ""
    check = _next(answer.next_check, cite, turn_id, language) if answer.next_check else ""
    if not check and all(cause.state == "in_order" for cause in answer.causes):
        check = f'<p class="fb-check">{_text(say(wording.ALL_IN_ORDER, language))}</p>'
    return (
        f'<section class="fb-diagnosis">{heading}{check}{shared}'
        f'<ol class="fb-causes">{causes}</ol></section>'
    )


def closing_html(answer: Answer, cite: Cite, notice: Callable[[SafetyNotice], str]) -> str:
    """What to verify before return to service, and what is missing to be sure."""
    language = language_for(answer.question)
    checks = (_service(one, cite, notice, language) for one in answer.service_checks)
    return "".join((*checks, _gaps(answer, language)))


def _next(check: NextCheck, cite: Cite, turn_id: str, language: str) -> str:
    title = _text(say(wording.NEXT_CHECK, language))
    if check.kind == "symptom":
        about = f'<span class="fb-where">{_text(say(wording.IS_IT_SEEN, language))}</span>'
        labels = (wording.IS_NOT_SEEN, wording.IS_SEEN)
        ticks = _row(_ticks(check.key, check.text, "open", turn_id, language, labels), turn_id)
    else:
        looks_for = say(wording.LOOKS_FOR, language, cause=check.cause)
        about = f'<span class="fb-where">{_text(looks_for)}</span>' if check.cause else ""
        ticks = ""
    return (
        f'<div class="fb-check"><b>{title}</b> {_text(check.text)}{cite(check.marker)} {about}'
        f'<div class="fb-where">{_text(check.why)}</div>{ticks}</div>'
    )


def _cause(
    answer: Answer,
    cause: Cause,
    cite: Cite,
    common: frozenset[Ground],
    turn_id: str,
    language: str,
) -> str:
    show_symptom = cause.symptom and len(answer.code_cards) != 1
    symptom = f'<div class="fb-symptom">{_text(cause.symptom)}</div>' if show_symptom else ""
    remedy = f'<div class="fb-remedy">{_text(cause.remedy)}</div>' if cause.remedy else ""
    note = f'<div class="fb-note">{_text(cause.note)}</div>' if cause.note else ""
    pros = [ground for ground in cause.speaks_for if ground not in common]
    grounds = _grounds(wording.FOR, pros, cite, language)
    grounds += _grounds(wording.AGAINST, cause.speaks_against, cite, language)
    if grounds:
        grounds = f'<div class="fb-grounds">{grounds}</div>'
    labels = (wording.OK, wording.NOT_OK)
    checks = {g.key for g in (*cause.speaks_for, *cause.speaks_against) if g.origin == "check"}
    buttons = []
    if cause.key in checks or cause.state == "open":
        state = cause.state if cause.key in checks else "open"
        buttons = _ticks(cause.key, cause.text, state, turn_id, language, labels)
    if cause.symptom_key in checks:
        undo = f"{say(wording.UNDO, language)}: {cause.symptom}"
        buttons.append(_button("undone", cause.symptom_key, cause.symptom, turn_id, undo))
    ticks = _row(buttons, turn_id) if cause.key else ""
    return (
        f'<li class="fb-cause fb-state-{cause.state}">{symptom}<b>{_text(cause.text)}</b>'
        f"{cite(cause.marker)}{remedy}{note}{grounds}{ticks}</li>"
    )


def _ticks(
    item: str,
    text: str,
    state: str,
    turn_id: str,
    language: str,
    labels: tuple[Phrase, Phrase],
) -> list[str]:
    """Two buttons, or what was ticked with a button that takes it back."""
    buttons = []
    for tick, label, is_on in (
        ("ok", labels[0], state == "in_order"),
        ("not_ok", labels[1], state == "found"),
    ):
        buttons.append(_button(tick, item, text, turn_id, say(label, language), is_on=is_on))
    if state != "open":
        buttons.append(_button("undone", item, text, turn_id, say(wording.UNDO, language)))
    return buttons


def _row(buttons: list[str], turn_id: str) -> str:
    return f'<div class="fb-ticks">{"".join(buttons)}</div>' if turn_id else ""


def _button(
    tick: str, item: str, text: str, turn_id: str, label: str, *, is_on: bool = False
) -> str:
    pressed = ' aria-pressed="true"' if is_on else ""
    return (
        f'<button type="button" class="fb-tick fb-tick-{tick}" data-tick="{tick}" '
        f'data-item="{_line(item)}" data-turn="{_line(turn_id)}"{pressed} '
        f'aria-label="{_line(label)}: {_line(text)}">{_line(label)}</button>'
    )


def _grounds(title: Phrase, grounds: Iterable[Ground], cite: Cite, language: str) -> str:
    rows = "".join(f"<li>{_ground(ground, cite, language)}</li>" for ground in grounds)
    if not rows:
        return ""
    kind = "fb-against" if title is wording.AGAINST else "fb-for"
    return f'<div class="{kind}"><span>{_text(say(title, language))}</span><ul>{rows}</ul></div>'


def _ground(ground: Ground, cite: Cite, language: str) -> str:
    words = f' <i class="fb-where">({_text(", ".join(ground.words))})</i>' if ground.words else ""
    match ground.origin:
        case "document":
            shown = f"“{_text(ground.text)}”{words}"
            return shown + (cite(ground.marker) if ground.marker is not None else "")
        case "report":
            return f"{_text(say(wording.REPORTED, language))}: “{_text(ground.text)}”"
        case "check":
            return _text(ground.text)


def _common(causes: tuple[Cause, ...]) -> frozenset[Ground]:
    """What speaks for every one of several causes, and is no check."""
    if len(causes) < 2:
        return frozenset()
    sets = [frozenset(g for g in cause.speaks_for if g.origin != "check") for cause in causes]
    return frozenset.intersection(*sets)


def _gaps(answer: Answer, language: str) -> str:
    if not answer.gaps:
        return ""
    rows = "".join(f"<li>{_text(gap)}</li>" for gap in answer.gaps)
    title = _text(say(wording.MISSING, language))
    return f'<div class="fb-missing"><b>{title}</b><ul>{rows}</ul></div>'


def _service(
    check: ServiceCheck, cite: Cite, notice: Callable[[SafetyNotice], str], language: str
) -> str:
    rows = "".join(
        f"<li>{_text(f'{one.number} {one.text}'.strip())}{cite(one.marker)}</li>"
        for one in check.sentences
    )
    safety = "".join(notice(one) for one in check.safety)
    title = _text(say(wording.BEFORE_SERVICE, language))
    is_open = "" if check.causes else " open"
    return (
        f'<details class="fb-service"{is_open}><summary>{title}: {_text(check.section)}</summary>'
        f"{safety}<ul>{rows}</ul></details>"
    )


def _text(text: str) -> str:
    return "<br>".join(escape(line) for line in text.splitlines())


def _line(text: str) -> str:
    return escape(" ".join(text.split()))
