"""What is known about a revision as HTML: facts, quality of the reading, who cites it (pure).

Every text is escaped. A report is whatever a reader wrote once, so nothing in it is taken for
granted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from assistant.recalls import Citing
from index.catalog import StoredDocument
from index.decisions import Decision
from ingest.curation import Deletion

NOTHING = '<p class="fb-where">Choose a document in the list to see what was read from it.</p>'
_SURE = 0.85  # confidence of the character recognition below which a page is to be looked at
_MOST_PAGES = 60  # named one by one
_MOST_CITING = 50


def head_html(stored: StoredDocument, decision: Decision | None) -> str:
    """Title and status of a revision, with the reason why it was withdrawn."""
    name = " ".join(part for part in (stored.number, stored.revision) if part)
    why = ""
    if stored.status == "withdrawn" and decision is not None and decision.status == "withdrawn":
        reason = decision.reason or "no reason given"
        why = f'<p class="fb-failed">Withdrawn on {escape(decision.at[:10])}: {escape(reason)}</p>'
    hidden = _whole(stored.report.get("hidden_pieces"))
    warn = (
        f'<p class="fb-failed">{counted(hidden, "piece")} of hidden text held back: see the '
        "quality report.</p>"
        if hidden
        else ""
    )
    return (
        f"<h3>{escape(stored.title)} {chip(stored.status)}</h3>"
        f'<p class="fb-where">{escape(name)}</p>{why}{warn}'
    )


def chip(status: str) -> str:
    """The status of a revision as a coloured word."""
    return f'<span class="fb-chip fb-is-{escape(status)}">{escape(status)}</span>'


def facts_html(stored: StoredDocument) -> str:
    """What is said about a revision."""
    return _list(
        [
            ("Number", stored.number),
            ("Revision", " of ".join(part for part in (stored.revision, stored.date) if part)),
            ("Kind", stored.kind),
            ("Language", stored.language),
            ("Models", ", ".join(stored.models)),
            ("Serial numbers", ", ".join(stored.serials)),
            ("Assets", ", ".join(stored.assets)),
            ("Site", stored.site or "every site"),
            ("Added", stored.ingested_at[:16].replace("T", " ")),
            ("From", stored.source),
        ]
    )


def report_html(stored: StoredDocument) -> str:
    """How well a file was read."""
    report = stored.report
    scans = [page for page in _items(report.get("ocr")) if isinstance(page, Mapping)]
    rotated = [f"{p.get('page')} ({p.get('rotation')}°)" for p in scans if p.get("rotation")]
    facts = _list(
        [
            ("Pages", str(report.get("pages") or stored.pages or 1)),
            ("Pages without text", _named(_items(report.get("pages_without_text"))) or "none"),
            ("Scanned pages", str(len(scans)) if scans else ""),
            ("Rotated pages", _named(rotated)),
            ("Searchable pieces", str(stored.chunks)),
            ("Tables", str(_whole(report.get("tables")))),
            ("Figures", str(_whole(report.get("figures")))),
            ("Alarm codes", str(_whole(report.get("codes")))),
            ("Part numbers", str(_whole(report.get("parts")))),
            ("Safety messages", str(_whole(report.get("safety_messages")))),
            ("Hidden text", f"{counted(_whole(report.get('hidden_pieces')), 'piece')} held back"),
        ]
    )
    return facts + _scans_html(scans) + _hidden_html(report)


def _scans_html(scans: Sequence[Mapping[str, Any]]) -> str:
    if not scans:
        return ""
    ordered = sorted(scans, key=lambda page: _share(page.get("confidence")))
    low = sum(_share(page.get("confidence")) < _SURE for page in ordered)
    rows = "".join(_scan_html(page) for page in ordered[:_MOST_PAGES])
    more = f"<li>and {len(ordered) - _MOST_PAGES} more</li>" if len(ordered) > _MOST_PAGES else ""
    warn = (
        f'<p class="fb-failed">{counted(low, "page")} read with low confidence: compare with the '
        "picture before you rely on numbers from there.</p>"
        if low
        else ""
    )
    return f'<h4>Recognised from pictures</h4>{warn}<ul class="fb-scans">{rows}{more}</ul>'


def _scan_html(page: Mapping[str, Any]) -> str:
    share = _share(page.get("confidence"))
    kind = "fb-low" if share < _SURE else ""
    turned = f", turned by {page['rotation']}°" if page.get("rotation") else ""
    lines = f", {counted(_whole(page['lines']), 'line')}" if "lines" in page else ""
    return (
        f'<li class="{kind}"><b>Page {escape(str(page.get("page", "?")))}</b> '
        f'<meter min="0" max="1" low="{_SURE}" high="{_SURE}" optimum="1" value="{share:.3f}">'
        f"</meter> {share:.0%} sure{escape(lines + turned)}</li>"
    )


def _hidden_html(report: Mapping[str, Any]) -> str:
    pieces = [piece for piece in _items(report.get("hidden")) if len(_items(piece)) == 3]
    if not pieces:
        return ""
    rows = "".join(
        f"<tr><td>{escape(str(page))}</td><td>{escape(str(text))}</td>"
        f"<td>{escape(str(reason))}</td></tr>"
        for page, text, reason in pieces
    )
    count = _whole(report.get("hidden_pieces"))
    more = f" The first {len(pieces)} of {count}." if count > len(pieces) else ""
    return (
        f"<h4>Hidden text that was held back</h4><p>Nobody who looks at the page sees this text, "
        f"so no answer uses it.{more}</p>"
        '<table class="fb-hidden"><thead><tr><th>Page</th><th>Text</th><th>Why</th></tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


def citing_html(citing: Sequence[Citing]) -> str:
    """The answers and work orders that cite a document."""
    if not citing:
        return "<p>No answer and no work order cites it.</p>"
    rows = "".join(
        f"<li><b>{escape(each.number or each.kind.capitalize())}</b> {escape(each.title)} "
        f'<span class="fb-where">{escape(each.owner)}, {escape(each.at[:16].replace("T", " "))}'
        "</span></li>"
        for each in citing[:_MOST_CITING]
    )
    more = f"<li>and {len(citing) - _MOST_CITING} more</li>" if len(citing) > _MOST_CITING else ""
    orders = sum(each.kind == "work order" for each in citing)
    counts = f"{counted(len(citing) - orders, 'answer')} and {counted(orders, 'work order')}"
    verb = "cites" if len(citing) == 1 else "cite"
    return (
        f'<div class="fb-citing"><p><b>{counts} {verb} it.</b> They carry a mark from now on.</p>'
        f"<ul>{rows}{more}</ul></div>"
    )


def deletion_html(deletion: Deletion, citing: Sequence[Citing]) -> str:
    """What a deletion left: counts of every store, and what cites the document."""
    name = f"{deletion.document.title} {deletion.document.revision}".strip()
    left = sum(deletion.traces.values())
    said = (
        f'<p class="fb-failed"><b>{counted(left, "trace")} left.</b> Run the command '
        "'faultbook knowledge rebuild'.</p>"
        if left
        else "<p>Every store was searched. Nothing is left of it.</p>"
    )
    cells = "".join(
        f'<li class="{"fb-low" if count else ""}">{escape(store)} <b>{count}</b></li>'
        for store, count in deletion.traces.items()
    )
    return (
        f'<h3>{escape(name)} is deleted.</h3>{said}<ul class="fb-traces">{cells}</ul>'
        f"{citing_html(citing)}"
    )


def failure(message: str) -> str:
    """Why something was not done."""
    return f'<p class="fb-failed" role="alert">{escape(message)}</p>'


def _list(facts: Sequence[tuple[str, str]]) -> str:
    rows = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>"
        for name, value in facts
        if value
    )
    return f'<dl class="fb-facts">{rows}</dl>'


def _named(pages: Sequence[object]) -> str:
    names = ", ".join(str(page) for page in pages[:_MOST_PAGES])
    return f"{names} and {len(pages) - _MOST_PAGES} more" if len(pages) > _MOST_PAGES else names


def counted(count: int, noun: str) -> str:
    """A number with its noun: "1 page", "2 pages"."""
    return f"{count} {noun}{'s' * (count != 1)}"


def _items(value: object) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else ()


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0


def _share(value: object) -> float:
    return min(max(float(value), 0.0), 1.0) if isinstance(value, int | float) else 0.0
