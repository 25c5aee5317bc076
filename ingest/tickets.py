"""Import tickets and asset registers from tables."""

from __future__ import annotations

import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from index.access import LOCAL
from index.assets import Asset, AssetRegister
from index.catalog import Catalog
from index.chunk_rows import batches as chunk_batches
from index.database import now, writing
from index.embedding import Embedder
from index.home import hash_text
from index.intake_items import IntakeItem
from index.lexical_following import LexicalFollower
from index.ticket_assets import assign_again
from index.ticket_embedding import count_waiting
from index.ticket_events import link_same_events
from index.ticket_rows import Packed
from index.ticket_tables import ticket_batch
from index.tickets import Outcome, put_packed
from ingest.errors import UnreadableTable
from ingest.long_texts import JOINED
from ingest.table_sources import open_kept, open_source
from ingest.tables import Row, Source, read_table
from ingest.ticket_batches import can_be_read_apart, read_apart, read_here
from ingest.ticket_plan import Options, Plan, plan_import, unpack_options
from ingest.ticket_reader import Origin

EMBED_AT_ONCE = 5_000
"""A table of more rows is stored first; its vectors are made later."""
KEPT = 10_000
"""How many flagged and skipped rows a report names; it counts them all."""
READ_APART = 20_000
"""A table of more rows is read by a process of its own."""
_TRANSACTION, _LARGE = 500, 2_000  # tickets; at most some 0.2 s, so that others can write
_EMBEDDED = 256  # texts
_LAG = 8_000  # chunks that the lexical index may be behind

Progress = Callable[[int, int], None]
"""Called with how many rows are done, of how many."""


@dataclass(frozen=True, slots=True)
class Flagged:
    """A row that is in, with what is odd about it."""

    row: int
    ticket_id: str
    reasons: tuple[str, ...]


@dataclass
class ImportReport:
    """What an import did; the outcomes of the rows add up to ``read``.

    ``skipped`` are records that are no tickets, by line, ``joined`` rows of a long text that were
    joined, ``duplicates`` links to the same event that are new, ``waiting`` tickets of this home
    that are not found by meaning yet.
    """

    path: Path
    columns: dict[str, str]
    encoding: str
    delimiter: str
    form: str = "text"
    batch: str = ""
    read: int = 0
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    unresolved_assets: int = 0
    flagged: list[Flagged] = field(default_factory=list)
    flagged_rows: int = 0
    skipped: list[tuple[int, str]] = field(default_factory=list)
    skipped_rows: int = 0
    joined: int = 0
    duplicates: int = 0
    waiting: int = 0
    notes: tuple[str, ...] = ()
    latest_change: str = ""
    seconds: float = 0.0


class TicketImporter:
    """Imports tables into one home."""

    def __init__(self, catalog: Catalog, embedder: Embedder, cache: Path | None = None) -> None:
        """``cache`` is the home's folder of caches; the search indexes in it follow an import."""
        self._catalog = catalog
        self._embedder = embedder
        self._cache = cache

    def plan_file(self, path: Path, options: Options | None = None) -> Plan:
        """Look at a file without storing anything.

        Raises:
            UnreadableTable: the file cannot be read or understood.
        """
        options = options or Options()
        mapping = options.mapping
        source = open_source(
            path,
            options.encoding or mapping.encoding,
            options.delimiter or mapping.delimiter,
            options.sheet or mapping.sheet,
        )
        return plan_import(source, str(path), options)

    def import_file(
        self, path: Path, system: str, progress: Progress, options: Options | None = None
    ) -> ImportReport:
        """Import a table; rows that are already in and unchanged are left alone.

        ``system`` names where the tickets come from; with the ticket number it is a row's key.

        Raises:
            UnreadableTable: the file cannot be read or no column with text is recognised.
        """
        return self.import_plan(self.plan_file(path, options), path, system, progress)

    def import_again(self, path: Path, item: IntakeItem) -> ImportReport:
        """Import a table that was kept when it was imported, as it was imported then.

        Raises:
            UnreadableTable: the file cannot be read any more.
        """
        told = item.options
        plan = plan_import(open_kept(path, told), item.name, unpack_options(told))
        system = str(told.get("system") or "import")
        return self.import_plan(
            plan, Path(item.name), system, lambda *_: None, at=item.taken_at, is_resumed=True
        )

    def import_source(
        self,
        source: Source,
        path: Path,
        system: str,
        options: Options,
        progress: Progress,
        *,
        at: str = "",
    ) -> ImportReport:
        """Import records that were fetched; ``path`` names them in reports and citations."""
        plan = plan_import(source, str(path), options)
        return self.import_plan(plan, path, system, progress, at=at)

    def import_plan(
        self,
        plan: Plan,
        path: Path,
        system: str,
        progress: Progress,
        *,
        at: str = "",
        is_resumed: bool = False,
    ) -> ImportReport:
        """Import a table as it was understood.

        ``at`` is when it was taken in (ISO 8601, UTC), now if empty. One that is resumed may be in,
        but for the links between its tickets.
        """
        started = time.monotonic()
        source = plan.table.source
        report = ImportReport(
            path, plan.columns, source.encoding, source.delimiter, source.form, uuid.uuid4().hex
        )
        self._begin(report, system)
        matcher = AssetRegister(self._catalog.engine).matcher(LOCAL)
        origin = Origin(system, path.name, report.batch, at)
        is_small = plan.rows <= EMBED_AT_ONCE
        is_apart = plan.rows > READ_APART and can_be_read_apart(plan)
        read = read_apart if is_apart else read_here
        size = _TRANSACTION if is_small else _LARGE
        times = _Times()
        with (
            self._following(plan.rows) as follower,
            closing(read(plan, matcher, origin, size)) as batches,
        ):
            for rows in batches:
                progress(report.read, plan.rows)
                times.add(rows)
                times.span(self._store(rows, report, is_small))
                if follower is not None:
                    follower.wait(_LAG)
        progress(plan.rows, plan.rows)
        is_new = report.outcomes.total() > report.outcomes["unchanged"]
        if times.first and (is_new or is_resumed):
            report.duplicates = link_same_events(self._catalog, times.first, times.last)
        report.skipped_rows = len(plan.table.skipped)
        report.skipped = plan.table.skipped[:KEPT]
        report.waiting = count_waiting(self._catalog, self._embedder.identity)
        report.notes = tuple(plan.notes)
        report.latest_change = times.changed
        report.seconds = time.monotonic() - started
        self._end(report)
        return report

    def _following(self, rows: int) -> LexicalFollower | nullcontext[None]:
        if self._cache is None or rows <= EMBED_AT_ONCE:
            return nullcontext()
        return LexicalFollower(self._catalog, self._cache)

    def _store(self, rows: Sequence[Packed], report: ImportReport, is_embedded: bool) -> list[str]:
        """Store tickets; return the times of report of those that were replaced."""
        identity = self._embedder.identity
        vectors = self._vectors(rows) if is_embedded else {}
        stored = put_packed(self._catalog, rows, identity, vectors, is_embedded=is_embedded)
        report.read += len(rows)
        report.outcomes.update(stored.outcomes)
        for row in rows:
            report.unresolved_assets += row.asset_id is None
            if row.flags:
                report.flagged_rows += 1
                report.joined += any(flag.startswith(JOINED) for flag in row.flags)
                if len(report.flagged) < KEPT:
                    line = row.provenance[1]
                    report.flagged.append(Flagged(line, row.text.key, row.flags))
        return stored.times_before

    def _vectors(self, rows: Sequence[Packed]) -> dict[str, np.ndarray]:
        texts = {hash_text(row.text.search_text): row.text.search_text for row in rows}
        missing = self._catalog.missing_vectors(texts, self._embedder.identity)
        vectors: dict[str, np.ndarray] = {}
        for some in chunk_batches(missing, _EMBEDDED):
            found = self._embedder.embed([texts[key] for key in some])
            vectors.update(zip(some, found, strict=True))
        return vectors

    def _begin(self, report: ImportReport, system: str) -> None:
        row = {"id": report.batch, "source_system": system, "source": str(report.path)}
        with writing(self._catalog.engine) as connection:
            connection.execute(ticket_batch.insert(), {**row, "started_at": now(), "report": {}})

    def _end(self, report: ImportReport) -> None:
        told: dict[str, object] = {
            "read": report.read,
            **{str(outcome): count for outcome, count in report.outcomes.items()},
            "flagged": report.flagged_rows,
            "skipped": report.skipped_rows,
            "duplicates": report.duplicates,
            "unresolved_assets": report.unresolved_assets,
        }
        table = ticket_batch
        with writing(self._catalog.engine) as connection:
            connection.execute(
                table.update()
                .where(table.c.id == report.batch)
                .values(finished_at=now(), report=told)
            )


class _Times:
    """The first and the last time of report, and the last change, of the tickets of an import."""

    def __init__(self) -> None:
        self.first = self.last = self.changed = ""

    def add(self, rows: Iterable[Packed]) -> None:
        """Take in what tickets say now."""
        self.span(row.reported_at for row in rows if row.reported_at)
        self.changed = max(self.changed, *(row.changed_at or "" for row in rows))

    def span(self, times: Iterable[str]) -> None:
        """Take in times of report."""
        for at in times:
            self.first = min(self.first or at, at)
            self.last = max(self.last, at)


_CRITICALITY = ("criticality", "abc indicator", "kritikalität", "关键性", "重要度", "重要等级")
_ALSO_CALLED = ("also called", "also_called", "other names", "auch genannt", "别名", "又名")


def import_assets(register: AssetRegister, path: Path) -> int:
    """Import an asset register.

    It has tag, name, model, serial, class, location, site, area, line, criticality, other names.

    Tickets that are in are given the assets that they are about as far as is known now.

    Raises:
        UnreadableTable: the file cannot be read or has no column of tags.
    """
    table = read_table(path)
    names = {name.casefold().strip(): name for name in table.header}
    tag = next((names[n] for n in ("tag", "asset tag", "asset", "设备编号") if n in names), None)
    if tag is None:
        raise UnreadableTable(
            f"{path} has no column 'tag'; its columns are {', '.join(table.header)}. "
            "Name the column that holds the asset tags 'tag'."
        )

    def cell(row: Row, *wanted: str) -> str:
        return next((row.cells[names[name]] for name in wanted if name in names), "")

    count = register.put(
        Asset(
            tag=row.cells[tag],
            name=cell(row, "name", "description"),
            model=cell(row, "model", "type"),
            serial=cell(row, "serial", "serial number"),
            asset_class=cell(row, "class", "asset class"),
            location=cell(row, "location", "functional location"),
            site=cell(row, "site", "plant") or None,
            area=cell(row, "area", "bereich", "区域", "车间"),
            line=cell(
                row, "line", "production line", "linie", "produktionslinie", "产线", "生产线"
            ),
            criticality=cell(row, *_CRITICALITY),
            also_called=cell(row, *_ALSO_CALLED),
        )
        for row in table.rows
        if row.cells[tag]
    )
    assign_again(Catalog(register.engine))
    return count
