"""What people call assets: confirmed by a person, kept with the records, carried out in tickets.

An alias is written down before the knowledge is changed and marked as done afterwards, so that a
process that dies between the two leaves its work to the next one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from index.access import Principal
from index.alias_tables import confirmed_alias
from index.assets import AssetRegister, alias_key
from index.auditing import Auditor, NoAuditor
from index.catalog import Catalog
from index.database import now, writing
from index.errors import AliasUnknown, NotAllowed
from index.steps import step
from index.ticket_assets import assign_again
from index.ticket_tables import asset_alias
from index.visibility import sees_everything


@dataclass(frozen=True, slots=True)
class Alias:
    """A text that means an asset, confirmed ``by`` a person ``at`` a time (ISO 8601, UTC)."""

    text: str
    tag: str
    by: str
    at: str


class AssetAliases:
    """The aliases of one home."""

    def __init__(self, records: sa.Engine, catalog: Catalog, audit: Auditor | None = None) -> None:
        """Use the records, which have :mod:`index.alias_tables`, and the knowledge.

        What people confirm is logged.
        """
        self._records = records
        self._audit = audit or NoAuditor()
        self._catalog = catalog

    def all(self, principal: Principal) -> list[Alias]:
        """The aliases of assets that the principal sees, by their text."""
        table = confirmed_alias
        register = AssetRegister(self._catalog.engine)
        seen = {asset.tag for asset in register.list(principal)}
        is_shown = sees_everything(principal)
        query = sa.select(table).where(~table.c.is_removed).order_by(table.c.key)
        with self._records.connect() as connection:
            return [
                Alias(row.text, row.tag, row.by, row.at)
                for row in connection.execute(query)
                if is_shown or row.tag in seen
            ]

    def confirm(self, principal: Principal, pairs: Iterable[tuple[str, str]]) -> list[Alias]:
        """Let texts mean the assets with these tags, in all tickets from now on and before.

        Tickets of every site may call an asset so, and are seen where their asset is.

        Raises:
            NotAllowed: the principal may not curate, or does not see every site.
            AliasUnknown: a text is empty.
            AssetUnknown: the principal sees no asset of a tag; nothing is changed.
        """
        _check(principal)
        register = AssetRegister(self._catalog.engine)
        found = [
            Alias(text.strip(), register.get(principal, tag).tag, principal.user, now())
            for text, tag in pairs
        ]
        if any(not alias_key(alias.text) for alias in found):
            raise AliasUnknown("An alias is empty. Name the text as the tickets have it.")
        with writing(self._records) as connection:
            for alias in found:
                self._audit.append(connection, principal, "alias changed", alias.tag)
                key = alias_key(alias.text)
                connection.execute(confirmed_alias.delete().where(confirmed_alias.c.key == key))
                connection.execute(
                    confirmed_alias.insert().values(
                        key=key,
                        text=alias.text,
                        tag=alias.tag,
                        by=alias.by,
                        at=alias.at,
                        is_removed=False,
                        is_done=False,
                    )
                )
        step("alias written")
        self.carry_out()
        return found

    def remove(self, principal: Principal, text: str) -> None:
        """Take an alias back; tickets are then resolved as if it had never been.

        Raises:
            NotAllowed: the principal may not curate, or does not see every site.
            AliasUnknown: there is none of this text.
        """
        _check(principal)
        table = confirmed_alias
        mine = (table.c.key == alias_key(text)) & ~table.c.is_removed
        with writing(self._records) as connection:
            values = {"is_removed": True, "is_done": False}
            if not connection.execute(table.update().where(mine).values(values)).rowcount:
                raise AliasUnknown(
                    f"There is no alias {text!r}. 'faultbook assets alias --list' shows them."
                )
            self._audit.append(connection, principal, "alias changed", is_removed=True)
        step("alias written")
        self.carry_out()

    def carry_out(self) -> int:
        """Bring the knowledge up to what is confirmed; return how many tickets changed."""
        with self._records.connect() as connection:
            rows = connection.execute(sa.select(confirmed_alias)).all()
        wanted = _wanted(rows)
        with self._catalog.engine.connect() as connection:
            known = {row.key: row.tag for row in connection.execute(sa.select(asset_alias))}
        pending = [row for row in rows if not row.is_done]
        if wanted == known and not pending:
            return 0
        with writing(self._catalog.engine) as connection:
            put_aliases(connection, wanted.items())
        changed = assign_again(self._catalog)
        step("alias carried out")
        self._mark_done(pending)
        return changed

    def fill(self, knowledge: sa.Engine) -> None:
        """Tell a knowledge that is being made anew, before its tickets come in."""
        with self._records.connect() as connection:
            rows = connection.execute(sa.select(confirmed_alias)).all()
        with writing(knowledge) as connection:
            put_aliases(connection, _wanted(rows).items())

    def _mark_done(self, rows: Sequence[Any]) -> None:
        table = confirmed_alias
        with writing(self._records) as connection:
            for row in rows:  # one that changed since still waits
                mine = (table.c.key == row.key) & (table.c.at == row.at)
                same = mine & (table.c.is_removed == row.is_removed)
                if row.is_removed:
                    connection.execute(table.delete().where(same))
                else:
                    connection.execute(table.update().where(same).values(is_done=True))


def _check(principal: Principal) -> None:
    principal.require("curate")
    if not sees_everything(principal):
        raise NotAllowed(
            "What an asset is called holds for the tickets of every site, so only who sees every "
            "site and group may say so. Ask an administrator."
        )


def _wanted(rows: Sequence[Any]) -> dict[str, str]:
    return {row.key: row.tag for row in rows if not row.is_removed}


def put_aliases(connection: sa.Connection, pairs: Iterable[tuple[str, str]]) -> None:
    """Make these (key, tag) the aliases that imports know."""
    connection.execute(asset_alias.delete())
    rows = [{"key": key, "tag": tag} for key, tag in pairs]
    if rows:
        connection.execute(asset_alias.insert(), rows)
