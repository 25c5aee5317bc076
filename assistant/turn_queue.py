"""Run jobs in threads, fairly: nobody's jobs wait for the many jobs of somebody else."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Callable

from assistant.errors import TooMany

Job = Callable[[], None]

AT_ONCE = 16  # of all users; the rest of a turn waits for the language model anyway
AT_ONCE_OF_USER = 3
WAITING_OF_USER = 30
_RETRY_S = 5.0


class TurnQueue:
    """At most so many jobs at once, at most a few of one user; users take turns for the rest."""

    def __init__(
        self,
        at_once: int = AT_ONCE,
        of_user: int = AT_ONCE_OF_USER,
        waiting: int = WAITING_OF_USER,
    ) -> None:
        """Allow ``at_once`` jobs, ``of_user`` of them for one user, who may have others waiting."""
        self._at_once = at_once
        self._of_user = of_user
        self._most_waiting = waiting
        self._lock = threading.Lock()
        self._running: dict[str, int] = {}
        self._waiting: OrderedDict[str, deque[tuple[str, Job]]] = OrderedDict()

    def check(self, user: str) -> None:
        """Go on only if another job of the user would be taken.

        Raises:
            TooMany: too many of the user's jobs wait already.
        """
        with self._lock:
            self._check(user)

    def _check(self, user: str) -> None:
        waiting = len(self._waiting.get(user, ()))
        is_busy = waiting > 0 or self._running.get(user, 0) >= self._of_user
        if is_busy and waiting >= self._most_waiting:
            raise TooMany(
                f"{waiting} of your questions wait for their answers. Wait for some of them, and "
                "ask again.",
                _RETRY_S,
            )

    def put(self, user: str, name: str, job: Job) -> None:
        """Run a job in a thread of this name, now or when it is its turn; the name is its own."""
        with self._lock:
            self._waiting.setdefault(user, deque()).append((name, job))
            self._start_some()

    def remove(self, user: str, name: str) -> bool:
        """Take back a job that waits; False where it has begun already, or never was."""
        with self._lock:
            jobs = self._waiting.get(user, deque())
            kept = deque(entry for entry in jobs if entry[0] != name)
            if len(kept) == len(jobs):
                return False
            if kept:
                self._waiting[user] = kept
            else:
                del self._waiting[user]
            return True

    def ahead(self, name: str) -> int:
        """How many jobs come before one that waits, itself not counted; 0 for one that runs.

        Those that run count as well, as one of them must end first.
        """
        with self._lock:
            waiting = deque((user, deque(jobs)) for user, jobs in self._waiting.items())
            count = sum(self._running.values())
        while waiting:
            user, jobs = waiting.popleft()
            if jobs.popleft()[0] == name:
                return count
            count += 1
            if jobs:
                waiting.append((user, jobs))
        return 0

    def _start_some(self) -> None:
        """Start what may run, one job of each user after the other; called under the lock."""
        is_started = True
        while is_started and sum(self._running.values()) < self._at_once:
            is_started = False
            for user in list(self._waiting):
                if self._running.get(user, 0) >= self._of_user:
                    continue
                name, job = self._waiting[user].popleft()
                if self._waiting[user]:
                    self._waiting.move_to_end(user)
                else:
                    del self._waiting[user]
                self._running[user] = self._running.get(user, 0) + 1
                target = threading.Thread(
                    target=self._run, args=(user, job), name=name, daemon=True
                )
                target.start()
                is_started = True
                break

    def _run(self, user: str, job: Job) -> None:
        try:
            job()
        finally:
            with self._lock:
                self._running[user] -= 1
                if not self._running[user]:
                    del self._running[user]
                self._start_some()
