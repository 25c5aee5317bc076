"""The plant as its own file describes it: sites with their clocks, lines, teams, names (pure).

Nothing here reads files; :mod:`ingest.plant_files` does. Without a file every site is open around
the clock, in UTC, with weeks from Monday and years from January.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

Arrangement = Literal["series", "parallel"]
DAY_MIN = 1440
_UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Window:
    """Planned operation from one minute of a day to another, 0 to 1440 on the clock of the site.

    A window that ends before it starts, or when it starts, ends on the next day.
    """

    start: int
    end: int

    @property
    def minutes(self) -> int:
        """How long it is where no clock is changed."""
        return self.end - self.start if self.end > self.start else self.end - self.start + DAY_MIN


Week = tuple[tuple[Window, ...], ...]
"""The windows of each day, Monday first; one belongs to the day on which it starts."""
AROUND_THE_CLOCK: Week = ((Window(0, DAY_MIN),),) * 7


@dataclass(frozen=True, slots=True)
class Shift:
    """A shift, every day at the same time; one that ends before it starts goes over midnight."""

    name: str
    start: time
    end: time

    def holds(self, moment: time) -> bool:
        """Tell whether a time of day lies in the shift; its end does not."""
        if self.start < self.end:
            return self.start <= moment < self.end
        return moment >= self.start or moment < self.end


@dataclass(frozen=True, slots=True)
class Schedule:
    """When something is planned to run: windows on a clock, and days without any."""

    time_zone: ZoneInfo
    hours: Week = AROUND_THE_CLOCK
    holidays: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Site:
    """A site; ``week_start`` is 0 (Monday) to 6, ``fiscal_month`` the first of the fiscal year."""

    name: str = ""
    time_zone: ZoneInfo = _UTC
    currency: str = ""
    week_start: int = 0
    fiscal_month: int = 1
    shifts: tuple[Shift, ...] = ()
    hours: Week = AROUND_THE_CLOCK
    holidays: tuple[date, ...] = ()

    @property
    def schedule(self) -> Schedule:
        """When the site is planned to run."""
        return Schedule(self.time_zone, self.hours, self.holidays)

    def shift_at(self, moment: time) -> str:
        """The name of the shift at a time of day, empty where there is none."""
        for shift in self.shifts:
            if shift.holds(moment):
                return shift.name
        return ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line: of machines in series one that stands stops all, in parallel only all together."""

    name: str
    site: str = ""
    arrangement: Arrangement = "series"


@dataclass(frozen=True, slots=True)
class AssetHours:
    """The planned hours of a single asset, by its tag, where they are not those of its site."""

    asset: str
    hours: Week


@dataclass(frozen=True, slots=True)
class Team:
    """A team with the working hours that it can give in a week; None where unknown."""

    name: str
    site: str = ""
    hours_per_week: float | None = None
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KnownName:
    """A value of a field with the other names that people use for it."""

    field: str
    value: str
    also: tuple[str, ...] = ()


def plain_name(text: str) -> str:
    """A name in one width and case, with single spaces: two that are the same are equal."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


@dataclass(frozen=True, slots=True)
class Plant:
    """Everything that the plant's own file says. ``as_of`` is a fixed present, for samples."""

    as_of: datetime | None = None
    sites: tuple[Site, ...] = ()
    lines: tuple[Line, ...] = ()
    asset_hours: tuple[AssetHours, ...] = ()
    teams: tuple[Team, ...] = ()
    names: tuple[KnownName, ...] = ()

    def site(self, name: str | None) -> Site:
        """A site by one of its names; one with the defaults where it is unknown.

        Where nothing names a site, the only site of the plant is meant.
        """
        return self.find_site(name) or Site(name or "")

    def find_site(self, name: str | None) -> Site | None:
        """A site as :meth:`site` finds it; None where it is unknown."""
        if not name:
            return self.sites[0] if len(self.sites) == 1 else None
        return _sites(self).get(plain_name(name))

    def line(self, name: str) -> Line | None:
        """A line by one of its names; None where it is unknown."""
        wanted = plain_name(self.value("line", name))
        return next((line for line in self.lines if plain_name(line.name) == wanted), None)

    def team(self, name: str) -> Team | None:
        """A team by one of its names; None where it is unknown."""
        wanted = plain_name(self.value("team", name))
        return next((team for team in self.teams if plain_name(team.name) == wanted), None)

    def value(self, field: str, text: str) -> str:
        """The value of a field that a text is another name for; the text where it is none."""
        return _values(self).get((field, plain_name(text)), text)

    @property
    def named_fields(self) -> frozenset[str]:
        """The fields of which a value has a name here."""
        return frozenset(field for field, _ in _values(self))

    def schedule(self, site: str | None, asset: str = "") -> Schedule:
        """When a site is planned to run, or an asset of it that has hours of its own."""
        schedule = self.site(site).schedule
        hours = _asset_hours(self).get(plain_name(asset)) if asset else None
        return replace(schedule, hours=hours) if hours is not None else schedule

    def now(self) -> datetime:
        """The present: the fixed one, else the real time, with its zone."""
        return self.as_of or datetime.now(UTC)


# A plant is compared by what it says, so that these need no field of it.


@lru_cache(maxsize=8)
def _sites(plant: Plant) -> dict[str, Site]:
    by_name = {plain_name(site.name): site for site in plant.sites}
    for known in plant.names:
        if known.field == "site" and (found := by_name.get(plain_name(known.value))):
            for other in known.also:
                by_name.setdefault(plain_name(other), found)
    return by_name


@lru_cache(maxsize=8)
def _asset_hours(plant: Plant) -> dict[str, Week]:
    return {plain_name(one.asset): one.hours for one in plant.asset_hours}


@lru_cache(maxsize=8)
def _values(plant: Plant) -> dict[tuple[str, str], str]:
    names = [
        *plant.names,
        *(KnownName("team", team.name, team.also) for team in plant.teams),
        *(KnownName("line", line.name) for line in plant.lines),
    ]
    found: dict[tuple[str, str], str] = {}
    for known in names:
        for text in (known.value, *known.also):
            found.setdefault((known.field, plain_name(text)), known.value)
    return found
