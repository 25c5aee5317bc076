"""Ranges as borders on the clock of a site."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.analytics.errors import CannotAnswer
from assistant.analytics.periods import around, days_of, period_of, previous_of, year_before
from index.facts.plant import Shift, Site

BERLIN = Site(
    "North",
    ZoneInfo("Europe/Berlin"),
    fiscal_month=10,
    shifts=(
        Shift("early", time(6), time(14)),
        Shift("late", time(14), time(22)),
        Shift("night", time(22), time(6)),
    ),
)
SUNDAY = Site("South", ZoneInfo("America/Chicago"), week_start=6)
NOW = datetime(2026, 11, 20, 21, 0, tzinfo=UTC)  # Friday, 22:00 in Berlin


def borders(text: str, site: Site = BERLIN, now: datetime = NOW) -> tuple[str, str]:
    period = period_of(text, "reported", now, site)
    return tuple(  # type: ignore[return-value]
        "" if end is None else f"{end:%Y-%m-%d %H:%M}" for end in (period.start, period.end)
    )


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("all", "", ""),
        ("today", "2026-11-20 00:00", "2026-11-20 22:00"),
        ("yesterday", "2026-11-19 00:00", "2026-11-20 00:00"),
        ("this_week", "2026-11-16 00:00", "2026-11-20 22:00"),
        ("last_week", "2026-11-09 00:00", "2026-11-16 00:00"),
        ("last_month", "2026-10-01 00:00", "2026-11-01 00:00"),
        ("this_quarter", "2026-10-01 00:00", "2026-11-20 22:00"),
        ("last_quarter", "2026-07-01 00:00", "2026-10-01 00:00"),
        ("last_year", "2025-01-01 00:00", "2026-01-01 00:00"),
        ("ytd", "2026-01-01 00:00", "2026-11-20 22:00"),
        ("this_fiscal_year", "2026-10-01 00:00", "2026-11-20 22:00"),
        ("last_fiscal_year", "2025-10-01 00:00", "2026-10-01 00:00"),
        ("last_shift", "2026-11-20 14:00", "2026-11-20 22:00"),
        ("last_30d", "2026-10-21 22:00", "2026-11-20 22:00"),
        ("last_26w", "2026-05-22 22:00", "2026-11-20 22:00"),
        ("last_12m", "2025-11-20 22:00", "2026-11-20 22:00"),
        ("last_2y", "2024-11-20 22:00", "2026-11-20 22:00"),
        ("2025", "2025-01-01 00:00", "2026-01-01 00:00"),
        ("2026", "2026-01-01 00:00", "2026-11-20 22:00"),
        ("2026-02", "2026-02-01 00:00", "2026-03-01 00:00"),
        ("2026-Q3", "2026-07-01 00:00", "2026-10-01 00:00"),
        ("2026-H1", "2026-01-01 00:00", "2026-07-01 00:00"),
        ("2026-10-05", "2026-10-05 00:00", "2026-10-06 00:00"),
        ("2026-01-01..2026-07-01", "2026-01-01 00:00", "2026-07-01 00:00"),
        ("2026-03-15..", "2026-03-15 00:00", "2026-11-20 22:00"),
    ],
)
def test_a_range_is_borders_on_the_clock_of_the_site(text, start, end):
    assert borders(text) == (start, end)


def test_weeks_begin_where_the_site_says():
    assert borders("last_week", SUNDAY) == ("2026-11-08 00:00", "2026-11-15 00:00")


def test_the_last_month_of_a_long_month_is_a_short_one():
    now = datetime(2026, 3, 31, 12, tzinfo=UTC)
    assert borders("last_1m", now=now)[0] == "2026-02-28 14:00"


def test_a_day_of_a_clock_change_has_25_hours():
    period = period_of("2026-10-25", "reported", NOW, BERLIN)
    assert days_of(period) == 25 / 24


def test_a_week_is_compared_with_the_same_days_over_a_clock_change():
    now = datetime(2026, 10, 28, 11, tzinfo=UTC)  # Wednesday, 12:00 in Berlin
    period = period_of("this_week", "reported", now, BERLIN)
    before = previous_of("this_week", period, now, BERLIN)
    assert f"{before.start:%Y-%m-%d %H:%M}" == "2026-10-19 00:00"
    assert f"{before.end:%Y-%m-%d %H:%M}" == "2026-10-21 12:00"


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("last_month", "2026-09-01 00:00", "2026-10-01 00:00"),
        ("this_month", "2026-10-01 00:00", "2026-10-20 22:00"),
        ("2026", "2025-01-01 00:00", "2025-11-20 22:00"),
        ("ytd", "2025-01-01 00:00", "2025-11-20 22:00"),
        ("2026-Q3", "2026-04-01 00:00", "2026-07-01 00:00"),
        ("2026-H1", "2025-07-01 00:00", "2026-01-01 00:00"),
        ("last_30d", "2026-09-21 22:00", "2026-10-21 22:00"),
        ("yesterday", "2026-11-18 00:00", "2026-11-19 00:00"),
        ("2026-10-20..2026-10-27", "2026-10-13 00:00", "2026-10-20 00:00"),
    ],
)
def test_the_period_before(text, start, end):
    before = previous_of(text, period_of(text, "reported", NOW, BERLIN), NOW, BERLIN)
    assert f"{before.start:%Y-%m-%d %H:%M}" == start
    assert f"{before.end:%Y-%m-%d %H:%M}" == end


def test_a_leap_day_a_year_before_is_the_last_of_february():
    period = period_of("2024-02-29", "reported", NOW, BERLIN)
    before = year_before(period)
    assert f"{before.start:%Y-%m-%d}" == "2023-02-28"


def test_around_a_day_the_later_period_may_not_be_over():
    before, since = around("2026-10-01", 180, "reported", NOW, BERLIN)
    assert before.is_over
    assert before.end == since.start
    assert not since.is_over
    assert since.end == NOW


def test_a_state_is_as_of_the_end_of_a_range_or_now():
    assert period_of("2026-10", "as_of", NOW, BERLIN).text == "as of 2026-11-01 00:00"
    assert period_of("all", "as_of", NOW, BERLIN).end == NOW


def test_what_is_due_may_lie_ahead():
    assert period_of("2026-12", "due", NOW, BERLIN).end == datetime(
        2027, 1, 1, tzinfo=BERLIN.time_zone
    )


@pytest.mark.parametrize(
    "text",
    ["2026-13", "2026-02-30", "2026-H3", "2027", "2026-12-24..", "2026-05-02..2026-05-01",
     "0001", "9999", "9999-12-31", "last_9999y", "last_shift"],
)  # fmt: skip
def test_what_is_no_time_is_refused_with_what_to_do(text):
    site = SUNDAY if text == "last_shift" else BERLIN
    with pytest.raises(CannotAnswer, match=r"\."):
        period_of(text, "reported", NOW, site)


NAMES = ["today", "yesterday", "ytd", "last_shift"] + [
    f"{which}_{unit}"
    for which in ("this", "last")
    for unit in ("week", "month", "quarter", "year", "fiscal_year")
]


@given(
    st.sampled_from([*NAMES, "last_1d", "last_90d", "last_8w", "last_13m", "last_3y"]),
    st.datetimes(datetime(2020, 1, 2), datetime(2030, 1, 1), timezones=st.just(UTC)),
    st.sampled_from([BERLIN, Site("S", SUNDAY.time_zone, shifts=BERLIN.shifts, week_start=6)]),
)
def test_every_period_ends_by_now_and_follows_the_one_before(text, now, site):
    try:
        period = period_of(text, "reported", now, site)
    except CannotAnswer:
        return  # now is the very beginning of it
    assert period.start is not None
    assert period.end is not None
    assert period.start.astimezone(UTC) < period.end.astimezone(UTC) <= now
    before = previous_of(text, period, now, site)
    assert before.end.astimezone(UTC) <= period.start.astimezone(UTC)
    if text.startswith("last_") and text[-1] not in "dwmy" and text != "last_shift":
        assert before.end == period.start
    length = timedelta(days=days_of(before))
    assert timedelta(0) <= length <= timedelta(days=days_of(period) + 4)
