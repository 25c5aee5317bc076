"""Answers and work orders as plain text, for terminals (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from assistant.messages import Answer
from assistant.work_orders import WorkOrder

# A terminal obeys control characters, and documents and tickets may hold any.
_CONTROLS = dict.fromkeys((*range(0x09), *range(0x0B, 0x20), *range(0x7F, 0xA0)), "\ufffd")

STATUS_TEXT = {
    "grounded": "From your documents",
    "partial": "Partly from your documents",
    "needs_clarification": "Please say more",
    "unsupported": "Not in your documents",
    "refused": "Refused",
}


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
        yield f"\nWithout a language model: {answer.degraded_reason}"
    times = answer.timings
    model = answer.model or "none"
    if answer.sent is not None and (answer.model or answer.sent.host):
        model = f"{model}, {answer.sent.place}"
    yield f"\nEvidence {times.evidence_s:.2f} s, total {times.total_s:.1f} s; model: {model}"
    if answer.sent is not None and answer.sent.note:
        yield f"{answer.sent.note[0].upper()}{answer.sent.note[1:]}."


def _head(answer: Answer) -> Iterable[str]:
    about = f" for {answer.asset}" if answer.asset else ""
    yield f"{STATUS_TEXT[answer.status]}{about}"
    if answer.message:
        yield answer.message
    if answer.searched_as:
        yield f"Searched as: {answer.searched_as}"
    for card in answer.code_cards:
        component = f", {card.component}" if card.component else ""
        yield f"\n{card.code} ({card.device}{component}): {card.meaning} [{card.marker}]"
        if answer.code_status == "ambiguous":
            yield from (f"  cause: {text}" for text in card.causes)
            yield from (f"  remedy: {text}" for text in card.remedies)
    for notice in answer.safety:
        yield f"\n{notice.text} [{notice.marker}]"


def _work(answer: Answer) -> Iterable[str]:
    if answer.causes:
        yield "\nPossible causes"
    for number, cause in enumerate(answer.causes, start=1):
        symptom = f" ({cause.symptom})" if cause.symptom else ""
        remedy = f": {cause.remedy}" if cause.remedy else ""
        yield f"  {number}. {cause.text}{remedy}{symptom} [{cause.marker}]"
        if cause.note:
            yield f"     {cause.note}"
    if answer.first_check:
        yield f"\nCheck first (the model’s suggestion): {answer.first_check}"
    if answer.steps:
        yield f"\n{answer.procedure}"
        yield from (f"  {step.number} {step.text} [{step.marker}]" for step in answer.steps)
    if answer.parts:
        yield "\nParts"
        yield from (f"  {part.part_no}  {part.name} [{part.marker}]" for part in answer.parts)


def _background(answer: Answer) -> Iterable[str]:
    if answer.quotes:
        yield "\nFrom the documents"
        yield from (f"  {quote.text} [{quote.marker}]" for quote in answer.quotes)
    if answer.missing:
        yield f"\nTo be sure: {answer.missing}"
    if answer.similar_tickets:
        yield "\nSimilar tickets"
    for ticket in answer.similar_tickets:
        done = f" -> {ticket.resolution}" if ticket.resolution else ""
        yield f"  {ticket.ticket_id} {ticket.asset}: {ticket.title}{done}"
    if answer.citations:
        yield "\nSources"
    for citation in answer.citations:
        name = f"{citation.document_number or citation.document} {citation.revision}".strip()
        yield f"  [{citation.marker}] {name}, {citation.locator}, {citation.section}"


def banner_text(marks: Sequence[str]) -> str:
    """What is to be said above what cites a recalled document; empty without marks."""
    lines = [f"!!! {mark}" for mark in marks]
    return printable("\n".join(["!!! STOP. This cites a document that has changed.", *lines, ""]))


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
