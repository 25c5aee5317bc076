"""Read the sheets of Excel workbooks (.xlsx, .xlsm) as they are shown."""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from ingest.errors import UnreadableDocument
from ingest.readers.archive import check_parts, open_archive, read_entry
from ingest.readers.number_format import show
from ingest.readers.sheet_grid import MOST_COLUMNS, Grid, Range, check_merged, check_size

_CELL = re.compile(rb"<(?:x:)?c[ >/]")
_ROW = re.compile(rb"<(?:x:)?row[ >/]")
_NO_VALUE = re.compile(
    rb"(?:</(?:x:)?f>|<(?:x:)?f[^<>]*/>)\s*(?:<(?:x:)?v\s*/>|<(?:x:)?v></(?:x:)?v>)?\s*</(?:x:)?c>"
)
_OLD_FORMAT = b"\xd0\xcf\x11\xe0"
_SHEET_PART = re.compile(r"xl/worksheets/[^/]+\.xml$", re.IGNORECASE)
_DRAWING_PART = re.compile(r"xl/drawings/[^/]+\.xml$", re.IGNORECASE)
# Elements for whose whole range the library builds cells: merged cells, links, comments.
_MERGED = re.compile(
    rb"<(?:x:)?(?:mergeCell|hyperlink|comment)\b[^<>]*?ref\s*=\s*[\"']([^\"'<>]{1,40})"
)
_MOST_COVERED = 300_000  # cells in merged ranges: the library builds an object for each
_LEAST_SIZE = 2.0  # points of type; smaller is not read by anybody
_WHITE = ("FFFFFF", "theme 0")


def read_xlsx(path: Path, report: dict[str, object]) -> Iterator[Grid]:
    """Yield the sheets of a workbook in their order.

    Raises:
        UnreadableDocument: damaged, too large, or no workbook.
    """
    with path.open("rb") as file:
        if file.read(4) == _OLD_FORMAT:
            raise UnreadableDocument(
                f"{path} is locked by a password, or an old workbook with a new name. "
                "Save it without a password as .xlsx."
            )
    with open_archive(path) as archive:
        check_parts(archive)
        _check_sheets(path, archive, report)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about parts that are not read, such as drawings
            book = openpyxl.load_workbook(path, data_only=True, keep_links=False)
    except MemoryError:
        raise
    except Exception as error:  # openpyxl meets damaged parts with errors of every class
        raise UnreadableDocument(
            f"{path} cannot be read as a workbook ({type(error).__name__}: {error}). "
            "Open it in the program that made it and save it again."
        ) from error
    report["title"] = book.properties.title or ""
    for number, sheet in enumerate(book.worksheets, 1):
        grid = _grid(path, sheet, number)
        if sheet.sheet_state != "visible":
            grid.hide_all("hidden sheet" if sheet.sheet_state == "hidden" else "very hidden sheet")
        yield grid


def _check_sheets(path: Path, archive: zipfile.ZipFile, report: dict[str, object]) -> None:
    """Count before the library builds an object for each cell."""
    rows = cells = without_value = boxes = covered = 0
    for entry in archive.infolist():
        if entry.filename.lower().endswith(".xml"):  # a part may have any name
            found = _MERGED.findall(read_entry(archive, entry.filename))
            covered += sum(map(_covered, found))
        if _SHEET_PART.match(entry.filename):
            data = read_entry(archive, entry.filename)
            rows = max(rows, len(_ROW.findall(data)))
            cells += len(_CELL.findall(data))
            without_value += len(_NO_VALUE.findall(data))
        elif _DRAWING_PART.match(entry.filename):
            boxes += read_entry(archive, entry.filename).count(b"<a:t>")
    check_size(path, rows, cells)
    if covered > _MOST_COVERED:
        raise UnreadableDocument(
            f"{path} merges or links {covered:,} cells, which no list needs. "
            "Check where it comes from."
        )
    if without_value:
        report["formulas_without_value"] = without_value
    if boxes:
        report["text_boxes_not_read"] = boxes


def _covered(reference: bytes) -> int:
    """The number of cells of a merged range."""
    try:
        left, top, right, bottom = openpyxl.utils.range_boundaries(reference.decode())
        return int((right - left + 1) * (bottom - top + 1))
    except (TypeError, ValueError):
        return _MOST_COVERED + 1  # whole columns or rows, or no range at all


def _grid(path: Path, sheet: Worksheet, number: int) -> Grid:
    grid = Grid(sheet.title, number)
    grid.merged = [
        Range(r.min_row - 1, r.min_col - 1, r.max_row - 1, r.max_col - 1)
        for r in sheet.merged_cells.ranges
    ]
    check_merged(path, grid.merged)
    heads = _table_heads(sheet)
    # Iterating over rows would build each cell that is not there, up to the furthest one.
    looks: dict[int, _Look] = {}
    for (_, column), cell in sorted(sheet._cells.items()):
        if cell.value is not None and column <= MOST_COLUMNS:
            look = looks.get(cell.style_id) or looks.setdefault(cell.style_id, _look(cell))
            _put(grid, cell, look, heads)
        if cell.comment is not None and cell.comment.text:
            grid.hidden.append((str(cell.comment.text), "comment of a cell"))
    rows = {
        number - 1
        for number, row in sheet.row_dimensions.items()
        if row.hidden or (row.height is not None and row.height == 0)
    }
    grid.hide_rows(rows, "hidden row")
    grid.hide_columns(_hidden_columns(sheet), "hidden column")
    return grid


@dataclass(frozen=True, slots=True)
class _Look:
    """What a cell style does to a value."""

    code: str
    tiny: bool
    unseen: bool
    bold: bool


def _look(cell: Any) -> _Look:
    font = cell.font
    tiny = font is not None and font.sz is not None and font.sz < _LEAST_SIZE
    code = cell.number_format or "General"
    return _Look(code, tiny, _is_unseen(cell), bool(font is not None and font.b))


def _put(grid: Grid, cell: Any, look: _Look, heads: set[tuple[int, int]]) -> None:
    row, column = cell.row - 1, cell.column - 1
    if cell.data_type == "e":
        grid.errors.append(f"{grid.name}!{cell.coordinate}")
        grid.put(row, column, f"[error {cell.value}]")
        return
    text = show(cell.value, look.code)
    grid.put(row, column, text or show(cell.value))
    if not text.strip() and show(cell.value).strip():
        grid.hide(row, column, "number format that hides the value")
    elif look.tiny:
        grid.hide(row, column, "tiny text")
    elif look.unseen and (row, column) not in heads:
        grid.hide(row, column, "text in the colour of its cell")
    elif look.bold:
        grid.bold.add((row, column))


def _is_unseen(cell: Any) -> bool:
    if cell.font is None or cell.font.color is None:
        return False
    ink = _colour(cell.font.color)
    paper = "FFFFFF"
    if cell.fill is not None and cell.fill.fill_type == "solid":
        paper = _colour(cell.fill.fgColor)
    elif cell.fill is not None and cell.fill.fill_type:
        return False  # a pattern or a gradient shows any ink somewhere
    return bool(ink) and (ink == paper or (ink in _WHITE and paper in _WHITE))


def _colour(colour: Any) -> str:
    """The colour as RRGGBB or "theme n"; empty where it is not stated."""
    if colour is None:
        return ""
    if colour.type == "theme":
        return f"theme {colour.theme}" if not colour.tint else ""
    if colour.type == "indexed":
        return {1: "FFFFFF", 9: "FFFFFF", 0: "000000", 8: "000000"}.get(colour.indexed, "")
    return str(colour.rgb)[-6:].upper() if isinstance(colour.rgb, str) else ""


def _table_heads(sheet: Worksheet) -> set[tuple[int, int]]:
    """Header cells of tables: their white text stands on the colour of the table's style."""
    heads: set[tuple[int, int]] = set()
    for table in sheet.tables.values():
        match = re.match(r"\$?([A-Z]{1,3})\$?(\d+)(?::\$?([A-Z]{1,3}))?", table.ref or "")
        if match:
            left = openpyxl.utils.column_index_from_string(match[1])
            right = openpyxl.utils.column_index_from_string(match[3] or match[1])
            heads |= {(int(match[2]) - 1, column - 1) for column in range(left, right + 1)}
    return heads


def _hidden_columns(sheet: Worksheet) -> set[int]:
    hidden: set[int] = set()
    for dimension in sheet.column_dimensions.values():
        if dimension.hidden or dimension.width == 0:
            first = dimension.min or 1
            last = min(dimension.max or first, MOST_COLUMNS)
            hidden |= set(range(first - 1, last))
    return hidden
