"""Read the sheets of old Excel workbooks (.xls) as they are shown."""

from __future__ import annotations

import datetime
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import xlrd

from ingest.errors import UnreadableDocument
from ingest.readers.number_format import show
from ingest.readers.sheet_grid import Grid, Range, check_merged, check_size

_MOST_BYTES = 100 << 20
_WHITE = ((255, 255, 255), None)
_AUTOMATIC = 0x7FFF
_STATES = {1: "hidden sheet", 2: "very hidden sheet"}


def read_xls(path: Path, report: dict[str, object]) -> Iterator[Grid]:
    """Yield the sheets of a workbook in their order.

    Raises:
        UnreadableDocument: damaged, encrypted, too large, or no workbook.
    """
    if path.stat().st_size > _MOST_BYTES:
        raise UnreadableDocument(f"{path} is larger than {_MOST_BYTES >> 20} MB. Split it.")
    try:
        # The library writes about oddities to a stream; they are no news for anybody.
        book = xlrd.open_workbook(
            file_contents=path.read_bytes(), formatting_info=True, logfile=io.StringIO()
        )
        sheets = book.sheets()
    except MemoryError:
        raise
    except Exception as error:  # the library meets damaged files with errors of every class
        locked = "crypt" in str(error).lower() or "password" in str(error).lower()
        remedy = "Save it without a password." if locked else "Save it again as .xlsx."
        raise UnreadableDocument(
            f"{path} cannot be read as a workbook ({type(error).__name__}: {error}). {remedy}"
        ) from error
    check_size(path, max((s.nrows for s in sheets), default=0), sum(_cells(s) for s in sheets))
    for number, sheet in enumerate(sheets, 1):
        grid = _grid(path, book, sheet, number)
        if sheet.visibility:
            grid.hide_all(_STATES.get(sheet.visibility, "hidden sheet"))
        yield grid


def _cells(sheet: Any) -> int:
    return sum(sheet.row_len(row) for row in range(sheet.nrows))


def _grid(path: Path, book: Any, sheet: Any, number: int) -> Grid:
    grid = Grid(sheet.name, number)
    grid.merged = [
        Range(top, left, bottom - 1, right - 1) for top, bottom, left, right in sheet.merged_cells
    ]
    check_merged(path, grid.merged)
    for row in range(sheet.nrows):
        for column in range(sheet.row_len(row)):
            kind = sheet.cell_type(row, column)
            if kind not in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
                _put(grid, book, sheet, row, column)
    for note in sheet.cell_note_map.values():
        if note.text.strip():
            grid.hidden.append((note.text, "comment of a cell"))
    rows = {r for r, info in sheet.rowinfo_map.items() if info.hidden or info.height == 0}
    grid.hide_rows(rows, "hidden row")
    columns = {c for c, info in sheet.colinfo_map.items() if info.hidden or info.width == 0}
    grid.hide_columns(columns, "hidden column")
    return grid


def _put(grid: Grid, book: Any, sheet: Any, row: int, column: int) -> None:
    kind, value = sheet.cell_type(row, column), sheet.cell_value(row, column)
    style, font = _style(book, sheet, row, column)
    code = "General"
    if style is not None and style.format_key in book.format_map:
        code = book.format_map[style.format_key].format_str
    if kind == xlrd.XL_CELL_ERROR:
        name = xlrd.error_text_from_code.get(value, "#?")
        grid.errors.append(f"{grid.name}!{xlrd.cellname(row, column)}")
        grid.put(row, column, f"[error {name}]")
        return
    if kind == xlrd.XL_CELL_BOOLEAN:
        value = bool(value)
    elif kind == xlrd.XL_CELL_DATE:
        value = _moment(value, book.datemode)
    text = show(value, code)
    grid.put(row, column, text or show(value))
    if not text.strip() and show(value).strip():
        grid.hide(row, column, "number format that hides the value")
    elif font is not None and 0 < font.height < 40:
        grid.hide(row, column, "tiny text")
    elif font is not None and _is_unseen(book, style, font):
        grid.hide(row, column, "text in the colour of its cell")
    elif font is not None and font.bold:
        grid.bold.add((row, column))


def _moment(value: float, datemode: int) -> datetime.datetime | datetime.time | float:
    try:
        moment: datetime.datetime = xlrd.xldate_as_datetime(value, datemode)
    except (OverflowError, ValueError):
        return value
    return moment.time() if 0 <= value < 1 else moment


def _style(book: Any, sheet: Any, row: int, column: int) -> tuple[Any, Any]:
    """The format record and the font of a cell; None where the file names one that it lacks."""
    try:
        style = book.xf_list[sheet.cell_xf_index(row, column)]
        return style, book.font_list[style.font_index]
    except (IndexError, TypeError):
        return None, None


def _is_unseen(book: Any, style: Any, font: Any) -> bool:
    if font.colour_index == _AUTOMATIC:
        return False
    ink = book.colour_map.get(font.colour_index)
    paper = None
    if style.background.fill_pattern == 1:
        paper = book.colour_map.get(style.background.pattern_colour_index)
    elif style.background.fill_pattern:
        return False
    return ink is not None and (ink == paper or (ink in _WHITE and paper in _WHITE))
