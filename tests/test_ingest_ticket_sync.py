"""Following the sources of tickets: nothing is lost, nothing doubles."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from assistant import record_tables
from index import tables
from index.access import LOCAL
from index.catalog import Catalog
from index.database import open_engine
from index.home import Home
from index.intake import Intake
from index.ticket_tables import ticket
from ingest.errors import UnreadableTable
from ingest.table_keeping import TableKeeper
from ingest.ticket_fetch import fetch_sql
from ingest.ticket_sources import SourceOptions, TicketSource, TicketSources
from ingest.ticket_sync import Synced, TicketSync
from ingest.tickets import TicketImporter
from tests.hash_embedder import HashEmbedder
from tests.ticket_server import TicketServer, ticket_server


class Followed:
    """A home whose sources are followed."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.records = open_engine(home.records, record_tables.MIGRATIONS)
        self.sources = TicketSources(self.records)
        self.open()

    def open(self) -> None:
        self.catalog = Catalog(open_engine(self.home.knowledge, tables.MIGRATIONS))
        importer = TicketImporter(self.catalog, HashEmbedder())
        keeper = TableKeeper(self.home, Intake(self.records))
        self.sync_ = TicketSync(LOCAL, importer, self.sources, keeper, self.catalog.uid())

    def add(self, kind: Any, location: object, **options: str) -> None:
        self.sources.add(TicketSource("s", kind, str(location), SourceOptions(**options)))

    def sync(self, **options: bool) -> Synced:
        return self.sync_.sync("s", **options)

    def titles(self) -> list[str]:
        with self.catalog.engine.connect() as connection:
            return list(connection.scalars(sa.select(ticket.c.title).order_by(ticket.c.source_id)))


@pytest.fixture
def followed(home: Home) -> Followed:
    return Followed(home)


def _read(result: Synced) -> list[dict[str, int]]:
    assert result.error == ""
    return [dict(report.outcomes) for report in result.reports]


def test_a_file_that_grows_is_taken_up_where_it_grew(followed: Followed, tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text("id,title\n1,leak\n2,noise\n", encoding="utf-8")
    followed.add("file", path)
    assert _read(followed.sync()) == [{"imported": 2}]
    assert _read(followed.sync()) == []
    path.write_text("id,title\n1,leak\n2,noise at night\n3,heat\n", encoding="utf-8")
    assert _read(followed.sync()) == [{"unchanged": 1, "updated": 1, "imported": 1}]
    assert followed.titles() == ["leak", "noise at night", "heat"]


def test_a_line_that_is_still_being_written_waits(followed: Followed, tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text("id,title,cost\n1,leak,5\n12", encoding="utf-8")
    followed.add("file", path)
    assert _read(followed.sync()) == [{"imported": 1}]
    path.write_text("id,title,cost\n1,leak,5\n1234,noise,7\n", encoding="utf-8")
    assert _read(followed.sync()) == [{"unchanged": 1, "imported": 1}]
    assert followed.titles() == ["leak", "noise"]


def test_an_old_file_without_an_end_of_line_is_whole(followed: Followed, tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text("id,title\n1,leak\n2,noise", encoding="utf-8")
    os.utime(path, (1, 1))
    followed.add("file", path)
    assert _read(followed.sync()) == [{"imported": 2}]


def test_a_folder_gives_each_new_export_once_and_the_later_change_wins(
    followed: Followed, tmp_path: Path
) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    (folder / "b.csv").write_text("id,title,changed at\n1,leak 2,2024-02-02\n", encoding="utf-8")
    (folder / "notes.md").write_text("no table", encoding="utf-8")
    followed.add("folder", folder)
    assert _read(followed.sync()) == [{"imported": 1}]
    text = "id,title,changed at\n1,leak 1,2024-01-01\n2,noise,2024-01-01\n"
    (folder / "a.csv").write_text(text, encoding="utf-8")
    assert _read(followed.sync()) == [{"outdated": 1, "imported": 1}]
    assert _read(followed.sync()) == []
    assert followed.titles() == ["leak 2", "noise"]


def test_a_failure_is_kept_and_the_next_pass_catches_up(followed: Followed, tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    followed.add("file", path)
    assert "cannot be opened" in followed.sync().error
    assert "cannot be opened" in followed.sources.get("s").last_error
    path.write_text("id,title\n1,leak\n", encoding="utf-8")
    assert _read(followed.sync()) == [{"imported": 1}]
    assert followed.sources.get("s").last_error == ""


def test_a_new_knowledge_database_is_filled_from_the_beginning(
    followed: Followed, tmp_path: Path
) -> None:
    path = tmp_path / "log.csv"
    path.write_text("id,title\n1,leak\n", encoding="utf-8")
    followed.add("file", path)
    followed.sync()
    followed.catalog.engine.dispose()
    for file in followed.home.path.glob("knowledge.db*"):
        file.unlink()
    followed.open()
    assert _read(followed.sync()) == [{"imported": 1}]
    assert _read(followed.sync(again=True)) == [{"unchanged": 1}]


def _database(path: Path, *rows: tuple[int, str, str]) -> str:
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TABLE IF NOT EXISTS wo (id INTEGER PRIMARY KEY, title TEXT, changed_at TEXT)"
        )
        connection.exec_driver_sql("INSERT OR REPLACE INTO wo VALUES (?, ?, ?)", list(rows))
    engine.dispose()
    return f"sqlite:///{path}"


QUERY = "SELECT id, title, changed_at FROM wo WHERE changed_at >= :since"


def test_a_query_is_asked_for_what_changed_since_with_an_overlap(
    followed: Followed, tmp_path: Path
) -> None:
    path = tmp_path / "cmms.db"
    url = _database(path, (1, "leak", "2024-01-01T10:00:00"), (2, "noise", "2024-01-02T10:00:00"))
    followed.add("sql", url, query=QUERY)
    assert _read(followed.sync()) == [{"imported": 2}]
    _database(path, (1, "leak again", "2024-01-02T10:00:00"), (3, "late", "2024-01-02T09:55:00"))
    assert _read(followed.sync()) == [{"unchanged": 1, "updated": 1, "imported": 1}]
    assert followed.titles() == ["leak again", "noise", "late"]


@pytest.mark.parametrize(
    "query", ["DELETE FROM wo", "SELECT 1; DELETE FROM wo", "UPDATE wo SET title = ''"]
)
def test_a_query_only_reads(tmp_path: Path, query: str) -> None:
    url = _database(tmp_path / "cmms.db", (1, "leak", "2024-01-01"))
    with pytest.raises(UnreadableTable, match="not one SELECT"):
        fetch_sql(url, query)
    with pytest.raises(UnreadableTable, match=r"readonly|read-only|failed"):
        fetch_sql(url, "WITH x AS (SELECT 1) DELETE FROM wo")
    assert len(list(fetch_sql(url, "SELECT * FROM wo").records())) == 2


def test_a_query_on_a_database_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableTable, match=r"There is no database .*x\.db"):
        fetch_sql(f"sqlite:///{tmp_path / 'x.db'}", "SELECT 1")


def _task(number: int, **fields: object) -> dict[str, object]:
    return {"id": number, "tool": 7, "problem_description": f"leak {number}",
            "creation_time": "2024-03-05T14:05:00Z", "resolved": False, **fields}  # fmt: skip


def test_a_web_interface_is_read_page_after_page_with_its_token(
    followed: Followed, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ticket_server() as server:
        server.items = [_task(number) for number in range(1, 6)]
        followed.add("url", f"{server.address}/tasks/", mapping="nemo", token_env="FB_TOKEN")
        assert "FB_TOKEN" in followed.sync().error
        monkeypatch.setenv("FB_TOKEN", "wrong")
        assert "401" in followed.sync().error
        monkeypatch.setenv("FB_TOKEN", "secret")
        assert _read(followed.sync()) == [{"imported": 5}]
        server.fails = True
        assert "503" in followed.sync().error
        server.fails = False
        server.items[1]["resolved"] = True
        server.items.append(_task(6))
        assert _read(followed.sync()) == [{"unchanged": 4, "updated": 1, "imported": 1}]
        assert followed.titles() == [f"leak {number}" for number in range(1, 7)]


def test_the_token_is_not_carried_to_another_server(
    followed: Followed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FB_TOKEN", "secret")
    with ticket_server() as server, ticket_server() as other:
        server.items = [_task(number) for number in range(1, 4)]
        followed.add("url", f"{server.address}/tasks/", mapping="nemo", token_env="FB_TOKEN")
        own, server.address = server.address, other.address
        assert "on another server" in followed.sync().error
        server.address = own
        assert other.asked == []
        assert isinstance(server, TicketServer)


def test_names_of_sources_are_unique_and_a_source_can_be_removed(followed: Followed) -> None:
    followed.add("file", "x.csv")
    with pytest.raises(UnreadableTable, match="'s' already"):
        followed.add("file", "y.csv")
    followed.sources.remove("s")
    with pytest.raises(UnreadableTable, match="no source 's'"):
        followed.sync()
