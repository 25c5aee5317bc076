"""A past ticket as HTML (pure): a piece beside the chat, or a page without a script.

Every text is escaped. Who may take tickets out of the figures finds the form for it here.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from assistant import phrases_repairs as words
from assistant.phrases import say
from index.facts.exclusions import LONGEST_REASON, Exclusion
from index.listing import ListedTicket
from ui.handover_page import SHEET
from ui.repairs_html import ticket_url


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown of a ticket.

    ``exclusion`` is why no figure counts it, None where it counts. ``refusal`` is why something was
    not done.
    """

    ticket: ListedTicket
    exclusion: Exclusion | None
    may_exclude: bool
    language: str = "en"
    refusal: str = ""


def piece_html(shown: Shown) -> str:
    """The ticket as a piece of another page."""
    ticket, language = shown.ticket, shown.language
    refusal = f'<p class="bad" role="alert">{_text(shown.refusal)}</p>' if shown.refusal else ""
    rows = "".join(
        f"<tr><th>{_text(say(words.FIELDS[name], language))}</th><td>{_text(value)}</td></tr>"
        for name, value in _fields(ticket, language)
        if value
    )
    number = _text(say(words.TICKET, language, number=ticket.number))
    return (
        f'<article class="fb-past-ticket" lang="{_text(language)}">{refusal}'
        f"<h2>{number}</h2><p><b>{_text(ticket.title)}</b></p>{_state(shown)}"
        f"<table><tbody>{rows}</tbody></table>{_form(shown)}</article>"
    )


def page_html(shown: Shown) -> str:
    """The ticket as a page to read and print."""
    language = shown.language
    title = escape(say(words.TICKET, language, number=shown.ticket.number))
    back = escape(say(words.BACK, language))
    return (
        f'<!doctype html>\n<html lang="{escape(language)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title} · Faultbook</title>\n"
        f'<link rel="icon" href="data:,">\n<link rel="stylesheet" href="{SHEET}">\n</head>\n'
        f'<body>\n<header><b>Faultbook</b><a href="/">{back}</a></header>\n'
        f"<main>\n{piece_html(shown)}\n</main>\n</body>\n</html>\n"
    )


def _fields(ticket: ListedTicket, language: str) -> list[tuple[str, str]]:
    minutes, hours = ticket.downtime_min, ticket.labor_h
    return [
        ("asset", ticket.asset),
        ("reported", _time(ticket.reported_at)),
        ("completed", _time(ticket.completed_at)),
        ("status", ticket.status),
        ("kind", ticket.ticket_type),
        ("priority", "" if ticket.priority is None else str(ticket.priority)),
        ("codes", ", ".join(ticket.alarm_codes)),
        ("failure_mode", ticket.failure_mode),
        ("description", ticket.description),
        ("cause", ticket.cause),
        ("resolution", ticket.resolution),
        ("parts", ", ".join(f"{quantity:g} x {name}" for name, quantity in ticket.parts)),
        ("downtime", "" if minutes is None else say(words.MINUTES, language, count=f"{minutes:g}")),
        ("labor", "" if hours is None else say(words.HOURS, language, count=f"{hours:g}")),
        ("duplicate", ticket.duplicate_of or ""),
        ("flags", ", ".join(flag.replace("_", " ") for flag in ticket.quality_flags)),
    ]


def _state(shown: Shown) -> str:
    out = shown.exclusion
    if out is None:
        return ""
    said = say(words.OUT_OF_FIGURES, shown.language, reason=out.reason, by=out.by, day=out.at[:10])
    return f'<p class="bad">{_text(said)}</p>'


def _form(shown: Shown) -> str:
    """The form that takes the ticket out of the figures, or back into them."""
    if not shown.may_exclude:
        return ""
    language = shown.language
    field = ""
    act, label = "include", say(words.INCLUDE, language)
    if shown.exclusion is None:
        act, label = "exclude", say(words.EXCLUDE, language)
        field = (
            f"<label>{_text(say(words.REASON, language))}"
            f'<textarea name="reason" rows="2" maxlength="{LONGEST_REASON}" required></textarea>'
            "</label>"
        )
    return (
        f'<form method="post" action="{escape(ticket_url(shown.ticket.uid))}" '
        f'class="fb-exclusion">{field}<input type="hidden" name="act" value="{act}">'
        f'<input type="hidden" name="lang" value="{_text(language)}">'
        f"<button>{_text(label)}</button></form>"
    )


def _time(text: str | None) -> str:
    return (text or "")[:16].replace("T", " ")


def _text(text: str) -> str:
    return "<br>".join(escape(line) for line in text.splitlines())
