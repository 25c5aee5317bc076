"""Bring the next generation from a thread: one that another process made, else one of its own."""

from __future__ import annotations

import atexit
import logging
import threading
import time
import weakref
from collections.abc import Callable

from sqlalchemy.exc import DatabaseError

from index.catalog import Catalog
from index.errors import CacheError
from index.generation import Generation
from index.generation_building import build, remove_draft
from index.generations import Generations

logger = logging.getLogger(__name__)

Take = Callable[[Generation], None]
"""Puts a generation to use."""

_REST_S = 60.0  # after a failure, such as a full disk


class _Stopped(Exception):
    """The process ends."""


class Upkeep:
    """The one thread of a process that looks after the generations of an embedder."""

    def __init__(
        self, catalog: Catalog, embedder: str, dimension: int, generations: Generations
    ) -> None:
        self._catalog = catalog
        self._embedder = embedder
        self._dimension = dimension
        self._generations = generations
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()
        self._not_before = 0.0
        self.is_building = False
        """Whether a generation is being made here now."""
        self.fault = ""
        """What went wrong the last time, empty if nothing did."""

    @property
    def is_busy(self) -> bool:
        """Whether the thread runs."""
        return self._thread is not None and self._thread.is_alive()

    def start(self, name: str, take: Take, *, is_wanted: bool) -> None:
        """Start the thread, unless it runs or has just failed.

        ``name`` is the generation in use. A newer one is taken over; where there is none and one
        ``is_wanted``, it is made.
        """
        with self._starting:
            if self.is_busy or time.monotonic() < self._not_before or self._stop.is_set():
                return
            thread = threading.Thread(
                target=self._work, args=(name, take, is_wanted), name="vectors", daemon=True
            )
            _running.add(self)
            thread.start()
            self._thread = thread

    def make_plain(self) -> Generation | None:
        """Make and open a generation without lists now; None where another process writes one.

        Raises:
            OSError: the disk is full or does not take it.
            CacheError: the disk did not keep it.
        """
        with self._generations.writing() as is_mine:
            return self._made(is_plain=True) if is_mine else None

    def wait(self, limit_s: float) -> bool:
        """Wait until the thread has ended; False if it has not in time."""
        thread = self._thread
        if thread is not None:
            thread.join(limit_s)
        return not self.is_busy

    def stop(self) -> None:
        """Let the thread end within seconds, and start no other one."""
        self._stop.set()
        self.wait(60.0)

    def _go_on(self) -> None:
        if self._stop.is_set():
            raise _Stopped

    def _work(self, name: str, take: Take, is_wanted: bool) -> None:
        try:
            self.fault = self._bring(name, take, is_wanted)
        except _Stopped:
            return
        except (CacheError, OSError, DatabaseError, MemoryError) as error:
            self.fault = f"No new generation of vectors could be made: {error}."
            self._not_before = time.monotonic() + _REST_S
            logger.exception("making a generation of vectors in %s", self._generations.folder)

    def _bring(self, name: str, take: Take, is_wanted: bool) -> str:
        """Take the newest generation over or make one; return what was wrong with others."""
        newer, unfit = self._generations.open_newest(after=name)
        if newer is not None:
            try:
                take(newer)
            except CacheError as error:
                unfit[newer.name] = str(error)
                newer = None
        if newer is not None or unfit or is_wanted or self._generations.has_leftovers():
            with self._generations.writing() as is_mine:
                if is_mine:  # else the one that another process makes will be taken over
                    for bad in unfit:
                        self._generations.discard(bad)
                    if newer is None and is_wanted and self._generations.names()[:1] <= [name]:
                        newer = self._make(take)
                    self._generations.tidy(keep=newer.name if newer is not None else name)
                    if newer is not None:
                        self._generations.drop_other_embedders()
        return next((f"{why}." for why in unfit.values()), "")

    def _make(self, take: Take) -> Generation:
        newer = self._made()
        take(newer)
        return newer

    def _made(self, *, is_plain: bool = False) -> Generation:
        draft = self._generations.new_draft()
        self.is_building = True
        try:
            build(
                self._catalog,
                self._embedder,
                self._dimension,
                draft,
                self._go_on,
                is_plain=is_plain,
            )
            made = self._generations.publish(draft)
        except BaseException:
            remove_draft(draft)
            raise
        finally:
            self.is_building = False
        try:
            return self._generations.open(made)
        except CacheError:
            self._generations.discard(made)  # the disk did not keep what it took
            raise


_running: weakref.WeakSet[Upkeep] = weakref.WeakSet()


@atexit.register
def _stop_all() -> None:
    # A thread inside FAISS must have come back before the interpreter goes.
    for upkeep in list(_running):
        upkeep.stop()
