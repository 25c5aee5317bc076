"""A small plant for tests of facts: a knowledge database, tickets from rows, a look at facts."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from index.catalog import Catalog
from index.facts.fact_tables import fact
from index.facts.plant import Plant
from index.facts.record import PlainPlant, Record
from ingest.plant_toml import read_plant
from ingest.ticket_plan import Options
from ingest.tickets import ImportReport, TicketImporter
from tests.hash_embedder import HashEmbedder

PLANT = """
[[site]]
name = "North"
time_zone = "Europe/Berlin"
currency = "EUR"
[[site.shift]]
name = "early"
from = "06:00"
to = "14:00"
[[site.shift]]
name = "late"
from = "14:00"
to = "22:00"
[[site.shift]]
name = "night"
from = "22:00"
to = "06:00"

[[site]]
name = "South"
time_zone = "Asia/Shanghai"
currency = "CNY"

[[team]]
name = "mechanical"
also = ["机械班", "Mechanics"]

[[name]]
field = "delay_reason"
value = "parts"
also = ["waiting for spares"]
"""


@dataclass
class FactPlant:
    """Tickets of a home, imported from rows, with their facts."""

    catalog: Catalog
    folder: Path
    plant: Plant = field(default_factory=lambda: read_plant(PLANT, "plant.toml"))

    @property
    def record(self) -> Record:
        """What figures are computed from."""
        return Record(self.catalog.engine, PlainPlant(self.plant))

    def put(self, *rows: dict[str, str], zone: str = "", site: str = "") -> ImportReport:
        """Import rows; the columns are those that any of them has."""
        header = list(dict.fromkeys(name for row in rows for name in row))
        path = self.folder / "tickets.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            out = csv.DictWriter(file, header)
            out.writeheader()
            out.writerows(rows)
        importer = TicketImporter(self.catalog, HashEmbedder())
        options = Options(timezone=zone, site=site, date_order="dmy")
        return importer.import_file(path, "s", lambda *_: None, options)

    def facts(self) -> dict[str, Any]:
        """The facts by the numbers of the tickets, made anew where they are stale."""
        self.record.fresh()
        with self.catalog.engine.connect() as connection:
            return {row.locator: row for row in connection.execute(sa.select(fact))}

    def one(self, row: dict[str, str], **options: str) -> Any:
        """The facts of a ticket that is imported alone."""
        number = f"T-{len(self.facts()) + 1}"
        self.put({"ticket_id": number, "title": f"leak {number}", **row}, **options)
        return self.facts()[number]
