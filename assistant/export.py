"""Write work orders to files: JSON as they are, CSV for a spreadsheet or a CMMS import (pure).

Both say in ``recalls`` what is to be known before the work: documents that are cited and have been
withdrawn, replaced, corrected or deleted since.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Sequence
from typing import Literal

from assistant.work_orders import WorkOrder

ExportFormat = Literal["json", "csv"]

_COLUMNS = (
    "number",
    "version",
    "state",
    "title",
    "asset",
    "priority",
    "symptom",
    "alarm_codes",
    "description",
    "safety",
    "step_no",
    "step",
    "step_source",
    "part_no",
    "part_quantity",
    "created_at",
    "recalls",
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def export(order: WorkOrder, form: ExportFormat, marks: Sequence[str] = ()) -> bytes:
    """Return a work order as the bytes of a file; ``marks`` are what stands in ``recalls``."""
    match form:
        case "json":
            shape = {"recalls": list(marks), **order.model_dump(mode="json")}
            return json.dumps(shape, indent=2, ensure_ascii=False).encode()
        case "csv":
            return _csv(order, marks)


def _csv(order: WorkOrder, marks: Sequence[str]) -> bytes:
    """One line a step or part, the order's own fields on each; UTF-8 with a mark for Excel."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(_COLUMNS)
    for step, part in _lines(order):
        cells = (*_head(order), *step, *part, order.created_at, " ".join(marks))
        writer.writerow([guard(cell) for cell in cells])
    return b"\xef\xbb\xbf" + buffer.getvalue().encode()


def _head(order: WorkOrder) -> Sequence[str]:
    return (
        order.number,
        str(order.version),
        order.state,
        order.title,
        order.asset or "",
        str(order.priority),
        order.symptom,
        "; ".join(order.alarm_codes),
        order.description,
        "\n\n".join(notice.text for notice in order.safety),
    )


def _lines(order: WorkOrder) -> list[tuple[Sequence[str], Sequence[str]]]:
    sources = {
        citation.marker: f"{citation.document_number or citation.document} "
        f"{citation.revision} {citation.locator}".replace("  ", " ")
        for citation in order.citations
    }
    steps = [
        (str(step.number), step.text, sources.get(step.marker or 0, "written by a person"))
        for step in order.steps
    ]
    parts = [(material.part_no, f"{material.quantity:g}") for material in order.materials]
    count = max(len(steps), len(parts), 1)
    return [
        (
            steps[i] if i < len(steps) else ("", "", ""),
            parts[i] if i < len(parts) else ("", ""),
        )
        for i in range(count)
    ]


def guard(cell: str) -> str:
    """Keep a spreadsheet from taking a text for a formula; numbers stay numbers."""
    if cell.startswith(_FORMULA) and not _is_number(cell):
        return "'" + cell
    return cell


def _is_number(cell: str) -> bool:
    return re.fullmatch(r"[+-]?\d+(?:[.,]\d+)?", cell, re.ASCII) is not None
