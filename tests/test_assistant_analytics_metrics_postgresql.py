"""Metrics of reliability, upkeep and parts give in PostgreSQL what they give in SQLite."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.analytics.engine import FigureEngine
from assistant.analytics.query import Query
from index.access import LOCAL
from index.facts.record import Record
from tests.postgresql_record import copied, served
from tests.record_checking import assert_same
from tests.record_home import build_record, open_record
from tests.shared_homes import built_once

pytestmark = pytest.mark.postgresql

_LAST_YEAR: dict[str, Any] = {"time": {"range": "last_12m"}}
QUERIES: tuple[dict[str, Any], ...] = (
    {"metrics": ["mtbf_h"], "dims": ["asset_class", "week"], **_LAST_YEAR},
    {"metrics": ["mtbf_h"], "dims": ["alarm_code"], "params": {"basis": "calendar"}, **_LAST_YEAR},
    {"metrics": ["mtbsf_d"], "dims": ["asset", "failure_mode"], **_LAST_YEAR},
    {"metrics": ["availability"], "dims": ["line", "quarter"], **_LAST_YEAR},
    {"metrics": ["repeat_rate"], "dims": ["part", "month"], **_LAST_YEAR},
    {"metrics": ["ftfr"], "dims": ["day_of_week"], **_LAST_YEAR},
    {"metrics": ["repeat_list"]},
    {"metrics": ["pm_compliance"], "dims": ["line", "week"]},
    {"metrics": ["pm_list"], "order_by": "est_labor_h", "order": "asc"},
    {"metrics": ["backlog_count"], "dims": ["team", "alarm_code"]},
    {"metrics": ["backlog_h"], "time": {"range": "2026-10"}},
    {"metrics": ["ready_backlog_weeks"], "dims": ["team"]},
    {"metrics": ["part_qty"], "dims": ["part_category", "month"]},
    {"metrics": ["part_qty"], "filters": [{"field": "part", "op": "contains", "value": "bear"}]},
    {"metrics": ["part_forecast"], "dims": ["part"], **_LAST_YEAR},
    {"metrics": ["bad_actors"], "order_by": "cost", **_LAST_YEAR},
    {"metrics": ["failure_trend"], "dims": ["asset"], **_LAST_YEAR},
    {"metrics": ["mean_cumulative"], "dims": ["asset_class"], **_LAST_YEAR},
)


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Record:
    home: Path = built_once(tmp_path_factory, "record", build_record)
    return open_record(home)


@pytest.fixture(scope="module")
def engine(record: Record) -> Iterator[FigureEngine]:
    with served() as target:
        yield FigureEngine(copied(record, target))


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query["metrics"][0])
def test_both_databases_give_the_same(
    query: dict[str, Any], record: Record, engine: FigureEngine
) -> None:
    asked = Query.model_validate(query)
    here, there = (one.answer(asked, LOCAL) for one in (FigureEngine(record), engine))
    assert here.counted > 0
    assert here.rows
    assert_same(here, there)
