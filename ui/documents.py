"""The tab in which documents are added, looked at, approved, withdrawn, corrected and deleted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr
from sqlalchemy.exc import SQLAlchemyError

from index.access import LOCAL
from index.catalog import EVERY_STATUS
from index.intake_items import IntakeItem
from ingest.errors import IngestError
from ingest.reading import READERS
from ingest.tagging import Stated
from ui.document_detail import chip
from ui.intake_queue import Pace, queue_html, shown_name
from ui.revision_panel import RevisionPanel, in_words
from ui.taps import TAPS
from ui.wiring import Services

_COLUMNS = ["Id", "Title", "Number", "Rev.", "Status", "Applies to"]
_BUSY_S, _IDLE_S = 1.0, 10.0  # between two looks at the queue
_PRIVATE: dict[str, Any] = {"api_visibility": "private"}


@dataclass(frozen=True, slots=True)
class Said:
    """What a screen was told about its files: why some were refused, what a tap led to."""

    refused: tuple[str, ...] = ()
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
                self._upload = gr.File(
                    label="Add documents",
                    file_count="multiple",
                    file_types=sorted(READERS),
                    height=132,
                    elem_id="fb-upload",
                )
                self._hold = gr.Checkbox(
                    label="Keep new files as drafts until somebody approves them",
                    container=False,
                    elem_id="fb-hold",
                )
                self._queue = gr.HTML(js_on_load=TAPS, elem_id="fb-queue")
            with gr.Column(scale=7, min_width=460):
                self._panel = RevisionPanel(services)
        self._timer = gr.Timer(_BUSY_S)
        self.outputs = [self._every, self._table, *self._panel.outputs]
        self._bind()

    def _bind(self) -> None:
        self._table.select(self.choose, None, self._panel.outputs, **_PRIVATE)
        quiet: dict[str, Any] = {"show_progress": "hidden", **_PRIVATE}
        self._every.change(self.rows, self._every, self._table, **quiet)
        for change in self._panel.changes:
            change.then(self.rows, self._every, self._table, **quiet)
        shown = [self._queue, self._timer, self._said]
        self._upload.upload(
            self.add,
            [self._upload, self._hold],
            [*shown, self._upload],
            show_progress="hidden",
            **_PRIVATE,
        )
        self._queue.click(self.act, self._said, shown, show_progress="hidden", **_PRIVATE)
        self._timer.tick(
            self.tick,
            [self._said, self._seen, self._every],
            [self._queue, self._timer, self._seen, self._table],
            show_progress="hidden",
            **_PRIVATE,
        )

    def refresh(self) -> tuple[Any, ...]:
        """Show the documents that answer now, and none of them in detail."""
        return False, self.rows(False), *self._panel.empty()

    def rows(self, every: bool) -> list[list[str]]:
        """The list: a row for each revision that answers, or for every one."""
        catalog = self._services.catalog
        stored = catalog.documents(LOCAL, EVERY_STATUS) if every else catalog.documents(LOCAL)
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

    def choose(self, event: gr.SelectData) -> tuple[Any, ...]:
        """Show the chosen revision."""
        # By id: the list may be sorted, or have changed.
        return self._panel.show(int(event.row_value[0]))

    def add(self, paths: Sequence[str] | None, hold: bool) -> tuple[Any, ...]:
        """Take uploaded files in; what they hold is read by a process beside this one."""
        refused: list[str] = []
        there: list[str] = []
        is_queued = False
        for path in map(Path, paths or ()):
            for name, item in self._accept(path, hold=hold):
                if isinstance(item, str):
                    refused.append(item.replace(str(name), name.name))
                elif item.state == "done":
                    there.append(shown_name(item))
                else:
                    is_queued = True
            path.unlink(missing_ok=True)  # its original is kept, or it is refused
        if is_queued:
            self._services.ingestion.ensure_running(at_once=True)
        note = f"There already: {', '.join(there)}." if there else ""
        return *self._shown(Said(tuple(refused), note)), None

    def _accept(self, path: Path, *, hold: bool) -> list[tuple[Path, IntakeItem | str]]:
        try:
            return [
                (name, str(item) if isinstance(item, IngestError) else item)
                for name, item in self._services.desk.accept([path], Stated(), hold=hold)
            ]
        except OSError as error:
            reason = f"{path} could not be kept: {error.strerror}. Make room on the disk."
        except SQLAlchemyError as error:
            reason = f"{path} was not taken in. {in_words(error)}"
        return [(path, reason)]

    def act(self, event: gr.EventData, said: Said) -> tuple[Any, ...]:
        """Cancel, try again or dismiss the item whose button was tapped."""
        values: dict[str, Any] = event._data or {}
        number = str(values.get("item", ""))
        item = self._services.intake.item(int(number)) if number.isdecimal() else None
        note = self._act(str(values.get("act", "")), item) if item is not None else ""
        return self._shown(Said(said.refused, note))

    def _act(self, action: str, item: IntakeItem) -> str:
        intake, name = self._services.intake, shown_name(item)
        match action:
            case "cancel":
                if intake.cancel(item.item_id):
                    return f"{name} is cancelled. Add it again if you want it after all."
                return f"{name} is through already: look for it in the list."
            case "retry":
                if intake.try_again(item.item_id):
                    self._services.ingestion.ensure_running(at_once=True)
            case "dismiss":
                intake.dismiss(item.item_id)
        return ""

    def tick(self, said: Said, seen: int, every: bool) -> tuple[Any, ...]:
        """Look at the queue, and at the list where the knowledge has changed."""
        try:
            queue, timer, _ = self._shown(said)
            change = self._services.catalog.sequence()
            rows = gr.skip() if change == seen else self.rows(every)
        except SQLAlchemyError:  # busy; the next look is a second away
            return gr.skip(), gr.skip(), gr.skip(), gr.skip()
        return queue, timer, change, rows

    def _shown(self, said: Said) -> tuple[Any, ...]:
        """The queue, how often it is looked at, and what was said."""
        services = self._services
        found = services.intake.items("queued", "running", "failed")
        items = [item for item in found if item.kind == "document"]
        ingestion, lives = services.ingestion, services.home.worker_lives
        open_items = [item for item in items if item.state != "failed"]
        if any(item.state == "queued" or not lives(item.worker) for item in open_items):
            ingestion.ensure_running()
        elif not open_items:
            ingestion.note_idle()
        done = services.intake.finished_since(ingestion.run_began) if ingestion.run_began else []
        html = queue_html(
            items,
            done,
            pace=self._pace,
            problem=ingestion.problem(),
            refused=said.refused,
            note=said.note,
        )
        return html, gr.Timer(_BUSY_S if open_items else _IDLE_S), said
