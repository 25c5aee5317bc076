"""A session that was handed over, as a page to read and print (pure). It has no script.

Every text is escaped; what documents say stands as they say it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from assistant.causes.settling import minute
from assistant.fault_sessions.checks import Check
from assistant.fault_sessions.handovers import Handover
from assistant.messages import Answer, Cause, Citation, SafetyNotice

SHEET = "/shell/handover.css"
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'none'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_VERDICTS = {
    ("cause", "ok"): "in order",
    ("cause", "not_ok"): "NOT in order",
    ("symptom", "ok"): "not seen",
    ("symptom", "not_ok"): "seen",
}


def handover_page(handover: Handover, marks: Sequence[str] = ()) -> str:
    """The page.

    Args:
        handover: as its reader may see it.
        marks: what is to be said of cited documents that changed since.
    """
    answer = handover.answer
    is_shown = answer is not None and not answer.is_withheld
    about = _about(answer) if answer is not None and is_shown else ""
    parts = [
        _marks(marks),
        f"<h1>Handover{about}</h1>",
        f'<p class="facts">Handed over by <b>{_text(handover.by)}</b> to '
        f"<b>{_text(handover.receiver)}</b> on {minute(handover.at)}</p>",
    ]
    if handover.note:
        parts.append(f"<h2>Note</h2><p>{_text(handover.note)}</p>")
    parts.append(_reported(handover))
    if answer is not None and is_shown:
        parts += [
            _codes(answer),
            _safety(answer.safety),
            _checked(handover.checks),
            _open(answer),
            _steps(answer),
            _service(answer),
            _gaps(answer),
            _sources(answer),
        ]
    elif answer is not None:
        parts.append(f'<p class="bad">{_text(answer.message)}</p>')
    title = f"Handover {answer.asset}" if is_shown and answer and answer.asset else "Handover"
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)} · Faultbook</title>\n"
        f'<link rel="icon" href="data:,">\n<link rel="stylesheet" href="{SHEET}">\n</head>\n'
        f'<body>\n<header><b>Faultbook</b><a href="/">Back to the app</a></header>\n'
        f"<main>\n{''.join(parts)}\n</main>\n</body>\n</html>\n"
    )


def _about(answer: Answer) -> str:
    codes = dict.fromkeys(card.code for card in answer.code_cards)
    names = [name for name in (answer.asset, *codes) if name]
    return f": {_text(' · '.join(names))}" if names else ""


def _marks(marks: Sequence[str]) -> str:
    if not marks:
        return ""
    lines = "".join(f"<p>{_text(mark)}</p>" for mark in marks)
    said = "<b>STOP. This cites a document that has changed.</b>"
    return f'<div class="stop" role="alert">{said}{lines}</div>'


def _reported(handover: Handover) -> str:
    rows = "".join(
        f"<tr><td>{minute(asked.at)}</td><td>{_text(asked.question)}</td></tr>"
        for asked in handover.asked
    )
    answer = handover.answer
    if answer is not None and answer.reported and not answer.is_withheld:
        rows += f"<tr><td></td><td>{_text(answer.reported)}</td></tr>"
    return f"<h2>Reported</h2><table><tbody>{rows}</tbody></table>"


def _codes(answer: Answer) -> str:
    rows = "".join(
        f"<li><b>{_text(card.code)}</b> {_text(card.meaning)} "
        f"({_text(', '.join(filter(None, (card.device, card.component))))}) [{card.marker}]</li>"
        for card in answer.code_cards
    )
    machine = f"<p>Machine: <b>{_text(answer.asset)}</b></p>" if answer.asset else ""
    if not answer.asset:
        machine = "<p>Machine: none was chosen</p>"
    return f"<h2>Machine and code</h2>{machine}" + (f"<ul>{rows}</ul>" if rows else "")


def _safety(notices: Iterable[SafetyNotice]) -> str:
    blocks = "".join(
        f'<div class="notice {notice.signal}" lang="{escape(notice.language)}">'
        + "".join(f"<p>{escape(line)}</p>" for line in notice.text.splitlines())
        + f'<p class="where">[{notice.marker}]</p></div>'
        for notice in notices
    )
    return f"<h2>Safety</h2>{blocks}" if blocks else ""


def _checked(checks: Sequence[Check]) -> str:
    if not checks:
        return "<h2>Checked</h2><p>Nothing was checked yet.</p>"
    rows = "".join(
        f'<tr class="{check.verdict}"><td>{_text(check.text)}</td>'
        f"<td><b>{_VERDICTS[check.kind, check.verdict]}</b></td>"
        f"<td>{_text(check.by)}</td><td>{minute(check.at)}</td></tr>"
        for check in checks
    )
    head = "<tr><th>Checked</th><th>Found</th><th>By</th><th>When</th></tr>"
    return f"<h2>Checked</h2><table><thead>{head}</thead><tbody>{rows}</tbody></table>"


def _open(answer: Answer) -> str:
    found = [cause for cause in answer.causes if cause.state == "found"]
    still = [cause for cause in answer.causes if cause.state == "open"]
    parts = ""
    if found:
        parts += f"<h2>Found not in order</h2><ol>{''.join(map(_cause, found))}</ol>"
    if still:
        parts += f"<h2>Still open</h2><ol>{''.join(map(_cause, still))}</ol>"
    elif answer.causes and not found:
        parts += "<h2>Still open</h2><p>Every cause that the documents give was found in order.</p>"
    check = answer.next_check
    if check is not None:
        parts += (
            f'<p class="next"><b>Next check</b> {_text(check.text)} [{check.marker}]<br>'
            f"<small>{_text(check.why)}</small></p>"
        )
    return parts


def _cause(cause: Cause) -> str:
    remedy = f"<br>{_text(cause.remedy)}" if cause.remedy else ""
    return f"<li><b>{_text(cause.text)}</b>{remedy} [{cause.marker}]</li>"


def _steps(answer: Answer) -> str:
    rows = "".join(
        f"<li>{_text(f'{step.number} {step.text}'.strip())} [{step.marker}]</li>"
        for step in answer.steps
    )
    return f'<h2>{_text(answer.procedure)}</h2><ul class="steps">{rows}</ul>' if rows else ""


def _service(answer: Answer) -> str:
    """What to verify, below those safety messages of the section that stand nowhere above."""
    told = {notice.text for notice in answer.safety}
    parts = ""
    for check in answer.service_checks:
        own = [notice for notice in check.safety if notice.text not in told]
        told |= {notice.text for notice in own}
        rows = "".join(
            f"<li>{_text(f'{one.number} {one.text}'.strip())} [{one.marker}]</li>"
            for one in check.sentences
        )
        blocks = _safety(own).removeprefix("<h2>Safety</h2>")
        parts += f"<h3>{_text(check.section)}</h3>{blocks}<ul>{rows}</ul>"
    return f"<h2>Verify before return to service</h2>{parts}" if parts else ""


def _gaps(answer: Answer) -> str:
    rows = "".join(f"<li>{_text(gap)}</li>" for gap in answer.gaps)
    return f"<h2>Missing to be sure</h2><ul>{rows}</ul>" if rows else ""


def _sources(answer: Answer) -> str:
    rows = "".join(f"<li>{_source(citation)}</li>" for citation in answer.citations)
    return f'<h2>Sources</h2><ul class="sources">{rows}</ul>' if rows else ""


def _source(citation: Citation) -> str:
    name = f"{citation.document_number or citation.document} {citation.revision}".strip()
    where = ", ".join(filter(None, (name, citation.locator, citation.section)))
    return f"[{citation.marker}] {_text(where)}"


def _text(text: str) -> str:
    return "<br>".join(escape(line) for line in text.splitlines())
