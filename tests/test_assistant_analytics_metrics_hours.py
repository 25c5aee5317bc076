"""MTBF, failure rates and availability against counting minutes one by one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.analytics.errors import CannotAnswer
from assistant.analytics.figure import Exclusion
from assistant.analytics.metrics.tallies import tally
from assistant.analytics.query import Query
from index.facts.fact_tables import meter_reading
from index.facts.plant import AssetHours, Line, Plant, Site, Window
from tests.metric_scopes import DAY, FactRecord, epoch, site_only

BERLIN = ZoneInfo("Europe/Berlin")
NONE = ((),) * 7
TWO_SHIFTS = ((Window(360, 1320),),) * 5 + ((), ())
SITE = Site("North", BERLIN, hours=TWO_SHIFTS)
# The night of 2026-10-25 has one hour twice, that of 2026-03-29 has one less.
AUTUMN = {"time": {"range": "2026-10-24..2026-10-27"}}
FIRST = epoch("2026-10-23T22:00:00")  # midnight in Berlin


def _is_planned(minute: int, hours: tuple[tuple[Window, ...], ...]) -> bool:
    local = datetime.fromtimestamp(minute * 60, UTC).astimezone(BERLIN)
    of_day = local.hour * 60 + local.minute
    return any(window.start <= of_day < window.end for window in hours[local.weekday()])


@dataclass
class Drawn:
    """Stops of assets in minutes from the first moment; one without an end is open."""

    stops: list[tuple[str, int, int | None]]


_STOP = st.tuples(
    st.sampled_from(["A", "B"]),
    st.integers(-600, 4800),
    st.one_of(st.none(), st.integers(1, 1500)),
)
DRAWN = st.lists(_STOP, max_size=8).map(
    lambda drawn: Drawn([(who, at, None if long is None else at + long) for who, at, long in drawn])
)
QUICK = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
LENGTH = (3 * 24 + 1) * 60  # minutes of the three days
AFTER = datetime(2026, 10, 27, 12, tzinfo=UTC)


def _record(drawn: Drawn, plant: Plant, line: str = "") -> FactRecord:
    record = FactRecord(plant)
    for tag in ("A", "B"):
        record.add_asset(tag, site="North", line=line)
    for tag, start, end in drawn.stops:
        record.add(
            asset=tag,
            reported=FIRST + start * 60,
            down_from=FIRST + start * 60,
            down_to=None if end is None else FIRST + end * 60,
            is_open=int(end is None),
            status="open" if end is None else "done",
        )
    return record


def _standing(drawn: Drawn, tag: str) -> set[int]:
    now = (int(AFTER.timestamp()) - FIRST) // 60
    found: set[int] = set()
    for who, start, end in drawn.stops:
        if who == tag:
            found |= set(range(max(start, 0), min(now if end is None else end, LENGTH)))
    return found


def _planned(hours: tuple[tuple[Window, ...], ...] = TWO_SHIFTS) -> set[int]:
    return {minute for minute in range(LENGTH) if _is_planned(FIRST // 60 + minute, hours)}


@QUICK
@given(DRAWN)
def test_mtbf_against_minutes(drawn: Drawn):
    record = _record(drawn, Plant(sites=(SITE,)))
    computed = record.compute({"metrics": ["mtbf_h"], "dims": ["asset"], **AUTUMN}, as_of=AFTER)
    for tag in ("A", "B"):
        value, low, high, failures, hours = computed.values[(tag,)]
        expected = len(_planned() - _standing(drawn, tag)) / 60
        count = sum(who == tag and 0 <= at < LENGTH for who, at, _ in drawn.stops)
        assert (hours, failures) == (pytest.approx(expected), count)
        assert value == (pytest.approx(expected / count) if count and expected else None)
        if expected:
            assert low is not None
            assert (high is None) == (count == 0)


@QUICK
@given(DRAWN, st.booleans())
def test_availability_of_single_assets_against_minutes(drawn: Drawn, by_day: bool):
    record = _record(drawn, Plant(sites=(SITE,)))
    query = {"metrics": ["availability"], "dims": ["day"] if by_day else [], **AUTUMN}
    computed = record.compute(query, as_of=AFTER)
    planned = _planned()
    days = {minute: _day(minute) if by_day else None for minute in range(LENGTH)}
    for name in set(days.values()):
        of_day = {minute for minute in planned if days[minute] == name}
        standing = sum(len(of_day & _standing(drawn, tag)) for tag in ("A", "B"))
        share, planned_h, standing_h = computed.values[(name,) if by_day else ()]
        assert planned_h == pytest.approx(2 * len(of_day) / 60)
        assert standing_h == pytest.approx(standing / 60)
        assert share == (pytest.approx(100 - 50 * standing / len(of_day)) if of_day else None)


def _day(minute: int) -> str:
    moment = datetime.fromtimestamp(FIRST, UTC) + timedelta(minutes=minute)
    return moment.astimezone(BERLIN).date().isoformat()


@QUICK
@given(DRAWN, st.sampled_from(["series", "parallel"]))
def test_availability_of_lines_against_minutes(drawn: Drawn, arrangement: str):
    line = Line("L", "North", arrangement)  # type: ignore[arg-type]
    record = _record(drawn, Plant(sites=(SITE,), lines=(line,)), line="L")
    query = {
        "metrics": ["availability"],
        "filters": [{"field": "line", "value": "l"}],
        **AUTUMN,
    }
    computed = record.compute(query, as_of=AFTER)
    one, other = (_standing(drawn, tag) for tag in ("A", "B"))
    standing = (one | other if arrangement == "series" else one & other) & _planned()
    assert computed.values[()][1:] == pytest.approx((len(_planned()) / 60, len(standing) / 60))
    assert any(f"in {arrangement}" in note for note in computed.notes)
    # Split by asset, the line is no machine any more.
    split = record.compute({**query, "dims": ["asset"]}, as_of=AFTER)
    assert split.values[("A",)][2] == pytest.approx(len(one & _planned()) / 60)


def _running(**plant: object) -> FactRecord:
    # With two sites nothing without a site is of one of them; borders of periods are in UTC.
    record = FactRecord(Plant(sites=(SITE, Site("South")), **plant))  # type: ignore[arg-type]
    record.add_asset("P-1", site="North", asset_class="pump")
    record.add_asset("P-2", site="North", asset_class="pump")
    record.add_asset("F-1", asset_class="fan")
    return record


def test_no_failure_gives_a_lower_bound_and_says_so():
    record = _running()
    record.add(asset="P-1", reported=epoch("2026-10-26T09:00:00"))
    computed = record.compute({"metrics": ["mtbf_h"], "dims": ["asset"], **AUTUMN}, as_of=AFTER)
    value, low, high, failures, hours = computed.values[("P-2",)]
    assert (value, high, failures, hours) == (None, None, 0, 16)
    assert low == pytest.approx(16 / 2.302585)
    bound = "the mean is more than 7 h (90% sure), and has no upper bound."
    assert f"P-2: no failure in 16 h: {bound}" in computed.notes
    assert computed.values[("F-1",)][4] == 72
    assert any("1 of 3 assets have no planned hours" in note for note in computed.notes)
    assert any("Fewer than 5 failures" in note for note in computed.notes)


def test_a_condition_on_tickets_does_not_shrink_the_hours():
    record = _running()
    record.add(
        asset="P-1",
        reported=epoch("2026-10-26T09:00:00"),
        failure_mode="leak",
        down_from=epoch("2026-10-26T09:00:00"),
        down_to=epoch("2026-10-26T11:00:00"),
    )
    query = {
        "metrics": ["mtbf_h"],
        "filters": [
            {"field": "failure_mode", "value": "jam"},
            {"field": "asset_class", "value": "PUMP"},
        ],
        **AUTUMN,
    }
    computed = record.compute(query, as_of=AFTER)
    assert computed.values[()][3:] == (0, 30)  # two pumps of 16 h less the stop of the leak
    assert any("'failure mode is jam' is of failures" in note for note in computed.notes)
    by_mode = {**query, "filters": [], "dims": ["failure_mode"]}
    (cells,) = record.compute(by_mode, as_of=AFTER).values.values()
    hours = 16 + 14 + 72  # two pumps less the stop, and the fan
    expected = (hours, hours / 4.743865, hours / 0.0512933, 1, hours)
    assert cells == pytest.approx(expected, rel=1e-4)


def test_calendar_hours_and_the_rate():
    record = _running()
    for hour in (8, 9):
        record.add(asset="P-1", reported=epoch(f"2026-10-26T0{hour}:00:00"))
    calendar = {"params": {"basis": "calendar"}, **AUTUMN}
    computed = record.compute({"metrics": ["mtbf_h"], "dims": ["asset"], **calendar}, as_of=AFTER)
    assert computed.values[("P-1",)][0] == 72 / 2
    assert computed.notes[0] == "Hours are those of the calendar, not of operation."
    rate = record.compute(
        {"metrics": ["failure_rate_per_1000h"], "dims": ["asset_class"], **AUTUMN}, as_of=AFTER
    )
    assert rate.values[("pump",)][0] == pytest.approx(2 / 32 * 1000)
    assert rate.values[("fan",)][:2] == (0.0, 0.0)
    assert rate.values[("fan",)][2] == pytest.approx(2.302585 / 72 * 1000)


def test_failures_of_unknown_assets_and_duplicates_are_left_out_and_counted():
    record = _running()
    moment = epoch("2026-10-26T09:00:00")
    record.add(asset="P-1", reported=moment)
    record.add(asset="P-1", reported=moment, is_duplicate=1)
    record.add(asset="P-1", reported=moment, is_excluded=1)
    record.add(asset="the old pump", reported=moment)
    record.add(asset="P-1", reported=moment, is_failure=0, kind="preventive")
    computed = record.compute({"metrics": ["mtbf_h"], **AUTUMN}, as_of=AFTER)
    assert computed.values[()][3] == 1
    assert {each.reason: each.rows for each in computed.excluded} == {
        "reports the event of another ticket": 1,
        "taken out of the figures by a supervisor": 1,
        "name no asset of the register": 1,
    }
    assert Exclusion(reason="name no asset of the register", rows=1) in computed.excluded
    assert (computed.coverage[0].known, computed.coverage[0].of) == (0, 1)


def test_a_meter_counts_where_it_was_read_and_the_plan_elsewhere():
    record = _running()
    # Monday 2026-10-26: planned 06:00 to 22:00 in Berlin, that is 05:00 to 21:00 UTC.
    record.add_row(meter_reading, asset="P-1", at=epoch("2026-10-26T05:00:00"), hours=100.0)
    record.add_row(meter_reading, asset="P-1", at=epoch("2026-10-26T15:00:00"), hours=104.0)
    record.add(
        asset="P-1",
        reported=epoch("2026-10-26T08:00:00"),
        down_from=epoch("2026-10-26T08:00:00"),
        down_to=epoch("2026-10-26T16:00:00"),
    )
    query = {"metrics": ["mtbf_h"], "dims": ["asset"], **AUTUMN}
    computed = record.compute(query, as_of=AFTER)
    assert computed.values[("P-1",)][4] == pytest.approx(4 + (6 - 1))
    assert any("1 of 3 assets are from their meters" in note for note in computed.notes)


@pytest.mark.parametrize("later", [90.0, 140.0])
def test_a_meter_that_fell_or_ran_too_fast_counts_for_nothing(later: float):
    record = _running()
    record.add_row(meter_reading, asset="P-1", at=epoch("2026-10-26T05:00:00"), hours=100.0)
    record.add_row(meter_reading, asset="P-1", at=epoch("2026-10-26T15:00:00"), hours=later)
    computed = record.compute({"metrics": ["mtbf_h"], "dims": ["asset"], **AUTUMN}, as_of=AFTER)
    assert computed.values[("P-1",)][4] == 16


def test_hours_of_a_single_asset_and_of_holidays():
    record = _running(asset_hours=(AssetHours("P-2", NONE),))
    computed = record.compute(
        {"metrics": ["availability"], "dims": ["asset"], **AUTUMN}, as_of=AFTER
    )
    assert computed.values[("P-2",)] == (None, 0, 0)
    assert "Where no hours are planned there is no availability." in computed.notes


def test_the_whole_record_begins_with_its_first_ticket():
    record = _running()
    record.add(asset="F-1", reported=int(AFTER.timestamp()) - 10 * DAY)
    computed = record.compute({"metrics": ["mtbf_h"], "dims": ["asset"]}, as_of=AFTER)
    assert computed.values[("F-1",)][4] == 240
    assert any("first ticket of the record on (2026-10-17)" in note for note in computed.notes)


def test_an_empty_record_and_an_unknown_asset_are_said():
    empty = FactRecord().compute({"metrics": ["mtbf_h"]})
    assert empty.values[()] == (None, None, None, 0, 0.0)
    assert any("No asset of the register fits" in note for note in empty.notes)
    nowhere = {"metrics": ["availability"], "filters": [{"field": "asset", "value": "Z-9"}]}
    assert _running().compute(nowhere | AUTUMN).values == {}


def test_who_sees_one_site_counts_its_assets_and_stops_only():
    record = _running()
    record.add_asset("S-1", site="South")
    for tag in ("P-1", "S-1"):
        record.add(asset=tag, reported=epoch("2026-10-26T09:00:00"))
    computed = record.compute(
        {"metrics": ["mtbf_h"], "dims": ["asset"], **AUTUMN},
        principal=site_only("South"),
        as_of=AFTER,
    )
    assert computed.values[("S-1",)][3] == 1
    assert not {("P-1",), ("P-2",)} & set(computed.values)


def test_stops_that_have_not_ended_are_said():
    record = _running()
    start = epoch("2026-10-26T09:00:00")
    record.add(asset="P-1", reported=start, down_from=start, is_open=1, status="open")
    computed = record.compute(
        {"metrics": ["availability"], "dims": ["asset"], **AUTUMN}, as_of=AFTER
    )
    assert (
        computed.values[("P-1",)][2] == 12
    )  # until 22:00, in Berlin 13 hours after 10:00 less one
    assert any("1 stops have not ended" in note for note in computed.notes)


def test_what_availability_is_not_split_by():
    with pytest.raises(CannotAnswer, match="not split by failure_mode"):
        _running().compute({"metrics": ["availability"], "dims": ["failure_mode"], **AUTUMN})
    with pytest.raises(CannotAnswer, match="hour of the day"):
        _running().compute({"metrics": ["mtbf_h"], "dims": ["hour"], **AUTUMN})


@pytest.mark.parametrize("name", ["week", "month", "quarter", "year", "day_of_week"])
def test_parts_of_time_are_named_as_tickets_are(name: str):
    record = _running()
    for day in ("2026-10-24", "2026-10-26"):
        record.add(asset="F-1", reported=epoch(f"{day}T10:00:00"))
    query = {"dims": [name], **AUTUMN}
    hours = record.compute({"metrics": ["mtbf_h"], **query}, as_of=AFTER)
    with record.engine.connect() as connection:
        scope = record.scope(connection, Query.model_validate({"metrics": ["mtbf_h"], **query}))
        counted = tally(scope, "failures").groups
    assert set(counted) <= set(hours.values)
    assert sum(int(row[3] or 0) for row in hours.values.values()) == 2
    assert sum(float(row[4] or 0) for row in hours.values.values()) == pytest.approx(72 + 32)
