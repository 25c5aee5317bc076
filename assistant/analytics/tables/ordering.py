"""The order of the rows of a table, and which of them are shown."""

from __future__ import annotations

from assistant.analytics import dimensions
from assistant.analytics.figure import Cell, Column
from assistant.analytics.query import TIME_DIMENSIONS, Dimension, Query
from index.facts.plant import Plant

_RUNS = frozenset(TIME_DIMENSIONS)


def position_of(query: Query, dims: tuple[Dimension, ...], columns: list[Column]) -> int:
    """The column that orders: the named one, the time where it runs, else the first metric."""
    names = [column.name for column in columns]
    if query.order_by in names:
        return names.index(query.order_by)
    runs = [at for at, name in enumerate(dims) if name in _RUNS]
    if runs and query.limit is None and query.order != "desc":
        return runs[0]
    return len(dims)


def ordered(
    query: Query, dims: tuple[Dimension, ...], rows: list[tuple[Cell, ...]], position: int
) -> list[tuple[Cell, ...]]:
    """Rows in order; what is not known stands last, and equal rows in the order of their names."""

    def by_name(row: tuple[Cell, ...]) -> tuple[tuple[int, float, str], ...]:
        return tuple(_rank(name, cell) for name, cell in zip(dims, row, strict=False))

    rows = sorted(rows, key=by_name)
    if position < len(dims):
        rows.sort(key=lambda row: _rank(dims[position], row[position]))
        if query.order == "desc":
            rows.reverse()
    else:
        is_up = query.order == "asc"
        rows.sort(key=lambda row: _size(row[position], is_up=is_up))
    return sorted(rows, key=lambda row: any(cell is None for cell in row[: len(dims)]))


def _size(cell: Cell, *, is_up: bool) -> tuple[bool, float]:
    if cell is None or isinstance(cell, str):
        return (True, 0.0)
    return (False, float(cell) if is_up else -float(cell))


def _rank(name: Dimension, cell: Cell) -> tuple[int, float, str]:
    if cell is None:
        return (2, 0.0, "")
    if name == "day_of_week":
        return (0, float(dimensions.raw(name, cell, Plant())), "")
    return (1, 0.0, cell) if isinstance(cell, str) else (0, float(cell), "")


def cut_rows(
    query: Query, dims: tuple[Dimension, ...], rows: list[tuple[Cell, ...]], label: str
) -> tuple[list[tuple[Cell, ...]], list[str]]:
    """The first groups, and notes of those left out and of what belongs to none."""
    if query.limit is None or not dims:
        return rows, []
    notes = []
    width = len(dims)
    known = [row for row in rows if all(cell is not None for cell in row[:width])]
    hidden = len(known) - query.limit
    if hidden > 0:
        noun = "group is" if hidden == 1 else "groups are"
        notes.append(f"{hidden} more {noun} not shown.")
        last, first_out = known[query.limit - 1][width], known[query.limit][width]
        if last == first_out and last is not None:
            notes.append(
                "The last group shown and the first that is not are equal: which of them is shown "
                "is by name."
            )
    for row in rows:
        if any(cell is None for cell in row[:width]) and row[width] is not None:
            unknown = [
                dimensions.LABELS[name].lower()
                for name, cell in zip(dims, row, strict=False)
                if cell is None
            ]
            notes.append(
                f"Where the {' and the '.join(unknown)} is not recorded, {label.lower()}: "
                f"{_said(row[width])}."
            )
    return known[: query.limit], notes


def _said(cell: Cell) -> str:
    return f"{cell:.1f}" if isinstance(cell, float) else str(cell)
