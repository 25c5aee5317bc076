"""Keep what tables were read from, and note it in the intake, before it is imported.

So a rebuild and a restored home have it without any network, and an import that was cut off is
finished by whoever works off the intake next.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.access import Principal
from index.errors import FileChanged
from index.home import Home, hash_file, hash_text
from index.intake import Intake
from index.intake_items import IntakeItem
from index.steps import step
from ingest.accepting import check_tables
from ingest.errors import IngestError, UnreadableTable
from ingest.spool import ENDING, Spool
from ingest.table_sources import open_kept
from ingest.tables import Source
from ingest.ticket_plan import Options


class TableKeeper:
    """Keeps the tables of tickets of one home."""

    def __init__(self, home: Home, intake: Intake) -> None:
        self._home = home
        self._intake = intake

    def keep_rows(
        self,
        principal: Principal,
        rows: Spool,
        name: str,
        system: str,
        options: Options,
        *,
        known: str = "",
    ) -> IntakeItem | None:
        """Keep records that were fetched; ``name`` is what reports and citations call them.

        None, with nothing noted, if they are those whose ``content_hash`` in the intake is known.

        Raises:
            NotAllowed: the principal may not import tables.
            UnreadableTable: the disk is full.
        """
        check_tables(principal)
        with tempfile.TemporaryDirectory(dir=self._home.cache) as folder:
            path = Path(folder) / f"rows{ENDING}"
            try:
                content_hash = rows.keep(path)
            except OSError as error:
                raise _unkept(Path(name), self._home.originals, error) from error
            told: dict[str, object] = {**options.packed(), "system": system}
            if _key(content_hash, name, told) == known:
                return None
            item = self._keep(principal, path, content_hash, name, told)
        rows.kept = self._home.originals / item.original
        return item

    def keep_file(
        self,
        principal: Principal,
        path: Path,
        system: str,
        options: Options,
        *,
        leave_last: bool = False,
    ) -> IntakeItem:
        """Keep a file; with ``leave_last`` its last line is still being written.

        Raises:
            NotAllowed: the principal may not import tables.
            UnreadableTable: it cannot be read, changes just now, or the disk is full.
        """
        check_tables(principal)
        try:
            content_hash = hash_file(path)
        except OSError as error:
            raise UnreadableTable(
                f"{path} cannot be opened: {error.strerror}. Check the path and its permissions."
            ) from error
        told: dict[str, object] = {**options.packed(), "system": system}
        if leave_last:
            told["leave_last"] = True
        name = os.fsencode(path).decode("utf-8", "replace")
        return self._keep(principal, path, content_hash, name, told)

    def _keep(
        self,
        principal: Principal,
        path: Path,
        content_hash: str,
        name: str,
        told: dict[str, object],
    ) -> IntakeItem:
        while True:
            try:
                original = self._home.keep_original(path, content_hash)
            except FileChanged as error:
                raise UnreadableTable(str(error)) from error
            except OSError as error:
                raise _unkept(path, self._home.originals, error) from error
            item = self._intake.add(
                "tickets",
                _key(content_hash, name, told),
                original=original,
                name=name,
                source=name,
                options=told,
                by=principal.user,
                is_kept=(self._home.originals / original).exists,
                again=True,  # of tables the order matters
            )
            if item is not None:
                step("intake row written")
                return item

    def open(self, item: IntakeItem) -> Source:
        """The records of a kept table.

        Raises:
            UnreadableTable: the original is damaged or gone.
        """
        path = self._home.originals / item.original
        try:
            return open_kept(path, item.options)
        except UnreadableTable as error:
            raise UnreadableTable(str(error).replace(str(path), item.name)) from error

    @contextmanager
    def importing(self, item: IntakeItem) -> Iterator[None]:
        """Note what becomes of an item while the block imports it."""
        try:
            yield
        except IngestError as error:
            self._intake.finish(item.item_id, "failed", str(error), {})
            raise
        self._intake.finish(item.item_id, "done", "", {})


def _key(content_hash: str, name: str, told: dict[str, object]) -> str:
    """What tells imports apart: the same content read in the same way is imported once."""
    return f"{content_hash}:{hash_text(json.dumps([name, told], sort_keys=True))[:12]}"


def _unkept(path: Path, originals: Path, error: OSError) -> UnreadableTable:
    return UnreadableTable(
        f"{path} cannot be copied into {originals}: {error.strerror or error}. "
        "Check the file and the space on the disk."
    )
