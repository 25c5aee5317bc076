"""When two queries over the record mean the same."""

from datetime import date

import pytest

from assistant.analytics.query import Query
from tests.record_queries import Span, canonical, period, questions

DOWNTIME = {"metrics": ["downtime_h"], "dims": ["line"]}
OPEN = {"field": "is_open", "value": True}
UNFINISHED = {"field": "status", "op": "in", "value": ["on_hold", "open", "in_progress"]}
AGE = {"field": "age_d", "op": "gt", "value": 7}


def test_there_are_forty_and_fifteen() -> None:
    ids = list(questions())
    assert ids == [f"q{n:02}" for n in range(1, 41)] + [f"c{n:02}" for n in range(1, 16)]


def test_no_two_questions_mean_the_same() -> None:
    assert len({canonical(question.query) for question in questions().values()}) == 55


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (DOWNTIME, DOWNTIME | {"order": "desc"}),
        (DOWNTIME, DOWNTIME | {"time": {"field": "downtime", "range": "all"}}),
        (
            DOWNTIME | {"time": {"range": "last_month"}},
            DOWNTIME | {"time": {"field": "downtime", "range": "2026-10"}},
        ),
        (
            DOWNTIME | {"time": {"range": "ytd"}},
            DOWNTIME | {"time": {"range": "2026-01-01.."}},
        ),
        (
            {"metrics": ["ticket_list"], "filters": [OPEN, AGE]},
            {"metrics": ["ticket_list"], "filters": [AGE, UNFINISHED], "order": "desc"},
        ),
        (
            {"metrics": ["cost_total"], "dims": ["line", "currency"]},
            {"metrics": ["cost_total"], "dims": ["line"]},
        ),
        (
            {"metrics": ["open_count"], "time": {"field": "as_of", "range": "last_month"}},
            {"metrics": ["open_count"], "time": {"range": "2026-10"}},
        ),
        (
            {
                "metrics": ["pm_list"],
                "filters": [{"field": "days_overdue", "op": "gt", "value": 0}],
            },
            {
                "metrics": ["pm_list"],
                "filters": [{"field": "days_overdue", "op": "ge", "value": 1}],
            },
        ),
    ],
)
def test_the_same_is_seen_as_the_same(one: dict[str, object], other: dict[str, object]) -> None:
    assert canonical(Query.model_validate(one)) == canonical(Query.model_validate(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (DOWNTIME, DOWNTIME | {"order": "asc"}),
        (DOWNTIME, DOWNTIME | {"dims": ["area"]}),
        (DOWNTIME | {"limit": 5}, DOWNTIME | {"limit": 10}),
        (DOWNTIME | {"limit": 5}, DOWNTIME | {"limit": 5, "order": "asc"}),
        (
            DOWNTIME | {"time": {"range": "last_30d"}},
            DOWNTIME | {"time": {"range": "last_month"}},
        ),
        (
            {"metrics": ["mttr_restore_h"], "time": {"field": "reported", "range": "ytd"}},
            {"metrics": ["mttr_restore_h"], "time": {"range": "ytd"}},
        ),
        (DOWNTIME, DOWNTIME | {"params": {"share": True}}),
        (
            {"metrics": ["repeat_rate"], "params": {"window_d": 14}},
            {"metrics": ["repeat_rate"]},
        ),
        ({"metrics": ["mtbf_h"], "params": {"basis": "calendar"}}, {"metrics": ["mtbf_h"]}),
        (
            {"metrics": ["mtbf_h"], "compare": {"to": "previous"}},
            {"metrics": ["mtbf_h"], "compare": {"to": "last_year"}},
        ),
    ],
)
def test_what_differs_is_seen_to_differ(one: dict[str, object], other: dict[str, object]) -> None:
    assert canonical(Query.model_validate(one)) != canonical(Query.model_validate(other))


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("last_week", (date(2026, 11, 9), date(2026, 11, 16))),
        ("last_quarter", (date(2026, 7, 1), date(2026, 10, 1))),
        ("this_quarter", (date(2026, 10, 1), None)),
        ("2026-H1", (date(2026, 1, 1), date(2026, 7, 1))),
        ("2025", (date(2025, 1, 1), date(2026, 1, 1))),
        ("last_26w", ((182, "d"), None)),
        ("last_2y", ((24, "m"), None)),
        ("2026-11", (date(2026, 11, 1), None)),
    ],
)
def test_periods_are_days(text: str, span: Span) -> None:
    assert period(text) == span
