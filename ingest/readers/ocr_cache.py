"""What was recognised before: a page that is read again need not be recognised again.

Recognition is by far the slowest part of reading. Entries are found by the pixels of a picture and
the version of the recogniser; losing them costs time only.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ingest.readers.ocr import Picture

MOST_ENTRIES = 20_000
"""Pages or lines that a file keeps."""

_CREATE = "CREATE TABLE IF NOT EXISTS entry (key BLOB PRIMARY KEY, value TEXT, used_at REAL)"
_DROP = (
    "DELETE FROM entry WHERE key IN (SELECT key FROM entry ORDER BY used_at DESC LIMIT -1 OFFSET ?)"
)


class OcrCache:
    """Recognised text in a file. A file that cannot be used is as good as an empty one."""

    def __init__(self, path: Path, most: int = MOST_ENTRIES) -> None:
        """Use a file; ``most`` entries are kept, those that were used last."""
        self._path = path
        self._most = most
        self._connection: sqlite3.Connection | None = None

    def recall(self, picture: Picture, version: str, recognise: Callable[[], Any]) -> Any:
        """Return what JSON holds of a result, from the file or, once, from ``recognise``."""
        key = _key(picture, version)
        with suppress(sqlite3.Error, ValueError):
            query = "UPDATE entry SET used_at = ? WHERE key = ? RETURNING value"
            found = self._open().execute(query, (time.time(), key)).fetchall()
            if found:
                return json.loads(found[0][0])
        value = recognise()
        with suppress(sqlite3.Error):
            row = (key, json.dumps(value, ensure_ascii=False), time.time())
            self._open().execute("INSERT OR REPLACE INTO entry VALUES (?, ?, ?)", row)
        return value

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            connection = sqlite3.connect(self._path, timeout=5.0, isolation_level=None)
            connection.execute(_CREATE)
            connection.execute(_DROP, (self._most,))
            self._connection = connection
        return self._connection


def _key(picture: Picture, version: str) -> bytes:
    digest = hashlib.blake2b(f"{version} {picture.shape}".encode(), digest_size=32)
    digest.update(picture.tobytes())
    return digest.digest()


_caches: list[OcrCache] = []


def keep_in(path: Path) -> None:
    """Keep what this process recognises in a file from now on, and look there first."""
    _caches[:] = [OcrCache(path)]


def recall(picture: Picture, version: str, recognise: Callable[[], Any]) -> Any:
    """Return a result from the file of :func:`keep_in`, if there is one, else recognise."""
    return _caches[0].recall(picture, version, recognise) if _caches else recognise()
