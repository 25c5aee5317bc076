"""Durations as people write them."""

from __future__ import annotations

import pytest

from ingest.decimals import Mark
from ingest.durations import Unit, read_seconds, unit_in_header


@pytest.mark.parametrize(
    ("text", "unit", "mark", "minutes"),
    [
        ("1:30", "min", "", 90),
        ("1:30:30", "h", "", 90.5),
        ("1h30", "min", "", 90),
        ("1 h 30 min", "min", "", 90),
        ("2 Std. 15 Min.", "min", "", 135),
        ("90", "min", "", 90),
        ("1,5", "h", ",", 90),
        ("1,5 h", "min", "", 90),
        ("1.5 小时", "min", "", 90),
        ("90分", "h", "", 90),
        ("1小时30分", "min", "", 90),
        ("2 days", "min", "", 2880),
        ("５分钟", "h", "", 5),
        ("-5", "min", "", -5),
        ("0", "min", "", 0),
    ],
)
def test_reads_a_duration(text: str, unit: Unit, mark: Mark, minutes: float) -> None:
    seconds = read_seconds(text, unit, mark)
    assert seconds == pytest.approx(minutes * 60)


@pytest.mark.parametrize("text", ["", "a while", "3 foo", "1:75", "h", "2 h later", "1,440"])
def test_what_is_no_duration_is_none(text: str) -> None:
    assert read_seconds(text, "min") is None


@pytest.mark.parametrize(
    ("header", "unit"),
    [
        ("Downtime [h]", "h"),
        ("downtime_min", "min"),
        ("downtimeMinutes", "min"),
        ("停机时长（小时）", "h"),
        ("停机时长(分钟)", "min"),
        ("Stillstand (Std.)", "h"),
        ("Labour Hours", "h"),
        ("Downtime", None),
        ("Breakdown dur.", None),
    ],
)
def test_the_header_may_name_the_unit(header: str, unit: Unit | None) -> None:
    assert unit_in_header(header) == unit
