"""A query as the controls of the tab show it, and what a tap on one makes of it (pure)."""

from __future__ import annotations

from typing import Any, get_args

from pydantic import ValidationError

from assistant.analytics.errors import CannotAnswer
from assistant.analytics.presentation.labels import (
    OPERATORS,
    metric_label,
    name_label,
    range_label,
)
from assistant.analytics.query import (
    DIMENSIONS,
    FIELDS,
    LIST_METRICS,
    METRICS,
    Comparison,
    Operator,
    Query,
)

Choices = list[tuple[str, str]]

RANGES = (
    "today", "yesterday", "last_shift", "this_week", "last_week", "this_month", "last_month",
    "this_quarter", "last_quarter", "ytd", "last_year", "last_7d", "last_30d", "last_90d",
    "last_6m", "last_12m", "last_24m", "all",
)  # fmt: skip
LIMITS = ("", "1", "3", "5", "10", "20", "50", "100")
NUMBERS = ("age_d", "downtime_min", "response_min", "cost_total", "labor_h", "days_overdue",
           "ticket_count", "priority")  # fmt: skip
FLAGS = ("is_open", "is_failure", "is_reactive", "is_safety")
_COMPARED = {
    "": "nothing",
    "previous": "the period before",
    "last_year": "the same days a year before",
}
_ORDERS = {"": "as usual", "desc": "largest first", "asc": "smallest first"}
_YES, _NO = ("yes", "true", "1", "是"), ("no", "false", "0", "否")


def metric_choices() -> Choices:
    """Metrics by their names."""
    return [(metric_label(name), name) for name in METRICS]


def dim_choices(*, per_person: bool) -> Choices:
    """What a figure can be split by."""
    return [(name_label(name), name) for name in DIMENSIONS if per_person or name != "person"]


def field_choices(*, per_person: bool) -> Choices:
    """What rows can be chosen by."""
    return [(name_label(name), name) for name in FIELDS if per_person or name != "person"]


def operator_choices(field: str) -> Choices:
    """The operators that make sense for a field."""
    if field in FLAGS:
        names: tuple[str, ...] = ("eq", "null", "known")
    elif field in NUMBERS:
        names = ("gt", "ge", "lt", "le", "eq", "null", "known")
    elif field == "text":
        names = ("contains",)
    else:
        names = ("eq", "ne", "contains", "null", "known")
    return [(OPERATORS[name], name) for name in names]


def range_choices(query: Query | None = None) -> Choices:
    """Ranges of time, that of the query among them."""
    names = list(RANGES)
    if query is not None and query.time.range not in names:
        names.insert(0, query.time.range)
    return [(range_label(name), name) for name in names]


def compare_choices(query: Query | None = None) -> Choices:
    """What a figure can be set beside."""
    choices = [(label, name) for name, label in _COMPARED.items()]
    if query is not None and query.compare is not None and query.compare.to == "around":
        choices.append((compare_words(query.compare), "around"))
    return choices


def order_choices() -> Choices:
    """How groups are ordered."""
    return [(label, name) for name, label in _ORDERS.items()]


def limit_choices(query: Query | None = None) -> Choices:
    """How many groups or rows are shown."""
    names = list(LIMITS)
    if query is not None and query.limit and str(query.limit) not in names:
        names.append(str(query.limit))
    return [(f"{name}" if name else "all", name) for name in names]


def compare_words(compare: Comparison) -> str:
    """A comparison in words."""
    if compare.to == "around":
        return f"{compare.days} days before and after {compare.date}"
    return _COMPARED[compare.to]


def edited(
    query: Query, metric: str, dims: list[str], span: str, compare: str, order: str, limit: str
) -> Query:
    """The query with what the controls say; what they do not show stays.

    Raises:
        CannotAnswer: a control says what is no query.
    """
    values = query.model_dump(exclude_defaults=True)
    metrics = [name for name in query.metrics[1:] if name != metric]
    is_list = metric in LIST_METRICS
    values["metrics"] = [metric] if is_list or query.is_list else [metric, *metrics]
    values["dims"] = [] if is_list else dims
    values["time"] = {"range": span.strip() or "all"}
    if query.time.field is not None and metric == query.metric:
        values["time"]["field"] = query.time.field
    if compare != "around":
        values["compare"] = {"to": compare} if compare and not is_list else None
    values["order"] = order or None
    values["limit"] = int(limit) if limit.isdecimal() else None
    if metric != query.metric:
        values["order_by"] = None
    return checked(values)


def with_filter(query: Query, field: str, operator: str, value: str) -> Query:
    """The query with one more filter.

    Raises:
        CannotAnswer: the value does not fit the field.
    """
    if field not in FIELDS or operator not in get_args(Operator):
        raise CannotAnswer("Choose what is to be filtered, and how.")
    one: dict[str, Any] = {"field": field, "op": operator}
    if operator not in ("null", "known"):
        one["value"] = _value(field, value)
    kept = query.model_dump(exclude_defaults=True)
    return checked({**kept, "filters": [*kept.get("filters", ()), one]})


def without(query: Query, item: str) -> Query:
    """The query without the part that a chip names: ``filter-0``, ``dim-asset``, ``compare``..."""
    values = query.model_dump(exclude_defaults=True)
    kind, _, rest = item.partition("-")
    match kind:
        case "filter" if rest.isdecimal() and len(rest) < 4:
            values["filters"] = [f for n, f in enumerate(values["filters"]) if n != int(rest)]
        case "dim":
            values["dims"] = [name for name in query.dims if name != rest]
        case "metric" if len(query.metrics) > 1:
            values["metrics"] = [name for name in query.metrics if name != rest]
            values["order_by"] = None
        case "compare" | "limit" | "order":
            values[kind] = None
        case "time":
            values["time"] = {"range": "all"}
    return checked(values)


def checked(values: dict[str, Any]) -> Query:
    """A query of plain values.

    Raises:
        CannotAnswer: they are none; the message names the part.
    """
    try:
        return Query.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = " ".join(str(part) for part in first["loc"]) or "the question"
        if "range" in first["loc"]:
            raise CannotAnswer(
                "That is no period. Choose one, or write it as 2026, 2026-10, 2026-Q3, last_90d "
                "or 2026-01-01..2026-07-01."
            ) from error
        words = str(first["msg"]).removeprefix("Value error, ")
        raise CannotAnswer(f"{place}: {words}.") from error


def _value(field: str, text: str) -> str | float | bool:
    text = text.strip()
    if not text:
        raise CannotAnswer(f"Say which {name_label(field)} is meant.")
    if field in FLAGS:
        if text.casefold() in (*_YES, *_NO):
            return text.casefold() in _YES
        raise CannotAnswer(f"For {name_label(field)!r} say yes or no.")
    if field in NUMBERS:
        try:
            return float(text.replace(",", "."))
        except ValueError as error:
            raise CannotAnswer(f"For {name_label(field)!r} give a number.") from error
    return text
