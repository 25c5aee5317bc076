"""Which failures are the same: of one asset, with one mode or one component.

Windows of SQL find the next one after a ticket was closed, so that a million rows stay in the
database.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from assistant.analytics.scope import Scope
from index.facts.fact_tables import fact
from index.facts.fact_visibility import visible_facts

_FEATURES = {"failure_mode": fact.c.failure_mode, "component": fact.c.component}

IS_COMPARABLE: sa.ColumnElement[bool] = fact.c.asset_id.is_not(None) & sa.or_(
    *(column != "" for column in _FEATURES.values())
)
"""That enough is known of a failure to tell whether it came again."""


def counts_as_failure(scope: Scope) -> sa.ColumnElement[bool]:
    """Any failure that the principal sees: a repeat need not be what the filters choose."""
    return sa.and_(
        visible_facts(scope.principal),
        fact.c.is_failure == 1,
        fact.c.is_duplicate == 0,
        fact.c.is_excluded == 0,
    )


def same_of(name: str) -> sa.ColumnElement[Any]:
    """What a failure shares with the same failure of its asset, by one feature."""
    return sa.literal(f"{name} ") + sa.func.lower(_FEATURES[name])


def next_same(scope: Scope, chosen: sa.ColumnElement[bool]) -> sa.Subquery:
    """For each chosen ticket: when its failure was reported next after it was closed.

    One that was not closed, or without a time, is followed from its report on. A ticket that took
    no time at all is not followed by itself. Columns: ``ticket_id``, ``closed``, ``following``
    (NULL: not so far).
    """
    closed = sa.case(
        (fact.c.completed > fact.c.reported, fact.c.completed), else_=fact.c.reported + 1
    )
    events = sa.union_all(
        *(_events(name, _reports(scope), fact.c.reported, 1) for name in _FEATURES),
        *(_events(name, chosen, closed, 0) for name in _FEATURES),
    ).subquery("event")
    following = sa.func.min(sa.case((events.c.is_report == 1, events.c.moment), else_=None)).over(
        partition_by=(events.c.asset_id, events.c.same),
        # Backwards in time; at one moment reports come first, so that the closing sees them.
        order_by=(events.c.moment.desc(), events.c.is_report.desc()),
        rows=(None, 0),
    )
    every = sa.select(events, following.label("following")).subquery("every_event")
    return (
        sa.select(
            every.c.ticket_id,
            sa.func.min(every.c.moment).label("closed"),
            sa.func.min(every.c.following).label("following"),
        )
        .where(every.c.is_report == 0)
        .group_by(every.c.ticket_id)
        .subquery("followed")
    )


def _reports(scope: Scope) -> sa.ColumnElement[bool]:
    rule = counts_as_failure(scope) & (fact.c.reported <= scope.as_of)
    return rule if scope.start is None else rule & (fact.c.reported >= scope.start)


def _events(
    name: str, chosen: sa.ColumnElement[bool], moment: sa.ColumnElement[Any], is_report: int
) -> sa.Select[Any]:
    return sa.select(
        fact.c.ticket_id,
        fact.c.asset_id,
        same_of(name).label("same"),
        moment.label("moment"),
        sa.literal(is_report).label("is_report"),
    ).where(
        chosen, fact.c.asset_id.is_not(None), _FEATURES[name] != "", fact.c.reported.is_not(None)
    )
