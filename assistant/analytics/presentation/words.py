"""A figure in one sentence, with the number, its unit and its period (pure)."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from assistant.analytics.catalogue import CATALOGUE
from assistant.analytics.figure import Cell, Column, Figure
from assistant.analytics.presentation.amounts import UNKNOWN, amount
from assistant.analytics.presentation.chart import label_columns
from assistant.analytics.presentation.labels import (
    filter_label,
    metric_label,
    name_label,
    range_label,
    unit_label,
)

_TOLD = 3  # groups that the sentence names
_COURSES = ("day", "week", "month", "quarter", "year")


def sentence(figure: Figure, language: str = "en") -> str:
    """The figure in one sentence; ``language`` is ``en`` or ``zh``."""
    language = "zh" if language == "zh" else "en"
    if figure.counted == 0 and not figure.rows:
        return _none(figure, language)
    if figure.query.is_list:
        return _list(figure, language)
    if figure.query.dims and figure.rows:
        return _groups(figure, language)
    return _one(figure, language)


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


def _head(figure: Figure, subject: str, language: str) -> str:
    """What is told, of when and of which rows."""
    if language == "zh":
        filters = [filter_label(one, "zh") for one in figure.query.filters]
        return "，".join((subject, range_label(figure.query.time.range, "zh"), *filters))
    period = figure.periods[0].text if figure.periods else ""
    return ", ".join(part for part in (subject, period, *figure.filters) if part)


def _joined(head: str, told: str, language: str) -> str:
    return f"{head}：{told}。" if language == "zh" else f"{head}: {told}."


def _none(figure: Figure, language: str) -> str:
    head = _head(figure, metric_label(figure.query.metric, language), language)
    told = "零行，没有与此相符的记录" if language == "zh" else "zero rows, nothing matches this"
    return _joined(head, told, language)


def _one(figure: Figure, language: str) -> str:
    """The number; money that was paid in several currencies is told in each."""
    labels = [metric_label(metric, language) for metric in figure.query.metrics]
    told = [_numbers(figure, row, labels, language) for row in figure.rows or ((),)]
    both = "和" if language == "zh" else " and "
    head = _head(figure, both.join(labels), language)
    return _joined(head, ("；" if language == "zh" else "; ").join(told), language)


def _numbers(figure: Figure, row: tuple[Cell, ...], labels: list[str], language: str) -> str:
    values = []
    for metric in figure.query.metrics:
        shown = _shown(figure, row, language, metric)
        if metric == figure.query.metric and figure.value is not None and len(figure.rows) < 2:
            shown = _amount(figure.value, figure.unit, language)
        values.append(shown)
    if len(values) > 1:
        values = [f"{label} {value}" for label, value in zip(labels, values, strict=True)]
    joint = "，" if language == "zh" else ", "
    return joint.join(values) + _compared(figure, row, language)


def _compared(figure: Figure, row: tuple[Cell, ...], language: str) -> str:
    """What the number is set beside, where the query compares."""
    compare = figure.query.compare
    name = f"{figure.query.metric}.compared"
    if compare is None or name not in [column.name for column in figure.columns]:
        return ""
    when = {"previous": "the period before", "last_year": "a year before"}.get(
        compare.to, f"before {compare.date}"
    )
    value = _shown(figure, row, language, name)
    return f"，对比期为 {value}" if language == "zh" else f", against {value} {when}"


def _groups(figure: Figure, language: str) -> str:
    """The first groups by size; of a course of time its beginning and its end."""
    dims = label_columns(figure)
    label = metric_label(figure.query.metric, language)
    by = [name_label(dim, language) for dim in figure.query.dims]
    if language == "zh":
        head = _head(figure, f"{label}，按{'、'.join(by)}", language)
    else:
        head = _head(figure, f"{label} by {' and '.join(by)}", language)
    if figure.query.dims[0] in _COURSES and len(figure.rows) > 1:
        ends = (figure.rows[0], figure.rows[-1])
        told = [f"{_name(figure, row, dims, '–')} {_shown(figure, row, language)}" for row in ends]
        return _joined(head, " → ".join(told), language)
    picked = _foremost(figure)
    if language == "zh":
        told = [
            f"{_name(figure, row, dims, '未记录')}（{_shown(figure, row, 'zh')}）" for row in picked
        ]
        return _joined(head, f"共 {len(figure.rows)} 组，依次为 {'、'.join(told)}", language)
    told = [
        f"{_name(figure, row, dims, 'not recorded')} ({_shown(figure, row, 'en')})"
        for row in picked
    ]
    is_sum = CATALOGUE[figure.query.metric].is_additive
    words = ("least", "most") if is_sum else ("lowest", "highest")
    first = words[figure.query.order != "asc"]
    more = f"; {len(figure.rows)} groups shown" if len(figure.rows) > len(picked) else ""
    return _joined(head, f"{first} for {', then '.join(told)}{more}", language)


def _foremost(figure: Figure) -> list[tuple[Cell, ...]]:
    """The rows with the largest numbers, or the smallest where those are asked for.

    Of money the first of each currency: amounts of two are not compared.
    """
    metric = figure.query.metric

    def size(row: tuple[Cell, ...]) -> float:
        cell = _value(figure, row, metric)[1]
        value = float(cell) if isinstance(cell, int | float) else 0.0
        return value if figure.query.order == "asc" else -value

    known = [row for row in figure.rows if isinstance(_value(figure, row, metric)[1], int | float)]
    known.sort(key=size)
    if any(column.name == "currency" for column in figure.columns):
        each = {str(_value(figure, row, "currency")[1]): row for row in reversed(known)}
        known = [row for row in known if row in each.values()]
    return known[:_TOLD] or list(figure.rows[:1])


def _list(figure: Figure, language: str) -> str:
    many = len(figure.rows)
    head = _head(figure, metric_label(figure.query.metric, language), language)
    if language == "zh":
        return _joined(head, f"显示 {many} 行，共 {figure.counted} 行", language)
    of = f" of {figure.counted:,}" if figure.counted > many else ""
    return _joined(head, f"{many} row{'s' * (many != 1)}{of}", language)


def _name(figure: Figure, row: tuple[Cell, ...], dims: list[int], unknown: str) -> str:
    """What a group is called, without its currency, which stands at the number."""
    named = [i for i in dims if figure.columns[i].name != "currency"]
    return " · ".join(unknown if row[i] in (None, "") else str(row[i]) for i in named or dims)


def _shown(figure: Figure, row: tuple[Cell, ...], language: str, name: str = "") -> str:
    column, cell = _value(figure, row, name or figure.query.metric)
    unit = column.unit if column else figure.unit
    currency = _value(figure, row, "currency")[1]
    return _amount(cell, str(currency) if currency and not unit else unit, language)


def _amount(cell: Cell, unit: str, language: str) -> str:
    if isinstance(cell, str):
        return cell
    if cell is None:
        return "未知" if language == "zh" else UNKNOWN
    return amount(float(cell), unit_label(unit, language))


def _value(figure: Figure, row: tuple[Cell, ...], metric: str) -> tuple[Column | None, Cell]:
    for column, cell in zip(figure.columns, row, strict=False):
        if column.name == metric:
            return column, cell
    return None, None
