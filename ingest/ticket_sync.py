"""Take from a source what is new or changed since the last time.

Nothing is lost: what was taken is remembered only after it is stored, and times are asked for with
an overlap. Nothing doubles: a row is known by its system and number, so taking it again changes
nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from index.access import Principal
from ingest.delimited import Delimited
from ingest.errors import IngestError, UnreadableTable
from ingest.table_keeping import TableKeeper
from ingest.table_sources import ENDINGS
from ingest.ticket_fetch import fetch_sql, fetch_url
from ingest.ticket_mapping import load_mapping
from ingest.ticket_plan import Options
from ingest.ticket_sources import TicketSource, TicketSources
from ingest.tickets import ImportReport, Progress, TicketImporter

OVERLAP = timedelta(minutes=10)
"""How far before the last change a source is asked again: clocks differ and commits are late."""
_GROWING = (".csv", ".tsv", ".txt")
_FRESH_S = 10.0  # a file without an end of line that was written this recently is still written

Taken = tuple[list[ImportReport], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Synced:
    """What a pass over a source did; ``error`` is empty where all of it worked."""

    name: str
    reports: tuple[ImportReport, ...] = ()
    error: str = ""


class TicketSync:
    """Follows the sources of a plant."""

    def __init__(
        self,
        principal: Principal,
        importer: TicketImporter,
        sources: TicketSources,
        keeper: TableKeeper,
        knowledge: str,
    ) -> None:
        """``knowledge`` names the knowledge database: a new one is filled from the beginning."""
        self._principal = principal
        self._importer = importer
        self._keeper = keeper
        self._sources = sources
        self._knowledge = knowledge

    def sync(
        self, name: str, progress: Progress = lambda *_: None, *, again: bool = False
    ) -> Synced:
        """Take what is new or changed, or with ``again`` everything.

        Raises:
            UnreadableTable: there is no such source.
        """
        source = self._sources.get(name)
        is_known = source.state.get("knowledge") == self._knowledge and not again
        state: Mapping[str, Any] = source.state if is_known else {}
        take: Callable[[TicketSource, Mapping[str, Any], Progress], Taken]
        take = self._files if source.kind in ("file", "folder") else self._rows
        try:
            reports, taken = take(source, state, progress)
        except IngestError as error:
            self._sources.failed(name, str(error))
            return Synced(name, error=str(error))
        self._sources.succeeded(name, {**taken, "knowledge": self._knowledge})
        return Synced(name, tuple(reports))

    def _files(self, source: TicketSource, state: Mapping[str, Any], progress: Progress) -> Taken:
        """Take the files that are new or changed; one that fails is tried again next time."""
        seen = dict(state.get("files", {}))
        reports = []
        for path in _files_of(source):
            mark = _mark(path)
            if seen.get(str(path)) == mark:
                continue
            options = _options(source)
            system = _system(source, options)
            is_growing = path.suffix.lower() in _GROWING and _is_being_written(path)
            item = self._keeper.keep_file(
                self._principal, path, system, options, leave_last=is_growing
            )
            with self._keeper.importing(item):
                opened = self._keeper.open(item)
                is_growing = is_growing and isinstance(opened, Delimited)
                reports.append(
                    self._importer.import_source(
                        opened, path, system, options, progress, at=item.taken_at
                    )
                )
            if is_growing:
                continue  # its last line is taken next time
            seen[str(path)] = mark
            self._sources.succeeded(
                source.name, {**state, "files": dict(seen), "knowledge": self._knowledge}
            )
        return reports, {"files": seen}

    def _rows(self, source: TicketSource, state: Mapping[str, Any], progress: Progress) -> Taken:
        since = _earlier(state.get("since", ""))
        options, told = _options(source), source.options
        if source.kind == "sql":
            found = fetch_sql(source.location, told.query, since)
        else:
            found = fetch_url(source.location, since, told.token_env, told.token_form)
        if not found.rows:
            return [], dict(state)
        system = _system(source, options)
        known = str(state.get("rows", ""))
        item = self._keeper.keep_rows(
            self._principal, found, source.name, system, options, known=known
        )
        if item is None:  # nothing but the overlap, as it was taken the last time
            return [], dict(state)
        with self._keeper.importing(item):
            report = self._importer.import_source(
                found, Path(source.name), system, options, progress, at=item.taken_at
            )
        asks_since = ":since" in told.query or "{since}" in source.location
        if asks_since and not report.latest_change:
            raise UnreadableTable(
                f"The source {source.name!r} asks for what was changed since a time, but no column "
                "holds the time of the last change. Name it 'changed_at', or map it with --mapping."
            )
        latest = max(report.latest_change, state.get("since", ""))
        taken = {"rows": item.content_hash}
        return [report], {**taken, "since": latest} if latest else taken


def _options(source: TicketSource) -> Options:
    told = source.options
    mapping = load_mapping(told.mapping) if told.mapping else Options().mapping
    return Options(
        mapping,
        told.encoding,
        told.delimiter,
        told.date_order,
        told.sheet,
        told.timezone,
        told.site,
        told.groups,
    )


def _system(source: TicketSource, options: Options) -> str:
    return source.options.system or options.mapping.system or source.name


def _files_of(source: TicketSource) -> list[Path]:
    place = Path(source.location)
    if source.kind == "file":
        return [place]
    if not place.is_dir():
        raise UnreadableTable(f"{place} is no folder. Check the path and its permissions.")
    found = [
        path
        for path in place.glob(source.options.pattern)
        if path.is_file()
        and path.suffix.lower() in ENDINGS
        and not path.name.startswith((".", "~"))
    ]
    return sorted(found, key=lambda path: (path.stat().st_mtime_ns, path.name))


def _mark(path: Path) -> str:
    """Changes when a file is written."""
    try:
        found = path.stat()
    except OSError as error:
        raise UnreadableTable(
            f"{path} cannot be opened: {error.strerror}. Check the path and its permissions."
        ) from error
    return f"{found.st_size}:{found.st_mtime_ns}:{found.st_ino}"


def _is_being_written(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(0, 2)
        if file.tell() == 0:
            return False
        file.seek(-1, 2)
        is_whole = file.read(1) in (b"\n", b"\r", b"\x00")
    return not is_whole and time.time() - path.stat().st_mtime < _FRESH_S


def _earlier(since: str) -> str:
    if not since:
        return ""
    return (datetime.fromisoformat(since) - OVERLAP).isoformat()
