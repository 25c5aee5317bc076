"""Bad actors, the trend of failures and the mean cumulative function over hand-made records."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from assistant.analytics.errors import CannotAnswer
from assistant.analytics.estimation.growth import Watched, fit_growth
from index.facts.plant import Plant, Site, Window
from tests.metric_scopes import AS_OF, DAY, HOUR, FactRecord, epoch, site_only

NOW = int(AS_OF.timestamp())
YEAR: dict[str, Any] = {"time": {"range": "last_100d"}}
START = NOW - 100 * DAY


def _record(plant: Plant | None = None) -> FactRecord:
    record = FactRecord(plant)
    for tag, site in (("A", "North"), ("B", "North"), ("C", "South")):
        record.add_asset(tag, site=site, asset_class="pump")
    return record


def _fail(record: FactRecord, tag: str, *days: float, **values: Any) -> None:
    record.add_all([{"asset": tag, "reported": START + int(day * DAY)} | values for day in days])


def test_worst_by_each_measure_with_the_ranks_before():
    record = _record()
    stop = {"down_from": START + DAY, "down_to": START + DAY + 7 * HOUR}
    _fail(record, "A", 1, 2, 3, cost_total=10.0, currency="EUR")
    _fail(record, "B", 1, cost_total=500.0, currency="EUR", **stop)
    _fail(record, "C", 5, cost_total=800.0, currency="CNY")
    more: dict[str, Any] = {"kind": "preventive", "is_failure": 0, "cost_total": 100.0}
    _fail(record, "C", 6, currency="CNY", **more)
    _fail(record, "B", -10, -20, -30)
    _fail(record, "A", -10)
    computed = record.compute({"metrics": ["bad_actors"], **YEAR})
    assert computed.dims == ("asset",)
    names = [column.name.removeprefix("bad_actors.") for column in computed.columns]
    rows = {key[0]: dict(zip(names, cells, strict=True)) for key, cells in computed.values.items()}
    assert [rows[tag]["bad_actors"] for tag in "ABC"] == [3, 1, 1]
    assert [rows[tag]["failures_rank"] for tag in "ABC"] == [1, 2, 2]
    assert [rows[tag]["failures_rank_before"] for tag in "ABC"] == [2, 1, None]
    assert [rows[tag]["downtime_h"] for tag in "ABC"] == [None, 7.0, None]
    assert [rows[tag]["cost"] for tag in "ABC"] == [30.0, 500.0, 900.0]
    assert [rows[tag]["cost_rank"] for tag in "ABC"] == [2, 1, 1]  # a rank within a currency
    assert [rows[tag]["currency"] for tag in "ABC"] == ["EUR", "EUR", "CNY"]
    assert any("several currencies" in note for note in computed.notes)
    assert any("2026-05-04" in note for note in computed.notes)  # 200 days before


@pytest.mark.parametrize(("order_by", "worst"), [("downtime_h", 7.0), ("bad_actors.cost", 500.0)])
def test_the_measure_that_orders_stands_first(order_by: str, worst: float):
    record = _record()
    stop = {"down_from": START + DAY, "down_to": START + DAY + 7 * HOUR}
    _fail(record, "B", 1, cost_total=500.0, currency="EUR", **stop)
    computed = record.compute({"metrics": ["bad_actors"], "order_by": order_by, **YEAR})
    assert computed.values[("B",)][0] == worst


def test_bad_actors_of_the_whole_record_and_by_class():
    record = _record()
    _fail(record, "A", 1)
    whole = record.compute({"metrics": ["bad_actors"], "dims": ["asset_class"]})
    assert whole.values[("pump",)][:3] == (1, 1, None)
    assert any("no period before it" in note for note in whole.notes)
    with pytest.raises(CannotAnswer, match="not split by cause"):
        record.compute({"metrics": ["bad_actors"], "dims": ["cause"]})
    with pytest.raises(CannotAnswer, match="not ranked by colour"):
        record.compute({"metrics": ["bad_actors"], "order_by": "colour"})


def test_the_trend_of_each_asset():
    record = _record()
    _fail(record, "A", 60, 70, 80, 88, 92, 95, 97, 99)
    _fail(record, "B", 1, 2, 4, 6, 9, 13, 20, 40)
    _fail(record, "C", 50)
    computed = record.compute({"metrics": ["failure_trend"], "dims": ["asset"], **YEAR})
    verdicts = {key[0]: cells[4] for key, cells in computed.values.items()}
    assert verdicts == {"A": "worsening", "B": "improving", "C": "too few failures"}
    expected = fit_growth([Watched(100, (1, 2, 4, 6, 9, 13, 20, 40))])
    assert expected is not None
    shape, low, high, count, _, p, fits, reached = computed.values[("B",)]
    assert shape == pytest.approx(expected.unbiased_shape)
    assert (low, high) == pytest.approx((expected.interval.low, expected.interval.high))
    assert (count, p) == (8, pytest.approx(expected.laplace_p))
    assert fits == "no"  # seven early ones, then one: no steady trend
    assert any("The model does not fit 1 of 2" in note for note in computed.notes)
    assert reached == pytest.approx(24 * float(expected.mean_time(100) or 0))
    assert computed.values[("C",)][0] is None


def test_assets_put_together_are_said():
    record = _record()
    _fail(record, "A", 10, 30)
    _fail(record, "B", 50, 90)
    computed = record.compute({"metrics": ["failure_trend"], **YEAR})
    assert computed.values[()][3:5] == (4, "no evidence of a trend")
    assert computed.values[()][7] is None
    assert any("split by asset" in note for note in computed.notes)
    assert any("Fewer than 5 failures" in note for note in computed.notes)


def test_time_of_a_trend_is_planned_hours():
    # Planned on the first of two weeks only: failures of its evenly spaced hours show no trend.
    week: Any = (((Window(0, 720),),) * 5) + ((), ())
    plant = Plant(sites=(Site("North", ZoneInfo("UTC"), hours=week),))
    record = FactRecord(plant)
    record.add_asset("A", site="North")
    record.add(asset="A", reported=epoch("2026-11-02T06:00:00"))
    record.add(asset="A", reported=epoch("2026-11-07T15:00:00"))  # Saturday: as Friday's end
    query = {"metrics": ["failure_trend"], "time": {"range": "2026-11-02..2026-11-16"}}
    expected = fit_growth([Watched(120, (6, 60))])
    assert expected is not None
    assert record.compute(query).values[()][0] == pytest.approx(expected.unbiased_shape)


def test_a_trend_is_not_split_by_time():
    with pytest.raises(CannotAnswer, match="not split by month"):
        _record().compute({"metrics": ["failure_trend"], "dims": ["month"]})
    with pytest.raises(CannotAnswer, match="not split by week"):
        _record().compute({"metrics": ["mean_cumulative"], "dims": ["week"]})
    with pytest.raises(CannotAnswer, match="groups of assets"):
        _record().compute({"metrics": ["mean_cumulative"], "dims": ["cause"]})


def test_many_groups_show_trends_by_chance():
    record = FactRecord()
    for number in range(12):
        record.add_asset(f"A{number}")
        _fail(record, f"A{number}", 20, 60, 75)
    computed = record.compute({"metrics": ["failure_trend"], "dims": ["asset"], **YEAR})
    assert any("Of 12 groups about 1 show a trend by chance" in note for note in computed.notes)


def test_the_mean_number_of_failures_until_each_day():
    record = _record()
    _fail(record, "A", 0.5, 10.2)
    _fail(record, "B", 10.4)
    computed = record.compute({"metrics": ["mean_cumulative"], "time": {"range": "last_20d"}})
    assert computed.rows == []  # those were before
    computed = record.compute({"metrics": ["mean_cumulative"], **YEAR})
    assert computed.rows is not None
    assert computed.chart == "step"
    by_day = [row[1] for row in computed.rows]
    assert len(by_day) == 100
    assert by_day[0] == pytest.approx(1 / 3)
    assert (by_day[9], by_day[10], by_day[-1]) == pytest.approx((1 / 3, 1, 1))
    assert computed.rows[-1][0] == "2026-11-19"
    assert computed.rows[0][4] == 3


def test_a_curve_for_each_group_and_by_weeks_where_it_is_long():
    record = _record()
    _fail(record, "A", -200, 10)
    query = {"metrics": ["mean_cumulative"], "dims": ["site"], "time": {"range": "last_350d"}}
    computed = record.compute(query)
    assert computed.rows is not None
    south = [row for row in computed.rows if row[0] == "South"]
    north = [row for row in computed.rows if row[0] == "North"]
    assert len(south) == len(north) == 50
    assert (south[-1][2], south[-1][3]) == (0.0, None)
    assert north[-1][2] == pytest.approx(1.0)  # two failures of two assets
    assert north[-1][5] == 2


def test_empty_and_unseen_records():
    record = _record()
    _fail(record, "A", 10, 20)
    south = site_only("South")
    trend = record.compute({"metrics": ["failure_trend"], **YEAR}, principal=south)
    assert trend.values[()][0] is None
    assert trend.counted == 0
    for metric in ("failure_trend", "mean_cumulative", "bad_actors"):
        assert FactRecord().compute({"metrics": [metric]}).counted == 0
    assert record.compute({"metrics": ["bad_actors"], **YEAR}, principal=south).values == {}
