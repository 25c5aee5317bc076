"""Read a file as :mod:`ingest.reading` does, in a process forked from this one: it is cheaper."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from ingest import reading


@dataclass(frozen=True, slots=True)
class Read:
    """How the reading of a file ended.

    ``outcome`` is "ok", the class of the refusal, "time", or the name of the signal that ended the
    process. ``peak`` is what the process held in memory at most, in bytes.
    """

    outcome: str
    message: str
    seconds: float
    peak: int


def read_apart(path: Path, limit_s: float = 30.0) -> Read:
    """Read a file with the limits of production; this process must not have used threads."""
    began = time.monotonic()
    try:
        reading.check_file(path)
    except reading.IngestError as error:
        return Read(type(error).__name__, str(error), time.monotonic() - began, 0)
    ours, theirs = multiprocessing.Pipe(duplex=False)
    pid = os.fork()
    if not pid:
        ours.close()
        reading._run(str(path), theirs, None)
        os._exit(0)
    theirs.close()
    outcome, message = "time", ""
    try:
        until = began + limit_s
        while ours.poll(max(until - time.monotonic(), 0)):
            kind, answer = ours.recv_bytes().decode(), ours.recv_bytes()
            if kind == reading._PROGRESS:
                continue
            is_read = kind == reading._READ
            outcome, message = ("ok", "") if is_read else (kind, answer.decode())
            break
    except EOFError:
        outcome = ""
    finally:
        ours.close()
    if outcome == "time":
        os.kill(pid, signal.SIGKILL)
    _, status, used = os.wait4(pid, 0)
    if not outcome:
        code = os.waitstatus_to_exitcode(status)
        outcome = signal.Signals(-code).name if code < 0 else f"exit code {code}"
    return Read(outcome, message, time.monotonic() - began, used.ru_maxrss * 1024)
