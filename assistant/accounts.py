"""Accounts: add, list, change, disable, enable, reset. An account is never deleted.

Whoever asks is a :class:`Principal` that may administer; only ``set_password`` is for everybody.
"""

from __future__ import annotations

from datetime import timedelta
from enum import Enum
from typing import Any

import sqlalchemy as sa

from assistant.account import Account, account_of, checked_name, checked_role, key_of
from assistant.account_rows import Labels, fields, insert, rights_of, row_of, shown
from assistant.account_tables import account
from assistant.api_tokens import end_tokens
from assistant.audit import AuditLog
from assistant.clock import Clock, stamp, utc_now
from assistant.credentials import Credentials
from assistant.errors import AccountRefused
from assistant.passwords import Passwords, check_password, one_time_password
from assistant.sessions import end_sessions
from index.access import LOCAL, Principal, Role
from index.database import writing

FIRST_ADMINISTRATOR = "admin"
ONE_TIME_DAYS = 7  # for which a one-time password can be used


class Keep(Enum):
    """Says that a field is not changed, where None means every one."""

    KEEP = "keep"


KEEP = Keep.KEEP


class Accounts:
    """The accounts of one home."""

    def __init__(
        self, engine: sa.Engine, passwords: Passwords | None = None, *, clock: Clock = utc_now
    ) -> None:
        """Use the records; passwords are hashed at the default cost if none is given."""
        self._engine = engine
        self._passwords = passwords or Passwords()
        self._credentials = Credentials(engine, self._passwords, clock=clock)
        self._audit = AuditLog(engine)
        self._clock = clock

    def add(
        self,
        name: str,
        role: Role,
        by: Principal,
        *,
        password: str | None = None,
        display_name: str = "",
        sites: Labels = None,
        groups: Labels = None,
    ) -> tuple[Account, str]:
        """Add a local account; return it with its one-time password, "" if one was given.

        ``sites`` and ``groups`` are None for every one.

        Raises:
            NotAllowed: ``by`` may not administer.
            AccountRefused: the name is taken or is no name, or a field is wrong.
            PasswordRefused: the given password cannot be used.
        """
        by.require("administer")
        name = checked_name(name)
        values = fields(checked_role(role), sites, groups)
        if password is not None:
            check_password(password, name)
        one_time = one_time_password() if password is None else ""
        values |= self._password(one_time) if one_time else {}
        values |= {"password_hash": self._passwords.hash(password)} if password else {}
        with writing(self._engine) as connection:
            row = self._insert(connection, name, by, values | shown(display_name))
        return account_of(row), one_time

    def ensure_administrator(self) -> str | None:
        """Where there is no account yet, add ``admin``; return its one-time password, else None."""
        one_time = one_time_password()
        with self._engine.connect() as connection:
            if connection.scalar(sa.select(sa.func.count()).select_from(account)):
                return None
        values = fields("administrator", None, None) | self._password(one_time) | shown("")
        with writing(self._engine) as connection:
            if connection.scalar(sa.select(sa.func.count()).select_from(account)):
                return None  # another process was first
            self._insert(connection, FIRST_ADMINISTRATOR, LOCAL, values)
        return one_time

    def list(self, by: Principal) -> tuple[Account, ...]:
        """All accounts by name.

        Raises:
            NotAllowed: ``by`` may not administer.
        """
        by.require("administer")
        with self._engine.connect() as connection:
            rows = connection.execute(sa.select(account).order_by(account.c.key))
            return tuple(account_of(row) for row in rows)

    def get(self, by: Principal, name: str) -> Account:
        """An account: one's own, or any for who may administer.

        Raises:
            NotAllowed: ``by`` may not administer, and it is not their own.
            AccountUnknown: there is no such account.
        """
        if key_of(name) != key_of(by.user):
            by.require("administer")
        with self._engine.connect() as connection:
            return account_of(row_of(connection, name))

    def change(
        self,
        by: Principal,
        name: str,
        *,
        role: Role | Keep = KEEP,
        sites: Labels | Keep = KEEP,
        groups: Labels | Keep = KEEP,
        display_name: str | Keep = KEEP,
    ) -> Account:
        """Change what is given; a new role ends the account's sessions.

        Raises:
            NotAllowed: ``by`` may not administer.
            AccountUnknown: there is no such account.
            AccountRefused: a field is wrong, the account is kept by a provider, or it is the last
                administrator.
        """
        by.require("administer")
        with writing(self._engine) as connection:
            row = row_of(connection, name)
            if row.provider:
                raise AccountRefused(
                    f"{row.name} is kept by {row.provider}, which says its role, sites and groups "
                    "at every sign-in. Change it there, or disable it here."
                )
            new_role = row.role if isinstance(role, Keep) else checked_role(role)
            if new_role != "administrator":
                self._check_not_last(connection, row, "given another role")
            values = fields(
                new_role,
                _kept(row.sites, sites, row.role != new_role == "administrator"),
                _kept(row.groups, groups, row.role != new_role == "administrator"),
            )
            if not isinstance(display_name, Keep):
                values |= shown(display_name)
            self._update(connection, row.key, by, values)
            if new_role != row.role:
                end_sessions(connection, row.key)
            changed = row_of(connection, name)
            self._audit.append(connection, by, "account changed", row.name, **rights_of(changed))
            return account_of(changed)

    def disable(self, by: Principal, name: str) -> None:
        """Shut an account out: its sessions end, its tokens are revoked, its name stays taken.

        Raises:
            NotAllowed: ``by`` may not administer.
            AccountUnknown: there is no such account.
            AccountRefused: it is the last administrator.
        """
        by.require("administer")
        with writing(self._engine) as connection:
            row = row_of(connection, name)
            self._check_not_last(connection, row, "disabled")
            self._update(connection, row.key, by, {"is_disabled": True})
            self._end_all(connection, row.key)
            self._audit.append(connection, by, "account disabled", row.name)

    def enable(self, by: Principal, name: str) -> None:
        """Let a disabled account in again; its tokens stay revoked.

        Raises:
            NotAllowed: ``by`` may not administer.
            AccountUnknown: there is no such account.
        """
        by.require("administer")
        with writing(self._engine) as connection:
            row = row_of(connection, name)
            self._update(connection, row.key, by, {"is_disabled": False})
            self._audit.append(connection, by, "account enabled", row.name)

    def reset(self, by: Principal, name: str) -> str:
        """Give an account a one-time password and return it; its sessions and tokens end.

        Raises:
            NotAllowed: ``by`` may not administer.
            AccountUnknown: there is no such account.
            AccountRefused: the account is kept by a provider.
        """
        by.require("administer")
        one_time = one_time_password()
        values = self._password(one_time)
        with writing(self._engine) as connection:
            row = row_of(connection, name)
            if row.provider:
                raise AccountRefused(
                    f"{row.name} signs in at {row.provider} and has no password here. Reset it "
                    "there, or disable the account here."
                )
            self._update(connection, row.key, by, values)
            self._end_all(connection, row.key)
            self._audit.append(connection, by, "account reset", row.name)
        return one_time

    def set_password(self, who: Principal | str, old: str, new: str) -> None:
        """Change a password by its owner; every session of the account ends.

        Where a request is at hand use ``SignIn.change_password``, which counts its address too.

        Raises:
            PasswordRefused: the new password cannot be used.
            WrongCredentials: the old password is wrong.
            TooManyAttempts: the old password was not looked at.
        """
        self._credentials.change(who if isinstance(who, str) else who.user, old, new, "")

    def _password(self, one_time: str) -> dict[str, Any]:
        until = self._clock() + timedelta(days=ONE_TIME_DAYS)
        return {"password_hash": self._passwords.hash(one_time), "one_time_until": stamp(until)}

    def _insert(
        self, connection: sa.Connection, name: str, by: Principal, values: dict[str, Any]
    ) -> sa.Row:  # type: ignore[type-arg]
        row = insert(connection, name, stamp(self._clock()), by.user, values)
        self._audit.append(connection, by, "account added", row.name, **rights_of(row))
        return row

    def _update(
        self, connection: sa.Connection, key: str, by: Principal, values: dict[str, Any]
    ) -> None:
        noted = values | {"changed_at": stamp(self._clock()), "changed_by": by.user}
        connection.execute(account.update().where(account.c.key == key).values(noted))

    def _end_all(self, connection: sa.Connection, key: str) -> None:
        end_sessions(connection, key)
        end_tokens(connection, key, stamp(self._clock()))

    def _check_not_last(self, connection: sa.Connection, row: sa.Row, what: str) -> None:  # type: ignore[type-arg]
        if row.role != "administrator" or row.is_disabled:
            return
        others = (
            sa.select(sa.func.count())
            .select_from(account)
            .where(account.c.role == "administrator", ~account.c.is_disabled)
            .where(account.c.key != row.key)
        )
        if not connection.scalar(others):
            raise AccountRefused(
                f"{row.name} is the last administrator and cannot be {what}. Add another first."
            )


def _kept(before: Labels, after: Labels | Keep, becomes_administrator: bool) -> Labels:
    if not isinstance(after, Keep):
        return after
    return None if becomes_administrator else before
