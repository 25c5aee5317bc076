"""A home that is worked on by processes that may die, and what must hold of it afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from assistant import record_tables
from index import tables
from index.access import LOCAL
from index.asset_aliases import AssetAliases
from index.assets import AssetRegister
from index.caches import Caches
from index.catalog import EVERY_STATUS, Catalog, StoredDocument
from index.checking import find_faults, fingerprint
from index.corrections import Corrections
from index.database import open_engine
from index.decisions import Decisions
from index.errors import KnowledgeError
from index.home import Home, hash_file
from index.intake import Intake
from index.ticket_tables import ticket
from ingest.accepting import Desk
from ingest.curation import Curator
from ingest.pipeline import FileReport, Pipeline
from ingest.rebuilding import adopt, rebuild
from ingest.spool import Spool
from ingest.table_keeping import TableKeeper
from ingest.tables import Source
from ingest.tagging import Stated
from ingest.ticket_plan import Options
from ingest.tickets import TicketImporter, import_assets
from ingest.worker import Worker
from tests.hash_embedder import HashEmbedder
from tests.soak.processes import Say


@dataclass
class Plant:
    """The parts of ingestion over a home, as :mod:`ui.wiring` puts them together."""

    home: Home
    records: sa.Engine
    catalog: Catalog
    intake: Intake
    desk: Desk
    worker: Worker
    curator: Curator
    keeper: TableKeeper
    importer: TicketImporter
    aliases: AssetAliases

    @classmethod
    def open(cls, folder: Path) -> Plant:
        home = Home(folder)
        records = open_engine(home.records, record_tables.MIGRATIONS)
        catalog = Catalog(open_engine(home.knowledge, tables.MIGRATIONS))
        intake, corrections = Intake(records), Corrections(records)
        desk = Desk(home, intake)
        worker = Worker(home, intake, desk, Pipeline(home, catalog, corrections, HashEmbedder()))
        curator = Curator(home, catalog, intake, corrections, Decisions(records))
        keeper = TableKeeper(home, intake)
        importer = TicketImporter(catalog, HashEmbedder(), home.cache)
        aliases = AssetAliases(records, catalog)
        parts = (desk, worker, curator, keeper, importer, aliases)
        return cls(home, records, catalog, intake, *parts)

    def prepare(self) -> None:
        """What every start does before anything is taken in."""
        adopt(self.catalog, self.intake, LOCAL)
        self.curator.finish_deletions()
        self.aliases.carry_out()

    def recover(self) -> list[FileReport]:
        """Start again after a failure: finish what was begun and read what is queued."""
        self.prepare()
        return list(self.worker.work(lambda *_: None))

    def ingest(self, paths: Iterable[Path], *, hold: bool = False) -> Iterator[FileReport]:
        yield from self.worker.ingest(LOCAL, list(paths), Stated(), lambda *_: None, hold=hold)

    def stored(self) -> list[StoredDocument]:
        return [d for d in self.catalog.documents(LOCAL, EVERY_STATUS) if d.kind != "history"]

    @contextmanager
    def caches(self) -> Iterator[Caches]:
        yield Caches(self.catalog, HashEmbedder(), self.home.cache)

    def faults(self) -> list[str]:
        with self.caches() as caches:
            identity = HashEmbedder.identity
            return find_faults(self.home, self.catalog, caches, identity, self.intake)

    def rebuild(self) -> list[str]:
        """Make the knowledge anew; return what is another than before."""
        before = fingerprint(self.catalog)
        self.catalog.engine.dispose()
        failed = rebuild(self.home, self.records, HashEmbedder(), lambda *_: None)
        after = fingerprint(self.catalog)
        self.catalog.engine.dispose()
        return [
            *(f"the rebuild lost {report.path}: {report.reason}" for report in failed),
            *(
                f"{name} is another after a rebuild"
                for name in before
                if before[name] != after[name]
            ),
        ]

    def state(self) -> dict[str, Any]:
        """What a check compares: revisions by content, and the queue."""
        return {
            "revisions": [
                [d.content_hash, d.status, d.title, d.number, d.document_id] for d in self.stored()
            ],
            "queue": [
                [i.content_hash, i.state, i.name, i.reason] for i in self.intake.items(LOCAL)
            ],
            "tickets": self._tickets(),
            "originals": sorted(path.name for path in self.home.originals.iterdir()),
            "assets": {
                asset.tag: asset.name for asset in AssetRegister(self.catalog.engine).list(LOCAL)
            },
        }

    def _tickets(self) -> dict[str, str]:
        """The titles of all tickets by their number; a ticket is found by what it says."""
        chunk = tables.chunk.c
        query = sa.select(ticket.c.source_id, ticket.c.title, chunk.search_text).outerjoin(
            tables.chunk, chunk.id == ticket.c.chunk_id
        )
        with self.catalog.engine.connect() as connection:
            rows = connection.execute(query).all()
        return {row.source_id: row.title if row.search_text == row.title else "?" for row in rows}


def carry_out(plant: Plant, task: Mapping[str, Any], say: Say) -> None:
    """Do one task and say so, each file and each document on a line of its own."""
    match task["do"]:
        case "ingest":
            names = [Path(name) for name in task["files"]]
            hashes = {str(path): hash_file(path) for path in names}
            say({"begun": "ingest", "hashes": list(hashes.values())})
            for report in plant.ingest(names, hold=task["hold"]):
                line = {"done": "ingest", "file": str(report.path), "outcome": report.outcome}
                say({**line, "hash": hashes[str(report.path)], "reason": report.reason})
        case "assets":
            path = Path(task["files"][0])
            item = plant.desk.take_table(LOCAL, "assets", path, {})
            import_assets(AssetRegister(plant.catalog.engine), path)
            plant.intake.finish(item.item_id, "done", "", {})
            say({"done": "assets", "name": task["name"]})
        case "tickets":
            _import_tickets(plant, task, say)
        case "alias":
            _confirm(plant, task, say)
        case "rebuild":
            plant.prepare()
            say({"done": "rebuild", "faults": plant.rebuild()})
        case "search":
            with plant.caches() as caches:
                caches.follow()
            say({"done": "search"})
        case _:
            _decide(plant, task, say)


def _import_tickets(plant: Plant, task: Mapping[str, Any], say: Say) -> None:
    path, options = Path(task["files"][0]), Options()
    say({"begun": "tickets", "rows": task["rows"]})
    with plant.home.changing_knowledge():
        if task["is_fetched"]:
            rows = Spool("SQL")
            named = ({"id": key, "asset": "old press", "title": title, "date": task["date"]}
                     for key, title in task["rows"].items())  # fmt: skip
            rows.write_objects(enumerate(named, start=1))
            item = plant.keeper.keep_rows(LOCAL, rows, "query", "cmms", options)
            assert item is not None
            found: Source = rows
        else:
            item = plant.keeper.keep_file(LOCAL, path, "cmms", options)
            found = plant.keeper.open(item)
        name = Path(item.name)
        with plant.keeper.importing(item):
            plant.importer.import_source(
                found, name, "cmms", options, lambda *_: None, at=item.taken_at
            )
    say({"done": "tickets"})


def _confirm(plant: Plant, task: Mapping[str, Any], say: Say) -> None:
    try:
        if task["is_removed"]:
            plant.aliases.remove(LOCAL, "Old press")
        else:
            plant.aliases.confirm(LOCAL, [("Old press", "P-1")])
    except KnowledgeError as error:
        say({"done": "refused", "why": str(error)})
        return
    say({"done": "alias"})


def _decide(plant: Plant, task: Mapping[str, Any], say: Say) -> None:
    stored = plant.stored()
    if not stored:
        return
    chosen = stored[task["which"] % len(stored)]
    line = {"done": task["do"], "hash": chosen.content_hash}
    if task["do"] in ("withdraw", "approve"):
        say({"begun": task["do"], "hashes": [chosen.content_hash]})
    try:
        match task["do"]:
            case "withdraw":
                plant.curator.withdraw(LOCAL, [chosen.revision_id], "worn out")
            case "approve":
                plant.curator.approve(LOCAL, [chosen.revision_id])
            case "correct":
                plant.curator.correct(LOCAL, chosen.revision_id, {"title": task["title"]})
                line["title"] = task["title"]
                line["document"] = chosen.document_id
            case "delete":
                same = [d.content_hash for d in stored if d.document_id == chosen.document_id]
                say({"begun": "delete", "hashes": same})
                with plant.caches() as caches:
                    gone = plant.curator.delete(LOCAL, chosen.document_id, lambda: caches)
                line["hashes"] = list(gone.content_hashes)
                line["traces"] = {name: n for name, n in gone.traces.items() if n}
            case other:
                raise ValueError(other)
    except KnowledgeError as error:
        line = {"done": "refused", "why": str(error)}
    say(line)
