"""The tab in which draft work orders are edited and exported."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from html import escape
from typing import Any

import gradio as gr
from sqlalchemy.exc import SQLAlchemyError

from assistant.errors import AssistantError
from assistant.work_orders import Material, WorkOrder, WorkOrderEdit
from index.access import Principal
from index.errors import KnowledgeError
from ui.rendering import banner_html
from ui.visitor import visitor
from ui.wiring import Services

_COLUMNS = ["Number", "Asset", "Prio.", "Title", "Recall"]
_PRIORITIES = [
    (f"{n} {name}", n)
    for n, name in enumerate(("most urgent", "urgent", "normal", "low", "when convenient"), start=1)
]
_THOUSANDS = re.compile(r"\d{1,3}(,\d{3})+")  # a thousand to some, one to others
_LOOK_S = 10.0  # between two looks at whether a document that the open order cites was recalled
_STOP = '<span class="fb-chip fb-is-withdrawn">⚠ stop</span>'
_NONE = '<p class="fb-where">Choose a work order, or make one of an answer.</p>'


class OrdersTab:
    """Widgets and handlers of the tab."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._number = gr.State("")
        self._timer = gr.Timer(_LOOK_S)
        self._version = gr.State(0)  # that was opened: another tab may have saved since
        with gr.Row():
            with gr.Column(scale=4):
                self._table = gr.Dataframe(
                    headers=_COLUMNS,
                    interactive=False,
                    show_label=False,
                    wrap=True,
                    datatype=["str", "str", "number", "str", "html"],
                    column_widths=["26%", "15%", "12%", "31%", "16%"],
                    buttons=[],
                    max_height=560,
                    elem_id="fb-orders",
                )
            with gr.Column(scale=7):
                self._head = gr.HTML(_NONE, elem_id="fb-order-head")
                with gr.Column(visible=False) as self._form:
                    self._title = gr.Textbox(
                        label="Title", max_length=100, elem_id="fb-order-title"
                    )
                    with gr.Row():
                        self._priority = gr.Dropdown(_PRIORITIES, label="Priority", scale=1)
                        self._description = gr.Textbox(label="Description", lines=2, scale=3)
                    self._safety = gr.HTML(elem_id="fb-order-safety")
                    self._steps = gr.Textbox(
                        label="Steps, one a line", lines=6, max_lines=14, elem_id="fb-order-steps"
                    )
                    self._materials = gr.Textbox(
                        label="Material, one a line: quantity x part number description", lines=2
                    )
                    with gr.Row():
                        self._save = gr.Button("Save", variant="primary", elem_id="fb-order-save")
                        self._links = gr.HTML(elem_id="fb-order-links")
                    self._note = gr.HTML(elem_id="fb-order-note")
        self.list_outputs = [self._table]
        self.outputs = [
            self._table,
            self._number,
            self._version,
            self._head,
            self._form,
            self._title,
            self._priority,
            self._description,
            self._safety,
            self._steps,
            self._materials,
            self._links,
            self._note,
        ]
        self._bind()

    def _bind(self) -> None:
        self._table.select(self.choose, None, self.outputs, api_visibility="private")
        edited = [
            self._number,
            self._version,
            self._title,
            self._priority,
            self._description,
            self._steps,
            self._materials,
        ]
        self._save.click(self.save, edited, self.outputs, api_visibility="private")
        for event in (self._timer.tick, self._table.change):  # the list shows new marks
            event(
                self.look,
                self._number,
                self._head,
                show_progress="hidden",
                api_visibility="private",
            )

    def refresh(self, request: gr.Request) -> Any:
        """Show the work orders as they are now."""
        return self._rows(visitor(self._services, request))

    def _rows(self, principal: Principal) -> list[list[Any]]:
        orders = self._services.work_orders.list(principal)
        marks = self._services.recalls.of_order
        return [
            [o.number, o.asset or "", o.priority, o.title, _STOP if marks(principal, o) else ""]
            for o in orders
        ]

    def open_draft_of_turn(self, turn_id: str, request: gr.Request) -> tuple[Any, ...]:
        """Make a draft of an answer, or find the one that was made, and open it."""
        principal = visitor(self._services, request, "ask")
        try:
            turn = self._services.records.turn(principal, turn_id)
            order = self._services.work_orders.draft(principal, turn)
        except AssistantError as error:
            return (gr.update(), *self._unchanged(str(error)))
        return (gr.update(selected="orders"), *self._shown(principal, order, ""))

    def choose(self, event: gr.SelectData, request: gr.Request) -> tuple[Any, ...]:
        """Open the chosen work order."""
        principal = visitor(self._services, request)
        number = str(event.row_value[0])  # by number: the list may be sorted, or have changed
        try:
            order = self._services.work_orders.get(principal, number)
        except AssistantError as error:
            return self._unchanged(str(error))
        return self._shown(principal, order, "")

    def look(self, number: str, request: gr.Request) -> Any:
        """Draw the head of the open order anew, with what was recalled meanwhile."""
        principal = visitor(self._services, request)
        try:
            order = self._services.work_orders.get(principal, number)
            return _head(order, self._services.recalls.of_order(principal, order))
        except (AssistantError, SQLAlchemyError):
            return gr.skip()

    def save(
        self,
        number: str,
        version: int,
        title: str,
        priority: int,
        description: str,
        steps: str,
        materials: str,
        request: gr.Request,
    ) -> tuple[Any, ...]:
        """Store the edited draft."""
        principal = visitor(self._services, request, "ask")
        try:
            edit = WorkOrderEdit(
                title=title,
                description=description,
                priority=priority,
                steps=tuple(steps.splitlines()),
                materials=tuple(read_materials(materials)),
                version=version,
            )
            order = self._services.work_orders.edit(principal, number, edit)
        except (AssistantError, KnowledgeError, ValueError) as error:
            return self._unchanged(str(error))
        return self._shown(principal, order, f"Saved as version {order.version}.")

    def _shown(self, principal: Principal, order: WorkOrder, note: str) -> tuple[Any, ...]:
        return (
            self._rows(principal),
            order.number,
            order.version,
            _head(order, self._services.recalls.of_order(principal, order)),
            gr.update(visible=True),
            order.title,
            order.priority,
            order.description,
            _safety(order),
            "\n".join(step.text for step in order.steps),
            "\n".join(f"{m.quantity:g} x {m.part_no} {m.description}" for m in order.materials),
            _links(order),
            f'<p class="fb-where">{escape(note)}</p>' if note else "",
        )

    def _unchanged(self, problem: str) -> tuple[Any, ...]:
        same = [gr.update() for _ in self.outputs[:-1]]
        return (*same, f'<p class="fb-failed">{escape(problem)}</p>')


def read_materials(text: str) -> list[Material]:
    """Read "2 x HP40-2217-03 Filter element" lines.

    Raises:
        ValueError: a line is not of that form; the message holds it.
    """
    materials: list[Material] = []
    for line in filter(str.strip, text.splitlines()):
        quantity, x, rest = line.strip().partition(" x ")
        if _THOUSANDS.fullmatch(quantity):
            raise ValueError(f"{line.strip()!r}: write {quantity!r} without the comma.")
        part_no, _, description = rest.strip().partition(" ")
        try:
            amount = float(quantity.replace(",", "."))
        except ValueError:
            amount = 0.0
        if not x or not part_no or not 0 < amount < math.inf:
            raise ValueError(f"{line.strip()!r} is not of the form '2 x PART-NUMBER description'.")
        materials.append(
            Material(part_no=part_no, description=description.strip(), quantity=amount)
        )
    return materials


def _head(order: WorkOrder, marks: Sequence[str]) -> str:
    asset = f'<span class="fb-tag">{escape(order.asset)}</span>' if order.asset else ""
    return (
        f"{banner_html(marks)}"
        f"<h3>{escape(order.number)} {asset} <small>draft, version {order.version}</small></h3>"
        f'<p class="fb-where">Reported: {escape(order.symptom)}</p>'
    )


def _safety(order: WorkOrder) -> str:
    """The safety messages as they are: nobody edits them here."""
    blocks = "".join(
        f'<div class="fb-notice fb-signal-{notice.signal}">'
        + "".join(f"<p>{escape(line)}</p>" for line in notice.text.splitlines())
        + "</div>"
        for notice in order.safety
    )
    if not blocks:
        blocks = (
            "<p>The cited passages hold no safety message. Follow the site's own procedure.</p>"
        )
    return f'<div class="fb-answer fb-order-safety">{blocks}</div>'


def _links(order: WorkOrder) -> str:
    number = escape(order.number)
    return "".join(
        f'<a class="fb-export" href="/work-orders/{number}.{form}" download>Export {name}</a>'
        for form, name in (("json", "JSON"), ("csv", "CSV"))
    )
