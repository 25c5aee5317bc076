"""Sessions: who is signed in. The browser holds a secret, the database only its SHA-256.

The account is looked up with every request, so what an administrator changes holds at once.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
import uuid
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from assistant.account import Account, account_of, key_of
from assistant.account_tables import account, session
from assistant.audit import AuditLog
from assistant.clock import Clock, stamp, utc_now
from assistant.errors import AccountUnknown
from index.access import Principal
from index.database import writing

logger = logging.getLogger(__name__)

_SEEN_EVERY = timedelta(minutes=1)  # a page asks often, and each note is a write
_MOST_SESSIONS = 50  # of one account; the one not seen for longest ends
_LONGEST_ADDRESS = 64


@dataclass(frozen=True, slots=True)
class Session:
    """A session that is open; its id is no secret. Times are ISO 8601 in UTC."""

    session_id: str
    account: Account
    address: str
    opened_at: str
    last_seen_at: str


class Sessions:
    """The sessions of one home."""

    def __init__(
        self,
        engine: sa.Engine,
        *,
        idle: timedelta = timedelta(hours=12),
        longest: timedelta = timedelta(days=7),
        clock: Clock = utc_now,
    ) -> None:
        """A session ends ``idle`` after its last use, ``longest`` after it began."""
        self._engine = engine
        self._idle = idle
        self._longest = longest
        self._clock = clock
        self._audit = AuditLog(engine)

    def open(self, name: str, address: str) -> str:
        """Begin a session and return its secret.

        Raises:
            AccountUnknown: there is no such account, or it is disabled.
        """
        key = key_of(name)
        now = stamp(self._clock())
        with writing(self._engine) as connection:
            mine = (account.c.key == key) & ~account.c.is_disabled
            if connection.scalar(sa.select(account.c.key).where(mine)) is None:
                raise AccountUnknown(f"There is no account {name!r} that may sign in.")
            connection.execute(session.delete().where(self._is_over()))
            self._make_room(connection, key)
            secret, values = _new_secret()
            connection.execute(
                session.insert().values(
                    **values,
                    account_key=key,
                    address=address[:_LONGEST_ADDRESS],
                    opened_at=now,
                    last_seen_at=now,
                )
            )
        return secret

    def find(self, secret: str) -> Session | None:
        """The session of a secret with its account as it is now; None if it is not open."""
        if not secret:
            return None
        query = (
            sa.select(session, account)
            .join(account, account.c.key == session.c.account_key)
            .where(session.c.secret_hash == hash_of(secret), ~account.c.is_disabled)
            .where(~self._is_over())
        )
        with self._engine.connect() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            return None
        if row.last_seen_at < stamp(self._clock() - _SEEN_EVERY):
            self._note_seen(row.id)
        return _session_of(row)

    def list(self, name: str) -> tuple[Session, ...]:
        """The open sessions of an account, the last used first."""
        query = (
            sa.select(session, account)
            .join(account, account.c.key == session.c.account_key)
            .where(account.c.key == key_of(name), ~self._is_over())
            .order_by(session.c.last_seen_at.desc(), session.c.id)
        )
        with self._engine.connect() as connection:
            return tuple(_session_of(row) for row in connection.execute(query))

    def close(self, secret: str) -> None:
        """End the session of a secret, if there is one."""
        if not secret:
            return
        mine = session.c.secret_hash == hash_of(secret)
        whose = (
            sa.select(session.c.id, account.c.name)
            .join(account, account.c.key == session.c.account_key)
            .where(mine)
        )
        with writing(self._engine) as connection:
            row = connection.execute(whose).one_or_none()
            if row is not None:
                connection.execute(session.delete().where(mine))
                self._audit.append(connection, row.name, "sign-out", row.id)

    def close_all(self, name: str) -> int:
        """End every session of an account; return how many there were."""
        with writing(self._engine) as connection:
            return end_sessions(connection, key_of(name))

    def revoke(self, principal: Principal, session_id: str) -> None:
        """End a session by its id: one's own, or any for who may administer.

        Raises:
            AccountUnknown: there is no such session, or it is not the principal's.
        """
        mine = session.c.id == session_id
        if not principal.may("administer"):
            mine &= session.c.account_key == key_of(principal.user)
        with writing(self._engine) as connection:
            if not connection.execute(session.delete().where(mine)).rowcount:
                raise AccountUnknown(f"There is no session {session_id[:80]!r}.")
            self._audit.append(connection, principal, "sign-out", session_id)

    def renew(self, secret: str) -> str:
        """Give a session a new secret and a new id; the old ones are worth nothing from now on.

        Raises:
            AccountUnknown: the session is not open.
        """
        new, values = _new_secret()
        mine = (session.c.secret_hash == hash_of(secret)) & ~self._is_over()
        with writing(self._engine) as connection:
            if not connection.execute(session.update().where(mine).values(values)).rowcount:
                raise AccountUnknown("The session has ended. Sign in again.")
        return new

    def _is_over(self) -> sa.ColumnElement[bool]:
        now = self._clock()
        return sa.or_(
            session.c.last_seen_at <= stamp(now - self._idle),
            session.c.opened_at <= stamp(now - self._longest),
        )

    def _make_room(self, connection: sa.Connection, key: str) -> None:
        newest = (
            sa.select(session.c.id)
            .where(session.c.account_key == key)
            .order_by(session.c.last_seen_at.desc())
            .limit(_MOST_SESSIONS - 1)
        )
        old = (session.c.account_key == key) & session.c.id.not_in(newest)
        connection.execute(session.delete().where(old))

    def _note_seen(self, session_id: str) -> None:
        try:
            with writing(self._engine) as connection:
                connection.execute(
                    session.update()
                    .where(session.c.id == session_id)
                    .values(last_seen_at=stamp(self._clock()))
                )
        except OperationalError:  # a long write holds the database; the next request notes it
            logger.info("the last use of a session was not noted", exc_info=True)


def end_sessions(connection: sa.Connection, key: str) -> int:
    """End the sessions of an account inside a transaction; return how many there were."""
    return connection.execute(session.delete().where(session.c.account_key == key)).rowcount


def hash_of(secret: str) -> str:
    """What is stored of a secret. It has 256 random bits, so that a fast hash is enough."""
    return hashlib.sha256(secret.encode("utf-8", errors="surrogatepass")).hexdigest()


def _new_secret() -> tuple[str, dict[str, str]]:
    secret = secrets.token_urlsafe(32)
    return secret, {"id": uuid.uuid4().hex, "secret_hash": hash_of(secret)}


def _session_of(row: sa.Row) -> Session:  # type: ignore[type-arg]
    return Session(
        session_id=row.id,
        account=account_of(row),
        address=row.address,
        opened_at=row.opened_at,
        last_seen_at=row.last_seen_at,
    )
