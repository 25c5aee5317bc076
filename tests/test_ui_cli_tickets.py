"""Commands for tickets."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from tests.command_line import fail, run, succeed
from ui.ticket_schemas import ImportOut, PreviewOut, SourceOut, SyncOut

pytest_plugins = ["tests.command_fixtures"]
pytestmark = pytest.mark.usefixtures("empty_home")


def _write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_tickets_are_imported_once(tmp_path: Path, stocked_home: Path) -> None:
    tickets = _write(tmp_path / "t.csv", "ticket_id,asset,title\nT-1,CP-01,leak\nT-9,??,noise\n")
    arguments = ("tickets", "import", tickets, "--system", "cmms", "--json")
    first = ImportOut.model_validate(succeed(*arguments).json())
    assert (first.read, first.imported, first.updated, first.unchanged) == (2, 2, 0, 0)
    assert first.unresolved_assets == 1
    assert first.columns["title"] == "title"
    again = ImportOut.model_validate(succeed(*arguments).json())
    assert (again.imported, again.unchanged) == (0, 2)


def test_a_changed_ticket_is_updated_and_an_odd_row_is_flagged_with_its_line(
    tmp_path: Path,
) -> None:
    path = _write(tmp_path / "t.csv", "ticket_id,title,downtime_min\nT-1,leak,10\nT-2,noise,5\n")
    succeed("tickets", "import", path)
    _write(path, "ticket_id,title,downtime_min\nT-1,leak,ten\nT-2,noise,5\n")
    out = succeed("tickets", "import", path).out
    assert "2 rows read: 0 imported, 1 updated, 1 unchanged; 1 flagged" in out
    assert "line 2: downtime_min: 'ten' is not a number" in out


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty (0 bytes). Export the table again"),
        (b"a,b\n1,2\n", "its columns are a, b. Name one of them 'title'"),
        (None, "No such file or directory. Check the path"),
    ],
)
def test_a_table_of_tickets_that_cannot_be_used_is_named_with_a_remedy(
    tmp_path: Path, stocked_home: Path, content: bytes | None, message: str
) -> None:
    path = tmp_path / "tickets.csv"
    if content is not None:
        path.write_bytes(content)
    said = fail("tickets", "import", path)
    assert str(path) in said
    assert message in said
    assert "T-1" in succeed("search", "coolant temperature high E-217").out


def test_a_preview_shows_what_was_understood_and_stores_nothing(tmp_path: Path) -> None:
    path = _write(tmp_path / "t.csv", "id;title;Stillstand [h];colour\n1;leak;1,5;red\n")
    shown = PreviewOut.model_validate(
        succeed("tickets", "import", path, "--preview", "--json").json()
    )
    columns = {column.field: (column.column, column.reading) for column in shown.columns}
    assert columns["downtime_min"] == ("Stillstand [h]", "duration in h, decimal comma")
    assert (shown.rows, shown.unused, shown.delimiter) == (1, ("colour",), ";")
    assert "Kept, not used: colour" in succeed("tickets", "import", path, "--preview").out
    assert (
        ImportOut.model_validate(succeed("tickets", "import", path, "--json").json()).imported == 1
    )


def test_a_mapping_that_was_written_gives_the_same_import(tmp_path: Path) -> None:
    path = _write(tmp_path / "t.csv", "id,date,title\n1,03/04/2024,leak\n")
    assert "--date-order mdy" in fail("tickets", "import", path)
    mapping = tmp_path / "m.toml"
    succeed(
        *("tickets", "import", path, "--date-order", "mdy", "--system", "cmms"),
        *("--write-mapping", mapping),
    )
    done = succeed("tickets", "import", path, "--mapping", mapping, "--json").json()
    assert (done["imported"], done["unchanged"]) == (0, 1)


def test_a_file_or_a_query_is_needed(tmp_path: Path) -> None:
    fail("tickets", "import", code=2)
    fail("tickets", "import", "--sql", "sqlite://", code=2)
    path = tmp_path / "cmms.db"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE wo (id, title)")
        database.execute("INSERT INTO wo VALUES (1, 'leak'), (2, 'noise')")
    database.close()
    query = ("--query", "SELECT id, title FROM wo")
    done = succeed("tickets", "import", "--sql", f"sqlite:///{path}", *query, "--json").json()
    assert (done["form"], done["imported"]) == ("SQL", 2)


def test_what_came_by_query_is_there_after_a_rebuild_without_the_database(tmp_path: Path) -> None:
    path = tmp_path / "cmms.db"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE wo (id, title)")
        database.execute("INSERT INTO wo VALUES (1, 'leak'), (2, 'noise')")
    database.close()
    query = ("--query", "SELECT id, title FROM wo")
    succeed("tickets", "import", "--sql", f"sqlite:///{path}", *query)
    path.unlink()
    succeed("knowledge", "rebuild")
    assert "noise" in succeed("search", "noise").out


def test_a_driver_that_is_not_installed_is_named(tmp_path: Path) -> None:
    query = ("--query", "SELECT 1")
    said = fail("tickets", "import", "--sql", "mysql+pymysql://ann:secret@db.example/x", *query)
    assert "its driver is not installed. Install it with: pip install pymysql" in said
    assert "secret" not in said


def test_a_source_is_added_followed_listed_and_removed(tmp_path: Path) -> None:
    path = _write(tmp_path / "t.csv", "id,title\n1,leak\n")
    assert "no source" in fail("tickets", "sync")
    succeed("tickets", "sources", "add", "cmms", path)
    (first,) = (SyncOut.model_validate(one) for one in succeed("tickets", "sync", "--json").json())
    assert [one.imported for one in first.imports] == [1]
    assert "cmms: nothing new" in succeed("tickets", "sync", "cmms").out
    path.unlink()
    assert "cannot be opened" in fail("tickets", "sync", "cmms")
    (listed,) = (
        SourceOut.model_validate(one)
        for one in succeed("tickets", "sources", "list", "--json").json()
    )
    assert (listed.name, listed.kind, "cannot be opened" in listed.last_error) == (
        "cmms",
        "file",
        True,
    )
    succeed("tickets", "sources", "remove", "cmms")
    assert json.loads(succeed("tickets", "sources", "list", "--json").out) == []
    fail("tickets", "sync", "--every", "soon", code=2)


def test_the_password_of_a_database_is_not_shown(tmp_path: Path) -> None:
    url = "postgresql://ann:secret@db.example/cmms"
    done = run("tickets", "sources", "add", "db", url, "--query", "SELECT 1")
    assert "secret" not in done.out
    assert "secret" not in succeed("tickets", "sources", "list", "--json").out


def test_what_waits_is_embedded(tmp_path: Path) -> None:
    path = _write(tmp_path / "t.csv", "id,title\n1,leak\n")
    succeed("tickets", "import", path)
    assert "0 tickets embedded, 0 wait" in succeed("tickets", "embed").out
