"""When something is planned to run, as intervals in UTC (pure).

A moment counts where the clock of the site then shows a time within a window. So the hour that a
clock skips in spring is no planned hour, and the one that it shows twice in autumn is two.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from index.facts.plant import AROUND_THE_CLOCK, DAY_MIN, Schedule

_DAY_S = 86_400
_LOOK_S = 6 * 3600  # two changes of a clock are further apart than this
_EPOCH = date(1970, 1, 1)


@lru_cache(maxsize=256)
def planned_intervals(schedule: Schedule, start: int, end: int) -> tuple[tuple[int, int], ...]:
    """The planned operation from one moment up to another, in seconds since 1970.

    Intervals are in order, do not touch each other and lie within the two moments.
    """
    if end <= start:
        return ()
    if schedule.hours == AROUND_THE_CLOCK and not schedule.holidays:
        return ((start, end),)
    found: list[tuple[int, int]] = []
    for first, last, offset in _offsets(schedule.time_zone, start, end):
        for begin, finish in _windows(schedule, first + offset, last + offset):
            begin, finish = begin - offset, finish - offset
            if found and found[-1][1] >= begin:
                found[-1] = found[-1][0], max(finish, found[-1][1])
            else:
                found.append((begin, finish))
    return tuple(found)


def planned_seconds(schedule: Schedule, start: int, end: int) -> int:
    """How long something is planned to run from one moment up to another."""
    return sum(last - first for first, last in planned_intervals(schedule, start, end))


def _offsets(zone: ZoneInfo, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """The parts of a time in which the clock is not changed, each with what it is ahead of UTC."""
    first, offset = start, _offset(zone, start)
    at = start
    while at < end:
        ahead = min(at + _LOOK_S, end)
        if _offset(zone, ahead) != offset:
            change = _change(zone, at, ahead)
            yield first, change, offset
            first, offset = change, _offset(zone, change)
            at = change
        else:
            at = ahead
    if first < end:
        yield first, end, offset


def _change(zone: ZoneInfo, low: int, high: int) -> int:
    """The first second of the later offset of two moments."""
    before = _offset(zone, low)
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(zone, middle) == before:
            low = middle
        else:
            high = middle
    return high


def _offset(zone: ZoneInfo, epoch: int) -> int:
    ahead = datetime.fromtimestamp(epoch, UTC).astimezone(zone).utcoffset()
    assert ahead is not None  # a zone always has one
    return round(ahead.total_seconds())


def _windows(schedule: Schedule, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The windows between two times of a clock that is not changed, in order, cut to them."""
    closed = frozenset(schedule.holidays)
    # One that began on the day before may still go on.
    day = start // _DAY_S - 1
    carried: list[tuple[int, int]] = []
    while day * _DAY_S < end:
        on = _EPOCH + timedelta(days=day)
        midnight = day * _DAY_S
        mine = carried
        carried = []
        for window in () if on in closed else schedule.hours[on.weekday()]:
            last = window.start + window.minutes
            mine.append((midnight + window.start * 60, midnight + min(last, DAY_MIN) * 60))
            if last > DAY_MIN:
                carried.append((midnight + _DAY_S, midnight + last * 60))
        for begin, finish in sorted(mine):
            begin, finish = max(begin, start), min(finish, end)
            if begin < finish:
                yield begin, finish
        day += 1
