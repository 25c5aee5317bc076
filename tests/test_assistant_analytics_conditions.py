"""Filters: what they choose, that values stay values, that nobody sees what is not theirs."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from assistant.analytics import folded_text
from assistant.analytics.engine import FigureEngine
from assistant.analytics.errors import CannotAnswer
from assistant.analytics.query import Query
from index.access import LOCAL, Principal
from tests.fact_tables_at_hand import fact_of, make_record, seconds

REPORTED = seconds("2026-11-10T08:00")
FACTS = [
    fact_of(1, asset="M-1", reported=REPORTED, failure_mode="Öl-Leckage", priority=1,
            acknowledged=REPORTED + 45 * 60, title="Pumpe steht", codes=("E-417", "F 12"),
            people=("Kim",), parts=(("B-6204", 2.0),)),
    fact_of(2, asset_text="ＰＵＭＰ　３", reported=REPORTED, failure_mode="ÖL-LECKAGE",
            priority=3, acknowledged=REPORTED + 10 * 60, resolution="100% seal_kit replaced",
            cause="worn", cost_total=0.0, currency="EUR"),
    fact_of(3, asset="M-2", reported=REPORTED, status="open", is_open=1, is_safety=1,
            description="漏油，液压站", codes=("E417",), down_min=90.0),
    fact_of(4, asset="M-3", reported=REPORTED, completed=REPORTED + 600, is_safety=0,
            failure_mode="noise", down_min=-5.0, has_down_flaw=1, site=None),
]  # fmt: skip


@pytest.fixture(scope="module")
def engine():
    engine = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
    record = make_record(FACTS, engine)
    yield FigureEngine(record, per_person=True)
    engine.dispose()


def chosen(engine: FigureEngine, *filters: dict[str, object]) -> set[int]:
    query = Query.model_validate({"metrics": ["ticket_list"], "filters": list(filters)})
    return {int(row[0].removeprefix("T-")) for row in engine.answer(query, LOCAL).rows}


@pytest.mark.parametrize(
    ("field", "op", "value", "wanted"),
    [
        ("failure_mode", "eq", "öl-leckage", {1, 2}),
        ("failure_mode", "ne", "ÖL-leckage", {3, 4}),
        ("failure_mode", "null", None, {3}),
        ("failure_mode", "known", None, {1, 2, 4}),
        ("failure_mode", "contains", "LECK", {1, 2}),
        ("failure_mode", "in", ("noise", "öl-leckage"), {1, 2, 4}),
        ("asset", "eq", "m-1", {1}),
        ("asset", "in", ("M-1", "Ｍ－３"), {1, 4}),
        ("asset", "eq", "pump 3", {2}),
        ("asset", "eq", "? pump 3", {2}),
        ("asset", "in", ("M-1", "pump 3"), {1, 2}),
        ("asset", "ne", "M-1", {2, 3, 4}),
        ("asset", "null", None, {2}),
        ("priority", "le", 2, {1}),
        ("priority", "null", None, {3, 4}),
        ("is_open", "eq", True, {3}),
        ("is_open", "ne", True, {1, 2, 4}),
        ("is_safety", "null", None, {1, 2}),
        ("is_safety", "eq", False, {4}),
        ("age_d", "gt", 10, {1, 2, 3, 4}),
        ("age_d", "gt", 11, set()),
        ("response_min", "gt", 30, {1, 3}),
        ("response_min", "le", 10, {2, 4}),
        ("response_min", "null", None, {3, 4}),
        ("downtime_min", "known", None, {3}),
        ("downtime_min", "gt", 0, {3}),
        ("cost_total", "eq", 0, {2}),
        ("alarm_code", "eq", "e 417", {1, 3}),
        ("alarm_code", "ne", "E-417", {2, 4}),
        ("alarm_code", "null", None, {2, 4}),
        ("alarm_code", "contains", "17", {1, 3}),
        ("part", "eq", "b-6204", {1}),
        ("person", "eq", "KIM", {1}),
        ("person", "known", None, {1}),
        ("text", "contains", "100%", {2}),
        ("text", "contains", "%", {2}),
        ("text", "contains", "seal_kit", {2}),
        ("text", "contains", "_", {2}),
        ("text", "contains", "漏油", {3}),
        ("text", "contains", "pumpe", {1}),
        ("site", "null", None, {4}),
    ],
)
def test_a_filter_chooses_what_it_says(engine, field, op, value, wanted):
    assert chosen(engine, {"field": field, "op": op, "value": value}) == wanted


@pytest.mark.parametrize(
    ("field", "op", "value"),
    [
        ("failure_mode", "gt", "a"),
        ("failure_mode", "eq", " "),
        ("failure_mode", "eq", "a\0b"),
        ("failure_mode", "eq", "a\ud800"),
        ("is_open", "eq", "perhaps"),
        ("is_open", "gt", True),
        ("priority", "contains", "1"),
        ("priority", "eq", "high"),
        ("priority", "eq", "nan"),
        ("text", "gt", "a"),
        ("days_overdue", "gt", 3),
        ("ticket_count", "eq", 0),
    ],
)
def test_what_does_not_fit_is_refused_by_name(engine, field, op, value):
    with pytest.raises(CannotAnswer, match=r"\."):
        chosen(engine, {"field": field, "op": op, "value": value})


@given(st.text(min_size=1, max_size=12))
def test_a_text_is_among_its_own_spellings_in_any_case(text):
    forms = folded_text.spellings(text)
    assert text in forms
    assert len(set(forms)) == len(forms)


HOSTILE = [
    "' OR '1'='1", "x'; DROP TABLE fact; --", '"; DELETE FROM ticket; --', "%' OR 1=1 --", "\\",
    "%", "_", "') UNION SELECT uid FROM fact --", "M-1' --", "{{7*7}}", "${jndi:x}", "=1+1",
    "'; UPDATE fact SET site = NULL; --", "NULL", "true", "1 OR 1=1", "\x1b[2J", "\u202e", "😀" * 9,
    "x" * 5000, ":param_1", "?", "%(x)s", "a\nb",
]  # fmt: skip
TEXT_FIELDS = [
    "asset", "site", "failure_mode", "cause", "alarm_code", "part", "part_category", "person",
    "text", "team",
]  # fmt: skip
SOUTH = Principal("s", "supervisor", frozenset({"South"}), frozenset({"blue"}))


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    path = Path(tmp_path_factory.mktemp("facts") / "facts.db")
    engine = sa.create_engine(f"sqlite:///{path}")
    record = make_record(
        [
            *FACTS,
            fact_of(5, site="South", reported=REPORTED, groups_key="|blue|"),
            fact_of(6, site="South", reported=REPORTED, groups_key="|red|"),
            fact_of(7, site="South", reported=REPORTED, groups_key="|dark blue|"),
            fact_of(8, site=None, reported=REPORTED, groups_key="|blue|red|"),
        ],
        engine,
    )
    yield FigureEngine(record, per_person=True), path
    engine.dispose()


@settings(
    max_examples=500, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    value=st.sampled_from(HOSTILE) | st.text(max_size=40),
    field=st.sampled_from(TEXT_FIELDS),
    op=st.sampled_from(["eq", "ne", "contains", "in"]),
)
def test_a_hostile_value_changes_nothing_and_shows_nothing_of_others(kept, value, field, op):
    engine, path = kept
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    asked = (value,) if op == "in" else value
    try:
        query = Query.model_validate(
            {"metrics": ["ticket_list"], "filters": [{"field": field, "op": op, "value": asked}]}
        )
        found = engine.answer(query, SOUTH)
    except (CannotAnswer, ValidationError):
        found = None
    if found is not None:
        assert {row[0] for row in found.rows} <= {"T-4", "T-5", "T-8"}
        assert set(found.uids) <= {"t:4", "t:5", "t:8"}
        # ":param_1" is also what a mark of the shown SQL is called.
        if len(value) >= 8 and value != ":param_1":
            assert all(value not in each.sql for each in found.statements)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before


@pytest.mark.parametrize(
    ("principal", "wanted"),
    [
        (LOCAL, 8),
        (SOUTH, 3),  # everybody's, South's of blue, everybody's site but blue
        (Principal("n", "technician", frozenset({"North"}), frozenset()), 4),
        (Principal("x", "technician", frozenset(), frozenset()), 1),
        (Principal("g", "technician", None, frozenset({"red"})), 6),
    ],
)
@pytest.mark.parametrize("metric", ["ticket_count", "failure_count", "gap_d", "labor_h"])
def test_only_what_the_principal_sees_is_counted(kept, principal, wanted, metric):
    engine, _ = kept
    found = engine.answer(Query.model_validate({"metrics": [metric]}), principal)
    assert found.counted == wanted
    assert len(found.uids) == wanted
    query = Query.model_validate({"metrics": [metric]})
    assert len(engine.tickets(query, principal)) == wanted


def test_figures_of_persons_are_off_unless_allowed(kept):
    engine, _ = kept
    strict = FigureEngine(engine._record)
    asked = {"metrics": ["ticket_count"]}
    by_person = asked | {"dims": ["person"]}
    of_kim = asked | {"filters": [{"field": "person", "value": "Kim"}]}
    for query in (by_person, of_kim):
        with pytest.raises(CannotAnswer, match="administrator"):
            strict.answer(Query.model_validate(query), LOCAL)
        with pytest.raises(CannotAnswer, match="administrator"):
            strict.tickets(Query.model_validate(query), LOCAL)
    assert engine.answer(Query.model_validate(by_person), LOCAL).rows == (("Kim", 1),)


@pytest.mark.parametrize(
    ("dims", "group"),
    [(["asset"], ()), (["priority"], ("high",)), (["day_of_week"], ("Caturday",)),
     (["week"], ("2026-W99",)), (["cause"], ("a\ud800",))],
)  # fmt: skip
def test_a_group_that_is_none_of_the_figure_is_refused(kept, dims, group):
    engine, _ = kept
    query = Query.model_validate({"metrics": ["ticket_count"], "dims": dims})
    with pytest.raises(CannotAnswer):
        engine.tickets(query, LOCAL, group)
