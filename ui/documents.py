"""The tab in which documents are added, inspected and deleted."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

import gradio as gr

from index.access import LOCAL
from index.catalog import StoredDocument
from index.storing import delete_document
from ui.ingest_job import run_ingest
from ui.originals import remove_unused
from ui.schemas import FileOut, ProgressOut
from ui.wiring import Services

_COLUMNS = ["Id", "Title", "Number", "Rev.", "Pages", "Applies to", "Added"]
_ENDINGS = [".pdf", ".md", ".txt"]
_NOTHING = '<p class="fb-where">Choose a document in the list to see what was read from it.</p>'


class DocumentsTab:
    """Widgets and handlers of the tab."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._chosen = gr.State(0)
        with gr.Row():
            with gr.Column(scale=7):
                self._table = gr.Dataframe(
                    headers=_COLUMNS,
                    interactive=False,
                    show_label=False,
                    wrap=True,
                    column_widths=["6%", "31%", "15%", "8%", "11%", "15%", "14%"],
                    max_height=460,
                    elem_id="fb-documents",
                )
                self._upload = gr.File(
                    label="Add manuals (PDF, Markdown, text)",
                    file_count="multiple",
                    file_types=_ENDINGS,
                    height=140,
                    elem_id="fb-upload",
                )
                self._progress = gr.HTML(elem_id="fb-progress")
            with gr.Column(scale=5):
                self._detail = gr.HTML(_NOTHING, elem_id="fb-document")
                self._delete = gr.Button("Delete this document", visible=False)
                with gr.Row(visible=False) as self._confirm:
                    self._yes = gr.Button("Delete for good", variant="stop")
                    self._no = gr.Button("Keep it")
        self.outputs = [self._table, self._detail, self._chosen, self._delete, self._confirm]
        self._bind()

    def _bind(self) -> None:
        private: dict[str, Any] = {"api_visibility": "private"}
        self._table.select(
            self.choose, None, [self._detail, self._chosen, self._delete, self._confirm], **private
        )
        show, hide = gr.update(visible=True), gr.update(visible=False)
        self._delete.click(lambda: (hide, show), None, [self._delete, self._confirm], **private)
        self._no.click(lambda: (show, hide), None, [self._delete, self._confirm], **private)
        self._yes.click(self.delete, self._chosen, self.outputs, **private)
        self._upload.upload(
            self.add,
            self._upload,
            [self._progress, self._upload, self._table],
            show_progress="hidden",
            concurrency_limit=1,
            **private,
        )

    def refresh(self) -> tuple[Any, ...]:
        """Show the documents as they are now."""
        hide = gr.update(visible=False)
        return self._rows(), _NOTHING, 0, hide, hide

    def _documents(self) -> list[StoredDocument]:
        return [d for d in self._services.catalog.documents(LOCAL) if d.kind != "history"]

    def _rows(self) -> list[list[str]]:
        return [
            [
                str(document.document_id),
                document.title,
                document.number,
                document.revision,
                str(document.pages or ""),
                ", ".join((*document.models, *document.assets)) or "nothing yet",
                document.ingested_at[:10],
            ]
            for document in self._documents()
        ]

    def choose(self, event: gr.SelectData) -> tuple[Any, ...]:
        """Show what was read from the chosen document."""
        chosen = int(event.row_value[0])  # by id: the list may be sorted, or have changed
        show, hide = gr.update(visible=True), gr.update(visible=False)
        for document in self._documents():
            if document.document_id == chosen:
                return _detail(document), chosen, show, hide
        return "<p>The document was deleted before.</p>", 0, hide, hide

    def delete(self, document_id: int) -> tuple[Any, ...]:
        """Delete a document and say so."""
        gone = delete_document(self._services.catalog, document_id)
        rows, _, chosen, *hidden = self.refresh()
        if gone is None:
            return rows, "<p>The document was deleted before.</p>", chosen, *hidden
        remove_unused(self._services.home, self._services.catalog, gone.originals)
        name = f"{gone.document.title} {gone.document.revision}".strip()
        return rows, f"<p>{escape(name)} is deleted.</p>", chosen, *hidden

    def add(self, paths: list[str]) -> Iterator[tuple[Any, ...]]:
        """Ingest uploaded files in a process of its own and show how far it is."""
        done: list[FileOut] = []
        for event in run_ingest(self._services.home.path, [Path(path) for path in paths]):
            if isinstance(event, FileOut):
                done.append(event)
                yield _progress_html(done, None), gr.update(), self._rows()
            else:
                yield _progress_html(done, event), gr.update(), gr.update()
        for path in paths:  # the original is kept by its hash; the upload has done its work
            Path(path).unlink(missing_ok=True)
        yield _progress_html(done, None), None, self._rows()


def _detail(document: StoredDocument) -> str:
    report = document.report
    empty = report.get("pages_without_text") or []
    facts = [
        ("Number", document.number),
        ("Revision", " of ".join(part for part in (document.revision, document.date) if part)),
        ("Kind", document.kind),
        ("Models", ", ".join(document.models)),
        ("Assets", ", ".join(document.assets)),
        ("Pages", str(document.pages or 1)),
        ("Pages without text", ", ".join(map(str, empty)) or "none"),
        ("Searchable pieces", str(document.chunks)),
        ("Tables", str(report.get("tables", 0))),
        ("Figures", str(report.get("figures", 0))),
        ("Alarm codes", str(report.get("codes", 0))),
        ("Part numbers", str(report.get("parts", 0))),
        ("Safety messages", str(report.get("safety_messages", 0))),
    ]
    rows = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>"
        for name, value in facts
        if value
    )
    return f'<h3>{escape(document.title)}</h3><dl class="fb-facts">{rows}</dl>'


def _progress_html(done: list[FileOut], now: ProgressOut | None) -> str:
    rows = "".join(_done_html(file) for file in done)
    if now is not None:
        name = escape(Path(now.path).name)
        share = 100 * now.done // max(now.total, 1)
        rows += (
            f'<li><b>{name}</b> {escape(now.stage)} <progress max="100" value="{share}"></progress>'
            "</li>"
        )
    return f'<ul class="fb-progress">{rows}</ul>' if rows else ""


def _done_html(file: FileOut) -> str:
    name = escape(Path(file.path).name)
    if file.outcome == "failed":
        reason = escape(file.reason.replace(file.path, Path(file.path).name))
        return f'<li class="fb-failed">{reason}</li>'
    if file.outcome == "unchanged":
        return f"<li><b>{name}</b> is there already</li>"
    title = escape(f"{file.title} {file.revision}".strip())
    status = " (older than the current revision)" if file.status == "superseded" else ""
    return (
        f"<li><b>{name}</b> {title}{status}: "
        f"{file.chunks} pieces, {file.codes} codes and parts, "
        f"{file.safety_messages} safety messages</li>"
    )
