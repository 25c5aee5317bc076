"""Metrics that count tickets."""

from __future__ import annotations

import sqlalchemy as sa

from assistant.analytics.catalogue import definition_of
from assistant.analytics.figure import Column
from assistant.analytics.metrics.tallies import Tally, count, tally
from assistant.analytics.scope import Computed, Scope
from index.facts.fact_tables import fact


def ticket_count(scope: Scope) -> Computed:
    """Tickets of every kind and status."""
    cancelled = count(fact.c.status == "cancelled")
    found = tally(scope, "tickets", {"cancelled": cancelled}, each_ticket=True)
    number = found.whole["cancelled"]
    notes = (f"{number} cancelled tickets are among them.",) if number else ()
    return _counted(scope, found, scope.counted(each_ticket=True) & scope.in_period(), notes)


def failure_count(scope: Scope) -> Computed:
    """Tickets that report a failure."""
    found = tally(scope, "failures", failures=True)
    return _counted(scope, found, scope.counted(failures=True) & scope.in_period(), ())


def reopen_count(scope: Scope) -> Computed:
    """Tickets that were reopened, or reopen another."""
    rule = scope.in_period() & (fact.c.is_reopened == 1)
    found = tally(scope, "reopened tickets", rule=rule, each_ticket=True)
    return _counted(scope, found, scope.counted(each_ticket=True) & rule, ())


def open_count(scope: Scope) -> Computed:
    """Tickets that were open at the end of the period."""
    rule = is_open_at(scope)
    found = tally(scope, "open tickets", rule=rule, each_ticket=True)
    notes: tuple[str, ...] = ()
    if scope.end is not None and scope.end < scope.as_of:
        notes = (
            "Tickets that were closed without a time of completion cannot be told to have been "
            "open at that moment: they are not counted.",
        )
    return _counted(scope, found, scope.counted(each_ticket=True) & rule, notes)


def is_open_at(scope: Scope) -> sa.ColumnElement[bool]:
    """That a ticket was open at the end of the period: reported before, not completed by then."""
    moment = scope.until
    if moment >= scope.as_of:
        return are_open() & (fact.c.reported.is_(None) | (fact.c.reported <= moment))
    later = sa.select(fact.c.ticket_id).where(fact.c.completed >= moment)
    still = fact.c.ticket_id.in_(_open_ids().union_all(later))
    return (fact.c.reported + 0 < moment) & still


def are_open() -> sa.ColumnElement[bool]:
    """That a ticket is open now. Those are few, so they are looked up before all else."""
    return fact.c.ticket_id.in_(_open_ids())


def _open_ids() -> sa.Select[tuple[int]]:
    return sa.select(fact.c.ticket_id).where(fact.c.is_open == 1)


def _counted(
    scope: Scope, found: Tally, behind: sa.ColumnElement[bool], notes: tuple[str, ...]
) -> Computed:
    label = definition_of(scope.metric).label
    return Computed(
        columns=(Column(name=scope.metric, label=label),),
        values={key: (int(row["n"]),) for key, row in found.groups.items()},
        counted=found.n,
        counted_what=found.noun,
        excluded=found.excluded,
        coverage=found.coverage,
        notes=(*found.notes, *notes),
        behind=behind,
        is_additive=not scope.multiplies,
    )
