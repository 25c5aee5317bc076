"""Read the text of a shape on a slide: paragraphs, items, numbered steps, tables."""

from __future__ import annotations

import re

from lxml import etree

from ingest.readers.docx_formula import formula_text
from ingest.readers.docx_numbering import format_number
from ingest.readers.flow import Flow
from ingest.readers.grid import Cell, lay_out
from ingest.readers.package import A
from ingest.readers.pptx_layout import Shape
from ingest.readers.pptx_sight import View
from ingest.signal_words import stands_alone

_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_LISTED = ("body", "obj", "half", "quarter")  # placeholders whose paragraphs have bullets
_FORMS = (
    ("arabic", "decimal"),
    ("alphaLc", "lowerLetter"),
    ("alphaUc", "upperLetter"),
    ("romanLc", "lowerRoman"),
    ("romanUc", "upperRoman"),
    ("circleNum", "decimalEnclosedCircle"),
    ("ea1Chs", "chineseCounting"),
    ("ea1Cht", "chineseCounting"),
)
_SUPERSCRIPT = str.maketrans("0123456789+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")


def shown_text(element: etree._Element, view: View, flow: Flow) -> str:
    """Return the paragraphs of an element that are seen, one a line; hide the others in a flow."""
    texts = (_paragraph(paragraph, view, flow) for paragraph in element.iter(f"{A}p"))
    return "\n".join(text for text in texts if text.strip())


def add_text(shape: Shape, view: View, flow: Flow) -> None:
    """Add the paragraphs of a shape to a flow."""
    pairs = [(p, _paragraph(p, view, flow)) for p in shape.element.iter(f"{A}p")]
    seen = [(paragraph, text) for paragraph, text in pairs if text.strip()]
    if not seen:
        return
    is_list = shape.placeholder in _LISTED
    first = seen[0][1].strip()
    signal = stands_alone(flow.seen(first))
    if signal and len(seen) > 1 and not is_list:
        flow.safety(signal, first, "\n".join(text for _, text in seen[1:]))
        return
    counts: dict[int, tuple[str, int]] = {}  # level: kind of numbers, last number
    for paragraph, text in seen:
        properties = paragraph.find(f"{A}pPr")
        level = _integer(properties, "lvl", 0)
        for below in [other for other in counts if other > level]:
            del counts[below]
        numbered = properties.find(f"{A}buAutoNum") if properties is not None else None
        if numbered is not None:
            kind = numbered.get("type") or "arabicPeriod"
            last_kind, last = counts.get(level, ("", 0))
            start = _integer(numbered, "startAt", 1)
            number = last + 1 if last_kind == kind else start
            counts[level] = (kind, number)
            flow.step(text, _mark(kind, number))
            continue
        counts.pop(level, None)
        if _is_item(properties, is_list):
            flow.item(text)
        else:
            flow.paragraph(text)


def add_table(table: etree._Element, view: View, flow: Flow) -> None:
    """Add a table to a flow; the colours of a table style are not known, so none is hidden."""
    unknown = View(None, view.theme, view.defaults)
    rows: list[list[Cell]] = []
    for row in table.iterfind(f"{A}tr"):
        cells: list[Cell] = []
        for cell in row.iterfind(f"{A}tc"):
            if cell.get("hMerge") in ("1", "true") or cell.get("vMerge") in ("1", "true"):
                continue
            properties = cell.find(f"{A}tcPr")
            fill = properties.find(f"{A}solidFill") if properties is not None else None
            own = view.on(fill) if fill is not None else unknown
            span = _integer(cell, "gridSpan", 1), _integer(cell, "rowSpan", 1)
            cells.append(Cell(shown_text(cell, own, flow), *span))
        rows.append(cells)
    properties = table.find(f"{A}tblPr")
    is_marked = properties is not None and properties.get("firstRow") in ("1", "true")
    flow.table(lay_out(rows, 1), 1 if is_marked and len(rows) > 1 else None)


def _paragraph(paragraph: etree._Element, view: View, flow: Flow) -> str:
    text = ""
    for child in paragraph:
        if child.tag in (f"{A}r", f"{A}fld"):
            shown = "".join(part.text or "" for part in child.iterfind(f"{A}t"))
            properties = child.find(f"{A}rPr")
            if reason := view.why_hidden(properties):
                flow.hide(shown, reason)
                continue
            raised = (properties.get("baseline") or "0") if properties is not None else "0"
            is_raised = raised.isdigit() and int(raised) > 0
            text += shown.translate(_SUPERSCRIPT) if is_raised else shown
        elif child.tag == f"{A}br":
            text += "\n"
        elif str(child.tag).endswith("}m"):
            text += "".join(map(formula_text, child))
        elif str(child.tag).endswith("}AlternateContent") and len(child):
            text += "".join(formula_text(part) for part in child[0].iter(f"{_MATH}oMath"))
    return text


def _mark(kind: str, number: int) -> str:
    form = next((form for name, form in _FORMS if kind.startswith(name)), "decimal")
    printed = format_number(number, form)
    if kind.endswith("ParenBoth"):
        return f"({printed})"
    if kind.endswith("ParenR"):
        return f"{printed})"
    return f"{printed}." if kind.endswith("Period") else printed


def _is_item(properties: etree._Element | None, is_list: bool) -> bool:
    if properties is not None:
        if properties.find(f"{A}buNone") is not None:
            return False
        if any(properties.find(f"{A}{name}") is not None for name in ("buChar", "buBlip")):
            return True
    return is_list


def _integer(element: etree._Element | None, name: str, default: int) -> int:
    text = (element.get(name) or "") if element is not None else ""
    return int(text) if re.fullmatch(r"\d{1,5}", text) else default
