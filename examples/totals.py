"""Known totals of the sample record, from its CSV files alone: ``python examples/totals.py``.

This shares no code with Faultbook: what Faultbook says of the sample plant is held against it. The
rules are those of the definitions: a *failure* is a corrective ticket that was not cancelled and
does not report the event of another ticket (same machine, less than 24 h after the first, same
title); a stop counts from its stated beginning, else from the report on; stops of one machine that
overlap count once; open stops last until the end of the record; what cannot be is not counted.
"""

from __future__ import annotations

import csv
import json
import re
import tomllib
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

HERE = Path(__file__).resolve().parent
_FILES = {
    "Plant North": ("tickets.csv", ZoneInfo("Europe/Berlin")),
    "Plant South": ("tickets-south.csv", ZoneInfo("Asia/Shanghai")),
}
_OPEN = ("open", "in_progress", "on_hold")
_DAY = timedelta(days=1)

Span = tuple[datetime, datetime]


@dataclass
class Ticket:
    """A row with its times in UTC; ``asset`` is empty where the register has no such machine."""

    row: dict[str, str]
    site: str
    zone: ZoneInfo
    asset: str
    reported: datetime | None
    completed: datetime | None
    stop: Span | None
    is_duplicate: bool = False

    @property
    def is_failure(self) -> bool:
        is_fault = self.row["type"] == "corrective" and self.row["status"] != "cancelled"
        return is_fault and not self.is_duplicate

    @property
    def is_open(self) -> bool:
        return self.row["status"] in _OPEN


def read_tickets() -> list[Ticket]:
    """Every ticket of both sites, the oldest of a machine first."""
    names = _names()
    end = as_of()
    tickets = [
        _ticket(row, site, zone, names, end)
        for site, (file, zone) in _FILES.items()
        for row in rows_of(HERE / file)
    ]
    tickets.sort(key=lambda one: (one.asset or one.row["asset"], one.reported or end))
    _mark_duplicates(tickets)
    return tickets


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def as_of() -> datetime:
    with (HERE / "plant" / "plant.toml").open("rb") as file:
        return datetime.fromisoformat(tomllib.load(file)["as_of"]).astimezone(UTC)


def _names() -> dict[str, str]:
    """Tags by everything that a machine is called."""
    names: dict[str, str] = {}
    for row in rows_of(HERE / "assets.csv"):
        for name in (row["name"], *row["also_called"].split(";"), row["tag"]):
            if name:
                names[_plain(name)] = row["tag"]
    return names


def _plain(name: str) -> str:
    return re.sub(r"[\s._/-]", "", unicodedata.normalize("NFKC", name).casefold())


def _ticket(
    row: dict[str, str], site: str, zone: ZoneInfo, names: dict[str, str], end: datetime
) -> Ticket:
    reported, completed = _moment(row["reported_at"], zone), _moment(row["completed_at"], zone)
    tag = names.get(_plain(row["asset"]), "")
    return Ticket(
        row, site, zone, tag, reported, completed, _stop(row, zone, reported, completed, end)
    )


def _moment(text: str, zone: ZoneInfo) -> datetime | None:
    """A local time in UTC; a day begins at midnight."""
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC) if text else None


def _stop(
    row: dict[str, str],
    zone: ZoneInfo,
    reported: datetime | None,
    completed: datetime | None,
    end: datetime,
) -> Span | None:
    """From when to when the machine stood; None where nobody knows or it cannot be."""
    first, last = _moment(row["downtime_start"], zone), _moment(row["downtime_end"], zone)
    if first and last:
        return (first, last)
    if first and row["status"] in _OPEN:
        return (first, end)
    if not row["downtime_min"] or reported is None:
        return None
    stood = timedelta(minutes=float(row["downtime_min"]))
    most = timedelta.max
    if completed and completed >= reported:
        is_day = len(row["reported_at"]) == 10 or len(row["completed_at"]) == 10
        most = completed - reported + timedelta(minutes=1) + (_DAY if is_day else timedelta())
    return None if stood < timedelta() or stood > most else (reported, reported + stood)


def _mark_duplicates(tickets: Iterable[Ticket]) -> None:
    firsts: dict[tuple[str, str, str], datetime] = {}
    for ticket in tickets:
        machine = ticket.asset or ticket.row["asset"]
        if machine and ticket.reported:
            key = (ticket.site, machine, ticket.row["title"].casefold())
            first = firsts.get(key)
            ticket.is_duplicate = first is not None and ticket.reported - first < _DAY
            if not ticket.is_duplicate:
                firsts[key] = ticket.reported


def union(spans: Iterable[Span]) -> list[Span]:
    """Spans of time without overlaps."""
    found: list[Span] = []
    for first, last in sorted(spans):
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return found


def hours(spans: Iterable[Span]) -> float:
    return sum(((last - first).total_seconds() for first, last in spans), 0.0) / 3600


def by_month(spans: Iterable[Span], zone: ZoneInfo) -> Iterator[tuple[str, float]]:
    """The hours of each calendar month on the clock of a site."""
    for first, last in spans:
        while first < last:
            local = first.astimezone(zone)
            year, month = local.year + local.month // 12, local.month % 12 + 1
            border = min(last, datetime(year, month, 1, tzinfo=zone).astimezone(UTC))
            yield f"{local:%Y-%m}", hours([(first, border)])
            first = border


def totals() -> dict[str, Any]:
    """All known totals; money and hours are rounded to 2 digits."""
    tickets = read_tickets()
    failures = [ticket for ticket in tickets if ticket.is_failure]
    return {
        "as_of": as_of().isoformat(),
        "tickets": _count(tickets, lambda one: one.site),
        "types": _count(tickets, lambda one: one.row["type"]),
        "failures_by_year": _count(failures, lambda one: one.row["reported_at"][:4]),
        "failures_by_asset": _count(failures, lambda one: one.asset),
        "duplicates": sorted(one.row["ticket_id"] for one in tickets if one.is_duplicate),
        "open": _count((one for one in tickets if one.is_open), lambda one: one.site),
        "without_asset": _count((t for t in tickets if not t.asset), lambda t: t.row["asset"]),
        "reopening": sorted(t.row["ticket_id"] for t in tickets if t.row["reopened_from"]),
        "stops_unknown": sum(one.stop is None for one in failures),
        "downtime_h": _downtime(failures),
        "cost": _sums(tickets, "cost_total", lambda one: one.row["currency"] or "not told"),
        "labor_h": _sums(tickets, "labor_h", lambda one: one.row["type"]),
        "parts": _parts(tickets),
        "planned_work": _planned_work(),
    }


def _count(tickets: Iterable[Ticket], key: Any) -> dict[str, int]:
    return dict(sorted(Counter(key(ticket) or "none" for ticket in tickets).items()))


def _downtime(failures: Iterable[Ticket]) -> dict[str, dict[str, float]]:
    """Hours by machine and month."""
    spans: dict[tuple[str, ZoneInfo], list[Span]] = defaultdict(list)
    for ticket in failures:
        if ticket.asset and ticket.stop:
            spans[ticket.asset, ticket.zone].append(ticket.stop)
    found: dict[str, dict[str, float]] = {}
    for (asset, zone), stops in sorted(spans.items(), key=lambda item: item[0][0]):
        months: Counter[str] = Counter()
        for month, stood in by_month(union(stops), zone):
            months[month] += stood  # type: ignore[assignment]
        found[asset] = {month: round(stood, 2) for month, stood in sorted(months.items())}
    return found


def _sums(tickets: Iterable[Ticket], column: str, key: Any) -> dict[str, dict[str, float]]:
    """The sum of a column by a key and the year of completion, without duplicates."""
    sums: dict[str, Counter[str]] = defaultdict(Counter)
    for ticket in tickets:
        if ticket.row[column] and not ticket.is_duplicate:
            year = ticket.row["completed_at"][:4] or "none"
            sums[key(ticket)][year] += float(ticket.row[column])  # type: ignore[assignment]
    return {
        name: {year: round(amount, 2) for year, amount in sorted(years.items())}
        for name, years in sorted(sums.items())
    }


def _parts(tickets: Iterable[Ticket]) -> dict[str, float]:
    used: Counter[str] = Counter()
    for ticket in tickets:
        if ticket.row["parts"] and not ticket.is_duplicate:
            quantity, _, number = ticket.row["parts"].partition(" x ")
            used[number] += int(quantity)
    return dict(sorted(used.items()))


def _planned_work() -> dict[str, dict[str, int]]:
    """By month of the due day: what was due, what was done in time, what is not done yet."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    last = as_of().astimezone(_FILES["Plant North"][1]).date()
    for row in rows_of(HERE / "plant" / "planned_work.csv"):
        due = date.fromisoformat(row["due"])
        if due > last:
            continue
        month = found[row["due"][:7]]
        month["due"] += 1
        month["open"] += not row["done"]
        tolerance = float(row["tolerance_d"] or int(row["interval_d"]) / 10)
        if row["done"]:
            off = abs((date.fromisoformat(row["done"]) - due).days)
            month["in_time"] += off <= tolerance
    return {month: dict(sorted(counts.items())) for month, counts in sorted(found.items())}


def write(path: Path) -> None:
    """Write the totals as JSON."""
    text = json.dumps(totals(), ensure_ascii=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    write(HERE / "totals.json")
