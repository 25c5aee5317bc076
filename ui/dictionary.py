"""The tab in which a person decides what the plant's short forms and terms stand for."""

from __future__ import annotations

from html import escape
from typing import Any

import gradio as gr

from index.access import Principal
from index.dictionary import Term, TermStatus, mine
from index.errors import NotAllowed, TermUnknown
from ui.taps import TAPS
from ui.visitor import visitor
from ui.wiring import Services

_MOST_SHOWN = 100
_PRIVATE: dict[str, Any] = {"api_visibility": "private"}
_DECISIONS: dict[str, TermStatus] = {
    "approve": "approved",
    "reject": "rejected",
    "undo": "proposed",
}
_VIEWS: list[tuple[str, TermStatus]] = [
    ("Proposed", "proposed"),
    ("In use", "approved"),
    ("Rejected", "rejected"),
]
_KINDS = {
    "abbreviation": "short form",
    "initials": "short form",
    "misspelling": "misspelling",
    "definition": "defined in your documents",
    "translation": "translation",
    "common": "usual in many plants",
    "added": "added by hand",
}


class DictionaryTab:
    """Widgets and handlers of the tab."""

    def __init__(self, services: Services) -> None:
        self._services = services
        with gr.Row():
            with gr.Column(scale=8, min_width=470):
                self._view = gr.Radio(
                    _VIEWS, value="proposed", container=False, elem_id="fb-terms-view"
                )
                self._list = gr.HTML(js_on_load=TAPS, elem_id="fb-terms")
            with gr.Column(scale=4, min_width=300):
                self._look = gr.Button("Look for terms", elem_id="fb-terms-look")
                self._short = gr.Textbox(
                    label="Short form or term", max_length=60, elem_id="fb-terms-short"
                )
                self._long = gr.Textbox(label="Stands for", max_length=120, elem_id="fb-terms-long")
                self._add = gr.Button("Add", elem_id="fb-terms-add")
                self._note = gr.HTML(elem_id="fb-terms-note")
        self.outputs = [self._list, self._note]
        self._bind()

    def _bind(self) -> None:
        self._view.change(self.refresh, self._view, self.outputs, **_PRIVATE)
        self._look.click(self.look, None, [self._view, *self.outputs], **_PRIVATE)
        self._list.click(self.decide, self._view, self.outputs, show_progress="hidden", **_PRIVATE)
        self._add.click(
            self.add,
            [self._short, self._long, self._view],
            [self._short, self._long, *self.outputs],
            **_PRIVATE,
        )

    @property
    def view(self) -> gr.Radio:
        """Which terms are shown."""
        return self._view

    def refresh(self, view: TermStatus, request: gr.Request) -> tuple[str, str]:
        """Show the terms of a status."""
        return self._shown(visitor(self._services, request, "curate"), view), ""

    def _shown(self, principal: Principal, view: TermStatus) -> str:
        return terms_html(self._services.dictionary.terms(principal, view))

    def look(self, request: gr.Request) -> tuple[str, str, str]:
        """Look for terms in tickets and manuals, and show the proposals."""
        principal = visitor(self._services, request, "curate")
        proposals = mine(self._services.catalog, principal)
        added = self._services.dictionary.note(principal, proposals)
        shown = self._shown(principal, "proposed")
        noun = "new proposal" if added == 1 else "new proposals"
        return "proposed", shown, _note(f"{added} {noun}. Nothing is used before you approve it.")

    def decide(self, view: TermStatus, event: gr.EventData, request: gr.Request) -> tuple[str, str]:
        """Carry a tap on a term's button out."""
        principal = visitor(self._services, request, "curate")
        tapped: dict[str, Any] = event._data or {}  # what the script sends
        status = _DECISIONS.get(str(tapped.get("act", "")))
        said = ""
        if status is not None:
            try:
                self._services.dictionary.decide(principal, [int(tapped["item"])], status)
            except (TermUnknown, NotAllowed, ValueError) as error:
                said = str(error)
        return self._shown(principal, view), _note(said)

    def add(
        self, short: str, long: str, view: TermStatus, request: gr.Request
    ) -> tuple[str, str, str, str]:
        """Add an approved term."""
        principal = visitor(self._services, request, "curate")
        try:
            self._services.dictionary.add(principal, short, long)
        except TermUnknown as error:
            return short, long, self._shown(principal, view), _note(str(error))
        shown = self._shown(principal, view)
        return "", "", shown, _note(f"{short.strip()} is in use: it stands for {long.strip()}.")


def terms_html(terms: list[Term]) -> str:
    """A list of terms with the buttons that decide on each."""
    if not terms:
        return '<p class="fb-where">None yet.</p>'
    rows = [_row(term) for term in terms[:_MOST_SHOWN]]
    if len(terms) > _MOST_SHOWN:
        rows.append(f'<li class="fb-item fb-where">and {len(terms) - _MOST_SHOWN} more</li>')
    return f'<ul class="fb-queue">{"".join(rows)}</ul>'


def _row(term: Term) -> str:
    facts = [_KINDS[term.kind]]
    if term.count:
        facts.append(f"in {term.count} places" if term.count > 1 else "in 1 place")
    examples = "".join(f"<p>“{escape(text)}”</p>" for text in term.examples)
    if term.status == "proposed":
        buttons = _button("reject", term, "Reject") + _button("approve", term, "Approve")
    else:
        buttons = _button("undo", term, "Undo")
    return (
        f'<li class="fb-item"><div class="fb-item-text"><b>{escape(term.short)}</b> stands for '
        f"<b>{escape(term.long)}</b>"
        f'<div class="fb-where">{" · ".join(facts)}{examples}</div></div>'
        f'<div class="fb-item-acts">{buttons}</div></li>'
    )


def _button(act: str, term: Term, label: str) -> str:
    return (
        f'<button type="button" class="fb-act" data-act="{act}" data-item="{term.term_id}" '
        f'aria-label="{label}: {escape(term.short)}">{label}</button>'
    )


def _note(text: str) -> str:
    return f'<p class="fb-where">{escape(text)}</p>' if text else ""
