"""Find tables without ruling lines: rows of cells below a header that stands in the same columns.

Pure. Only a row of header words such as "Code, Cause, Remedy" opens such a table: columns of
running text, addresses and lists look alike otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from index.rows import (
    CAUSE_HEADERS,
    MEANING_HEADERS,
    PART_HEADERS,
    REMEDY_HEADERS,
    STRONG_CODE_HEADERS,
)
from ingest.readers.page_content import Rect, Run
from ingest.readers.pdf_layout import baselines
from ingest.readers.pdf_tables import Cell, Lattice

_TELLING = (CAUSE_HEADERS, REMEDY_HEADERS, PART_HEADERS, STRONG_CODE_HEADERS)
_KINDS = (*_TELLING, MEANING_HEADERS)
_LONGEST_HEADER = 32  # characters
_MOST_LEADING = 3.5  # type sizes between the baselines of two lines of one table
_NEW_ROW = 1.25  # times the least leading
_APART = 1.6  # type sizes of white between two columns
_SLACK = 0.6  # type sizes by which a cell may stand left of its column

_Part = list[Run]


def find_open_tables(runs: Sequence[Run]) -> tuple[list[Lattice], list[Run]]:
    """Return the tables below header words, and the runs outside of them."""
    rows = [_parts(row) for row in baselines(runs)]
    tables: list[Lattice] = []
    position = 0
    while position < len(rows):
        if not _is_header(rows[position]):
            position += 1
            continue
        end = _end(rows, position)
        if end - position >= 2:
            tables.append(_table(rows[position:end]))
        position = max(end, position + 1)
    taken = {id(run) for table in tables for run in table.runs}
    return tables, [run for run in runs if id(run) not in taken]


def _parts(row: Sequence[Run]) -> list[_Part]:
    """The cells of a line. A code of a few letters is a cell, where in a list it is a mark."""
    parts: list[_Part] = []
    for run in row:
        last = parts[-1][-1] if parts else None
        if last and run.box.left - last.box.right <= _APART * max(last.size, run.size):
            parts[-1].append(run)
        else:
            parts.append([run])
    return parts


def _is_header(row: Sequence[_Part]) -> bool:
    texts = [_text(part).casefold() for part in row]
    if len(texts) < 2 or max(map(len, texts)) > _LONGEST_HEADER:
        return False
    kinds = {
        i
        for text in texts
        for i, words in enumerate(_KINDS)
        if any(text.startswith(word) or text.endswith(word) for word in words)
    }
    return len(kinds) >= 2 and min(kinds) < len(_TELLING) and len(kinds) * 2 >= len(texts)


def _end(rows: Sequence[Sequence[_Part]], start: int) -> int:
    """The index of the first row below a header that does not stand in its columns."""
    lefts = [part[0].box.left for part in rows[start]]
    for i in range(start + 1, len(rows)):
        above, row = rows[i - 1], rows[i]
        size = max(part[0].size for part in row)
        if above[0][0].baseline - row[0][0].baseline > _MOST_LEADING * size:
            return i
        if _is_header(row) or not all(_fits(part, lefts) for part in row):
            return i
    return len(rows)


def _fits(part: _Part, lefts: Sequence[float]) -> bool:
    column, size = _column(part, lefts), part[0].size
    if part[0].box.left < lefts[0] - _SLACK * size:
        return False
    return column + 1 == len(lefts) or part[-1].box.right <= lefts[column + 1]


def _column(part: _Part, lefts: Sequence[float]) -> int:
    slack = _SLACK * part[0].size
    return max(0, sum(left - slack <= part[0].box.left for left in lefts) - 1)


def _table(rows: Sequence[Sequence[_Part]]) -> Lattice:
    lefts = [part[0].box.left for part in rows[0]]
    steps = [a[0][0].baseline - b[0][0].baseline for a, b in pairwise(rows[1:])]
    least = min(steps, default=0.0)
    # Where rows stand apart, a second line of the first column is told from a new row.
    is_spaced = max(steps, default=0.0) > _NEW_ROW * least
    cells: list[list[list[Run]]] = []
    for i, row in enumerate(rows):
        columns = {_column(part, lefts) for part in row}
        step = steps[i - 2] if i >= 2 else 0.0
        first = _text(next((part for part in row if _column(part, lefts) == 0), []))
        is_new = 0 in columns and (
            not is_spaced or step > _NEW_ROW * least or any(c.isdigit() for c in first)
        )
        if i < 2 or is_new:
            cells.append([[] for _ in lefts])
        for part in row:
            cells[-1][_column(part, lefts)].extend(part)
    every = [run.box for row in rows for part in row for run in part]
    right = max(box.right for box in every)
    box = Rect(
        min(box.left for box in every),
        min(box.bottom for box in every),
        right,
        max(box.top for box in every),
    )
    edges = [*lefts, max(right, lefts[-1] + 1)]
    filled = tuple(
        tuple(
            Cell(Rect(edges[i], box.bottom, edges[i + 1], box.top), tuple(part))
            for i, part in enumerate(row)
        )
        for row in cells
    )
    return Lattice(box, filled, has_header=True)


def _text(part: Sequence[Run]) -> str:
    return " ".join(run.text.strip() for run in part).strip()
