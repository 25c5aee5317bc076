"""Take files in: check them, keep their originals, queue them. Nothing is read here."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from index.errors import FileChanged
from index.home import Home, hash_file, hash_text
from index.intake import Intake
from index.intake_items import IntakeItem, IntakeKind
from index.steps import step
from ingest.errors import IngestError, UnreadableDocument, UnreadableTable
from ingest.reading import READERS, check_file
from ingest.tagging import Stated

_TRIES, _PAUSE_S = 100, 0.05  # how long a deletion of the same content is waited for


class Desk:
    """Where files come in."""

    def __init__(self, home: Home, intake: Intake) -> None:
        self._home = home
        self._intake = intake

    def accept(
        self, paths: Sequence[Path], stated: Stated, *, hold: bool = False
    ) -> Iterator[tuple[Path, IntakeItem | IngestError]]:
        """Queue files and the readable files of folders; yield what became of each.

        When an item is yielded, the original is safe and the file may go.
        """
        for path in expand(paths):
            yield path, self.accept_file(path, stated, hold=hold)

    def accept_file(
        self, path: Path, stated: Stated, *, hold: bool = False
    ) -> IntakeItem | IngestError:
        """Queue one file; return the item, or what is wrong with the file."""
        try:
            return self._queue(path, stated, hold=hold)
        except IngestError as error:
            return error
        except FileChanged as error:
            return UnreadableDocument(str(error))
        except OSError as error:
            return UnreadableDocument(
                f"{path} cannot be copied into {self._home.originals}: {error.strerror}. "
                "Check the file and the space on the disk, and add it again."
            )

    def _queue(self, path: Path, stated: Stated, *, hold: bool) -> IntakeItem:
        check_file(path)
        content_hash = hash_file(path)
        for _ in range(_TRIES):
            original = self._home.keep_original(path, content_hash)
            kept = self._home.originals / original
            item = self._intake.add(
                "document",
                content_hash,
                original=original,
                name=_plain(Path(path.name) if self._is_upload(path) else path),
                source=self._source(path),
                options={**stated.values(), "hold": hold},
                # A deletion of the same content may have removed it since it was kept.
                is_kept=kept.exists,
            )
            if item is not None:
                if item.original != original:  # the same content is in under another ending
                    self._intake.drop_unused([original], self._home.unlink_original)
                step("intake row written")
                return item
            time.sleep(_PAUSE_S)
        raise UnreadableDocument(f"{path} is just being deleted. Wait a moment and add it again.")

    def take_table(self, kind: IntakeKind, path: Path, options: dict[str, object]) -> IntakeItem:
        """Keep the original of a table that is to be imported, and queue it.

        Whoever works off the queue imports it, if the process that took it in dies.

        Raises:
            UnreadableTable: the file cannot be read, or changes just now.
        """
        try:
            return self._queue_table(kind, path, options)
        except FileChanged as error:
            raise UnreadableTable(str(error)) from error
        except OSError as error:
            raise UnreadableTable(
                f"{path} cannot be opened: {error.strerror}. Check the path."
            ) from error

    def _queue_table(self, kind: IntakeKind, path: Path, options: dict[str, object]) -> IntakeItem:
        content_hash = hash_file(path)
        while True:
            original = self._home.keep_original(path, content_hash)
            item = self._intake.add(
                kind,
                f"{content_hash}:{hash_text(json.dumps(options, sort_keys=True))[:12]}",
                original=original,
                name=_plain(path),
                source=_plain(path.resolve()),
                options=options,
                is_kept=(self._home.originals / original).exists,
                again=True,
            )
            if item is not None:
                return item

    def _is_upload(self, path: Path) -> bool:
        return path.resolve().is_relative_to(self._home.cache)

    def _source(self, path: Path) -> str:
        """What tells two files without a printed number apart: the path, of an upload the name.

        Each upload lies in a folder of its own, so its path would never be that of its forerunner.
        """
        return _plain(Path(f"upload/{path.name}") if self._is_upload(path) else path.resolve())


def _plain(path: Path) -> str:
    """A path as text; bytes of its name that are no UTF-8 are replaced."""
    return os.fsencode(path).decode("utf-8", "replace")


def expand(paths: Sequence[Path]) -> Iterable[Path]:
    """Files as they are, folders as the readable files in them, hidden ones left out.

    A folder without such a file stands for itself: reading it fails and says why.
    """
    for path in paths:
        yield from _readable_files(path) or [path]


def _readable_files(folder: Path) -> list[Path]:
    try:
        return [
            file
            for file in sorted(folder.rglob("*") if folder.is_dir() else ())
            if file.suffix.lower() in READERS
            and not any(part.startswith(".") for part in file.relative_to(folder).parts)
            and not file.is_dir()
        ]
    except OSError:
        return []  # the folder itself is then reported
