"""The questions over the sample plant's record, and when two queries mean the same."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from assistant.analytics.catalogue import time_field_of
from assistant.analytics.query import TIME_DIMENSIONS, Filter, Query

QUESTIONS_FILE = Path(__file__).parent / "data" / "record_questions.jsonl"
TODAY = date(2026, 11, 20)
"""The day the sample plant's record is as of."""

_STATES: frozenset[str] = frozenset(
    {"open_count", "backlog_count", "backlog_h", "backlog_age_d", "ready_backlog_weeks"}
)
_WINDOWED = frozenset({"repeat_rate", "repeat_list", "ftfr"})
_BASED = frozenset({"mtbf_h", "failure_rate_per_1000h"})
_OPEN = frozenset({"open", "in_progress", "on_hold"})
_WHOLE_NUMBERS = frozenset({"priority", "days_overdue", "ticket_count"})

Condition = tuple[str, str, object]
Span = tuple[object, object]


@dataclass(frozen=True)
class Question:
    """A question in words and the queries that it means."""

    id: str
    text: str
    query: Query
    also_ok: tuple[Query, ...] = ()
    assumptions: tuple[str, ...] = ()

    @property
    def meanings(self) -> tuple[Query, ...]:
        """The query, then those as right."""
        return (self.query, *self.also_ok)

    def place_of(self, query: Query) -> int | None:
        """Which of the meanings a query has; None where it asks for something else."""
        asked = canonical(query)
        same = (at for at, meaning in enumerate(self.meanings) if canonical(meaning) == asked)
        return next(same, None)

    def is_meant_by(self, query: Query) -> bool:
        """Whether ``query`` asks what this question asks."""
        return self.place_of(query) is not None


@cache
def questions() -> dict[str, Question]:
    """All of them by their id."""
    return {question.id: question for question in _read()}


def _read() -> Iterator[Question]:
    for line in QUESTIONS_FILE.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        yield Question(
            row["id"],
            row["text"],
            Query.model_validate(row["query"]),
            tuple(Query.model_validate(query) for query in row.get("also_ok", ())),
            tuple(row.get("assumptions", ())),
        )


def canonical(query: Query) -> tuple[object, ...]:
    """What a query asks, without what makes no difference to its rows and numbers.

    Left out are: the order of filters, dimensions and (where nothing is cut off) metrics; the
    order of rows where nothing is cut off, unless it is the reverse of the usual one; the name of
    a period for the period itself; settings that the metrics do not use; the currency as a
    dimension of money, which it always is.
    """
    metrics = frozenset(query.metrics)
    dims = frozenset(query.dims)
    if "cost_total" in metrics:
        dims -= {"currency"}
    return (
        metrics,
        dims,
        frozenset(_conditions(query)),
        _time(query),
        (query.compare.to, query.compare.date, query.compare.days if query.compare.date else None)
        if query.compare
        else None,
        _ranking(query),
        _params(query),
    )


def _conditions(query: Query) -> Iterator[Condition]:
    for condition in query.filters:
        if condition.op == "known" and condition.field == query.order_by and query.order != "asc":
            continue  # the greatest is never one that is not known
        yield _condition(condition)


def _condition(condition: Filter) -> Condition:
    name, op, value = condition.field, condition.op, condition.value
    if isinstance(value, tuple):
        values = frozenset(folded(each) for each in value)
        if name == "status" and values == _OPEN:
            return ("is_open", "eq", True)
        if name == "priority" and values in ({"1"}, {"1", "2"}, {"1", "2", "3"}):
            return (name, "le", float(len(values)))
        return (name, "eq", next(iter(values))) if len(values) == 1 else (name, op, values)
    if name in _WHOLE_NUMBERS and value is not None and not isinstance(value, bool):
        return _whole(name, op, float(value))
    if isinstance(value, bool) and op == "ne":
        return (name, "eq", not value)
    return (name, op, folded(value) if isinstance(value, str) else value)


def _whole(name: str, op: str, value: float) -> Condition:
    """Of whole numbers, less than three is at most two."""
    if op == "lt":
        op, value = "le", value - 1
    if op == "gt":
        op, value = "ge", value + 1
    if (name, op, value) in {("ticket_count", "le", 0), ("priority", "le", 1)}:
        op = "eq"
    return (name, op, value)


def folded(text: str) -> str:
    """A text without regard to case and outer space."""
    return " ".join(text.casefold().split())


def _ranking(query: Query) -> tuple[object, ...] | None:
    """The order that decides which rows there are, or one that is not the usual one."""
    if query.is_list or query.dims:
        if query.limit is not None:
            by = query.order_by or query.metric
            return (by, query.order or "desc", query.limit)
        usual = "asc" if any(dim in TIME_DIMENSIONS for dim in query.dims) else "desc"
        if query.order not in (None, usual) and not query.is_list:
            by = query.order_by or query.metric
            # A table by day of the week reads as well by count as by day.
            return None if query.dims == ("day_of_week",) else (by, query.order, None)
    return None


def _params(query: Query) -> tuple[object, ...]:
    metrics, params = set(query.metrics), query.params
    return (
        params.window_d if metrics & _WINDOWED else None,
        params.basis if metrics & _BASED else None,
        params.horizon_d if "part_forecast" in metrics else None,
        params.share,
        params.average,
        params.confidence,
    )


def _time(query: Query) -> tuple[object, ...] | None:
    if query.compare is not None and query.compare.to == "around":
        return None  # its date bounds it
    state = query.metric in _STATES
    if query.time.range == "all":
        return ("as_of", None) if state else None
    span = period(query.time.range)
    if state:
        return ("as_of", span[1])
    fields = {time_field_of(metric, query) for metric in query.metrics}
    return (frozenset(fields), span)


def period(text: str, today: date = TODAY) -> Span:
    """First day and the day after the last; None is now. Rolling ones keep their length."""
    if counted := re.fullmatch(r"last_(\d+)([dwmy])", text):
        number, unit = int(counted[1]), counted[2]
        size = {"d": (number, "d"), "w": (7 * number, "d"), "m": (number, "m")}
        return (size.get(unit, (12 * number, "m")), None)
    start, end = _dated(text, today) or _named(text, today)
    return (start, end if end is not None and end <= today else None)


def _named(text: str, today: date) -> tuple[date, date | None]:
    monday = today - timedelta(days=today.weekday())
    quarter = (today.month - 1) // 3 * 3 + 1
    starts = {
        "week": (monday, monday - timedelta(days=7)),
        "month": (today.replace(day=1), _months(today.year, today.month - 1)),
        "quarter": (_months(today.year, quarter), _months(today.year, quarter - 3)),
        "year": (date(today.year, 1, 1), date(today.year - 1, 1, 1)),
        # That of the sample plant begins in October.
        "fiscal_year": (_months(today.year, 10), _months(today.year - 1, 10)),
    }
    if text in ("ytd", "today", "yesterday"):
        yesterday = today - timedelta(days=1)
        return {
            "ytd": (date(today.year, 1, 1), None),
            "today": (today, None),
            "yesterday": (yesterday, today),
        }[text]
    which, unit = text.split("_", 1)
    if unit not in starts:
        raise ValueError(f"no whole days in {text!r}")
    this, last = starts[unit]
    return (this, None) if which == "this" else (last, this)


def _dated(text: str, today: date) -> tuple[date, date | None] | None:
    if not text[0].isdigit():
        return None
    if ".." in text:
        start, _, end = text.partition("..")
        return (date.fromisoformat(start), date.fromisoformat(end) if end else None)
    year = int(text[:4])
    if part := re.fullmatch(r"\d{4}-([HQ])(\d)", text):
        size = 6 if part[1] == "H" else 3
        first = size * (int(part[2]) - 1) + 1
        return (_months(year, first), _months(year, first + size))
    if len(text) == 4:
        return (date(year, 1, 1), date(year + 1, 1, 1))
    if len(text) == 7:
        month = int(text[5:])
        return (_months(year, month), _months(year, month + 1))
    day = date.fromisoformat(text)
    return (day, day + timedelta(days=1))


def _months(year: int, month: int) -> date:
    """The first of a month; the 0th is December of the year before, the 13th January after."""
    return date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)
