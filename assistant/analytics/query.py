"""The query: what a question over the record asks for, typed; nothing here computes."""

from __future__ import annotations

from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

Metric = Literal[
    "ticket_count",
    "failure_count",
    "open_count",
    "reopen_count",
    "ticket_list",
    "asset_list",
    "pm_list",
    "repeat_list",
    "text_count",
    "downtime_h",
    "mtbf_h",
    "mtbsf_d",
    "gap_d",
    "mttr_restore_h",
    "mttr_repair_h",
    "mtta_min",
    "availability",
    "failure_rate_per_1000h",
    "repeat_rate",
    "ftfr",
    "pm_compliance",
    "backlog_count",
    "backlog_h",
    "ready_backlog_weeks",
    "backlog_age_d",
    "reactive_share",
    "corrective_ratio",
    "labor_h",
    "cost_total",
    "part_qty",
    "part_forecast",
    "bad_actors",
    "failure_trend",
    "mean_cumulative",
]
"""What is computed; :mod:`assistant.analytics.catalogue` holds the definition of each."""

Attribute = Literal[
    "asset",
    "asset_class",
    "model",
    "site",
    "area",
    "line",
    "team",
    "shift",
    "kind",
    "status",
    "priority",
    "failure_mode",
    "cause",
    "remedy",
    "component",
    "alarm_code",
    "part",
    "part_category",
    "delay_reason",
    "currency",
    "person",
]
"""What a ticket has, by which figures are split and rows are chosen."""

Dimension = Literal[
    Attribute,
    "day",
    "week",
    "month",
    "quarter",
    "year",
    "day_of_week",
    "hour",
]
"""What a figure is split by. Those of time are of the time field of the query, in local time."""

Field_ = Literal[
    Attribute,
    "is_open",
    "is_failure",
    "is_reactive",
    "is_safety",
    "age_d",
    "downtime_min",
    "response_min",
    "cost_total",
    "labor_h",
    "days_overdue",
    "text",
    "ticket_count",
]
"""What rows are chosen by. ``age_d`` is days since the report, ``response_min`` minutes from the
report to the acknowledgement (where nobody did, to the work itself, else it waits still), ``text``
the words of title, description, cause and resolution, ``ticket_count`` the tickets of an asset in
the period."""

Operator = Literal["eq", "ne", "in", "gt", "ge", "lt", "le", "null", "known", "contains"]
TimeField = Literal["reported", "completed", "downtime", "due", "as_of"]

METRICS: tuple[Metric, ...] = get_args(Metric)
DIMENSIONS: tuple[Dimension, ...] = get_args(Dimension)
FIELDS: tuple[str, ...] = get_args(Field_)
TIME_DIMENSIONS: tuple[Dimension, ...] = (
    "day", "week", "month", "quarter", "year", "day_of_week", "hour",
)  # fmt: skip
LIST_METRICS: tuple[Metric, ...] = ("ticket_list", "asset_list", "pm_list", "repeat_list")

_NAMED = r"all|today|yesterday|(?:this|last)_(?:week|month|quarter|year|fiscal_year)|ytd|last_shift"
_COUNTED = r"last_[1-9]\d{0,3}[dwmy]"
_DATED = (
    r"\d{4}(?:-\d\d)?|\d{4}-[HQ][1-4]|\d{4}-\d\d-\d\d(?:\.\.\d{4}-\d\d-\d\d)?|\d{4}-\d\d-\d\d\.\."
)
RANGE = rf"^(?:{_NAMED}|{_COUNTED}|{_DATED})$"
"""How a range is written.

``last_30d`` ends now and begins so many days (w weeks, m months, y years) before; ``last_week``,
``this_month`` and so on are whole calendar ones, the present one until now; ``ytd`` is the calendar
year until now. ``2026``, ``2026-10``, ``2026-Q3``, ``2026-H1`` and ``2026-10-05`` are what they
say; ``2026-01-01..2026-07-01`` ends before its last day, ``2026-03-15..`` ends now.
"""


class Model(BaseModel):
    """A part of a query: it does not change, and knows no other fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Filter(Model):
    """A condition on rows; ``value`` is a list for ``in``, and missing for ``null`` and ``known``.

    Texts are compared without regard to case and width. ``contains`` looks for a text in a text.
    """

    field: Field_
    op: Operator = "eq"
    value: str | float | bool | tuple[str, ...] | None = None

    @model_validator(mode="after")
    def _fits(self) -> Filter:
        if self.op in ("null", "known"):
            if self.value is not None:
                raise ValueError(f"{self.op} takes no value")
        elif self.value is None:
            raise ValueError(f"the filter on {self.field} has no value")
        if (self.op == "in") != isinstance(self.value, tuple):
            raise ValueError("'in' takes a list, the other operators take one value")
        return self


class TimeRange(Model):
    """Of which time, and which; see :data:`RANGE`.

    For ``as_of`` the end of the range is meant: the state at that moment. None as the field takes
    the metric's own.
    """

    field: TimeField | None = None
    range: str = Field(default="all", pattern=RANGE)


class Comparison(Model):
    """What a figure is set beside.

    ``previous``: the period of the same length before; ``last_year``: the same days a year before;
    ``around``: ``days`` before ``date`` against ``days`` from it on, and the query's own range is
    not used.
    """

    to: Literal["previous", "last_year", "around"]
    date: str | None = Field(default=None, pattern=r"^\d{4}-\d\d-\d\d$")
    days: int = Field(default=180, ge=1, le=3660)

    @model_validator(mode="after")
    def _has_date(self) -> Comparison:
        if (self.to == "around") != (self.date is not None):
            raise ValueError("'around' and only it has a date")
        return self


class Params(Model):
    """What a metric can be told besides.

    ``window_d``: days within which a failure counts as repeated. ``basis``: whose hours an MTBF
    counts. ``share``: also each group's share of the whole. ``statistic``: what of a distribution
    is shown beside the mean. ``confidence``: of an interval, 0.5 to 0.999. ``horizon_d``: days of a
    forecast. ``average``: the mean per ticket instead of the sum.
    """

    window_d: int = Field(default=30, ge=1, le=3660)
    basis: Literal["operating", "calendar"] = "operating"
    share: bool = False
    average: bool = False
    confidence: float = Field(default=0.9, ge=0.5, le=0.999)
    horizon_d: int = Field(default=90, ge=1, le=1830)


class Query(Model):
    """A question over the record, as it is computed.

    ``metrics`` are shown beside each other for the same groups; the first orders. ``limit`` counts
    groups, or rows of a list. ``order_by`` is the metric (or the field of a list) that orders where
    it is not the first metric.
    """

    metrics: tuple[Metric, ...] = Field(min_length=1, max_length=4)
    dims: tuple[Dimension, ...] = Field(default=(), max_length=3)
    filters: tuple[Filter, ...] = Field(default=(), max_length=20)
    time: TimeRange = TimeRange()
    compare: Comparison | None = None
    order: Literal["asc", "desc"] | None = None
    order_by: str | None = Field(default=None, max_length=40)
    limit: int | None = Field(default=None, ge=1, le=1000)
    params: Params = Params()

    @field_validator("metrics", "dims")
    @classmethod
    def _each_once(cls, names: tuple[Any, ...]) -> tuple[Any, ...]:
        if len(set(names)) != len(names):
            raise ValueError("a name stands twice")
        return names

    @property
    def metric(self) -> Metric:
        """The first metric."""
        return self.metrics[0]

    @property
    def is_list(self) -> bool:
        """Whether rows are asked for, not a number."""
        return self.metric in LIST_METRICS
