"""When a saved figure is due: daily, weekly or monthly, by the clock of a site (pure)."""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
Every = Literal["day", "week", "month"]


class Schedule(BaseModel):
    """When a figure is made anew, by the clock of a site.

    ``weekday`` counts from Monday (0) and is for ``week`` alone, ``day`` is the day of a ``month``;
    a month that has no such day takes its last. An empty ``site`` is the plant's first.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    every: Every
    at: str = Field(default="06:00", pattern=r"^([01]\d|2[0-3]):[0-5]\d$", examples=["06:00"])
    weekday: int = Field(default=0, ge=0, le=6)
    day: int = Field(default=1, ge=1, le=31)
    site: str = Field(default="", max_length=120)

    @property
    def text(self) -> str:
        """The schedule in words."""
        match self.every:
            case "day":
                return f"every day at {self.at}"
            case "week":
                return f"every {DAYS[self.weekday]} at {self.at}"
            case "month":
                return f"on day {self.day} of every month at {self.at}"


def next_due(schedule: Schedule, after: datetime, zone: ZoneInfo) -> datetime:
    """The first time after a moment at which the figure is due, in UTC.

    A time that a clock change leaves out comes an hour later that day; one that it repeats counts
    the first time.
    """
    hour, minute = map(int, schedule.at.split(":"))
    day = after.astimezone(zone).date() - timedelta(days=1)
    while True:
        if _is_day(schedule, day):
            local = datetime.combine(day, time(hour, minute), zone)
            due = local.astimezone(UTC)
            if due > after:
                return due
        day += timedelta(days=1)


def _is_day(schedule: Schedule, day: date) -> bool:
    match schedule.every:
        case "day":
            return True
        case "week":
            return day.weekday() == schedule.weekday
        case "month":
            last = calendar.monthrange(day.year, day.month)[1]
            return day.day == min(schedule.day, last)
