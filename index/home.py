"""The home folder: where everything that Faultbook keeps lies.

HOME/
    knowledge.db      documents, chunks, vectors, codes, tickets, assets (rebuildable)
    records.db        conversations, answers, work orders (back it up)
    workers/          locks of processes that ingest
    knowledge.lock    held by who changes the knowledge, alone by who makes it anew
    originals/        ingested files by SHA-256
    plant/            the plant's own files (back them up)
    cache/            search indexes, recognised pages; losing it costs time only
    settings.toml     optional
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from index.errors import FileChanged, HomeError
from index.steps import step


class Home:
    """Paths inside a home folder, and the locks that guard them."""

    def __init__(self, path: Path) -> None:
        """Use the folder, creating it where it is missing.

        Raises:
            HomeError: the path is a file, or not writable.
        """
        self.path = path.expanduser().resolve()
        try:
            for folder in (self.path, self.originals, self.cache):
                folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise HomeError(
                f"The home folder {self.path} cannot be used: {error.strerror}. "
                "Choose another with --home or FAULTBOOK_HOME."
            ) from error
        if not os.access(self.path, os.W_OK):
            raise HomeError(
                f"The home folder {self.path} is not writable. Choose another with --home."
            )

    @property
    def knowledge(self) -> Path:
        """The knowledge database."""
        return self.path / "knowledge.db"

    @property
    def rebuilt(self) -> Path:
        """The knowledge database that a rebuild makes, until it takes the place of the other."""
        return self.path / "knowledge.rebuilt.db"

    @property
    def records(self) -> Path:
        """The records database."""
        return self.path / "records.db"

    @property
    def originals(self) -> Path:
        """Ingested files, named by their SHA-256."""
        return self.path / "originals"

    @property
    def cache(self) -> Path:
        """Derived files."""
        return self.path / "cache"

    @property
    def recognised(self) -> Path:
        """The text of pages that were recognised, so that it is done once."""
        return self.cache / "recognised.db"

    def drop_recognised(self) -> None:
        """Forget recognised pages: nobody knows of which document each one is."""
        for suffix in ("", "-journal"):
            self.recognised.with_name(self.recognised.name + suffix).unlink(missing_ok=True)

    def keep_original(self, path: Path, content_hash: str) -> str:
        """Copy a file among the originals and return its name there.

        The copy is flushed to disk before it takes its name, so that a name always holds the whole
        file.

        Raises:
            FileChanged: the file does not have that content (any more).
            OSError: it cannot be read, or the disk is full.
        """
        name = content_hash + path.suffix.lower()
        target = self.originals / name
        if not target.exists():
            draft = self.originals / f"{os.getpid()}-{uuid.uuid4().hex[:8]}.part"
            try:
                if _copy(path, draft) != content_hash:
                    raise FileChanged(
                        f"{path} changed while it was copied. Add it again when it is complete."
                    )
                draft.replace(target)
            finally:
                draft.unlink(missing_ok=True)
            _flush_folder(self.originals)
        step("original kept")
        return name

    def unlink_original(self, name: str) -> None:
        """Remove an original; it may be gone already."""
        (self.originals / name).unlink(missing_ok=True)

    def drop_drafts(self) -> None:
        """Remove copies of files that a process which died left half done."""
        for draft in self.originals.glob("*.part"):
            pid = draft.name.partition("-")[0]
            if not (pid.isdigit() and Path(f"/proc/{pid}").exists()):
                draft.unlink(missing_ok=True)

    def drop_rebuilt(self) -> None:
        """Remove a knowledge database that was half made anew; nobody may make one meanwhile."""
        for suffix in ("", "-wal", "-shm", "-journal"):
            self.rebuilt.with_name(self.rebuilt.name + suffix).unlink(missing_ok=True)

    @contextmanager
    def changing_knowledge(self, *, alone: bool = False) -> Iterator[None]:
        """Hold the knowledge database in its place while it is changed; any number may.

        Who puts another one in its place holds it ``alone``.

        Raises:
            HomeError: somebody else holds it, and one of the two holds it alone.
        """
        with (self.path / "knowledge.lock").open("a") as file:
            try:
                fcntl.flock(file, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
            except BlockingIOError as error:
                why = (
                    "is just being changed by another process"
                    if alone
                    else "is just being made anew by 'faultbook knowledge rebuild'"
                )
                raise HomeError(
                    f"The knowledge in {self.path} {why}. Wait until that has ended, and try again."
                ) from error
            yield

    @contextmanager
    def deleting(self) -> Iterator[None]:
        """Let one deletion after the other run.

        Raises:
            HomeError: another one has been running for a minute.
        """
        try:
            with FileLock(self.path / "delete.lock", timeout=60):
                yield
        except Timeout as error:
            raise HomeError(
                f"Another process is deleting in {self.path}. Wait until that has ended."
            ) from error

    @contextmanager
    def work(self) -> Iterator[str]:
        """Name a worker of this process; while it works, :meth:`worker_lives` says so."""
        name = f"{os.getpid()}-{uuid.uuid4().hex[:8]}"
        path = self._worker(name)
        path.parent.mkdir(exist_ok=True)
        with FileLock(path):  # the system lets go of it when the process dies
            try:
                yield name
            finally:
                path.unlink(missing_ok=True)

    def worker_lives(self, name: str) -> bool:
        """Tell whether the process of a worker still runs."""
        path = self._worker(name)
        if not name or not path.exists():
            return False
        try:
            with FileLock(path, timeout=0):
                path.unlink(missing_ok=True)
        except Timeout:
            return True
        return False

    def _worker(self, name: str) -> Path:
        return self.path / "workers" / f"{name}.lock"

    def lock_server(self) -> FileLock:
        """Take the lock of the one server of this home; it is held until the process ends.

        Raises:
            HomeError: another process serves this home.
        """
        lock = FileLock(self.path / "serve.lock")
        owner = self.path / "serve.pid"
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            pid = owner.read_text(encoding="utf-8").strip() if owner.exists() else "unknown"
            raise HomeError(
                f"Another process (pid {pid}) already serves {self.path}. "
                "Stop it, or serve another folder with --home."
            ) from error
        owner.write_text(str(os.getpid()), encoding="utf-8")
        return lock


def _copy(path: Path, target: Path) -> str:
    """Copy a file, flush the copy to disk and return the hash of what was copied."""
    digest = hashlib.sha256()
    with path.open("rb") as source, target.open("wb") as copy:
        while piece := source.read(1 << 20):
            digest.update(piece)
            copy.write(piece)
        copy.flush()
        os.fsync(copy.fileno())
    return digest.hexdigest()


def _flush_folder(folder: Path) -> None:
    """Let names in a folder outlive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def hash_file(path: Path) -> str:
    """SHA-256 of a file's content, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def hash_text(text: str) -> str:
    """SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
