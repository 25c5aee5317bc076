"""The JSON that ``faultbook plant show`` prints with ``--json``.

Shapes are stable: fields are added, not renamed or removed.
"""

from __future__ import annotations

from datetime import datetime

from index.facts.plant import Plant, Site, Window
from ingest.plant_toml import DAYS
from ui.schemas import Schema


class ShiftOut(Schema):
    """A shift, with its first and last time on the clock of the site."""

    name: str
    start: str
    end: str


class SiteOut(Schema):
    """A site; ``hours`` are the planned hours of each day, empty where it stands."""

    name: str
    time_zone: str
    currency: str
    week_start: str
    fiscal_year_start: int
    shifts: tuple[ShiftOut, ...]
    hours: dict[str, str]
    holidays: tuple[str, ...]

    @classmethod
    def of(cls, site: Site) -> SiteOut:
        """The shape of a site."""
        shifts = tuple(
            ShiftOut(name=s.name, start=f"{s.start:%H:%M}", end=f"{s.end:%H:%M}")
            for s in site.shifts
        )
        hours = {
            day: ", ".join(map(_span, windows))
            for day, windows in zip(DAYS, site.hours, strict=True)
        }
        return cls(
            name=site.name,
            time_zone=site.time_zone.key,
            currency=site.currency,
            week_start=DAYS[site.week_start],
            fiscal_year_start=site.fiscal_month,
            shifts=shifts,
            hours=hours,
            holidays=tuple(day.isoformat() for day in site.holidays),
        )


class PlantOut(Schema):
    """What the plant's own files say; ``planned_work`` and so on count rows of its tables.

    ``unknown_assets`` are what rows of a table call assets that the register lacks.
    """

    as_of: datetime | None
    sites: tuple[SiteOut, ...]
    lines: tuple[str, ...]
    teams: tuple[str, ...]
    own_hours: tuple[str, ...]
    names: dict[str, tuple[str, ...]]
    planned_work: int
    meter_readings: int
    parts: int
    unknown_assets: dict[str, list[str]]

    @classmethod
    def of(
        cls, plant: Plant, counts: tuple[int, int, int], unknown: dict[str, list[str]]
    ) -> PlantOut:
        """The shape of a plant with what its tables hold."""
        return cls(
            as_of=plant.as_of,
            sites=tuple(SiteOut.of(site) for site in plant.sites),
            lines=tuple(line.name for line in plant.lines),
            teams=tuple(team.name for team in plant.teams),
            own_hours=tuple(one.asset for one in plant.asset_hours),
            names={f"{known.field}: {known.value}": known.also for known in plant.names},
            planned_work=counts[0],
            meter_readings=counts[1],
            parts=counts[2],
            unknown_assets=unknown,
        )


def _span(window: Window) -> str:
    return f"{_clock(window.start)}-{_clock(window.end)}"


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
