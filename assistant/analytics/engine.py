"""The engine: computes the figure of a query, and shows the tickets behind it."""

from __future__ import annotations

from assistant.analytics.catalogue import check, definition_of
from assistant.analytics.desk import Desk
from assistant.analytics.errors import CannotAnswer
from assistant.analytics.figure import Figure
from assistant.analytics.metrics import METRIC_FUNCTIONS
from assistant.analytics.query import Query
from assistant.analytics.scope import Key
from assistant.analytics.tables.ticket_rows import TicketRow
from index.access import Principal
from index.facts.record import Record


class FigureEngine:
    """Computes figures over the record, for one who asks."""

    def __init__(self, record: Record, *, per_person: bool = False) -> None:
        """Compute over a record; ``per_person`` allows figures of single persons."""
        self._record = record
        self._per_person = per_person

    def answer(self, query: Query, principal: Principal) -> Figure:
        """The figure of a query, over what the principal sees.

        Raises:
            CannotAnswer: the metrics, dimensions, filters or the time do not fit, or the figure is
                of single persons, which is not allowed here.
        """
        self._check(query)
        self._record.fresh()
        with self._record.engine.connect() as connection:
            return Desk(self._record, connection, query, principal).figure()

    def tickets(
        self,
        query: Query,
        principal: Principal,
        group: Key | None = None,
        offset: int = 0,
        limit: int = 200,
    ) -> list[TicketRow]:
        """The tickets behind a figure, or behind one group of it, the newest first.

        Args:
            query: that of the figure.
            principal: who asks.
            group: the cells of the dimensions of a row of the figure.
            offset: how many to pass over.
            limit: how many at most, up to 1,000.

        Raises:
            CannotAnswer: as :meth:`answer`, or the group is none of the query.
        """
        self._check(query)
        self._record.fresh()
        with self._record.engine.connect() as connection:
            desk = Desk(self._record, connection, query, principal)
            return desk.tickets(group, max(offset, 0), min(max(limit, 1), 1000))

    def _check(self, query: Query) -> None:
        check(query)
        named = {*query.dims, *(chosen.field for chosen in query.filters)}
        if "person" in named and not self._per_person:
            raise CannotAnswer(
                "Figures of single persons are off here. An administrator may turn them on; "
                "ask for teams or shifts instead."
            )
        for metric in query.metrics:
            if metric not in METRIC_FUNCTIONS:
                raise CannotAnswer(f"{definition_of(metric).label} is not computed here.")
