"""Spare parts: used, needed, to be ordered."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.analytics.errors import CannotAnswer
from assistant.analytics.estimation.demand import Use, forecast, lasting_stock
from index.facts.fact_tables import fact_part, part
from tests.metric_scopes import AS_OF, DAY, FactRecord, site_only

NOW = int(AS_OF.timestamp())


def _record() -> FactRecord:
    record = FactRecord()
    for tag, site in (("P-1", "North"), ("P-2", "South")):
        record.add_asset(tag, site=site)
    record.add_row(part, part_no="6205", name="Deep groove bearing", category="bearing",
                   unit="pcs", stock=1.0, lead_time_d=30.0)  # fmt: skip
    record.add_row(part, part_no="GREASE", name="Grease", category="lubricant", unit="kg")
    return record


def _use(record: FactRecord, *parts: tuple[str, float], age: int = 5, **values: Any) -> int:
    moment = NOW - age * DAY
    row = {"asset": "P-1", "reported": moment, "completed": moment + 1} | values
    ticket = record.add(**row)
    for number, quantity in parts:
        record.add_row(fact_part, ticket_id=ticket, part_no=number, quantity=quantity)
    return ticket


def test_quantities_by_part_and_by_asset():
    record = _record()
    _use(record, ("6205", 2), ("GREASE", 0.5))
    _use(record, ("6205", 1), asset="P-2")
    _use(record, ("6205", 50), is_excluded=1)
    _use(record, ("6205", 1), is_duplicate=1)  # what was booked was used, whoever reported it
    _use(record, ("no such", 3), kind="preventive", is_failure=0)
    by_part = record.compute({"metrics": ["part_qty"], "dims": ["part"]})
    assert by_part.values == {
        ("6205",): (4.0, "4 pcs", 3),
        ("GREASE",): (0.5, "0.5 kg", 1),
        ("no such",): (3.0, "3 (no unit)", 1),
    }
    assert by_part.counted == 4
    assert [each.rows for each in by_part.excluded] == [1]
    by_asset = record.compute({"metrics": ["part_qty"], "dims": ["asset"]})
    assert by_asset.values[("P-1",)] == (None, "3 (no unit) + 0.5 kg + 3 pcs", 4)
    assert any("several units, which are not added" in note for note in by_asset.notes)
    assert by_asset.values[("P-2",)] == (1.0, "1 pcs", 1)


def test_a_filter_on_parts_counts_no_other_part_of_the_ticket():
    record = _record()
    _use(record, ("6205", 2), ("GREASE", 0.5))
    for chosen in (
        {"field": "part_category", "value": "Bearing"},
        {"field": "part", "value": "6205"},
        {"field": "part", "op": "contains", "value": "groove"},
    ):
        computed = record.compute({"metrics": ["part_qty"], "filters": [chosen]})
        assert computed.values == {(): (2.0, "2 pcs", 1)}
        assert computed.columns[0].unit == "pcs"
        assert computed.is_additive


def test_nothing_used_is_0_and_said():
    computed = _record().compute({"metrics": ["part_qty"]})
    assert computed.values == {(): (0.0, None, 0)}
    assert computed.notes == ("No parts fit: zero rows.",)


def test_categories_are_a_split_of_their_own():
    record = _record()
    _use(record, ("6205", 2), ("GREASE", 0.5))
    computed = record.compute({"metrics": ["part_qty"], "dims": ["part_category"]})
    assert computed.values == {("bearing",): (2.0, "2 pcs", 1), ("lubricant",): (0.5, "0.5 kg", 1)}


def test_what_will_be_used_and_what_to_order():
    record = _record()
    for age, quantity in ((10, 2.0), (40, 1.0), (100, 4.0), (170, 1.0)):
        _use(record, ("6205", quantity), age=age)
    _use(record, ("GREASE", 0.5), age=3)
    query = {"metrics": ["part_forecast"], "dims": ["part"], "time": {"range": "last_180d"}}
    computed = record.compute(query)
    names = [column.name.removeprefix("part_forecast.") for column in computed.columns]
    row = dict(zip(names, computed.values[("6205",)], strict=True))
    use = Use((2.0, 1.0, 4.0, 1.0), 180)
    assert row["part_forecast"] == pytest.approx(8 / 180 * 90)
    expected = forecast(use, 90, 0.9)
    assert row["low"] <= 4 <= row["high"]  # type: ignore[operator]
    assert row["high"] == pytest.approx(expected.high, abs=2)
    assert (row["used"], row["uses"], row["stock"]) == (8.0, 4, 1.0)
    assert row["level"] == pytest.approx(lasting_stock(use, 30, 0.9), abs=2)
    assert row["order"] == row["level"] - 1  # type: ignore[operator]
    grease = dict(zip(names, computed.values[("GREASE",)], strict=True))
    assert (grease["stock"], grease["level"], grease["order"]) == (None, None, None)
    assert any("Stock or lead time of 1 parts is not known" in note for note in computed.notes)
    assert computed.counted == 5


def test_the_recent_pace_falls_where_a_part_is_not_used_any_more():
    record = _record()
    for age in range(120, 180, 7):
        _use(record, ("6205", 1.0), age=age)
    query = {"metrics": ["part_forecast"], "time": {"range": "last_180d"}}
    mean, _, _, recent, *_ = record.compute(query).values[("6205",)]
    assert float(recent or 0) < float(mean or 0) / 2
    assert record.compute(query).dims == ("part",)


def test_a_forecast_needs_a_past_and_is_of_parts():
    record = _record()
    with pytest.raises(CannotAnswer, match="at least 4 weeks"):
        record.compute({"metrics": ["part_forecast"]})
    _use(record, ("6205", 1.0), age=10)
    with pytest.raises(CannotAnswer, match="10 days"):
        record.compute({"metrics": ["part_forecast"]})
    with pytest.raises(CannotAnswer, match="of single parts"):
        record.compute({"metrics": ["part_forecast"], "dims": ["asset"]})
    empty = record.compute({"metrics": ["part_forecast"], "time": {"range": "2025"}})
    assert (empty.values, empty.notes) == ({}, ("No parts fit: zero rows.",))


def test_parts_of_tickets_that_are_not_seen_are_not_counted():
    record = _record()
    _use(record, ("6205", 2), age=50)
    _use(record, ("6205", 1), age=50, asset="P-2")
    south = site_only("South")
    assert record.compute({"metrics": ["part_qty"]}, principal=south).values[()][0] == 1.0
    query = {"metrics": ["part_forecast"], "time": {"range": "last_90d"}}
    assert record.compute(query, principal=south).values[("6205",)][4] == 1.0
