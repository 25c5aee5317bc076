"""API tokens: what a program signs in with. The database holds their SHA-256 only.

A token has never more rights than its owner has at that moment, and those only within its scopes.
"""

from __future__ import annotations

import re
import secrets
import uuid
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, cast, get_args

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from assistant.account import account_of, checked_display_name, key_of
from assistant.account_tables import account, api_token
from assistant.audit import AuditLog
from assistant.clock import Clock, stamp, utc_now
from assistant.errors import AccountRefused, AccountUnknown
from assistant.sessions import hash_of
from index.access import Principal
from index.database import writing

Scope = Literal["ask", "read", "write", "administer"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
LONGEST_DAYS = 365
_MOST_TOKENS = 50  # of one account that are neither revoked nor expired
_USED_EVERY = timedelta(minutes=1)
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_RANDOM, _CHECK = 43, 6  # digits: 256 bits, and a CRC-32 by which scanners know a token
_FORM = re.compile(rf"fb_([0-9A-Za-z]{{{_RANDOM}}})([0-9A-Za-z]{{{_CHECK}}})")


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A token without its secret; times are ISO 8601 in UTC."""

    token_id: str
    owner: str
    label: str
    scopes: tuple[Scope, ...]
    created_at: str
    expires_at: str
    last_used_at: str | None
    revoked_at: str | None
    is_valid: bool


class ApiTokens:
    """The tokens of one home."""

    def __init__(self, engine: sa.Engine, *, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._clock = clock
        self._audit = AuditLog(engine)

    def create(
        self, principal: Principal, label: str, scopes: Iterable[str], days: int
    ) -> tuple[ApiToken, str]:
        """Make a token of the principal's own account; return it with its secret, told once.

        Raises:
            NotAllowed: the scope ``administer`` is asked for by who may not.
            AccountUnknown: the principal has no account, as who runs a command has none.
            AccountRefused: the label, a scope or the days are wrong, or there are too many.
        """
        chosen = _checked_scopes(scopes)
        if "administer" in chosen:
            principal.require("administer")
        label = checked_display_name(label)
        if not label:
            raise AccountRefused("A token has no label. Say what it is for.")
        if not 1 <= days <= LONGEST_DAYS:
            raise AccountRefused(f"A token is good for 1 to {LONGEST_DAYS} days, not {days}.")
        key = key_of(principal.user)
        now = self._clock()
        secret, token_id = new_secret(), uuid.uuid4().hex
        with writing(self._engine) as connection:
            mine = (account.c.key == key) & ~account.c.is_disabled
            if connection.scalar(sa.select(account.c.key).where(mine)) is None:
                raise AccountUnknown(f"There is no account {principal.user!r} to own a token.")
            valid = sa.select(sa.func.count()).where(
                api_token.c.account_key == key, self._is_valid()
            )
            if (connection.scalar(valid) or 0) >= _MOST_TOKENS:
                raise AccountRefused(f"{principal.user} has {_MOST_TOKENS} tokens. Revoke one.")
            connection.execute(
                api_token.insert().values(
                    id=token_id,
                    secret_hash=hash_of(secret),
                    account_key=key,
                    label=label,
                    scopes=list(chosen),
                    created_at=stamp(now),
                    expires_at=stamp(now + timedelta(days=days)),
                )
            )
            row = connection.execute(_rows().where(api_token.c.id == token_id)).one()
            self._audit.append(
                connection, principal, "token created", token_id, scopes=chosen, days=days
            )
        return _token_of(row, now), secret

    def find(self, secret: str) -> tuple[Principal, frozenset[Scope]] | None:
        """Whose token this is, with the rights of its owner now, and its scopes; None if nobody's.

        The scope ``administer`` is there only while its owner may administer.
        """
        if not has_form(secret):
            return None
        query = (
            sa.select(account, api_token.c.id, api_token.c.scopes, api_token.c.last_used_at)
            .join(api_token, api_token.c.account_key == account.c.key)
            .where(api_token.c.secret_hash == hash_of(secret), self._is_valid())
            .where(~account.c.is_disabled, account.c.one_time_until.is_(None))
        )
        with self._engine.connect() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            return None
        now = self._clock()
        if row.last_used_at is None or row.last_used_at < stamp(now - _USED_EVERY):
            self._note_used(row.id, stamp(now))
        principal = account_of(row).principal()
        scopes = frozenset(cast("list[Scope]", row.scopes))
        return principal, scopes if principal.may("administer") else scopes - {"administer"}

    def list(self, principal: Principal, *, everyone: bool = False) -> tuple[ApiToken, ...]:
        """The principal's tokens, or everyone's; the newest first, with those that are over.

        Raises:
            NotAllowed: everyone's are asked for by who may not administer.
        """
        query = _rows().order_by(api_token.c.created_at.desc(), api_token.c.id)
        if everyone:
            principal.require("administer")
        else:
            query = query.where(api_token.c.account_key == key_of(principal.user))
        now = self._clock()
        with self._engine.connect() as connection:
            return tuple(_token_of(row, now) for row in connection.execute(query))

    def revoke(self, principal: Principal, token_id: str) -> None:
        """End a token: one's own, or any for who may administer.

        Raises:
            AccountUnknown: there is no such token, or it is not the principal's.
        """
        mine = api_token.c.id == token_id
        if not principal.may("administer"):
            mine &= api_token.c.account_key == key_of(principal.user)
        values = {"revoked_at": sa.func.coalesce(api_token.c.revoked_at, stamp(self._clock()))}
        with writing(self._engine) as connection:
            if not connection.execute(api_token.update().where(mine).values(values)).rowcount:
                raise AccountUnknown(
                    f"There is no token {token_id[:80]!r}. 'faultbook token list' shows them."
                )
            self._audit.append(connection, principal, "token revoked", token_id)

    def _is_valid(self) -> sa.ColumnElement[bool]:
        is_in_time = api_token.c.expires_at > stamp(self._clock())
        return sa.and_(api_token.c.revoked_at.is_(None), is_in_time)

    def _note_used(self, token_id: str, at: str) -> None:
        try:
            with writing(self._engine) as connection:
                mine = api_token.c.id == token_id
                connection.execute(api_token.update().where(mine).values(last_used_at=at))
        except OperationalError:  # a long write holds the database; the next use notes it
            return


def end_tokens(connection: sa.Connection, key: str, at: str) -> None:
    """Revoke the tokens of an account inside a transaction."""
    mine = (api_token.c.account_key == key) & api_token.c.revoked_at.is_(None)
    connection.execute(api_token.update().where(mine).values(revoked_at=at))


def new_secret() -> str:
    """A new secret, such as ``fb_4Kq...``: 256 random bits and a checksum."""
    random = _digits(secrets.randbits(256), _RANDOM)
    return f"fb_{random}{_checksum(random)}"


def has_form(secret: str) -> bool:
    """Tell whether a text has the form and the checksum of a token."""
    match = _FORM.fullmatch(secret)
    return match is not None and _checksum(match[1]) == match[2]


def _checksum(random: str) -> str:
    return _digits(zlib.crc32(random.encode()), _CHECK)


def _digits(number: int, length: int) -> str:
    found = ""
    for _ in range(length):
        number, digit = divmod(number, len(_DIGITS))
        found = _DIGITS[digit] + found
    return found


def _checked_scopes(scopes: Iterable[str]) -> tuple[Scope, ...]:
    asked = set(scopes)
    if not asked or (unknown := sorted(asked - set(SCOPES))):
        what = f"There is no scope {unknown[0]!r}." if asked else "A token has no scope."
        raise AccountRefused(f"{what} Use {', '.join(SCOPES)}.")
    return tuple(scope for scope in SCOPES if scope in asked)


def _rows() -> sa.Select[*tuple[object, ...]]:
    return sa.select(api_token, account.c.name).join(
        account, account.c.key == api_token.c.account_key
    )


def _token_of(row: sa.Row, now: datetime) -> ApiToken:  # type: ignore[type-arg]
    return ApiToken(
        token_id=row.id,
        owner=row.name,
        label=row.label,
        scopes=tuple(row.scopes),
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
        is_valid=row.revoked_at is None and row.expires_at > stamp(now),
    )
