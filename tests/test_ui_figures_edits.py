"""A query in the controls of the tab, and what a tap makes of it."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.analytics.asking.asked import AskBack, Choice
from assistant.analytics.errors import CannotAnswer
from assistant.analytics.presentation.labels import filter_label
from assistant.analytics.query import FIELDS, Comparison, Filter, Query, TimeRange
from tests.figures import BY_ASSET
from ui.figures import edits
from ui.figures.query_html import ask_back_html, chips_html

SHOWN = {"metric": "failure_count", "dims": ["asset"], "span": "last_month"}
BARE = {"compare": "", "order": "", "limit": ""}


def _edited(query: Query = BY_ASSET, **changes: Any) -> Query:
    return edits.edited(query, **{**SHOWN, **BARE, **changes})


def test_what_is_not_touched_stays() -> None:
    assert _edited() == BY_ASSET


@pytest.mark.parametrize(
    ("changes", "field", "value"),
    [
        ({"metric": "downtime_h"}, "metrics", ("downtime_h",)),
        ({"dims": ["line", "month"]}, "dims", ("line", "month")),
        ({"span": "last_90d"}, "time", TimeRange(range="last_90d")),
        ({"span": ""}, "time", TimeRange()),
        ({"compare": "previous"}, "compare", Comparison(to="previous")),
        ({"order": "desc"}, "order", "desc"),
        ({"limit": "5"}, "limit", 5),
        ({"metric": "ticket_list", "compare": "previous"}, "dims", ()),
    ],
)
def test_each_control_changes_its_part(changes: dict[str, Any], field: str, value: Any) -> None:
    changed = _edited(**changes)
    assert getattr(changed, field) == value
    assert changed.filters == BY_ASSET.filters


def test_other_metrics_stay_beside_and_leave_with_a_list() -> None:
    both = Query(metrics=("downtime_h", "cost_total"), dims=("asset",), order_by="downtime_h")
    assert _edited(both, metric="labor_h", span="all").metrics == ("labor_h", "cost_total")
    assert _edited(both, metric="labor_h", span="all").order_by is None
    assert _edited(both, metric="ticket_list").metrics == ("ticket_list",)


def test_a_comparison_around_a_day_stays_until_another_is_chosen() -> None:
    around = Query(metrics=("failure_count",), compare=Comparison(to="around", date="2026-03-15"))
    assert ("180 days before and after 2026-03-15", "around") in edits.compare_choices(around)
    assert _edited(around, dims=[], compare="around").compare == around.compare
    assert _edited(around, dims=[], compare="").compare is None


@pytest.mark.parametrize("span", ["yesterdayish", "2026-1", "last_0d", "'; DROP TABLE fact"])
def test_a_period_that_is_none_is_said(span: str) -> None:
    with pytest.raises(CannotAnswer, match="no period"):
        _edited(span=span)


@pytest.mark.parametrize(
    ("field", "operator", "value", "wanted"),
    [
        ("line", "eq", " Line 3 ", Filter(field="line", value="Line 3")),
        ("age_d", "gt", "14", Filter(field="age_d", op="gt", value=14.0)),
        ("cost_total", "ge", "1,5", Filter(field="cost_total", op="ge", value=1.5)),
        ("is_safety", "eq", "Yes", Filter(field="is_safety", value=True)),
        ("is_safety", "eq", "否", Filter(field="is_safety", value=False)),
        ("cause", "null", "ignored", Filter(field="cause", op="null")),
        ("text", "contains", "漏油", Filter(field="text", op="contains", value="漏油")),
    ],
)
def test_a_filter_is_added(field: str, operator: str, value: str, wanted: Filter) -> None:
    assert edits.with_filter(BY_ASSET, field, operator, value).filters[-1] == wanted


@pytest.mark.parametrize(
    ("field", "operator", "value"),
    [
        ("", "", ""),
        ("line", "eq", "  "),
        ("line", "drop", "x"),
        ("age_d", "gt", "many"),
        ("is_safety", "eq", "perhaps"),
        ("nothing", "eq", "x"),
    ],
)
def test_a_filter_that_is_none_is_refused(field: str, operator: str, value: str) -> None:
    with pytest.raises(CannotAnswer):
        edits.with_filter(BY_ASSET, field, operator, value)


def test_every_field_has_operators_that_it_takes() -> None:
    for field in FIELDS:
        for _, operator in edits.operator_choices(field):
            value = "1" if field in edits.NUMBERS else "yes"
            assert edits.with_filter(BY_ASSET, field, operator, value)


@pytest.mark.parametrize(
    ("item", "field", "value"),
    [
        ("filter-0", "filters", ()),
        ("dim-asset", "dims", ()),
        ("time", "time", TimeRange()),
        ("compare", "compare", None),
        ("limit", "limit", None),
        ("order", "order", None),
        ("metric-cost_total", "metrics", ("failure_count",)),
    ],
)
def test_a_chip_takes_its_part_out(item: str, field: str, value: Any) -> None:
    full = Query(
        metrics=("failure_count", "cost_total"),
        dims=("asset",),
        filters=(Filter(field="line", value="Line 3"),),
        time=TimeRange(range="ytd"),
        compare=Comparison(to="previous"),
        order="desc",
        limit=5,
    )
    assert getattr(edits.without(full, item), field) == value
    assert f'data-item="{item}"' in chips_html(full)


@pytest.mark.parametrize("item", ["", "filter-9", "filter-x", "metric-failure_count", "<b>"])
def test_an_odd_chip_changes_nothing(item: str) -> None:
    assert edits.without(BY_ASSET, item) == BY_ASSET


def test_persons_are_offered_only_where_they_are_allowed() -> None:
    assert "person" not in [name for _, name in edits.dim_choices(per_person=False)]
    assert "person" in [name for _, name in edits.dim_choices(per_person=True)]
    assert "person" not in [name for _, name in edits.field_choices(per_person=False)]


def test_chips_escape_what_they_hold() -> None:
    one = Filter(field="asset", value='<img src=x onerror="alert(1)">')
    html = chips_html(BY_ASSET.model_copy(update={"filters": (one,)}))
    assert "<img" not in html
    assert "Understood as" in html
    odd = Choice(label="<i>one</i>", query=BY_ASSET)
    asked = ask_back_html(AskBack(question="<b>?</b>", choices=(odd,), reason="x", word="<u>"))
    assert not {"<b>", "<i>", "<u>"} & {asked[i : i + 3] for i in range(len(asked))}


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (Filter(field="is_open", value=True), "open"),
        (Filter(field="is_open", value=False), "not open"),
        (Filter(field="is_open", op="ne", value=True), "not open"),
        (Filter(field="asset", op="in", value=("P-1", "P-2")), "machine is one of P-1, P-2"),
        (Filter(field="age_d", op="gt", value=14.0), "age in days > 14"),
        (Filter(field="cause", op="null"), "cause is not recorded"),
    ],
)  # fmt: skip
def test_a_filter_is_said_in_words(one: Filter, words: str) -> None:
    assert filter_label(one) == words
