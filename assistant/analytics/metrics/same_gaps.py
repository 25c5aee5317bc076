"""Mean time between the same failure: of one asset and mode, else component."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from assistant.analytics.catalogue import definition_of
from assistant.analytics.estimation.intervals import chi_square_quantile
from assistant.analytics.figure import Cell, Column
from assistant.analytics.metrics.same_failures import IS_COMPARABLE, same_of
from assistant.analytics.metrics.tallies import count, tally
from assistant.analytics.scope import Computed, Key, Scope
from index.facts.fact_tables import fact

_DAY = 86400
_SAME = sa.case((fact.c.failure_mode != "", same_of("failure_mode")), else_=same_of("component"))


def mtbsf(scope: Scope) -> Computed:
    """Mean days from a failure to the next of the same."""
    chosen = scope.counted(failures=True) & scope.in_period("reported") & IS_COMPARABLE
    gaps = (
        sa.select(
            fact.c.ticket_id,
            (
                fact.c.reported
                - sa.func.lag(fact.c.reported).over(
                    partition_by=(fact.c.asset_id, _SAME),
                    order_by=(fact.c.reported, fact.c.ticket_id),
                )
            ).label("gap"),
        )
        .where(chosen)
        .subquery("gaps")
    )
    keys = scope.keys()
    columns: tuple[sa.ColumnElement[Any], ...] = (
        sa.func.sum(gaps.c.gap).label("days"),
        sa.func.count(gaps.c.gap).label("n"),
    )
    statement = (
        sa.select(*keys, *columns)
        .select_from(scope.source().join(gaps, gaps.c.ticket_id == fact.c.ticket_id))
        .group_by(*(sa.text(key.name) for key in keys))
    )
    found = tally(scope, "failures", {"known": count(IS_COMPARABLE)}, failures=True)
    values: dict[Key, tuple[Cell, ...]] = {key: (None, None, None, 0) for key in found.groups}
    for row in scope.run("days between the same failures", statement):
        total, number = row[len(keys) :]
        if number:
            values[scope.key(row)] = _cells(scope, float(total) / _DAY, int(number))
    definition = definition_of(scope.metric)
    name, sure = scope.metric, f"{scope.query.params.confidence:.0%} interval"
    without = sum(row[3] == 0 for row in values.values())
    notes = [
        "Each asset and mode has its own gaps, from one failure to the next in the period; the "
        "time before the first and after the last is in none, so that few failures look closer "
        "together than they are."
    ]
    if without:
        where = f"In {without} groups no" if scope.dims else "No"
        notes.append(f"{where} failure came twice, so there is no time between.")
    return Computed(
        columns=(
            Column(name=name, label=definition.label, unit="d"),
            Column(name=f"{name}.low", label=f"{sure}, from", unit="d"),
            Column(name=f"{name}.high", label=f"{sure}, to", unit="d"),
            Column(name=f"{name}.gaps", label="Gaps"),
        ),
        values=values,
        counted=found.n,
        counted_what="failures",
        excluded=found.excluded,
        coverage=(
            found.known("known", "asset and mode or component known"),
            *found.coverage,
        ),
        notes=(*found.notes, *notes),
        behind=chosen,
    )


def _cells(scope: Scope, days: float, gaps: int) -> tuple[Cell, ...]:
    """The mean with its interval: gaps end with a failure, so both bounds count as many."""
    tail = (1 - scope.query.params.confidence) / 2
    low = 2 * days / chi_square_quantile(1 - tail, 2 * gaps)
    return days / gaps, low, 2 * days / chi_square_quantile(tail, 2 * gaps), gaps
