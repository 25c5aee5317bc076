"""Names and passwords: check them, change them.

Whether a name is unknown, disabled or known shows neither in the answer nor in its time: a hash
is computed for each, and the throttle counts names that do not exist like those that do.
"""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from assistant.account import key_of
from assistant.account_tables import account
from assistant.audit import AuditLog
from assistant.clock import Clock, stamp, utc_now
from assistant.errors import PasswordRefused, TooManyAttempts, WrongCredentials
from assistant.passwords import Passwords, check_password
from assistant.sessions import end_sessions
from assistant.throttle import Attempt, Throttle
from index.database import writing

_WRONG = (
    "The name or the password is wrong, or the account is disabled. Try again, or ask an "
    "administrator."
)


@dataclass(frozen=True, slots=True)
class Checked:
    """A user whose password was right."""

    key: str
    name: str
    password_hash: str


class Credentials:
    """The passwords of one home."""

    def __init__(self, engine: sa.Engine, passwords: Passwords, *, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._passwords = passwords
        self._throttle = Throttle(engine, clock=clock)
        self._clock = clock
        self._audit = AuditLog(engine)

    def check(self, name: str, password: str, address: str) -> Checked:
        """Look at a password, if it may be looked at now; an empty address is not counted.

        Raises:
            WrongCredentials: the name or the password is wrong, or the account may not sign in.
            TooManyAttempts: the password was not looked at.
        """
        attempt = self._throttle.begin(name, address)
        with self._engine.connect() as connection:
            row = connection.execute(
                sa.select(account).where(account.c.key == key_of(name))
            ).one_or_none()
        stored = row.password_hash if row is not None else ""
        try:
            is_right = self._passwords.is_right(stored, password)
        except TooManyAttempts:
            self._throttle.take_back(attempt)
            raise
        if row is None or not is_right or not self._may_sign_in(row):
            # What was typed as a name may be a password: only names that exist are logged.
            user = row.name if row is not None else ""
            hashed = attempt.name_hash
            self._audit.note(user, "sign-in refused", address=address, name_hash=hashed)
            if attempt.wait_s:
                raise TooManyAttempts(attempt.wait_s)
            raise WrongCredentials(_WRONG)
        return Checked(row.key, row.name, self._note_success(attempt, row, password))

    def change(self, name: str, old: str, new: str, address: str) -> str:
        """Change a password and end every session of the account; return the account's name.

        Raises:
            PasswordRefused: the new password cannot be used.
            WrongCredentials: the old password is wrong.
            TooManyAttempts: the old password was not looked at.
        """
        check_password(new, name)
        if old == new:
            raise PasswordRefused("The new password is the old one. Choose another.")
        checked = self.check(name, old, address)
        values = {
            "password_hash": self._passwords.hash(new),
            "one_time_until": None,
            "changed_at": stamp(self._clock()),
            "changed_by": checked.name,
        }
        mine = (account.c.key == checked.key) & (account.c.password_hash == checked.password_hash)
        with writing(self._engine) as connection:
            if not connection.execute(account.update().where(mine).values(values)).rowcount:
                raise WrongCredentials(_WRONG)  # somebody reset it meanwhile
            end_sessions(connection, checked.key)
            self._audit.append(connection, checked.name, "password change", address=address)
        return checked.name

    def _may_sign_in(self, row: sa.Row) -> bool:  # type: ignore[type-arg]
        is_in_time = row.one_time_until is None or row.one_time_until > stamp(self._clock())
        return bool(row.password_hash) and not row.is_disabled and is_in_time

    def _note_success(self, attempt: Attempt, row: sa.Row, password: str) -> str:  # type: ignore[type-arg]
        """Forget the failures, know the address, renew an outdated hash; return the hash."""
        self._throttle.succeeded(attempt)
        values = {"last_address": attempt.address} if attempt.address else {}
        stored: str = row.password_hash
        if self._passwords.is_outdated(stored):
            values["password_hash"] = self._passwords.hash(password)
        if not values:
            return stored
        mine = (account.c.key == row.key) & (account.c.password_hash == stored)
        with writing(self._engine) as connection:
            connection.execute(account.update().where(mine).values(values))
        return values.get("password_hash", stored)
