"""The figure: the answer to a query, with all that defends it; nothing here computes."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from assistant.analytics.query import Query

Cell = str | float | int | None
ChartKind = Literal["none", "bar", "pareto", "line", "grouped_bar", "step"]


class Part(BaseModel):
    """A part of a figure: it does not change."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Column(Part):
    """A column of the table. ``unit`` is h, min, d, %, a currency or empty for a plain count."""

    name: str = Field(description="stable: a dimension, a metric, or metric.suffix")
    label: str
    unit: str = ""
    kind: Literal["text", "number", "time"] = "number"


class Period(Part):
    """Which time was counted: from ``start`` up to but not including ``end``, in local time.

    ``start`` is None where nothing bounds it. ``text`` says it as a person would.
    """

    field: str
    start: datetime | None
    end: datetime | None
    time_zone: str
    text: str
    is_over: bool = Field(default=True, description="whether it had ended as of the data")


class Definition(Part):
    """What a metric is: the sentence, the formula in words, the unit, where it comes from."""

    metric: str
    label: str
    text: str
    unit: str
    source: str


class Exclusion(Part):
    """Rows that were left out, and why."""

    reason: str
    rows: int


class Coverage(Part):
    """For how many rows something was known: ``downtime known for 83 of 112 failures``."""

    what: str
    known: int
    of: int


class Statement(Part):
    """An SQL statement that was run, with the values of its parameters."""

    what: str
    sql: str
    parameters: dict[str, str | float | int | None]


class Figure(Part):
    """The answer to a query.

    ``rows`` are the cells in the order of ``columns``; missing is None, never 0. ``value`` is the
    number itself where the query has neither dimensions nor a list. ``counted`` is how many rows
    of the record stand behind it, ``uids`` are the tickets behind it (at most the first 2,000, in
    the order of their report), which ``counted`` may exceed. ``notes`` are said beside the figure:
    what is open, unresolved, assumed, too few. A zero is said as zero rows.
    """

    query: Query
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    value: float | None = None
    unit: str = ""
    periods: tuple[Period, ...]
    definitions: tuple[Definition, ...]
    filters: tuple[str, ...] = Field(default=(), description="each in words")
    counted: int
    counted_what: str = Field(default="tickets", description="what the counted rows are")
    excluded: tuple[Exclusion, ...] = ()
    coverage: tuple[Coverage, ...] = ()
    notes: tuple[str, ...] = ()
    statements: tuple[Statement, ...] = ()
    uids: tuple[str, ...] = ()
    as_of: datetime = Field(description="the data is as of this moment, UTC")
    chart: ChartKind = "none"
