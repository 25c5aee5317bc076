"""Who can be handed a session: the accounts that share a site with a user."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from assistant.account import Account, account_of
from assistant.account_tables import account
from index.access import Principal


@dataclass(frozen=True, slots=True)
class Colleague:
    """An account by its name, and the name to be shown."""

    name: str
    shown: str


def colleagues(connection: sa.Connection, principal: Principal) -> tuple[Colleague, ...]:
    """The other accounts that are in use and share a site with a principal, by name."""
    rows = connection.execute(
        sa.select(account).where(account.c.is_disabled.is_(False)).order_by(account.c.key)
    )
    found = (account_of(row) for row in rows)
    return tuple(
        Colleague(one.name, one.display_name or one.name)
        for one in found
        if one.name != principal.user and _share_a_site(principal, one)
    )


def _share_a_site(principal: Principal, other: Account) -> bool:
    if principal.sites is None or other.sites is None:
        return True
    return not principal.sites.isdisjoint(other.sites)
