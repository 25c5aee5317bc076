"""Count the matching tickets in SQL: all of them, by place, cause and what was done.

Wordings are put together afterwards, so every sum comes by wording and can be added up; downtimes
come as how often each value stands.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from assistant.repairs.matching import DAY, Match, came_back, keys, left_out, matched
from assistant.repairs.message import PartUsed, PastTicket, Place, Reach, Tally
from index import tables
from index.access import Principal
from index.assets import Asset
from index.facts.fact_tables import fact_part
from index.visibility import visible_assets

WINDOW_DAYS = 30
MOST_LISTED = 200
"""Tickets of one place, cause and way of repair that are listed, the newest first."""


class Key(NamedTuple):
    """What tickets are counted by, as they write it."""

    place: Place
    cause: str
    done: str


@dataclass(slots=True)
class Sums:
    """What is counted of tickets, to be added up."""

    tickets: int = 0
    still_open: int = 0
    judged: int = 0
    came_back: int = 0
    too_young: int = 0
    downtimes: Counter[float] = field(default_factory=Counter)
    parts: dict[str, tuple[int, float]] = field(default_factory=dict)
    listed: list[tuple[int, PastTicket]] = field(default_factory=list)

    def add(self, other: Sums) -> None:
        """Take in what was counted of other tickets."""
        self.tickets += other.tickets
        self.still_open += other.still_open
        self.judged += other.judged
        self.came_back += other.came_back
        self.too_young += other.too_young
        self.downtimes.update(other.downtimes)
        for part_no, (tickets, quantity) in other.parts.items():
            before = self.parts.get(part_no, (0, 0.0))
            self.parts[part_no] = (before[0] + tickets, before[1] + quantity)
        self.listed += other.listed

    def tally(self) -> Tally:
        """The sums as they are shown."""
        return Tally(
            tickets=self.tickets,
            still_open=self.still_open,
            judged=self.judged,
            came_back=self.came_back,
            too_young=self.too_young,
            unjudged=self.tickets - self.judged - self.too_young,
            downtime_known=self.downtimes.total(),
            downtime_median_min=percentile(self.downtimes, 50),
            downtime_p90_min=percentile(self.downtimes, 90),
        )

    def used(self, most: int) -> tuple[PartUsed, ...]:
        """The parts that were used most often."""
        ordered = sorted(self.parts.items(), key=lambda item: (-item[1][0], item[0]))
        return tuple(
            PartUsed(part_no=part_no, tickets=tickets, quantity=quantity)
            for part_no, (tickets, quantity) in ordered[:most]
        )

    def newest(self, most: int) -> tuple[PastTicket, ...]:
        """The tickets that were reported last."""
        ordered = sorted(self.listed, key=lambda one: (-one[0], one[1].uid))
        return tuple(ticket for _, ticket in ordered[:most])


@dataclass(frozen=True, slots=True)
class Counted:
    """All that was counted: by key, what was left out, and who sees the tickets."""

    sums: dict[Key, Sums]
    excluded: int
    duplicates: int
    no_failures: int
    reaches: tuple[Reach, ...]


def percentile(values: Counter[float], percent: int) -> float | None:
    """The percentile of values by how often each stands, interpolated; None without any."""
    ordered = sorted(values.elements())
    if not ordered:
        return None
    position = (len(ordered) - 1) * percent / 100
    below = int(position)
    low, high = ordered[below], ordered[min(below + 1, len(ordered) - 1)]
    return low + (high - low) * (position - below)


def count(
    engine: sa.Engine, match: Match, asset: Asset | None, principal: Principal, as_of: datetime
) -> Counted:
    """Count the tickets that match, as far as a principal sees them."""
    sums: dict[Key, Sums] = {}
    excluded = duplicates = no_failures = 0
    reaches: set[tuple[str | None, str]] = set()
    present = int(as_of.timestamp())
    with engine.connect() as connection:
        for condition in match.conditions():
            row = connection.execute(left_out(condition, principal)).one()
            excluded, duplicates = excluded + int(row[0]), duplicates + int(row[1])
            no_failures += int(row[2])
            found = matched(condition, asset, principal)
            reaches |= _numbers(connection, found, principal, present, sums)
            _parts(connection, found, sums)
            _listed(connection, found, principal, sums)
    ordered = sorted(reaches, key=lambda reach: (reach[0] or "", reach[1]))
    return Counted(sums, excluded, duplicates, no_failures, tuple(map(_reach, ordered)))


def _of(sums: dict[Key, Sums], row: Any) -> Sums:
    key = Key(row.place, row.cause, row.done)
    found = sums.get(key)
    if found is None:
        found = sums[key] = Sums()
    return found


def _numbers(
    connection: sa.Connection,
    found: sa.Subquery,
    principal: Principal,
    as_of: int,
    sums: dict[Key, Sums],
) -> set[tuple[str | None, str]]:
    """Add up all but parts and the tickets themselves; return who sees the tickets."""
    can, again = came_back(found, principal, WINDOW_DAYS, as_of)
    is_old = found.c.ended + WINDOW_DAYS * DAY <= as_of
    reaches: set[tuple[str | None, str]] = set()

    def number(rule: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
        return sa.func.sum(sa.case((rule, 1), else_=0))

    by = (*keys(found), found.c.down_min, found.c.site, found.c.groups_key)
    query = sa.select(
        *by,
        sa.func.count().label("tickets"),
        number(found.c.is_open == 1).label("still_open"),
        number(can & is_old).label("judged"),
        number(can & is_old & again).label("came_back"),
        number(can & ~is_old).label("too_young"),
    ).group_by(*by)
    for row in connection.execute(query):
        one = _of(sums, row)
        one.tickets += int(row.tickets)
        one.still_open += int(row.still_open)
        one.judged += int(row.judged)
        one.came_back += int(row.came_back)
        one.too_young += int(row.too_young)
        if row.down_min is not None:
            one.downtimes[float(row.down_min)] += int(row.tickets)
        reaches.add((row.site, row.groups_key))
    return reaches


def _parts(connection: sa.Connection, found: sa.Subquery, sums: dict[Key, Sums]) -> None:
    used = fact_part.c
    query = (
        sa.select(
            *keys(found),
            used.part_no,
            sa.func.count(used.ticket_id.distinct()).label("tickets"),
            sa.func.sum(used.quantity).label("quantity"),
        )
        .join(fact_part, used.ticket_id == found.c.ticket_id)
        .group_by(*keys(found), used.part_no)
    )
    for row in connection.execute(query):
        one = _of(sums, row)
        before = one.parts.get(row.part_no, (0, 0.0))
        one.parts[row.part_no] = (before[0] + int(row.tickets), before[1] + float(row.quantity))


def _listed(
    connection: sa.Connection, found: sa.Subquery, principal: Principal, sums: dict[Key, Sums]
) -> None:
    """The newest tickets; an asset that is not seen is called what the ticket calls it."""
    asset = tables.asset
    newest = sa.func.row_number().over(
        partition_by=keys(found),
        order_by=(sa.func.coalesce(found.c.reported, 0).desc(), found.c.uid),
    )
    ranked = sa.select(found, newest.label("rank")).subquery("ranked")
    query = (
        sa.select(ranked, asset.c.tag)
        .outerjoin(asset, (asset.c.id == ranked.c.asset_id) & visible_assets(principal))
        .where(ranked.c.rank <= MOST_LISTED)
    )
    for row in connection.execute(query):
        shown = PastTicket(
            uid=row.uid,
            ticket_id=row.locator,
            asset=row.tag or row.asset_text,
            title=row.title,
            reported_on=row.reported_on,
        )
        _of(sums, row).listed.append((row.reported or 0, shown))


def _reach(reach: tuple[str | None, str]) -> Reach:
    site, key = reach
    names = (name for name in key.split("|") if name)
    return Reach(
        site=site,
        groups=tuple(name.replace("%7C", "|").replace("%25", "%") for name in names),
    )
