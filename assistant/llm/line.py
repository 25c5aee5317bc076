"""A line before the language model: first come, first served, and everybody knows their place."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator

from assistant.errors import ModelUnavailable
from assistant.stopping import current


class Line:
    """Lets so many in at once; the others wait in the order in which they came."""

    def __init__(self, at_once: int = 1, longest: int = 32) -> None:
        """Let ``at_once`` in, and at most ``longest`` wait."""
        self.at_once = at_once
        self._longest = longest
        self._changed = threading.Condition()
        self._inside: set[Place] = set()
        self._waiting: deque[Place] = deque()

    def enter(self) -> Place:
        """Take a place.

        Raises:
            ModelUnavailable: the line is as long as it may be.
        """
        with self._changed:
            if len(self._waiting) >= self._longest:
                raise ModelUnavailable(
                    f"The language model is overloaded: {len(self._waiting)} questions wait for it "
                    "already. Ask again in a minute for an order by the model."
                )
            place = Place(self)
            self._waiting.append(place)
            self._let_in()
        return place

    def _let_in(self) -> None:
        while self._waiting and len(self._inside) < self.at_once:
            self._inside.add(self._waiting.popleft())
        self._changed.notify_all()

    def _leave(self, place: Place) -> None:
        with self._changed:
            self._inside.discard(place)
            if place in self._waiting:
                self._waiting.remove(place)
            self._let_in()

    def _ahead(self, place: Place) -> int:
        """How many come before a place; 0 for who is in. Called under the lock."""
        if place in self._inside:
            return 0
        return len(self._inside) + self._waiting.index(place)

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()


class Place:
    """A place in a line; it is left with :meth:`leave`, from wherever one is."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def waits(self, limit_s: float) -> Iterator[int]:
        """Yield how many come before this place, at first and whenever it changes, until it is in.

        Nothing is yielded where nobody has to be waited for.

        Raises:
            ModelUnavailable: it took longer than the limit in seconds.
            Stopped: the turn was stopped meanwhile.
        """
        line, stop = self._line, current()
        until = time.monotonic() + limit_s
        told = 0
        with stop.waking(line._wake):
            while True:
                with line._changed:
                    while (ahead := line._ahead(self)) == told and ahead and not stop.is_set:
                        if not line._changed.wait(max(0.0, until - time.monotonic())):
                            raise ModelUnavailable(
                                f"The language model is overloaded: after {limit_s:.0f} s "
                                f"{ahead} questions came before yours still."
                            )
                stop.check()
                if not ahead:
                    return
                told = ahead
                yield ahead

    def leave(self) -> None:
        """Make room for the next."""
        self._line._leave(self)
