"""Rows of accounts inside a transaction of the caller; who may change them is not known here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from assistant.account import checked_display_name, checked_labels, key_of
from assistant.account_tables import account
from assistant.errors import AccountRefused, AccountUnknown
from index.access import Role

Labels = Iterable[str] | None
"""Names of sites or groups; None for every one."""


def insert(
    connection: sa.Connection, name: str, at: str, by: str, values: dict[str, Any]
) -> sa.Row:  # type: ignore[type-arg]
    """Add the row of an account inside a transaction and return it.

    Raises:
        AccountRefused: the name is taken.
    """
    key = key_of(name)
    taken = connection.scalar(sa.select(account.c.name).where(account.c.key == key))
    if taken is not None:
        raise AccountRefused(
            f"The name {taken!r} is taken, and names are not used again. Choose another."
        )
    defaults = {
        "is_disabled": False,
        "provider": "",
        "subject": "",
        "password_hash": "",
        "one_time_until": None,
        "last_address": "",
    }
    noted = {"created_at": at, "created_by": by, "changed_at": at, "changed_by": by}
    connection.execute(account.insert().values(key=key, name=name, **defaults | noted | values))
    return row_of(connection, name)


def row_of(connection: sa.Connection, name: str) -> sa.Row:  # type: ignore[type-arg]
    """The row of an account.

    Raises:
        AccountUnknown: there is none of this name.
    """
    found = connection.execute(sa.select(account).where(account.c.key == key_of(name)))
    row = found.one_or_none()
    if row is None:
        raise AccountUnknown(
            f"There is no account {name[:80]!r}. 'faultbook user list' shows them."
        )
    return row


def fields(role: Role, sites: Labels, groups: Labels) -> dict[str, Any]:
    """The columns of what a user may do.

    Raises:
        AccountRefused: a name of a site or group is none, or an administrator is given some.
    """
    if role == "administrator" and not (sites is None and groups is None):
        raise AccountRefused(
            "An administrator has every site and group. Leave sites and groups out."
        )
    return {"role": role, "sites": checked_labels(sites), "groups": checked_labels(groups)}


def shown(display_name: str) -> dict[str, str]:
    """The column of the name to be shown.

    Raises:
        AccountRefused: it is too long or has a control character.
    """
    return {"display_name": checked_display_name(display_name)}


def rights_of(row: sa.Row) -> dict[str, Any]:  # type: ignore[type-arg]
    """What the audit log says of the rights of an account."""
    every = ["(every)"]
    return {
        "role": row.role,
        "sites": every if row.sites is None else row.sites,
        "groups": every if row.groups is None else row.groups,
    }
