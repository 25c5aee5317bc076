"""Parts of a period by the dimensions of time, on the clock of a site.

Tickets are split over time in SQL by their local day; hours are split here, with the same names.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from assistant.analytics import dimensions
from assistant.analytics.errors import CannotAnswer
from assistant.analytics.figure import Cell
from assistant.analytics.query import Dimension
from index.facts.plant import Plant, Site

_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Bucket:
    """A stretch of time, in seconds since 1970, and what the dimensions of time call it."""

    cells: tuple[Cell, ...]
    start: int
    end: int


def buckets(
    names: tuple[Dimension, ...], start: int, end: int, site: Site, plant: Plant
) -> list[Bucket]:
    """The period in order, cut where a name changes; one bucket where there are no names.

    Raises:
        CannotAnswer: hours of the day were named, which planned hours are not split by.
    """
    if "hour" in names:
        raise CannotAnswer(
            "Operating hours are not split by the hour of the day. Count the failures by hour, or "
            "split by day, week or month."
        )
    if not names or start >= end:
        return [Bucket(tuple(None for _ in names), start, end)] if start < end else []
    found: list[Bucket] = []
    for day, first, last in _days(start, end, site.time_zone):
        cells = tuple(_cell(name, day, site, plant) for name in names)
        if found and found[-1].cells == cells:
            found[-1] = Bucket(cells, found[-1].start, last)
        else:
            found.append(Bucket(cells, first, last))
    return found


def _days(start: int, end: int, zone: ZoneInfo) -> Iterator[tuple[date, int, int]]:
    day = datetime.fromtimestamp(start, UTC).astimezone(zone).date()
    first = start
    while first < end:
        following = day + timedelta(days=1)
        last = min(int(datetime.combine(following, time(), zone).timestamp()), end)
        yield day, first, last
        day, first = following, last


def _cell(name: Dimension, day: date, site: Site, plant: Plant) -> Cell:
    number = (day - _EPOCH).days
    if name == "week":
        return dimensions.cell(name, number - (day.weekday() - site.week_start) % 7, plant)
    if name == "day_of_week":
        return dimensions.cell(name, day.weekday(), plant)
    if name == "quarter":
        return f"{day.year:04}-Q{(day.month + 2) // 3}"
    return day.isoformat()[: {"year": 4, "month": 7}.get(name, 10)]
