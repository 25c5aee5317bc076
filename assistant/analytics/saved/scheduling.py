"""Scheduled figures: made when they are due, as their owner sees them that day, and kept.

A run that was missed while nothing served is made up once, not once for each time it was due.
"""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from assistant.analytics.figure import Figure
from assistant.analytics.query import Query
from assistant.analytics.saved.saved_figures import (
    UTC,
    SavedFigure,
    SavedFigures,
    ZoneOf,
    saved_of,
)
from assistant.analytics.saved.saved_tables import figure_run, saved_figure
from assistant.analytics.saved.schedule import next_due
from assistant.clock import Clock, stamp, utc_now
from assistant.errors import AssistantError, RecordNotFound
from index.access import Principal
from index.database import writing
from index.errors import KnowledgeError

logger = logging.getLogger(__name__)

MOST_RUNS = 60
"""Kept of each saved figure, the newest."""
LOOK_S = 20.0
_INTERNAL = "Something went wrong inside Faultbook; the log has the details."
_SHUT_OUT = "The owner's account is gone or disabled."


class Figures(Protocol):
    """What makes figures."""

    def answer(self, query: Query, principal: Principal) -> Figure:
        """The figure of a query as somebody may see it."""
        ...


PrincipalOf = Callable[[str], Principal | None]
"""Who a user is today; None where the account is gone or disabled."""


@dataclass(frozen=True, slots=True)
class FigureRun:
    """What a schedule made: a figure, or the reason why there is none."""

    run_id: str
    saved_id: str
    due_at: str
    made_at: str
    reason: str
    figure: Figure | None


class FigureRuns:
    """What schedules made, each seen by the owner of its saved figure alone."""

    def __init__(self, saved: SavedFigures) -> None:
        self._saved = saved

    def of(self, principal: Principal, saved_id: str, most: int = MOST_RUNS) -> list[FigureRun]:
        """The runs of a saved figure of the user's own, the newest first.

        Raises:
            RecordNotFound: the user has none of this id.
        """
        if not self._saved.get(principal, saved_id).is_mine:
            raise RecordNotFound(f"You have no saved figure {saved_id[:40]!r}.")
        query = (
            sa.select(figure_run)
            .where(figure_run.c.saved_id == saved_id)
            .order_by(figure_run.c.due_at.desc(), figure_run.c.made_at.desc())
            .limit(most)
        )
        with self._saved.engine.connect() as connection:
            rows = connection.execute(query).all()
        return [_run_of(row) for row in rows if _is_seen(principal, row)]

    def get(self, principal: Principal, saved_id: str, run_id: str) -> FigureRun:
        """One run.

        Raises:
            RecordNotFound: there is none that the user sees.
        """
        for run in self.of(principal, saved_id):
            if run.run_id == run_id:
                return run
        raise RecordNotFound(f"There is no run {run_id[:40]!r} of this figure.")


class Scheduler:
    """Makes what is due; one for each server."""

    def __init__(
        self,
        saved: SavedFigures,
        figures: Figures,
        principal_of: PrincipalOf,
        zone_of: ZoneOf,
        clock: Clock = utc_now,
    ) -> None:
        self._saved = saved
        self._figures = figures
        self._principal_of = principal_of
        self._zone_of = zone_of
        self._clock = clock
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Look for what is due from now on, in a thread of its own."""
        self._thread = threading.Thread(target=self._look, name="scheduled-figures", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Look no more; what is being made is finished first."""
        self._over.set()
        if self._thread is not None:
            self._thread.join(timeout=30)

    def _look(self) -> None:
        while not self._over.is_set():
            try:
                self.run_due()
            except SQLAlchemyError as error:  # locked, or the disk is full: the next look is soon
                logger.warning("scheduled figures wait: %s", error)
            self._over.wait(LOOK_S)

    def run_due(self) -> int:
        """Make every figure that is due, each once, and return how many."""
        now = self._clock()
        query = (
            sa.select(saved_figure, sa.null().label("pinned_at"))
            .where(saved_figure.c.next_at <= stamp(now))
            .order_by(saved_figure.c.next_at)
        )
        with self._saved.engine.connect() as connection:
            rows = connection.execute(query).all()
        return sum(self._run(row, now) for row in rows if not self._over.is_set())

    def _run(self, row: Any, now: datetime) -> bool:
        saved = saved_of(row, row.owner)
        if saved is None or saved.schedule is None:
            return False
        principal = self._principal_of(saved.owner)
        figure, reason = self._made(saved, principal)
        zone = self._zone_of(saved.schedule.site) or UTC  # a site that is gone by now
        after = stamp(next_due(saved.schedule, now, zone))
        values = {
            "id": uuid.uuid4().hex,
            "saved_id": saved.saved_id,
            "due_at": row.next_at,
            "made_at": stamp(self._clock()),
            "reason": reason,
            "figure": figure.model_dump(mode="json") if figure else sa.null(),
            "sites": _reach(principal.sites) if principal else [],
            "groups": _reach(principal.groups) if principal else [],
        }
        this = sa.and_(saved_figure.c.id == saved.saved_id, saved_figure.c.next_at == row.next_at)
        with writing(self._saved.engine) as connection:
            taken = connection.execute(saved_figure.update().where(this).values(next_at=after))
            if taken.rowcount != 1:
                return False  # it was changed or deleted meanwhile, or another server made it
            connection.execute(figure_run.insert().values(**values))
            _forget(connection, saved.saved_id)
        return True

    def _made(self, saved: SavedFigure, principal: Principal | None) -> tuple[Figure | None, str]:
        if principal is None:
            return None, _SHUT_OUT
        try:
            principal.require("ask")
            return self._figures.answer(saved.query, principal), ""
        except (AssistantError, KnowledgeError) as error:
            return None, str(error)
        except Exception:  # the border of a job: one figure must not hold up the others
            logger.exception("the scheduled figure %s", saved.saved_id)
            return None, _INTERNAL


def _forget(connection: sa.Connection, saved_id: str) -> None:
    """Keep the newest runs of a figure."""
    query = (
        sa.select(figure_run.c.id)
        .where(figure_run.c.saved_id == saved_id)
        .order_by(figure_run.c.due_at.desc(), figure_run.c.made_at.desc())
        .offset(MOST_RUNS)
    )
    old = list(connection.scalars(query))
    if old:
        connection.execute(figure_run.delete().where(figure_run.c.id.in_(old)))


def _reach(names: frozenset[str] | None) -> Any:
    return sa.null() if names is None else sorted(names)


def _is_seen(principal: Principal, row: Any) -> bool:
    """Whether a user still has all that was seen when a run was made."""
    is_of_sites = principal.sites is None or (
        row.sites is not None and principal.sites.issuperset(row.sites)
    )
    is_of_groups = principal.groups is None or (
        row.groups is not None and principal.groups.issuperset(row.groups)
    )
    return is_of_sites and is_of_groups


def _run_of(row: Any) -> FigureRun:
    figure = Figure.model_validate(row.figure) if row.figure else None
    return FigureRun(row.id, row.saved_id, row.due_at, row.made_at, row.reason, figure)
