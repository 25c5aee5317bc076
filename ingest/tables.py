"""Read delimited tables: encoding, delimiter, header, rows with the wrong number of cells."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from ingest.errors import UnreadableTable
from ingest.text_encoding import decode

_DELIMITERS = ",;\t|"
_SAMPLE_ROWS = 200


@dataclass(frozen=True, slots=True)
class Row:
    """A row with its line of the file (the header is line 1) and what was odd about it."""

    line: int
    cells: dict[str, str]
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DelimitedTable:
    """A table as read."""

    path: Path
    encoding: str
    delimiter: str
    header: tuple[str, ...]
    rows: list[Row]


def read_table(path: Path, text_column: str | None = None) -> DelimitedTable:
    """Read a delimited file.

    A row with too many cells is taken to hold an unescaped delimiter in the text column, if one is
    named: the surplus cells are put back there. A row with too few is padded. Both are flagged.

    Raises:
        UnreadableTable: the file is missing, empty, or has no header or no rows.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UnreadableTable(
            f"{path} cannot be opened: {error.strerror}. Check the path and its permissions."
        ) from error
    if not data.strip():
        raise UnreadableTable(f"{path} is empty ({len(data)} bytes). Export the table again.")
    text, encoding = decode(data)
    delimiter = _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        header = _distinct(next(reader, []))
        rows: list[Row] = []
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append(_row(reader.line_num, cells, header, text_column, delimiter))
    except csv.Error as error:
        raise UnreadableTable(
            f"{path}, line {reader.line_num}: {error}. Export the table again as CSV."
        ) from error
    if not any(header):
        raise UnreadableTable(f"{path} has no header in its first line. Add one.")
    if not rows:
        raise UnreadableTable(f"{path} has a header and no rows. Export the table again.")
    return DelimitedTable(path, encoding, delimiter, header, rows)


def _distinct(header: list[str]) -> tuple[str, ...]:
    """The names of the columns; what repeats is numbered, so that no column hides another."""
    seen: Counter[str] = Counter()
    names: list[str] = []
    for cell in header:
        name = cell.strip()
        seen[name] += 1
        names.append(f"{name} ({seen[name]})" if name and seen[name] > 1 else name)
    return tuple(names)


def _delimiter(text: str) -> str:
    """The delimiter that cuts most lines into the same number of cells as the first."""
    lines = text.splitlines()[:_SAMPLE_ROWS]

    def agreement(delimiter: str) -> tuple[float, int]:
        try:
            counts = [len(cells) for cells in csv.reader(lines, delimiter=delimiter) if cells]
        except csv.Error:
            return 0.0, 0
        if not counts or counts[0] < 2:
            return 0.0, 0
        return Counter(counts)[counts[0]] / len(counts), counts[0]

    best = max(_DELIMITERS, key=agreement)
    return best if agreement(best)[1] else ","


def _row(
    line: int, cells: list[str], header: tuple[str, ...], text_column: str | None, delimiter: str
) -> Row:
    surplus = len(cells) - len(header)
    flags: tuple[str, ...] = ()
    if surplus > 0 and text_column in header:
        at = header.index(text_column)
        merged = delimiter.join(cells[at : at + surplus + 1])
        cells = [*cells[:at], merged, *cells[at + surplus + 1 :]]
        flags = (f"{surplus} surplus cells put back into {text_column!r}",)
    elif surplus > 0:
        flags = (f"{surplus} cells more than the header",)
    elif surplus < 0:
        flags = (f"{-surplus} cells fewer than the header",)
        cells = [*cells, *[""] * -surplus]
    values = (cell.replace("_x000D_", "").strip() for cell in cells)
    return Row(line, dict(zip(header, values, strict=False)), flags)
