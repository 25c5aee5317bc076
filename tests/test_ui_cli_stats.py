"""``faultbook stats``: a question in words, its figure and what defends it, or choices."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests.record_home import build_record
from tests.shared_homes import built_once
from ui.cli.console import app


@pytest.fixture(scope="module")
def record_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built_once(tmp_path_factory, "record", build_record)


def run(home: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["stats", *words, "--home", str(home)])


def test_a_question_is_answered_with_all_that_defends_the_figure(record_home: Path) -> None:
    shown = run(record_home, "How many breakdowns last month?", "--rows", "2")
    assert shown.exit_code == 0, shown.output
    for part in ("Data as of", "counted:", "definition:", "SQL:", "2 tickets", "whole calendar"):
        assert part in shown.output


def test_json_holds_the_query_and_the_figure(record_home: Path) -> None:
    shown = json.loads(run(record_home, "今年故障最多的十台设备", "--json").stdout)
    assert shown["status"] == "understood"
    assert shown["query"]["dims"] == ["asset"]
    assert len(shown["figure"]["rows"]) == 10


def test_what_is_not_understood_is_asked_back_with_exit_code_2(record_home: Path) -> None:
    shown = run(record_home, "Which machines are worst this year?", "--json")
    assert shown.exit_code == 2
    asked = json.loads(shown.stdout)
    assert asked["status"] == "ask_back"
    metrics = [choice["query"]["metrics"] for choice in asked["choices"]]
    assert metrics == [["downtime_h"], ["failure_count"], ["cost_total"]]
    assert "--query" in run(record_home, "Which machines are worst this year?").output


def test_a_query_is_answered_as_it_stands(record_home: Path, tmp_path: Path) -> None:
    query = '{"metrics": ["failure_count"], "time": {"range": "2026-10"}}'
    (tmp_path / "query.json").write_text(query, encoding="utf-8")
    by_words = json.loads(run(record_home, "How many breakdowns in October?", "--json").stdout)
    for given in (query, str(tmp_path / "query.json")):
        shown = json.loads(run(record_home, "--query", given, "--json").stdout)
        assert shown["figure"]["value"] == by_words["figure"]["value"]


def test_the_table_is_written_as_csv(record_home: Path, tmp_path: Path) -> None:
    path = tmp_path / "lines.csv"
    assert run(record_home, "downtime by line last month", "--csv", str(path)).exit_code == 0
    assert "Line 3" in path.read_text(encoding="utf-8-sig")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((), 2, "Give either"),
        (("how many failures", "--query", "{}"), 2, "Give either"),
        (("--query", '{"metrics": ["nonsense"]}'), 1, "The query is not valid: metrics.0"),
        (("--query", "no-such-file.json"), 1, "cannot be read"),
    ],
)
def test_wrong_usage_says_what_to_do(
    record_home: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    shown = run(record_home, *words)
    assert shown.exit_code == code
    assert said in shown.output
