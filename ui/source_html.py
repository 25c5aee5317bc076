"""Where a value comes from: sources that disagree, and values that only a ticket gives (pure)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from html import escape

from assistant.messages import Answer, DisagreementSide, SimilarTicket
from assistant.phrases import Phrase, language_for, say
from assistant.ticket_values import NOT_FROM_MANUAL, ticket_values

DISAGREE = Phrase("Sources disagree", "Quellen widersprechen sich", "来源不一致")
ASK_FIRST = Phrase(
    "Clear this up before you work with either value.",
    "Klären Sie das, bevor Sie mit einem der Werte arbeiten.",
    "使用其中任何一个数值之前，请先核实。",
)
TICKET = Phrase("ticket {number}", "Ticket {number}", "工单 {number}")
UNDATED = Phrase("no date", "ohne Datum", "无日期")


def disagreements_html(answer: Answer, cite: Callable[[int], str]) -> str:
    """The values on which sources disagree, both sides dated and named; empty without any.

    Args:
        answer: what is shown.
        cite: makes the button of a citation.
    """
    if not answer.disagreements:
        return ""
    language = language_for(answer.question)
    rows = ""
    for one in answer.disagreements:
        sides = "".join(
            f"<li><b>{_line(side.value)}</b> {_line(named(side, language))}"
            f"{cite(side.marker) if side.marker is not None else ''}"
            f'<div class="fb-where">{_line(side.quote)}</div></li>'
            for side in one.sides
        )
        rows += f"<p>{_line(one.subject)}</p><ul>{sides}</ul>"
    return (
        f'<section class="fb-disagree"><h4>{say(DISAGREE, language)}</h4>'
        f"<p>{say(ASK_FIRST, language)}</p>{rows}</section>"
    )


def disagreements_text(answer: Answer) -> Iterable[str]:
    """The same as lines of plain text."""
    language = language_for(answer.question)
    if answer.disagreements:
        yield f"\n{say(DISAGREE, language)}. {say(ASK_FIRST, language)}"
    for one in answer.disagreements:
        yield f"  {one.subject}"
        for side in one.sides:
            marker = f" [{side.marker}]" if side.marker is not None else ""
            yield f"    {side.value}: {named(side, language)}{marker}: {side.quote}"


def named(side: DisagreementSide, language: str) -> str:
    """The source of one side with its date."""
    source = say(TICKET, language, number=side.source) if side.ticket_id else side.source
    return f"{source}, {side.date or say(UNDATED, language)}"


def ticket_label(ticket: SimilarTicket, answer: Answer) -> str:
    """What is said of the values that a ticket alone gives; empty without any."""
    values = ticket_values(ticket, answer)
    if not values:
        return ""
    return say(NOT_FROM_MANUAL, language_for(answer.question), values=", ".join(values))


def ticket_label_html(ticket: SimilarTicket, answer: Answer) -> str:
    """The same as HTML."""
    label = ticket_label(ticket, answer)
    return f'<div class="fb-from-ticket">{_line(label)}</div>' if label else ""


def _line(text: str) -> str:
    return escape(" ".join(text.split()))
