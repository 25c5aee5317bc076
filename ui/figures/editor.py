"""The controls by which the understood query is changed: dropdowns, and filters to add."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gradio as gr

from assistant.analytics.known_values import known_values
from assistant.analytics.query import Query
from index.access import Principal
from ui.figures import edits
from ui.wiring import Services

Outputs = tuple[Any, ...]


class Editor:
    """Widgets that show a query, and read one back."""

    def __init__(self, services: Services) -> None:
        self._services = services
        settings = services.settings.figures
        with gr.Accordion("Change the question", open=False, elem_id="fb-figure-edit") as self.box:
            with gr.Row(elem_classes="fb-edit-row"):
                self.metric = _dropdown("Figure", edits.metric_choices(), "fb-edit-metric")
                self.dims = gr.Dropdown(
                    edits.dim_choices(per_person=settings.per_person),
                    label="Split by",
                    multiselect=True,
                    max_choices=3,
                    min_width=150,
                    elem_id="fb-edit-dims",
                )
                self.span = gr.Dropdown(
                    edits.range_choices(),
                    label="Period",
                    allow_custom_value=True,
                    min_width=150,
                    elem_id="fb-edit-period",
                )
            with gr.Row(elem_classes="fb-edit-row"):
                self.compare = _dropdown("Beside", edits.compare_choices(), "fb-edit-compare")
                self.order = _dropdown("Order", edits.order_choices(), "fb-edit-order")
                self.limit = _dropdown("At most", edits.limit_choices(), "fb-edit-limit")
            with gr.Row(elem_classes="fb-edit-row"):
                fields = edits.field_choices(per_person=settings.per_person)
                self.field = _dropdown("Only where", fields, "fb-edit-field")
                self.operator = _dropdown("is", [], "fb-edit-operator")
                self.value = gr.Dropdown(
                    [],
                    label="Value",
                    allow_custom_value=True,
                    min_width=150,
                    elem_id="fb-edit-value",
                )
                self.add = gr.Button("Add", min_width=80, elem_id="fb-edit-add")
        self.controls = [self.metric, self.dims, self.span, self.compare, self.order, self.limit]
        self.filter = [self.field, self.operator, self.value]
        self.outputs = [self.box, *self.controls, *self.filter]

    def shown(self, query: Query | None) -> Outputs:
        """What the widgets show of a query; nothing for none."""
        if query is None:
            return (gr.update(visible=False), *(gr.skip() for _ in self.outputs[1:]))
        compare = query.compare.to if query.compare else ""
        return (
            gr.update(visible=True),
            query.metric,
            list(query.dims),
            gr.update(choices=edits.range_choices(query), value=query.time.range),
            gr.update(choices=edits.compare_choices(query), value=compare),
            query.order or "",
            gr.update(choices=edits.limit_choices(query), value=str(query.limit or "")),
            None,
            gr.update(choices=[], value=None),
            gr.update(choices=[], value=None),
        )

    def offered(self, principal: Principal, field: str | None) -> Outputs:
        """The operators and the values of a field that was chosen for a filter."""
        if not field:
            return gr.update(choices=[], value=None), gr.update(choices=[], value=None)
        operators = edits.operator_choices(field)
        values: Sequence[str] = known_values(self._services.record.engine, principal, field)
        return (
            gr.update(choices=operators, value=operators[0][1]),
            gr.update(choices=list(values), value=None),
        )


def _dropdown(label: str, choices: edits.Choices, elem_id: str) -> gr.Dropdown:
    return gr.Dropdown(choices, label=label, value=None, min_width=150, elem_id=elem_id)
