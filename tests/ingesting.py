"""The parts of ingestion put together over a home, as the application does it."""

from __future__ import annotations

from assistant import record_tables
from index.catalog import Catalog
from index.corrections import Corrections
from index.database import open_engine
from index.decisions import Decisions
from index.embedding import Embedder
from index.home import Home
from index.intake import Intake
from ingest.accepting import Desk
from ingest.curation import Curator
from ingest.pipeline import Pipeline
from ingest.worker import Worker


def intake_of(home: Home) -> Intake:
    return Intake(open_engine(home.records, record_tables.MIGRATIONS))


def worker_of(home: Home, catalog: Catalog, embedder: Embedder) -> Worker:
    engine = open_engine(home.records, record_tables.MIGRATIONS)
    intake = Intake(engine)
    pipeline = Pipeline(home, catalog, Corrections(engine), embedder)
    return Worker(home, intake, Desk(home, intake), pipeline)


def curator_of(home: Home, catalog: Catalog) -> Curator:
    engine = open_engine(home.records, record_tables.MIGRATIONS)
    return Curator(home, catalog, Intake(engine), Corrections(engine), Decisions(engine))
