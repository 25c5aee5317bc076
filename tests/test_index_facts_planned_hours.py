"""Planned hours: nights of changed clocks, windows over midnight, against counting minutes."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.facts.planned_hours import planned_intervals, planned_seconds
from index.facts.plant import AROUND_THE_CLOCK, AssetHours, Plant, Schedule, Site, Window

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = ("UTC", "Europe/Berlin", "America/Chicago", "Asia/Shanghai", "Australia/Lord_Howe")
NIGHTS = (
    *("2026-03-28", "2026-10-24", "2026-03-07", "2026-10-31", "2026-04-04", "2026-10-03"),
    "2026-07-01",
)


def _at(text: str, zone: ZoneInfo = BERLIN) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp())


def _every_day(*windows: tuple[int, int]) -> Schedule:
    return Schedule(BERLIN, (tuple(Window(*window) for window in windows),) * 7)


def _hours(schedule: Schedule, start: str, end: str) -> float:
    return planned_seconds(schedule, _at(start), _at(end)) / 3600


def test_without_hours_everything_is_planned() -> None:
    assert planned_intervals(Schedule(BERLIN), 10, 20) == ((10, 20),)
    assert planned_intervals(Schedule(BERLIN), 20, 20) == ()
    assert planned_intervals(Schedule(BERLIN), 20, 10) == ()


def test_several_windows_of_a_day_and_those_that_touch() -> None:
    schedule = _every_day((360, 720), (720, 840), (1080, 1440))
    found = planned_intervals(schedule, _at("2026-07-01"), _at("2026-07-02"))
    assert [(first - _at("2026-07-01"), last - _at("2026-07-01")) for first, last in found] == [
        (6 * 3600, 14 * 3600),
        (18 * 3600, 24 * 3600),
    ]


@pytest.mark.parametrize(
    ("night", "shift_h", "day_h"),
    [("2026-03-28", 7, 23), ("2026-10-24", 9, 25), ("2026-07-01", 8, 24)],
)
def test_a_night_shift_has_the_hours_that_really_pass(
    night: str, shift_h: float, day_h: float
) -> None:
    night_shift = _every_day((1320, 360))
    noon = f"{night}T12:00", f"{date.fromisoformat(night) + timedelta(days=1)}T12:00"
    assert _hours(night_shift, *noon) == shift_h
    assert _hours(_every_day((0, 1440)), *noon) == day_h


def test_what_the_clock_skips_is_not_planned() -> None:
    assert _hours(_every_day((120, 180)), "2026-03-29T00:00", "2026-03-30T00:00") == 0
    assert _hours(_every_day((120, 180)), "2026-10-25T00:00", "2026-10-26T00:00") == 2


def test_a_holiday_has_no_windows_and_ends_none_of_the_day_before() -> None:
    hours = ((Window(1320, 360),),) * 7
    schedule = Schedule(BERLIN, hours, (date(2026, 7, 2),))
    assert _hours(schedule, "2026-07-01T12:00", "2026-07-02T12:00") == 8
    assert _hours(schedule, "2026-07-02T12:00", "2026-07-03T12:00") == 0
    closed = Schedule(BERLIN, AROUND_THE_CLOCK, (date(2026, 7, 2),))
    assert _hours(closed, "2026-07-01T00:00", "2026-07-04T00:00") == 48


def test_an_asset_has_its_own_hours_on_the_clock_and_holidays_of_its_site() -> None:
    one_shift = ((Window(360, 840),),) * 5 + ((), ())
    site = Site("North", BERLIN, holidays=(date(2026, 7, 2),))
    plant = Plant(sites=(site,), asset_hours=(AssetHours("P-101", one_shift),))
    assert _hours(plant.schedule("North", "P-101"), "2026-06-29", "2026-07-06") == 4 * 8
    assert _hours(plant.schedule("North", "p-101"), "2026-06-29", "2026-07-06") == 4 * 8
    assert _hours(plant.schedule("North", "P-102"), "2026-06-29", "2026-07-06") == 6 * 24
    assert plant.schedule("Nowhere").time_zone == ZoneInfo("UTC")


def _counted(schedule: Schedule, start: int, end: int) -> int:
    """The planned minutes, each looked up on the clock."""
    count = 0
    for epoch in range(start, end, 60):
        local = datetime.fromtimestamp(epoch, schedule.time_zone)
        minute = local.hour * 60 + local.minute
        yesterday = local.date() - timedelta(days=1)
        today_windows = _windows_of(schedule, local.date())
        count += any(
            minute >= w.start and (minute < w.end or w.end <= w.start) for w in today_windows
        ) or any(w.end <= w.start and minute < w.end for w in _windows_of(schedule, yesterday))
    return count


def _windows_of(schedule: Schedule, day: date) -> tuple[Window, ...]:
    return () if day in schedule.holidays else schedule.hours[day.weekday()]


@st.composite
def _schedules(draw: st.DrawFn) -> tuple[Schedule, int, int]:
    zone = ZoneInfo(draw(st.sampled_from(ZONES)))
    night = date.fromisoformat(draw(st.sampled_from(NIGHTS)))
    minutes = st.integers(0, 288).map(lambda n: n * 5)
    windows = st.builds(Window, st.integers(0, 287).map(lambda n: n * 5), minutes)
    week = tuple(tuple(draw(st.lists(windows, max_size=2))) for _ in range(7))
    holidays = draw(st.lists(st.integers(-1, 2), max_size=1))
    schedule = Schedule(zone, week, tuple(night + timedelta(days=n) for n in holidays))
    start = _at(f"{night}T00:00", zone) + draw(st.integers(-300, 1500)) * 60
    return schedule, start, start + draw(st.integers(1, 3000)) * 60


@given(_schedules())
@settings(max_examples=60, deadline=None)
def test_planned_hours_are_those_that_counting_minutes_gives(
    case: tuple[Schedule, int, int],
) -> None:
    schedule, start, end = case
    found = planned_intervals(schedule, start, end)
    assert planned_seconds(schedule, start, end) == 60 * _counted(schedule, start, end)
    assert all(start <= first < last <= end for first, last in found)
    assert all(before[1] < after[0] for before, after in pairwise(found))
