"""What the tables of a Word document are made of: rows, spans, the colours behind cells (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from lxml import etree

from ingest.readers.colours import WHITE, Colour
from ingest.readers.docx_styles import Styles, is_on, shade_of
from ingest.readers.grid import Cell
from ingest.readers.package import W
from ingest.signal_words import leads, stands_alone

WRAPPERS = {f"{W}{name}" for name in ("sdt", "sdtContent", "customXml", "ins", "smartTag")}
"""Elements that stand around others and say nothing of what is shown."""


@dataclass
class Row:
    """A row as it is read: its cells, and the page on which its text begins."""

    cells: list[Cell] = field(default_factory=list)
    page: int = 0
    is_header: bool = False


def children_of(parent: etree._Element, name: str) -> Iterable[etree._Element]:
    """The rows, cells or tables in an element, also those in content controls."""
    for child in parent:
        if child.tag == f"{W}{name}":
            yield child
        elif child.tag in WRAPPERS:
            yield from children_of(child, name)


def behind_table(
    table: etree._Element, styles: Styles, behind: Sequence[Colour] | None
) -> Sequence[Colour] | None:
    """The colours that may lie behind the cells of a table that have none of their own."""
    properties = next((child for child in table if child.tag == f"{W}tblPr"), None)
    if properties is None:
        return behind
    whole = shade_of(properties.find(f"{W}shd"))
    named = properties.find(f"{W}tblStyle")
    style_id = named.get(f"{W}val") if named is not None else None
    fills = styles.find(style_id, "table").fills
    if whole is not None:
        return (whole, *fills)
    if not fills or behind is None:
        return behind
    # Which of its colours a table style gives to a cell depends on much: any may be there.
    return (*(behind or (WHITE,)), *fills)


def behind_cell(cell: etree._Element, behind: Sequence[Colour] | None) -> Sequence[Colour] | None:
    """The colours that may lie behind the text of a cell."""
    own = shade_of(cell.find(f"{W}tcPr/{W}shd"))
    return behind if own is None else (own,)


def is_message(cell: etree._Element) -> bool:
    """Whether the text of a frame begins with a signal word."""
    for paragraph in cell.iter(f"{W}p"):
        text = "".join(part.text or "" for part in paragraph.iter(f"{W}t"))
        if text.strip():
            return (stands_alone(text) or leads(text)) is not None
    return False


def is_deleted(properties: etree._Element | None, path: str = "rPr/del") -> bool:
    """Whether a paragraph, or with path "del" a row, was deleted and the change is shown."""
    steps = "/".join(f"{W}{step}" for step in path.split("/"))
    return properties is not None and properties.find(steps) is not None


def hides(properties: etree._Element) -> bool:
    """Whether a row is hidden."""
    return is_on(properties.find(f"{W}hidden"))


def span_of(properties: etree._Element | None, name: str, default: int) -> int:
    """How many columns a cell states to take, or a row to leave free; 200 at most."""
    element = properties.find(f"{W}{name}") if properties is not None else None
    text = (element.get(f"{W}val") or "") if element is not None else ""
    return min(int(text), 200) if text.isdigit() and len(text) < 6 else default
