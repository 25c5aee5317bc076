"""Find ruled tables and boxes on a page (pure).

Lines that touch form a lattice; a lattice with two rows or two columns of cells is a table, one
with a single column is a box, such as a safety panel.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ingest.readers.page_content import Line, PageContent, Rect, Run
from ingest.readers.panels import is_set_off, message_beside, split_message
from ingest.signal_words import stands_alone

_NEAR = 3.0  # points: lines that miss each other by less are taken to touch
_SAME_RULE = 1.0  # points by which the pieces of one ruling line lie apart
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
            lattices.append(_as_panel(lattice))
            free = rest
    return _with_loose_panels(lattices, free, horizontals)


def _as_panel(lattice: Lattice) -> Lattice:
    """A grid around a safety message as a panel: the signal word, and its message below it."""
    message = split_message([[cell.runs for cell in row] for row in lattice.rows])
    return _panel(lattice.box, *message) if message else lattice


def _with_loose_panels(
    lattices: Sequence[Lattice], free: Sequence[Run], rules: Sequence[Line]
) -> list[Lattice]:
    """The lattices and the panels of which at most the signal word has a frame."""
    kept: list[Lattice] = []
    loose = list(free)
    words = [(run, None) for run in free if stands_alone(run.text)]
    framed = [(run, lattice) for lattice in lattices if (run := _lone_word(lattice))]
    for word, frame in (*framed, *words):
        message = message_beside(word, [*loose, word], rules)
        if not message or not (frame or is_set_off(word, message, rules)):
            kept += [frame] if frame else []
            continue
        taken = set(map(id, (word, *message)))
        loose = [run for run in loose if id(run) not in taken]
        boxes = [run.box for run in (word, *message)]
        kept.append(_panel(_around(boxes), [word], [message]))
    chosen = {id(lattice) for _, lattice in framed}
    return [lattice for lattice in lattices if id(lattice) not in chosen] + kept


def _lone_word(lattice: Lattice) -> Run | None:
    """The signal word that is all that a frame holds."""
    words = [run for run in lattice.runs if stands_alone(run.text)]
    return words[0] if len(words) == 1 == len(list(lattice.runs)) else None


def _panel(box: Rect, word: Sequence[Run], parts: Sequence[Sequence[Run]]) -> Lattice:
    return Lattice(box, tuple((Cell(box, tuple(part)),) for part in (word, *parts)))


def _around(boxes: Sequence[Rect]) -> Rect:
    return Rect(
        min(box.left for box in boxes),
        min(box.bottom for box in boxes),
        max(box.right for box in boxes),
        max(box.top for box in boxes),
    )


def _merge(lines: Iterable[Line]) -> list[Line]:
    """Join pieces of one ruling line."""
    merged: list[Line] = []
    near: list[int] = []  # those of ``merged`` that the next line may still lie on
    for line in sorted(lines, key=lambda line: (round(line.at), line.start)):
        near = [i for i in near if line.at - merged[i].at <= _SAME_RULE + 1]
        for i in near:
            last = merged[i]
            # Columns of two tables below each other may differ by less than a point.
            touch = line.start <= last.end + _NEAR and last.start <= line.end + _NEAR
            if abs(last.at - line.at) <= _SAME_RULE and touch:
                merged[i] = Line(last.at, min(last.start, line.start), max(last.end, line.end))
                break
        else:
            near.append(len(merged))
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
