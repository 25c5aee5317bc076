"""Dates and times as people and systems write them."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from ingest.date_columns import DateReader, DateSurvey, common_order
from ingest.dates import DateOrder

DMY = DateReader("dmy", None)


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2024-03-05", "2024-03-05T00:00:00"),
        ("2024-03-05 14:05", "2024-03-05T14:05:00"),
        ("2024-03-05T14:05:33.123", "2024-03-05T14:05:33"),
        ("2024/3/5 8:05", "2024-03-05T08:05:00"),
        ("20240305", "2024-03-05T00:00:00"),
        ("20240305 140500", "2024-03-05T14:05:00"),
        ("5.3.24", "2024-03-05T00:00:00"),
        ("05.03.2024, 14:05", "2024-03-05T14:05:00"),
        ("05.03.2024 14.05", "2024-03-05T14:05:00"),
        ("05.03.2024 24:00", "2024-03-06T00:00:00"),
        ("Di, 05.03.2024 08:00 Uhr", "2024-03-05T08:00:00"),
        ("5. März 2024", "2024-03-05T00:00:00"),
        ("5. Dez. 2023", "2023-12-05T00:00:00"),
        ("5 Mar 2024", "2024-03-05T00:00:00"),
        ("05-MAR-24 14:05", "2024-03-05T14:05:00"),
        ("Mar 5, 2024 2:05 PM", "2024-03-05T14:05:00"),
        ("Tue, 5 March 2024", "2024-03-05T00:00:00"),
        ("3/4/2024 12:05:00 AM", "2024-04-03T00:05:00"),
        ("2024年3月5日 14:05", "2024-03-05T14:05:00"),
        ("2024年3月5日 下午2:05", "2024-03-05T14:05:00"),
        ("2024年3月5日上午9时05分", "2024-03-05T09:05:00"),
        ("２０２４－０３－０５ １４：０５", "2024-03-05T14:05:00"),
        ("/Date(1709647500000)/", "2024-03-05T14:05:00"),
        ("2024-03-05T14:05:00Z", "2024-03-05T14:05:00"),
        ("2024-03-05T14:05:00+01:00", "2024-03-05T13:05:00"),
    ],
)
def test_reads_a_date_with_or_without_a_time(text: str, iso: str) -> None:
    moment = DMY.read(text)
    assert (moment.iso, moment.problem) == (iso, "")
    assert moment.quality == ("date_only" if iso.endswith("T00:00:00") and "24:00" not in text
                              else "exact")  # fmt: skip


@pytest.mark.parametrize(
    "text",
    ["00.00.0000", "9999-12-31", "31.12.9999", "9999-12-31 00:00:00", "-", "n/a", "NULL", "0"],
)
def test_what_stands_for_no_date_is_empty_and_not_odd(text: str) -> None:
    assert DMY.read(text).iso is None
    assert DMY.read(text).problem == ""


@pytest.mark.parametrize(
    "text", ["2024-02-30", "31.04.2024", "soon", "12:00", "45", "1/2/3", "5 Foo 24"]
)
def test_what_is_no_date_is_said(text: str) -> None:
    moment = DMY.read(text)
    assert (moment.iso, moment.problem) == (None, f"{text!r} is not a date")


@pytest.mark.parametrize(
    ("order", "iso"),
    [("excel1900", "2023-11-01T10:30:00"), ("excel1904", "2027-11-02T10:30:00")],
)
def test_serial_dates_count_from_1900_or_1904(order: DateOrder, iso: str) -> None:
    assert DateReader(order, None).read("45231.4375").iso == iso


@pytest.mark.parametrize(
    ("day", "clock", "iso"),
    [
        ("05.03.2024", "14:05:00", "2024-03-05T14:05:00"),
        ("05.03.2024", "00:00:00", "2024-03-05T00:00:00"),
        ("2024-03-05", "PT14H05M00S", "2024-03-05T14:05:00"),
        ("05.03.2024", "24:00", "2024-03-06T00:00:00"),
        ("05.03.2024", "140500", "2024-03-05T14:05:00"),
        ("05.03.2024", "", "2024-03-05T00:00:00"),
    ],
)
def test_the_time_may_stand_in_a_column_of_its_own(day: str, clock: str, iso: str) -> None:
    assert DMY.read(day, clock).iso == iso


def test_with_the_plants_zone_times_become_utc_and_gaps_are_said() -> None:
    berlin = DateReader("dmy", ZoneInfo("Europe/Berlin"))
    assert berlin.read("2024-03-05 14:05").iso == "2024-03-05T13:05:00"
    assert berlin.read("2024-07-05 14:05").iso == "2024-07-05T12:05:00"
    assert berlin.read("2024-07-05T14:05:00Z").iso == "2024-07-05T14:05:00"
    assert "does not exist in Europe/Berlin" in berlin.read("2024-03-31 02:30").problem
    assert berlin.read("2024-07-05").iso == "2024-07-05T00:00:00"


def _order(*values: str) -> DateOrder | None:
    survey = DateSurvey()
    for value in values:
        survey.add(value)
    return survey.order()


@pytest.mark.parametrize(
    ("values", "order"),
    [
        (["03/04/2024", "25/04/2024"], "dmy"),
        (["03/04/2024", "04/25/2024 10:00"], "mdy"),
        (["3.4.2024"], "dmy"),
        (["99/04/03", "99/12/25"], "ymd"),
        (["45231.4375", "45232"], "excel1900"),
        (["03/04/2024", "05/06/2024"], None),
        (["03/04/24"], None),
        (["04/04/2024"], "dmy"),
    ],
)
def test_a_column_tells_its_order_or_leaves_it_open(
    values: list[str], order: DateOrder | None
) -> None:
    assert _order(*values) == order


def test_a_file_has_one_order_where_its_decided_columns_agree() -> None:
    assert common_order(["mdy", None, "excel1900"]) == "mdy"
    assert common_order(["mdy", "dmy"]) is None
