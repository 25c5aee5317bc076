"""Which failures are the same: of one asset, with one mode or one component.

The next one after a ticket was closed is found in sorted arrays: windows of SQL over two features
of a million rows took two to four times as long.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import sqlalchemy as sa

from assistant.analytics.operating_time.stops import Whole
from assistant.analytics.scope import Scope
from index.facts.fact_tables import fact
from index.facts.fact_visibility import visible_facts

_APART = 1 << 34  # seconds between the times of two codes, more than any record spans
_FEATURES = {"failure_mode": fact.c.failure_mode, "component": fact.c.component}

IS_COMPARABLE: sa.ColumnElement[bool] = fact.c.asset_id.is_not(None) & sa.or_(
    *(column != "" for column in _FEATURES.values())
)
"""That enough is known of a failure to tell whether it came again."""


def counts_as_failure(scope: Scope) -> sa.ColumnElement[bool]:
    """Any failure that the principal sees: a repeat need not be what the filters choose."""
    return sa.and_(
        visible_facts(scope.principal),
        fact.c.is_failure + 0 == 1,  # see Scope.counted
        fact.c.is_duplicate == 0,
        fact.c.is_excluded == 0,
    )


def same_of(name: str) -> sa.ColumnElement[Any]:
    """What a failure shares with the same failure of its asset, by one feature."""
    return sa.literal(f"{name} ") + sa.func.lower(_FEATURES[name])


@dataclass(frozen=True, slots=True)
class Followed:
    """Tickets, each with when it was closed and when the same failure was reported next.

    ``keys`` are the raw values of the dimensions; ``following`` is -1 and ``again`` 0 where the
    failure did not come again. Arrays in the order of the rows that were read.
    """

    keys: list[tuple[Any, ...]]
    tickets: Whole
    reopened: Whole
    closed: Whole
    following: Whole
    again: Whole


def followed(scope: Scope, chosen: sa.ColumnElement[bool]) -> Followed:
    """Read chosen tickets and find for each when its failure was reported next.

    One that was not closed, or without a time, is followed from its report on. A ticket that took
    no time at all is not followed by itself.
    """
    keys, features = scope.keys(), [sa.func.lower(column) for column in _FEATURES.values()]
    closed = sa.case(
        (fact.c.completed > fact.c.reported, fact.c.completed), else_=fact.c.reported + 1
    )
    own = (fact.c.ticket_id, fact.c.asset_id, closed, fact.c.is_reopened)
    rows = scope.run(
        "tickets and when they were closed",
        sa.select(*own, *features, *keys)
        .select_from(scope.source())
        .where(chosen, IS_COMPARABLE, fact.c.reported.is_not(None)),
    )
    reports = scope.run(
        "reports of failures",
        sa.select(fact.c.ticket_id, fact.c.asset_id, fact.c.reported, *features).where(
            _reports(scope), IS_COMPARABLE
        ),
    )
    table = _whole([row[:4] for row in rows], 4)
    pool = _whole([row[:3] for row in reports], 3)
    following = np.full(len(table), -1, dtype=np.int64)
    again = np.zeros(len(table), dtype=np.int64)
    for place in range(len(features)):
        assets = np.concatenate([pool[:, 1], table[:, 1]])
        texts = [row[3 + place] for row in reports] + [row[4 + place] for row in rows]
        of_pool, of_rows = np.split(_codes(assets, texts), [len(pool)])
        when, which = _next(of_pool, pool[:, 2], pool[:, 0], of_rows, table[:, 2])
        is_sooner = (when >= 0) & ((following < 0) | (when < following))
        following[is_sooner], again[is_sooner] = when[is_sooner], which[is_sooner]
    return Followed(
        [tuple(row[6:]) for row in rows], table[:, 0], table[:, 3], table[:, 2], following, again
    )


def _next(
    of_pool: Whole, reported: Whole, tickets: Whole, of_rows: Whole, closed: Whole
) -> tuple[Whole, Whole]:
    """The first report of the same code at or after each closing, and its ticket; else -1."""
    order = np.lexsort((tickets, reported, of_pool))
    line = (of_pool * _APART + reported)[order]
    places = np.searchsorted(line, of_rows * _APART + closed)
    found = np.full(len(of_rows), -1, dtype=np.int64)
    which = np.zeros(len(of_rows), dtype=np.int64)
    inside = np.flatnonzero(places < len(line))
    at = order[places[inside]]
    is_same = (of_pool[at] == of_rows[inside]) & (of_rows[inside] >= 0)
    found[inside[is_same]] = reported[at[is_same]]
    which[inside[is_same]] = tickets[at[is_same]]
    return found, which


def _codes(assets: Whole, texts: list[str]) -> Whole:
    """A small number for each asset with each text; -1 where the text is empty."""
    names: dict[str, int] = {"": 0}
    numbers = np.array([names.setdefault(text, len(names)) for text in texts], dtype=np.int64)
    _, codes = np.unique(assets * len(names) + numbers, return_inverse=True)
    return np.where(numbers == 0, -1, codes)


def _whole(rows: list[Any], width: int) -> Any:
    return np.array(rows, dtype=np.int64).reshape(-1, width)


def _reports(scope: Scope) -> sa.ColumnElement[bool]:
    rule = counts_as_failure(scope) & (fact.c.reported <= scope.as_of)
    return rule if scope.start is None else rule & (fact.c.reported >= scope.start)
