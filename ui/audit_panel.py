"""The audit log, to be read page by page, and its check."""

from __future__ import annotations

from typing import Any

import gradio as gr

from ui.user_html import note_html
from ui.visitor import visitor
from ui.wiring import Services

_COLUMNS = ["No.", "When (UTC)", "User", "Action", "About", "Details", "From"]
_ROWS = 50  # of a page
_PRIVATE: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
Outputs = tuple[Any, ...]


class AuditPanel:
    """Widgets and handlers of the panel: the newest rows first, nothing to change."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._first = gr.State(0)  # the number of the newest row that is shown
        with gr.Row(elem_classes="fb-pager"):
            self._newer = gr.Button("‹ Newer", min_width=90)
            self._older = gr.Button("Older ›", min_width=90)
            self._verify = gr.Button("Verify the log", min_width=130, elem_id="fb-audit-verify")
        self._note = gr.HTML(elem_id="fb-audit-note")
        self._table = gr.Dataframe(
            headers=_COLUMNS,
            datatype="str",
            interactive=False,
            show_label=False,
            wrap=True,
            column_widths=["7%", "15%", "11%", "14%", "17%", "25%", "11%"],
            max_height=560,
            buttons=[],
            elem_id="fb-audit",
        )
        self.outputs = [self._table, self._first, self._note]
        self._newer.click(self.newer, self._first, self.outputs, **_PRIVATE)
        self._older.click(self.older, self._first, self.outputs, **_PRIVATE)
        self._verify.click(self.verify, None, self._note, **_PRIVATE)

    def refresh(self, request: gr.Request) -> Outputs:
        """Show the newest rows; that somebody reads the log is logged as well."""
        principal = visitor(self._services, request, "administer")
        self._services.audit.note(principal, "audit export", form="screen")
        return self._page(self._services.audit.head().sequence)

    def newer(self, first: int, request: gr.Request) -> Outputs:
        """Turn to the page of newer rows."""
        visitor(self._services, request, "administer")
        return self._page(first + _ROWS)

    def older(self, first: int, request: gr.Request) -> Outputs:
        """Turn to the page of older rows."""
        visitor(self._services, request, "administer")
        return self._page(first - _ROWS)

    def verify(self, request: gr.Request) -> str:
        """Check that no row was changed, removed or moved."""
        principal = visitor(self._services, request, "administer")
        check = self._services.audit.verify()
        whole = check.is_whole
        self._services.audit.note(principal, "audit verified", rows=check.rows, is_whole=whole)
        if whole:
            return note_html(f"{check.rows} rows, none changed, missing or moved. {check.head}")
        return note_html(f"The log is not whole: {check.fault}.", is_bad=True)

    def _page(self, first: int) -> Outputs:
        last = self._services.audit.head().sequence
        first = max(min(first, last), min(_ROWS, last))
        rows = [
            [
                str(row.sequence),
                row.at[:19].replace("T", " "),
                row.user,
                row.action,
                row.object,
                row.details,
                row.address,
            ]
            for row in self._services.audit.latest(first, _ROWS)
        ]
        return rows, first, ""
