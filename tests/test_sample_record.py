"""The record of the sample plant: tickets, planned work, meters, parts and their known totals."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import sqlalchemy as sa

from index import tables
from index.assets import AssetRegister
from index.catalog import Catalog
from index.database import open_engine
from index.facts.fact_tables import fact
from index.facts.freshening import freshen
from index.home import Home
from index.ticket_tables import ticket
from ingest.plant_files import PlantFiles
from ingest.tickets import import_assets
from tests.example_scripts import EXAMPLES, load
from tests.hash_embedder import HashEmbedder
from tests.shared_homes import import_record

FIRST = 500


def test_the_first_tickets_name_assets_of_the_register() -> None:
    first = _rows("tickets.csv")[:FIRST]
    assert [row["ticket_id"][-4:] for row in first] == [f"{n:04d}" for n in range(1, FIRST + 1)]
    assert {row["asset"] for row in first} <= _tags()


def test_the_record_is_what_its_scripts_write(tmp_path: Path) -> None:
    script = load("tickets")
    sites = script.make()
    script.write(tmp_path / "tickets.csv", sites)
    script.write_plant(tmp_path, sites)
    load("totals").write(tmp_path / "totals.json")
    names = sorted(path.name for path in tmp_path.iterdir())
    assert len(names) == 6
    for name in names:
        folder = EXAMPLES if (EXAMPLES / name).exists() else EXAMPLES / "plant"
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes(), name


def test_the_readme_tells_the_size_of_the_record() -> None:
    told = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    north, south = _rows("tickets.csv"), _rows("tickets-south.csv")
    assert f"{len(north)} tickets of Plant North" in told
    assert f"{len(south)} of Plant South" in told
    assert len(north) + len(south) >= 1_500
    ids = [row["ticket_id"] for row in (*north, *south)]
    assert len(set(ids)) == len(ids)


def test_what_was_reopened_and_what_work_is_planned_is_there() -> None:
    rows_ = _rows("tickets.csv") + _rows("tickets-south.csv")
    known = {row["ticket_id"]: row for row in rows_}
    reopening = [row for row in rows_ if row["reopened_from"]]
    assert len(reopening) > 10
    assert all(known[row["reopened_from"]]["reported_at"] < row["reported_at"] for row in reopening)
    assert {row["asset"] for row in _rows("plant/planned_work.csv")} <= _tags()
    assert {row["asset"] for row in _rows("plant/meters.csv")} <= _tags()
    parts = {row["part_no"] for row in _rows("plant/parts.csv")}
    assert {row["parts"].partition(" x ")[2] for row in rows_ if row["parts"]} <= parts


def test_an_import_finds_the_assets_and_the_doubles_that_the_totals_tell(home: Home) -> None:
    totals = load("totals").totals()
    catalog = Catalog(open_engine(home.knowledge, tables.MIGRATIONS))
    import_assets(AssetRegister(catalog.engine), EXAMPLES / "assets.csv")
    import_record(home, catalog, HashEmbedder())
    plant = PlantFiles(home)
    plant.sync(catalog.engine)
    assert plant.unknown_assets(catalog.engine) == {}
    column = ticket.c
    with catalog.engine.connect() as connection:
        doubles = connection.scalars(
            sa.select(column.source_id).where(column.duplicate_of.is_not(None))
        )
        assert sorted(doubles) == totals["duplicates"]
        unresolved = connection.scalars(
            sa.select(column.asset_raw).where(column.asset_id.is_(None))
        )
        assert dict(Counter(name or "none" for name in unresolved)) == totals["without_asset"]
        sites = connection.scalars(sa.select(column.site))
        assert dict(Counter(sites)) == totals["tickets"]
    freshen(catalog.engine, plant.load())
    with catalog.engine.connect() as connection:
        counted = connection.execute(
            sa.select(fact.c.asset, sa.func.count())
            .where(fact.c.is_failure == 1, fact.c.is_duplicate == 0)
            .group_by(fact.c.asset)
        )
        assert {row[0] or "none": row[1] for row in counted} == totals["failures_by_asset"]
        known = sa.select(sa.func.count()).where(
            fact.c.is_failure == 1, fact.c.is_duplicate == 0, fact.c.down_from.is_(None)
        )
        assert connection.scalar(known) == totals["stops_unknown"]
    catalog.engine.dispose()


def _rows(name: str) -> list[dict[str, str]]:
    with (EXAMPLES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _tags() -> set[str]:
    return {row["tag"] for row in _rows("assets.csv")}
