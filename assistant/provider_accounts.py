"""Accounts that a provider of single sign-on keeps: made and updated with each sign-in there."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from assistant.account import Account, account_of, checked_name, checked_role
from assistant.account_rows import fields, insert, rights_of, row_of, shown
from assistant.account_tables import account
from assistant.audit import AuditLog
from assistant.clock import Clock, stamp, utc_now
from assistant.errors import AccountRefused
from assistant.sessions import end_sessions
from index.access import Role
from index.database import writing


class ProviderAccounts:
    """The accounts of one home that providers keep."""

    def __init__(self, engine: sa.Engine, *, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._clock = clock
        self._audit = AuditLog(engine)

    def take(
        self,
        provider: str,
        subject: str,
        name: str,
        role: Role,
        *,
        display_name: str = "",
        sites: Iterable[str] | None = None,
        groups: Iterable[str] | None = None,
    ) -> Account:
        """The account of a provider's user, made or brought to what the provider says now.

        ``subject`` is the provider's key of the user, which never changes; the name here is that
        of the first sign-in. A new role ends the sessions that the account has.

        Raises:
            AccountRefused: the account is disabled, the name belongs to another account, or a
                field is wrong.
        """
        values = fields(checked_role(role), sites, groups) | shown(display_name)
        now = stamp(self._clock())
        mine = (account.c.provider == provider) & (account.c.subject == subject)
        with writing(self._engine) as connection:
            row = connection.execute(sa.select(account).where(mine)).one_or_none()
            if row is None:
                values |= {"provider": provider, "subject": subject}
                row = insert(connection, checked_name(name), now, provider, values)
                self._audit.append(
                    connection, row.name, "account added", row.name, **rights_of(row)
                )
                return account_of(row)
            if row.is_disabled:
                raise AccountRefused(
                    f"The account {row.name} is disabled. Ask an administrator of Faultbook."
                )
            noted = values | {"changed_at": now, "changed_by": provider}
            connection.execute(account.update().where(mine).values(noted))
            if row.role != values["role"]:
                end_sessions(connection, row.key)
            changed = row_of(connection, row.name)
            if rights_of(changed) != rights_of(row):
                self._audit.append(
                    connection, row.name, "account changed", row.name, **rights_of(changed)
                )
            return account_of(changed)

    def end_access(self, provider: str, subject: str) -> None:
        """End the sessions of a user to whom the provider gives no role any more."""
        mine = (account.c.provider == provider) & (account.c.subject == subject)
        with writing(self._engine) as connection:
            key = connection.scalar(sa.select(account.c.key).where(mine))
            if key is not None:
                end_sessions(connection, key)
