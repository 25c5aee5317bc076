"""Tables are kept as they were read: a rebuild has all of them without any network."""

from __future__ import annotations

import gzip
import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa

from assistant import record_tables
from index import tables
from index.access import LOCAL
from index.asset_aliases import AssetAliases
from index.assets import Asset, AssetMatcher, AssetRegister
from index.catalog import Catalog
from index.checking import fingerprint
from index.database import open_engine
from index.home import Home
from index.intake import Intake
from index.ticket_tables import ticket
from ingest import ticket_batches
from ingest.accepting import Desk
from ingest.delimited import Delimited
from ingest.errors import UnreadableTable
from ingest.rebuilding import rebuild
from ingest.spool import Spool, open_spool
from ingest.table_keeping import TableKeeper
from ingest.ticket_fetch import fetch_sql
from ingest.ticket_plan import Options, plan_import
from ingest.ticket_reader import Origin
from ingest.ticket_sources import SourceOptions, TicketSource, TicketSources
from ingest.ticket_sync import TicketSync
from ingest.tickets import TicketImporter, import_assets
from tests.hash_embedder import HashEmbedder

QUERY = "SELECT id, asset, title, reported, changed_at FROM wo"


class Kept:
    """A home into which tables are imported as the command line does it."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.records = open_engine(home.records, record_tables.MIGRATIONS)
        self.catalog = Catalog(open_engine(home.knowledge, tables.MIGRATIONS))
        self.intake = Intake(self.records)
        self.keeper = TableKeeper(home, self.intake)
        self.importer = TicketImporter(self.catalog, HashEmbedder())
        self.aliases = AssetAliases(self.records, self.catalog)
        self.sources = TicketSources(self.records)

    def query(self, url: str, query: str = QUERY, system: str = "cmms") -> dict[str, int]:
        rows = fetch_sql(url, query)
        item = self.keeper.keep_rows(LOCAL, rows, "query", system, Options())
        assert item is not None
        with self.keeper.importing(item):
            report = self.importer.import_source(
                rows, Path("query"), system, Options(), lambda *_: None, at=item.taken_at
            )
        return dict(report.outcomes)

    def file(self, path: Path, text: str) -> dict[str, int]:
        path.write_text(text, encoding="utf-8")
        item = self.keeper.keep_file(LOCAL, path, "cmms", Options())
        with self.keeper.importing(item):
            found = self.keeper.open(item)
            report = self.importer.import_source(
                found, path, "cmms", Options(), lambda *_: None, at=item.taken_at
            )
        return dict(report.outcomes)

    def sync(self) -> list[dict[str, int]]:
        uid = self.catalog.uid()
        synced = TicketSync(LOCAL, self.importer, self.sources, self.keeper, uid).sync("s")
        assert synced.error == ""
        return [dict(report.outcomes) for report in synced.reports]

    def rebuild(self) -> tuple[dict[str, str], dict[str, str]]:
        before = fingerprint(self.catalog)
        self.catalog.engine.dispose()
        assert rebuild(self.home, self.records, HashEmbedder(), lambda *_: None) == []
        return before, fingerprint(self.catalog)

    def tickets(self, column: str) -> list[object]:
        with self.catalog.engine.connect() as connection:
            query = sa.select(ticket.c[column]).order_by(ticket.c.source_id)
            return list(connection.scalars(query))


@pytest.fixture
def kept(home: Home) -> Kept:
    return Kept(home)


def _database(path: Path, *rows: tuple[int, str, str, str, str]) -> str:
    with sqlite3.connect(path) as connection:
        connection.execute(
            "CREATE TABLE IF NOT EXISTS wo (id INTEGER PRIMARY KEY, asset, title, reported, "
            "changed_at)"
        )
        connection.executemany("INSERT OR REPLACE INTO wo VALUES (?, ?, ?, ?, ?)", rows)
    connection.close()
    return f"sqlite:///{path}"


DAY = "2024-03-05 08:00"


def test_a_rebuild_brings_back_what_came_by_query_and_by_following_a_source(
    kept: Kept, tmp_path: Path
) -> None:
    register = AssetRegister(kept.catalog.engine)
    url = _database(tmp_path / "a.db", (1, "P-1", "leak at valve 3", DAY, "2024-03-05T09:00:00"))
    assert kept.query(url, system="other") == {"imported": 1}
    path = tmp_path / "b.db"
    url = _database(
        path,
        (1, "P-1", "hose of pump 3 leaks", DAY, "2024-03-05T10:00:00"),
        (2, "P-2", "hose of pump 3 leaks", "2024-03-05 09:00", "2024-03-06T10:00:00"),
    )
    told = SourceOptions(query=f"{QUERY} WHERE changed_at >= :since")
    kept.sources.add(TicketSource("s", "sql", url, told))
    assert kept.sync() == [{"imported": 2}]
    _database(path, (2, "P-1", "hose of pump 3 leaks", "2024-03-05 09:00", "2024-03-07T10:00:00"))
    assert kept.sync() == [{"updated": 1}]
    assert kept.sync() == []  # the overlap alone is nothing new
    assert kept.tickets("duplicate_of") == [None, None, "s:1"]
    path.unlink()
    before, after = kept.rebuild()
    assert before == after
    assert register.list(LOCAL) == []
    with pytest.raises(AssertionError, match="There is no database"):
        kept.sync()


def test_after_a_rebuild_a_source_goes_on_where_it_was(kept: Kept, tmp_path: Path) -> None:
    path = tmp_path / "b.db"
    url = _database(path, (1, "P-1", "leak", DAY, "2024-03-05T10:00:00"))
    told = SourceOptions(query=f"{QUERY} WHERE changed_at >= :since")
    kept.sources.add(TicketSource("s", "sql", url, told))
    kept.sync()
    kept.rebuild()
    assert kept.sync() == []
    _database(path, (2, "P-1", "noise", DAY, "2024-03-05T11:00:00"))
    assert kept.sync() == [{"unchanged": 1, "imported": 1}]


def test_the_same_table_under_two_names_and_times_is_rebuilt_as_it_was(
    kept: Kept, tmp_path: Path
) -> None:
    first = f"id,asset,date,title\n1,P-1,{DAY},leak\n2,P-1,{DAY},noise\n"
    second = f"id,asset,date,title\n0,P-1,{DAY},heat\n2,P-1,{DAY},noise\n1,P-1,{DAY},drips\n"
    for name, text in (("a.csv", first), ("b.csv", second), ("c.csv", first), ("a.csv", first)):
        kept.file(tmp_path / name, text)
    assert kept.tickets("title") == ["heat", "leak", "noise"]
    assert kept.tickets("source_file") == ["b.csv", "a.csv", "a.csv"]
    before, after = kept.rebuild()
    assert before == after


def test_rows_without_a_number_keep_the_line_at_which_they_stand_last(
    kept: Kept, tmp_path: Path
) -> None:
    kept.file(tmp_path / "a.csv", f"date,title\n{DAY},leak\n{DAY},noise\n")
    assert kept.file(tmp_path / "a.csv", f"date,title\n{DAY},new\n{DAY},leak\n{DAY},noise\n") == {
        "imported": 1,
        "unchanged": 2,
    }
    assert sorted(map(str, kept.tickets("locator"))) == [f"a.csv line {n}" for n in (2, 3, 4)]
    before, after = kept.rebuild()
    assert before == after


def test_assets_and_aliases_that_came_after_the_tickets_hold_before_and_after_a_rebuild(
    kept: Kept, tmp_path: Path
) -> None:
    kept.file(tmp_path / "a.csv", f"id,asset,date,title\n1,old press,{DAY},leak\n2,PR-2,{DAY},x\n")
    register_file = tmp_path / "assets.csv"
    register_file.write_text("tag,name\nPR-01,Press\nPR-2,Saw\n", encoding="utf-8")
    item = Desk(kept.home, kept.intake).take_table(LOCAL, "assets", register_file, {})
    import_assets(AssetRegister(kept.catalog.engine), register_file)
    kept.intake.finish(item.item_id, "done", "", {})
    kept.aliases.confirm(LOCAL, [("Old  Press", "pr01")])
    matches = kept.tickets("asset_match")
    assert matches == [1.0, 1.0]
    assert None not in kept.tickets("asset_id")
    before, after = kept.rebuild()
    assert before == after
    kept.aliases.remove(LOCAL, "OLD PRESS")
    assert kept.tickets("asset_id")[0] is None
    before, after = kept.rebuild()
    assert before == after


def test_a_fingerprint_knows_every_column_of_a_ticket(kept: Kept, tmp_path: Path) -> None:
    kept.file(tmp_path / "a.csv", f"id,asset,date,title\n1,P-1,{DAY},leak\n")
    seen = {fingerprint(kept.catalog)["ticket"]}
    columns = [c for c in ticket.columns if c.name not in ("id", "import_batch", "asset_id")]
    for column in columns:
        # Plain SQL: a value that no type of the column would refuse.
        value = "NULL" if column.name == "chunk_id" else "'[8]'"
        value = "NOT coalesce(is_failure, 0)" if column.name == "is_failure" else value
        value = "8" if isinstance(column.type, sa.Integer | sa.Float) and value[0] == "'" else value
        with kept.catalog.engine.begin() as connection:
            connection.exec_driver_sql(f"UPDATE ticket SET {column.name} = {value}")
        seen.add(fingerprint(kept.catalog)["ticket"])
    assert len(seen) == 1 + len(columns)


def test_the_fingerprint_leaves_out_numbers_of_rows_and_imports(kept: Kept, tmp_path: Path) -> None:
    AssetRegister(kept.catalog.engine).put([Asset("P-1")])
    kept.file(tmp_path / "a.csv", f"id,asset,date,title\n1,P-1,{DAY},leak\n")
    before = fingerprint(kept.catalog)
    with kept.catalog.engine.begin() as connection:
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        connection.execute(tables.asset.update().values(id=77))
        connection.execute(tables.document_asset.update().values(asset_id=77))
        connection.execute(ticket.update().values(id=55, asset_id=77, import_batch="x"))
    assert fingerprint(kept.catalog) == before


def test_an_import_that_was_noted_and_not_made_is_made_later_and_once(
    kept: Kept, tmp_path: Path
) -> None:
    url = _database(tmp_path / "a.db", (1, "P-1", "leak", DAY, ""))
    item = kept.keeper.keep_rows(LOCAL, fetch_sql(url, QUERY), "query", "cmms", Options())
    assert item is not None
    (tmp_path / "a.db").unlink()
    original = kept.home.originals / item.original
    for _ in range(2):
        kept.importer.import_again(original, item)
    assert kept.tickets("title") == ["leak"]
    assert kept.tickets("source_file") == ["query"]


def test_a_table_that_fails_is_noted_with_its_reason_and_left_out_of_a_rebuild(
    kept: Kept, tmp_path: Path
) -> None:
    with pytest.raises(UnreadableTable, match=r"a\.csv"):
        kept.file(tmp_path / "a.csv", "colour,size\nred,7\n")
    (item,) = kept.intake.items(LOCAL)
    assert item.state == "failed"
    assert "colour, size" in item.reason
    before, after = kept.rebuild()
    assert before == after


def _spool(*rows: list[str]) -> Spool:
    spool = Spool("SQL")
    spool.write_rows(enumerate(rows, start=1))
    return spool


def test_records_that_are_kept_come_back_as_they_were(tmp_path: Path) -> None:
    rows = [["id", "title"], ["1", 'a "b",\n油'], ["", ""], ["2", "\ud800x\x00"]]
    spool = _spool(*rows)
    first, second = spool.keep(tmp_path / "a.spool"), _spool(*rows).keep(tmp_path / "b.spool")
    assert first == second
    opened = open_spool(tmp_path / "a.spool")
    assert list(opened.records()) == list(spool.records())
    assert (opened.form, opened.kept) == ("SQL", tmp_path / "a.spool")
    assert _spool(["id"]).keep(tmp_path / "c.spool") != first


@pytest.mark.parametrize(
    "content",
    [b"", b"no gzip", gzip.compress(b"[1]\n", mtime=0), gzip.compress(b"", mtime=0)],
    ids=["empty", "no gzip", "another shape", "nothing packed"],
)
def test_a_kept_file_that_was_damaged_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.spool"
    path.write_bytes(content)
    with pytest.raises(UnreadableTable, match=r"x\.spool .*Restore it from a backup"):
        open_spool(path)


def test_a_kept_file_that_was_cut_off_is_named(tmp_path: Path) -> None:
    path = tmp_path / "x.spool"
    _spool(["id"], *([str(number)] for number in range(9_999))).keep(path)
    path.write_bytes(path.read_bytes()[:-500])
    with pytest.raises(UnreadableTable, match="Restore it"):
        open_spool(path)


@pytest.mark.parametrize("is_spool", [False, True])
def test_a_process_of_its_own_reads_the_same_rows(tmp_path: Path, is_spool: bool) -> None:
    rows = [["id", "date", "title"], *([str(n), DAY, f"leak {n}"] for n in range(50))]
    rows += [["Total 50", "", ""]]
    path = tmp_path / "a.csv"
    path.write_text("".join(",".join(row) + "\n" for row in rows), encoding="utf-8")
    source: Delimited | Spool = Delimited(path, "utf-8")
    if is_spool:
        _spool(*rows).keep(tmp_path / "a.spool")
        source = open_spool(tmp_path / "a.spool")
    plan = plan_import(source, "a.csv", Options())
    assert ticket_batches.can_be_read_apart(plan)
    matcher, origin = AssetMatcher([]), Origin("s", "a.csv", "b", "2024-04-01")
    here = list(ticket_batches.read_here(plan, matcher, origin, 20))
    skipped = plan.table.skipped
    apart = list(ticket_batches.read_apart(plan, matcher, origin, 20))
    assert [len(batch) for batch in apart] == [20, 20, 10]
    assert apart == here
    assert plan.table.skipped == skipped != []


def test_a_table_that_ends_badly_in_the_other_process_says_so_here(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,title\n1,leak\n", encoding="utf-8")
    plan = plan_import(Delimited(path, "utf-8"), "a.csv", Options())
    path.write_bytes(b"id,title\n1,\xff\n")
    matcher = AssetMatcher([])
    with pytest.raises(UnreadableTable, match="not written in utf-8"):
        list(ticket_batches.read_apart(plan, matcher, Origin("s", "a.csv"), 20))
