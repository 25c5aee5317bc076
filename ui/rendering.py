"""Answers as HTML (pure). Every text is escaped; the only links are our own page pictures.

The HTML holds no line breaks, because the chat component would take a blank line for the start of
Markdown.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from html import escape
from urllib.parse import urlencode

from assistant.messages import (
    Answer,
    Citation,
    CodeCard,
    Quote,
    SafetyNotice,
    SimilarTicket,
)
from assistant.phrases import Phrase, count, say
from assistant.phrases_labels import (
    CAUSE,
    CHECK_FIRST,
    DOCUMENTS_SEARCHED,
    EVIDENCE_ONLY,
    EVIDENCE_TIME,
    FROM_DOCUMENTS,
    LEFT_OUT,
    LOCKOUT,
    MINUTES_DOWN,
    MODEL_SUGGESTS,
    NO_MODEL,
    OTHER_SPELLING,
    PAGE,
    PARTS,
    POSSIBLE_CAUSES,
    RANKING,
    REMEDY,
    REMOVED,
    SEARCHED_AS,
    SHOW_FIGURE,
    SIMILAR_TICKETS,
    STATUS,
    TO_BE_SURE,
    WHOLE_TIME,
)
from ui.cause_html import closing_html, diagnosis_html
from ui.near_html import lockout_missing_html, nearest_html, translation_html
from ui.repairs_html import repairs_html
from ui.sent_text import place_of, withheld_of
from ui.source_html import disagreements_html, ticket_label_html

_MOST_MARKS = 40  # in the address of a page picture


def answer_html(
    answer: Answer, marks: Sequence[str] = (), *, is_ranking: bool = False, turn_id: str = ""
) -> str:
    """The answer as one block.

    Args:
        answer: what is shown.
        marks: what is to be said above it, as some of its documents are not what they were.
        is_ranking: whether the language model is still at work.
        turn_id: of the answer, where its causes can be ticked.
    """
    parts = [
        banner_html(marks),
        _status(answer),
        nearest_html(answer, partial(_cite, answer)),
        *(_card(answer, card) for card in answer.code_cards),
        _safety(answer),
        disagreements_html(answer, partial(_cite, answer)),
        _causes(answer, is_ranking=is_ranking, turn_id=turn_id),
        _steps(answer),
        closing_html(answer, partial(_cite, answer), partial(_notice, answer)),
        _parts(answer),
        repairs_html(answer),
        _tickets(answer),
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


def waiting_html(ahead: int) -> str:
    """A question that waits until others are answered; ``ahead`` of them come before it."""
    before = f"{ahead} question{'s' * (ahead != 1)} before yours."
    return f'<div class="fb-answer fb-wait">{_text(before)}</div>'


def _status(answer: Answer) -> str:
    about = f'<span class="fb-tag">{_line(answer.asset)}</span>' if answer.asset else ""
    message = f"<p>{_text(answer.message)}</p>" if answer.message else ""
    degraded = (
        f'<p class="fb-degraded">{_said(answer, EVIDENCE_ONLY, reason=answer.degraded_reason)}</p>'
        if answer.is_degraded
        else ""
    )
    if answer.notice:
        degraded += f'<p class="fb-degraded" role="status">{_text(answer.notice)}</p>'
    if answer.searched_as:
        searched = _said(answer, SEARCHED_AS, question=answer.searched_as)
        message += f'<p class="fb-where">{searched}</p>'
    if answer.status == "record":
        shown = f'data-figure="{_line(answer.question)}">{_said(answer, SHOW_FIGURE)}'
        message += f'<p><button type="button" class="fb-act" {shown}</button></p>'
    title = _said(answer, STATUS[answer.status])
    return (
        f'<div class="fb-status fb-{answer.status}"><strong>{title}</strong>{about}{message}</div>'
        f"{degraded}"
    )


def _card(answer: Answer, card: CodeCard) -> str:
    spelled = "" if card.is_exact else f" · {_said(answer, OTHER_SPELLING)}"
    where = " · ".join(_line(part) for part in (card.device, card.component) if part)
    body = ""
    if answer.code_status == "ambiguous" or (len(answer.code_cards) > 1 and not answer.causes):
        body = _list(_said(answer, CAUSE), card.causes)
        body += _list(_said(answer, REMEDY), card.remedies)
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
    blocks = lockout_missing_html(answer)
    blocks += "".join(_notice(answer, notice) for notice in answer.safety)
    return f'<section class="fb-safety">{blocks}</section>' if blocks else ""


def _notice(answer: Answer, notice: SafetyNotice) -> str:
    first, _, rest = notice.text.partition("\n")
    word = say(LOCKOUT, answer.language) if notice.signal == "lockout" else first
    body = rest if notice.signal != "lockout" else notice.text
    lines = "".join(f"<p>{_text(line)}</p>" for line in body.splitlines() if line.strip())
    cite = _cite(answer, notice.marker)
    if notice.signal == "lockout":
        title = _text(first)
        return (
            f'<details class="fb-notice fb-signal-lockout" lang="{_line(notice.language)}">'
            f"<summary><b>{_line(word)}</b> {title} {cite}</summary>"
            f"{lines.split('</p>', 1)[-1]}{translation_html(answer, notice)}</details>"
        )
    return (
        f'<div class="fb-notice fb-signal-{notice.signal}" lang="{_line(notice.language)}">'
        f"<b>{_line(word)}</b>{cite}{lines}{translation_html(answer, notice)}</div>"
    )


def _causes(answer: Answer, *, is_ranking: bool, turn_id: str) -> str:
    """Causes and what to check next."""
    busy = f'<span class="fb-busy">{_said(answer, RANKING)}</span>' if is_ranking else ""
    heading = f"<h4>{_said(answer, POSSIBLE_CAUSES)} {busy}</h4>"
    is_other = answer.next_check is None or answer.first_check != answer.next_check.text
    if answer.first_check and is_other:
        heading += (
            f'<p class="fb-where"><b>{_said(answer, CHECK_FIRST)}</b> '
            f"{_text(answer.first_check)} ({_said(answer, MODEL_SUGGESTS)})</p>"
        )
    if answer.missing:
        sure = f"<b>{_said(answer, TO_BE_SURE)}</b>"
        heading += f'<p class="fb-missing">{sure} {_text(answer.missing)}</p>'
    return diagnosis_html(
        answer,
        partial(_cite, answer),
        heading=heading,
        turn_id="" if is_ranking else turn_id,
    )


def _steps(answer: Answer) -> str:
    if not answer.steps:
        return ""
    # What the procedure ends with stands apart, to be verified before return to service.
    apart = {one.marker for c in answer.service_checks if not c.causes for one in c.sentences}
    rows = "".join(
        f'<li><span class="fb-no">{_line(step.number)}</span><span>{_text(step.text)}'
        f"{_cite(answer, step.marker)}</span></li>"
        for step in answer.steps
        if step.marker not in apart
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
    title = _said(answer, PARTS)
    return f'<section><h4>{title}</h4><ul class="fb-parts">{rows}</ul></section>'


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
    title = _said(answer, FROM_DOCUMENTS)
    return f'<details class="fb-quotes" {tag}><summary>{title}</summary>{body}</details>'


def _quote(answer: Answer, quote: Quote) -> str:
    cite = _cite(answer, quote.marker)
    if not quote.cells:
        return f"<p>{_text(quote.text)}{cite}</p>"
    pairs = list(zip(quote.header, quote.cells, strict=False)) or [("", c) for c in quote.cells]
    cells = "".join(
        f"<div><dt>{_text(title)}</dt><dd>{_text(cell)}</dd></div>" for title, cell in pairs if cell
    )
    return f'<dl class="fb-row">{cells}<div class="fb-row-cite">{cite}</div></dl>'


def _tickets(answer: Answer) -> str:
    tickets = answer.similar_tickets
    if not tickets:
        return ""
    rows = "".join(_ticket(ticket, answer) for ticket in tickets)
    return (
        f'<details class="fb-tickets"><summary>{_said(answer, SIMILAR_TICKETS)} '
        f"({len(tickets)})</summary><ul>{rows}</ul></details>"
    )


def _ticket(ticket: SimilarTicket, answer: Answer) -> str:
    day = (ticket.reported_at or "")[:10]
    facts = [day, ticket.asset, *ticket.parts]
    if ticket.downtime_min is not None:
        minutes = f"{ticket.downtime_min:g}"
        facts.append(say(MINUTES_DOWN, answer.language, minutes=minutes))
    head = " · ".join(_line(fact) for fact in facts if fact)
    done = " – ".join(_text(text) for text in (ticket.cause, ticket.resolution) if text)
    return (
        f"<li><code>{_line(ticket.ticket_id)}</code> {_text(ticket.title)}"
        f'<div class="fb-where">{head}</div><div>{done}</div>'
        f"{ticket_label_html(ticket, answer)}</li>"
    )


def _foot(answer: Answer, *, is_ranking: bool) -> str:
    times, language = answer.timings, answer.language
    parts = [_said(answer, EVIDENCE_TIME, seconds=f"{times.evidence_s:.2f}")]
    if not is_ranking:
        parts.append(_said(answer, WHOLE_TIME, seconds=f"{times.total_s:.1f}"))
    parts.append(_line(count(DOCUMENTS_SEARCHED, language, answer.searched_documents)))
    parts.append(_line(answer.model or say(NO_MODEL, language)) + _sent(answer))
    if answer.removed:
        why = _line("; ".join(each.reason for each in answer.removed))
        said = _line(count(REMOVED, language, len(answer.removed)))
        parts.append(f'<span title="{why}">{said}</span>')
    if answer.left_out:
        parts.append(_line(count(LEFT_OUT, language, answer.left_out)))
    return f'<div class="fb-foot">{" · ".join(parts)}</div>'


def _sent(answer: Answer) -> str:
    """Where the text of the question went for the language model, and what was held back."""
    if answer.sent is None:
        return ""
    where = "fb-sent" if answer.sent.host else "fb-stayed"
    withheld = withheld_of(answer.sent, answer.language)
    note = f" · {_line(withheld)}" if withheld else ""
    shown = answer.model or answer.sent.host  # without either, no model was asked
    said = _line(place_of(answer.sent, answer.language))
    place = f' · <span class="{where}">{said}</span>' if shown else ""
    return place + note


def _said(answer: Answer, phrase: Phrase, **values: object) -> str:
    """A phrase in the language of an answer, escaped."""
    return _text(say(phrase, answer.language, **values))


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
    page = say(PAGE, answer.language, page=citation.page)
    label = _line(citation.locator if citation.kind == "history" else page)
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
