"""From runs to lines in reading order (pure).

Runs on one baseline make a segment where the gap between them is that of a word, and stay apart
where it is that of a column. Columns are found by cutting the page where no segment crosses.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ingest.readers.page_content import Rect, Run
from ingest.readers.pdf_figures import Figure
from ingest.readers.pdf_tables import Lattice

_WORD_GAP = 0.12  # of the font size: a wider gap is a space
_COLUMN_GAP = 1.6  # of the font size: a wider gap may part two columns
_SAME_LINE = 0.35  # of the font size
_GUTTER = 9.0  # points
_LEAST_COLUMN = 0.2  # of the page width
_MARK = 5  # characters: the mark of a list item is at most as long


@dataclass(frozen=True, slots=True)
class TextLine:
    """A printed line."""

    text: str
    box: Rect
    baseline: float
    size: float
    is_bold: bool


Item = TextLine | Lattice | Figure


def read_order(runs: Sequence[Run], blocks: Sequence[Lattice | Figure], width: float) -> list[Item]:
    """Return lines, lattices and figures in the order in which a person reads them."""
    items: list[Item] = [*_segments(runs), *blocks]
    return [line for part in _cut(items, width) for line in _join(part)]


def lines_of(runs: Sequence[Run]) -> list[TextLine]:
    """Return the lines of a cell: everything on one baseline belongs together."""
    return [line for line in _join(_segments(runs)) if isinstance(line, TextLine)]


def _segments(runs: Sequence[Run]) -> list[TextLine]:
    segments: list[TextLine] = []
    for row in baselines(runs):
        segments.extend(_line(part) for part in part_row(row))
    return [segment for segment in segments if segment.text]


def part_row(row: Sequence[Run]) -> list[list[Run]]:
    """Part the runs of one baseline where the gap is that of a column."""
    parts: list[list[Run]] = [[]]
    for run in row:
        if parts[-1] and _is_apart(parts[-1], run):
            parts.append([])
        parts[-1].append(run)
    return parts


def baselines(runs: Sequence[Run]) -> list[list[Run]]:
    """Group runs by baseline, from the top; each group from left to right."""
    rows: list[list[Run]] = []
    for run in sorted(runs, key=lambda run: -run.baseline):
        if rows and abs(rows[-1][0].baseline - run.baseline) <= _SAME_LINE * max(
            run.size, rows[-1][0].size
        ):
            rows[-1].append(run)
        else:
            rows.append([run])
    return [sorted(row, key=lambda run: run.box.left) for row in rows]


def _is_apart(current: Sequence[Run], run: Run) -> bool:
    gap = run.box.left - current[-1].box.right
    size = max(current[-1].size, run.size)
    is_mark = len(current) == 1 and len(current[0].text.strip()) <= _MARK
    return gap > (4 if is_mark else 1) * _COLUMN_GAP * size


def _line(runs: Sequence[Run]) -> TextLine:
    text = ""
    for i, run in enumerate(runs):
        if i and not text.endswith(" ") and not run.text.startswith(" "):
            gap = run.box.left - runs[i - 1].box.right
            if gap > _WORD_GAP * run.size:
                text += " "
        text += run.text
    box = Rect(
        min(run.box.left for run in runs),
        min(run.box.bottom for run in runs),
        max(run.box.right for run in runs),
        max(run.box.top for run in runs),
    )
    letters = sum(len(run.text) for run in runs)
    bold = sum(len(run.text) for run in runs if run.is_bold)
    size = max(runs, key=lambda run: len(run.text)).size
    baseline = runs[0].baseline
    return TextLine(" ".join(text.split(" ")).strip(), box, baseline, size, 2 * bold > letters)


def _join(items: Sequence[Item]) -> list[Item]:
    """Join the segments of one column that stand on one baseline, and order by height."""
    rows: list[list[TextLine]] = []
    segments = [item for item in items if isinstance(item, TextLine)]
    for segment in sorted(segments, key=lambda segment: -segment.baseline):
        if rows and rows[-1][0].baseline - segment.baseline <= _SAME_LINE * segment.size:
            rows[-1].append(segment)
        else:
            rows.append([segment])
    lines: list[Item] = [item for item in items if not isinstance(item, TextLine)]
    for row in rows:
        row.sort(key=lambda segment: segment.box.left)
        box = Rect(
            row[0].box.left,
            min(segment.box.bottom for segment in row),
            max(segment.box.right for segment in row),
            max(segment.box.top for segment in row),
        )
        text = " ".join(segment.text for segment in row)
        is_bold = all(segment.is_bold for segment in row)
        lines.append(TextLine(text, box, row[0].baseline, row[0].size, is_bold))
    return sorted(lines, key=lambda line: -line.box.top)


def _cut(items: Sequence[Item], width: float) -> list[list[Item]]:
    """Cut a page into parts that are read one after the other.

    A gutter that divides the narrow items into two columns is looked for; items that cross it
    divide the page into bands, each of which is read left column first.
    """
    gutter = _gutter(items, width)
    if gutter is None:
        return [list(items)]
    parts: list[list[Item]] = []
    band: list[Item] = []
    for item in sorted(items, key=lambda item: -item.box.top):
        if item.box.left < gutter < item.box.right:
            parts.extend(_sides(band, gutter, width))
            band = []
            parts.append([item])
        else:
            band.append(item)
    parts.extend(_sides(band, gutter, width))
    return [part for part in parts if part]


def _sides(band: Sequence[Item], gutter: float, width: float) -> list[list[Item]]:
    left = [item for item in band if item.box.right <= gutter]
    right = [item for item in band if item.box.right > gutter]
    if min(len(left), len(right)) < 2:
        return [list(band)] if band else []
    return [part for side in (left, right) for part in _cut(side, width / 2)]


def _gutter(items: Sequence[Item], width: float) -> float | None:
    """Where a column gap is, if the page has at least four lines on either side of it."""
    narrow = [item for item in items if item.box.right - item.box.left < 0.6 * width]
    if len(narrow) < 8:
        return None
    edges = sorted(((item.box.left, item.box.right) for item in narrow), key=lambda edge: edge[0])
    reach = edges[0][1]
    for left, right in edges[1:]:
        if left - reach >= _GUTTER:
            middle = (left + reach) / 2
            if _is_gutter(narrow, middle, width):
                return middle
        reach = max(reach, right)
    return None


def _is_gutter(narrow: Iterable[Item], middle: float, width: float) -> bool:
    sides: tuple[list[Item], list[Item]] = ([], [])
    for item in narrow:
        sides[item.box.left > middle].append(item)
    return all(len(side) >= 4 and _breadth(side) >= _LEAST_COLUMN * width for side in sides)


def _breadth(items: Sequence[Item]) -> float:
    return max(item.box.right for item in items) - min(item.box.left for item in items)
