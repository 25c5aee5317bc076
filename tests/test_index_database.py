"""Opening a database: migrations, refusals, write transactions."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from index import tables
from index.access import LOCAL
from index.caches import Caches
from index.catalog import Catalog
from index.database import Migration, open_engine, writing
from index.errors import HomeError
from index.retrieval import Retriever
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
