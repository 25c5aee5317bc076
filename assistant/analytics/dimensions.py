"""Dimensions: what each is in SQL, how its values are read, what has to be joined for it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from assistant.analytics.errors import CannotAnswer
from assistant.analytics.figure import Cell
from assistant.analytics.folded_text import can_be_stored
from assistant.analytics.query import TIME_DIMENSIONS, Dimension, TimeField
from index.facts.fact_tables import fact, fact_code, fact_part, fact_person, part
from index.facts.plant import Plant

JOINED: frozenset[Dimension] = frozenset({"alarm_code", "part", "part_category", "person"})
"""Dimensions of which a ticket may have several values, or none."""

UNREGISTERED = "? "
"""Stands before what a ticket calls an asset that is not in the register."""

LABELS: dict[Dimension, str] = {
    "asset": "Asset", "asset_class": "Class", "model": "Model", "site": "Site", "area": "Area",
    "line": "Line", "team": "Team", "shift": "Shift", "kind": "Kind", "status": "Status",
    "priority": "Priority", "failure_mode": "Failure mode", "cause": "Cause", "remedy": "Remedy",
    "component": "Component", "alarm_code": "Alarm", "part": "Part",
    "part_category": "Part category", "delay_reason": "Delay", "currency": "Currency",
    "person": "Person", "day": "Day", "week": "Week", "month": "Month", "quarter": "Quarter",
    "year": "Year", "day_of_week": "Day of the week", "hour": "Hour",
}  # fmt: skip

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_EPOCH = date(1970, 1, 1)  # a Thursday
_FAR = 7 * 1_000_000  # keeps the remainder of days before 1970 positive


class day_number(FunctionElement[int]):  # noqa: N801 - reads as the SQL function that it is
    """The days since 1970 of a day as text; NULL for an empty text."""

    inherit_cache = True
    type = sa.Integer()


@compiles(day_number, "sqlite")
def _in_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    return f"CAST(julianday({compiler.process(element.clauses, **options)}) - 2440587.5 AS INTEGER)"


@compiles(day_number, "postgresql")
def _in_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    text = compiler.process(element.clauses, **options)
    return f"(CAST(NULLIF({text}, '') AS DATE) - DATE '1970-01-01')"


def expression(name: Dimension, field: TimeField, plant: Plant) -> sa.ColumnElement[Any]:
    """A dimension as a column of ``fact`` joined as :func:`joined` says."""
    if name in TIME_DIMENSIONS:
        return _of_time(name, field, plant)
    if name == "asset":
        text = fact.c.asset_text
        return sa.case(
            (fact.c.asset != "", fact.c.asset),
            (text != "", sa.literal(UNREGISTERED) + text),
            else_="",
        )
    if name == "alarm_code":
        return fact_code.c.folded
    if name == "part":
        return fact_part.c.part_no
    if name == "part_category":
        return part.c.category
    if name == "person":
        return fact_person.c.name
    return fact.c[name]


def joined(dims: tuple[Dimension, ...]) -> sa.FromClause:
    """``fact`` with the tables that dimensions need."""
    source: sa.FromClause = fact
    # Tickets are chosen first and what they have is looked up for each, never the other way round.
    own = fact.c.ticket_id + 0
    if "alarm_code" in dims:
        source = source.join(fact_code, fact_code.c.ticket_id == own)
    if "part" in dims or "part_category" in dims:
        source = source.join(fact_part, fact_part.c.ticket_id == own)
    if "part_category" in dims:
        source = source.outerjoin(part, part.c.part_no == fact_part.c.part_no)
    if "person" in dims:
        source = source.join(fact_person, fact_person.c.ticket_id == own)
    return source


def cell(name: Dimension, value: Any, plant: Plant) -> Cell:
    """A value of a dimension as it is shown; None where it is not recorded."""
    if value is None or value == "":
        return None
    if name == "week":
        return week_label(_EPOCH + timedelta(days=int(value)), plant)
    if name == "day_of_week":
        return _WEEKDAYS[int(value)]
    if name in ("priority", "hour"):
        return int(value)
    return str(value)


def raw(name: Dimension, value: Cell, plant: Plant) -> Any:
    """The raw value of a cell that :func:`cell` made, to be compared with the expression.

    Raises:
        CannotAnswer: a cell is none of this dimension.
    """
    try:
        if name == "week" and value is not None:
            return (_first_of_week(str(value)) - _EPOCH).days
        if name == "day_of_week" and value is not None:
            return _WEEKDAYS.index(str(value))
        if name in ("priority", "hour") and value is not None:
            return int(value)
        if value is not None and not can_be_stored(str(value)):
            raise ValueError
    except ValueError:
        raise CannotAnswer(f"{value!r} is no value of {LABELS[name].lower()}.") from None
    return value if value is None else str(value)


def _first_of_week(label: str) -> date:
    if label.startswith("week of "):
        return date.fromisoformat(label.removeprefix("week of "))
    return date.fromisoformat(f"{label}-1")


def printed_codes(folded: list[str], visible: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """How tickets print alarm codes, of which the folded form is known."""
    forms = (
        sa.select(fact_code.c.folded, fact_code.c.code)
        .where(fact_code.c.folded.in_(folded))
        .distinct()
        .subquery("form")
    )
    seen = (
        sa.select(sa.literal(1))
        .select_from(fact_code.join(fact, fact.c.ticket_id == fact_code.c.ticket_id))
        .where(fact_code.c.folded == forms.c.folded, fact_code.c.code == forms.c.code, visible)
        .correlate(forms)
        .exists()
    )
    return sa.select(forms.c.folded, sa.func.min(forms.c.code)).where(seen).group_by(forms.c.folded)


def week_label(first: date, plant: Plant) -> str:
    """A week by its first day: the ISO week where that is a Monday, else the day itself."""
    if first.weekday() == 0 and all(site.week_start == 0 for site in plant.sites):
        year, week, _ = first.isocalendar()
        return f"{year}-W{week:02}"
    return f"week of {first.isoformat()}"


def day_of(field: TimeField) -> sa.Column[str]:
    """The local day of a ticket's time.

    Raises:
        CannotAnswer: the local day of this time is not kept.
    """
    if field in ("reported", "as_of", "downtime"):
        return fact.c.reported_on
    if field == "completed":
        return fact.c.completed_on
    raise CannotAnswer(
        "Tickets can be split over time by when they were reported or completed, not by when they "
        "are due. Choose another time field."
    )


def _of_time(name: Dimension, field: TimeField, plant: Plant) -> sa.ColumnElement[Any]:
    day = day_of(field)
    if name == "hour":
        if field == "completed":
            raise CannotAnswer("Hours are known of reports only. Take the time field 'reported'.")
        return fact.c.reported_hour
    return part_of_day(name, day, fact.c.site, plant)


def part_of_day(
    name: Dimension, day: sa.ColumnElement[str], site: sa.ColumnElement[Any], plant: Plant
) -> sa.ColumnElement[Any]:
    """A dimension of time, save the hour, of a day as text; ``site`` tells how weeks begin."""
    if name == "day":
        return day
    if name in ("month", "year"):
        return sa.func.substr(day, 1, 7 if name == "month" else 4)
    if name == "quarter":
        month = sa.func.substr(day, 6, 2)
        number = sa.case(
            (month <= "03", "1"), (month <= "06", "2"), (month <= "09", "3"), else_="4"
        )
        return sa.case((day != "", sa.func.substr(day, 1, 4) + "-Q" + number), else_="")
    days = day_number(day)
    if name == "day_of_week":
        return (days + 3 + _FAR) % 7
    return days - (days + 3 + _FAR - _week_start(site, plant)) % 7


def _week_start(site: sa.ColumnElement[Any], plant: Plant) -> sa.ColumnElement[int]:
    starts = {site.name: site.week_start for site in plant.sites}
    default = plant.site(None).week_start
    special = [(site == name, sa.literal(day)) for name, day in starts.items() if day != default]
    return sa.case(*special, else_=sa.literal(default)) if special else sa.literal(default)
