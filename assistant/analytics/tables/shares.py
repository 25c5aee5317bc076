"""Shares of a whole, and the running share of a Pareto."""

from __future__ import annotations

from collections import defaultdict

from assistant.analytics.figure import Cell, Column
from assistant.analytics.query import TIME_DIMENSIONS, Dimension, Query
from assistant.analytics.scope import Key


def has_shares(query: Query, dims: tuple[Dimension, ...], *, is_additive: bool) -> bool:
    """Whether shares are shown: where they are asked for, and in a Pareto."""
    if not dims or not is_additive or query.compare is not None:
        return False
    is_pareto = len(dims) == 1 and dims[0] not in TIME_DIMENSIONS and query.order == "desc"
    return query.params.share or is_pareto


def with_shares(
    columns: list[Column],
    query: Query,
    dims: tuple[Dimension, ...],
    rows: list[tuple[Cell, ...]],
    position: int,
) -> list[tuple[Cell, ...]]:
    """Shares of the first metric: of the whole, or of the groups of all dimensions but the last.

    Money of several currencies has a whole for each. ``columns`` gets those of the shares.
    """
    width = len(dims)
    name = columns[width].name
    within = [at for at in range(width) if at < width - 1 and dims[-1] != "currency"]
    if "currency" in dims:
        within = [dims.index("currency"), *(at for at in within if dims[at] != "currency")]
    wholes: dict[Key, float] = defaultdict(float)
    for row in rows:
        wholes[tuple(row[at] for at in within)] += _plain(row[width])
    is_running = len(dims) - len(within) == 1 and position == width and query.order != "asc"
    is_running = is_running and len(dims) <= 1 + ("currency" in dims)
    columns.append(Column(name=f"{name}.share", label="Share", unit="%"))
    if is_running:
        columns.append(Column(name=f"{name}.cumulative", label="Cumulative", unit="%"))
    reached: dict[Key, float] = defaultdict(float)
    found: list[tuple[Cell, ...]] = []
    for row in rows:
        group = tuple(row[at] for at in within)
        whole, part = wholes[group], _plain(row[width])
        reached[group] += part
        share: list[Cell] = [100 * part / whole if whole else None]
        if is_running:
            share.append(100 * reached[group] / whole if whole else None)
        found.append((*row, *share))
    return found


def _plain(cell: Cell) -> float:
    return 0.0 if cell is None or isinstance(cell, str) else float(cell)
