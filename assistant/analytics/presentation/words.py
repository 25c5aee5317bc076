"""A figure in one sentence, with the number, its unit and its period (pure)."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from assistant.analytics.figure import Cell, Column, Figure
from assistant.analytics.presentation.amounts import amount, cell_text
from assistant.analytics.presentation.chart import label_columns
from assistant.analytics.presentation.labels import (
    metric_label,
    name_label,
    range_label,
    unit_label,
)
from assistant.analytics.query import TIME_DIMENSIONS

_ENDS = {"en": ".", "zh": "。"}
_LEAST_LAST = 2  # rows of which the last is told beside the first


def sentence(figure: Figure, language: str = "en") -> str:
    """The figure in one sentence; ``language`` is ``en`` or ``zh``."""
    language = "zh" if language == "zh" else "en"
    where = _where(figure, language)
    if figure.counted == 0 and not figure.rows:
        return _none(where, language)
    if figure.query.is_list:
        return _list(figure, where, language)
    if figure.query.dims and figure.rows:
        return _groups(figure, where, language)
    return _one(figure, where, language)


def language_of(text: str) -> str:
    """``zh`` where a question is written in Chinese characters, else ``en``."""
    return "zh" if any("\u4e00" <= letter <= "\u9fff" for letter in text) else "en"


def as_of_words(figure: Figure, language: str = "en") -> str:
    """As of when the data is, in the zone of the first period."""
    zone = figure.periods[0].time_zone if figure.periods else "UTC"
    try:
        at = figure.as_of.astimezone(ZoneInfo(zone))
    except (KeyError, ValueError, OSError):  # a zone that this machine does not know
        at, zone = figure.as_of, "UTC"
    words = f"{at:%Y-%m-%d %H:%M} ({zone})"
    return f"数据截至 {words}" if language == "zh" else f"Data as of {words}"


def _where(figure: Figure, language: str) -> str:
    period = figure.periods[0].text if figure.periods else ""
    if language == "zh":
        period = range_label(figure.query.time.range, "zh")
    parts = [period, *figure.filters]
    return ("，" if language == "zh" else ", ").join(part for part in parts if part)


def _none(where: str, language: str) -> str:
    if language == "zh":
        return f"零行：没有与此相符的记录（{where}）。"
    return f"Zero rows: nothing in the record matches this ({where})."


def _one(figure: Figure, where: str, language: str) -> str:
    told = []
    row = figure.rows[0] if figure.rows else ()
    for metric in figure.query.metrics:
        label = metric_label(metric, language)
        column, cell = _value(figure, row, metric)
        if metric == figure.query.metric and figure.value is not None:
            cell, unit = figure.value, figure.unit
        else:
            unit = column.unit if column else figure.unit
        shown = amount(_number(cell), unit_label(unit, language))
        if cell is None:
            shown = "未知" if language == "zh" else "unknown"
        told.append(f"{label}{'：' if language == 'zh' else ': '}{shown}")
    joined = "；".join(told) if language == "zh" else "; ".join(told)
    compared = _compared(figure, row, language)
    tail = f"（{where}）" if language == "zh" else f" ({where})"
    return f"{joined}{compared}{tail if where else ''}{_ENDS[language]}"


def _compared(figure: Figure, row: tuple[Cell, ...], language: str) -> str:
    """What the number is set beside, where the query compares."""
    compare = figure.query.compare
    if compare is None:
        return ""
    when = {"previous": "the period before", "last_year": "a year before"}.get(
        compare.to, f"before {compare.date}"
    )
    for column, cell in zip(figure.columns, row, strict=False):
        metric, _, suffix = column.name.partition(".")
        if metric == figure.query.metric and suffix == "compared":
            value = amount(_number(cell), unit_label(column.unit, language))
            if language == "zh":
                return f"，对比期为 {value}"
            return f", against {value} {when}"
    return ""


def _groups(figure: Figure, where: str, language: str) -> str:
    """The first group, and how many there are; of a course of time the first and the last."""
    dims = label_columns(figure)
    label = metric_label(figure.query.metric, language)
    by = [name_label(dim, language) for dim in figure.query.dims]
    many = len(figure.rows)
    is_course = figure.query.dims[0] in TIME_DIMENSIONS
    picked = [figure.rows[0]]
    if is_course and many >= _LEAST_LAST:
        picked.append(figure.rows[-1])
    told = [f"{_name(row, dims)} {_shown(figure, row, language)}" for row in picked]
    if language == "zh":
        tail = f"（{where}）" if where else ""
        head = f"{label}，按{'、'.join(by)}，共 {many} 组："
        return f"{head}{' → '.join(told)}{tail}。"
    tail = f" ({where})" if where else ""
    if is_course:
        return f"{label} by {' and '.join(by)}: {' → '.join(told)}{tail}."
    groups = f"{many} group{'s' * (many != 1)}"
    first = "least first" if figure.query.order == "asc" else "first"
    return f"{label} by {' and '.join(by)}: {told[0]} stands {first} of {groups}{tail}."


def _list(figure: Figure, where: str, language: str) -> str:
    many = len(figure.rows)
    label = metric_label(figure.query.metric, language)
    if language == "zh":
        return f"{label}：显示 {many} 行，共 {figure.counted} 行（{where}）。"
    rows = f"{many} row{'s' * (many != 1)}"
    of = f" of {figure.counted:,}" if figure.counted > many else ""
    return f"{label}: {rows}{of}{f' ({where})' if where else ''}."


def _name(row: tuple[Cell, ...], dims: list[int]) -> str:
    return " · ".join("–" if row[i] in (None, "") else str(row[i]) for i in dims)


def _shown(figure: Figure, row: tuple[Cell, ...], language: str) -> str:
    column, cell = _value(figure, row, figure.query.metric)
    if column is None:
        return ""
    if cell is None:
        return "未知" if language == "zh" else "unknown"
    if isinstance(cell, str):
        return cell_text(cell, column)
    return amount(float(cell), unit_label(column.unit, language))


def _value(figure: Figure, row: tuple[Cell, ...], metric: str) -> tuple[Column | None, Cell]:
    for column, cell in zip(figure.columns, row, strict=False):
        if column.name == metric:
            return column, cell
    return None, None


def _number(cell: Cell) -> float | None:
    return float(cell) if isinstance(cell, int | float) else None
