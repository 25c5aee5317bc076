"""Saved figures: queries with a name, each of its owner, shared and pinned on request.

What is kept is the query, never rows: whoever opens a shared one sees what they may see.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from pydantic import ValidationError

from assistant.account import key_of
from assistant.analytics.query import Query
from assistant.analytics.saved.saved_tables import pinned_figure, saved_figure
from assistant.analytics.saved.schedule import Schedule, next_due
from assistant.clock import Clock, stamp, utc_now
from assistant.errors import FigureRefused, RecordNotFound
from index.access import Principal
from index.database import writing

logger = logging.getLogger(__name__)

LONGEST_NAME = 120
MOST_SAVED = 200
"""Of one user."""
MOST_PINNED = 12
"""On one dashboard: each is computed when it is opened."""
UTC = ZoneInfo("UTC")
ZoneOf = Callable[[str], ZoneInfo | None]
"""The time zone of a site, of the plant's first for an empty name; None for an unknown site."""


@dataclass(frozen=True, slots=True)
class SavedFigure:
    """A query with its name; ``is_mine`` and ``is_pinned`` are those of who asks.

    ``next_at`` is in UTC, ``time_zone`` that by whose clock the schedule goes.
    """

    saved_id: str
    owner: str
    name: str
    question: str
    query: Query
    is_shared: bool
    schedule: Schedule | None
    next_at: str | None
    created_at: str
    updated_at: str
    is_mine: bool
    is_pinned: bool
    time_zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be saved."""

    name: str
    query: Query
    question: str = ""
    is_shared: bool = False
    schedule: Schedule | None = None


class SavedFigures:
    """The saved figures of one home."""

    def __init__(self, engine: sa.Engine, zone_of: ZoneOf, clock: Clock = utc_now) -> None:
        """Use the records database."""
        self.engine = engine
        self._zone_of = zone_of
        self._clock = clock

    def save(self, principal: Principal, wanted: Wanted) -> SavedFigure:
        """Save a query under a name that the user has not used yet.

        Raises:
            NotAllowed: the role may not ask.
            FigureRefused: the name is empty, too long or taken, the site of the schedule is
                unknown, or there are too many.
        """
        principal.require("ask")
        saved_id = uuid.uuid4().hex
        with writing(self.engine) as connection:
            mine = saved_figure.c.owner == principal.user
            count = sa.select(sa.func.count()).select_from(saved_figure).where(mine)
            if connection.execute(count).scalar_one() >= MOST_SAVED:
                raise FigureRefused(
                    f"You have saved {MOST_SAVED} figures, the most there may be. Delete one first."
                )
            values = self._values(connection, principal, wanted, saved_id)
            at = stamp(self._clock())
            connection.execute(
                saved_figure.insert().values(
                    id=saved_id, owner=principal.user, created_at=at, **values
                )
            )
        return self.get(principal, saved_id)

    def change(self, principal: Principal, saved_id: str, wanted: Wanted) -> SavedFigure:
        """Put something else in the place of a saved figure of the user's own.

        Raises:
            RecordNotFound: the user has none of this id.
            FigureRefused: as in :meth:`save`.
        """
        principal.require("ask")
        with writing(self.engine) as connection:
            self._own(connection, principal, saved_id)
            values = self._values(connection, principal, wanted, saved_id)
            connection.execute(
                saved_figure.update().where(saved_figure.c.id == saved_id).values(**values)
            )
        return self.get(principal, saved_id)

    def delete(self, principal: Principal, saved_id: str) -> None:
        """Delete a saved figure of the user's own, with what its schedule made.

        Raises:
            RecordNotFound: the user has none of this id.
        """
        with writing(self.engine) as connection:
            self._own(connection, principal, saved_id)
            connection.execute(saved_figure.delete().where(saved_figure.c.id == saved_id))

    def pin(self, principal: Principal, saved_id: str, *, is_pinned: bool = True) -> SavedFigure:
        """Put a figure on the user's dashboard, or take it off.

        Raises:
            RecordNotFound: the user sees none of this id.
            FigureRefused: the dashboard is full.
        """
        found = self.get(principal, saved_id)
        mine = pinned_figure.c.user == principal.user
        this = sa.and_(mine, pinned_figure.c.saved_id == saved_id)
        with writing(self.engine) as connection:
            connection.execute(pinned_figure.delete().where(this))
            if is_pinned:
                count = sa.select(sa.func.count()).select_from(pinned_figure).where(mine)
                if connection.execute(count).scalar_one() >= MOST_PINNED:
                    raise FigureRefused(
                        f"{MOST_PINNED} figures are pinned, the most there may be. Take one off "
                        "first."
                    )
                connection.execute(
                    pinned_figure.insert().values(
                        user=principal.user, saved_id=saved_id, at=stamp(self._clock())
                    )
                )
        return self.get(principal, found.saved_id)

    def get(self, principal: Principal, saved_id: str) -> SavedFigure:
        """A saved figure of the user, or one that is shared with them.

        Raises:
            RecordNotFound: there is none that the user sees.
        """
        found = next(self._read(principal, saved_figure.c.id == saved_id), None)
        if found is None:
            raise RecordNotFound(f"There is no saved figure {saved_id[:40]!r}.")
        return found

    def all(self, principal: Principal) -> list[SavedFigure]:
        """The user's own by name, then those that others share with them."""
        found = list(self._read(principal, sa.true()))
        return sorted(found, key=lambda one: (not one.is_mine, key_of(one.name)))

    def pinned(self, principal: Principal) -> list[SavedFigure]:
        """The user's dashboard, in the order in which it was pinned."""
        return [one for one in self._read(principal, pinned_figure.c.at.is_not(None), by_pin=True)]

    def _own(self, connection: sa.Connection, principal: Principal, saved_id: str) -> None:
        this = sa.and_(saved_figure.c.id == saved_id, saved_figure.c.owner == principal.user)
        if connection.execute(sa.select(saved_figure.c.id).where(this)).first() is None:
            raise RecordNotFound(f"You have no saved figure {saved_id[:40]!r}.")

    def _values(
        self, connection: sa.Connection, principal: Principal, wanted: Wanted, saved_id: str
    ) -> dict[str, Any]:
        name = _checked(wanted.name)
        taken = sa.and_(
            saved_figure.c.owner == principal.user,
            saved_figure.c.name_key == key_of(name),
            saved_figure.c.id != saved_id,
        )
        if connection.execute(sa.select(saved_figure.c.id).where(taken)).first() is not None:
            raise FigureRefused(f"You have a figure {name!r} already. Choose another name.")
        now = self._clock()
        due = self._due(wanted.schedule, now)
        sites = None if principal.sites is None else sorted(principal.sites)
        schedule = wanted.schedule
        return {
            "name": name,
            "name_key": key_of(name),
            "question": wanted.question[:2000],
            "query": wanted.query.model_dump(mode="json", exclude_defaults=True),
            "is_shared": wanted.is_shared,
            "sites": sites if sites is not None else sa.null(),
            "schedule": schedule.model_dump(mode="json") if schedule else sa.null(),
            "next_at": due,
            "updated_at": stamp(now),
        }

    def _due(self, schedule: Schedule | None, after: datetime) -> str | None:
        if schedule is None:
            return None
        zone = self._zone_of(schedule.site)
        if zone is None:
            raise FigureRefused(
                f"The plant has no site {schedule.site[:40]!r}. Name one of 'faultbook plant show'."
            )
        return stamp(next_due(schedule, after, zone))

    def _read(
        self, principal: Principal, condition: sa.ColumnElement[bool], *, by_pin: bool = False
    ) -> Iterator[SavedFigure]:
        is_pin = sa.and_(
            pinned_figure.c.saved_id == saved_figure.c.id, pinned_figure.c.user == principal.user
        )
        seen = sa.or_(saved_figure.c.owner == principal.user, saved_figure.c.is_shared)
        query = (
            sa.select(saved_figure, pinned_figure.c.at.label("pinned_at"))
            .join(pinned_figure, is_pin, isouter=True)
            .where(condition, seen)
            .order_by(pinned_figure.c.at if by_pin else saved_figure.c.created_at)
        )
        with self.engine.connect() as connection:
            rows = connection.execute(query).all()
        for row in rows:
            if row.owner == principal.user or _meet(principal, row.sites):
                found = saved_of(row, principal.user)
                if found is not None and found.schedule is not None:
                    zone = self._zone_of(found.schedule.site) or UTC
                    found = replace(found, time_zone=zone.key)
                if found is not None:
                    yield found


def saved_of(row: Any, user: str) -> SavedFigure | None:
    """The saved figure of a row; None where its query is none of this version any more."""
    try:
        query = Query.model_validate(row.query)
        schedule = Schedule.model_validate(row.schedule) if row.schedule else None
    except ValidationError as error:
        logger.warning("the saved figure %s is left out: %s", row.id, error)
        return None
    return SavedFigure(
        saved_id=row.id,
        owner=row.owner,
        name=row.name,
        question=row.question,
        query=query,
        is_shared=row.is_shared,
        schedule=schedule,
        next_at=row.next_at,
        created_at=row.created_at,
        updated_at=row.updated_at,
        is_mine=row.owner == user,
        is_pinned=row.pinned_at is not None,
    )


def _meet(principal: Principal, sites: list[str] | None) -> bool:
    """Whether a user has a site in common with who shares: names of machines stand in a query."""
    return principal.sites is None or sites is None or not principal.sites.isdisjoint(sites)


def _checked(name: str) -> str:
    text = " ".join(name.split())
    if not text or len(text) > LONGEST_NAME or not text.isprintable():
        raise FigureRefused(
            f"A figure is saved under a name of 1 to {LONGEST_NAME} characters. Name it for what "
            "it shows."
        )
    return text
