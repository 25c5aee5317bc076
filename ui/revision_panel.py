"""The panel about one revision: what was read from it, its pages, and what people do with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from index.access import Principal
from index.catalog import StoredDocument
from index.decisions import Decisions
from index.errors import KnowledgeError
from index.page_chunks import PageChunks
from ingest.readers.image_file import IMAGE_ENDINGS
from ui import deciding
from ui.correction_form import build_form, form_values, read_form
from ui.document_detail import (
    NOTHING,
    facts_html,
    failure,
    head_html,
    report_html,
)
from ui.page_view import page_view_html
from ui.visitor import visitor
from ui.wiring import Services

_QUESTIONS = {
    "approve": "Let this revision answer? What it replaces answers no more.",
    "withdraw": "Withdraw this revision? It answers no more, and what cites it carries a mark.",
    "delete": (
        "Delete this document with <b>all its revisions</b> for good? To keep it for reference, "
        "withdraw it."
    ),
}
_YES = {"approve": "Yes, approve it", "withdraw": "Yes, withdraw it", "delete": "Delete for good"}
_NO_SUCH = "It was deleted before."
_PRIVATE: dict[str, Any] = {"api_visibility": "private"}
Outputs = tuple[Any, ...]


class RevisionPanel:
    """Widgets and handlers of the panel; built inside the column that holds it."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._chosen = gr.State(0)
        self._action = gr.State("")
        self._head = gr.HTML(NOTHING, elem_id="fb-document")
        with gr.Row(visible=False, elem_classes="fb-doc-acts") as self._acts:
            self._approve = gr.Button("Approve", min_width=90)
            self._withdraw = gr.Button("Withdraw", min_width=90)
            self._correct = gr.Button("Correct tags", min_width=110)
            self._delete = gr.Button("Delete", min_width=90)
        with gr.Column(visible=False, elem_classes="fb-confirm") as self._confirm:
            self._question = gr.HTML()
            self._reason = gr.Textbox(
                label="Why? Shown wherever it is cited.", max_length=300, elem_id="fb-reason"
            )
            with gr.Row():
                self._yes = gr.Button("Yes", variant="stop", elem_id="fb-yes")
                self._no = gr.Button("No, leave it as it is", elem_id="fb-no")
        with gr.Column(visible=False, elem_classes="fb-form") as self._form:
            self._inputs = build_form()
            with gr.Row():
                self._save = gr.Button("Save", variant="primary", elem_id="fb-correct-save")
                self._close = gr.Button("Close", elem_id="fb-correct-close")
        self._said = gr.HTML(elem_id="fb-said")
        with gr.Column(visible=False) as self._body, gr.Tabs(elem_id="fb-doc-tabs"):
            with gr.Tab("Facts"):
                self._facts = gr.HTML()
            with gr.Tab("Quality report"):
                self._report = gr.HTML(elem_id="fb-report")
            with gr.Tab("Pages and pieces"):
                with gr.Row(elem_classes="fb-pager"):
                    self._before = gr.Button("‹ Back", min_width=80)
                    self._part = gr.Number(
                        1, minimum=1, precision=0, show_label=False, label="Page", container=False
                    )
                    self._count = gr.HTML()
                    self._after = gr.Button("Next ›", min_width=80)
                self._page = gr.HTML(elem_id="fb-page-view")
        self.outputs = [
            self._chosen,
            self._head,
            self._said,
            self._acts,
            self._approve,
            self._withdraw,
            self._confirm,
            self._form,
            self._body,
            self._facts,
            self._report,
            self._part,
            self._count,
            self._page,
        ]
        self._bind()

    def _bind(self) -> None:
        asked = [
            self._action,
            self._question,
            self._reason,
            self._yes,
            self._confirm,
            self._form,
            self._said,
        ]
        for button, action in (
            (self._approve, "approve"),
            (self._withdraw, "withdraw"),
            (self._delete, "delete"),
        ):
            button.click(self._asking(action), None, asked, **_PRIVATE)
        self._no.click(lambda: gr.update(visible=False), None, self._confirm, **_PRIVATE)
        self._correct.click(
            self.open_form,
            self._chosen,
            [self._form, self._confirm, self._said, *self._inputs],
            **_PRIVATE,
        )
        self._close.click(lambda: gr.update(visible=False), None, self._form, **_PRIVATE)
        turned = [self._part, self._page]
        self._part.input(
            self.turn, [self._chosen, self._part], self._page, show_progress="hidden", **_PRIVATE
        )
        for button, step in ((self._before, -1), (self._after, 1)):
            button.click(
                self._leafing(step),
                [self._chosen, self._part],
                turned,
                show_progress="hidden",
                **_PRIVATE,
            )
        self.changes = [
            self._yes.click(
                self.carry_out,
                [self._action, self._chosen, self._reason],
                self.outputs,
                **_PRIVATE,
            ),
            self._save.click(self.correct, [self._chosen, *self._inputs], self.outputs, **_PRIVATE),
        ]
        """Events after which the list of documents is another one."""

    def _asking(self, action: str) -> Callable[[gr.Request], Outputs]:
        def ask(request: gr.Request) -> Outputs:
            return self.ask(action, request)

        return ask

    def _leafing(self, step: int) -> Callable[[int, float | None, gr.Request], Outputs]:
        def leaf(revision_id: int, part: float | None, request: gr.Request) -> Outputs:
            return self.leaf(revision_id, part, step, request)

        return leaf

    def show(self, principal: Principal, revision_id: int, said: str = "") -> Outputs:
        """Show a revision; ``said`` is HTML about what was just done with it."""
        try:
            stored = self._services.curator.revision(principal, revision_id)
        except KnowledgeError:
            return self.empty(said or f"<p>{_NO_SUCH}</p>")
        decision = Decisions(self._services.records.engine).latest(stored.content_hash)
        count = self._pages.count_parts(principal, revision_id)
        can_approve = stored.status != "approved"
        return (
            revision_id,
            head_html(stored, decision),
            said,
            gr.update(visible=deciding.may_decide(principal, stored)),
            gr.update(visible=can_approve),
            gr.update(visible=stored.status != "withdrawn"),
            gr.update(visible=False),
            gr.update(visible=False),
            gr.update(visible=True),
            facts_html(stored),
            report_html(stored),
            gr.update(value=1, maximum=max(count, 1)),
            f'<span class="fb-where">of {count}</span>',
            self._page_html(principal, stored, 1),
        )

    def empty(self, head: str = NOTHING) -> Outputs:
        """Show no revision."""
        hide = gr.update(visible=False)
        return 0, head, "", hide, hide, hide, hide, hide, hide, "", "", 1, "", ""

    def ask(self, action: str, request: gr.Request) -> Outputs:
        """Ask whether an action is meant."""
        visitor(self._services, request, "curate")
        return (
            action,
            f"<p>{_QUESTIONS[action]}</p>",
            gr.update(visible=action == "withdraw", value=""),
            _YES[action],
            gr.update(visible=True),
            gr.update(visible=False),
            "",
        )

    def carry_out(self, action: str, revision_id: int, reason: str, request: gr.Request) -> Outputs:
        """Do what was asked for and say what came of it."""
        principal = visitor(self._services, request, "curate")
        try:
            match action:
                case "approve":
                    said = deciding.approve(self._services, principal, revision_id)
                case "withdraw":
                    said = deciding.withdraw(self._services, principal, revision_id, reason)
                case "delete":
                    return self.empty(deciding.delete(self._services, principal, revision_id))
                case _:
                    said = ""
        except deciding.FAILURES as error:
            said = failure(deciding.in_words(error))
        return self.show(principal, revision_id, said)

    def open_form(self, revision_id: int, request: gr.Request) -> Outputs:
        """Open the form with what is said about a revision now."""
        principal = visitor(self._services, request, "curate")
        try:
            stored = self._services.curator.revision(principal, revision_id)
        except KnowledgeError:
            hide = gr.update(visible=False)
            return hide, hide, failure(_NO_SUCH), *(gr.update() for _ in self._inputs)
        return (gr.update(visible=True), gr.update(visible=False), "", *form_values(stored))

    def correct(self, request: gr.Request, revision_id: int, *typed: str | None) -> Outputs:
        """Store what was changed in the form; what was not stays as it was read."""
        principal = visitor(self._services, request, "curate")
        try:
            stored = self._services.curator.revision(principal, revision_id)
            changed = read_form(stored, typed, self._services.assets, principal)
            if not changed:
                return self.show(principal, revision_id, "<p>Nothing was changed.</p>")
            stored = self._services.curator.correct(principal, revision_id, changed)
        except deciding.FAILURES as error:
            same: list[Any] = [gr.update() for _ in self.outputs]
            same[2] = failure(deciding.in_words(error))  # the form stays open with what was typed
            return tuple(same)
        citing = deciding.told_citing(self._services, principal, [stored.content_hash])
        return self.show(principal, revision_id, f"<p><b>Corrected.</b></p>{citing}")

    def leaf(self, revision_id: int, part: float | None, step: int, request: gr.Request) -> Outputs:
        """Turn to the page before or after."""
        principal = visitor(self._services, request)
        last = max(self._pages.count_parts(principal, revision_id), 1)
        wanted = min(max(int(part or 1) + step, 1), last)
        return wanted, self.turn(revision_id, wanted, request)

    def turn(self, revision_id: int, part: float | None, request: gr.Request) -> str:
        """Turn to a page."""
        principal = visitor(self._services, request)
        try:
            stored = self._services.curator.revision(principal, revision_id)
        except KnowledgeError:
            return ""
        return self._page_html(principal, stored, int(part or 1))

    def _page_html(self, principal: Principal, stored: StoredDocument, part: int) -> str:
        pages = self._pages
        has_picture = stored.original.endswith((".pdf", *IMAGE_ENDINGS))
        size = pages.page_size(principal, stored.revision_id, part) if has_picture else None
        chunks = pages.of_part(principal, stored.revision_id, part)
        return page_view_html(stored.content_hash, part, size, chunks)

    @property
    def _pages(self) -> PageChunks:
        return PageChunks(self._services.catalog.engine)
