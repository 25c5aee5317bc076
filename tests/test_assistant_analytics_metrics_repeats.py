"""Failures that came again, first-time fixes and days between, against plain Python."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.facts.fact_tables import fact_code
from tests.metric_scopes import AS_OF, DAY, FactRecord, epoch, site_only

NOW = int(AS_OF.timestamp())
FIRST = NOW - 100 * DAY
QUICK = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
WHOLE: dict[str, Any] = {"time": {"range": "last_60d"}}

_ROW = st.fixed_dictionaries(
    {
        "asset": st.sampled_from(["A", "B", "not in the register"]),
        "failure_mode": st.sampled_from(["", "leak", "Leak", "jam"]),
        "component": st.sampled_from(["", "seal", "belt"]),
        "reported": st.integers(0, 399).map(lambda at: FIRST + at * DAY // 4),
        "took": st.one_of(st.none(), st.integers(0, 40).map(lambda took: took * DAY // 4)),
        "is_failure": st.sampled_from([1, 1, 1, 0]),
        "is_duplicate": st.sampled_from([0, 0, 0, 1]),
        "is_reopened": st.sampled_from([0, 0, 0, 1]),
        "team": st.sampled_from(["early birds", ""]),
    }
)


def _record(rows: list[dict[str, Any]]) -> FactRecord:
    record = FactRecord()
    for tag in ("A", "B"):
        record.add_asset(tag)
    made = []
    for row in rows:
        took = row["took"]
        ended = {"completed": None if took is None else min(row["reported"] + took, NOW)}
        made.append({name: value for name, value in row.items() if name != "took"} | ended)
    if made:
        record.add_all(made)
    return record


def _closed(row: dict[str, Any]) -> int:
    took = row["took"]
    return min(row["reported"] + took, NOW) if took else row["reported"] + 1


def _next(rows: list[dict[str, Any]], one: dict[str, Any]) -> int | None:
    def is_same(other: dict[str, Any]) -> bool:
        return any(
            one[name] and one[name].lower() == other[name].lower()
            for name in ("failure_mode", "component")
        )

    later = [
        other["reported"]
        for other in rows
        if other["is_failure"] and not other["is_duplicate"] and other["asset"] == one["asset"]
        if is_same(other) and other["reported"] >= _closed(one)
    ]
    return min(later, default=None)


def _is_known(row: dict[str, Any]) -> bool:
    return row["asset"] in "AB" and bool(row["failure_mode"] or row["component"])


@QUICK
@given(st.lists(_ROW, max_size=14), st.sampled_from([1, 7, 30]))
def test_the_share_that_came_again(rows: list[dict[str, Any]], window: int):
    record = _record(rows)
    query = {"metrics": ["repeat_rate"], "dims": ["team"], "params": {"window_d": window}, **WHOLE}
    computed = record.compute(query)
    expected: dict[Any, list[bool]] = defaultdict(list)
    young = 0
    for row in rows:
        counts = row["is_failure"] and not row["is_duplicate"] and _is_known(row)
        if not counts or not NOW - 60 * DAY <= row["reported"] < NOW:
            continue
        if _closed(row) + window * DAY > NOW:
            young += 1
            continue
        following = _next(rows, row)
        is_again = following is not None and following - _closed(row) < window * DAY
        expected[(row["team"] or None,)].append(is_again)
    assert {key: (cells[3], cells[4]) for key, cells in computed.values.items()} == {
        key: (sum(each), len(each)) for key, each in expected.items()
    }
    for key, each in expected.items():
        assert computed.values[key][0] == pytest.approx(100 * sum(each) / len(each))
    waiting = [each.rows for each in computed.excluded if "not old enough" in each.reason]
    assert waiting == ([young] if young else [])
    assert computed.counted == sum(len(each) for each in expected.values())


@QUICK
@given(st.lists(_ROW, max_size=14))
def test_what_was_fixed_the_first_time(rows: list[dict[str, Any]]):
    computed = _record(rows).compute({"metrics": ["ftfr"], **WHOLE})
    fixed = judged = 0
    for row in rows:
        if row["is_duplicate"] or not _is_known(row) or row["took"] is None:
            continue
        done = min(row["reported"] + row["took"], NOW)
        if not NOW - 60 * DAY <= done < NOW or _closed(row) + 30 * DAY > NOW:
            continue
        following = _next(rows, row)
        judged += 1
        is_again = following is not None and following - _closed(row) < 30 * DAY
        fixed += not row["is_reopened"] and not is_again
    share = pytest.approx(100 * fixed / judged) if judged else None
    assert computed.values[()][0] == share
    assert computed.values[()][3:] == (fixed, judged)


@QUICK
@given(st.lists(_ROW, max_size=14))
def test_days_between_the_same_failures(rows: list[dict[str, Any]]):
    computed = _record(rows).compute({"metrics": ["mtbsf_d"], **WHOLE})
    groups: dict[Any, list[int]] = defaultdict(list)
    for row in rows:
        counts = row["is_failure"] and not row["is_duplicate"] and _is_known(row)
        if counts and NOW - 60 * DAY <= row["reported"] < NOW:
            mode, part = row["failure_mode"].lower(), row["component"]
            groups[row["asset"], mode, "" if mode else part].append(row["reported"])
    gaps = [
        (later - before) / DAY
        for moments in groups.values()
        for before, later in zip(sorted(moments), sorted(moments)[1:], strict=False)
    ]
    value, low, high, number = computed.values.get((), (None, None, None, 0))
    assert number == len(gaps)
    assert value == (pytest.approx(sum(gaps) / len(gaps)) if gaps else None)
    if gaps and sum(gaps):
        assert low is not None
        assert high is not None
        assert float(low) < float(value or 0) < float(high)


def _pair() -> FactRecord:
    record = FactRecord()
    record.add_asset("P-1", site="North")
    record.add(
        asset="P-1",
        failure_mode="leak",
        component="seal",
        reported=epoch("2026-08-01T08:00:00"),
        completed=epoch("2026-08-01T12:00:00"),
    )
    record.add(
        asset="P-1",
        failure_mode="noise",
        component="Seal",
        reported=epoch("2026-08-11T12:00:00"),
        completed=epoch("2026-08-12T12:00:00"),
    )
    return record


def test_each_pair_is_listed_with_what_links_it():
    record = _pair()
    computed = record.compute({"metrics": ["repeat_list"], "time": {"range": "2026-08"}})
    assert computed.rows == [
        ("P-1", "leak", "seal", "T-1", "2026-08-01", "2026-08-01", "T-2", "2026-08-11", 10.0)
    ]
    assert computed.counted == 1
    short = {"metrics": ["repeat_list"], "params": {"window_d": 10}}
    assert record.compute(short).rows == []
    assert "zero rows" in record.compute(short).notes[0]


def test_the_longest_list_is_cut_and_says_so():
    record = _pair()
    record.add(asset="P-1", component="seal", reported=epoch("2026-08-20T00:00:00"))
    computed = record.compute({"metrics": ["repeat_list"], "limit": 1})
    assert computed.rows is not None
    assert [row[3] for row in computed.rows] == ["T-2"]
    assert computed.counted == 2
    assert "The latest 1 of 2 pairs are shown." in computed.notes


def test_a_return_counts_although_the_filter_does_not_choose_it():
    record = _pair()
    query = {
        "metrics": ["repeat_rate"],
        "filters": [{"field": "failure_mode", "value": "leak"}],
        "time": {"range": "2026-08"},
    }
    assert record.compute(query).values[()][3:] == (1, 1)


def test_what_a_principal_does_not_see_is_no_return():
    record = _pair()
    record.add_asset("S-1", site="South")
    query = {"metrics": ["repeat_rate"], "time": {"range": "2026-08"}}
    assert record.compute(query, principal=site_only("South")).values == {
        (): (None, None, None, 0, 0)
    }
    assert record.compute(query, principal=site_only("North")).values[()][3:] == (1, 2)


def test_a_ticket_with_two_codes_stands_under_both_and_is_young_once():
    record = FactRecord()
    record.add_asset("P-1")
    old, young = (
        record.add(asset="P-1", failure_mode="leak", reported=at, completed=at + DAY)
        for at in (FIRST, NOW - 2 * DAY)
    )
    for ticket in (old, young):
        for code in ("E1", "E2"):
            record.add_row(fact_code, ticket_id=ticket, code=code, folded=code)
    computed = record.compute({"metrics": ["repeat_rate"], "dims": ["alarm_code"]})
    assert {key: cells[4] for key, cells in computed.values.items()} == {("E1",): 1, ("E2",): 1}
    assert [each.rows for each in computed.excluded] == [1]


def test_failures_of_which_too_little_is_known_are_left_out_and_said():
    record = FactRecord()
    record.add_asset("P-1")
    record.add(asset="P-1", failure_mode="leak", reported=FIRST, completed=FIRST + DAY)
    record.add(asset="P-1", reported=FIRST, completed=FIRST + DAY)
    record.add(asset="some pump", failure_mode="leak", reported=FIRST, completed=FIRST + DAY)
    computed = record.compute({"metrics": ["repeat_rate"]})
    assert computed.values[()][3:] == (0, 1)
    assert (computed.coverage[0].known, computed.coverage[0].of) == (1, 3)
    assert [each.rows for each in computed.excluded] == [2]


def test_cancelled_and_open_tickets_are_no_first_time_fixes():
    record = FactRecord()
    record.add_asset("P-1")
    base = {"asset": "P-1", "failure_mode": "leak", "reported": FIRST, "completed": FIRST + DAY}
    record.add(**base | {"status": "cancelled", "is_failure": 0})
    record.add(**base | {"status": "open", "is_open": 1, "asset": "P-1"})
    record.add(**base | {"kind": "preventive", "is_failure": 0})
    assert record.compute({"metrics": ["ftfr"]}).values == {(): (None, None, None, 0, 0)}
