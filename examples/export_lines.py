"""Records of an export, the dirt in them, and the truth about both."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from openpyxl import Workbook

from office import freeze

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Truth:
    """What an export holds.

    ``records`` are its data rows, dirt included; ``tickets`` the different tickets among them;
    ``wrong`` says what is wrong in which row.
    """

    name: str
    records: int
    tickets: int
    wrong: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class Line:
    """One record of a file; ``raw`` is written as it is, in place of the cells."""

    cells: tuple[object, ...] = ()
    wrong: str = ""
    is_ticket: bool = True
    raw: str = ""
    same_as: bool = False


def tickets(first: int, count: int) -> list[dict[str, str]]:
    """Closed tickets with all their numbers, in the order of time."""
    with (HERE / "tickets.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["downtime_min"] and row["labor_h"]]
    return rows[first : first + count]


def when(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M")


def changed(lines: Iterable[Line], changes: Mapping[int, tuple[int, object, str]]) -> list[Line]:
    """Replace the cell of a line: ``{line: (column, value, what is wrong)}``, counted from 0."""
    result = list(lines)
    for index, (column, value, wrong) in changes.items():
        cells = list(result[index].cells)
        cells[column] = value
        result[index] = Line(tuple(cells), wrong)
    return result


def truth(name: str, lines: Sequence[Line], rows: Sequence[int]) -> Truth:
    return Truth(
        name,
        len(lines),
        sum(line.is_ticket and not line.same_as for line in lines),
        tuple((row, line.wrong) for row, line in zip(rows, lines, strict=True) if line.wrong),
    )


def write_text(
    path: Path, header: Sequence[str], lines: Sequence[Line], delimiter: str, encoding: str
) -> Truth:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(header)
    rows: list[int] = []
    for line in lines:
        rows.append(buffer.getvalue().count("\n") + 1)
        if line.raw:
            buffer.write(line.raw + "\r\n")
        else:
            writer.writerow(line.cells)
    path.write_bytes(buffer.getvalue().encode(encoding))
    return truth(path.name, lines, rows)


def write_sheet(
    path: Path, above: Sequence[str], header: Sequence[str], lines: Sequence[Line]
) -> Truth:
    book = Workbook()
    sheet = book.active
    for text in above:
        sheet.append([text])
        sheet.merge_cells(
            start_row=sheet.max_row, start_column=1, end_row=sheet.max_row, end_column=len(header)
        )
    sheet.append(list(header))
    rows: list[int] = []
    for line in lines:
        sheet.append(list(line.cells))
        rows.append(sheet.max_row)
    book.create_sheet("Parameters").append(["Layout", "/DEFAULT", "User", "PM-REPORT"])
    book.save(path)
    freeze(path)
    return truth(path.name, lines, rows)
