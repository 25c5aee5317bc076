"""The scope of a metric: which rows it counts, how they are split, and what it gives back.

A metric is a function from :class:`Scope` to :class:`Computed`. It takes its conditions and group
keys from the scope, so that who sees what, filters and time are said in one place, and runs its
statements through it, so that they can be shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from assistant.analytics import dimensions
from assistant.analytics.figure import (
    Cell,
    ChartKind,
    Column,
    Coverage,
    Exclusion,
    Period,
    Statement,
)
from assistant.analytics.query import Dimension, Metric, Query, TimeField
from index.access import Principal
from index.facts.fact_tables import fact
from index.facts.plant import Plant

Key = tuple[Cell, ...]
"""What a group is called: one cell a dimension; None where it is not recorded."""

Row = sa.Row[*tuple[Any, ...]]

_MOMENTS = {
    "reported": fact.c.reported,
    "completed": fact.c.completed,
    "due": fact.c.due,
    "as_of": fact.c.reported,
}


@dataclass(frozen=True, slots=True)
class Computed:
    """What a metric gives for one period.

    ``values`` holds the cells of each group, in the order of ``columns``, whose first is named by
    the metric itself; a query without dimensions has the one key ``()``. A list gives ``rows``
    instead. ``behind`` chooses the tickets behind the figure (rows of ``fact``); None where they
    are no tickets, and ``uids`` are their ids where they are known already. ``dims`` are given
    where they differ from the query's, as a currency splits by itself; ``chart`` where it is not
    what the dimensions suggest. ``is_additive`` tells that the groups' values add up, so that
    shares mean something.
    """

    columns: tuple[Column, ...]
    values: Mapping[Key, tuple[Cell, ...]] = field(default_factory=dict)
    rows: Sequence[tuple[Cell, ...]] | None = None
    counted: int = 0
    counted_what: str = "tickets"
    excluded: tuple[Exclusion, ...] = ()
    coverage: tuple[Coverage, ...] = ()
    notes: tuple[str, ...] = ()
    behind: sa.ColumnElement[bool] | None = None
    uids: tuple[str, ...] | None = None
    dims: tuple[Dimension, ...] | None = None
    chart: ChartKind | None = None
    is_additive: bool = False


@dataclass(frozen=True)
class Scope:
    """What a metric works on: one metric, one period.

    ``filtered`` are the conditions on ``fact`` of who sees it and of the filters, without time and
    with duplicates and excluded tickets still in; ``planned`` the same on ``planned_work`` (None
    where a filter does not fit it). ``as_of`` is when the data ends, in seconds since 1970.
    """

    connection: sa.Connection
    plant: Plant
    principal: Principal
    query: Query
    metric: Metric
    dims: tuple[Dimension, ...]
    period: Period
    as_of: int
    filtered: tuple[sa.ColumnElement[bool], ...]
    planned: tuple[sa.ColumnElement[bool], ...] | None = None
    log: list[Statement] = field(default_factory=list)

    @property
    def start(self) -> int | None:
        """The first second of the period, or None."""
        return None if self.period.start is None else int(self.period.start.timestamp())

    @property
    def end(self) -> int | None:
        """The second after the period, or None where nothing ends it."""
        return None if self.period.end is None else int(self.period.end.timestamp())

    @property
    def until(self) -> int:
        """The second up to which something can have happened: the end, or when the data ends."""
        return self.as_of if self.end is None else min(self.end, self.as_of)

    @property
    def field(self) -> TimeField:
        """The time field that the period is of."""
        return self.period.field  # type: ignore[return-value]

    @property
    def is_failures_only(self) -> bool:
        """Whether a metric of stops or repairs counts failures only.

        It does unless the query itself says which kinds of ticket are meant.
        """
        named = {chosen.field for chosen in self.query.filters} | set(self.dims)
        return not named & {"kind", "is_failure", "is_reactive"}

    def in_period(self, time_field: TimeField | None = None) -> sa.ColumnElement[bool]:
        """That a ticket's time lies in the period: at or after its start, before its end."""
        name = time_field or self.field
        if name == "downtime":
            return self.stands()
        moment = _MOMENTS[name]
        borders = []
        if self.start is not None:
            borders.append(moment >= self.start)
        if self.end is not None:
            borders.append(moment < self.end)
        return sa.and_(sa.true(), *borders)

    def stands(self) -> sa.ColumnElement[bool]:
        """That a stop lies in the period, in part or wholly; that of an open ticket may go on."""
        within = (fact.c.down_from < self.until) & (fact.c.has_down_flaw == 0)
        if self.start is None:
            return within & (fact.c.down_to.is_not(None) | (fact.c.is_open + 0 == 1))
        # No index is of use for the lack of an end, which most rows have: that of open ones is.
        goes_on = (fact.c.is_open == 1) & (fact.c.down_to + 0).is_(None)
        return within & ((fact.c.down_to > self.start) | goes_on)

    def counted(
        self, *, failures: bool = False, each_ticket: bool = False
    ) -> sa.ColumnElement[bool]:
        """That a ticket counts: seen, as filtered, not excluded; a failure if said.

        Several tickets of one event count once, save where ``each_ticket`` is meant, as for the
        number of tickets and what was booked on them. The period is not in it: add
        :meth:`in_period`.
        """
        rules = [*self.filtered, fact.c.is_excluded == 0]
        if not each_ticket:
            rules.append(fact.c.is_duplicate == 0)
        if failures:
            # Half of all tickets fail: the index of the time is to be used, not that of failures.
            rules.append(fact.c.is_failure + 0 == 1)
        return sa.and_(*rules)

    def keys(self, time_field: TimeField | None = None) -> tuple[sa.Label[Any], ...]:
        """The group keys as columns ``k0``, ``k1`` ...; select and group by them.

        Dimensions of time are those of ``time_field``, else of the query's.
        """
        return tuple(
            dimensions.expression(name, time_field or self.field, self.plant).label(f"k{at}")
            for at, name in enumerate(self.dims)
        )

    def source(self) -> sa.FromClause:
        """``fact``, joined with what the dimensions need: its codes, parts or persons."""
        return dimensions.joined(self.dims)

    @property
    def multiplies(self) -> bool:
        """Whether a ticket may stand in several groups, as one with two alarm codes does."""
        return any(name in dimensions.JOINED for name in self.dims)

    def key(self, row: Row) -> Key:
        """The key of a row of a statement that selects :meth:`keys` first."""
        return self.named(row)

    def named(self, values: Sequence[Any]) -> Key:
        """The key of raw values of the dimensions, which come first."""
        return tuple(
            dimensions.cell(name, values[at], self.plant) for at, name in enumerate(self.dims)
        )

    def run(self, what: str, statement: sa.Select[*tuple[Any, ...]]) -> Sequence[Row]:
        """Run a statement and note it for the figure; ``what`` says what it computes."""
        # Named, so that what is shown can be run as it stands.
        named = type(self.connection.dialect)(paramstyle="named")  # type: ignore[call-arg]
        compiled = statement.compile(dialect=named, compile_kwargs={"render_postcompile": True})
        values = {name: _shown(value) for name, value in compiled.params.items()}
        self.log.append(Statement(what=what, sql=str(compiled), parameters=values))
        return self.connection.execute(statement).all()

    def on(self, period: Period) -> Scope:
        """The same scope of another period, with statements of its own."""
        return replace(self, period=period, log=[])


def _shown(value: Any) -> str | float | int | None:
    if isinstance(value, bool):
        return int(value)
    if value is None or isinstance(value, str | float | int):
        return value
    return value.isoformat() if isinstance(value, datetime) else str(value)
