"""Lay out the tables of DITA: CALS, simple, property and choice tables (pure)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lxml import etree

from ingest.readers.dita_inline import kind_of
from ingest.readers.xml_tables import lay_out

TABLES = ("table", "simpletable", "properties", "choicetable")

_PROPERTIES = {"proptype": "Type", "propvalue": "Value", "propdesc": "Description"}
_HEADS = ("sthead", "prophead", "chhead")
_ROWS = ("strow", "property", "chrow")


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table; ``spans_all`` where one cell fills it."""

    element: etree._Element
    header: tuple[str, ...]
    cells: tuple[str, ...]
    spans_all: bool = False


def rows_of(table: etree._Element, text: Callable[[etree._Element], str]) -> Iterator[Row]:
    """Yield the rows of a table; ``text`` gives the text of a cell."""
    if kind_of(table) == "table":
        for group in table:
            if kind_of(group) == "tgroup":
                laid = lay_out(group, text)
                for line in laid.rows:
                    spans_all = line.spans_all and any(laid.header)
                    yield Row(line.element, laid.header, line.cells, spans_all)
        return
    present = [name for name in _PROPERTIES if any(_has(row, name) for row in table)]
    header: tuple[str, ...] = ()
    if kind_of(table) == "properties":
        header = tuple(_PROPERTIES[name] for name in present)
    elif kind_of(table) == "choicetable":
        header = ("Option", "Description")
    for row in table:
        cells = {kind_of(cell): text(cell) for cell in row}
        if kind_of(row) in _HEADS:
            header = tuple(text(cell) for cell in row)
        elif kind_of(row) == "property" and len(header) == len(present):
            yield Row(row, header, tuple(cells.get(name, "") for name in present))
        elif kind_of(row) in _ROWS:
            yield Row(row, header, tuple(text(cell) for cell in row))


def _has(row: etree._Element, name: str) -> bool:
    return any(kind_of(cell) == name for cell in row)
