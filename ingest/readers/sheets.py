"""Read workbooks and delimited files as documents: alarm lists, parameter lists, parts lists.

Each sheet is a page with a heading; each row of a table is a block with the header of its table.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from ingest.errors import EmptyDocument, UnreadableDocument
from ingest.readers.contents import Contents, Hidden
from ingest.readers.flow import Flow
from ingest.readers.sheet_grid import MOST_COLUMNS, Grid, check_size
from ingest.readers.sheet_layout import Line, Region, regions_of
from ingest.signal_words import leads, stands_alone
from ingest.text_encoding import decode

_DELIMITERS = ",;\t|"
_SAMPLE_ROWS = 200
_MOST_BYTES = 100 << 20
_MOST_FIELD = 1 << 20  # characters of one field
_MOST_GROUP = 80  # characters of a title between rows
_FRONT = 20


def read_sheets(path: Path) -> Contents:
    """Return the contents of a workbook or a delimited file; page n is its n-th sheet.

    Raises:
        UnreadableDocument: damaged, encrypted, too large, or not what its name says.
        EmptyDocument: no sheet that is shown holds text.
    """
    report: dict[str, object] = {}
    flow = Flow(is_stated=True)
    front: list[Line] = []
    hidden: list[Hidden] = []
    errors: list[str] = []
    tables, empty, pages = 0, [], 0
    for grid in _open(path, report):
        pages = grid.number
        flow.page = grid.number
        before = len(flow.blocks)
        if grid.name and any(grid.cells.values()):
            flow.heading(grid.name, 1)
        start = len(flow.blocks)
        for region in regions_of(grid):
            tables += bool(region.header) and not region.continues
            front += _write(flow, region)
        if len(flow.blocks) == start:
            del flow.blocks[before:]
            empty.append(grid.number)
        hidden += [Hidden(grid.number, text, reason) for text, reason in grid.hidden]
        errors += grid.errors
    if not flow.blocks:
        raise EmptyDocument(
            f"{path} shows no text in any sheet. Check that nothing is hidden or filtered out."
        )
    stated = str(report.pop("title", "")).strip()
    report |= {"pages": pages, "pages_without_text": empty, "tables": tables, "figures": 0}
    if errors:
        report["error_cells"] = errors
    return Contents(
        blocks=tuple(flow.blocks),
        title=stated or _title(front) or path.stem,
        front=tuple(map(_stated, front[:_FRONT])),
        report=report,
        hidden=(*hidden, *flow.hidden.pieces),
    )


def _open(path: Path, report: dict[str, object]) -> Iterator[Grid]:
    # Imported where such a file is read: each library takes memory that the others need.
    opener: Callable[[Path, dict[str, object]], Iterator[Grid]]
    suffix = path.suffix.lower()
    if suffix in (".xlsx", ".xlsm"):
        from ingest.readers.sheets_xlsx import read_xlsx as opener
    elif suffix == ".xls":
        from ingest.readers.sheets_xls import read_xls as opener
    elif suffix == ".ods":
        from ingest.readers.sheets_ods import read_ods as opener
    else:
        opener = _read_delimited
    return opener(path, report)


def _read_delimited(path: Path, report: dict[str, object]) -> Iterator[Grid]:
    if path.stat().st_size > _MOST_BYTES:
        raise UnreadableDocument(f"{path} is larger than {_MOST_BYTES >> 20} MB. Split it.")
    data = path.read_bytes()
    text, report["encoding"] = decode(data)
    if "\0" in text:
        raise UnreadableDocument(
            f"{path} is not a text file, whatever its name says. Give it the ending of its format."
        )
    delimiter = "\t" if path.suffix.lower() == ".tsv" else _delimiter(text)
    grid = Grid("")
    cells = row = 0
    csv.field_size_limit(_MOST_FIELD)
    try:
        for row, fields in enumerate(
            csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        ):
            filled = {c: f for c, f in enumerate(fields[:MOST_COLUMNS]) if f.strip()}
            cells += len(filled)
            check_size(path, row + 1, cells)
            if filled:
                grid.cells[row] = filled
    except csv.Error as error:
        raise UnreadableDocument(
            f"{path}, row {row + 1}: {error}. Export the table again as CSV."
        ) from error
    yield grid


def _delimiter(text: str) -> str:
    """The delimiter that cuts most lines into the same number of cells, two at least."""
    lines = text[: 1 << 20].splitlines()[:_SAMPLE_ROWS]

    def agreement(delimiter: str) -> tuple[float, int]:
        try:
            counts = [len(fields) for fields in csv.reader(lines, delimiter=delimiter) if fields]
        except csv.Error:
            return 0.0, 0
        usual, times = (
            Counter(count for count in counts if count > 1).most_common(1)[0]
            if any(count > 1 for count in counts)
            else (0, 0)
        )
        return times / max(len(counts), 1), usual

    best = max(_DELIMITERS, key=agreement)
    return best if agreement(best)[1] else ","


def _write(flow: Flow, region: Region) -> tuple[Line, ...]:
    """Write the blocks of a region; return the lines above its table."""
    _write_lines(flow, region.above, (), in_table=False)
    if region.header:
        if not region.body:
            flow.row((), region.header)
        _write_lines(flow, region.body, region.header, in_table=True)
        return region.above
    in_table = any(sum(map(bool, line.cells)) > 2 for line in region.body)
    _write_lines(flow, region.body, (), in_table=in_table)
    return () if in_table else region.body


def _title(lines: list[Line]) -> str:
    """The first line that is a title: one cell, and no safety message."""
    for line in lines:
        filled = [cell for cell in line.cells if cell]
        if len(filled) == 1 and not (leads(filled[0]) or stands_alone(filled[0])):
            return " ".join(filled[0].split())
    return ""


def _stated(line: Line) -> str:
    return ": ".join(" ".join(cell.split()).rstrip(":：") for cell in line.cells if cell)


def _write_lines(
    flow: Flow, lines: tuple[Line, ...], header: tuple[str, ...], *, in_table: bool
) -> None:
    waiting = ""  # a signal word in a row of its own, whose message is the next row
    for line in lines:
        filled = [cell for cell in line.cells if cell]
        text = " ".join(filled)
        if waiting:
            signal = stands_alone(waiting)
            if signal:
                flow.safety(signal, waiting, text)
            waiting = ""
        elif len(filled) <= 2 and stands_alone(filled[0]):
            if len(filled) == 2:
                signal = stands_alone(filled[0])
                if signal:
                    flow.safety(signal, filled[0], filled[1])
            else:
                waiting = text
        elif len(filled) == 1 and leads(text):
            flow.paragraph(text)
        elif line.banner and in_table and header and len(text) <= _MOST_GROUP:
            flow.heading(text, 2)
        elif line.banner or (len(filled) == 1 and not header):
            flow.paragraph(text)
        elif not in_table and len(filled) <= 2:
            flow.paragraph(": ".join(cell.rstrip(": ：") for cell in filled))
        else:
            flow.row(header, line.cells)
    if waiting:
        flow.paragraph(waiting)
