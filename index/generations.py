"""The folder in which the generations of one knowledge and one embedder lie.

    HOME/cache/vectors-1/<embedder>/
        g00000007/        the newest one whose files are whole is the one that counts
        .draft-<pid>-...  one that is being written; whose writer died is removed by the next one
        writer.lock       held by the one process that writes

A generation gets its name when all of it is on the disk, so what has a name was complete once.
"""

from __future__ import annotations

import fcntl
import logging
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from index.errors import CacheError
from index.generation import Generation
from index.home import hash_text
from index.steps import step
from index.vector_files import MANIFEST, flush_folder

logger = logging.getLogger(__name__)

FOLDER = "vectors-1"
_DRAFT = ".draft-"


class Generations:
    """Generations of the vectors of one embedder over one database."""

    def __init__(self, cache: Path, uid: str, embedder: str, dimension: int) -> None:
        """Use the folder of this embedder below ``cache``; it is made when first written to."""
        self.folder = cache / FOLDER / hash_text(embedder)[:12]
        self._uid = uid
        self._embedder = embedder
        self._dimension = dimension

    def names(self) -> list[str]:
        """The names of the generations, the newest first; nothing is said about their content."""
        try:
            found = [entry.name for entry in os.scandir(self.folder) if entry.name[:1] == "g"]
        except OSError:
            return []
        return sorted((name for name in found if name[1:].isdigit()), reverse=True)

    def open_newest(self, after: str = "") -> tuple[Generation | None, dict[str, str]]:
        """Open the newest generation that is whole and belongs here, if it is newer than ``after``.

        Returns also what is wrong with those that were passed over, by name.
        """
        faults: dict[str, str] = {}
        for name in self.names():
            if name <= after:
                break
            try:
                return self.open(name), faults
            except CacheError as error:
                if not (self.folder / name).exists():
                    continue  # an old one that was removed meanwhile
                logger.warning("a generation of vectors is not used: %s", str(error))
                faults[name] = str(error)
        return None, faults

    def open(self, name: str) -> Generation:
        """Open one generation.

        Raises:
            CacheError: it is damaged, or of another database or embedder.
        """
        folder = self.folder / name
        generation = Generation(folder)
        manifest = generation.manifest
        if manifest.uid != self._uid:
            raise CacheError(f"{folder} belongs to another database")
        if (manifest.embedder, manifest.dimension) != (self._embedder, self._dimension):
            raise CacheError(f"{folder} holds vectors of the embedder {manifest.embedder}")
        return generation

    @contextmanager
    def writing(self) -> Iterator[bool]:
        """Be the one who writes here; the value is False where another process is.

        Raises:
            OSError: the folder cannot be made or locked.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.folder / "writer.lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            yield False
            return
        try:
            yield True
        finally:
            lock.release()

    def new_draft(self) -> Path:
        """Make an empty folder to write a generation in, after removing what others left.

        Only for who is :meth:`writing`.
        """
        self._remove_drafts()
        draft = self.folder / f"{_DRAFT}{os.getpid()}-{uuid.uuid4().hex[:8]}"
        draft.mkdir()
        return draft

    def publish(self, draft: Path) -> str:
        """Give a complete draft its name, for good, and return that. Only for who is writing.

        Raises:
            OSError: the disk does not take it.
        """
        number = max([int(name[1:]) for name in self.names()], default=0) + 1
        name = f"g{number:08d}"
        step("before generation rename")
        draft.rename(self.folder / name)
        step("generation renamed")
        flush_folder(self.folder)
        step("generation published")
        return name

    def has_leftovers(self) -> bool:
        """Whether there is more than one generation, or a draft of a process that died."""
        return len(self.names()) > 1 or any(self.folder.glob(f"{_DRAFT}*"))

    def tidy(self, keep: str) -> None:
        """Remove drafts, and the generations before one that nobody reads.

        Only for who is writing.
        """
        self._remove_drafts()
        for name in self.names():
            if name < keep and not _is_read(self.folder / name):
                _remove(self.folder, name)
        step("generations dropped")

    def _remove_drafts(self) -> None:
        for old in self.folder.glob(f"{_DRAFT}*"):
            shutil.rmtree(old, ignore_errors=True)

    def discard(self, name: str) -> None:
        """Remove one generation, which is of no use. Only for who is writing."""
        _remove(self.folder, name)

    def drop_other_embedders(self) -> None:
        """Remove what is kept for other embedders and read by nobody. Only for who is writing."""
        for other in self.folder.parent.glob("*"):
            if other != self.folder and other.is_dir():
                read = [_is_read(path) for path in other.glob("g*")]
                if not any(read):
                    shutil.rmtree(other, ignore_errors=True)


def _remove(folder: Path, name: str) -> None:
    # Under another name first: half a generation must not look like a whole one.
    gone = folder / f"{_DRAFT}gone-{uuid.uuid4().hex[:8]}"
    try:
        (folder / name).rename(gone)
    except FileNotFoundError:
        return
    shutil.rmtree(gone, ignore_errors=True)


def _is_read(folder: Path) -> bool:
    try:
        with (folder / MANIFEST).open("rb") as mark:
            fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
