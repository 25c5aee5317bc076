"""The table of a figure: groups of several metrics beside each other, ordered, cut, with shares.

Nothing here reads the database.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from assistant.analytics import dimensions
from assistant.analytics.catalogue import CATALOGUE
from assistant.analytics.figure import Cell, ChartKind, Column, Period
from assistant.analytics.operating_time.buckets import buckets
from assistant.analytics.periods import days_of
from assistant.analytics.query import TIME_DIMENSIONS, Dimension, Metric, Query
from assistant.analytics.scope import Computed, Key
from assistant.analytics.tables.ordering import cut_rows, ordered, position_of
from assistant.analytics.tables.shares import has_shares, with_shares
from index.facts.plant import Plant

COUNTS: frozenset[Metric] = frozenset(
    {"ticket_count", "failure_count", "open_count", "reopen_count", "backlog_count"}
)
"""Metrics of which a group without rows has none, and not an unknown number."""

_MOST_FILLED = 400


@dataclass(frozen=True, slots=True)
class Answered:
    """A metric with what it came to in the period, and in the one that it is compared with."""

    metric: Metric
    now: Computed
    period: Period
    before: Computed | None = None
    period_before: Period | None = None


@dataclass(slots=True)
class Table:
    """Columns and rows, with what is to be said of them."""

    columns: list[Column] = field(default_factory=list)
    rows: list[tuple[Cell, ...]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    value: float | None = None
    unit: str = ""


def make_table(
    query: Query,
    dims: tuple[Dimension, ...],
    answers: Sequence[Answered],
    plant: Plant,
    site: str | None,
) -> Table:
    """The table of a query that is no list."""
    table = Table([_dimension(name) for name in dims])
    keys = _keys(query, dims, answers, plant, site)
    cells: dict[Key, list[Cell]] = {key: list(key) for key in keys}
    is_around = query.compare is not None and query.compare.to == "around"
    for answer in answers:
        _add(table, cells, answer, is_around=is_around)
    width = len(dims)
    position = position_of(query, dims, table.columns)
    rows = ordered(query, dims, [tuple(row) for row in cells.values()], position)
    if has_shares(query, dims, is_additive=answers[0].now.is_additive):
        rows = with_shares(table.columns, query, dims, rows, position)
    table.rows, notes = cut_rows(query, dims, rows, table.columns[width].label)
    table.notes += notes
    if not dims:
        first = table.rows[0][0] if table.rows else None
        table.value = None if first is None or isinstance(first, str) else float(first)
    table.unit = table.columns[width].unit
    return table


def side_by_side(answer: Answered, dims: tuple[Dimension, ...]) -> Answered:
    """A metric that splits by itself (money, by currency) with a column for each part instead."""
    now, before = (
        None if one is None or one.dims is None else _spread_out(one, len(dims), answer.metric)
        for one in (answer.now, answer.before)
    )
    return replace(answer, now=now or answer.now, before=before or answer.before)


def _spread_out(computed: Computed, width: int, metric: Metric) -> Computed:
    """The currency beside each group, where a group has only one; else a column for each."""
    by_group: dict[Key, dict[str, Cell]] = {}
    for key, cells in computed.values.items():
        by_group.setdefault(key[:width], {})[str(key[-1] or "")] = cells[0]
    label = computed.columns[0].label
    if width and all(len(parts) == 1 for parts in by_group.values()):
        columns = [
            Column(name=metric, label=label),
            Column(name=f"{metric}.currency", label="Currency", kind="text"),
        ]
        values = {
            key: (amount, currency or None)
            for key, parts in by_group.items()
            for currency, amount in parts.items()
        }
        return replace(computed, columns=tuple(columns), values=values, dims=None)
    names = sorted({currency for parts in by_group.values() for currency in parts})
    columns = [Column(name=f"{metric}.{name}", label=label, unit=name) for name in names]
    return replace(
        computed,
        columns=tuple(columns),
        values={key: tuple(parts.get(name) for name in names) for key, parts in by_group.items()},
        dims=None,
    )


def chart_of(query: Query, dims: tuple[Dimension, ...], answers: Sequence[Answered]) -> ChartKind:
    """The chart that fits."""
    special = answers[0].now.chart
    if special is not None:
        return special
    if not dims:
        return "bar" if query.compare is not None else "none"
    if len(dims) > 1:
        return "grouped_bar"
    if dims[0] in TIME_DIMENSIONS and dims[0] not in ("day_of_week", "hour"):
        return "line"
    if dims[0] not in TIME_DIMENSIONS and has_shares(
        query, dims, is_additive=answers[0].now.is_additive
    ):
        return "pareto"
    return "bar"


def _dimension(name: Dimension) -> Column:
    is_number = name in ("priority", "hour")
    return Column(
        name=name,
        label=dimensions.LABELS[name],
        kind="number" if is_number else "time" if name == "day" else "text",
    )


def _keys(
    query: Query,
    dims: tuple[Dimension, ...],
    answers: Sequence[Answered],
    plant: Plant,
    site: str | None,
) -> list[Key]:
    """The groups of all metrics, those of time without gaps where the period has two ends."""
    found: dict[Key, None] = {}
    period = answers[0].period
    is_time = len(dims) == 1 and dims[0] in TIME_DIMENSIONS and dims[0] != "hour"
    is_whole = is_time and CATALOGUE[answers[0].metric].is_additive and query.limit is None
    if is_whole and period.start is not None and period.end is not None:
        start, end = int(period.start.timestamp()), int(period.end.timestamp())
        filled = {part.cells for part in buckets(dims, start, end, plant.site(site), plant)}
        if len(filled) <= _MOST_FILLED and any(answer.now.values for answer in answers):
            found.update(dict.fromkeys(filled))
    for answer in answers:
        found.update(dict.fromkeys(answer.now.values))
        if answer.before is not None:
            found.update(dict.fromkeys(answer.before.values))
    if not dims and not found:
        found[()] = None
    return list(found)


def _add(table: Table, cells: dict[Key, list[Cell]], answer: Answered, *, is_around: bool) -> None:
    """Put the columns of a metric into the table, and the numbers that it is compared with."""
    missing: Cell = 0 if answer.metric in COUNTS else None
    if missing is None and answer.now.is_additive and _is_time_only(cells):
        missing = 0.0
    for at, column in enumerate(answer.now.columns):
        table.columns.append(column)
        other: Cell = missing if at == 0 else None
        for key, row in cells.items():
            values = answer.now.values.get(key)
            row.append(other if values is None else values[at])
    if answer.before is None or answer.period_before is None:
        return
    name, unit = answer.metric, answer.now.columns[0].unit
    label = answer.now.columns[0].label
    rate = _rates(answer) if is_around else None
    table.columns.append(Column(name=f"{name}.compared", label=f"{label}, compared", unit=unit))
    if rate is not None:
        per = f"{unit} per 30 d".strip()
        table.columns += [
            Column(name=f"{name}.per_30d", label=f"{label} per 30 days", unit=per),
            Column(name=f"{name}.compared_per_30d", label="Compared per 30 days", unit=per),
        ]
    table.columns += [
        Column(name=f"{name}.change", label="Change", unit=per if rate is not None else unit),
        Column(name=f"{name}.change_share", label="Change", unit="%"),
    ]
    for key, row in cells.items():
        values, earlier = answer.now.values.get(key), answer.before.values.get(key)
        new = missing if values is None else values[0]
        old = missing if earlier is None else earlier[0]
        row.append(old)
        if rate is not None:
            new, old = _times(new, rate[0]), _times(old, rate[1])
            row += [new, old]
        row += _change(new, old)


def _is_time_only(cells: dict[Key, list[Cell]]) -> bool:
    return (
        False
        if not cells
        else len(next(iter(cells))) == 1
        and all(
            isinstance(key[0], str) and key[0][:2].isdigit() for key in cells if key[0] is not None
        )
    )


def _rates(answer: Answered) -> tuple[float, float] | None:
    """What turns both numbers into those per 30 days, where the periods differ in length."""
    if answer.period_before is None or not answer.now.is_additive:
        return None
    new, old = days_of(answer.period), days_of(answer.period_before)
    if not new or not old:
        return None
    return 30 / new, 30 / old


def _times(value: Cell, factor: float) -> Cell:
    return None if value is None or isinstance(value, str) else value * factor


def _change(new: Cell, old: Cell) -> list[Cell]:
    if isinstance(new, str | None) or isinstance(old, str | None):
        return [None, None]
    return [new - old, 100 * (new - old) / old if old else None]
