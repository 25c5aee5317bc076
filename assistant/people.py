"""The people that a plant's tickets name in their columns: who repaired, who reported."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

import sqlalchemy as sa

from assistant.names import Roster
from index.catalog import Catalog
from index.codes import fold
from index.ticket_tables import ticket

_NAMES_PEOPLE = frozenset(
    fold(header)
    for header in (
        *("reported by", "reportedby", "reporter", "requested by", "requestor", "requester"),
        *("created by", "createdby", "changed by", "changedby", "supervisor", "lead", "owner"),
        *("technician", "technicians", "assigned to", "completed by", "approved by", "operator"),
        *("employee", "person", "contact", "user", "name of reporter", "responsible"),
        *("gemeldet von", "melder", "gemeldet durch", "erstellt von", "techniker", "bearbeiter"),
        *("verantwortlich", "verantwortlicher", "mitarbeiter", "angelegt von", "ansprechpartner"),
        *("报告人", "报修人", "维修人员", "维修人", "创建人", "负责人", "操作员", "联系人"),
    )
)


class People:
    """The roster of a home, read again when tickets have changed."""

    def __init__(self, catalog: Catalog, accounts: Callable[[], Iterable[str]] = tuple) -> None:
        """Read the tickets of a catalog; ``accounts`` gives the names that users are shown by."""
        self._catalog = catalog
        self._accounts = accounts
        self._lock = threading.Lock()
        self._at = -1
        self._names: set[str] = set()
        self._roster = Roster()

    def roster(self) -> Roster:
        """Everybody who is named in a ticket column or has an account."""
        with self._lock:
            at = self._catalog.sequence()
            names = set(self._accounts())
            if at != self._at or not names <= self._names:
                self._names = names | read_people(self._catalog.engine)
                self._roster = Roster(self._names)
                self._at = at
            return self._roster


def read_people(engine: sa.Engine) -> set[str]:
    """What stands in the columns of people of all tickets, whoever may see them."""
    column = ticket.c
    with engine.connect() as connection:
        found = set(connection.scalars(sa.select(column.technician).distinct()))
        each = sa.text("SELECT DISTINCT value FROM ticket, json_each(ticket.technicians)")
        found |= set(connection.scalars(each))
        # Rows of one file have the same columns, so one row tells them all.
        first = sa.select(sa.func.min(column.id)).group_by(column.source_system, column.source_file)
        raws = connection.scalars(sa.select(column.raw).where(column.id.in_(first))).all()
        headers = {key for raw in raws for key in raw if fold(key) in _NAMES_PEOPLE}
        for header in sorted(headers):
            value = sa.func.json_extract(column.raw, f'$."{header}"')
            if '"' not in header:
                found |= set(connection.scalars(sa.select(value).distinct()))
    return {str(name).strip() for name in found if name and str(name).strip()}
