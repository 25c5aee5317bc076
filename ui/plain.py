"""Answers and work orders as plain text, for terminals (pure)."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence

from assistant.messages import Answer
from assistant.phrases import language_for, say
from assistant.phrases_labels import (
    ABOUT,
    CAUSE,
    CHANGED_DOCUMENT,
    CHECK_FIRST,
    FROM_DOCUMENTS,
    MODEL_SUGGESTS,
    NONE,
    PARTS,
    POSSIBLE_CAUSES,
    REMEDY,
    SEARCHED_AS,
    SIMILAR_TICKETS,
    SOURCES,
    STATUS,
    TIMES,
    TO_BE_SURE,
    WITHOUT_MODEL,
)
from assistant.phrases_messages import NEAREST, NO_LOCKOUT, TRANSLATED
from assistant.work_orders import WorkOrder
from ui.cause_text import closing_text, grounds_text, next_text
from ui.near_html import whom_to_ask
from ui.repairs_text import repairs_text
from ui.sent_text import place_of, withheld_of
from ui.source_html import disagreements_text, ticket_label

# A terminal obeys control characters, and documents and tickets may hold any.
_CONTROLS = dict.fromkeys((*range(0x09), *range(0x0B, 0x20), *range(0x7F, 0xA0)), "\ufffd")


def answer_text(answer: Answer) -> str:
    """The answer, the most important first; numbers in brackets refer to the list at the end."""
    return printable("\n".join(_lines(answer)))


def printable(text: str) -> str:
    """The text with a mark in place of each control character but tab and line feed."""
    return text.translate(_CONTROLS)


def _lines(answer: Answer) -> Iterable[str]:
    yield from _head(answer)
    yield from _work(answer)
    yield from _background(answer)
    if answer.is_degraded:
        yield f"\n{say(WITHOUT_MODEL, answer.language, reason=answer.degraded_reason)}"
    times = answer.timings
    language = answer.language
    model = answer.model or say(NONE, language)
    if answer.sent is not None and (answer.model or answer.sent.host):
        model = f"{model}, {place_of(answer.sent, language)}"
    seconds = {"evidence": f"{times.evidence_s:.2f}", "total": f"{times.total_s:.1f}"}
    yield f"\n{say(TIMES, language, model=model, **seconds)}"
    if answer.sent is not None and (withheld := withheld_of(answer.sent, language)):
        yield f"{withheld[0].upper()}{withheld[1:]}."


def _head(answer: Answer) -> Iterable[str]:
    language = answer.language
    status = say(STATUS[answer.status], language)
    yield say(ABOUT, language, status=status, asset=answer.asset) if answer.asset else status
    if answer.message:
        yield answer.message
    if answer.status == "record":
        yield f"  faultbook stats {shlex.quote(answer.question)}"
    if answer.searched_as:
        yield say(SEARCHED_AS, language, question=answer.searched_as)
    if whom := whom_to_ask(answer):
        yield whom
    if answer.nearest:
        yield f"\n{say(NEAREST, language)}"
        yield from (f"  {one.text} [{one.marker}]" for one in answer.nearest)
    for card in answer.code_cards:
        component = f", {card.component}" if card.component else ""
        yield f"\n{card.code} ({card.device}{component}): {card.meaning} [{card.marker}]"
        if answer.code_status == "ambiguous":
            cause, remedy = say(CAUSE, language).lower(), say(REMEDY, language).lower()
            yield from (f"  {cause}: {text}" for text in card.causes)
            yield from (f"  {remedy}: {text}" for text in card.remedies)
    if answer.is_lockout_missing:
        yield f"\n{say(NO_LOCKOUT, language)}"
    for notice in answer.safety:
        yield f"\n{notice.text} [{notice.marker}]"
        if notice.translation:
            yield f"  {say(TRANSLATED, language)}:\n  {notice.translation}"


def _work(answer: Answer) -> Iterable[str]:
    yield from disagreements_text(answer)
    if answer.causes:
        yield f"\n{say(POSSIBLE_CAUSES, answer.language)}"
    for number, cause in enumerate(answer.causes, start=1):
        symptom = f" ({cause.symptom})" if cause.symptom else ""
        remedy = f": {cause.remedy}" if cause.remedy else ""
        yield f"  {number}. {cause.text}{remedy}{symptom} [{cause.marker}]"
        if cause.note:
            yield f"     {cause.note}"
        yield from grounds_text(cause, language_for(answer.question))
    yield from next_text(answer)
    if answer.first_check:
        suggested = say(MODEL_SUGGESTS, answer.language)
        yield f"\n{say(CHECK_FIRST, answer.language)} ({suggested}): {answer.first_check}"
    if answer.steps:
        yield f"\n{answer.procedure}"
        yield from (f"  {step.number} {step.text} [{step.marker}]" for step in answer.steps)
    if answer.parts:
        yield f"\n{say(PARTS, answer.language)}"
        yield from (f"  {part.part_no}  {part.name} [{part.marker}]" for part in answer.parts)
    yield from closing_text(answer)


def _background(answer: Answer) -> Iterable[str]:
    yield from repairs_text(answer)
    if answer.quotes:
        yield f"\n{say(FROM_DOCUMENTS, answer.language)}"
        yield from (f"  {quote.text} [{quote.marker}]" for quote in answer.quotes)
    if answer.missing:
        yield f"\n{say(TO_BE_SURE, answer.language)}: {answer.missing}"
    if answer.similar_tickets:
        yield f"\n{say(SIMILAR_TICKETS, answer.language)}"
    for ticket in answer.similar_tickets:
        done = f" -> {ticket.resolution}" if ticket.resolution else ""
        yield f"  {ticket.ticket_id} {ticket.asset}: {ticket.title}{done}"
        if label := ticket_label(ticket, answer):
            yield f"    {label}"
    if answer.citations:
        yield f"\n{say(SOURCES, answer.language)}"
    for citation in answer.citations:
        name = f"{citation.document_number or citation.document} {citation.revision}".strip()
        yield f"  [{citation.marker}] {name}, {citation.locator}, {citation.section}"


def banner_text(marks: Sequence[str]) -> str:
    """What is to be said above what cites a recalled document; empty without marks."""
    lines = [f"!!! {mark}" for mark in marks]
    return printable("\n".join([f"!!! {say(CHANGED_DOCUMENT, 'en')}", *lines, ""]))


def order_text(order: WorkOrder, marks: Sequence[str] = ()) -> str:
    """A work order, below what is to be said about the documents that it cites."""
    lines = [banner_text(marks)] if marks else []
    lines += [
        f"{order.number} (version {order.version}, {order.state}) {order.title}",
        f"Asset: {order.asset or 'none'}   Priority: {order.priority}",
        f"Reported: {order.symptom}",
    ]
    if order.description:
        lines.append(f"Description: {order.description}")
    lines += [f"\n{notice.text}" for notice in order.safety]
    if order.steps:
        lines.append("\nSteps")
        lines += [f"  {step.number}. {step.text}" for step in order.steps]
    if order.materials:
        lines.append("\nMaterial")
        lines += [f"  {m.quantity:g} x {m.part_no} {m.description}" for m in order.materials]
    return printable("\n".join(lines))
