"""Answers as HTML (pure). Every text is escaped; the only links are our own page pictures.

The HTML holds no line breaks, because the chat component would take a blank line for the start of
Markdown.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from urllib.parse import urlencode

from assistant.messages import (
    Answer,
    Cause,
    Citation,
    CodeCard,
    Quote,
    SafetyNotice,
    SimilarTicket,
)
from ui.plain import STATUS_TEXT

_MOST_MARKS = 40  # in the address of a page picture
_SIGNAL_TEXT = {"lockout": "LOCKOUT"}


def answer_html(answer: Answer, marks: Sequence[str] = (), *, is_ranking: bool = False) -> str:
    """The answer as one block.

    Args:
        answer: what is shown.
        marks: what is to be said above it, as some of its documents are not what they were.
        is_ranking: whether the language model is still at work.
    """
    parts = [
        banner_html(marks),
        _status(answer),
        *(_card(answer, card) for card in answer.code_cards),
        _safety(answer),
        _causes(answer, is_ranking=is_ranking),
        _steps(answer),
        _parts(answer),
        _tickets(answer.similar_tickets),
        _quotes(answer),
        _foot(answer, is_ranking=is_ranking),
    ]
    return f'<div class="fb-answer">{"".join(parts)}</div>'


def banner_html(marks: Sequence[str], what: str = "This") -> str:
    """A banner that nobody overlooks above what cites a recalled document; empty without marks."""
    if not marks:
        return ""
    lines = "".join(f"<p>{_text(mark)}</p>" for mark in marks)
    return (
        '<div class="fb-recall" role="alert"><span class="fb-recall-sign" aria-hidden="true">⚠'
        f"</span><div><b>STOP. {what} cites a document that has changed.</b>{lines}</div></div>"
    )


def failure_html(message: str) -> str:
    """A turn that ended without an answer."""
    return f'<div class="fb-answer"><p class="fb-status fb-refused">{_text(message)}</p></div>'


def _status(answer: Answer) -> str:
    about = f'<span class="fb-tag">{_line(answer.asset)}</span>' if answer.asset else ""
    message = f"<p>{_text(answer.message)}</p>" if answer.message else ""
    degraded = (
        f'<p class="fb-degraded">Evidence only: {_text(answer.degraded_reason)}</p>'
        if answer.is_degraded
        else ""
    )
    if answer.searched_as:
        message += f'<p class="fb-where">Searched as: {_text(answer.searched_as)}</p>'
    title = escape(STATUS_TEXT[answer.status])
    return (
        f'<div class="fb-status fb-{answer.status}"><strong>{title}</strong>{about}{message}</div>'
        f"{degraded}"
    )


def _card(answer: Answer, card: CodeCard) -> str:
    spelled = "" if card.is_exact else " · asked in another spelling"
    where = " · ".join(_line(part) for part in (card.device, card.component) if part)
    body = ""
    if answer.code_status == "ambiguous" or (len(answer.code_cards) > 1 and not answer.causes):
        body = _list("Cause", card.causes) + _list("Remedy", card.remedies)
    return (
        f'<div class="fb-card"><span class="fb-code">{_line(card.code)}</span>'
        f'<span class="fb-meaning">{_text(card.meaning)}</span>{_cite(answer, card.marker)}'
        f'<div class="fb-where">{where}{spelled}</div>{body}</div>'
    )


def _list(title: str, items: Sequence[str]) -> str:
    if not items:
        return ""
    rows = "".join(f"<li>{_text(item)}</li>" for item in items)
    return f'<div class="fb-label">{title}</div><ul>{rows}</ul>'


def _safety(answer: Answer) -> str:
    """Safety messages, most severe first; a long lockout procedure is folded, never cut."""
    blocks = "".join(_notice(answer, notice) for notice in answer.safety)
    return f'<section class="fb-safety">{blocks}</section>' if blocks else ""


def _notice(answer: Answer, notice: SafetyNotice) -> str:
    first, _, rest = notice.text.partition("\n")
    word = _SIGNAL_TEXT.get(notice.signal, first)
    body = rest if notice.signal != "lockout" else notice.text
    lines = "".join(f"<p>{_text(line)}</p>" for line in body.splitlines() if line.strip())
    cite = _cite(answer, notice.marker)
    if notice.signal == "lockout":
        title = _text(first)
        return (
            f'<details class="fb-notice fb-signal-lockout" lang="{_line(notice.language)}">'
            f"<summary><b>{_line(word)}</b> {title} {cite}</summary>"
            f"{lines.split('</p>', 1)[-1]}</details>"
        )
    return (
        f'<div class="fb-notice fb-signal-{notice.signal}" lang="{_line(notice.language)}">'
        f"<b>{_line(word)}</b>{cite}{lines}</div>"
    )


def _causes(answer: Answer, *, is_ranking: bool) -> str:
    if not answer.causes:
        return ""
    busy = '<span class="fb-busy">ranking…</span>' if is_ranking else ""
    rows = "".join(_cause(answer, cause) for cause in answer.causes)
    check = (
        f'<p class="fb-check"><b>Check first</b> {_text(answer.first_check)} '
        '<span class="fb-where">the model’s suggestion</span></p>'
        if answer.first_check
        else ""
    )
    missing = (
        f'<p class="fb-missing"><b>To be sure</b> {_text(answer.missing)}</p>'
        if answer.missing
        else ""
    )
    return (
        f"<section><h4>Possible causes {busy}</h4>{check}"
        f'<ol class="fb-causes">{rows}</ol>{missing}</section>'
    )


def _cause(answer: Answer, cause: Cause) -> str:
    show_symptom = cause.symptom and len(answer.code_cards) != 1
    symptom = f'<div class="fb-symptom">{_text(cause.symptom)}</div>' if show_symptom else ""
    remedy = f'<div class="fb-remedy">{_text(cause.remedy)}</div>' if cause.remedy else ""
    note = f'<div class="fb-note">{_text(cause.note)}</div>' if cause.note else ""
    cite = _cite(answer, cause.marker)
    return f"<li>{symptom}<b>{_text(cause.text)}</b>{cite}{remedy}{note}</li>"


def _steps(answer: Answer) -> str:
    if not answer.steps:
        return ""
    rows = "".join(
        f'<li><span class="fb-no">{_line(step.number)}</span><span>{_text(step.text)}'
        f"{_cite(answer, step.marker)}</span></li>"
        for step in answer.steps
    )
    return f'<section><h4>{_text(answer.procedure)}</h4><ul class="fb-steps">{rows}</ul></section>'


def _parts(answer: Answer) -> str:
    if not answer.parts:
        return ""
    rows = "".join(
        f"<li><code>{_line(part.part_no)}</code> {_text(part.name)}"
        f"{_cite(answer, part.marker)}</li>"
        for part in answer.parts
    )
    return f'<section><h4>Parts</h4><ul class="fb-parts">{rows}</ul></section>'


def _quotes(answer: Answer) -> str:
    if not answer.quotes:
        return ""
    body = ""
    section: str | None = None
    for quote in answer.quotes:
        if quote.section != section:
            section = quote.section
            body += f'<div class="fb-label">{_text(section)}</div>'
        body += _quote(answer, quote)
    is_main = not answer.causes and not answer.steps
    tag = "open" if is_main else ""
    return f'<details class="fb-quotes" {tag}><summary>From the documents</summary>{body}</details>'


def _quote(answer: Answer, quote: Quote) -> str:
    cite = _cite(answer, quote.marker)
    if not quote.cells:
        return f"<p>{_text(quote.text)}{cite}</p>"
    pairs = list(zip(quote.header, quote.cells, strict=False)) or [("", c) for c in quote.cells]
    cells = "".join(
        f"<div><dt>{_text(title)}</dt><dd>{_text(cell)}</dd></div>" for title, cell in pairs if cell
    )
    return f'<dl class="fb-row">{cells}<div class="fb-row-cite">{cite}</div></dl>'


def _tickets(tickets: Sequence[SimilarTicket]) -> str:
    if not tickets:
        return ""
    rows = "".join(_ticket(ticket) for ticket in tickets)
    return (
        '<details class="fb-tickets"><summary>Similar tickets '
        f"({len(tickets)})</summary><ul>{rows}</ul></details>"
    )


def _ticket(ticket: SimilarTicket) -> str:
    day = (ticket.reported_at or "")[:10]
    facts = [day, ticket.asset, *ticket.parts]
    if ticket.downtime_min is not None:
        facts.append(f"{ticket.downtime_min:g} min down")
    head = " · ".join(_line(fact) for fact in facts if fact)
    done = " – ".join(_text(text) for text in (ticket.cause, ticket.resolution) if text)
    return (
        f"<li><code>{_line(ticket.ticket_id)}</code> {_text(ticket.title)}"
        f'<div class="fb-where">{head}</div><div>{done}</div></li>'
    )


def _foot(answer: Answer, *, is_ranking: bool) -> str:
    times = answer.timings
    total = "" if is_ranking else f" · whole answer {times.total_s:.1f} s"
    model = _line(answer.model or "no language model used") + _sent(answer)
    removed = (
        f' · <span title="{_line("; ".join(r.reason for r in answer.removed))}">'
        f"{len(answer.removed)} remark(s) removed by verification</span>"
        if answer.removed
        else ""
    )
    count = answer.searched_documents
    searched = f"{count} document{'s' * (count != 1)} searched"
    return (
        f'<div class="fb-foot">evidence {times.evidence_s:.2f} s{total} · {searched} · '
        f"{model}{removed}</div>"
    )


def _sent(answer: Answer) -> str:
    """Where the text of the question went for the language model, and what was held back."""
    if answer.sent is None:
        return ""
    where = "fb-sent" if answer.sent.host else "fb-stayed"
    note = f" · {_line(answer.sent.note)}" if answer.sent.note else ""
    shown = answer.model or answer.sent.host  # without either, no model was asked
    place = f' · <span class="{where}">{_line(answer.sent.place)}</span>' if shown else ""
    return place + note


def _cite(answer: Answer, marker: int) -> str:
    """The button of a citation; a script shows the page picture that its data names."""
    citation = answer.citation(marker)
    name = f"{citation.document_number or citation.document} {citation.revision}".strip()
    place = f"{name} · {citation.locator}"
    data = {
        "src": page_url(citation),
        "place": place,
        "section": citation.section,
        "quote": citation.quote,
        "top": f"{_top(citation):.0f}",
    }
    attributes = " ".join(f'data-{key}="{_line(value)}"' for key, value in data.items())
    label = _line(citation.locator if citation.kind == "history" else f"p. {citation.page}")
    return f'<button type="button" class="fb-cite" {attributes}>{label}</button>'


def page_url(citation: Citation) -> str:
    """The address of the picture of the cited page; empty where there is none to show.

    A ticket has no page. An answer may be older than the knowledge database, so the address names
    the file by its content and never by an id, which may be another file's by now.
    """
    if citation.kind == "history" or not citation.content_hash:
        return ""
    boxes = [box for box in citation.boxes if box.page == citation.page][:_MOST_MARKS]
    marks = ";".join(f"{b.left:.0f},{b.bottom:.0f},{b.right:.0f},{b.top:.0f}" for b in boxes)
    query = f"?{urlencode({'marks': marks})}" if marks else ""
    return f"/pages/{citation.content_hash}/{citation.page}.png{query}"


def _top(citation: Citation) -> float:
    """Height of the cited passage above the foot of the page, in points; 0 if unknown."""
    return max((box.top for box in citation.boxes if box.page == citation.page), default=0.0)


def _text(text: str) -> str:
    """Escape a text; line breaks become tags."""
    return "<br>".join(escape(line) for line in text.splitlines())


def _line(text: str) -> str:
    """Escape a text that stands on one line, as in an attribute; a line break becomes a space."""
    return escape(" ".join(text.split()))
