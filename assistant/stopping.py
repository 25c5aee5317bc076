"""Stop a turn that runs: who waits inside it is woken, and goes on without what it waits for.

A turn runs in a thread of its own. What may stop it is found by :func:`current`, so that it need
not be handed through every call between the job and the place where something waits.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from assistant.errors import Stopped


class Stop:
    """A switch that is thrown once, from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_set = False
        self._wake: list[Callable[[], None]] = []

    @property
    def is_set(self) -> bool:
        """Whether it was thrown."""
        return self._is_set

    def set(self) -> None:
        """Throw it: whoever waits is woken."""
        with self._lock:
            self._is_set = True
            wake = list(self._wake)
        for call in wake:
            call()

    def check(self) -> None:
        """Go on only if it was not thrown.

        Raises:
            Stopped: it was.
        """
        if self._is_set:
            raise Stopped("You stopped the language model. What is shown is the evidence.")

    @contextmanager
    def waking(self, wake: Callable[[], None]) -> Iterator[None]:
        """Call ``wake`` when it is thrown inside the block, or at once if it was before."""
        with self._lock:
            self._wake.append(wake)
            is_set = self._is_set
        try:
            if is_set:
                wake()
            yield
        finally:
            with self._lock:
                self._wake.remove(wake)


_current: ContextVar[Stop | None] = ContextVar("faultbook_stop", default=None)


def current() -> Stop:
    """What stops the turn that runs in this thread; one that nobody holds where there is none."""
    return _current.get() or Stop()


@contextmanager
def stopped_by(stop: Stop) -> Iterator[None]:
    """Let what runs inside the block be stopped by this."""
    token = _current.set(stop)
    try:
        yield
    finally:
        _current.reset(token)
