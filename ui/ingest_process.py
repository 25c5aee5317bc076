"""The process beside the server that reads what is queued.

The server only takes files in. What this process was reading when it ended stays in the intake and
is queued again by the next one.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from index.database import now
from index.home import Home

LOG = "ingest.log"
_MOST_LOG = 1 << 20  # bytes that are kept of earlier runs
_LAST_LINES = 4
_PAUSES_S = (0.0, 5.0, 15.0, 60.0, 300.0)  # between starts that led to nothing
_LONG_RUN_S = 60.0  # after which a start counts as one that led to something
_LAST_WORDS_S = 5.0


def resume_command(home: Path) -> list[str]:
    """The command that reads what is queued in a home, and ends."""
    return [sys.executable, "-m", "ui", "ingest", "--resume", "--home", str(home)]


class IngestProcess:
    """At most one process that reads what is queued in a home; safe to use from several threads."""

    def __init__(
        self,
        home: Home,
        command: Sequence[str] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Start nothing yet; ``command`` is for a process other than :func:`resume_command`."""
        self._command = list(command or resume_command(home.path))
        self._log = home.path / LOG
        self._clock = clock
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._log_start = 0
        self._started = 0.0
        self._vain = 0  # starts in a row after which something was still queued
        self._is_stopped = False
        self.run_began: str | None = None
        """When what is queued now, or was last, began to be read (ISO 8601, UTC)."""

    @property
    def is_alive(self) -> bool:
        """Whether the process runs."""
        process = self._process
        return process is not None and process.poll() is None

    def ensure_running(self, *, at_once: bool = False) -> bool:
        """Start the process if it does not run; tell whether it runs now.

        Called while something is queued. A process that ends and leaves it queued is started again
        after a pause that grows, unless a person wants it ``at_once``.
        """
        with self._lock:
            if self._is_stopped:
                return False
            if self.is_alive:
                return True
            if at_once:
                self._vain = 0
            elif self._clock() - self._started >= _LONG_RUN_S:
                self._vain = min(self._vain, 1)
            pause = _PAUSES_S[min(self._vain, len(_PAUSES_S) - 1)]
            if self._process is not None and self._clock() - self._started < pause:
                return False
            self._start()
            return True

    def note_idle(self) -> None:
        """Take note that nothing is queued: the next start begins a new run."""
        with self._lock:
            if not self.is_alive:
                self._vain = 0
                self._process = None

    def problem(self) -> str:
        """The last lines that a process wrote which failed; empty while it runs or if it did not.

        It says something only while something is still queued: the command also ends with an exit
        code when a file could not be read.
        """
        process = self._process
        if process is None or process.poll() in (None, 0):
            return ""
        try:
            with self._log.open("rb") as file:
                file.seek(self._log_start)
                lines = file.read(_MOST_LOG).decode(errors="replace").splitlines()
        except OSError:
            lines = []
        said = [line.strip() for line in lines if line.strip()][-_LAST_LINES:]
        return "\n".join(said) or f"It ended without a word (exit code {process.returncode})."

    def stop(self) -> None:
        """End the process with what it started; nothing is started any more."""
        with self._lock:
            self._is_stopped = True
            process = self._process
            if process is None or process.poll() is not None:
                return
            _signal(process, signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_LAST_WORDS_S)
            _signal(process, signal.SIGKILL)  # what it started may have outlived it
            process.wait()

    def _start(self) -> None:
        if self._process is None or self.run_began is None:
            self.run_began = now()
        too_long = self._log.exists() and self._log.stat().st_size > _MOST_LOG
        with self._log.open("wb" if too_long else "ab") as log:
            self._log_start = log.tell()
            # In a session of its own: Ctrl+C is for the server, which ends this one in its time,
            # and what reads a file can be ended with it.
            self._process = subprocess.Popen(  # noqa: S603  our own command line
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
                start_new_session=True,
            )
        self._started = self._clock()
        self._vain += 1


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)
