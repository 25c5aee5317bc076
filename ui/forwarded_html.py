"""Forwarded questions and experts, as HTML (pure). Every text is escaped.

What an expert answers is a person's word: it stands apart, with a name and a day, without a page.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from assistant.experts.forwarding import Forwarded
from assistant.experts.naming import Expert
from assistant.phrases import language_for, say
from assistant.phrases_messages import FORWARDED, PERSON_SAYS
from ui.plain import answer_text

NOTHING_RECEIVED = '<p class="fb-where">No question was forwarded to you.</p>'
NO_EXPERTS = '<p class="fb-where">Nobody is named yet.</p>'


def received_html(forwarded: Sequence[Forwarded]) -> str:
    """The questions that wait for an expert, and those that were answered."""
    if not forwarded:
        return NOTHING_RECEIVED
    return f'<ul class="fb-queue fb-forwarded">{"".join(map(_received, forwarded))}</ul>'


def sent_html(forwarded: Sequence[Forwarded]) -> str:
    """What became of the forwarded questions of a conversation; empty where there is none."""
    return "".join(map(_sent, forwarded))


def experts_html(experts: Sequence[Expert], *, can_remove: bool) -> str:
    """Who is asked about what, with the button that takes one away."""
    if not experts:
        return NO_EXPERTS
    rows = "".join(_expert(expert, can_remove=can_remove) for expert in experts)
    return f'<ul class="fb-queue fb-experts">{rows}</ul>'


def chosen_html(forwarded: Forwarded) -> str:
    """A question that is to be answered, with what the documents said about it."""
    found = (
        f'<pre class="fb-found">{escape(answer_text(forwarded.found))}</pre>'
        if forwarded.found
        else '<p class="fb-where">What was found cites documents that you may not see.</p>'
    )
    return (
        f'<div class="fb-forwarded"><p><b>{_line(forwarded.question)}</b></p>'
        f'<p class="fb-where">{_about(forwarded)}</p>'
        f"<details><summary>What was found</summary>{found}</details></div>"
    )


def _received(one: Forwarded) -> str:
    state = "open" if one.state == "open" else f"answered {_day(one.replied_at)}"
    item = _line(one.forwarded_id)
    act = (
        f'<button type="button" class="fb-act" data-act="reply" data-item="{item}">Answer</button>'
        if one.state == "open"
        else f"<blockquote>{_text(one.reply)}</blockquote>"
    )
    return (
        f'<li><b>{_line(one.question)}</b><div class="fb-where">{_about(one)} · {state}</div>{act}'
        "</li>"
    )


def _about(one: Forwarded) -> str:
    facts = (one.asset, one.asset_class, f"asked by {one.owner_shown}", _day(one.at))
    return " · ".join(_line(fact) for fact in facts if fact)


def _sent(one: Forwarded) -> str:
    language = language_for(one.question)
    asked = f'<div class="fb-where">{_line(one.question)}</div>'
    if one.state == "open":
        said = say(FORWARDED, language, name=one.expert_shown, day=_day(one.at))
        return f'<div class="fb-person" role="status">{_line(said)}{asked}</div>'
    said = say(PERSON_SAYS, language, name=one.expert_shown, day=_day(one.replied_at))
    return (
        f'<div class="fb-person fb-person-said" role="status"><b>{_line(said)}</b>{asked}'
        f"<blockquote>{_text(one.reply)}</blockquote></div>"
    )


def _expert(expert: Expert, *, can_remove: bool) -> str:
    about = expert.asset_class or "any machine"
    where = expert.site or "every site"
    item = _line(expert.expert_id)
    act = (
        f'<button type="button" class="fb-act" data-act="remove" data-item="{item}">Remove</button>'
        if can_remove
        else ""
    )
    return (
        f'<li><b>{_line(expert.shown)}</b><div class="fb-where">{_line(about)} · {_line(where)}'
        f" · named by {_line(expert.set_by)}, {_day(expert.set_at)}</div>{act}</li>"
    )


def _day(at: str | None) -> str:
    return escape((at or "")[:10])


def _text(text: str) -> str:
    return "<br>".join(escape(line) for line in text.splitlines())


def _line(text: str) -> str:
    return escape(" ".join(text.split()))
