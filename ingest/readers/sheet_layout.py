"""Find the tables of a sheet: regions, header rows, title rows, merged cells (pure)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from index.rows import (
    CAUSE_HEADERS,
    CODE_HEADERS,
    MEANING_HEADERS,
    PART_HEADERS,
    REMEDY_HEADERS,
    SYMPTOM_HEADERS,
    column,
)
from ingest.readers.sheet_grid import Grid, Range
from ingest.readers.xml_tables import join_header

_SEARCHED = 30  # rows from the top of a region in which a header may stand
_MOST_HEADER = 4  # rows of one header
_MOST_TITLE = 80  # characters of a header cell
_UNIT = re.compile(
    r"[\[(]?(?:%|°[CF]?|K|[mkµµnMG]?(?:m|g|s|A|V|W|Hz|N|Pa|J|bar|l|L|Ω|F|B)|N·?m|Nm|mm²|mm|cm|in|"
    r"lbf?|psi|rpm|min|h|l/min|m/s|mm/s|kVA|dB|inch|1/min|min-1|-)[\])]?$"
)
_NUMBERS = re.compile(r"[\s\d.,:/%+-]+$")
_ROLES = (
    CODE_HEADERS,
    PART_HEADERS,
    MEANING_HEADERS,
    CAUSE_HEADERS,
    REMEDY_HEADERS,
    SYMPTOM_HEADERS,
    ("quantity", "qty", "unit", "value", "default", "range", "item", "menge", "einheit", "wert"),
    ("数量", "单位", "默认", "范围", "参数", "序号", "parameter", "setting", "pos", "remark"),
)
_KEYS = (CODE_HEADERS, PART_HEADERS, ("parameter", "参数", "item", "pos"))


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a region: texts by column of the region; ``banner`` where one cell fills it."""

    row: int
    cells: tuple[str, ...]
    banner: str = ""


@dataclass(frozen=True, slots=True)
class Region:
    """A table with the lines above its header, and the lines below; the header may be empty.

    ``continues`` where the header is that of the region before.
    """

    above: tuple[Line, ...]
    header: tuple[str, ...]
    body: tuple[Line, ...]
    continues: bool = False


def regions_of(grid: Grid) -> Iterator[Region]:
    """Yield the regions of a sheet from top to bottom, side by side from left to right.

    A region without a header of its own below one with the same columns continues its table.
    """
    _fill_merged(grid)
    tables: dict[tuple[int, ...], tuple[str, ...]] = {}
    for rows in _bands(grid):
        for part in _side_by_side(grid, rows):
            lines = _lines(grid, rows, part)
            region = _region(grid, lines, part)
            above = next((c for c in reversed(tables) if set(part) <= set(c)), ())
            if region.header:
                tables.pop(part, None)
                tables[part] = region.header
            elif above and _is_table(region):
                header = tables[above]
                places = [above.index(c) for c in part]
                body = tuple(_widen(line, places, len(header)) for line in lines)
                region = Region((), header, body, continues=True)
            yield region


def _is_table(region: Region) -> bool:
    return any(sum(map(bool, line.cells)) > 1 for line in region.body)


def _widen(line: Line, places: Sequence[int], count: int) -> Line:
    cells = [""] * count
    for place, cell in zip(places, line.cells, strict=True):
        cells[place] = cell
    return Line(line.row, tuple(cells), line.banner)


def _fill_merged(grid: Grid) -> None:
    """Repeat the text of a merged range in each of its rows: a row is read by itself."""
    for merged in grid.merged:
        text = grid.cells.get(merged.top, {}).get(merged.left, "")
        for row in range(merged.top + 1, merged.bottom + 1) if text else ():
            if row in grid.cells:  # a row that is hidden or empty stays so
                grid.put(row, merged.left, text)


def _bands(grid: Grid) -> Iterator[list[int]]:
    """Yield the runs of rows that no empty row interrupts."""
    filled = sorted(r for r, cells in grid.cells.items() if any(t.strip() for t in cells.values()))
    band: list[int] = []
    for row in filled:
        if band and row > band[-1] + 1:
            yield band
            band = []
        band.append(row)
    if band:
        yield band


def _side_by_side(grid: Grid, rows: Sequence[int]) -> list[tuple[int, ...]]:
    """Split the columns of a band at empty ones where a table stands on either side."""
    uses: Counter[int] = Counter()
    for row in rows:
        uses.update(c for c, text in grid.cells[row].items() if text.strip())
    columns = sorted(uses)
    groups: list[list[int]] = []
    for position in columns:
        if groups and position == groups[-1][-1] + 1:
            groups[-1].append(position)
        else:
            groups.append([position])
    if len(rows) < 3 or len(groups) < 2 or not all(_stands_alone(grid, rows, g) for g in groups):
        return [tuple(columns)]
    return [tuple(group) for group in groups]


def _stands_alone(grid: Grid, rows: Sequence[int], group: Sequence[int]) -> bool:
    """Whether columns look like a table: two of them, one of which names what a row is about."""
    if len(group) < 2:
        return False
    first = next(r for r in rows if any(grid.cells[r].get(c, "").strip() for c in group))
    titles = [grid.cells[first].get(c, "") for c in group]
    names = [title.casefold() for title in titles]
    return sum(map(bool, titles)) > 1 and any(column(names, keys) >= 0 for keys in _KEYS)


def _lines(grid: Grid, rows: Sequence[int], columns: Sequence[int]) -> list[Line]:
    lines: list[Line] = []
    for row in rows:
        cells = tuple(grid.cells[row].get(c, "").strip() for c in columns)
        filled = [(c, text) for c, text in zip(columns, cells, strict=True) if text]
        if not filled:
            continue
        banner = ""
        if len(filled) == 1:
            at, text = filled[0]
            width = max((m.right - at + 1 for m in grid.ranges_at(row) if m.left == at), default=1)
            if width > 1 and (width >= len(columns) / 2 or len(columns) <= 2):
                banner = text
        lines.append(Line(row, cells, banner))
    return lines


def _region(grid: Grid, lines: list[Line], columns: tuple[int, ...]) -> Region:
    start = _header_row(grid, lines, columns)
    if start < 0:
        return Region((), (), tuple(lines))
    ranges = grid.ranges_at(lines[start].row)
    own = [m for m in ranges if columns[0] <= m.left <= columns[-1]]
    end = _header_end(own, lines, start)
    rows = [_spread(grid, line, columns) for line in lines[start:end]]
    header = join_header(rows)
    body = [line for line in lines[end:] if line.cells != lines[start].cells]
    return Region(tuple(lines[:start]), header, tuple(body))


def _header_row(grid: Grid, lines: Sequence[Line], columns: tuple[int, ...]) -> int:
    """The position of the first header row, -1 where the region has none."""
    if len(columns) < 2 or len(lines) < 2:
        return -1
    searched = lines[:_SEARCHED]
    for position, line in enumerate(searched[:-1] if len(lines) == len(searched) else searched):
        titles = _spread(grid, line, columns)
        if _could_be_header(titles) and _roles(titles) >= 2:
            return position
    usual = median(sum(map(bool, line.cells)) for line in lines)
    for position, line in enumerate(searched[:-1]):
        titles = _spread(grid, line, columns)
        if line.banner or sum(map(bool, titles)) < max(2, 0.6 * usual):
            continue
        below = lines[position + 1 :]
        return position if _is_header(grid, line, titles, below, columns) else -1
    return -1


def _is_header(
    grid: Grid, line: Line, titles: Sequence[str], below: Sequence[Line], columns: Sequence[int]
) -> bool:
    if not _could_be_header(titles):
        return False
    if _roles(titles) >= 1:
        return True
    own = [(line.row, c) in grid.bold for c, t in zip(columns, line.cells, strict=True) if t]
    plain = [(other.row, columns[0]) not in grid.bold for other in below[:10]]
    if all(own) and all(plain):
        return True
    if any(any(map(str.isdigit, title)) for title in titles):
        return False
    return any(
        sum(any(map(str.isdigit, other.cells[at])) for other in below) > len(below) / 2
        for at in range(len(columns))
        if titles[at]
    )


def _could_be_header(titles: Sequence[str]) -> bool:
    filled = [title for title in titles if title]
    if len(filled) < 2 or any(len(title) > _MOST_TITLE for title in filled):
        return False
    return len(set(filled)) > 1 and not any(_NUMBERS.match(title) for title in filled)


def _roles(titles: Sequence[str]) -> int:
    """How many columns have a title that says what stands in such a list."""
    found = {
        place for names in _ROLES if (place := column([t.casefold() for t in titles], names)) >= 0
    }
    short = [place for place in found if len(titles[place]) <= 40]
    return len(short)


def _spread(grid: Grid, line: Line, columns: Sequence[int]) -> tuple[str, ...]:
    """The texts of a header row; one that is merged over columns counts for each of them."""
    cells = list(line.cells)
    for merged in grid.ranges_at(line.row):
        if merged.left in columns:
            text = cells[columns.index(merged.left)]
            for place, position in enumerate(columns):
                if merged.left < position <= merged.right and not cells[place]:
                    cells[place] = text
    return tuple(cells)


def _header_end(ranges: Sequence[Range], lines: Sequence[Line], start: int) -> int:
    """The position after the last row of a header: merged cells and rows of units belong to it."""
    row = lines[start].row
    last = row
    for merged in ranges:
        if merged.top == row:
            if merged.bottom > merged.top:
                last = max(last, merged.bottom)
            elif merged.right > merged.left:
                last = max(last, row + 1)
    last = min(last, row + _MOST_HEADER - 1)
    end = start + 1
    while end < len(lines) - 1 and lines[end].row <= last:
        end += 1
    if end < len(lines) - 1 and _is_units(lines[end]):
        end += 1
    return end


def _is_units(line: Line) -> bool:
    filled = [cell for cell in line.cells if cell]
    return bool(filled) and all(_UNIT.match(cell) for cell in filled) and set(filled) != {"-"}
