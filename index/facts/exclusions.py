"""Tickets that a person took out of every figure, with the reason; kept with the records.

What is decided is written there before the knowledge is changed, and the knowledge is compared
with it afterwards: a process that dies between the two leaves its work to the next one.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from index import tables
from index.access import Principal
from index.auditing import Auditor, NoAuditor
from index.catalog import Catalog
from index.chunk_rows import batches
from index.database import now, writing
from index.errors import ExclusionRefused, TicketUnknown
from index.facts.exclusion_tables import ticket_exclusion
from index.facts.fact_tables import excluded_ticket
from index.steps import step
from index.ticket_tables import ticket
from index.visibility import (
    check_change,
    sees_everything,
    visible_assets,
    visible_tickets,
)

LONGEST_REASON = 1_000
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A ticket that no figure counts; taken out ``by`` a person ``at`` a time (ISO 8601, UTC).

    ``number`` is what it is looked up by, empty where the ticket itself is not in any more.
    """

    uid: str
    reason: str
    by: str
    at: str
    number: str = ""
    asset: str = ""
    title: str = ""


class Exclusions:
    """The exclusions of one home."""

    def __init__(self, records: sa.Engine, catalog: Catalog, audit: Auditor | None = None) -> None:
        """Use the records, which have :mod:`index.facts.exclusion_tables`, and the knowledge.

        What people exclude is logged.
        """
        self._records = records
        self._catalog = catalog
        self._audit = audit or NoAuditor()

    def all(self, principal: Principal) -> list[Exclusion]:
        """The exclusions of tickets that the principal sees, the latest first."""
        query = sa.select(ticket_exclusion).order_by(
            ticket_exclusion.c.at.desc(), ticket_exclusion.c.uid
        )
        with self._records.connect() as connection:
            rows = connection.execute(query).all()
        seen = self._seen(principal, [row.uid for row in rows])
        is_shown = sees_everything(principal)
        found = []
        for row in rows:
            one = seen.get(row.uid)
            if one is not None:
                told = (one.locator, one.tag or one.asset_raw, one.title)
                found.append(Exclusion(row.uid, row.reason, row.by, row.at, *told))
            elif is_shown:  # the ticket is gone
                found.append(Exclusion(row.uid, row.reason, row.by, row.at))
        return found

    def exclude(self, principal: Principal, uid: str, reason: str) -> Exclusion:
        """Let no figure count a ticket, named by its uid or its printed number.

        One that is excluded already has the new reason.

        Raises:
            NotAllowed: the principal may not curate, or not change this ticket.
            TicketUnknown: the principal sees no such ticket, or several have the number.
            ExclusionRefused: there is no reason.
        """
        principal.require("curate")
        reason = " ".join(reason.split())
        if not reason or len(reason) > LONGEST_REASON:
            raise ExclusionRefused(
                "Say why the ticket is to count no more, in 1 to "
                f"{LONGEST_REASON:,} characters: everybody who reads a figure may ask."
            )
        found = self._find(principal, uid)
        check_change(principal, f"The ticket {found.locator}", found.site, found.groups)
        mine = ticket_exclusion.c.uid == found.uid
        values = {"uid": found.uid, "reason": reason, "by": principal.user, "at": now()}
        with writing(self._records) as connection:
            connection.execute(ticket_exclusion.delete().where(mine))
            connection.execute(ticket_exclusion.insert().values(values))
            self._audit.append(
                connection, principal, "exclusion changed", found.uid, is_excluded=True
            )
        step("exclusion written")
        self.carry_out()
        told = (found.locator, found.tag or found.asset_raw, found.title)
        return Exclusion(found.uid, reason, values["by"], values["at"], *told)

    def take_back(self, principal: Principal, uid: str) -> None:
        """Let figures count a ticket again, named by its uid or its printed number.

        Raises:
            NotAllowed: the principal may not curate, or not change this ticket.
            TicketUnknown: the principal sees no such ticket, or several have the number.
            ExclusionRefused: it is not excluded.
        """
        principal.require("curate")
        own = self._to_take_back(principal, uid)
        with writing(self._records) as connection:
            gone = ticket_exclusion.delete().where(ticket_exclusion.c.uid == own)
            if not connection.execute(gone).rowcount:
                raise ExclusionRefused(
                    f"The ticket {uid} is not excluded. 'faultbook tickets excluded' lists those "
                    "that are."
                )
            self._audit.append(connection, principal, "exclusion changed", own, is_excluded=False)
        step("exclusion written")
        self.carry_out()

    def carry_out(self) -> int:
        """Bring the knowledge up to what was decided; return how many tickets changed."""
        wanted = self._wanted()
        with self._catalog.engine.connect() as connection:
            known = set(connection.scalars(sa.select(excluded_ticket.c.uid)))
        if wanted == known:
            return 0
        with writing(self._catalog.engine) as connection:
            for some in batches(sorted(known - wanted), _AT_ONCE):
                connection.execute(excluded_ticket.delete().where(excluded_ticket.c.uid.in_(some)))
            _insert(connection, wanted - known)
        step("exclusion carried out")
        return len(wanted ^ known)

    def fill(self, knowledge: sa.Engine) -> None:
        """Write what was decided into a knowledge database that is made anew."""
        with writing(knowledge) as connection:
            connection.execute(excluded_ticket.delete())
            _insert(connection, self._wanted())

    def _wanted(self) -> set[str]:
        with self._records.connect() as connection:
            return set(connection.scalars(sa.select(ticket_exclusion.c.uid)))

    def _to_take_back(self, principal: Principal, uid: str) -> str:
        """The uid of a ticket that may be counted again, also of one that is gone."""
        if sees_everything(principal) and uid in self._wanted():
            return uid
        found = self._find(principal, uid)
        check_change(principal, f"The ticket {found.locator}", found.site, found.groups)
        return str(found.uid)

    def _find(self, principal: Principal, name: str) -> Any:
        name = name.strip()
        wanted = (ticket.c.uid == name) | (ticket.c.locator == name)
        with self._catalog.engine.connect() as connection:
            rows = connection.execute(_described(principal).where(wanted).limit(20)).all()
        exact = [row for row in rows if row.uid == name] or rows
        if len(exact) == 1:
            return exact[0]
        if exact:
            raise TicketUnknown(
                f"Several tickets have the number {name}. Name one of "
                f"{', '.join(sorted(row.uid for row in exact))}."
            )
        raise TicketUnknown(
            f"There is no ticket {name!r}. Name one by the number that a citation shows, or by its "
            "uid, such as import:T-24-0017."
        )

    def _seen(self, principal: Principal, uids: Collection[str]) -> dict[str, Any]:
        """The tickets among these that a principal sees."""
        found: dict[str, Any] = {}
        with self._catalog.engine.connect() as connection:
            for some in batches(sorted(uids), _AT_ONCE):
                query = _described(principal).where(ticket.c.uid.in_(some))
                found.update((row.uid, row) for row in connection.execute(query))
        return found


def _described(principal: Principal) -> sa.Select[Any]:
    """Tickets that are seen; an asset that is not seen is called what the ticket calls it."""
    own = ticket.c
    known = (tables.asset.c.id == own.asset_id) & visible_assets(principal)
    columns = (own.uid, own.locator, own.title, own.asset_raw, own.site, own.groups)
    return (
        sa.select(*columns, tables.asset.c.tag)
        .outerjoin(tables.asset, known)
        .where(visible_tickets(principal))
    )


def _insert(connection: sa.Connection, uids: Collection[str]) -> None:
    if uids:
        connection.execute(excluded_ticket.insert(), [{"uid": uid} for uid in sorted(uids)])
