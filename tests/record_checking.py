"""Whether a figure of the engine says what the oracle says."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator

from assistant.analytics.figure import Cell, Figure
from tests.record_answers import Answer, Key, Value

_SAME = 1e-6


Rows = dict[Key, tuple[Cell, ...]]


def assert_same(here: Figure, there: Figure) -> None:
    """Two databases give one figure: rows, what was counted and left out, coverage, notes."""
    assert len(here.rows) == len(there.rows)
    for row, other in zip(here.rows, there.rows, strict=True):
        assert all(map(_is_same, row, other)), (row, other)
    assert (here.counted, here.excluded, here.coverage, here.notes) == (
        there.counted,
        there.excluded,
        there.coverage,
        there.notes,
    )


def _is_same(cell: Cell, other: Cell) -> bool:
    if isinstance(cell, float) and isinstance(other, float):
        return math.isclose(cell, other, rel_tol=1e-9)
    return cell == other


def differences(figure: Figure, answer: Answer) -> Iterator[str]:
    """Yield each difference in words; none where both say the same."""
    if answer.ids is not None:
        yield from _of_lists(figure, answer)
        return
    query = figure.query
    names = [column.name for column in figure.columns]
    width = names.index(query.metric)
    rows: Rows = {row[:width]: row for row in figure.rows}  # type: ignore[misc]
    wanted = answer.values
    if query.limit is not None:
        yield from _of_ranking(rows, names, query.metric, query.limit, answer)
        wanted = {key: values for key, values in wanted.items() if key in rows}
    for at, metric in enumerate(query.metrics):
        column = {key: values[at] for key, values in wanted.items() if at < len(values)}
        yield from _of_column(rows, names, metric, column)
    for key, row in rows.items():
        if key not in answer.values and row[width]:
            yield f"{key} is {row[width]}, which the oracle does not have"
    for name, column in answer.more.items():
        yield from _of_column(
            rows, names, name, {key: column[key] for key in rows.keys() & column.keys()}
        )


def _of_column(rows: Rows, names: list[str], name: str, column: dict[Key, Value]) -> Iterator[str]:
    if name not in names:
        if column:
            yield f"no column {name}"
        return
    for key, value in column.items():
        row = rows.get(key)
        if row is not None:
            yield from _of_cell(key, name, row[names.index(name)], value)
        elif value:
            yield f"{key} is missing, by the oracle {value}"


def _of_cell(key: Key, name: str, cell: Cell, value: Value) -> Iterator[str]:
    if cell is None or value is None:
        is_same = cell is None and value is None
    else:
        is_same = math.isclose(float(cell), value, rel_tol=_SAME, abs_tol=_SAME * _SAME)
    if not is_same:
        yield f"{name} of {key} is {cell}, by the oracle {value}"


def _of_ranking(
    rows: Rows,
    names: list[str],
    metric: str,
    limit: int,
    answer: Answer,
) -> Iterator[str]:
    """The first so many values; which of two equal ones stands there does not matter."""
    known = [values[0] for key, values in answer.values.items() if None not in key and values[0]]
    best = sorted((value for value in known if value is not None), reverse=True)[:limit]
    shown = [float(str(row[names.index(metric)])) for row in rows.values()]
    is_same = len(best) == len(shown) and all(
        math.isclose(one, other, rel_tol=_SAME) for one, other in zip(shown, best, strict=True)
    )
    if not is_same:
        yield f"the first {limit} are {shown}, by the oracle {best}"


def _of_lists(figure: Figure, answer: Answer) -> Iterator[str]:
    assert answer.ids is not None
    shown = [_id(row, figure) for row in figure.rows]
    if Counter(shown) != Counter(answer.ids):
        more = sorted((Counter(shown) - Counter(answer.ids)).elements())
        less = sorted((Counter(answer.ids) - Counter(shown)).elements())
        yield f"{len(shown)} rows, by the oracle {len(answer.ids)}: more {more}, less {less}"
    elif answer.is_ordered and tuple(shown) != answer.ids:
        yield f"in another order: {shown}, by the oracle {answer.ids}"


def _id(row: tuple[Cell, ...], figure: Figure) -> str:
    names = [column.name for column in figure.columns]
    column = {"asset_list": "asset", "pm_list": "number"}.get(figure.query.metric, "ticket")
    return str(row[names.index(column)]).split()[-1]
