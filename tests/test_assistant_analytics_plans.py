"""Figures of a short time are found by the index of that time, not by reading every ticket.

SQLite keeps no counts of how common a value is, so that it takes an index of a flag for a choice
of few rows; the statements are written so that it does not.
"""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from assistant.analytics.engine import FigureEngine
from assistant.analytics.query import Query
from index.access import LOCAL, Principal
from index.facts.record import Record
from tests.record_home import build_record, open_record
from tests.shared_homes import built_once

_OF_A_SITE = Principal("u", "technician", sites=frozenset({"Plant North"}))
_LAST_YEAR = {"field": "reported", "range": "last_12m"}
CASES: dict[str, tuple[dict[str, Any], str]] = {
    "first-time-fix": (
        {"metrics": ["ftfr"], "time": {"field": "completed", "range": "ytd"}},
        "SEARCH fact USING INDEX fact_completed (completed>? AND completed<?)",
    ),
    "repeats": (
        {"metrics": ["repeat_rate"], "time": _LAST_YEAR},
        "SEARCH fact USING INDEX fact_reported (reported>? AND reported<?)",
    ),
    "stops of all the record": (
        {"metrics": ["availability"]},
        "SEARCH fact USING COVERING INDEX fact_stood (asset_id=? AND down_from<?)",
    ),
    "alarms": (
        {"metrics": ["failure_count"], "dims": ["alarm_code"], "time": _LAST_YEAR},
        "SEARCH fact_code USING COVERING INDEX fact_code_shown (ticket_id=?)",
    ),
    "parts": (
        {"metrics": ["part_qty"], "dims": ["part"], "time": _LAST_YEAR},
        "SEARCH fact_part USING COVERING INDEX fact_part_used (ticket_id=?)",
    ),
}


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Record:
    return open_record(built_once(tmp_path_factory, "record", build_record))


def _plans(record: Record, query: dict[str, Any], principal: Principal) -> list[list[str]]:
    """How each statement of a figure goes through the facts."""
    run: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        run.append((statement, values))

    sa.event.listen(record.engine, "before_cursor_execute", note)
    try:
        FigureEngine(record).answer(Query.model_validate(query), principal)
    finally:
        sa.event.remove(record.engine, "before_cursor_execute", note)
    with record.engine.connect() as connection:
        explained = [
            connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            for statement, values in run
            if statement.startswith("SELECT")
        ]
        return [[str(row[3]) for row in rows] for rows in explained]


@pytest.mark.parametrize("case", CASES)
def test_the_index_is_used(case: str, record: Record) -> None:
    query, wanted = CASES[case]
    assert any(wanted in plan for plan in _plans(record, query, LOCAL)), case


@pytest.mark.parametrize("principal", [LOCAL, _OF_A_SITE], ids=["all", "a site"])
def test_no_list_is_sorted_out_of_an_index_that_lacks_its_columns(
    principal: Principal, record: Record
) -> None:
    query = {"metrics": ["ticket_list"], "order_by": "downtime_min", "limit": 1}
    lines = [line for plan in _plans(record, query, principal) for line in plan]
    assert not [line for line in lines if line.startswith("SCAN fact USING INDEX")]
    assert lines
