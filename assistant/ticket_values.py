"""Which values of a ticket no manual of the answer gives (pure).

Limits, torques and safety values come only from manuals; what a ticket says is said to be its own.
"""

from __future__ import annotations

from assistant.messages import Answer, SimilarTicket
from assistant.phrases import Phrase
from assistant.verifying import printed_numbers
from assistant.verifying.measures import measures, states

NOT_FROM_MANUAL = Phrase(
    "from a ticket, not from a manual: {values}",
    "aus einem Ticket, nicht aus einem Handbuch: {values}",
    "来自工单，而非手册：{values}",
)


def ticket_values(ticket: SimilarTicket, answer: Answer) -> tuple[str, ...]:
    """The numbers with units of a ticket that stand in no document that the answer cites."""
    held = [
        measure
        for citation in answer.citations
        if citation.kind != "history"
        for measure in measures(
            printed_numbers.plain(citation.quote), printed_numbers.language(citation.quote)
        )
    ]
    found: dict[str, None] = {}
    for text in (ticket.title, ticket.cause, ticket.resolution):
        for measure in measures(printed_numbers.plain(text)):
            if measure.unit and not states(held, measure):
                found[measure.text] = None
    return tuple(found)
