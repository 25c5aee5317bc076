"""How often passwords may be tried, for each name and for each address; kept in SQL.

An attempt is noted before its password is looked at, so that many at once are counted as well,
and so that a restart forgets nothing. Only attempts that are looked at leave a row; rows are
deleted when they no longer count. Names are kept as hashes: people type passwords there.

After some free attempts the next one is looked at after a delay that doubles up to a limit. Who
comes from the address of the account's last sign-in has a few slow attempts of their own, so that
a stranger who goes on guessing does not lock the user out.
"""

from __future__ import annotations

import hashlib
import ipaddress
import math
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from assistant.account import key_of
from assistant.account_tables import account, sign_in_attempt
from assistant.clock import Clock, utc_now
from assistant.errors import TooManyAttempts
from index.database import writing

_LONGEST_ADDRESS = 64


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast failures may follow each other: ``free`` ones at once, then ever slower.

    Seconds; ``window_s`` is how long a failure counts.
    """

    free: int
    first_s: float
    longest_s: float
    window_s: float

    def wait_s(self, failures: Sequence[float], now: float) -> float:
        """Seconds from now until the next attempt, given the times of the failures that count."""
        count = sum(now - self.window_s < at for at in failures)
        if count < self.free:
            return 0.0
        delay = min(self.first_s * 2.0 ** min(count - self.free, 32), self.longest_s)
        # A clock that was set back must not lock anybody out for as long.
        return min(max(failures) + delay - now, delay)


# In any 10 minutes: 11 of a name and 14 of an address, and 5 of each from known addresses.
OF_NAME = Pace(free=5, first_s=5, longest_s=300, window_s=3600)
OF_ADDRESS = Pace(free=9, first_s=10, longest_s=300, window_s=600)
OF_KNOWN = Pace(free=2, first_s=200, longest_s=200, window_s=600)
_LONGEST_WINDOW_S = max(pace.window_s for pace in (OF_NAME, OF_ADDRESS, OF_KNOWN))


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt whose password may be looked at; it counts as failed until it is taken back.

    ``wait_s`` is not 0 where a stranger would be refused for so many seconds: if it fails, it has
    to be answered like that, as only a name that exists has a known address.
    """

    attempt_id: str
    name_hash: str
    address: str
    wait_s: int


class Throttle:
    """The attempts of one home."""

    def __init__(self, engine: sa.Engine, *, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._clock = clock

    def begin(self, name: str, address: str) -> Attempt:
        """Note an attempt whose password is looked at next. An empty address is not counted.

        Raises:
            TooManyAttempts: it must not be looked at now, right or wrong.
        """
        name_hash = hash_of_name(name)
        place = address_key(address)
        now = self._clock().timestamp()
        with self._engine.connect() as connection:  # a flood must not queue for the write lock
            self._wait_s(connection, name, name_hash, place, now)
        with writing(self._engine) as connection:
            wait_s = self._wait_s(connection, name, name_hash, place, now)
            attempt = Attempt(uuid.uuid4().hex, name_hash, place, wait_s)
            counts = sign_in_attempt.c.at.between(now - _LONGEST_WINDOW_S, now + _LONGEST_WINDOW_S)
            connection.execute(sign_in_attempt.delete().where(~counts))
            connection.execute(
                sign_in_attempt.insert().values(
                    id=attempt.attempt_id,
                    at=now,
                    name_hash=name_hash,
                    address=place,
                    lane="known" if wait_s else "main",
                )
            )
        return attempt

    def succeeded(self, attempt: Attempt) -> None:
        """Forget the failures of this name from this address.

        Failures of the name from elsewhere, and of other names from this address, still count.
        """
        row = sign_in_attempt.c
        mine = (row.name_hash == attempt.name_hash) & (row.address == attempt.address)
        with writing(self._engine) as connection:
            connection.execute(sign_in_attempt.delete().where(mine))

    def take_back(self, attempt: Attempt) -> None:
        """Forget an attempt whose password was not looked at after all."""
        with writing(self._engine) as connection:
            connection.execute(
                sign_in_attempt.delete().where(sign_in_attempt.c.id == attempt.attempt_id)
            )

    def _wait_s(
        self, connection: sa.Connection, name: str, name_hash: str, place: str, now: float
    ) -> int:
        """Seconds for which a stranger would be refused; not 0 only where one who is known is not.

        Raises:
            TooManyAttempts: the attempt is refused.
        """
        row = sign_in_attempt.c
        of_place = row.address == place if place else sa.false()
        query = sa.select(row.at, row.name_hash, row.address, row.lane).where(
            sa.or_(row.name_hash == name_hash, of_place)
        )
        rows = connection.execute(query).all()

        def wait_s(lane: str, of_name: Pace, of_address: Pace) -> float:
            own = [each.at for each in rows if each.lane == lane and each.name_hash == name_hash]
            near = [each.at for each in rows if each.lane == lane and each.address == place]
            return max(of_name.wait_s(own, now), of_address.wait_s(near, now) if place else 0.0)

        wait = math.ceil(wait_s("main", OF_NAME, OF_ADDRESS))
        if wait <= 0:
            return 0
        last = sa.select(account.c.last_address).where(account.c.key == key_of(name))
        if place and connection.scalar(last) == place and wait_s("known", OF_KNOWN, OF_KNOWN) <= 0:
            return wait
        raise TooManyAttempts(wait)


def hash_of_name(name: str) -> str:
    """What is kept of a name that was typed."""
    return hashlib.sha256(key_of(name).encode("utf-8", errors="surrogatepass")).hexdigest()[:32]


def address_key(address: str) -> str:
    """What addresses are counted by: one of IPv4, or a network of IPv6, which one user has."""
    try:
        found = ipaddress.ip_address(address.split("%")[0])
    except ValueError:
        return address[:_LONGEST_ADDRESS]
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        if not found.is_loopback:
            return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)
