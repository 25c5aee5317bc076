"""Decide how the dates of one column are written, and read them.

A column is decided as a whole: one value with a first number above 12 says day first for all. A
column that leaves it open takes the order of the file's other dates; where all leave it open a
person has to say it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from ingest.dates import (
    SERIAL,
    THREE,
    DateOrder,
    is_no_date,
    read_date,
    read_time,
    read_zone,
    serial_time,
    split,
)

TimeQuality = Literal["exact", "date_only"]
_MOST = 50_000  # distinct dates that are looked at; beyond it a column is no column of dates
_MEMO = 200_000


@dataclass(frozen=True, slots=True)
class Moment:
    """A date as read; ``iso`` is None where there is none, ``problem`` says what is odd."""

    iso: str | None = None
    quality: TimeQuality = "exact"
    problem: str = ""


class DateSurvey:
    """Looks at the values of a column, one by one."""

    def __init__(self) -> None:
        self._dates: Counter[str] = Counter()
        self.filled = 0

    def add(self, value: str) -> None:
        """Take in a value."""
        day = value[:10] if value[4:5] == "-" == value[7:8] else split(value).date
        self.filled += 1
        if day in self._dates or len(self._dates) < _MOST:
            self._dates[day] += 1

    def order(self) -> DateOrder | None:
        """The order that fits most values; None where two orders fit the same ones."""
        if not self._dates or self._is_serial():
            return "excel1900" if self._dates else "dmy"
        fits = {order: self._fits(order) for order in ("dmy", "mdy", "ymd")}
        best = max(fits.values())
        winners: list[DateOrder] = [order for order, count in fits.items() if count == best]  # type: ignore[misc]
        if len(winners) == 1 or not self._open():
            return winners[0]
        return None

    def example(self) -> str:
        """A value that may mean two dates."""
        return next(iter(self._open()), "")

    def _open(self) -> list[str]:
        """Values that differ between the orders; "3.4.2024" is day first wherever it is written."""
        found = (THREE.fullmatch(day) for day in self._dates)
        return [m[0] for m in found if m and (m[2] != "." or len(m[4]) == 2) and m[1] != m[3]]

    def _fits(self, order: DateOrder) -> int:
        total = 0
        for day, count in self._dates.items():
            if read_date(day, order) is not None:
                dotted = "." in day and THREE.fullmatch(day) is not None
                total += 0 if dotted and order != "dmy" else count
        return total

    def _is_serial(self) -> bool:
        numbers = [day for day in self._dates if not is_no_date(day)]
        return bool(numbers) and all(
            SERIAL.fullmatch(day) and 20_000 <= int(day[:5]) <= 60_000 for day in numbers
        )


class DateReader:
    """Reads the dates of a column in one order.

    With a zone (the plant's), times are given in UTC; without one they stay as written, and a time
    that names its own zone is given in UTC, too. ``2024-03-05T14:05:00`` is the form of both.
    """

    def __init__(self, order: DateOrder, zone: ZoneInfo | None) -> None:
        self._order = order
        self._zone = zone
        self._memo: dict[tuple[str, str], Moment] = {}

    def read(self, value: str, clock: str = "") -> Moment:
        """Read a value, with the time of day from another column where there is one."""
        if not clock and self._zone is None and (found := _plain_iso(value)) is not None:
            return found
        key = value, clock
        found = self._memo.get(key)
        if found is None:
            found = self._read(value.strip(), clock.strip())
            if len(self._memo) >= _MEMO:
                self._memo.clear()
            self._memo[key] = found
        return found

    def _read(self, value: str, clock: str) -> Moment:
        if is_no_date(value):
            return Moment()
        parts = split(value)
        day = read_date(parts.date, self._order)
        if day is None:
            return Moment(problem=f"{value!r} is not a date")
        is_serial = SERIAL.fullmatch(parts.date) is not None
        time = parts.time or (
            clock if not is_no_date(clock) or read_time(clock) is not None else ""
        )
        since = serial_time(parts.date) if is_serial and not time else read_time(time)
        if time and since is None:
            return Moment(_iso(day, timedelta()), "date_only", f"{time!r} is not a time")
        has_time = bool(time) or (is_serial and len(parts.date) > 5)
        if not has_time or since is None:
            return Moment(_iso(day, timedelta()), "date_only")
        return self._placed(day, since, parts.zone)

    def _placed(self, day: date, since: timedelta, zone_text: str) -> Moment:
        try:
            moment = datetime(day.year, day.month, day.day) + since
        except OverflowError:
            return Moment(problem=f"{day} is out of range")
        own = read_zone(zone_text)
        if own is not None:
            return Moment(_utc(moment.replace(tzinfo=own)))
        if self._zone is None:
            return Moment(moment.isoformat())
        local = moment.replace(tzinfo=self._zone)
        back = local.astimezone(UTC).astimezone(self._zone).replace(tzinfo=None)
        problem = "" if back == moment else f"{moment} does not exist in {self._zone.key}"
        return Moment(_utc(local), problem=problem)


def _plain_iso(value: str) -> Moment | None:
    """The commonest form in a hundredth of the time; None where the value has another."""
    if len(value) not in (16, 19) or value[4] != "-" or value[10] not in " T":
        return None
    try:
        return Moment(datetime.fromisoformat(value).isoformat()) if value[:4] != "9999" else None
    except ValueError:
        return None


def _iso(day: date, since: timedelta) -> str:
    return (datetime(day.year, day.month, day.day) + since).isoformat()


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None, microsecond=0).isoformat()


def common_order(orders: Iterable[DateOrder | None]) -> DateOrder | None:
    """The one order of day and month that the decided columns of a file share; None if none."""
    found = {order for order in orders if order in ("dmy", "mdy")}
    return found.pop() if len(found) == 1 else None
