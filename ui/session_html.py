"""Lists of past sessions and of handovers, as HTML (pure). Every text is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from assistant.causes.settling import minute
from assistant.fault_sessions.handovers import Handover
from assistant.fault_sessions.history import Session

_MOST_QUESTION = 160  # characters
NOTHING_FOUND = '<p class="fb-where">No session of yours holds these words.</p>'
NO_SESSIONS = '<p class="fb-where">You have no sessions yet.</p>'
NO_HANDOVERS = '<p class="fb-where">Nothing was handed to you.</p>'


def sessions_html(sessions: Sequence[Session], *, is_search: bool) -> str:
    """Sessions with the buttons that open one and hand it over."""
    if not sessions:
        return NOTHING_FOUND if is_search else NO_SESSIONS
    return f'<ul class="fb-queue fb-sessions">{"".join(map(_session, sessions))}</ul>'


def handovers_html(handovers: Sequence[Handover]) -> str:
    """What was handed to somebody, with a link to its page and the button to go on."""
    if not handovers:
        return NO_HANDOVERS
    return f'<ul class="fb-queue fb-sessions">{"".join(map(_handover, handovers))}</ul>'


def page_link(handover_id: str, words: str) -> str:
    """A link to the page of a handover."""
    address = f"/handovers/{escape(handover_id)}"
    return f'<a class="fb-act" href="{address}" target="_blank" rel="noopener">{escape(words)}</a>'


def _session(session: Session) -> str:
    talk = session.conversation
    tags = [name for name in (session.asset, *session.codes[:4]) if name]
    shown = "".join(f'<span class="fb-tag">{_line(tag)}</span>' for tag in tags)
    facts = [minute(talk.asked_at or talk.created_at), _count(talk.turns, "question")]
    if session.checked:
        facts.append(_count(session.checked, "check"))
    found = "".join(f'<p class="fb-bad-words">Not in order: {_line(t)}</p>' for t in session.found)
    item = escape(talk.conversation_id)
    return (
        f'<li class="fb-item"><div class="fb-item-text"><b>{_short(talk.question)}</b>{shown}'
        f'<div class="fb-where">{" · ".join(facts)}</div>{found}</div><div class="fb-item-acts">'
        f"{_button('open', item, 'Open')}{_button('hand', item, 'Hand over')}</div></li>"
    )


def _handover(handover: Handover) -> str:
    answer = handover.answer
    is_shown = answer is not None and not answer.is_withheld
    codes = [card.code for card in answer.code_cards[:4]] if answer and is_shown else []
    tags = [name for name in (answer.asset if answer and is_shown else "", *codes) if name]
    shown = "".join(f'<span class="fb-tag">{_line(tag)}</span>' for tag in tags)
    asked = handover.asked[0].question if handover.asked else ""
    note = f"<p>{_line(handover.note)}</p>" if handover.note else ""
    going = _button("go-on", escape(handover.handover_id), "Go on") if is_shown else ""
    return (
        f'<li class="fb-item fb-now"><div class="fb-item-text"><b>{_short(asked)}</b>{shown}'
        f'<div class="fb-where">from {_line(handover.by)} to {_line(handover.receiver)} · '
        f"{minute(handover.at)}</div>{note}</div>"
        f'<div class="fb-item-acts">{page_link(handover.handover_id, "Page")}{going}</div></li>'
    )


def _button(act: str, item: str, label: str) -> str:
    return (
        f'<button type="button" class="fb-act" data-act="{act}" data-item="{item}">{label}</button>'
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return escape(f"{line[:_MOST_QUESTION]}…" if len(line) > _MOST_QUESTION else line)


def _line(text: str) -> str:
    return escape(" ".join(text.split()))
