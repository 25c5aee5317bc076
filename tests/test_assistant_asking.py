"""Questions over the record in words: the 55 of the sample plant and how else people say them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.analytics.asking.asked import AskBack, Understood
from assistant.analytics.asking.asker import Asker
from assistant.analytics.query import Filter, Params, Query, TimeRange
from index.access import LOCAL
from tests.record_home import build_record, open_record
from tests.record_queries import Question, questions
from tests.shared_homes import built_once

WORDINGS = Path(__file__).parent / "data" / "record_wordings.jsonl"
LEAST_RIGHT = 0.95
MOST_WRONG = 0.01


@pytest.fixture(scope="module")
def asker(tmp_path_factory: pytest.TempPathFactory) -> Asker:
    return Asker(open_record(built_once(tmp_path_factory, "record", build_record)))


@pytest.mark.parametrize("question", questions().values(), ids=lambda question: question.id)
def test_each_of_the_questions_becomes_its_query(asker: Asker, question: Question) -> None:
    asked = asker.ask(question.text, LOCAL)
    assert isinstance(asked, Understood), asked
    assert question.is_meant_by(asked.query), asked.query


def test_other_wordings_are_right_or_asked_back(asker: Asker) -> None:
    rows = [json.loads(line) for line in WORDINGS.read_text(encoding="utf-8").splitlines()]
    assert len(rows) >= 440
    wrong, back = [], []
    for row in rows:
        asked = asker.ask(row["text"], LOCAL)
        if isinstance(asked, AskBack):
            back.append((row["text"], asked.question))
        elif not questions()[row["id"]].is_meant_by(asked.query):
            wrong.append((row["text"], asked.query))
    assert len(wrong) <= MOST_WRONG * len(rows), wrong
    assert len(wrong) + len(back) <= (1 - LEAST_RIGHT) * len(rows), (wrong, back)


UNDERSTOOD = {
    "which line costs most": {
        "metrics": ["cost_total"],
        "dims": ["line"],
        "order": "desc",
        "limit": 1,
    },
    "lines costing us the most downtime last month": {
        "metrics": ["downtime_h"],
        "dims": ["line"],
        "time": {"field": "downtime", "range": "last_month"},
        "order": "desc",
        "limit": 10,
    },
    "breakdowns throughout the plant last week": {
        "metrics": ["failure_count"],
        "time": {"field": "reported", "range": "last_week"},
    },
    "everything open for more than 30 days, oldest first": {
        "metrics": ["ticket_list"],
        "filters": [
            {"field": "is_open", "value": True},
            {"field": "age_d", "op": "gt", "value": 30},
        ],
        "order": "desc",
        "order_by": "age_d",
    },
    "今年之前的故障次数": {
        "metrics": ["failure_count"],
        "time": {"field": "reported", "range": "1970-01-01..2026-01-01"},
    },
    "failures not on line 3 last month": {
        "metrics": ["failure_count"],
        "filters": [{"field": "line", "op": "ne", "value": "Line 3"}],
        "time": {"field": "reported", "range": "last_month"},
    },
    "failures with downtime over 2 hours this year": {
        "metrics": ["failure_count"],
        "filters": [{"field": "downtime_min", "op": "gt", "value": 120}],
        "time": {"field": "reported", "range": "ytd"},
    },
    "machines with more than 10 tickets this year": {
        "metrics": ["asset_list"],
        "filters": [{"field": "ticket_count", "op": "gt", "value": 10}],
        "time": {"field": "reported", "range": "ytd"},
    },
    "the last 3 tickets on C-201": {
        "metrics": ["ticket_list"],
        "filters": [{"field": "asset", "value": "C-201"}],
        "order": "desc",
        "order_by": "reported",
        "limit": 3,
    },
    'tickets mentioning "coolant" this year': {
        "metrics": ["ticket_list"],
        "filters": [{"field": "text", "op": "contains", "value": "coolant"}],
        "time": {"field": "reported", "range": "ytd"},
    },
    "MTBF of C-201 in calendar hours 2025": {
        "metrics": ["mtbf_h"],
        "filters": [{"field": "asset", "value": "C-201"}],
        "time": {"field": "reported", "range": "2025"},
        "params": {"basis": "calendar"},
    },
    "forecast of bearing consumption for the next six months": {
        "metrics": ["part_forecast"],
        "filters": [{"field": "part_category", "value": "bearing"}],
        "time": {"range": "last_12m"},
        "params": {"horizon_d": 180},
    },
    "downtime 2025 vs 2024": {
        "metrics": ["downtime_h"],
        "time": {"field": "downtime", "range": "2025"},
        "compare": {"to": "last_year"},
    },
    "failures this month vs last month": {
        "metrics": ["failure_count"],
        "time": {"field": "reported", "range": "this_month"},
        "compare": {"to": "previous"},
    },
    "which pump had the most failures this year": {
        "metrics": ["failure_count"],
        "dims": ["asset"],
        "filters": [{"field": "asset_class", "value": "pump"}],
        "time": {"field": "reported", "range": "ytd"},
        "order": "desc",
        "limit": 1,
    },
    "MTTR pumps 90d": {
        "metrics": ["mttr_restore_h"],
        "filters": [{"field": "asset_class", "value": "pump"}],
        "time": {"field": "completed", "range": "last_90d"},
    },
    "哪台注塑机今年故障最多": {
        "metrics": ["failure_count"],
        "dims": ["asset"],
        "filters": [{"field": "asset_class", "value": "injection moulding machine"}],
        "time": {"field": "reported", "range": "ytd"},
        "order": "desc",
        "limit": 1,
    },
}


@pytest.mark.parametrize("text", UNDERSTOOD)
def test_what_else_is_asked_becomes_its_query(asker: Asker, text: str) -> None:
    asked = asker.ask(text, LOCAL)
    assert isinstance(asked, Understood), asked
    assert asked.query == Query.model_validate(UNDERSTOOD[text])


BACK = {
    "Which machines are worst this year?": ("worst", "worst"),
    "backlog per team": ("backlog", "backlog"),
    "failures on P-999 last month": ("unknown_name", "p-999"),
    "downtime of line 9": ("unknown_name", "line 9"),
    "failures next month": ("future", "next month"),
    "failures in December 2026": ("future", "in december 2026"),
    "failures in the past month": ("which_time", "in the past month"),
    "failures since 03/04/2026": ("which_time", "since 03/04/2026"),
    "tickets in FY2026": ("which_time", "in fy2026"),
    "is downtime getting worse?": ("compare_with_what", "getting worse"),
    "how often did the machine fail last month": ("which_one", "machine"),
    "downtime of C-201 this year excluding March": ("two_times", "this year"),
    "wobbly failures last month": ("not_understood", "wobbly"),
    "planned downtime last month": ("not_understood", "planned"),
    "failures without downtime this year": ("not_understood", "without"),
    "cost per failure by line": ("not_understood", "per failure"),
    "how many machines failed last month": ("how_many_of", "machines"),
    "cost of spare parts on conveyors last year": ("cost_of_parts", "spare parts"),
    "labour cost last quarter": ("not_understood", "labour"),
    "average downtime last month": ("not_understood", "average"),
    "failures lately": ("which_time", "lately"),
    "where do we lose most downtime?": ("most_of_what", "most"),
    "P-999上个月故障次数": ("unknown_name", "p-999"),
    "上个月停机多少小时，不含计划": ("not_understood", "不含"),
}


@pytest.mark.parametrize("text", BACK)
def test_what_may_mean_several_things_or_nothing_is_asked_back(asker: Asker, text: str) -> None:
    asked = asker.ask(text, LOCAL)
    assert isinstance(asked, AskBack), asked
    assert (asked.reason, asked.word) == BACK[text]
    assert asked.question


def test_choices_are_queries_that_can_be_sent(asker: Asker) -> None:
    asked = asker.ask("failures in the past month", LOCAL)
    assert isinstance(asked, AskBack)
    ranges = [choice.query.time.range for choice in asked.choices if choice.query]
    assert ranges == ["last_month", "last_30d"]
    near = asker.ask("failures on P-109 last month", LOCAL)
    assert isinstance(near, AskBack)
    assert near.choices[0].query is not None
    assert str(near.choices[0].query.filters[0].value).startswith("P-10")
    dropped = asker.ask("wobbly failures last month", LOCAL)
    assert isinstance(dropped, AskBack)
    (choice,) = dropped.choices
    assert "without 'wobbly'" in choice.label
    assert choice.query == Query.model_validate(
        {"metrics": ["failure_count"], "time": {"field": "reported", "range": "last_month"}}
    )


SAID = {
    "How many breakdwons last month?": ("breakdwons", "whole calendar"),
    "MTTR for pumps this year": ("restoration",),
    "failures in October": ("2026",),
    "how many tickets were reopened": ("names no period",),
    "filling availability last month": ("it also names: area",),
    "上周三车间故障次数": ("Workshop 3",),
}


@pytest.mark.parametrize("text", SAID)
def test_what_was_assumed_is_said(asker: Asker, text: str) -> None:
    asked = asker.ask(text, LOCAL)
    assert isinstance(asked, Understood), asked
    said = " ".join(asked.assumptions)
    for part in SAID[text]:
        assert part in said


def test_the_other_reading_is_offered(asker: Asker) -> None:
    asked = asker.ask("MTTR for pumps last week", LOCAL)
    assert isinstance(asked, Understood)
    found = [(one.query.metric, one.query.time.range) for one in asked.others if one.query]
    assert ("mttr_restore_h", "last_7d") in found
    assert ("mttr_repair_h", "last_week") in found


EDITS: dict[str, dict[str, object]] = {
    "and by shift?": {"dims": ("shift",)},
    "by team as well": {"dims": ("line", "team")},
    "only line 3": {"filters": (Filter(field="line", value="Line 3"),)},
    "without line 3": {"filters": (Filter(field="line", op="ne", value="Line 3"),)},
    "last year instead": {"time": TimeRange(field="downtime", range="last_year")},
    "top 5": {"order": "desc", "limit": 5},
    "in percent": {"params": Params(share=True)},
    "only corrective": {"filters": (Filter(field="kind", value="corrective"),)},
    "failures instead of downtime": {
        "metrics": ("failure_count",),
        "time": TimeRange(field="reported", range="ytd"),
    },
    "as a list": {
        "metrics": ("ticket_list",),
        "dims": (),
        "time": TimeRange(field="reported", range="ytd"),
    },
    "按班次": {"dims": ("shift",)},
    "只看三车间": {"filters": (Filter(field="area", value="Workshop 3"),)},
}


@pytest.mark.parametrize("text", EDITS)
def test_a_few_words_change_a_query(asker: Asker, text: str) -> None:
    asked = asker.ask("downtime by line this year", LOCAL)
    assert isinstance(asked, Understood)
    edited = asker.edit(asked.query, text, LOCAL)
    assert isinstance(edited, Understood), edited
    assert edited.query == asked.query.model_copy(update=EDITS[text])


def test_words_that_change_nothing_are_asked_back(asker: Asker) -> None:
    asked = asker.ask("downtime by line this year", LOCAL)
    assert isinstance(asked, Understood)
    for text, reason in (("all lines", "no_change"), ("wobbly", "not_understood")):
        back = asker.edit(asked.query, text, LOCAL)
        assert isinstance(back, AskBack)
        assert back.reason == reason


def test_a_machine_takes_the_place_of_a_class(asker: Asker) -> None:
    asked = asker.ask("MTTR for pumps in the last 90 days", LOCAL)
    assert isinstance(asked, Understood)
    edited = asker.edit(asked.query, "C-201 only", LOCAL)
    assert isinstance(edited, Understood)
    assert edited.query.filters == (Filter(field="asset", value="C-201"),)
