"""Intervals of time for the oracle of the record: by sweeping over their borders."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

Interval = tuple[float, float]
DAY = timedelta(days=1)


def covered(intervals: Iterable[Interval], depth: int = 1) -> list[Interval]:
    """Where at least ``depth`` of the intervals lie over each other."""
    borders = sorted(
        border for start, end in intervals if end > start for border in ((start, 1), (end, -1))
    )
    found: list[Interval] = []
    height, began = 0, 0.0
    for moment, step in borders:
        before, height = height, height + step
        if before < depth <= height:
            began = moment
        elif height < depth <= before and moment > began:
            found.append((began, moment))
    joined: list[Interval] = []
    for start, end in found:
        if joined and joined[-1][1] == start:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def common(one: Iterable[Interval], other: Iterable[Interval]) -> list[Interval]:
    """Where both lie; each is free of overlaps of its own."""
    return covered([*covered(one), *covered(other)], depth=2)


def without(intervals: Iterable[Interval], holes: Iterable[Interval]) -> list[Interval]:
    """What of intervals lies outside of others."""
    shades = [*covered(intervals)]
    gaps = [float("-inf"), *(border for hole in covered(holes) for border in hole), float("inf")]
    return common(shades, zip(gaps[::2], gaps[1::2], strict=True))


def hours(intervals: Iterable[Interval]) -> float:
    """The hours under intervals, each moment once."""
    return sum(end - start for start, end in covered(intervals)) / 3600


def clipped(intervals: Iterable[Interval], start: float, end: float) -> Iterator[Interval]:
    """What of them lies between two moments."""
    for first, last in intervals:
        if first < end and last > start:
            yield (max(first, start), min(last, end))


def moment(day: date, minute: int, zone: ZoneInfo) -> float:
    """A minute of a day on the clock of a zone; that of the next midnight is 1440."""
    day, minute = day + DAY * (minute // 1440), minute % 1440
    local = datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=zone)
    return local.astimezone(UTC).timestamp()


def days(start: float, end: float, zone: ZoneInfo) -> Iterator[date]:
    """Every day on the clock of a zone that has a part between two moments, and one around."""
    day = datetime.fromtimestamp(start, zone).date() - DAY
    last = datetime.fromtimestamp(end, zone).date() + DAY
    while day <= last:
        yield day
        day += DAY
