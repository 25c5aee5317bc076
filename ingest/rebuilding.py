"""Make the knowledge again from the originals and the records, as if nothing had been there."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import sqlalchemy as sa

from index import tables
from index.access import LOCAL, Principal
from index.asset_aliases import AssetAliases
from index.catalog import EVERY_STATUS, Catalog
from index.corrections import Corrections
from index.database import open_engine, outside_transaction, write_back
from index.decisions import Decision, Decisions
from index.document_status import approve, restore, withdraw
from index.embedding import Embedder
from index.errors import HomeError
from index.facts.exclusions import Exclusions
from index.home import Home
from index.intake import Intake
from index.intake_items import IntakeItem
from index.steps import step
from index.storing import drop_unused_vectors
from index.ticket_embedding import take_known_vectors
from ingest.errors import IngestError
from ingest.pipeline import FileReport, Pipeline
from ingest.table_importing import import_table
from ingest.ticket_sources import TicketSources

Shown = Callable[[str, int, int], None]
"""Called with the name of a file and how many files are done, of how many."""


def rebuild(home: Home, records: sa.Engine, embedder: Embedder, shown: Shown) -> list[FileReport]:
    """Make the knowledge database anew and put it in the old one's place; return what failed.

    Vectors are taken from the old one where it still gives them. Nobody may serve the home or
    change its knowledge meanwhile; the caller's own connections to it are to be closed. A file that
    cannot be read any more is failed in the intake.

    Raises:
        HomeError: a server or an ingestion runs, or an original is missing; the old knowledge
            stays.
    """
    lock = home.lock_server()
    try:
        with home.changing_knowledge(alone=True):
            return _rebuild(home, records, embedder, shown)
    finally:
        lock.release()


def _rebuild(home: Home, records: sa.Engine, embedder: Embedder, shown: Shown) -> list[FileReport]:
    intake = Intake(records)
    items = intake.items(LOCAL, "done")
    missing = [item.name for item in items if not (home.originals / item.original).is_file()]
    if missing:
        raise HomeError(
            f"{len(missing)} originals are missing, the first is that of {missing[0]}. "
            f"Restore {home.originals} from a backup."
        )
    draft = home.rebuilt
    home.drop_rebuilt()
    try:
        engine = open_engine(draft, tables.MIGRATIONS)
        catalog = Catalog(engine)
        old = _copy_vectors(home.knowledge, engine)
        AssetAliases(records, catalog).fill(engine)
        Exclusions(records, catalog).fill(engine)
        failed = dict(_replay(items, home, catalog, records, embedder, shown))
        take_known_vectors(catalog, embedder.identity)
        drop_unused_vectors(catalog)
        new = catalog.uid()
        write_back(engine)
        engine.dispose()
        _empty_log(home.knowledge)
        step("before rebuild swap")
        # A log of the old database must never be read into the new one.
        for suffix in ("-wal", "-shm"):
            home.knowledge.with_name(home.knowledge.name + suffix).unlink(missing_ok=True)
        step("rebuild log gone")
        draft.replace(home.knowledge)
        step("rebuild swapped")
        if old and not failed:
            TicketSources(records).follow_rebuild(old, new)
        for item_id, report in failed.items():
            intake.revise(item_id, "failed", report.reason)
        return list(failed.values())
    finally:
        home.drop_rebuilt()


def _empty_log(path: Path) -> None:
    """Bring what stands in the log of a database, perhaps a damaged one, into its file.

    Raises:
        HomeError: somebody is reading it.
    """
    if not path.is_file():
        return
    connection = sqlite3.connect(path, timeout=5.0)
    try:
        (is_busy, *_) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.DatabaseError:
        return  # damaged: what its log holds is of no use
    finally:
        connection.close()
    if is_busy:
        raise HomeError(
            f"Another process reads {path}. Wait until it has ended, and start the rebuild again."
        )


def _replay(
    items: list[IntakeItem],
    home: Home,
    catalog: Catalog,
    records: sa.Engine,
    embedder: Embedder,
    shown: Shown,
) -> Iterator[tuple[int, FileReport]]:
    """Do again what was done, in that order; yield what failed, by its place in the intake.

    Assets come first, as documents and tickets are linked to them.
    """
    pipeline = Pipeline(home, catalog, Corrections(records), embedder)
    stored_at = {item.content_hash: item.finished_at or "" for item in items}
    events: list[tuple[str, int, IntakeItem | Decision]] = [
        ("" if item.kind == "assets" else item.finished_at or "", item.item_id, item)
        for item in items
    ]
    for decision in Decisions(records).all():
        # Never before the file: it may have been decided upon before its worker said that it is in.
        at = max(decision.at, stored_at.get(decision.content_hash, ""))
        events.append((at, len(items) + decision.number, decision))
    done = 0
    for _, _, event in sorted(events, key=_place):
        if isinstance(event, Decision):
            _decide(catalog, event)
            continue
        shown(event.name, done, len(items))
        done += 1
        if event.kind == "document":
            report = pipeline.run(event, lambda *_: True)
            if report.outcome == "failed":
                yield event.item_id, report
        else:
            try:
                import_table(catalog, embedder, home.originals, event)
            except IngestError as error:
                yield event.item_id, FileReport(Path(event.name), "failed", str(error))


def _place(event: tuple[str, int, IntakeItem | Decision]) -> tuple[str, bool, int]:
    at, number, what = event
    return at, isinstance(what, Decision), number


def _decide(catalog: Catalog, decision: Decision) -> None:
    stored = catalog.find_content(decision.content_hash)
    if stored is None:
        return
    if decision.status == "approved":
        approve(catalog, [stored.revision_id], is_past=True)
    elif decision.status == "withdrawn":
        withdraw(catalog, [stored.revision_id])
    else:
        restore(catalog, {decision.content_hash: decision.status})


def _copy_vectors(old: Path, engine: sa.Engine) -> str:
    """Take the vectors of the old database, if it still opens: they cost most of the time.

    Returns the name of that database, empty if it does not open.
    """
    if not old.is_file():
        return ""
    with outside_transaction(engine) as connection:
        try:
            connection.exec_driver_sql("ATTACH DATABASE ? AS old", (str(old),))
            connection.exec_driver_sql("INSERT OR IGNORE INTO vector SELECT * FROM old.vector")
            uid = connection.exec_driver_sql("SELECT uid FROM old.knowledge").scalar_one()
            connection.exec_driver_sql("DETACH DATABASE old")
        except sa.exc.DatabaseError:
            return ""  # damaged: they are made again
    return str(uid)


def adopt(catalog: Catalog, intake: Intake, principal: Principal) -> int:
    """Write documents into the intake that it does not know to be in; return how many were new.

    The home was made before there was an intake, or a worker died at the very end.
    """
    known = {item.content_hash: item for item in intake.items(LOCAL) if item.kind == "document"}
    adopted = 0
    for stored in catalog.documents(principal, EVERY_STATUS):
        if stored.kind == "history" or not stored.original:
            continue
        if (before := known.get(stored.content_hash)) is not None:
            if before.state in ("failed", "cancelled"):  # its worker died when it was in already
                intake.revise(before.item_id, "done", at=stored.ingested_at)
            continue
        item = intake.add(
            "document",
            stored.content_hash,
            original=stored.original,
            name=stored.source,
            source=stored.source,
            options={"site": stored.site, "groups": list(stored.groups)},
        )
        if item is not None:
            intake.finish(item.item_id, "done", "", {}, at=stored.ingested_at)
            adopted += 1
    return adopted
