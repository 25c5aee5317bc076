"""The command line's audit log: what commands did stands in it, and it can be checked."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.command_line import fail, succeed

pytest_plugins = ["tests.command_fixtures"]


def rows(home: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in succeed("audit", "export").out.splitlines()]


def test_what_commands_do_is_logged_once_with_ids_and_without_texts(stocked_home: Path) -> None:
    before = len(rows(stocked_home))
    succeed("ask", "E-217 on CP-01, Quibblewick asks", "--llm", "none")
    number = json.loads(succeed("work-order", "draft", "E-217 on CP-01", "--json").out)["number"]
    succeed("work-order", "export", number, "--out", stocked_home / "order.json")
    succeed("documents", "withdraw", "1", "--reason", "old")
    new = rows(stocked_home)[before:]
    assert [row["action"] for row in new] == [
        "answer",
        "answer",
        "draft",
        "order exported",
        "withdraw",
        "audit export",
    ]
    assert {row["user"] for row in new} == {"local"}
    assert new[2]["object"] == new[3]["object"] == number
    assert "Quibblewick" not in json.dumps(new)


def test_what_filled_the_home_is_logged(stocked_home: Path) -> None:
    ingested = [row for row in rows(stocked_home) if row["action"] == "ingest"]
    taken = [row["details"] for row in ingested if "name" in row["details"]]  # type: ignore[operator]
    assert {each["name"] for each in taken} >= {"pump.md", "assets.csv"}  # type: ignore[index]


def test_a_whole_log_is_verified_and_its_head_printed(stocked_home: Path) -> None:
    head = succeed("audit", "head").out.strip()
    assert "none changed" in succeed("audit", "verify").out
    succeed("ask", "E-217", "--llm", "none")
    assert "none changed" in succeed("audit", "verify", "--head", head).out


def test_a_broken_log_is_told_with_exit_code_1(stocked_home: Path) -> None:
    head = succeed("audit", "head").out.strip()
    with closing(sqlite3.connect(stocked_home / "records.db")) as database, database:
        database.execute("DROP TRIGGER audit_no_update")
        database.execute("UPDATE audit SET user = 'nobody' WHERE sequence = 2")
    assert "row 2 was changed" in fail("audit", "verify")
    with closing(sqlite3.connect(stocked_home / "records.db")) as database, database:
        database.execute("DROP TRIGGER audit_no_delete")
        database.execute("DELETE FROM audit WHERE sequence >= 2")
    assert "none changed" in succeed("audit", "verify").out
    assert "were cut off" in fail("audit", "verify", "--head", head)


def test_an_export_is_csv_or_json_of_a_span_of_days(stocked_home: Path, tmp_path: Path) -> None:
    everything = rows(stocked_home)
    day = str(everything[0]["at"])[:10]
    file = tmp_path / "audit.csv"
    succeed("audit", "export", "--format", "csv", "--out", file, "--since", day, "--until", day)
    table = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"))))
    assert [int(row["sequence"]) for row in table[: len(everything)]] == [
        row["sequence"] for row in everything
    ]
    assert succeed("audit", "export", "--since", "2999-01-01").out == ""
    assert succeed("audit", "export", "--until", "2001-01-01T00:00").out == ""


@pytest.mark.parametrize("option", ["--since", "--until"])
@pytest.mark.parametrize("text", ["yesterday", "2026-13-01", "9999-12-31T99:00"])
def test_what_is_no_day_is_wrong_usage(empty_home: Path, option: str, text: str) -> None:
    assert "no day and no time" in fail("audit", "export", option, text, code=2)


def test_other_formats_and_heads_are_refused(empty_home: Path, tmp_path: Path) -> None:
    assert "neither" in fail("audit", "export", "--format", "xml", code=2)
    assert "is no head" in fail("audit", "verify", "--head", "12")
    assert "cannot be written" in fail("audit", "export", "--out", tmp_path / "no" / "a.csv")
