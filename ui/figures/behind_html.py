"""The tickets behind a figure or one of its groups, each with its text folded (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from index.listing import ListedTicket
from ui.repairs_html import ticket_url

MOST = 50


def behind_html(tickets: Sequence[ListedTicket], head: str, *, is_all: bool) -> str:
    """A list of tickets; each opens where it stands."""
    if not tickets:
        return f'<p>{_line(head)}</p><p class="fb-where">No ticket stands behind this.</p>'
    items = "".join(map(_ticket, tickets))
    more = "" if is_all else f'<p class="fb-where">The first {len(tickets)}; a file has more.</p>'
    return f'<p>{_line(head)}</p><ul class="fb-behind">{items}</ul>{more}'


def _ticket(ticket: ListedTicket) -> str:
    day = (ticket.reported_at or "")[:10]
    facts = [
        ("Machine", ticket.asset),
        ("Status", ticket.status),
        ("Failure", ticket.failure_mode),
        ("Alarms", ", ".join(ticket.alarm_codes)),
        ("Reported", ticket.reported_at or ""),
        ("Completed", ticket.completed_at or ""),
        ("Downtime", f"{ticket.downtime_min:g} min" if ticket.downtime_min is not None else ""),
        ("Description", ticket.description),
        ("Cause", ticket.cause),
        ("Resolution", ticket.resolution),
        ("Parts", ", ".join(f"{quantity:g} x {number}" for number, quantity in ticket.parts)),
    ]
    told = "".join(
        f"<div><dt>{name}</dt><dd>{_line(text)}</dd></div>" for name, text in facts if text
    )
    return (
        f"<li><details><summary><b>{_line(ticket.number)}</b> {_line(day)} {_line(ticket.asset)} "
        f'<span>{_line(ticket.title)}</span></summary><dl class="fb-facts">{told}</dl>'
        f'<a class="fb-act" href="{escape(ticket_url(ticket.uid))}" target="_blank" '
        'rel="noopener">Open the ticket</a></details></li>'
    )


def _line(text: str) -> str:
    return escape(" ".join(text.split()))
