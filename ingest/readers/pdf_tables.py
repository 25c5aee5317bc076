"""Find ruled tables and boxes on a page (pure).

Lines that touch form a lattice; a lattice with two rows or two columns of cells is a table, one
with a single column is a box, such as a safety panel.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ingest.readers.page_content import Line, PageContent, Rect, Run

_NEAR = 3.0  # points: lines that miss each other by less are taken to touch
_REGULAR = 0.7  # share of the cells' edges that are drawn; merged cells lack some, drawings most
_LEAST_ROW = 6.0  # points: closer lines are a double rule


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell with its runs in the order of the file."""

    box: Rect
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Lattice:
    """Cells in rows from the top; every row has the same number of cells.

    ``has_header`` is set where the first row is known to be one.
    """

    box: Rect
    rows: tuple[tuple[Cell, ...], ...]
    has_header: bool = False

    @property
    def runs(self) -> Iterable[Run]:
        """The runs of all cells."""
        return (run for row in self.rows for cell in row for run in cell.runs)

    @property
    def columns(self) -> int:
        """How many columns the lattice has."""
        return len(self.rows[0])


def find_lattices(content: PageContent) -> list[Lattice]:
    """Return the lattices of a page that hold text; each run is in one of them at most."""
    horizontals, verticals = _merge(content.horizontals), _merge(content.verticals)
    lattices: list[Lattice] = []
    free = list(content.runs)
    for across, upright in _components(horizontals, verticals):
        lattice, rest = _lattice(across, upright, free)
        if lattice is not None:
            lattices.append(lattice)
            free = rest
    return lattices


def _merge(lines: Iterable[Line]) -> list[Line]:
    """Join pieces of one ruling line."""
    merged: list[Line] = []
    for line in sorted(lines, key=lambda line: (round(line.at), line.start)):
        last = merged[-1] if merged else None
        if last and abs(last.at - line.at) <= 1.0 and line.start <= last.end + _NEAR:
            merged[-1] = Line(last.at, last.start, max(last.end, line.end))
        else:
            merged.append(line)
    return merged


def _components(
    horizontals: Sequence[Line], verticals: Sequence[Line]
) -> list[tuple[list[Line], list[Line]]]:
    """Group the lines that touch each other, biggest group first."""
    count = len(horizontals) + len(verticals)
    parent = list(range(count))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for i, across in enumerate(horizontals):
        for j, upright in enumerate(verticals, start=len(horizontals)):
            if (
                across.start - _NEAR <= upright.at <= across.end + _NEAR
                and upright.start - _NEAR <= across.at <= upright.end + _NEAR
            ):
                parent[root(i)] = root(j)
    groups: dict[int, tuple[list[Line], list[Line]]] = {}
    for i in range(count):
        group = groups.setdefault(root(i), ([], []))
        if i < len(horizontals):
            group[0].append(horizontals[i])
        else:
            group[1].append(verticals[i - len(horizontals)])
    found = [group for group in groups.values() if len(group[0]) >= 2 and len(group[1]) >= 2]
    return sorted(found, key=lambda group: -len(group[0]) * len(group[1]))


def _positions(lines: Iterable[Line]) -> list[float]:
    """Distinct positions of lines, in order."""
    positions: list[float] = []
    for at in sorted(line.at for line in lines):
        if not positions or at - positions[-1] > _LEAST_ROW:
            positions.append(at)
    return positions


def _lattice(
    across: Sequence[Line], upright: Sequence[Line], runs: Sequence[Run]
) -> tuple[Lattice | None, list[Run]]:
    xs, ys = _positions(upright), _positions(across)
    box = Rect(xs[0], ys[0], xs[-1], ys[-1])
    inside = [run for run in runs if _holds(box, run)]
    if not inside or len(xs) < 2 or len(ys) < 2 or _regularity(across, upright, xs, ys) < _REGULAR:
        return None, list(runs)
    cells: list[list[list[Run]]] = [[[] for _ in xs[1:]] for _ in ys[1:]]
    for run in inside:
        row = _interval(ys, (run.box.bottom + run.box.top) / 2)
        column = _interval(xs, min((run.box.left + run.box.right) / 2, run.box.left + run.size))
        cells[row][column].append(run)
    rows = [
        tuple(
            Cell(Rect(xs[i], ys[r], xs[i + 1], ys[r + 1]), tuple(cells[r][i]))
            for i in range(len(xs) - 1)
        )
        for r in reversed(range(len(ys) - 1))
    ]
    filled = [row for row in rows if any(cell.runs for cell in row)]
    chosen = set(map(id, inside))
    return Lattice(box, tuple(filled)), [run for run in runs if id(run) not in chosen]


def _regularity(
    across: Sequence[Line], upright: Sequence[Line], xs: Sequence[float], ys: Sequence[float]
) -> float:
    """Share of the edges between neighbouring crossings that a line is drawn along."""
    drawn = total = 0
    for lines, positions, stops in ((across, ys, xs), (upright, xs, ys)):
        for at in positions:
            here = [line for line in lines if abs(line.at - at) <= _LEAST_ROW]
            for start, end in pairwise(stops):
                middle = (start + end) / 2
                total += 1
                drawn += any(line.start - _NEAR <= middle <= line.end + _NEAR for line in here)
    return drawn / total


def _holds(box: Rect, run: Run) -> bool:
    x = (run.box.left + run.box.right) / 2
    y = (run.box.bottom + run.box.top) / 2
    return box.left - 1 <= x <= box.right + 1 and box.bottom - 1 <= y <= box.top + 1


def _interval(edges: Sequence[float], value: float) -> int:
    """The index of the interval between edges that holds a value, clamped to the outer ones."""
    return max(0, min(len(edges) - 2, sum(edge <= value for edge in edges) - 1))
