"""Tallies: sums over tickets by group, with what was left out, in one pass over the rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from assistant.analytics import conditions
from assistant.analytics.dimensions import JOINED, LABELS, UNREGISTERED
from assistant.analytics.figure import Coverage, Exclusion
from assistant.analytics.query import Dimension
from assistant.analytics.scope import Key, Scope
from index.facts.fact_tables import fact

_EVENTS = fact.c.is_duplicate + fact.c.is_excluded == 0
_TICKETS = fact.c.is_excluded == 0


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A value over the tickets that count; see :func:`total`, :func:`count` and the like."""

    function: Callable[[sa.ColumnElement[Any]], sa.ColumnElement[Any]]
    value: sa.ColumnElement[Any]

    def over(self, counts: sa.ColumnElement[bool]) -> sa.ColumnElement[Any]:
        """The value over the tickets for which a condition holds; NULL where there are none."""
        return self.function(sa.case((counts, self.value)))


@dataclass(frozen=True, slots=True)
class Tally:
    """Sums by group. ``groups`` hold the value of each named sum, with ``n`` tickets first."""

    groups: Mapping[Key, Mapping[str, Any]]
    whole: Mapping[str, Any]
    dims: tuple[Dimension, ...]
    noun: str
    has_duplicates: bool = False

    @property
    def n(self) -> int:
        """How many tickets count."""
        return int(self.whole["n"])

    @property
    def excluded(self) -> tuple[Exclusion, ...]:
        """Duplicates, where events count, and tickets that a supervisor took out."""
        duplicates = 0 if self.has_duplicates else self.whole["duplicate_rows"]
        reasons = {
            "reports the event of another ticket": duplicates,
            "taken out of the figures by a supervisor": self.whole["excluded_rows"],
        }
        return tuple(Exclusion(reason=why, rows=int(n)) for why, n in reasons.items() if n)

    @property
    def coverage(self) -> tuple[Coverage, ...]:
        """For how many tickets each dimension is known, where it is not for all."""
        found = []
        for at, name in enumerate(self.dims):
            if name in JOINED:
                known = int(self.whole[f"known_{name}"] or 0)
            else:
                known = sum(int(row["n"]) for key, row in self.groups.items() if _is_known(key[at]))
            if known < self.n:
                what = f"{LABELS[name].lower()} known"
                found.append(Coverage(what=f"{what} ({self.noun})", known=known, of=self.n))
        return tuple(found)

    def known(self, name: str, what: str) -> Coverage:
        """For how many tickets a counted value is known."""
        return Coverage(what=f"{what} ({self.noun})", known=int(self.whole[name] or 0), of=self.n)

    @property
    def notes(self) -> tuple[str, ...]:
        """What must be said of zero rows, unresolved assets and tickets in several groups."""
        said = []
        if self.n == 0:
            said.append(f"No {self.noun} fit: zero rows.")
        again = int(self.whole["duplicate_rows"]) if self.has_duplicates else 0
        if again:
            said.append(
                f"{again} of the {self.noun} report the event of another: they are counted here, "
                "in figures of failures once."
            )
        unnamed = {
            key[self.dims.index("asset")]: row["n"]
            for key, row in self.groups.items()
            if "asset" in self.dims
        }
        rows = sum(int(n) for name, n in unnamed.items() if not _is_known(name) and name)
        if rows:
            said.append(
                f"{rows} {self.noun} name assets that are not in the register: "
                f"they stand under what they call them, after '{UNREGISTERED.strip()}'."
            )
        several = [LABELS[name].lower() for name in self.dims if name in JOINED]
        if several:
            said.append(f"A ticket with more than one {several[0]} stands under each of them.")
        return tuple(said)


def tally(
    scope: Scope,
    what: str,
    sums: Mapping[str, Aggregate] | None = None,
    *,
    failures: bool = False,
    each_ticket: bool = False,
    rule: sa.ColumnElement[bool] | None = None,
) -> Tally:
    """Count tickets of the period by group, and aggregate further values over them.

    ``sums`` are aggregates by name, built by :func:`total`, :func:`count` and the like, so that
    only tickets that count are in them. ``each_ticket`` is as in :meth:`Scope.counted`. ``rule``
    replaces the condition on time.
    """
    counts = _TICKETS if each_ticket else _EVENTS
    columns: list[sa.ColumnElement[Any]] = [
        _number(counts).label("n"),
        _number((fact.c.is_duplicate == 1) & (fact.c.is_excluded == 0)).label("duplicate_rows"),
        _number(fact.c.is_excluded == 1).label("excluded_rows"),
        *(value.over(counts).label(name) for name, value in (sums or {}).items()),
    ]
    rules = [*scope.filtered, scope.in_period() if rule is None else rule]
    if failures:
        rules.append(fact.c.is_failure + 0 == 1)  # see Scope.counted
    keys = scope.keys()
    rows = scope.run(
        what,
        sa.select(*keys, *columns)
        .select_from(scope.source())
        .where(*rules)
        .group_by(*(sa.text(key.name) for key in keys)),
    )
    names = [column.name for column in columns]
    groups: dict[Key, Mapping[str, Any]] = {}
    for row in rows:
        values = dict(zip(names, row[len(keys) :], strict=True))
        if values["n"] or not keys:
            groups[scope.key(row)] = {name: value or 0 if name == "n" else value
                                      for name, value in values.items()}  # fmt: skip
    whole = (
        _whole(scope, what, columns, rules, counts)
        if scope.multiplies
        else _added(rows, names, keys)
    )
    noun = "failures" if failures else "tickets"
    return Tally(groups, whole, scope.dims, noun, each_ticket)


def total(value: sa.ColumnElement[Any]) -> Aggregate:
    """The sum of a value over the tickets that count; NULL where it is known of none."""
    return Aggregate(sa.func.sum, value)


def count(condition: sa.ColumnElement[bool]) -> Aggregate:
    """How many of the tickets that count fulfil a condition."""
    return Aggregate(_sum, sa.case((condition, 1), else_=0))


def least(value: sa.ColumnElement[Any]) -> Aggregate:
    """The least value of the tickets that count."""
    return Aggregate(sa.func.min, value)


def greatest(value: sa.ColumnElement[Any]) -> Aggregate:
    """The greatest value of the tickets that count."""
    return Aggregate(sa.func.max, value)


def _sum(value: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    return sa.func.coalesce(sa.func.sum(value), 0)


def _number(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[Any]:
    return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)


def _added(rows: Any, names: list[str], keys: tuple[Any, ...]) -> dict[str, Any]:
    """Counts and sums of the groups added up; what is no number of rows is not used."""
    found: dict[str, Any] = {}
    for at, name in enumerate(names, start=len(keys)):
        known = [row[at] for row in rows if row[at] is not None]
        found[name] = sum(known) if known else 0
    return found


def _whole(
    scope: Scope,
    what: str,
    columns: list[sa.ColumnElement[Any]],
    rules: list[sa.ColumnElement[bool]],
    counts: sa.ColumnElement[bool],
) -> dict[str, Any]:
    """The same over all tickets, each once, where a ticket may stand in several groups."""
    known = [
        count(conditions.is_recorded(name)).over(counts).label(f"known_{name}")
        for name in scope.dims
        if name in JOINED
    ]
    statement = sa.select(*columns, *known).select_from(fact).where(*rules)
    return dict(scope.run(f"{what}, each ticket once", statement)[0]._mapping)


def _is_known(value: Any) -> bool:
    return value is not None and not (isinstance(value, str) and value.startswith(UNREGISTERED))
