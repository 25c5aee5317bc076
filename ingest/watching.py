"""Follow a folder: take in what is new or changed, and say what is gone."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from index.access import Principal
from index.catalog import Catalog, StoredDocument
from ingest.accepting import expand
from ingest.errors import UnreadableDocument

Stamp = tuple[int, int]
"""Time of change in nanoseconds and size in bytes."""


@dataclass
class Folder:
    """A folder that is looked at again and again.

    A file is reported when it has not changed between two looks, so that one that is just being
    copied is not read half.
    """

    path: Path
    _seen: dict[Path, Stamp] = field(default_factory=dict)
    _reported: dict[Path, Stamp] = field(default_factory=dict)

    def look(self) -> list[Path]:
        """Return the files that are new or changed since they were last returned.

        Raises:
            UnreadableDocument: the folder is gone, or was never there.
        """
        if not self.path.is_dir():
            raise UnreadableDocument(
                f"The folder {self.path} is not there. Check that its drive is connected."
            )
        stamps: dict[Path, Stamp] = {}
        for file in expand([self.path]):
            try:
                status = file.stat()
            except OSError:
                continue  # it went between the listing and now
            if not file.is_dir():
                stamps[file] = (status.st_mtime_ns, status.st_size)
        still = [
            file
            for file, stamp in stamps.items()
            if self._seen.get(file) == stamp and self._reported.get(file) != stamp
        ]
        self._seen = stamps
        self._reported = {file: s for file, s in self._reported.items() if file in stamps}
        self._reported.update((file, stamps[file]) for file in still)
        return still


def missing_files(folder: Path, catalog: Catalog, principal: Principal) -> list[StoredDocument]:
    """Return the approved documents whose file lay in a folder and is there no more.

    None, where the folder itself is gone or holds no readable file: then a drive is not connected
    rather than every manual removed.
    """
    base = folder.resolve()
    if not base.is_dir() or not any(file.is_file() for file in expand([base])):
        return []
    return [
        stored
        for stored in catalog.documents(principal)
        if stored.kind != "history"
        and Path(stored.source).is_relative_to(base)
        and _is_gone(stored.source)
    ]


def _is_gone(source: str) -> bool:
    if "\ufffd" in source:
        return False  # the name held bytes that are no text: it cannot be looked for
    try:
        Path(source).stat()
    except FileNotFoundError:
        return True
    except OSError:
        return False  # the drive or the permission is gone, not the file
    return False


def watch(
    folders: Sequence[Path],
    every_s: float,
    handle: Callable[[list[Path]], None],
    complain: Callable[[str], None],
    is_wanted: Callable[[], bool],
) -> None:
    """Look at folders every few seconds and hand over what is new, until it is not wanted any more.

    A folder that is gone is complained of once and looked for again.
    """
    watched = [Folder(folder) for folder in folders]
    gone: set[Path] = set()
    while is_wanted():
        for folder in watched:
            try:
                files = folder.look()
            except UnreadableDocument as error:
                if folder.path not in gone:
                    complain(str(error))
                gone.add(folder.path)
                continue
            gone.discard(folder.path)
            if files:
                handle(files)
        for _ in _ticks(every_s, is_wanted):
            pass


def _ticks(seconds: float, is_wanted: Callable[[], bool]) -> Iterator[None]:
    until = time.monotonic() + seconds
    while time.monotonic() < until and is_wanted():
        time.sleep(min(0.2, seconds))
        yield
