"""Tickets from a real PostgreSQL server, which is started for the test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from ingest.errors import UnreadableTable
from ingest.ticket_fetch import fetch_sql
from tests.postgresql_record import served

pytestmark = pytest.mark.postgresql

TABLE = (
    "CREATE TABLE workorder (wonum integer PRIMARY KEY, description text, reported timestamptz, "
    "downtime numeric(8,2), urgent boolean, extra jsonb, changed_at timestamp)"
)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """The URL of a database that holds one table of work orders."""
    with served() as engine:
        _fill(engine)
        yield engine.url.render_as_string(hide_password=False)


def _fill(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql(TABLE)
        connection.exec_driver_sql("CREATE SEQUENCE counter")
        connection.execute(
            sa.text(
                "INSERT INTO workorder VALUES (:n, :d, '2024-03-05 14:05+01', 1.50, true, "
                "'{\"a\": 1}', :c)"
            ),
            [
                {"n": 1, "d": "Öl läuft aus 油漏", "c": "2024-03-05T10:00:00"},
                {"n": 2, "d": None, "c": "2024-03-06T10:00:00"},
            ],
        )


def test_rows_come_as_text_with_unicode_times_numbers_and_nothing(url: str) -> None:
    found = fetch_sql(url, "SELECT * FROM workorder ORDER BY wonum")
    (_, header), (_, first), (_, second) = found.records()
    assert header[:3] == ["wonum", "description", "reported"]
    assert first[:2] == ["1", "Öl läuft aus 油漏"]
    assert first[2].startswith("2024-03-05 13:05:00+00:00")
    assert first[3:5] == ["1.50", "true"]
    assert second[:2] == ["2", ""]


def test_only_what_changed_since_is_asked_for(url: str) -> None:
    query = "SELECT wonum FROM workorder WHERE changed_at >= :since"
    assert len(list(fetch_sql(url, query, "2024-03-06T00:00:00").records())) == 2  # with header
    assert len(list(fetch_sql(url, query).records())) == 3


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("SELECT nextval('counter')", "read-only transaction"),
        ("WITH x AS (DELETE FROM workorder RETURNING 1) SELECT * FROM x", "must not contain"),
    ],
)
def test_the_database_is_only_read(url: str, query: str, message: str) -> None:
    with pytest.raises(UnreadableTable, match=message):
        fetch_sql(url, query)
    assert len(list(fetch_sql(url, "SELECT * FROM workorder").records())) == 3


def test_more_rows_than_fit_one_fetch_come_once_each(url: str) -> None:
    found = fetch_sql(url, "SELECT i AS id, 'leak ' || i AS title FROM generate_series(1, 5001) i")
    rows = [cells for _, cells in found.records()][1:]
    assert [cells[0] for cells in rows] == [str(number) for number in range(1, 5002)]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("SELECT * FROM nowhere", r'failed: relation "nowhere" does not exist\. Check'),
        ("SELECT 1/0", "division by zero"),
    ],
)
def test_a_query_that_fails_says_why_without_the_password(
    url: str, query: str, message: str
) -> None:
    with pytest.raises(UnreadableTable, match=message):
        fetch_sql(url, query)


def test_a_server_that_is_down_is_named_without_its_password(url: str, tmp_path: Path) -> None:
    place = f"postgresql+pg8000://me:secret@/db?unix_sock={tmp_path / 'none'}"
    with pytest.raises(UnreadableTable) as error:
        fetch_sql(place, "SELECT 1")
    assert "secret" not in str(error.value)
    assert "Check it and the connection" in str(error.value)
