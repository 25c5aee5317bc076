"""The desk: one query of one principal, computed metric by metric and put together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TypeVar

import sqlalchemy as sa

from assistant.analytics import conditions, periods
from assistant.analytics.catalogue import CATALOGUE, definition_of, time_field_of
from assistant.analytics.dimensions import UNREGISTERED, printed_codes
from assistant.analytics.figure import Column, Figure, Period, Statement
from assistant.analytics.metrics import METRIC_FUNCTIONS
from assistant.analytics.query import LIST_METRICS, Dimension, Filter, Metric, Query
from assistant.analytics.resolving import asset_condition, has_register, in_group, resolved, site_of
from assistant.analytics.scope import Key, Scope
from assistant.analytics.tables import ticket_rows
from assistant.analytics.tables.making import Answered, Table, chart_of, make_table, side_by_side
from assistant.analytics.tables.ticket_rows import TicketRow
from index.access import Principal
from index.facts.fact_visibility import visible_facts, visible_plans
from index.facts.plant import Plant
from index.facts.record import Record

_LISTS = (*LIST_METRICS, "text_count")
_PLACES = frozenset({"asset", "asset_class", "model", "site", "area", "line", "team", "shift"})
"""Filters that say where: the whole, of which a share is taken, keeps them."""

_AT_ONCE = 500  # values in one statement

_Item = TypeVar("_Item")


class Desk:
    """One query of one principal, from its parts to the figure."""

    def __init__(
        self, record: Record, connection: sa.Connection, query: Query, principal: Principal
    ) -> None:
        """Compute over a connection whose facts are up to date."""
        self.plant: Plant = record.plant
        self.now: datetime = record.as_of()
        self.connection = connection
        self.principal = principal
        self.query = query.model_copy(
            update={"filters": tuple(resolved(one, self.plant) for one in query.filters)}
        )
        self.site, self.zone_note = site_of(self.query, principal, self.plant, connection)
        self.log: list[Statement] = []

    def figure(self) -> Figure:
        """The figure of the query."""
        answers = [self._answered(metric) for metric in self.query.metrics]
        dims, answers = self._split_alike(answers)
        first = answers[0]
        if self.query.metric in _LISTS or first.now.rows is not None:
            table = Table(list(first.now.columns), [tuple(row) for row in first.now.rows or ()])
        else:
            table = make_table(self.query, dims, answers, self.plant, self.site.name or None)
            self._add_share_of_whole(table, answers)
            self._print_codes(table, dims)
            self._print_assets(table, dims)
        computed = [answer.now for answer in answers]
        behind = first.now.behind
        scope = self._scope(first.metric, first.period)
        uids = first.now.uids
        if uids is None and behind is not None and first.now.counted:
            uids = ticket_rows.uids(scope, behind, first.now.counted)
        return Figure(
            query=self.query,
            columns=tuple(table.columns),
            rows=tuple(table.rows),
            value=table.value,
            unit=table.unit,
            periods=_once(
                period
                for answer in answers
                for period in (answer.period, answer.period_before)
                if period is not None
            ),
            definitions=tuple(definition_of(metric) for metric in self.query.metrics),
            filters=tuple(conditions.in_words(chosen) for chosen in self.query.filters),
            counted=first.now.counted,
            counted_what=first.now.counted_what,
            excluded=_once(one for each in computed for one in each.excluded),
            coverage=_once(one for each in computed for one in each.coverage),
            notes=_once([*self._notes(answers), *table.notes]),
            statements=tuple(self.log),
            uids=uids or (),
            as_of=self.now.astimezone(UTC),
            chart="none"
            if first.now.rows is not None and first.now.chart is None
            else chart_of(self.query, dims, answers),
        )

    def tickets(self, group: Key | None, offset: int, limit: int) -> list[TicketRow]:
        """Some of the tickets behind the figure, or behind one group of it."""
        answer = self._answered(self.query.metric)
        behind = answer.now.behind
        if behind is None:
            return []
        scope = self._scope(answer.metric, answer.period)
        if group is not None:
            dims = answer.now.dims or self.query.dims
            behind = sa.and_(behind, *in_group(scope, dims, group))
        return ticket_rows.read(scope, behind, offset=offset, limit=limit)

    def _answered(self, metric: Metric) -> Answered:
        period, before = self._periods(metric)
        function = METRIC_FUNCTIONS[metric]
        now = function(self._scope(metric, period))
        if before is None:
            return Answered(metric, now, period)
        # What splits by itself in one period is split in both.
        earlier = function(self._scope(metric, before, now.dims))
        if earlier.dims is not None and now.dims is None:
            now = function(self._scope(metric, period, earlier.dims))
        return Answered(metric, now, period, earlier, before)

    def _split_alike(self, answers: list[Answered]) -> tuple[tuple[Dimension, ...], list[Answered]]:
        """The dimensions of the table; currencies beside other metrics become columns."""
        if len(answers) > 1:
            return self.query.dims, [side_by_side(one, self.query.dims) for one in answers]
        return answers[0].now.dims or self.query.dims, answers

    def _scope(
        self,
        metric: Metric,
        period: Period,
        dims: tuple[Dimension, ...] | None = None,
        filters: Sequence[Filter] | None = None,
    ) -> Scope:
        as_of = int(self.now.timestamp())
        chosen = self.query.filters if filters is None else filters
        on_plans = CATALOGUE[metric].of == "planned_work"
        rows = [one for one in chosen if one.field not in ("ticket_count", "days_overdue")]
        plans = [conditions.planned_condition(one) for one in rows]
        fitting = tuple(one for one in plans if one is not None)
        return Scope(
            connection=self.connection,
            plant=self.plant,
            principal=self.principal,
            query=self.query,
            metric=metric,
            dims=self.query.dims if dims is None else dims,
            period=period,
            as_of=as_of,
            filtered=(
                visible_facts(self.principal),
                *(() if on_plans else (self._condition(one, as_of) for one in rows)),
            ),
            planned=(visible_plans(self.principal), *fitting)
            if len(fitting) == len(rows)
            else None,
            log=self.log,
        )

    def _condition(self, chosen: Filter, as_of: int) -> sa.ColumnElement[bool]:
        by_ids = asset_condition(chosen, self.connection, self.principal)
        return conditions.condition(chosen, as_of) if by_ids is None else by_ids

    def _periods(self, metric: Metric) -> tuple[Period, Period | None]:
        field = time_field_of(metric, self.query)
        text, compare = self.query.time.range, self.query.compare
        if compare is not None and compare.to == "around" and compare.date is not None:
            earlier, later = periods.around(compare.date, compare.days, field, self.now, self.site)
            return later, earlier
        period = periods.period_of(text, field, self.now, self.site)
        if compare is None:
            return period, None
        if compare.to == "previous":
            return period, periods.previous_of(text, period, self.now, self.site)
        return period, periods.year_before(period)

    def _print_codes(self, table: Table, dims: tuple[Dimension, ...]) -> None:
        """Show alarm codes as tickets print them, where they were counted by their folded form."""
        if "alarm_code" not in dims:
            return
        at = dims.index("alarm_code")
        folded = sorted({str(row[at]) for row in table.rows if row[at] is not None})
        printed: dict[str, str] = {}
        for first in range(0, len(folded), _AT_ONCE):
            some = folded[first : first + _AT_ONCE]
            rows = self.connection.execute(printed_codes(some, visible_facts(self.principal)))
            printed.update({row[0]: row[1] for row in rows})
        table.rows = [
            (*row[:at], printed.get(str(row[at]), row[at]), *row[at + 1 :]) for row in table.rows
        ]

    def _print_assets(self, table: Table, dims: tuple[Dimension, ...]) -> None:
        """Leave out the mark of assets that are not in the register, where there is no register."""
        if "asset" not in dims or has_register(self.connection):
            return
        at = dims.index("asset")
        table.rows = [
            (*row[:at], row[at] and str(row[at]).removeprefix(UNREGISTERED), *row[at + 1 :])
            for row in table.rows
        ]

    def _add_share_of_whole(self, table: Table, answers: list[Answered]) -> None:
        """The share of the filtered in all at the same place, for a figure that is not split."""
        answer = answers[0]
        if not self.query.params.share or self.query.dims or not answer.now.is_additive:
            return
        kept = [chosen for chosen in self.query.filters if chosen.field in _PLACES]
        if len(kept) == len(self.query.filters) or len(table.rows) != 1:
            table.notes.append("There is no filter to take a share of, beside that of the place.")
            return
        scope = self._scope(answer.metric, answer.period, filters=kept)
        whole = METRIC_FUNCTIONS[answer.metric](scope).values.get(())
        part, of = table.value, whole[0] if whole else None
        share = 100 * part / of if part is not None and isinstance(of, int | float) and of else None
        unit = answer.now.columns[0].unit
        table.columns += [
            Column(name=f"{answer.metric}.share", label="Share", unit="%"),
            Column(name=f"{answer.metric}.whole", label="Of all", unit=unit),
        ]
        table.rows = [(*table.rows[0], share, of)]
        table.value, table.unit = share, "%"
        words = [conditions.in_words(one) for one in self.query.filters if one not in kept]
        table.notes.append(f"The share is of all that is counted without '{', '.join(words)}'.")

    def _notes(self, answers: list[Answered]) -> list[str]:
        notes = [note for answer in answers for note in answer.now.notes]
        for answer in answers:
            if self.query.time.field is not None and answer.period.field != self.query.time.field:
                notes.append(
                    f"{definition_of(answer.metric).label} is counted by the time "
                    f"'{answer.period.field}'."
                )
            if answer.before is not None and not answer.period.is_over:
                days = periods.days_of(answer.period) or 0
                notes.append(f"The later period is not over: {days:.0f} days of it are counted.")
        if self.zone_note and self.query.time.range != "all":
            notes.append(self.zone_note)
        return notes


def _once(items: Iterable[_Item]) -> tuple[_Item, ...]:
    """Each once, in order."""
    found: list[_Item] = []
    for item in items:
        if item not in found:
            found.append(item)
    return tuple(found)
