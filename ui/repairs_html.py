"""Past repairs of an answer as HTML (pure). Every text is escaped; there are no line breaks.

The first causes stand open, the rest is folded. A ticket is a button that a script follows.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from urllib.parse import quote, unquote

from assistant import phrases_repairs as words
from assistant.messages import Answer
from assistant.phrases import count, say
from assistant.repairs.message import CauseGroup, Fix, PastTicket, Repairs, Scope
from ui import repairs_wording as wording

_OPEN = 3  # causes that stand open


def repairs_html(answer: Answer) -> str:
    """The section of an answer; empty where no past ticket matches."""
    repairs, language = answer.repairs, answer.language
    if repairs is None:
        return ""
    heading = f"<h4>{_line(say(words.TITLE, language))}</h4>"
    if repairs.is_withheld:
        said = _line(say(words.WITHHELD, language))
        return f'<section class="fb-repairs">{heading}<p class="fb-where">{said}</p></section>'
    body = ""
    left = _OPEN
    for scope in repairs.scopes:
        body += _scope(scope, repairs, language, left)
        left = max(0, left - len(scope.groups))
    rules = "".join(f"<p>{_line(line)}</p>" for line in wording.definition_of(repairs, language))
    how = _line(say(words.HOW, language))
    told = f'<p class="fb-where">{_line(wording.left_of(repairs, language))}</p>'
    return (
        f'<section class="fb-repairs">{heading}{body}{told if _has_left(repairs) else ""}'
        f'<details class="fb-how"><summary>{how}</summary>{rules}</details></section>'
    )


def ticket_url(uid: str) -> str:
    """The address of a past ticket; :func:`uid_of` reads it."""
    # Not by percent signs: what decodes them knows no line break in a path, and may do it twice.
    return f"/past-tickets/{quote(uid, safe=':').replace('~', '%7E').replace('%', '~')}"


def uid_of(path: str) -> str:
    """The uid that such an address names in its last part."""
    return unquote(path.replace("~", "%"))


def _has_left(repairs: Repairs) -> bool:
    return bool(repairs.excluded or repairs.duplicates)


def _scope(scope: Scope, repairs: Repairs, language: str, left: int) -> str:
    """A place with its causes; ``left`` of them stand open."""
    place = _line(wording.place_of(scope, repairs, language))
    facts = _facts(wording.tally_of(scope.tally, repairs, language))
    first, rest = scope.groups[: max(left, 1)], scope.groups[max(left, 1) :]
    body = "".join(_group(group, repairs, language, is_open=left > 0) for group in first)
    if rest:
        more = _line(count(words.MORE_CAUSES, language, len(rest)))
        folded = "".join(_group(group, repairs, language, is_open=False) for group in rest)
        body += f'<details class="fb-more"><summary>{more}</summary>{folded}</details>'
    tag = " open" if left > 0 else ""
    return (
        f'<details class="fb-place"{tag}><summary><b>{place}</b> '
        f'<span class="fb-where">{facts}</span></summary>{body}</details>'
    )


def _group(group: CauseGroup, repairs: Repairs, language: str, *, is_open: bool) -> str:
    name = _line(wording.cause_of(group, language))
    facts = _facts(wording.tally_of(group.tally, repairs, language))
    tag = " open" if is_open else ""
    newest = (
        f'<p class="fb-where">{_line(say(words.NEWEST, language))}: '
        f"{_ticket(group.newest, language)}</p>"
    )
    fixes = "".join(_fix(fix, group, repairs, language) for fix in group.fixes)
    return (
        f'<details class="fb-past"{tag}><summary><b>{name}</b> '
        f'<span class="fb-where">{facts}</span></summary>{_also(group.wordings, language)}'
        f"{_parts(wording.parts_of(group.parts, language))}{newest}<ul>{fixes}</ul></details>"
    )


def _fix(fix: Fix, group: CauseGroup, repairs: Repairs, language: str) -> str:
    facts, parts = "", ""
    if len(group.fixes) > 1:  # a single one is what is told of the cause
        facts = _facts(wording.tally_of(fix.tally, repairs, language))
        parts = _parts(wording.parts_of(fix.parts, language))
    rows = "".join(f"<li>{_ticket(ticket, language)}</li>" for ticket in fix.listed)
    if missing := fix.tally.tickets - len(fix.listed):
        rows += f"<li>{_line(say(words.NOT_LISTED, language, count=missing))}</li>"
    every = _line(count(words.ALL_TICKETS, language, fix.tally.tickets))
    return (
        f'<li><span class="fb-done">{_line(wording.done_of(fix, language))}</span> '
        f'<span class="fb-where">{facts}</span>{_also(fix.wordings, language)}{parts}'
        f'<details class="fb-every"><summary>{every}</summary><ul>{rows}</ul></details></li>'
    )


def _ticket(ticket: PastTicket, language: str) -> str:
    """The button of a ticket with what it is about."""
    about = " · ".join(_line(text) for text in (ticket.reported_on, ticket.asset) if text)
    src = _line(f"{ticket_url(ticket.uid)}?part=1&lang={language}")
    return (
        f'<button type="button" class="fb-ticket" data-src="{src}">{_line(ticket.ticket_id)}'
        f"</button> {_line(ticket.title)} "
        f'<span class="fb-where">{about}</span>'
    )


def _also(texts: Sequence[str], language: str) -> str:
    """The other wordings of what was put together."""
    if not texts:
        return ""
    said = say(words.WORDINGS, language, texts=" | ".join(texts[1:]))
    return f'<div class="fb-where">{_line(said)}</div>'


def _parts(text: str) -> str:
    return f'<div class="fb-parts-used">{_line(text)}</div>' if text else ""


def _facts(pieces: Sequence[str]) -> str:
    return " · ".join(_line(piece) for piece in pieces)


def _line(text: str) -> str:
    return escape(" ".join(text.split()))
