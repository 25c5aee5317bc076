"""Lay out the rows of a table whose cells reach over columns and rows (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_MOST_COLUMNS = 200
_MOST_ROWS_DOWN = 5_000
_MOST_CELLS = 2_000_000


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as written: its text, and how many columns and rows it takes."""

    text: str
    columns: int = 1
    rows: int = 1


@dataclass(frozen=True, slots=True)
class Line:
    """A row as laid out; ``spans_all`` where one cell fills a row of several columns."""

    cells: tuple[str, ...]
    spans_all: bool = False


def lay_out(rows: Iterable[Sequence[Cell]], headers: int = 0) -> list[Line]:
    """Return rows of equal length; the first ``headers`` rows are header rows.

    A cell that reaches over rows is repeated in each, because a row is read by itself. One that
    reaches over columns counts for each of them in a header row and for the first in others.
    """
    lines: list[tuple[list[str], bool]] = []
    reaching: dict[int, tuple[int, str]] = {}  # column: rows still to fill, text
    total = widest = 0
    for position, row in enumerate(rows):
        texts: dict[int, str] = {}
        for column, (left, text) in list(reaching.items()):
            texts[column] = text
            if left > 1:
                reaching[column] = (left - 1, text)
            else:
                del reaching[column]
        span = _place(row, texts, reaching, repeat=position < headers)
        width = min(max(texts, default=-1) + 1, _MOST_COLUMNS)
        lines.append(([texts.get(column, "") for column in range(width)], span == width > 1))
        widest = max(widest, width)
        total += widest
        if total > _MOST_CELLS:
            break  # no table that a person made is as large
    return [
        Line((*texts, *[""] * (widest - len(texts))), fills and len(texts) == widest)
        for texts, fills in lines
    ]


def _place(
    row: Sequence[Cell], texts: dict[int, str], reaching: dict[int, tuple[int, str]], repeat: bool
) -> int:
    """Put the cells of a row into the free columns; return the widest span."""
    column = span = 0
    for cell in row:
        while column in texts:
            column += 1
        last = min(column + max(cell.columns, 1), _MOST_COLUMNS)
        for covered in range(column, last):
            shown = cell.text if repeat or covered == column else ""
            texts[covered] = shown
            if cell.rows > 1:
                reaching[covered] = (min(cell.rows - 1, _MOST_ROWS_DOWN), shown)
        span = max(span, last - column)
        column = last
        if column >= _MOST_COLUMNS:
            break
    return span


def join_header(lines: Sequence[Line]) -> tuple[str, ...]:
    """Join header rows column by column: "Torque" above "N·m" gives "Torque / N·m"."""
    columns = zip(*(line.cells for line in lines), strict=True)
    return tuple(" / ".join(dict.fromkeys(filter(None, column))) for column in columns)
