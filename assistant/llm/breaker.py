"""A circuit breaker: a model that fails again and again is left alone for a while.

Closed, every call is let through. After some failures in a row it opens, and calls are refused at
once, so that nobody waits for a model that is down. When the pause is over one call is let through
as a probe (half open): it closes the breaker if it works and opens it again if it fails.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from typing import Literal

from assistant.errors import ModelUnavailable

State = Literal["closed", "open", "half-open"]


class CircuitBreaker:
    """Counts failures in a row; safe to use from several threads."""

    def __init__(
        self,
        failures: int = 3,
        pause_s: float = 15.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Open after so many failures in a row, for ``pause_s`` seconds by the clock."""
        self._most = failures
        self._pause_s = pause_s
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._opened_at: float | None = None
        self._is_probing = False
        self._reason = ""

    @property
    def state(self) -> State:
        """What it is now."""
        with self._lock:
            if self._opened_at is None:
                return "closed"
            return "half-open" if self._is_probing or not self._left() else "open"

    @property
    def reason(self) -> str:
        """The last failure, while it is not closed; else empty."""
        with self._lock:
            return self._reason if self._opened_at is not None else ""

    def admit(self) -> None:
        """Let a call through, or refuse it. Each that was let through ends in one of the others.

        Raises:
            ModelUnavailable: it is open, or the probe of another call is under way.
        """
        with self._lock:
            if self._opened_at is None:
                return
            if left := self._left():
                raise ModelUnavailable(
                    f"The language model failed {self._failures} times in a row, the last time so: "
                    f"{self._reason} It is tried again in {math.ceil(left)} s."
                )
            if self._is_probing:
                raise ModelUnavailable(
                    f"The language model failed before: {self._reason} Another question tries it "
                    "now."
                )
            self._is_probing = True

    def worked(self) -> None:
        """A call worked: close."""
        with self._lock:
            self._failures, self._opened_at, self._is_probing = 0, None, False

    def failed(self, reason: str) -> None:
        """A call failed; ``reason`` is a sentence."""
        with self._lock:
            self._failures += 1
            self._reason = reason
            if self._is_probing or self._failures >= self._most:
                self._opened_at = self._clock()
            self._is_probing = False

    def left_undecided(self) -> None:
        """A call ended without telling anything about the model, as when its reader stopped it."""
        with self._lock:
            self._is_probing = False

    def _left(self) -> float:
        assert self._opened_at is not None
        return max(0.0, self._opened_at + self._pause_s - self._clock())
