"""Where tickets come from again and again, and what has been taken from there.

The definitions and their state are kept in the database that is given; a rebuild of the knowledge
does not lose them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import sqlalchemy as sa

from index import ticket_tables
from index.database import now, writing
from index.ticket_tables import ticket_source
from ingest.errors import UnreadableTable

SourceKind = Literal["file", "folder", "sql", "url"]


@dataclass(frozen=True, slots=True)
class SourceOptions:
    """How a source is read; ``query`` belongs to SQL, the tokens to a URL.

    ``site`` and ``groups`` say who sees its tickets, as in :class:`ingest.ticket_plan.Options`.
    """

    system: str = ""
    mapping: str = ""
    encoding: str = ""
    delimiter: str = ""
    date_order: str = ""
    sheet: str = ""
    timezone: str = ""
    query: str = ""
    pattern: str = "*"
    token_env: str = ""
    token_form: str = "Token {}"  # noqa: S105 - the form of a header, no token
    site: str = ""
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TicketSource:
    """A source with its state; ``state`` is empty until the first time."""

    name: str
    kind: SourceKind
    location: str
    options: SourceOptions
    state: Mapping[str, Any] = field(default_factory=dict)
    last_at: str | None = None
    last_error: str = ""


class TicketSources:
    """The sources of a plant."""

    def __init__(self, engine: sa.Engine) -> None:
        """Use a database; the table is created where it is missing."""
        self._engine = engine
        with writing(engine) as connection:
            ticket_tables.create(connection)

    def add(self, source: TicketSource) -> None:
        """Add a source.

        Raises:
            UnreadableTable: there is one of this name.
        """
        table = ticket_source
        with writing(self._engine) as connection:
            if connection.scalar(sa.select(table.c.name).where(table.c.name == source.name)):
                raise UnreadableTable(
                    f"There is a source {source.name!r} already. "
                    "Remove it with 'faultbook tickets sources remove', or choose another name."
                )
            connection.execute(
                table.insert().values(
                    name=source.name,
                    kind=source.kind,
                    location=source.location,
                    options=asdict(source.options),
                    state={},
                    last_error="",
                )
            )

    def list(self) -> list[TicketSource]:
        """All sources by name."""
        with self._engine.connect() as connection:
            rows = connection.execute(sa.select(ticket_source).order_by(ticket_source.c.name)).all()
        return [
            TicketSource(
                row.name,
                row.kind,
                row.location,
                SourceOptions(**{**row.options, "groups": tuple(row.options.get("groups", ()))}),
                row.state,
                row.last_at,
                row.last_error,
            )
            for row in rows
        ]

    def get(self, name: str) -> TicketSource:
        """The source of this name.

        Raises:
            UnreadableTable: there is none.
        """
        found = next((source for source in self.list() if source.name == name), None)
        if found is None:
            raise UnreadableTable(
                f"There is no source {name!r}. 'faultbook tickets sources list' shows them."
            )
        return found

    def remove(self, name: str) -> None:
        """Forget a source; its tickets stay.

        Raises:
            UnreadableTable: there is none of this name.
        """
        self.get(name)
        with writing(self._engine) as connection:
            connection.execute(ticket_source.delete().where(ticket_source.c.name == name))

    def succeeded(self, name: str, state: Mapping[str, Any]) -> None:
        """Keep what has been taken from a source."""
        self._update(name, state=dict(state), last_at=now(), last_error="")

    def follow_rebuild(self, old: str, new: str) -> None:
        """Let what was taken into one knowledge count as taken into the one made again of it."""
        for source in self.list():
            if source.state.get("knowledge") == old:
                self._update(source.name, state={**source.state, "knowledge": new})

    def failed(self, name: str, reason: str) -> None:
        """Keep why the last try failed; what was taken before stays known."""
        self._update(name, last_error=f"{now()} {reason}")

    def _update(self, name: str, **values: Any) -> None:
        with writing(self._engine) as connection:
            connection.execute(
                ticket_source.update().where(ticket_source.c.name == name).values(**values)
            )
