"""The home folder: where everything that Faultbook keeps lies.

HOME/
    knowledge.db      documents, chunks, vectors, codes, tickets, assets (rebuildable)
    records.db        conversations, answers, work orders (back it up)
    originals/        ingested files by SHA-256
    cache/            lexical index; losing it costs time only
    settings.toml     optional
"""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

from filelock import FileLock, Timeout

from index.errors import HomeError


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

    def keep_original(self, path: Path, content_hash: str) -> str:
        """Copy a file among the originals and return its name there.

        The copy is flushed to disk before it takes its name, so that a name always holds the whole
        file.
        """
        name = content_hash + path.suffix.lower()
        target = self.originals / name
        if not target.exists():
            draft = target.with_suffix(f".{os.getpid()}.part")
            with path.open("rb") as source, draft.open("wb") as copy:
                shutil.copyfileobj(source, copy, 1 << 20)
                copy.flush()
                os.fsync(copy.fileno())
            draft.replace(target)
        return name

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


def hash_file(path: Path) -> str:
    """SHA-256 of a file's content, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def hash_text(text: str) -> str:
    """SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
