"""The record of the sample plant, as it is imported from examples/."""

from __future__ import annotations

import shutil
from pathlib import Path

from index import tables
from index.assets import AssetRegister
from index.catalog import Catalog
from index.database import open_engine
from index.facts.record import Record
from index.home import Home
from ingest.plant_files import PlantFiles
from ingest.ticket_plan import Options
from ingest.tickets import TicketImporter, import_assets
from tests.example_scripts import EXAMPLES
from tests.hash_embedder import HashEmbedder

TICKETS = {"tickets.csv": "Plant North", "tickets-south.csv": "Plant South"}


def build_record(folder: Path) -> None:
    """Import the assets, the plant's files and the tickets into a new home."""
    home = Home(folder)
    catalog = Catalog(open_engine(home.knowledge, tables.MIGRATIONS))
    import_assets(AssetRegister(catalog.engine), EXAMPLES / "assets.csv")
    (home.path / "plant").mkdir(exist_ok=True)
    for path in sorted((EXAMPLES / "plant").iterdir()):
        shutil.copyfile(path, home.path / "plant" / path.name)
    importer = TicketImporter(catalog, HashEmbedder())
    for name, site in TICKETS.items():
        report = importer.import_file(
            EXAMPLES / name, "cmms", lambda *_: None, Options(site=site, date_order="ymd")
        )
        assert report.outcomes["imported"] == report.read, report.outcomes
    catalog.engine.dispose()


def open_record(folder: Path) -> Record:
    """The record of a home that :func:`build_record` made, with its facts made."""
    home = Home(folder)
    record = Record(open_engine(home.knowledge, tables.MIGRATIONS), PlantFiles(home))
    record.fresh()
    return record
