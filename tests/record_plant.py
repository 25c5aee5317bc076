"""The sample plant read plainly from its CSV files and plant.toml, for the oracle of the record.

Nothing here imports what makes or reads facts: times, stops, shifts and duplicates are worked out
anew from their definitions.
"""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tests.record_alike import is_alike
from tests.record_intervals import Interval, clipped, covered, days, moment

EXAMPLES = Path(__file__).parents[1] / "examples"
_OPEN = frozenset({"open", "in_progress", "on_hold"})
_STATUS = {"closed": "done", "in progress": "in_progress", "on hold": "on_hold"}
_UNPLANNED = {"corrective": True, "": None, "unknown": None}
_WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
Rows = list[dict[str, str]]


@dataclass(frozen=True)
class Site:
    """A site with its clock and the minutes of each weekday that it is planned to run."""

    name: str
    zone: ZoneInfo
    currency: str
    shifts: tuple[tuple[str, int, int], ...]
    hours: dict[str, str]
    holidays: frozenset[date]

    def shift(self, minute: int) -> str:
        """The shift at a minute of the day."""
        for name, start, end in self.shifts:
            if start <= minute < end or (end <= start and (minute >= start or minute < end)):
                return name
        return ""


@dataclass(frozen=True)
class Ticket:
    """A ticket; moments are seconds since 1970, missing is None or empty."""

    id: str
    asset: str
    master: dict[str, str]
    site: Site
    kind: str
    status: str
    cells: dict[str, str]
    reported: float
    acknowledged: float | None
    started: float | None
    completed: float | None
    stop: Interval | None
    """Its stop; endless where it goes on."""
    parts: tuple[tuple[float, str], ...]
    codes: frozenset[str]
    is_duplicate: bool = False

    @property
    def is_open(self) -> bool:
        return self.status in _OPEN

    @property
    def is_failure(self) -> bool:
        return not self.is_duplicate and self.kind == "corrective" and self.status != "cancelled"

    @property
    def is_reactive(self) -> bool | None:
        """Unplanned work: as it is stated, else by the kind."""
        stated = self.cells.get("emergency", "")
        return stated == "yes" if stated else _UNPLANNED.get(self.kind, False)

    @property
    def is_known_to_be_safety(self) -> bool:
        return self.cells.get("safety") == "yes"

    @property
    def local(self) -> datetime:
        """The report on the clock of the site."""
        return datetime.fromtimestamp(self.reported, self.site.zone)

    @property
    def text(self) -> str:
        return f"{self['title']}\n{self['description']}"

    @property
    def is_date_only(self) -> bool:
        return len(self.cells["reported_at"]) == 10

    @property
    def has_time_flaw(self) -> bool:
        """Whether it was over, or taken, before it was reported."""
        ends = (self.acknowledged, self.completed)
        return any(end is not None and end < self.reported for end in ends)

    @property
    def has_stop_flaw(self) -> bool:
        """Whether it states a stop that cannot be."""
        return self.stop is None and bool(self.cells["downtime_min"] or self.cells["downtime_end"])

    @property
    def currency(self) -> str:
        """As it is stated, else that of the site."""
        return self.cells["currency"] or self.site.currency

    @property
    def shift(self) -> str:
        if self.is_date_only:
            return ""
        return self.site.shift(self.local.hour * 60 + self.local.minute)

    def number(self, name: str) -> float | None:
        """A cell that holds a number; None where it is empty."""
        return float(self[name]) if self[name] else None

    def __getitem__(self, name: str) -> str:
        """A cell of the register for what it knows, else of the ticket."""
        if name in ("class", "area", "line"):
            return self.master.get(name, "")
        return self.cells.get(name, "")


@dataclass
class Plant:
    """Everything that the files say, or what of it is of one site."""

    folder: Path = EXAMPLES
    only: str = ""
    assets: dict[str, dict[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        with (self.folder / "plant" / "plant.toml").open("rb") as file:
            self.described: dict[str, Any] = tomllib.load(file)
        self.now = datetime.fromisoformat(self.described["as_of"]).timestamp()
        self.sites = {row["name"]: _site(row) for row in self.described["site"]}
        self.home = self.only or next(iter(self.sites))
        register = rows(self.folder / "assets.csv")
        self.assets = {row["tag"]: row for row in register if self._has(row["site"])}
        self.part_rows = {row["part_no"]: row for row in rows(self.folder / "plant" / "parts.csv")}
        plan = rows(self.folder / "plant" / "planned_work.csv")
        self.planned_work = [row for row in plan if row["asset"] in self.assets]
        self.meters = rows(self.folder / "plant" / "meters.csv")

    @cached_property
    def _tags_by_name(self) -> dict[str, str]:
        """Tags by all that assets are called, without regard to case, blanks and hyphens."""
        found: dict[str, str] = {}
        for tag, asset in self.assets.items():
            for name in (tag, asset["name"], *asset["also_called"].split(";")):
                found.setdefault(_plain(name), tag)
        found.pop("", None)
        return found

    @cached_property
    def tickets(self) -> list[Ticket]:
        """All tickets, in the order of their report; duplicates are marked."""
        read = [
            self._ticket(row, site)
            for name, site in (("tickets.csv", "Plant North"), ("tickets-south.csv", "Plant South"))
            for row in rows(self.folder / name)
            if self._has(site)
        ]
        return list(_with_duplicates(read))

    def _has(self, site: str) -> bool:
        return self.only in ("", site)

    def planned_hours(self, asset: str, start: float, end: float) -> list[Interval]:
        """When an asset is planned to run between two moments."""
        site = self.sites[self.assets[asset]["site"]]
        own = [row for row in self.described.get("asset_hours", ()) if row["asset"] == asset]
        week = own[0]["hours"] if own else site.hours
        found = []
        for day in days(start, end, site.zone):
            if day in site.holidays:
                continue
            for window in filter(None, week.get(_WEEK[day.weekday()], "").split(",")):
                first, _, last = window.strip().partition("-")
                begin, finish = _minute(first), _minute(last)
                finish += 1440 if finish <= begin else 0
                found.append((moment(day, begin, site.zone), moment(day, finish, site.zone)))
        return covered(clipped(found, start, end))

    def tags(self, **wanted: str) -> list[str]:
        """The assets of the register that have these values."""
        return [tag for tag, row in self.assets.items() if wanted.items() <= row.items()]

    def _ticket(self, row: dict[str, str], file_site: str) -> Ticket:
        tag = self._tags_by_name.get(_plain(row["asset"]), "")
        master = self.assets.get(tag, {})
        site = self.sites[master.get("site") or row.get("site") or file_site]
        kind = row["type"]
        status = _STATUS.get(row["status"], row["status"])
        reported = _moment(row["reported_at"], site)
        completed = _moment(row["completed_at"], site)
        assert reported is not None
        return Ticket(
            id=row["ticket_id"],
            asset=tag,
            master=master,
            site=site,
            kind=kind,
            status=status,
            cells=row,
            reported=reported,
            acknowledged=_moment(row.get("acknowledged_at", ""), site),
            started=_moment(row.get("started_at", ""), site),
            completed=completed,
            stop=_stop(row, reported, completed, site),
            parts=tuple(_parts(row["parts"])),
            codes=frozenset(filter(None, re.split(r"[,;\s]+", row["alarm_code"]))),
        )


def rows(path: Path) -> Rows:
    """The rows of a CSV file."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _plain(name: str) -> str:
    return re.sub(r"[\W_]", "", name).casefold()


def _site(row: dict[str, Any]) -> Site:
    return Site(
        name=row["name"],
        zone=ZoneInfo(row["time_zone"]),
        currency=row["currency"],
        shifts=tuple(
            (shift["name"], _minute(shift["from"]), _minute(shift["to"])) for shift in row["shift"]
        ),
        hours=row["hours"],
        holidays=frozenset(date.fromisoformat(day) for day in row["holidays"]),
    )


def _minute(text: str) -> int:
    hour, _, minute = text.strip().partition(":")
    return int(hour) * 60 + int(minute)


def _moment(text: str, site: Site) -> float | None:
    if not text:
        return None
    local = datetime.fromisoformat(text)
    return (local if local.tzinfo else local.replace(tzinfo=site.zone)).astimezone(UTC).timestamp()


def _stop(
    row: dict[str, str], reported: float, completed: float | None, site: Site
) -> Interval | None:
    """From its beginning to its end; else from the report on for the minutes stated."""
    start, end = (_moment(row.get(f"downtime_{which}", ""), site) for which in ("start", "end"))
    if start is not None and end is not None:
        return (start, end) if end >= start else None
    minutes = float(row["downtime_min"]) if row["downtime_min"] else None
    if minutes is None:
        is_open = _STATUS.get(row["status"], row["status"]) in _OPEN
        return (start, float("inf")) if is_open and start is not None else None
    longest = float("inf")
    if completed is not None and completed >= reported:
        longest = (completed - reported) / 60 + 1
        if len(row["reported_at"]) == 10 or len(row["completed_at"]) == 10:
            longest += 1440  # some time of that day
    if minutes < 0 or (start is None and minutes > longest):
        return None
    return (start or reported, (start or reported) + minutes * 60)


def _parts(text: str) -> Iterator[tuple[float, str]]:
    for part in filter(None, (each.strip() for each in text.split(";"))):
        quantity, _, number = part.partition(" x ")
        yield float(quantity), number.strip()


def _with_duplicates(tickets: list[Ticket]) -> Iterator[Ticket]:
    """Of the same asset, less than a day apart, in nearly the same words with the same numbers."""
    firsts: dict[tuple[str, str], list[Ticket]] = {}
    for ticket in sorted(tickets, key=lambda each: (each.reported, each.id)):
        name = ticket.asset or ticket.cells["asset"]
        if not name:
            yield ticket
            continue
        earlier = firsts.setdefault((name, ticket.site.name), [])
        near = [first for first in earlier[-20:] if ticket.reported - first.reported < 86400]
        is_again = any(is_alike(first.text, ticket.text) for first in near)
        if not is_again:
            earlier.append(ticket)
        yield Ticket(**{**ticket.__dict__, "is_duplicate": is_again})
