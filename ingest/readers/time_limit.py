"""End a reader's process when one step takes too long, where nothing else can stop it.

PDFium cannot be interrupted: a page of nested forms keeps it busy for hours. The timer counts the
processor time of the process, so that a busy machine does not end a reader that does its work.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

ENDED_BY = signal.SIGPROF
"""The signal that ends the process."""


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """End this process if the block takes more processor time than this.

    The parent learns of it by the exit code, which is that of :data:`ENDED_BY`. Only the main
    thread of a process that may die uses it.
    """
    before = signal.signal(ENDED_BY, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(ENDED_BY, before)
