"""Open work: tickets, hours, weeks and age; planned work in time and overdue."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.analytics.errors import CannotAnswer
from index.facts.fact_tables import planned_work
from index.facts.plant import Plant, Site, Team
from tests.metric_scopes import AS_OF, DAY, FactRecord, site_only

NOW = int(AS_OF.timestamp())
TODAY = date(2026, 11, 20)
QUICK = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
TEAMS = (
    Team("mechanical", "North", 80.0, ("mech", "机修")),
    Team("electrical", "North", 40.0),
    Team("hydraulics", "South"),
)


def _record() -> FactRecord:
    record = FactRecord(Plant(sites=(Site("North"), Site("South")), teams=TEAMS))
    record.add_asset("P-1", site="North")
    opened = {"asset": "P-1", "is_open": 1, "status": "open"}
    for age, team, hours, more in (
        (1, "mechanical", 8.0, {}),
        (3, "mechanical", None, {}),
        (10, "mechanical", 100.0, {"status": "on_hold"}),
        (20, "mechanical", 40.0, {"delay_reason": "Parts"}),
        (30, "electrical", 10.0, {"status": "in_progress", "delay_reason": "production"}),
        (40, "", 5.0, {}),
    ):
        row = {**opened, "reported": NOW - age * DAY, "team": team, "est_labor_h": hours}
        record.add(**row | more)
    record.add(asset="P-1", team="mechanical", reported=NOW - DAY, completed=NOW, est_labor_h=9.0)
    record.add(**opened, reported=NOW - DAY, is_duplicate=1, est_labor_h=99.0)
    return record


def test_open_tickets_and_their_hours_by_team():
    record = _record()
    count = record.compute({"metrics": ["backlog_count"], "dims": ["team"]})
    assert count.values == {("mechanical",): (4,), ("electrical",): (1,), (None,): (1,)}
    assert count.is_additive
    hours = record.compute({"metrics": ["backlog_h"], "dims": ["team"]})
    assert hours.values[("mechanical",)] == (148.0, 3, 4)
    assert (hours.coverage[0].known, hours.coverage[0].of) == (5, 6)
    assert [each.rows for each in hours.excluded] == [1]


def test_hours_that_nobody_estimated_are_unknown_and_those_of_nothing_are_0():
    record = FactRecord()
    assert record.compute({"metrics": ["backlog_h"]}).values == {(): (0.0, 0, 0)}
    record.add(is_open=1, status="open", reported=NOW - DAY)
    assert record.compute({"metrics": ["backlog_h"]}).values == {(): (None, 0, 1)}


def test_the_backlog_of_an_earlier_moment():
    record = _record()
    query = {"metrics": ["backlog_count"], "time": {"field": "as_of", "range": "2026-10"}}
    computed = record.compute(query)
    assert computed.values == {(): (3,)}  # those of 20, 30 and 40 days ago
    assert any("without a time of completion" in note for note in computed.notes)


def test_weeks_of_ready_work():
    record = _record()
    by_team = record.compute({"metrics": ["ready_backlog_weeks"], "dims": ["team"]})
    assert by_team.values == {
        ("mechanical",): (8 / 80, 8.0, 80.0, 2),
        ("electrical",): (10 / 40, 10.0, 40.0, 1),
        (None,): (None, 5.0, None, 1),
        ("hydraulics",): (None, 0.0, None, 0),
    }
    whole = record.compute({"metrics": ["ready_backlog_weeks"]})
    assert whole.values == {(): (18 / 120, 18.0, 120.0, 3)}
    assert any("no team, hydraulics: their work is left out" in note for note in whole.notes)
    one = {
        "metrics": ["ready_backlog_weeks"],
        "filters": [{"field": "team", "value": "electrical"}],
    }
    assert record.compute(one).values == {(): (0.25, 10.0, 40.0, 1)}


def test_a_team_without_open_work_has_none():
    record = FactRecord(Plant(teams=TEAMS))
    one = {
        "metrics": ["ready_backlog_weeks"],
        "filters": [{"field": "team", "value": "electrical"}],
    }
    assert record.compute(one).values == {(): (0.0, 0.0, 40.0, 0)}


def test_without_the_hours_of_a_team_there_are_no_weeks():
    record = FactRecord()
    record.add(is_open=1, status="open", reported=NOW - DAY, team="mechanical", est_labor_h=3.0)
    with pytest.raises(CannotAnswer, match=r"hours that mechanical .* plant\.toml"):
        record.compute({"metrics": ["ready_backlog_weeks"]})
    with pytest.raises(CannotAnswer, match="by team"):
        _record().compute({"metrics": ["ready_backlog_weeks"], "dims": ["priority"]})
    earlier = {"metrics": ["ready_backlog_weeks"], "time": {"range": "2026-09"}}
    with pytest.raises(CannotAnswer, match="of now"):
        _record().compute(earlier)


def test_teams_of_other_sites_are_not_named():
    computed = _record().compute(
        {"metrics": ["ready_backlog_weeks"], "dims": ["team"]}, principal=site_only("North")
    )
    assert ("hydraulics",) not in computed.values


def test_the_age_of_open_tickets():
    computed = _record().compute({"metrics": ["backlog_age_d"], "dims": ["status"]})
    ages = [1, 3, 20, 40]
    assert computed.values[("open",)] == pytest.approx(
        (16, 11.5, float(np.percentile(ages, 90)), 4)
    )
    assert FactRecord().compute({"metrics": ["backlog_age_d"]}).values == {
        (): (None, None, None, 0)
    }


_PLAN = st.fixed_dictionaries(
    {
        "due": st.integers(-60, 20),
        "off": st.one_of(st.none(), st.integers(-20, 20)),
        "interval_d": st.sampled_from([None, 7, 30, 90]),
        "tolerance_d": st.sampled_from([None, 0.0, 2.0]),
        "asset": st.sampled_from(["N-1", "S-1"]),
        "team": st.sampled_from(["mechanical", "electrical"]),
    }
)
SITES = (Site("North", ZoneInfo("Europe/Berlin")), Site("South", ZoneInfo("Asia/Shanghai")))
# 21:00 in UTC is the next day in Shanghai already.
DAY_AT = {"N-1": TODAY, "S-1": TODAY + timedelta(days=1)}


def _planned(rows: list[dict[str, Any]]) -> FactRecord:
    record = FactRecord(Plant(sites=SITES))
    record.add_asset("N-1", site="North", area="Hall 1")
    record.add_asset("S-1", site="South", area="Hall 9")
    for number, row in enumerate(rows):
        due = TODAY + timedelta(days=row["due"])
        done = None if row["off"] is None else due + timedelta(days=row["off"])
        record.add_row(
            planned_work,
            number=f"PM-{number}",
            title="Grease",
            asset=row["asset"],
            team=row["team"],
            due_on=due.isoformat(),
            done_on=None if done is None or done > TODAY else done.isoformat(),
            interval_d=row["interval_d"],
            tolerance_d=row["tolerance_d"],
        )
    return record


@QUICK
@given(st.lists(_PLAN, max_size=10))
def test_compliance_against_plain_python(rows: list[dict[str, Any]]):
    query = {"metrics": ["pm_compliance"], "dims": ["team"], "time": {"range": "last_30d"}}
    computed = _planned(rows).compute(query)
    expected: dict[Any, list[bool]] = {}
    for row in rows:
        due, today = TODAY + timedelta(days=row["due"]), DAY_AT[row["asset"]]
        if not TODAY - timedelta(days=30) <= due <= TODAY:
            continue
        tolerance = row["tolerance_d"]
        if tolerance is None:
            tolerance = (row["interval_d"] or 0) / 10
        is_done = row["off"] is not None and due + timedelta(days=row["off"]) <= TODAY
        if is_done:
            hit = abs(row["off"]) <= tolerance
        elif (today - due).days <= tolerance:
            continue
        else:
            hit = False
        expected.setdefault((row["team"],), []).append(hit)
    assert {key: cells[3:] for key, cells in computed.values.items()} == {
        key: (sum(each), len(each)) for key, each in expected.items()
    }


@QUICK
@given(st.lists(_PLAN, max_size=10), st.integers(0, 10))
def test_overdue_work_against_plain_python(rows: list[dict[str, Any]], least: int):
    filters = [{"field": "days_overdue", "op": "gt", "value": least}]
    computed = _planned(rows).compute({"metrics": ["pm_list"], "filters": filters})
    expected = []
    for number, row in enumerate(rows):
        due = TODAY + timedelta(days=row["due"])
        is_done = row["off"] is not None and due + timedelta(days=row["off"]) <= TODAY
        late = (DAY_AT[row["asset"]] - due).days
        if not is_done and late > least:
            expected.append((-late, due.isoformat(), f"PM-{number}"))
    assert computed.rows is not None
    assert [row[0] for row in computed.rows] == [name for *_, name in sorted(expected)]
    assert [row[6] for row in computed.rows] == [-late for late, *_ in sorted(expected)]
    assert computed.counted == len(expected)


def _one(**values: Any) -> dict[str, Any]:
    base = {"due": -10, "off": 0, "interval_d": 30, "tolerance_d": None, "asset": "N-1",
            "team": "mechanical"}  # fmt: skip
    return base | values


def test_what_cannot_be_judged_yet_is_left_out_and_counted():
    rows = [_one(), _one(due=-2, off=None), _one(due=5, off=None), _one(off=4), _one(off=-5)]
    computed = _planned(rows).compute({"metrics": ["pm_compliance"], "time": {"range": "2026-11"}})
    assert computed.values[()][3:] == (1, 3)
    assert {each.reason: each.rows for each in computed.excluded} == {
        "not yet out of its tolerance": 1,
        "due after the data ends": 1,
    }
    assert computed.notes == ("Of the others, 1 were done late, 1 too early, 0 not at all so far.",)


@pytest.mark.parametrize("name", ["day", "week", "month", "quarter", "year", "day_of_week", "area"])
def test_planned_work_is_split_by_its_due_day(name: str):
    query = {"metrics": ["pm_compliance"], "dims": [name], "time": {"range": "2026"}}
    computed = _planned([_one(), _one(asset="S-1")]).compute(query)
    expected = {
        "day": "2026-11-10", "week": "2026-W46", "month": "2026-11", "quarter": "2026-Q4",
        "year": "2026", "day_of_week": "Tuesday", "area": "Hall 1",
    }  # fmt: skip
    assert (expected[name],) in computed.values


def test_planned_work_knows_no_failure_modes_and_no_hours():
    record = _planned([_one()])
    with pytest.raises(CannotAnswer, match="Planned work is known by asset"):
        record.compute(
            {"metrics": ["pm_list"], "filters": [{"field": "failure_mode", "value": "leak"}]}
        )
    with pytest.raises(CannotAnswer, match="due on days"):
        record.compute({"metrics": ["pm_compliance"], "dims": ["hour"]})
    with pytest.raises(CannotAnswer, match="cannot be ordered by cost"):
        record.compute({"metrics": ["pm_list"], "order_by": "cost"})


def test_a_list_is_cut_and_says_so():
    record = _planned([_one(off=None), _one(off=None, due=-20), _one()])
    computed = record.compute({"metrics": ["pm_list"], "limit": 1})
    assert computed.rows is not None
    assert [row[0] for row in computed.rows] == ["PM-1"]
    assert computed.notes == ("2 more planned jobs are not shown.",)
    empty = record.compute({"metrics": ["pm_list"], "time": {"range": "2020"}})
    assert (empty.rows, empty.notes) == ([], ("No planned work fits: zero rows.",))
    assert record.compute({"metrics": ["pm_list"]}, principal=site_only("South")).rows == []
