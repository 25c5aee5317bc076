"""Take files in: check them, keep their originals, queue them. Nothing is read here.

A file that somebody else took in already is the same item only for those who see that one; for all
others it is a new file, as if nobody had it.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from index.access import Principal
from index.auditing import Auditor, NoAuditor
from index.errors import FileChanged, NotAllowed
from index.home import Home, hash_file, hash_text
from index.intake import Intake
from index.intake_items import IntakeItem, IntakeKind
from index.steps import step
from index.visibility import check_reach, reach_of, sees_everything
from ingest.errors import IngestError, UnreadableDocument, UnreadableTable
from ingest.reading import READERS, check_file
from ingest.tagging import Stated

_TRIES, _PAUSE_S = 100, 0.05  # how long a deletion of the same content is waited for


class Desk:
    """Where files come in."""

    def __init__(self, home: Home, intake: Intake, audit: Auditor | None = None) -> None:
        self._home = home
        self._intake = intake
        self._audit = audit or NoAuditor()

    def accept(
        self, principal: Principal, paths: Sequence[Path], stated: Stated, *, hold: bool = False
    ) -> Iterator[tuple[Path, IntakeItem | IngestError]]:
        """Queue files and the readable files of folders; yield what became of each.

        When an item is yielded, the original is safe and the file may go.

        Raises:
            NotAllowed: the principal may not take files in, or not for this site and these groups.
        """
        check_intake(principal, stated)
        return self._accept(principal, paths, stated, hold=hold)

    def _accept(
        self, principal: Principal, paths: Sequence[Path], stated: Stated, *, hold: bool
    ) -> Iterator[tuple[Path, IntakeItem | IngestError]]:
        for path in expand(paths):
            yield path, self.accept_file(principal, path, stated, hold=hold)

    def accept_file(
        self, principal: Principal, path: Path, stated: Stated, *, hold: bool = False
    ) -> IntakeItem | IngestError:
        """Queue one file; return the item, or what is wrong with the file.

        Raises:
            NotAllowed: the principal may not take files in, or not for this site and these groups.
        """
        check_intake(principal, stated)
        try:
            return self._queue(principal, path, stated, hold=hold)
        except IngestError as error:
            return error
        except FileChanged as error:
            return UnreadableDocument(str(error))
        except OSError as error:
            return UnreadableDocument(
                f"{path} cannot be copied into {self._home.originals}: {error.strerror}. "
                "Check the file and the space on the disk, and add it again."
            )

    def _queue(self, principal: Principal, path: Path, stated: Stated, *, hold: bool) -> IntakeItem:
        check_file(path)
        file_hash = hash_file(path)
        known = self._intake.of_original(principal, file_hash)
        own = [item for item in known if principal.may_change(item.site, item.groups)]
        if known and not own and known[0].state in ("queued", "running", "done"):
            return known[0]  # everybody has it, and only others may say how it is to be read
        content_hash = own[0].content_hash if own else _content_of(principal, file_hash, stated)
        self._note(principal, "document", path, file_hash, hold=hold, site=stated.site)
        for _ in range(_TRIES):
            original = self._home.keep_original(path, file_hash)
            kept = self._home.originals / original
            item = self._intake.add(
                "document",
                content_hash,
                original=original,
                name=_plain(Path(path.name) if self._is_upload(path) else path),
                source=self._source(path),
                options={**stated.values(), "hold": hold},
                by=principal.user,
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

    def take_table(
        self, principal: Principal, kind: IntakeKind, path: Path, options: dict[str, object]
    ) -> IntakeItem:
        """Keep the original of a table that is to be imported, and queue it.

        Whoever works off the queue imports it, if the process that took it in dies. A table may
        change assets and tickets of any site.

        Raises:
            NotAllowed: the principal may not take files in, or does not see every site.
            UnreadableTable: the file cannot be read, or changes just now.
        """
        try:
            check_tables(principal)
            return self._queue_table(principal, kind, path, options)
        except FileChanged as error:
            raise UnreadableTable(str(error)) from error
        except OSError as error:
            raise UnreadableTable(
                f"{path} cannot be opened: {error.strerror}. Check the path."
            ) from error

    def _queue_table(
        self, principal: Principal, kind: IntakeKind, path: Path, options: dict[str, object]
    ) -> IntakeItem:
        content_hash = hash_file(path)
        self._note(principal, kind, path, content_hash)
        while True:
            original = self._home.keep_original(path, content_hash)
            item = self._intake.add(
                kind,
                f"{content_hash}:{hash_text(json.dumps(options, sort_keys=True))[:12]}",
                original=original,
                name=_plain(path),
                source=_plain(path.resolve()),
                options=options,
                by=principal.user,
                is_kept=(self._home.originals / original).exists,
                again=True,
            )
            if item is not None:
                return item

    def _note(
        self, by: Principal, kind: IntakeKind, path: Path, content_hash: str, **details: object
    ) -> None:
        """Log who takes in which file, before it is taken in."""
        name = os.fsencode(path.name).decode("utf-8", "replace")
        self._audit.note(by, "ingest", content_hash[:16], kind=kind, name=name, **details)

    def _is_upload(self, path: Path) -> bool:
        return path.resolve().is_relative_to(self._home.cache)

    def _source(self, path: Path) -> str:
        """What tells two files without a printed number apart: the path, of an upload the name.

        Each upload lies in a folder of its own, so its path would never be that of its forerunner.
        """
        return _plain(Path(f"upload/{path.name}") if self._is_upload(path) else path.resolve())


def _content_of(principal: Principal, file_hash: str, stated: Stated) -> str:
    """What a new content is known by: the hash of the file, or one of its own for its site.

    A principal of some sites always gets the second, so that it tells nothing about who else has
    the file.
    """
    if sees_everything(principal):
        return file_hash
    return hash_text(f"{file_hash}\n{reach_of(stated.site, stated.groups)}")


def check_intake(principal: Principal, stated: Stated) -> None:
    """Go on only if a principal may take files in for a site and groups.

    Raises:
        NotAllowed: the role does not allow it, or they are not the principal's own.
    """
    principal.require("ingest")
    check_reach(principal, stated.site, stated.groups)


def check_tables(principal: Principal) -> None:
    """Go on only if a principal may import tables, whose rows may be of any site.

    Raises:
        NotAllowed: the role does not allow it, or the principal does not see everything.
    """
    principal.require("ingest")
    if not sees_everything(principal):
        raise NotAllowed(
            "A table of tickets or assets may hold rows of every site, so only who sees every site "
            "and group may import one. Ask an administrator."
        )


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
