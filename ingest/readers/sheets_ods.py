"""Read the sheets of OpenDocument spreadsheets (.ods) as they are shown.

The file holds each value as the text that is shown, so no number is formatted here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from ingest.errors import UnreadableDocument
from ingest.readers.archive import open_archive, parse_xml, read_entry
from ingest.readers.sheet_grid import (
    MOST_COLUMNS,
    Grid,
    Range,
    check_merged,
    check_size,
)
from ingest.readers.xml_tree import name_of

_URN = "{urn:oasis:names:tc:opendocument:xmlns:"
_TABLE, _TEXT, _STYLE = f"{_URN}table:1.0}}", f"{_URN}text:1.0}}", f"{_URN}style:1.0}}"
_OFFICE, _FO = f"{_URN}office:1.0}}", f"{_URN}xsl-fo-compatible:1.0}}"
_WHITE = ("#ffffff", "transparent", "")
_MOST_SPACES = 100


@dataclass
class _Styles:
    """Names of the styles that hide what they style."""

    sheets: set[str] = field(default_factory=set)
    unseen: set[str] = field(default_factory=set)
    bold: set[str] = field(default_factory=set)


def read_ods(path: Path, report: dict[str, object]) -> Iterator[Grid]:
    """Yield the sheets of a document in their order.

    Raises:
        UnreadableDocument: damaged, too large, or no spreadsheet.
    """
    with open_archive(path) as archive:
        root = parse_xml(read_entry(archive, "content.xml"), f"{path}: content.xml")
    styles = _styles(root)
    tables = list(root.iter(f"{_TABLE}table"))
    if not tables:
        raise UnreadableDocument(f"{path} holds no sheet. Save it again as .ods or .xlsx.")
    for number, table in enumerate(tables, 1):
        grid = _Reader(path, styles).read(table, number)
        if table.get(f"{_TABLE}style-name") in styles.sheets:
            grid.hide_all("hidden sheet")
        yield grid


def _styles(root: etree._Element) -> _Styles:
    found = _Styles()
    for style in root.iter(f"{_STYLE}style"):
        name = style.get(f"{_STYLE}name", "")
        ink, paper = "", ""
        for part in style:
            if part.get(f"{_TABLE}display") == "false":
                found.sheets.add(name)
            ink = part.get(f"{_FO}color", ink).lower()
            paper = part.get(f"{_FO}background-color", paper).lower()
            if part.get(f"{_FO}font-weight") == "bold":
                found.bold.add(name)
            if part.get(f"{_TEXT}display") == "none":
                found.unseen.add(name)
        if ink and (ink == paper or (ink in _WHITE and paper in _WHITE)):
            found.unseen.add(name)
    return found


class _Reader:
    """Reads one table; rows and columns that are repeated are counted, not copied, while empty."""

    def __init__(self, path: Path, styles: _Styles) -> None:
        self._path = path
        self._styles = styles
        self._cells = 0

    def read(self, table: etree._Element, number: int) -> Grid:
        grid = Grid(table.get(f"{_TABLE}name", f"Sheet {number}"), number)
        hidden_columns: set[int] = set()
        hidden_rows: set[int] = set()
        column = row = 0
        for part in table.iter(f"{_TABLE}table-column", f"{_TABLE}table-row"):
            if next(part.iterancestors(f"{_TABLE}table")) is not table:
                continue
            name = name_of(part)
            repeated = _count(
                part,
                "number-columns-repeated" if name == "table-column" else "number-rows-repeated",
            )
            unseen = part.get(f"{_TABLE}visibility") in ("collapse", "filter")
            if name == "table-column":
                if unseen:
                    hidden_columns |= set(range(column, min(column + repeated, MOST_COLUMNS)))
                column += repeated
                continue
            if self._row(grid, part, row) and repeated > 1:
                self._repeat(grid, row, repeated)
            if unseen:
                hidden_rows |= {r for r in grid.cells if row <= r < row + repeated}
            row += repeated
        check_merged(self._path, grid.merged)
        grid.hide_rows(hidden_rows, "hidden row")
        grid.hide_columns(hidden_columns, "hidden column")
        return grid

    def _row(self, grid: Grid, element: etree._Element, row: int) -> bool:
        """Read the cells of a row; True where it holds text."""
        column = 0
        for cell in element:
            name = name_of(cell)
            if name not in ("table-cell", "covered-table-cell"):
                continue
            repeated = _count(cell, "number-columns-repeated")
            for note in cell.iter(f"{_OFFICE}annotation"):
                if text := _text(note):
                    grid.hidden.append((text, "comment of a cell"))
            text = _text(cell)
            if text and name == "table-cell":
                last = min(column + repeated, MOST_COLUMNS)
                self._put(grid, cell, text, row, range(column, last))
                self._merge(grid, cell, row, column)
            column += repeated
        return row in grid.cells

    def _put(self, grid: Grid, cell: etree._Element, text: str, row: int, columns: range) -> None:
        self._cells += len(columns)
        check_size(self._path, len(grid.cells), self._cells)
        style = cell.get(f"{_TABLE}style-name", "")
        formula = cell.get(f"{_TABLE}formula")
        for column in columns:
            if formula and text.startswith(("#", "Err:")):
                grid.errors.append(f"{grid.name}, row {row + 1}")
                grid.put(row, column, f"[error {text}]")
            else:
                grid.put(row, column, text)
            if style in self._styles.unseen:
                grid.hide(row, column, "text in the colour of its cell")
            elif style in self._styles.bold:
                grid.bold.add((row, column))

    def _merge(self, grid: Grid, cell: etree._Element, row: int, column: int) -> None:
        down, across = _count(cell, "number-rows-spanned"), _count(cell, "number-columns-spanned")
        if down > 1 or across > 1:
            grid.merged.append(Range(row, column, row + down - 1, column + across - 1))

    def _repeat(self, grid: Grid, row: int, repeated: int) -> None:
        self._cells += len(grid.cells[row]) * (repeated - 1)
        check_size(self._path, len(grid.cells) + repeated, self._cells)
        for further in range(row + 1, row + repeated):
            grid.cells[further] = dict(grid.cells[row])


def _count(element: etree._Element, name: str) -> int:
    """A number of repetitions or of spanned cells, at least 1."""
    text = element.get(f"{_TABLE}{name}", "1")
    return max(int(text), 1) if text.isdigit() and len(text) < 8 else 1


def _text(cell: etree._Element) -> str:
    """The paragraphs of a cell or a comment as they are shown."""
    lines = (
        "".join(_pieces(paragraph))
        for paragraph in cell
        if name_of(paragraph) in ("p", "h", "list")
    )
    return "\n".join(lines).strip()


def _pieces(element: etree._Element) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        name = name_of(child)
        if name == "s":
            count = child.get(f"{_TEXT}c", "1")
            yield " " * (min(int(count), _MOST_SPACES) if count.isdigit() else 1)
        elif name in ("tab", "line-break"):
            yield " " if name == "tab" else "\n"
        elif name not in ("annotation", "ruby-text"):
            yield from _pieces(child)
        yield child.tail or ""
