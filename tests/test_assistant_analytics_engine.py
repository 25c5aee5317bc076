"""Figures: their tables, shares, comparisons, notes, and what is left out."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
import sqlalchemy as sa

from assistant.analytics.catalogue import CATALOGUE, fits
from assistant.analytics.engine import FigureEngine
from assistant.analytics.errors import CannotAnswer
from assistant.analytics.figure import Figure
from assistant.analytics.metrics import METRIC_FUNCTIONS
from assistant.analytics.metrics.parallel_lines import all_at_once
from assistant.analytics.query import METRICS, Query
from index.access import LOCAL
from index.tables import asset
from tests.fact_tables_at_hand import Fact, fact_of, make_record, seconds


@pytest.fixture(scope="module")
def engine() -> Iterable[sa.Engine]:
    engine = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
    yield engine
    engine.dispose()


def ask(engine: sa.Engine, facts: list[Fact], **query: object) -> Figure:
    return FigureEngine(make_record(facts, engine)).answer(Query.model_validate(query), LOCAL)


def failures(**modes: int) -> list[Fact]:
    """So many failures of each mode in this month."""
    names = [name for name, number in modes.items() for _ in range(number)]
    return [
        fact_of(
            at,
            reported=seconds("2026-11-02T08:00") + at,
            failure_mode="" if name == "unknown" else name,
        )
        for at, name in enumerate(names, 1)
    ]


def names(found: Figure) -> list[str]:
    return [column.name for column in found.columns]


def test_a_pareto_has_shares_and_a_running_share(engine):
    found = ask(
        engine,
        failures(jam=5, leak=3, noise=2),
        metrics=["failure_count"],
        dims=["failure_mode"],
        order="desc",
    )
    assert names(found) == [
        "failure_mode", "failure_count", "failure_count.share", "failure_count.cumulative",
    ]  # fmt: skip
    assert found.rows == (
        ("jam", 5, 50.0, 50.0),
        ("leak", 3, 30.0, 80.0),
        ("noise", 2, 20.0, 100.0),
    )
    assert found.chart == "pareto"
    assert found.value is None


def test_groups_left_out_and_groups_not_recorded_are_said(engine):
    found = ask(
        engine,
        failures(jam=2, leak=2, noise=1, unknown=7),
        metrics=["failure_count"],
        dims=["failure_mode"],
        order="desc",
        limit=1,
    )
    assert [row[:2] for row in found.rows] == [("jam", 2)]
    said = " ".join(found.notes)
    assert "2 more groups are not shown." in said
    assert "equal" in said
    assert "Where the failure mode is not recorded, failures: 7." in said
    assert found.rows[0][2] == pytest.approx(100 * 2 / 12)
    (coverage,) = found.coverage
    assert (coverage.known, coverage.of) == (5, 12)


def test_what_is_not_recorded_stands_last_where_all_is_shown(engine):
    found = ask(
        engine, failures(jam=1, unknown=3), metrics=["failure_count"], dims=["failure_mode"]
    )
    assert found.rows == (("jam", 1), (None, 3))


def test_shares_of_two_dimensions_are_within_the_first(engine):
    facts = [
        fact_of(1, reported=seconds("2026-09-05T08:00"), kind="corrective", labor_h=3.0),
        fact_of(2, reported=seconds("2026-09-06T08:00"), kind="preventive", labor_h=1.0),
        fact_of(3, reported=seconds("2026-10-06T08:00"), kind="corrective", labor_h=2.0),
    ]
    found = ask(engine, facts, metrics=["labor_h"], dims=["month", "kind"], params={"share": True})
    at = names(found).index("labor_h.share")
    assert [(*row[:2], row[at]) for row in found.rows] == [
        ("2026-09", "corrective", 75.0),
        ("2026-09", "preventive", 25.0),
        ("2026-10", "corrective", 100.0),
    ]
    assert found.chart == "grouped_bar"


def test_a_share_without_groups_is_of_all_at_the_same_place(engine):
    facts = [
        fact_of(1, asset="M-1", reported=seconds("2026-11-05T08:00"), is_reactive=1, labor_h=1.0),
        fact_of(2, asset="M-1", reported=seconds("2026-11-05T08:00"), is_reactive=0, labor_h=3.0),
        fact_of(3, asset="M-2", reported=seconds("2026-11-05T08:00"), is_reactive=0, labor_h=9.0),
    ]
    found = ask(
        engine,
        facts,
        metrics=["labor_h"],
        filters=[{"field": "is_reactive", "value": True}, {"field": "asset", "value": "M-1"}],
        params={"share": True},
    )
    assert (found.value, found.unit) == (25.0, "%")
    assert found.rows[0][0] == 1.0


def test_a_comparison_shows_both_and_the_change(engine):
    facts = [
        fact_of(1, reported=seconds("2026-09-05T08:00")),
        fact_of(2, reported=seconds("2026-09-06T08:00")),
        fact_of(3, reported=seconds("2026-10-06T08:00")),
    ]
    found = ask(
        engine,
        facts,
        metrics=["failure_count"],
        time={"range": "last_month"},
        compare={"to": "previous"},
    )
    assert found.rows == ((1, 2, -1, -50.0),)
    assert [period.text[:17] for period in found.periods] == [
        "last month (2026-", "the period before",
    ]  # fmt: skip


def test_around_a_day_rates_are_compared_and_an_unfinished_period_is_said(engine):
    facts = [
        fact_of(at, reported=seconds(day))
        for at, day in enumerate(["2026-10-02T08:00", "2026-10-03T08:00", "2026-11-15T08:00"], 1)
    ]
    found = ask(
        engine,
        facts,
        metrics=["failure_count"],
        compare={"to": "around", "date": "2026-11-10", "days": 60},
    )
    row = dict(zip(names(found), found.rows[0], strict=True))
    assert (row["failure_count"], row["failure_count.compared"]) == (1, 2)
    assert row["failure_count.compared_per_30d"] == pytest.approx(30 * 2 / (60 + 1 / 24))
    assert row["failure_count.per_30d"] == pytest.approx(30 / (10 + 22 / 24))
    assert any("not over" in note for note in found.notes)


def test_money_of_one_currency_has_a_unit_and_of_two_stands_in_two_rows(engine):
    euro = fact_of(1, reported=seconds("2026-11-05T08:00"), cost_total=10.0, currency="EUR")
    free = fact_of(2, reported=seconds("2026-11-05T08:00"))
    yuan = fact_of(3, reported=seconds("2026-11-05T08:00"), cost_total=70.0, currency="CNY")
    one = ask(engine, [euro, free], metrics=["cost_total"])
    assert (one.value, one.unit) == (10.0, "EUR")
    assert [(each.known, each.of) for each in one.coverage] == [(1, 2)]
    two = ask(engine, [euro, free, yuan], metrics=["cost_total"])
    assert two.value is None
    assert {row[:2] for row in two.rows} == {("EUR", 10.0), ("CNY", 70.0)}
    beside = ask(
        engine, [euro, free, yuan], metrics=["ticket_count", "cost_total"], time={"range": "ytd"}
    )
    row = dict(zip(names(beside), beside.rows[0], strict=True))
    assert (row["ticket_count"], row["cost_total.EUR"], row["cost_total.CNY"]) == (3, 10.0, 70.0)


def test_a_compared_sum_splits_by_currency_in_both_periods(engine):
    facts = [
        fact_of(1, reported=seconds("2025-05-05T08:00"), cost_total=10.0, currency="EUR"),
        fact_of(2, reported=seconds("2026-05-05T08:00"), cost_total=20.0, currency="EUR"),
        fact_of(3, reported=seconds("2026-05-05T08:00"), cost_total=70.0, currency="CNY"),
    ]
    found = ask(
        engine, facts, metrics=["cost_total"], time={"range": "ytd"}, compare={"to": "last_year"}
    )
    at = names(found).index("cost_total.compared")
    assert {(row[0], row[1], row[at]) for row in found.rows} == {
        ("EUR", 20.0, 10.0),
        ("CNY", 70.0, None),
    }


def test_an_empty_record_is_said_as_zero_rows(engine):
    wanted = {"failure_count": 0.0, "downtime_h": 0.0, "labor_h": 0.0}
    for metric in (*wanted, "mttr_restore_h", "gap_d", "corrective_ratio"):
        found = ask(engine, [], metrics=[metric])
        assert found.value == wanted.get(metric), metric
        assert any("zero rows" in note for note in found.notes), metric
        assert (found.counted, found.uids) == (0, ())
    assert ask(engine, [], metrics=["failure_count"], dims=["asset"]).rows == ()


def test_weeks_without_failures_are_zero_and_not_missing(engine):
    facts = [
        fact_of(1, reported=seconds("2026-10-05T08:00")),
        fact_of(2, reported=seconds("2026-10-26T08:00")),
    ]
    found = ask(engine, facts, metrics=["failure_count"], dims=["week"], time={"range": "2026-10"})
    assert found.rows == (
        ("2026-W40", 0), ("2026-W41", 1), ("2026-W42", 0), ("2026-W43", 0), ("2026-W44", 1),
    )  # fmt: skip
    assert found.chart == "line"


def test_a_stop_without_an_end_counts_until_the_data_ends_and_is_said(engine):
    facts = [
        fact_of(1, asset="M-1", is_open=1, status="open", reported=seconds("2026-11-20T10:00"),
                down_from=seconds("2026-11-20T10:00")),
        fact_of(2, asset="M-1", reported=seconds("2026-11-20T09:00"), kind="preventive",
                is_failure=0, down_from=seconds("2026-11-20T07:00"),
                down_to=seconds("2026-11-20T09:00"), down_source="interval"),
    ]  # fmt: skip
    found = ask(engine, facts, metrics=["downtime_h"], time={"range": "today"})
    assert found.value == 12.0
    assert any("not ended" in note for note in found.notes)
    assert any("planned work" in note for note in found.notes)
    by_kind = ask(engine, facts, metrics=["downtime_h"], dims=["kind"], time={"range": "today"})
    assert {row[:2] for row in by_kind.rows} == {("corrective", 12.0), ("preventive", 2.0)}


def test_a_line_in_parallel_stands_only_while_all_its_machines_do(engine):
    def stop(number: int, asset: str, start: str, end: str) -> Fact:
        moments = (seconds(f"2026-11-05T{start}"), seconds(f"2026-11-05T{end}"))
        return fact_of(number, asset=asset, line="L1", reported=moments[0], down_from=moments[0],
                       down_to=moments[1], down_source="interval")  # fmt: skip

    facts = [stop(1, "M-1", "08:00", "10:00"), stop(2, "M-2", "09:00", "12:00")]
    record = make_record(facts, engine)
    query = Query.model_validate(
        {"metrics": ["downtime_h"], "filters": [{"field": "line", "value": "L1"}],
         "time": {"range": "2026-11-05"}}
    )  # fmt: skip
    assert FigureEngine(record).answer(query, LOCAL).value == 4.0  # in series
    assert all_at_once([(1, 8, 10), (2, 9, 12)], 2) == [(9, 10)]
    assert all_at_once([(1, 8, 10), (1, 9, 11), (2, 9, 12), (2, 20, 30)], 2) == [(9, 11)]
    assert all_at_once([(1, 8, 10)], 2) == []


def test_duplicates_exclusions_and_flaws_are_left_out_and_counted(engine):
    reported = seconds("2026-11-05T08:00")
    facts = [
        fact_of(1, reported=reported, completed=reported + 3600),
        fact_of(2, reported=reported, completed=reported + 9999, is_duplicate=1),
        fact_of(3, reported=reported, completed=reported + 9999, is_excluded=1),
        fact_of(4, reported=reported, completed=reported + 60, started=reported + 90,
                has_time_flaw=1),
    ]  # fmt: skip
    found = ask(engine, facts, metrics=["mttr_restore_h"], time={"range": "this_month"})
    assert found.value == 1.0
    assert {each.reason: each.rows for each in found.excluded} == {
        "reports the event of another ticket": 1,
        "taken out of the figures by a supervisor": 1,
        "an end before its beginning": 1,
    }
    assert found.uids == ("t:1",)


def test_a_list_shows_tickets_in_order_with_local_times(engine):
    facts = [
        fact_of(1, reported=seconds("2026-07-05T08:00"), down_min=30.0, asset="M-1", cause="worn"),
        fact_of(2, reported=seconds("2026-07-06T00:00"), is_date_only=1, asset_text="old pump"),
        fact_of(3, reported=None, down_min=90.0, resolution="new seal", cause_text="dry run"),
    ]
    found = ask(engine, facts, metrics=["ticket_list"], order="desc", order_by="downtime_min")
    assert [row[0] for row in found.rows] == ["T-3", "T-1", "T-2"]
    cells = [dict(zip(names(found), row, strict=True)) for row in found.rows]
    assert (cells[0]["reported"], cells[0]["cause"], cells[0]["resolution"]) == (
        None, "dry run", "new seal",
    )  # fmt: skip
    assert (cells[1]["reported"], cells[1]["asset"]) == ("2026-07-05 08:00", "M-1")
    assert (cells[2]["reported"], cells[2]["asset"]) == ("2026-07-06", "old pump")
    assert set(found.uids) == {"t:1", "t:2", "t:3"}
    short = ask(engine, facts, metrics=["ticket_list"], limit=1)
    assert short.counted == 3
    assert "2 more tickets are not shown." in short.notes
    assert len(short.uids) == 3


def test_assets_without_tickets_are_listed(engine):
    facts = [
        fact_of(1, asset="M-1", reported=seconds("2026-11-05T08:00")),
        fact_of(2, asset="M-2", reported=seconds("2025-11-05T08:00")),
        fact_of(3, reported=seconds("2026-11-05T08:00")),
    ]
    none = {"field": "ticket_count", "value": 0}
    found = ask(engine, facts, metrics=["asset_list"], filters=[none], time={"range": "this_year"})
    assert [row[0] for row in found.rows] == ["M-2", "M-3"]
    assert (found.counted, found.counted_what) == (2, "assets")
    assert any("1 tickets name no asset" in note for note in found.notes)
    on_line = {"field": "line", "value": "l2"}
    both = ask(
        engine, facts, metrics=["asset_list"], filters=[none, on_line], time={"range": "ytd"}
    )
    assert [row[0] for row in both.rows] == ["M-3"]


def test_assets_that_are_not_in_the_register_are_marked_where_there_is_one(engine):
    facts = [fact_of(1, asset_text="D"), fact_of(2, asset="M-1"), fact_of(3)]
    query = Query.model_validate({"metrics": ["ticket_count"], "dims": ["asset"]})
    record = make_record(facts, engine)
    assert FigureEngine(record).answer(query, LOCAL).rows == (("? D", 1), ("M-1", 1), (None, 1))
    record = make_record([facts[0], facts[2]], engine)
    with engine.begin() as connection:
        connection.execute(asset.delete())
    assert FigureEngine(record).answer(query, LOCAL).rows == (("D", 1), (None, 1))
    behind = FigureEngine(record).tickets(query, LOCAL, ("D",))
    assert [row.uid for row in behind] == ["t:1"]


def test_descriptions_that_occur_more_than_once(engine):
    texts = ["replace tooth"] * 3 + ["REPLACE TOOTH"] * 2 + ["once", ""]
    facts = [fact_of(at, description=text, title="") for at, text in enumerate(texts, 1)]
    found = ask(engine, facts, metrics=["text_count"])
    assert found.rows == (("replace tooth", 3), ("REPLACE TOOTH", 2))
    more = {"field": "ticket_count", "op": "gt", "value": 2}
    assert len(ask(engine, facts, metrics=["text_count"], filters=[more]).rows) == 1


@pytest.mark.parametrize(
    "query",
    [
        {"metrics": ["ticket_list", "failure_count"]},
        {"metrics": ["ticket_list"], "dims": ["asset"]},
        {"metrics": ["ticket_list"], "compare": {"to": "previous"}},
        {"metrics": ["ticket_list"], "order_by": "colour"},
        {"metrics": ["pm_compliance"], "dims": ["failure_mode"]},
        {"metrics": ["failure_count"], "compare": {"to": "previous"}},
        {"metrics": ["failure_count"], "filters": [{"field": "days_overdue", "value": 1}]},
        {"metrics": ["ticket_count"], "dims": ["week"], "time": {"field": "due"}},
        {"metrics": ["ticket_count"], "dims": ["hour"], "time": {"field": "completed"}},
    ],
)
def test_what_does_not_fit_is_refused_with_what_to_do(engine, query):
    with pytest.raises(CannotAnswer, match=r"\."):
        ask(engine, failures(jam=1), **query)


def test_every_statement_is_shown_with_its_values(engine):
    found = ask(
        engine, failures(jam=2), metrics=["failure_count"],
        filters=[{"field": "failure_mode", "value": "jam"}], time={"range": "this_month"},
    )  # fmt: skip
    assert len(found.statements) == 2  # the count, the tickets behind
    assert "jam" not in found.statements[0].sql
    assert "jam" in found.statements[0].parameters.values()
    assert found.filters == ("failure mode is jam",)


def test_a_metric_of_another_time_says_by_which_it_counts(engine):
    found = ask(engine, failures(jam=2), metrics=["failure_count", "downtime_h"],
                time={"field": "reported", "range": "this_month"})  # fmt: skip
    assert any("Downtime is counted by the time 'downtime'" in note for note in found.notes)
    assert {period.field for period in found.periods} == {"reported", "downtime"}


def test_every_metric_has_a_definition_and_a_function():
    assert set(CATALOGUE) == set(METRICS)
    assert set(METRIC_FUNCTIONS) == set(METRICS)
    for entry in CATALOGUE.values():
        assert "Formula:" in entry.definition.text
        assert entry.definition.source
    assert not fits("pm_compliance", "cause")
    assert fits("pm_compliance", "month")
