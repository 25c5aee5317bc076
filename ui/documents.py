"""The tab in which documents are added, looked at, approved, withdrawn, corrected and deleted.

Everybody sees the list of what is theirs to see; the box to add files and the queue are shown to
who may take files in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr
from sqlalchemy.exc import SQLAlchemyError

from index.access import LOCAL, Principal
from index.catalog import EVERY_STATUS
from index.errors import NotAllowed
from index.intake_items import IntakeItem
from ui.document_detail import chip
from ui.intake_queue import Pace, queue_html, shown_name
from ui.reach_choices import reach_choices
from ui.revision_panel import RevisionPanel
from ui.taps import TAPS
from ui.upload_box import PROGRESS, UPLOADED, upload_html
from ui.visitor import visitor
from ui.wiring import Services

_COLUMNS = ["Id", "Title", "Number", "Rev.", "Status", "Applies to"]
_BUSY_S, _IDLE_S = 1.0, 10.0  # between two looks at the queue
_NOT_TOLD = "An administrator sees why."
_PRIVATE: dict[str, Any] = {"api_visibility": "private"}


@dataclass(frozen=True, slots=True)
class Said:
    """What a screen was told about its files: what a tap led to."""

    note: str = ""


class DocumentsTab:
    """Widgets and handlers of the tab."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._pace = Pace()
        self._said = gr.State(Said())
        self._seen = gr.State(-1)  # the change of the knowledge that the list shows
        with gr.Row():
            with gr.Column(scale=5, min_width=470):
                self._every = gr.Checkbox(
                    label="Show drafts and old revisions", container=False, elem_id="fb-every"
                )
                self._table = gr.Dataframe(
                    headers=_COLUMNS,
                    datatype=["str", "str", "str", "str", "html", "str"],
                    interactive=False,
                    show_label=False,
                    wrap=True,
                    column_widths=["7%", "29%", "17%", "9%", "22%", "16%"],
                    max_height=300,
                    buttons=[],
                    elem_id="fb-documents",
                )
                with gr.Column(visible=False) as self._adding:
                    self._upload = gr.HTML(elem_id="fb-upload")
                    self._sending = gr.HTML(PROGRESS, js_on_load=UPLOADED)
                    self._queue = gr.HTML(js_on_load=TAPS, elem_id="fb-queue")
            with gr.Column(scale=7, min_width=460):
                self._panel = RevisionPanel(services)
        self._timer = gr.Timer(_BUSY_S)
        self.outputs = [
            self._every,
            self._table,
            self._adding,
            self._upload,
            *self._panel.outputs,
        ]
        self._bind()

    def _bind(self) -> None:
        self._table.select(self.choose, None, self._panel.outputs, **_PRIVATE)
        quiet: dict[str, Any] = {"show_progress": "hidden", **_PRIVATE}
        self._every.change(self.rows, self._every, self._table, **quiet)
        for change in self._panel.changes:
            change.then(self.rows, self._every, self._table, **quiet)
        shown = [self._queue, self._timer, self._said]
        self._sending.click(self.look, self._said, shown, **quiet)
        self._queue.click(self.act, None, shown, show_progress="hidden", **_PRIVATE)
        self._timer.tick(
            self.tick,
            [self._said, self._seen, self._every],
            [self._queue, self._timer, self._seen, self._table],
            show_progress="hidden",
            **_PRIVATE,
        )

    def refresh(self, request: gr.Request) -> tuple[Any, ...]:
        """Show the documents that answer now, and none of them in detail."""
        principal = visitor(self._services, request)
        rows, adding = self._rows(principal, False), gr.update(visible=principal.may("ingest"))
        return False, rows, adding, self._upload_html(principal), *self._panel.empty()

    def _upload_html(self, principal: Principal) -> str:
        if not principal.may("ingest"):
            return ""
        services = self._services
        is_bound = principal.sites is not None and principal.groups is not None
        documents = [] if is_bound else services.catalog.documents(principal, EVERY_STATUS)
        sites, groups = reach_choices(services, principal, documents)
        return upload_html(principal, sites, groups, services.settings.limits.upload_mb)

    def rows(self, every: bool, request: gr.Request) -> list[list[str]]:
        """The list: a row for each revision that answers, or for every one."""
        return self._rows(visitor(self._services, request), every)

    def _rows(self, principal: Principal, every: bool) -> list[list[str]]:
        catalog = self._services.catalog
        stored = (
            catalog.documents(principal, EVERY_STATUS) if every else catalog.documents(principal)
        )
        return [
            [
                str(document.revision_id),
                document.title,
                document.number,
                document.revision,
                chip(document.status),
                ", ".join((*document.models, *document.assets)) or "nothing yet",
            ]
            for document in stored
            if document.kind != "history"
        ]

    def choose(self, event: gr.SelectData, request: gr.Request) -> tuple[Any, ...]:
        """Show the chosen revision."""
        # By id: the list may be sorted, or have changed.
        return self._panel.show(visitor(self._services, request), int(event.row_value[0]))

    def look(self, said: Said, request: gr.Request) -> tuple[Any, ...]:
        """Look at the queue."""
        return self._shown(visitor(self._services, request), said)

    def act(self, event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
        """Cancel, try again or dismiss the item whose button was tapped."""
        principal = visitor(self._services, request, "ingest")
        values: dict[str, Any] = event._data or {}
        number = str(values.get("item", ""))
        intake = self._services.intake
        item = intake.item(principal, int(number)) if number.isdecimal() else None
        try:
            note = self._act(principal, str(values.get("act", "")), item) if item else ""
        except NotAllowed as error:
            note = str(error)
        return self._shown(principal, Said(note))

    def _act(self, principal: Principal, action: str, item: IntakeItem) -> str:
        intake, name = self._services.intake, shown_name(item)
        match action:
            case "cancel":
                if intake.cancel(principal, item.item_id):
                    return f"{name} is cancelled. Add it again if you want it after all."
                return f"{name} is through already: look for it in the list."
            case "retry":
                if intake.try_again(principal, item.item_id):
                    self._services.ingestion.ensure_running(at_once=True)
            case "dismiss":
                intake.dismiss(principal, item.item_id)
        return ""

    def tick(self, said: Said, seen: int, every: bool, request: gr.Request) -> tuple[Any, ...]:
        """Look at the queue, and at the list where the knowledge has changed."""
        principal = visitor(self._services, request)
        try:
            queue, timer, _ = self._shown(principal, said)
            change = self._services.catalog.sequence()
            rows = gr.skip() if change == seen else self._rows(principal, every)
        except SQLAlchemyError:  # busy; the next look is a second away
            return gr.skip(), gr.skip(), gr.skip(), gr.skip()
        return queue, timer, change, rows

    def _shown(self, principal: Principal, said: Said) -> tuple[Any, ...]:
        """The queue, how often it is looked at, and what was said."""
        if not principal.may("ingest"):
            return "", gr.Timer(_IDLE_S), said
        services, ingestion = self._services, self._services.ingestion
        self._keep_running()
        found = services.intake.items(principal, "queued", "running", "failed")
        items = [item for item in found if item.kind == "document"]
        is_busy = any(item.state != "failed" for item in items)
        began = ingestion.run_began
        problem = ingestion.problem()
        if problem and not principal.may("administer"):
            problem = _NOT_TOLD  # it names files of every site
        html = queue_html(
            items,
            services.intake.finished_since(principal, began) if began else [],
            pace=self._pace,
            problem=problem,
            note=said.note,
        )
        return html, gr.Timer(_BUSY_S if is_busy else _IDLE_S), said

    def _keep_running(self) -> None:
        """Have the process run while anything waits, whoever it belongs to: nothing is shown."""
        services = self._services
        ingestion, lives = services.ingestion, services.home.worker_lives
        waiting = [
            item
            for item in services.intake.items(LOCAL, "queued", "running")
            if item.kind == "document"
        ]
        if any(item.state == "queued" or not lives(item.worker) for item in waiting):
            ingestion.ensure_running()
        elif not waiting:
            ingestion.note_idle()
