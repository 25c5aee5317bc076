"""Run a piece of work in a process of its own that may be killed, and hear what it got done."""

from __future__ import annotations

import json
import os
import select
import signal
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from multiprocessing import forkserver
from typing import Any

Say = Callable[[Mapping[str, Any]], None]
Work = Callable[[Say], None]


@dataclass
class Process:
    """A forked process and what it has said so far, one object a line."""

    pid: int
    pipe: int
    lines: list[dict[str, Any]] = field(default_factory=list)
    rest: bytes = b""
    code: int | None = None
    """Exit code, or the negative number of the signal that ended it."""

    def listen(self, seconds: float) -> bool:
        """Read what it says for a while; False as soon as it has ended."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if not select.select([self.pipe], [], [], left)[0]:
                return True
            piece = os.read(self.pipe, 1 << 16)
            if not piece:
                self._end()
                return False
            *whole, self.rest = (self.rest + piece).split(b"\n")
            self.lines += map(json.loads, whole)
        return True

    def finish(self, limit_s: float = 120.0) -> None:
        """Wait until it ends; one that takes too long is killed."""
        if self.listen(limit_s):
            self.kill()

    def kill(self) -> None:
        """Kill it as a power cut would, and hear what it had said before."""
        os.kill(self.pid, signal.SIGKILL)
        while self.listen(60.0):
            continue

    def _end(self) -> None:
        os.close(self.pipe)
        self.code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def share_readers() -> None:
    """Start the server that forks readers here, once: a process of its own each takes a second.

    A forked process must not look after it, as it is no child of its.
    """
    server = forkserver._forkserver  # type: ignore[attr-defined]
    server.ensure_running()
    server.ensure_running = lambda: None


def start(work: Work, environment: Mapping[str, str] | None = None) -> Process:
    """Start work in a forked process; this one must not have used threads before."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        return Process(pid, reading)
    code = 1
    try:
        os.close(reading)
        os.environ.update(environment or {})

        def say(line: Mapping[str, Any]) -> None:
            os.write(writing, (json.dumps(line) + "\n").encode())

        work(say)
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)
