"""Lay out CALS tables, which S1000D and DITA share (pure)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from lxml import etree

from ingest.readers.xml_tree import name_of

MOST_COLUMNS = 200
_MOST_SPAN = 5000  # rows that one cell may reach down


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table: its element and cells; ``spans_all`` where one cell fills the row."""

    element: etree._Element
    cells: tuple[str, ...]
    spans_all: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table with one joined header, empty where it has none, and its rows."""

    header: tuple[str, ...]
    rows: tuple[Line, ...]


def join_header(rows: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Join header rows column by column: "Torque" above "N·m" gives "Torque / N·m"."""
    columns = zip(*rows, strict=True) if rows else ()
    return tuple(" / ".join(dict.fromkeys(filter(None, column))) for column in columns)


def lay_out(group: etree._Element, text: Callable[[etree._Element], str]) -> Table:
    """Return a ``tgroup`` with its spans resolved; ``text`` gives the text of an entry.

    A cell that reaches over columns counts for each of them in the header and for the first in the
    body; one that reaches over rows is repeated in each, because a row is read by itself.
    """
    columns, spans, count = _columns(group)
    parts = {name_of(part): part for part in group}
    head = _rows(parts["thead"], columns, spans, count, text, True) if "thead" in parts else []
    body: list[Line] = []
    for name in ("tbody", "tfoot"):
        if name in parts:
            body += _rows(parts[name], columns, spans, count, text, False)
    return Table(join_header([line.cells for line in head]), tuple(body))


def _columns(
    group: etree._Element,
) -> tuple[dict[str, int], dict[str, tuple[str, str]], int]:
    columns: dict[str, int] = {}
    spans: dict[str, tuple[str, str]] = {}
    position = 0
    for child in group:
        if name_of(child) == "colspec":
            position = _number(child.get("colnum"), position + 1)
            columns[child.get("colname", str(position))] = position - 1
        elif name_of(child) == "spanspec":
            spans[child.get("spanname", "")] = (child.get("namest", ""), child.get("nameend", ""))
    widest = max(
        (len(row) for part in group if name_of(part) in ("thead", "tbody") for row in part),
        default=1,
    )
    stated = _number(group.get("cols"), 0)
    return columns, spans, min(max(stated, position, 1) if stated else widest, MOST_COLUMNS)


def _number(text: str | None, default: int) -> int:
    digits = re.fullmatch(r"\s*(\d{1,4})\s*", text or "")
    return int(digits[1]) if digits else default


def _rows(
    part: etree._Element,
    columns: dict[str, int],
    spans: dict[str, tuple[str, str]],
    count: int,
    text: Callable[[etree._Element], str],
    repeat: bool,
) -> list[Line]:
    lines: list[Line] = []
    reaching: dict[int, tuple[int, str]] = {}  # column: rows still to fill, text
    for row in part:
        if name_of(row) != "row":
            continue
        cells = [""] * count
        taken = [False] * count
        for column, (left, value) in list(reaching.items()):
            cells[column], taken[column] = value, True
            if left > 1:
                reaching[column] = (left - 1, value)
            else:
                del reaching[column]
        widest = 0
        for entry, first, last in _places(row, columns, spans, taken):
            value = text(entry)
            rows = min(_number(entry.get("morerows"), 0), _MOST_SPAN)
            for column in range(first, last + 1):
                shown = value if repeat or column == first else ""
                cells[column] = f"{cells[column]} {shown}".strip() if taken[column] else shown
                taken[column] = True
                if rows:
                    reaching[column] = (rows, shown)
            widest = max(widest, last - first + 1)
        lines.append(Line(row, tuple(cells), count > 1 and widest == count))
    return lines


def _places(
    row: etree._Element,
    columns: dict[str, int],
    spans: dict[str, tuple[str, str]],
    taken: list[bool],
) -> Iterator[tuple[etree._Element, int, int]]:
    """Yield each entry with its first and last column; entries beyond the last column share it."""
    count = len(taken)
    free = 0
    for entry in row:
        start, end = entry.get("namest", ""), entry.get("nameend", "")
        if entry.get("spanname") in spans:
            start, end = spans[entry.get("spanname", "")]
        start = start or entry.get("colname", "")
        while free < count - 1 and taken[free]:
            free += 1
        first = min(columns.get(start, free), count - 1)
        last = max(min(columns.get(end, first), count - 1), first)
        yield entry, first, last
        free = min(last + 1, count - 1)
