"""Opening a database: migrations, refusals, write transactions."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from index import tables
from index.access import LOCAL, Principal
from index.assets import Asset, AssetRegister
from index.caches import Caches
from index.catalog import Catalog
from index.database import Migration, open_engine, write_back, writing
from index.errors import HomeError
from index.retrieval import Retriever
from index.ticket_histories import History, histories
from tests.hash_embedder import HashEmbedder

OLD_FILE = Path(__file__).parent / "data" / "knowledge_m001.sql"


def _create(connection: sa.Connection) -> None:
    connection.exec_driver_sql("CREATE TABLE pump (tag TEXT)")
    connection.exec_driver_sql("INSERT INTO pump VALUES ('P-1')")


def _add_site(connection: sa.Connection) -> None:
    connection.exec_driver_sql("ALTER TABLE pump ADD COLUMN site TEXT NOT NULL DEFAULT 'north'")


def _break_half_way(connection: sa.Connection) -> None:
    connection.exec_driver_sql("CREATE TABLE valve (tag TEXT)")
    connection.exec_driver_sql("DELETE FROM pump")
    connection.exec_driver_sql("INSERT INTO no_such_table VALUES (1)")


ONE: list[Migration] = [("m001_pump", _create)]
TWO: list[Migration] = [*ONE, ("m002_site", _add_site)]


def _rows(engine: sa.Engine, query: str) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(query)]


def test_an_old_file_gets_what_it_lacks_and_keeps_its_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    open_engine(path, ONE).dispose()
    engine = open_engine(path, TWO)
    assert _rows(engine, "SELECT tag, site FROM pump") == [("P-1", "north")]
    assert _rows(engine, "SELECT name FROM migration") == [("m001_pump",), ("m002_site",)]


def test_each_migration_is_applied_once(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    for _ in range(3):
        open_engine(path, TWO).dispose()
    assert _rows(open_engine(path, TWO), "SELECT tag FROM pump") == [("P-1",)]


def test_a_file_of_a_newer_version_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "plant" / "a.db"
    path.parent.mkdir()
    open_engine(path, TWO).dispose()
    with pytest.raises(HomeError, match=r"plant was written by a newer version .*'m002_site'"):
        open_engine(path, ONE)
    assert _rows(open_engine(path, TWO), "SELECT tag, site FROM pump") == [("P-1", "north")]


def test_a_migration_that_fails_leaves_the_old_state_and_can_be_repeated(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    open_engine(path, ONE).dispose()
    broken: list[Migration] = [*ONE, ("m002_site", _add_site), ("m003", _break_half_way)]
    with pytest.raises(HomeError, match="no such table: no_such_table"):
        open_engine(path, broken)
    engine = open_engine(path, ONE)
    assert _rows(engine, "SELECT * FROM pump") == [("P-1",)]
    assert not sa.inspect(engine).has_table("valve")
    engine.dispose()
    assert _rows(open_engine(path, TWO), "SELECT site FROM pump") == [("north",)]


@pytest.mark.parametrize("content", [b"this is no database, but long enough for one" * 100, None])
def test_what_is_no_database_is_refused_by_name(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "a.db"
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)
    with pytest.raises(HomeError, match=r"a\.db cannot be used: .*Restore it from a backup"):
        open_engine(path, ONE)
    if content is not None:
        assert path.read_bytes() == content


def test_a_truncated_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    engine = open_engine(path, ONE)
    with writing(engine) as connection:
        for i in range(2000):
            connection.exec_driver_sql("INSERT INTO pump VALUES (?)", (f"P-{i:050}",))
    engine.dispose()
    path.write_bytes(path.read_bytes()[:6000])
    with pytest.raises(HomeError, match="cannot be used"):
        open_engine(path, TWO)


def test_opens_without_waiting_for_a_writer_and_sees_the_committed_state(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    first = open_engine(path, ONE)
    with writing(first) as connection:
        connection.exec_driver_sql("INSERT INTO pump VALUES ('P-2')")
        second = open_engine(path, ONE)
        assert _rows(second, "SELECT tag FROM pump") == [("P-1",)]
    assert _rows(second, "SELECT tag FROM pump") == [("P-1",), ("P-2",)]


def _insert_and_fail(engine: sa.Engine) -> None:
    with writing(engine) as connection:
        connection.exec_driver_sql("INSERT INTO pump VALUES ('P-2')")
        raise KeyError


def test_an_exception_rolls_a_write_back(tmp_path: Path) -> None:
    engine = open_engine(tmp_path / "a.db", ONE)
    with pytest.raises(KeyError):
        _insert_and_fail(engine)
    assert _rows(engine, "SELECT tag FROM pump") == [("P-1",)]


def test_writers_that_read_before_they_write_wait_for_each_other(tmp_path: Path) -> None:
    engine = open_engine(tmp_path / "a.db", ONE)
    with writing(engine) as connection:
        connection.exec_driver_sql("CREATE TABLE counter (n INTEGER)")
        connection.exec_driver_sql("INSERT INTO counter VALUES (0)")
    errors: list[Exception] = []

    def count() -> None:
        try:
            for _ in range(10):
                with writing(engine) as connection:
                    n = connection.exec_driver_sql("SELECT n FROM counter").scalar_one()
                    connection.exec_driver_sql("UPDATE counter SET n = ?", (n + 1,))
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert _rows(engine, "SELECT n FROM counter") == [(40,)]


def test_the_log_is_emptied_unless_somebody_reads_an_older_state(tmp_path: Path) -> None:
    engine = open_engine(tmp_path / "knowledge.db", tables.MIGRATIONS)
    log = tmp_path / "knowledge.db-wal"
    with engine.connect() as reader:
        reader.exec_driver_sql("PRAGMA busy_timeout=0")
        reader.execute(sa.select(tables.knowledge)).all()  # its transaction goes on
        with writing(engine) as connection:
            connection.execute(tables.change.insert().values(chunk_id=1, operation="add"))
            connection.exec_driver_sql("PRAGMA busy_timeout=0")
        assert not write_back(engine, tries=1)
        assert log.stat().st_size > 0
    assert write_back(engine)
    assert log.stat().st_size == 0


def test_foreign_keys_are_enforced(tmp_path: Path) -> None:
    engine = open_engine(tmp_path / "a.db", tables.MIGRATIONS)
    with pytest.raises(IntegrityError), writing(engine) as connection:
        connection.execute(tables.page.insert().values(revision_id=7, number=1, width=1, height=1))


def test_knowledge_of_the_first_version_opens_with_the_tables_of_a_new_one(tmp_path: Path) -> None:
    """A change of the tables needs a migration: the file is a dump of what m001 made."""
    old, new = _old_knowledge(tmp_path / "old.db"), tmp_path / "new.db"
    schemas = [_schema(open_engine(path, tables.MIGRATIONS)) for path in (old, new)]
    assert schemas[0] == schemas[1]


def test_knowledge_of_the_first_version_is_found(tmp_path: Path) -> None:
    catalog = Catalog(open_engine(_old_knowledge(tmp_path / "old.db"), tables.MIGRATIONS))
    embedder = HashEmbedder()
    retriever = Retriever(catalog, embedder, Caches(catalog, embedder, None))
    (document,) = catalog.documents(LOCAL)
    assert (document.title, document.revision) == ("HP-40 press", "B")
    found = retriever.retrieve("which oil for the unit", LOCAL, k=1).passages
    assert [passage.text for passage in found] == ["Fill the unit with oil HLP 46."]


def test_histories_of_an_older_version_keep_their_site(tmp_path: Path) -> None:
    """Up to m004 the site of a ticket was that of its asset, which named its history."""
    path = tmp_path / "old.db"
    engine = open_engine(path, tables.MIGRATIONS[:4])
    with writing(engine) as connection:
        for column in ("site", "row_site", "stated_site", "groups"):  # m003 makes all there are
            connection.exec_driver_sql(f"ALTER TABLE ticket DROP COLUMN {column}")
        for statement in _OLD_HISTORY.split(";"):
            connection.exec_driver_sql(statement)
    engine.dispose()
    engine = open_engine(path, tables.MIGRATIONS)
    assert _rows(engine, "SELECT uid, site, row_site, groups FROM ticket ORDER BY uid") == [
        ("s:1", "North", None, "[]"),
        ("s:2", None, None, "[]"),
    ]
    catalog = Catalog(engine)
    north = Principal("ann", "technician", frozenset({"North"}))
    assert [d.title for d in catalog.documents(north)] == ["Tickets of PR-1"]
    assert catalog.documents(Principal("eve", "technician", frozenset({"South"}))) == []
    with writing(engine) as connection:
        wanted = History("PR-1", 1, "North")
        assert histories(connection, [wanted]) == {wanted: 1}
    AssetRegister(engine).put([Asset("PR-1", site="South")])
    assert catalog.documents(north) == []


_OLD_HISTORY = """
INSERT INTO asset VALUES (1, 'PR-1', 'pr1', '', '', '', '', '', '', 'North');
INSERT INTO document VALUES (1, 'history:PR-1', '', 'Tickets of PR-1', 'history', 'North');
INSERT INTO document_asset VALUES (1, 1);
INSERT INTO revision (id, document_id, label, date, status, language, content_hash, source,
 original, ingested_at, report) VALUES (1, 1, '', '', 'approved', '', 'history:PR-1', 'tickets', '',
 '', '{}');
INSERT INTO chunk VALUES (1, 1, 0, 'text', 0, '[]', '1', 'leak', '[{"text": "leak", "page": 1,
 "kind": "paragraph"}]');
INSERT INTO ticket (id, uid, chunk_id, source_system, source_id, source_file, source_row, locator,
 raw, row_hash, asset_raw, asset_id, asset_match, title, description, cause, resolution,
 ticket_type, status, priority_raw, failure_mode, alarm_codes, currency, parts, technician,
 quality_flags) VALUES (1, 's:1', 1, 's', '1', 'f', 1, '1', '{}', 'h', 'PR-1', 1, 1.0, 'leak', '',
 '', '', '', '', '', '', '[]', '', '[]', '', '[]'), (2, 's:2', NULL, 's', '2', 'f', 2, '2', '{}',
 'h', 'x', NULL, 0.0, 'leak', '', '', '', '', '', '', '', '[]', '', '[]', '', '[]')"""


def _old_knowledge(path: Path) -> Path:
    connection = sqlite3.connect(path)
    connection.executescript(OLD_FILE.read_text(encoding="utf-8"))
    connection.close()
    return path


def _schema(engine: sa.Engine) -> dict[str, object]:
    inspector = sa.inspect(engine)
    return {
        name: (
            _rows(engine, f"PRAGMA table_info({name})"),
            sorted(_rows(engine, f"PRAGMA foreign_key_list({name})")),
            sorted(index["column_names"] for index in inspector.get_indexes(name)),
        )
        for name in inspector.get_table_names()
    }
