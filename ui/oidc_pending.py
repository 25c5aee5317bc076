"""Sign-ins at the provider that have begun: few, short, each for one browser and for one use."""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from hmac import compare_digest

from assistant.sessions import hash_of
from ui.oidc_client import Secrets

LONGEST_S = 600  # in which the user has to sign in at the provider
_MOST = 1000
_MOST_OF_ADDRESS = 50


@dataclass(frozen=True, slots=True)
class Pending:
    """A sign-in that has begun, and where to go after it."""

    secrets: Secrets
    redirect_uri: str
    wanted: str
    browser_hash: str
    address: str
    at: float


class PendingSignIns:
    """Sign-ins of one server by their state; a restart forgets them."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._pending: OrderedDict[str, Pending] = OrderedDict()
        self._lock = threading.Lock()
        self._clock = clock

    def begin(self, redirect_uri: str, wanted: str, address: str) -> tuple[Pending, str]:
        """A new sign-in, and the secret by which its browser is known."""
        browser = secrets.token_urlsafe(32)
        chosen = Secrets(*(secrets.token_urlsafe(32) for _ in range(3)))
        one = Pending(chosen, redirect_uri, wanted, hash_of(browser), address, self._clock())
        with self._lock:
            self._forget_old()
            own = [state for state, each in self._pending.items() if each.address == address]
            if len(own) >= _MOST_OF_ADDRESS:
                del self._pending[own[0]]  # its own, so that nobody pushes out those of others
            while len(self._pending) >= _MOST:
                self._pending.popitem(last=False)
            self._pending[chosen.state] = one
        return one, browser

    def take(self, state: str, browser: str) -> Pending | None:
        """The sign-in of a state, once and only for its browser; None if there is none."""
        with self._lock:
            self._forget_old()
            one = self._pending.get(state)
            if one is None or not compare_digest(one.browser_hash, hash_of(browser)):
                return None
            return self._pending.pop(state)

    def _forget_old(self) -> None:
        oldest = self._clock() - LONGEST_S
        while self._pending and next(iter(self._pending.values())).at <= oldest:
            self._pending.popitem(last=False)
