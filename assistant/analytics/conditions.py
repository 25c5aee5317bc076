"""Filters as conditions of SQL, with every value bound, and in words.

A value never becomes part of a statement's text. What has several values of a ticket (alarm codes,
parts, persons) is looked up by EXISTS, so that a row stays one row.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from assistant.analytics import folded_text
from assistant.analytics.dimensions import LABELS, UNREGISTERED
from assistant.analytics.errors import CannotAnswer
from assistant.analytics.query import Dimension, Filter
from index.codes import fold
from index.facts.fact_tables import fact, fact_code, fact_part, fact_person, part, planned_work
from index.ticket_tables import ticket

_DAY = 86400

_FLAGS = ("is_open", "is_failure", "is_reactive", "is_safety")
_NUMBERS: dict[str, sa.ColumnElement[Any]] = {
    "priority": fact.c.priority,
    "downtime_min": sa.case((fact.c.has_down_flaw == 0, fact.c.down_min)),
    "cost_total": fact.c.cost_total,
    "labor_h": fact.c.labor_h,
}
_TEXTS: tuple[Dimension, ...] = (
    "asset_class", "model", "site", "area", "line", "team", "shift", "kind", "status",
    "failure_mode", "cause", "remedy", "component", "delay_reason", "currency",
)  # fmt: skip
_OPERATORS: dict[str, Callable[[Any, Any], sa.ColumnElement[bool]]] = {
    "eq": lambda left, right: left == right,
    "ne": lambda left, right: left != right,
    "gt": lambda left, right: left > right,
    "ge": lambda left, right: left >= right,
    "lt": lambda left, right: left < right,
    "le": lambda left, right: left <= right,
}
_SAID = {
    "eq": "is", "ne": "is not", "in": "is one of", "gt": "more than", "ge": "at least",
    "lt": "less than", "le": "at most", "null": "is not recorded", "known": "is recorded",
    "contains": "holds",
}  # fmt: skip
_NAMES = {
    "is_open": "open", "is_failure": "a failure", "is_reactive": "unplanned work",
    "is_safety": "safety-related", "age_d": "age in days", "downtime_min": "downtime in minutes",
    "response_min": "response time in minutes", "cost_total": "cost", "labor_h": "working hours",
    "days_overdue": "days overdue", "text": "text", "ticket_count": "tickets in the period",
}  # fmt: skip


def condition(chosen: Filter, as_of: int) -> sa.ColumnElement[bool]:
    """A filter as a condition on ``fact``; ``as_of`` is the present, in seconds since 1970.

    Raises:
        CannotAnswer: the operator or the value does not fit the field.
    """
    name = chosen.field
    if name == "asset":
        return _on_asset(chosen)
    if name in ("alarm_code", "part", "part_category", "person"):
        return _on_many(chosen)
    if name == "text":
        return _on_text(chosen)
    if name in _FLAGS:
        return _on_flag(chosen)
    if name == "age_d":
        return _on_number(chosen, sa.cast(as_of - fact.c.reported, sa.Float) / _DAY)
    if name == "response_min":
        return _on_response(chosen, as_of)
    if name in _NUMBERS:
        return _on_number(chosen, _NUMBERS[name])
    return on_words(chosen, fact.c[name])


def planned_condition(chosen: Filter) -> sa.ColumnElement[bool] | None:
    """A filter as a condition on ``planned_work``; None where planned work has no such field.

    Raises:
        CannotAnswer: the operator or the value does not fit the field.
    """
    if chosen.field == "text":
        return on_words(chosen, planned_work.c.title, is_text=True)
    if chosen.field in ("asset", "asset_class", "model", "site", "area", "line", "team"):
        return on_words(chosen, planned_work.c[chosen.field])
    return None


def is_recorded(name: Dimension) -> sa.ColumnElement[bool]:
    """That a ticket has at least one of what it may have several of: codes, parts, persons."""
    table, column, source = _many(name)
    rows = sa.select(sa.literal(1)).select_from(source).correlate(fact)
    return rows.where(table.c.ticket_id == fact.c.ticket_id, column != "").exists()


def in_words(chosen: Filter) -> str:
    """A filter as a person reads it."""
    name = _NAMES.get(chosen.field) or LABELS[chosen.field].lower()  # type: ignore[index]
    if chosen.field in _FLAGS and chosen.op in ("eq", "ne"):
        wanted = _truth(chosen) == (chosen.op == "eq")
        return f"is {name}" if wanted else f"is not {name}"
    said = _SAID[chosen.op]
    if chosen.op in ("null", "known"):
        return f"{name} {said}"
    value = chosen.value
    shown = (
        ", ".join(value)
        if isinstance(value, tuple)
        else f"{value:g}"
        if (isinstance(value, float))
        else str(value)
    )
    return f"{name} {said} {shown}"


def compare(chosen: Filter, left: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    """A filter on a number as a condition on what is computed.

    Raises:
        CannotAnswer: the operator or the value does not fit a number.
    """
    return _on_number(chosen, left)


def on_words(
    chosen: Filter, column: sa.ColumnElement[Any], *, is_text: bool = False
) -> sa.ColumnElement[bool]:
    """A filter on a text as a condition on a column; empty means that it is not recorded.

    Raises:
        CannotAnswer: the operator or the value does not fit a text.
    """
    empty = column.is_(None) | (column == "")
    if chosen.op == "null":
        return empty
    if chosen.op == "known":
        return ~empty
    texts = _values(chosen)
    if chosen.op == "contains" or is_text:
        return sa.or_(*(folded_text.holds(column, text) for text in texts))
    if chosen.op in ("eq", "in"):
        return folded_text.is_any(column, texts)
    if chosen.op == "ne":
        return ~folded_text.is_any(sa.func.coalesce(column, ""), texts)
    raise _does_not_fit(chosen, "a text; take is, is not, is one of or holds")


def _on_asset(chosen: Filter) -> sa.ColumnElement[bool]:
    """By the tag of the register, else by what tickets call an asset that is not in it."""
    if chosen.op in ("null", "known"):
        return on_words(chosen, fact.c.asset)
    unknown = fact.c.asset == ""
    named = [_without_mark(text) for text in _values(chosen)]
    plain = chosen.model_copy(update={"value": tuple(named) if chosen.op == "in" else named[0]})
    by_tag = on_words(plain, fact.c.asset)
    by_text = on_words(plain, fact.c.asset_text)
    if chosen.op == "ne":
        return sa.case((unknown, by_text), else_=by_tag)
    return by_tag | (unknown & by_text)


def _without_mark(text: str) -> str:
    return text.removeprefix(UNREGISTERED)


def _on_many(chosen: Filter) -> sa.ColumnElement[bool]:
    table, column, source = _many(chosen.field)
    # The tickets are looked up once: a question for each fact reads the same index a million times.
    rows = sa.select(table.c.ticket_id).select_from(source)
    if chosen.op in ("null", "known"):
        known = fact.c.ticket_id.in_(rows.where(column != ""))
        return ~known if chosen.op == "null" else known
    positive = chosen.model_copy(update={"op": "eq"}) if chosen.op == "ne" else chosen
    if chosen.field == "alarm_code" and positive.op in ("eq", "in"):
        matches: sa.ColumnElement[bool] = fact_code.c.folded.in_(
            [fold(text) for text in _values(positive)]
        )
    elif chosen.field == "part" and positive.op == "contains":
        by_name = sa.select(part.c.part_no).where(on_words(positive, part.c.name))
        matches = on_words(positive, column) | column.in_(by_name)
    elif chosen.field == "part_category":  # few parts are of it: their tickets lie in an index
        of_category = sa.select(part.c.part_no).where(on_words(positive, column))
        rows, matches = sa.select(table.c.ticket_id), fact_part.c.part_no.in_(of_category)
    else:
        matches = on_words(positive, column)
    found = fact.c.ticket_id.in_(rows.where(matches))
    return ~found if chosen.op == "ne" else found


def _many(name: str) -> tuple[sa.Table, sa.ColumnElement[Any], sa.FromClause]:
    """The table of what a ticket has several of, the column of a dimension, and where both are."""
    if name == "part_category":
        with_register = fact_part.join(part, part.c.part_no == fact_part.c.part_no)
        return fact_part, part.c.category, with_register
    table = {"alarm_code": fact_code, "part": fact_part, "person": fact_person}[name]
    return table, {"alarm_code": fact_code.c.code, "part": fact_part.c.part_no,
                   "person": fact_person.c.name}[name], table  # fmt: skip


def _on_text(chosen: Filter) -> sa.ColumnElement[bool]:
    """The words of title, description, cause and resolution."""
    if chosen.op not in ("eq", "in", "contains", "ne"):
        raise _does_not_fit(chosen, "words; take holds")
    words = (ticket.c.title, ticket.c.description, ticket.c.cause, ticket.c.resolution)
    found = [folded_text.holds(column, text) for text in _values(chosen) for column in words]
    rows = sa.select(sa.literal(1)).select_from(ticket).correlate(fact)
    match = rows.where(ticket.c.id == fact.c.ticket_id, sa.or_(*found)).exists()
    return ~match if chosen.op == "ne" else match


def _on_flag(chosen: Filter) -> sa.ColumnElement[bool]:
    column = fact.c[chosen.field]
    if chosen.op == "null":
        return column.is_(None)
    if chosen.op == "known":
        return column.is_not(None)
    if chosen.op not in ("eq", "ne"):
        raise _does_not_fit(chosen, "yes or no; take is")
    return column == int(_truth(chosen) == (chosen.op == "eq"))


def _truth(chosen: Filter) -> bool:
    value = chosen.value
    if isinstance(value, str):
        known = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
        if value.strip().casefold() in known:
            return known[value.strip().casefold()]
    elif value in (0, 1):
        return bool(value)
    raise _does_not_fit(chosen, "yes or no; take true or false")


def _on_response(chosen: Filter, as_of: int) -> sa.ColumnElement[bool]:
    """A ticket that nobody acknowledged was answered by the work itself, else it waits still."""
    acknowledged = fact.c.acknowledged
    if chosen.op == "null":
        return acknowledged.is_(None)
    if chosen.op == "known":
        return acknowledged.is_not(None)
    answered = sa.func.coalesce(acknowledged, fact.c.started, fact.c.completed, as_of)
    waited = sa.cast(answered - fact.c.reported, sa.Float) / 60
    timed = (fact.c.is_date_only == 0) & (fact.c.has_time_flaw == 0)
    return timed & _on_number(chosen, waited)


def _on_number(chosen: Filter, left: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    if chosen.op == "null":
        return left.is_(None)
    if chosen.op == "known":
        return left.is_not(None)
    if chosen.op == "in":
        return left.in_([_number(chosen, text) for text in _values(chosen)])
    if chosen.op not in _OPERATORS:
        raise _does_not_fit(chosen, "a number; take is, more than or less than")
    return _OPERATORS[chosen.op](left, _number(chosen, chosen.value))


def _number(chosen: Filter, value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        number = float("nan")
    if number != number or abs(number) > 1e15:
        raise _does_not_fit(chosen, "a number")
    return number


def _values(chosen: Filter) -> list[str]:
    value = chosen.value
    texts = list(value) if isinstance(value, tuple) else [_plain(value)]
    if not texts or any(not text.strip() for text in texts):
        raise _does_not_fit(chosen, "a text that is not empty; take 'is not recorded' for none")
    if not all(folded_text.can_be_stored(text) for text in texts):
        raise _does_not_fit(chosen, "a text of whole letters, without a NUL mark")
    return texts


def _plain(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _does_not_fit(chosen: Filter, wanted: str) -> CannotAnswer:
    name = _NAMES.get(chosen.field, chosen.field)
    return CannotAnswer(
        f"The filter '{name} {_SAID[chosen.op]} {str(chosen.value)[:60]}' does not fit: {name} "
        f"needs {wanted}."
    )
