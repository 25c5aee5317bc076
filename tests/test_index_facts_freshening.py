"""Facts follow whatever changes: tickets, assets, names, exclusions, the plant, a rebuild."""

from __future__ import annotations

import itertools
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from assistant import record_tables
from index import tables
from index.access import LOCAL, Principal
from index.asset_aliases import AssetAliases
from index.assets import Asset, AssetRegister
from index.catalog import Catalog
from index.database import open_engine, writing
from index.facts import freshening
from index.facts.exclusions import Exclusions
from index.facts.fact_tables import fact, fact_part, fact_stale
from index.facts.fact_visibility import groups_key, visible_facts
from index.facts.plant import Plant, Site
from index.facts.record import PlainPlant, Record
from index.home import Home
from index.intake import Intake
from index.ticket_tables import ticket
from ingest.rebuilding import rebuild
from ingest.table_keeping import TableKeeper
from ingest.ticket_plan import Options
from ingest.tickets import TicketImporter
from tests.fact_plants import FactPlant
from tests.hash_embedder import HashEmbedder

ROW = {"ticket_id": "T-1", "asset": "P-1", "title": "leak", "type": "corrective"}


@pytest.fixture
def plant(catalog: Catalog, tmp_path: Path) -> FactPlant:
    AssetRegister(catalog.engine).put([Asset("P-1", asset_class="pump", site="North")])
    return FactPlant(catalog, tmp_path)


def _stale(plant: FactPlant) -> int:
    with plant.catalog.engine.connect() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(fact_stale)) or 0


def test_an_import_an_update_and_a_deletion(plant: FactPlant) -> None:
    plant.put(ROW, {**ROW, "ticket_id": "T-2", "title": "noise", "parts": "2 x AB"})
    assert _stale(plant) == 2
    assert {n: f.title for n, f in plant.facts().items()} == {"T-1": "leak", "T-2": "noise"}
    assert _stale(plant) == 0
    plant.put({**ROW, "title": "drips"})
    assert _stale(plant) == 1
    assert plant.facts()["T-1"].title == "drips"
    with writing(plant.catalog.engine) as connection:
        connection.execute(ticket.delete().where(ticket.c.uid == "s:T-2"))
    assert list(plant.facts()) == ["T-1"]
    with plant.catalog.engine.connect() as connection:
        assert connection.execute(sa.select(fact_part)).all() == []


def test_what_is_fresh_costs_one_statement(plant: FactPlant) -> None:
    plant.put(ROW)
    plant.facts()
    statements: list[str] = []
    sa.event.listen(
        plant.catalog.engine, "before_cursor_execute", lambda *a: statements.append(a[2])
    )
    assert plant.record.fresh() == 0
    assert [text.split()[0] for text in statements] == ["BEGIN", "SELECT"]


def test_many_stale_tickets_are_made_in_several_transactions(
    plant: FactPlant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(freshening, "AT_ONCE", 3)
    plant.put(*({**ROW, "ticket_id": f"T-{n}", "title": f"fault {n * 37}"} for n in range(10)))
    assert plant.record.fresh() == 10
    assert len(plant.facts()) == 10


def test_an_asset_that_changes_or_moves(plant: FactPlant) -> None:
    plant.put(ROW, {**ROW, "ticket_id": "T-2", "asset": "X"})
    plant.facts()
    register = AssetRegister(plant.catalog.engine)
    register.put([Asset("P-1", asset_class="pump", site="North")])
    assert _stale(plant) == 0  # it says the same
    register.put([Asset("P-1", asset_class="pump", site="North", line="Line 3")])
    assert _stale(plant) == 1
    assert plant.facts()["T-1"].line == "Line 3"
    register.put([Asset("P-1", asset_class="pump", site="South", line="Line 3")])
    found = plant.facts()["T-1"]
    assert (found.site, found.asset) == ("South", "P-1")


def test_an_alias_that_is_confirmed_and_taken_back(plant: FactPlant, tmp_path: Path) -> None:
    plant.put({**ROW, "asset": "the old one"})
    assert plant.facts()["T-1"].asset == ""
    records = open_engine(tmp_path / "records.db", record_tables.MIGRATIONS)
    aliases = AssetAliases(records, plant.catalog)
    aliases.confirm(LOCAL, [("the old one", "P-1")])
    assert plant.facts()["T-1"].asset == "P-1"
    aliases.remove(LOCAL, "the old one")
    assert plant.facts()["T-1"].asset == ""
    records.dispose()


def test_an_exclusion_that_is_made_and_taken_back(plant: FactPlant, tmp_path: Path) -> None:
    plant.put(ROW, {**ROW, "ticket_id": "T-2", "title": "noise"})
    plant.facts()
    records = open_engine(tmp_path / "records.db", record_tables.MIGRATIONS)
    exclusions = Exclusions(records, plant.catalog)
    exclusions.exclude(LOCAL, "T-1", "a test")
    assert {n: f.is_excluded for n, f in plant.facts().items()} == {"T-1": 1, "T-2": 0}
    exclusions.take_back(LOCAL, "T-1")
    assert plant.facts()["T-1"].is_excluded == 0
    records.dispose()


def test_two_tickets_of_one_event_and_one_that_reopens_another(plant: FactPlant) -> None:
    told = {**ROW, "title": "seal leaks oil on pump", "reported at": "2026-07-01 10:00"}
    again = {**told, "ticket_id": "T-2", "reported at": "2026-07-01 10:30"}
    plant.put(told, again, {**ROW, "ticket_id": "T-3", "title": "noise"})
    assert [f.is_duplicate for f in plant.facts().values()] == [0, 1, 0]
    plant.put({**ROW, "ticket_id": "T-4", "title": "again", "reopened from": "T-3"})
    found = plant.facts()
    assert {n: f.is_reopened for n, f in found.items()} == {"T-1": 0, "T-2": 0, "T-3": 1, "T-4": 1}
    plant.put({**ROW, "ticket_id": "T-4", "title": "again", "reopened from": "T-1"})
    found = plant.facts()
    assert {n: f.is_reopened for n, f in found.items()} == {"T-1": 1, "T-2": 0, "T-3": 0, "T-4": 1}
    plant.put({**ROW, "ticket_id": "T-5", "title": "heat", "status": "Reopened"})
    assert plant.facts()["T-5"].is_reopened == 1


def test_a_plant_that_changes_makes_all_facts_anew(plant: FactPlant) -> None:
    plant.put({**ROW, "reported at": "2026-07-01 23:30"})
    assert plant.facts()["T-1"].shift == "night"
    (north, *others) = plant.plant.sites
    moved = replace(north, time_zone=ZoneInfo("Asia/Tokyo"), shifts=())
    before = plant.facts()["T-1"].reported
    plant.plant = replace(plant.plant, sites=(moved, *others))
    found = plant.facts()["T-1"]
    assert (found.shift, found.reported) == ("", before - 7 * 3600)
    plant.plant = replace(plant.plant, as_of=None)
    assert plant.record.fresh() == 0


def test_the_facts_of_the_tickets_of_an_older_version_are_made(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    engine = open_engine(path, tables.MIGRATIONS[:5])
    engine.dispose()
    with sqlite3.connect(path) as connection:
        for column in ("area", "line", "criticality", "also_called"):
            known = {row[1] for row in connection.execute("PRAGMA table_info(asset)")}
            assert column not in known
        connection.execute(
            "INSERT INTO ticket (uid, source_system, source_id, source_file, source_row, locator,"
            " raw, row_hash, asset_raw, asset_match, title, description, cause, resolution,"
            " ticket_type, status, priority_raw, failure_mode, alarm_codes, reported_at, currency,"
            " parts, technician, quality_flags) VALUES ('s:1', 's', '1', 'f', 1, '1',"
            " '{\"Team\": \"blue\"}', 'h', 'x', 0, 'leak', '', '', '', 'corrective', 'done', '',"
            " '', '[]', '2026-07-01T10:00:00', '', '[]', '', '[]')"
        )
    connection.close()
    engine = open_engine(path, tables.MIGRATIONS)
    record = Record(engine, PlainPlant())
    assert record.fresh() == 1
    with engine.connect() as reader:
        (row,) = reader.execute(sa.select(fact)).all()
    assert (row.title, row.is_failure, row.team) == ("leak", 1, "blue")
    assert AssetRegister(engine).put([Asset("P-1", line="Line 3")]) == 1
    engine.dispose()


def test_facts_and_exclusions_outlive_a_rebuild(home: Home, catalog: Catalog) -> None:
    records = open_engine(home.records, record_tables.MIGRATIONS)
    path = home.path / "tickets.csv"
    path.write_text("ticket_id,title,team\nT-1,leak,blue\nT-2,noise,red\n", encoding="utf-8")
    keeper = TableKeeper(home, Intake(records))
    item = keeper.keep_file(LOCAL, path, "s", Options())
    with keeper.importing(item):
        TicketImporter(catalog, HashEmbedder()).import_file(path, "s", lambda *_: None)
    Exclusions(records, catalog).exclude(LOCAL, "s:T-2", "a test")
    catalog.engine.dispose()
    assert rebuild(home, records, HashEmbedder(), lambda *_: None) == []
    engine = open_engine(home.knowledge, tables.MIGRATIONS)
    Record(engine, PlainPlant()).fresh()
    with engine.connect() as connection:
        rows = connection.execute(sa.select(fact.c.uid, fact.c.team, fact.c.is_excluded)).all()
    assert sorted(map(tuple, rows)) == [("s:T-1", "blue", 0), ("s:T-2", "red", 1)]
    engine.dispose()
    records.dispose()


SITES = (None, "North", "South")
GROUPS: tuple[tuple[str, ...], ...] = ((), ("ops",), ("Ops",), ("o_s", "a|b"), ("a",), ("%",))


def test_a_principal_sees_the_facts_of_the_tickets_that_they_see(catalog: Catalog) -> None:
    rows = [
        {"ticket_id": n, "uid": f"s:{n}", "site": site, "groups_key": groups_key(groups)}
        for n, (site, groups) in enumerate(itertools.product(SITES, GROUPS))
    ]
    with writing(catalog.engine) as connection:
        connection.execute(fact.insert(), rows)
    kept = list(itertools.product(SITES, GROUPS))
    for sites in (None, frozenset(), frozenset({"North"}), frozenset({"North", "South"})):
        for groups in (None, frozenset(), frozenset({"ops"}), frozenset({"b"}), frozenset({"%"})):
            who = Principal("ann", "technician", sites, groups)
            with catalog.engine.connect() as connection:
                query = sa.select(fact.c.ticket_id).where(visible_facts(who))
                found = set(connection.scalars(query))
            assert found == {n for n, row in enumerate(kept) if who.sees(*row)}


def test_the_data_is_as_of_the_fixed_present_else_of_the_last_import(plant: FactPlant) -> None:
    fixed = replace(plant.plant, as_of=plant.record.as_of())
    assert Record(plant.catalog.engine, PlainPlant(fixed)).as_of() == fixed.as_of
    plant.put(ROW)
    imported = plant.record.as_of()
    assert imported == plant.record.as_of()
    plant.put({**ROW, "ticket_id": "T-2"})
    assert plant.record.as_of() > imported


def test_a_plant_is_described_by_any_of_its_names() -> None:
    plant = Plant(sites=(Site("North", ZoneInfo("Europe/Berlin")),))
    assert plant.site(" north ").time_zone.key == "Europe/Berlin"
    assert plant.site(None).name == "North"  # the only one
    assert plant.site("South") == Site("South")


def test_several_threads_make_each_fact_once(
    plant: FactPlant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(freshening, "AT_ONCE", 5)
    plant.put(*({**ROW, "ticket_id": f"T-{n}", "title": f"fault {n * 37}"} for n in range(60)))
    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(lambda _: plant.record.fresh(), range(4)))
    assert sum(counts) >= 60
    assert len(plant.facts()) == 60
    assert _stale(plant) == 0
