"""Questions of a public set over real work orders, asked in words; and what is no such question."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assistant.analytics.asking.asked import Understood
from assistant.analytics.asking.asker import Asker
from assistant.analytics.asking.topic import is_about_the_record
from assistant.analytics.engine import FigureEngine
from assistant.analytics.figure import Figure
from index import tables
from index.access import LOCAL
from index.assets import Asset, AssetRegister
from index.catalog import Catalog
from index.database import open_engine
from index.facts.record import PlainPlant, Record
from index.home import Home
from ingest.tickets import TicketImporter
from tests.components import bench_folder
from tests.example_scripts import EXAMPLES
from tests.hash_embedder import HashEmbedder
from tests.record_queries import questions

Read = Callable[[Figure], Any]


def build(folder: Path) -> None:
    catalog = Catalog(open_engine(Home(folder).knowledge, tables.MIGRATIONS))
    register = AssetRegister(catalog.engine)
    register.put(Asset(tag=tag, asset_class="excavator") for tag in "ABCDE")
    path = bench_folder() / "excavators" / "excavators.csv"
    TicketImporter(catalog, HashEmbedder()).import_file(path, "mine", lambda *_: None)
    catalog.engine.dispose()


@pytest.fixture(scope="module")
def mine(tmp_path_factory: pytest.TempPathFactory) -> Record:
    folder = tmp_path_factory.mktemp("mine")
    build(folder)
    record = Record(open_engine(Home(folder).knowledge, tables.MIGRATIONS), PlainPlant())
    record.fresh()
    return record


def number(figure: Figure) -> Any:
    return figure.value


def pairs(figure: Figure) -> dict[Any, Any]:
    """First column and the measured one."""
    metric = next(n for n, c in enumerate(figure.columns) if c.name == figure.query.metric)
    return {row[0]: row[metric] for row in figure.rows}


def share(figure: Figure) -> Any:
    at = next(n for n, c in enumerate(figure.columns) if c.name.endswith(".share"))
    return figure.rows[0][at]


def dearest(figure: Figure) -> list[list[Any]]:
    names = [column.name for column in figure.columns]
    wanted = [names.index(name) for name in ("reported", "asset", "cost_total")]
    return [[row[n] for n in wanted] for row in figure.rows]


READ: dict[str, Read] = {
    **dict.fromkeys(("exc_01", "exc_02", "exc_03", "exc_07", "exc_09", "exc_13"), pairs),
    "exc_08": dearest,
    "exc_11": share,
}


@pytest.mark.bench_data
def test_the_fourteen_questions_over_the_excavators_are_answered_right(mine: Record) -> None:
    path = bench_folder() / "analytics_excavator" / "gold.jsonl"
    asker, engine = Asker(mine), FigureEngine(mine)
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert len(rows) == 14
    for row in rows:
        asked = asker.ask(row["question"], LOCAL)
        assert isinstance(asked, Understood), (row["question"], asked)
        found = READ.get(row["_id"], number)(engine.answer(asked.query, LOCAL))
        assert rounded(found) == rounded(row["gold"]), row["question"]


def rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): rounded(each) for key, each in value.items()}
    if isinstance(value, list):
        return [rounded(each) for each in value]
    return round(float(value), 2) if isinstance(value, int | float) else value


def test_nearly_all_questions_over_the_record_are_known_as_such() -> None:
    missed = [q.text for q in questions().values() if not is_about_the_record(q.text)]
    assert len(missed) <= 2, missed


def test_no_question_over_the_documents_is_taken_for_one_over_the_record() -> None:
    asked = [
        json.loads(line)["question"]
        for path in sorted(EXAMPLES.glob("golden*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    assert len(asked) > 200
    assert [text for text in asked if is_about_the_record(text)] == []


@pytest.mark.bench_data
@pytest.mark.parametrize("name", ["manual_qa_tv", "fault_codes", "fault_codes_zh"])
def test_no_question_to_a_manual_is_taken_for_one_over_the_record(name: str) -> None:
    path = bench_folder() / name / "queries.jsonl"
    asked = [json.loads(line)["text"] for line in path.read_text(encoding="utf-8").splitlines()]
    assert len(asked) > 500
    assert [text for text in asked if is_about_the_record(text)] == []


def test_a_long_text_is_no_question_over_the_record() -> None:
    assert not is_about_the_record("How many breakdowns last month? " * 40)
