"""The chart of a figure as a description: categories, series, what each point stands for (pure)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from assistant.analytics.figure import Cell, ChartKind, Column, Figure
from assistant.analytics.presentation.amounts import UNKNOWN
from assistant.analytics.query import DIMENSIONS, TIME_DIMENSIONS

MOST_CATEGORIES = 40
"""Bars that can be told apart on a tablet; a line may have ten times as many."""
MOST_SERIES = 6
_CUMULATIVE = "cumulative"
_BESIDE = ("compared", "median", "p90", "fit", "expected")
"""Suffixes of columns that are drawn beside their metric, where they have its unit."""
Mark = Literal["bar", "line", "step"]


@dataclass(frozen=True, slots=True)
class Point:
    """A value of a series; ``row`` is the row of the figure's table that it stands for."""

    row: int
    value: float | None


@dataclass(frozen=True, slots=True)
class Series:
    """Points in the order of the categories; None where a series has none."""

    name: str
    unit: str
    mark: Mark
    points: tuple[Point | None, ...]
    is_share: bool = False  # drawn against the right axis, from 0 to 100 %


@dataclass(frozen=True, slots=True)
class Chart:
    """What is drawn. ``left_out`` counts the categories that did not fit."""

    kind: ChartKind
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    unit: str
    is_whole: bool
    left_out: int = 0


def chart_of(figure: Figure) -> Chart | None:
    """The chart of a figure, None where none fits."""
    if figure.chart == "none" or not figure.rows:
        return None
    labels = label_columns(figure)
    values = _values(figure, labels)
    if not values:
        return None
    if not labels:
        return _side_by_side(figure, values)
    split = _split(figure, labels) if len(values) == 1 else None
    if split is None:
        categories = [_label(row, labels) for row in figure.rows]
        series = _columns(figure, values)
    else:
        categories, series = _grouped(figure, labels, split, values[0])
    shares = _cumulative(figure) if figure.chart == "pareto" else ()
    most = MOST_CATEGORIES * (10 if figure.chart in ("line", "step") else 1)
    every = [_cut(one, most) for one in (*series[:MOST_SERIES], *shares)]
    unit = figure.columns[values[0]].unit
    return Chart(
        kind=figure.chart,
        categories=tuple(categories[:most]),
        series=tuple(every),
        unit=unit,
        is_whole=unit == "" and _are_whole(every),
        left_out=max(0, len(categories) - most),
    )


def label_columns(figure: Figure) -> list[int]:
    """The columns that say what a row is: the dimensions, which come first."""
    found: list[int] = []
    for i, column in enumerate(figure.columns):
        if column.name not in DIMENSIONS and column.kind == "number":
            break
        found.append(i)
    return found


def _side_by_side(figure: Figure, values: list[int]) -> Chart | None:
    """One number and what it is compared with: a bar for each."""
    if len(values) < 2:
        return None
    columns = [figure.columns[i] for i in values]
    unit = columns[0].unit
    names = tuple(column.label for column in columns)
    if len(figure.periods) == len(values):  # the earlier first
        begins = [one.start.timestamp() if one.start else 0.0 for one in figure.periods]
        order = sorted(range(len(values)), key=begins.__getitem__)
        names = tuple(figure.periods[n].text.partition(" (")[0] for n in order)
        values = [values[n] for n in order]
    points = tuple(Point(0, _number(figure.rows[0][i])) for i in values)
    series = Series(columns[0].label, unit, "bar", points)
    return Chart("bar", names, (series,), unit, is_whole=unit == "" and _are_whole([series]))


def _values(figure: Figure, labels: list[int]) -> list[int]:
    """The columns that are drawn: the first metric, and all beside it in its unit."""
    names: set[str] = set(figure.query.metrics)
    numbers = [
        i for i, one in enumerate(figure.columns) if one.kind == "number" and i not in labels
    ]
    first = next((i for i in numbers if figure.columns[i].name in names), None)
    if first is None:
        return numbers[:1]
    unit = figure.columns[first].unit
    if figure.chart == "pareto":
        return [first]
    return [
        i
        for i in numbers
        if i == first or (figure.columns[i].unit == unit and _is_beside(figure.columns[i], names))
    ]


def _is_beside(column: Column, names: set[str]) -> bool:
    """Whether a column is a metric, or what one is compared with; no bound and no change."""
    metric, _, suffix = column.name.partition(".")
    return metric in names and (not suffix or suffix in _BESIDE)


def _columns(figure: Figure, values: list[int]) -> list[Series]:
    return [
        Series(
            figure.columns[i].label,
            figure.columns[i].unit,
            _mark(figure.chart),
            tuple(Point(n, _number(row[i])) for n, row in enumerate(figure.rows)),
        )
        for i in values
    ]


def _split(figure: Figure, labels: list[int]) -> int | None:
    """The column whose values become series: the one that is no time, of two."""
    if len(labels) != 2 or figure.chart not in ("grouped_bar", "line", "step"):
        return None
    times = [i for i in labels if figure.columns[i].name in TIME_DIMENSIONS]
    return next((i for i in labels if i not in times), None) if len(times) == 1 else labels[1]


def _grouped(
    figure: Figure, labels: list[int], split: int, value: int
) -> tuple[list[str], list[Series]]:
    (along,) = (i for i in labels if i != split)
    categories = list(dict.fromkeys(_text(row[along]) for row in figure.rows))
    if figure.columns[along].name in TIME_DIMENSIONS and figure.chart != "grouped_bar":
        categories.sort()
    at = {name: i for i, name in enumerate(categories)}
    found: dict[str, list[Point | None]] = {}
    for n, row in enumerate(figure.rows):
        points = found.setdefault(_text(row[split]), [None] * len(categories))
        points[at[_text(row[along])]] = Point(n, _number(row[value]))
    unit = figure.columns[value].unit
    mark = _mark(figure.chart)
    return categories, [Series(name, unit, mark, tuple(pts)) for name, pts in found.items()]


def _cumulative(figure: Figure) -> tuple[Series, ...]:
    """The line of a Pareto, which the engine has summed up."""
    for i, column in enumerate(figure.columns):
        if column.name.rpartition(".")[2] == _CUMULATIVE:
            points = tuple(Point(n, _number(row[i])) for n, row in enumerate(figure.rows))
            return (Series(column.label, "%", "line", points, is_share=True),)
    return ()


def _cut(series: Series, most: int) -> Series:
    return Series(series.name, series.unit, series.mark, series.points[:most], series.is_share)


def _mark(kind: ChartKind) -> Mark:
    return {"line": "line", "step": "step"}.get(kind, "bar")  # type: ignore[return-value]


def _are_whole(series: list[Series]) -> bool:
    values = [p.value for one in series if not one.is_share for p in one.points if p]
    return all(value is None or float(value).is_integer() for value in values)


def _label(row: tuple[Cell, ...], labels: list[int]) -> str:
    return " · ".join(_text(row[i]) for i in labels)


def _text(cell: Cell) -> str:
    return UNKNOWN if cell is None or cell == "" else str(cell)


def _number(cell: Cell) -> float | None:
    return float(cell) if isinstance(cell, int | float) else None
