"""Figures over the sample plant by their definitions, in plain Python, for its oracle."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from tests.record_intervals import Interval, clipped, common, covered, hours, without
from tests.record_plant import Plant, Ticket

Span = tuple[float, float]
DAY = 86400


def midnight(day: date, zone: ZoneInfo) -> float:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC).timestamp()


def first_of(year: int, month: int) -> date:
    return date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)


class Spans:
    """Periods on the clock of a zone, ending at the plant's present at the latest."""

    def __init__(self, plant: Plant, site: str = "") -> None:
        self.zone = plant.sites[site or plant.home].zone
        self.now = plant.now
        self.today = datetime.fromtimestamp(plant.now, self.zone).date()

    def between(self, start: date, end: date | None = None) -> Span:
        """From the beginning of a day to that of another, or until now."""
        last = self.now if end is None else midnight(end, self.zone)
        return (midnight(start, self.zone), min(last, self.now))

    def last_days(self, count: int) -> Span:
        """The same time of day so many days before, until now."""
        local = datetime.fromtimestamp(self.now, self.zone) - timedelta(days=count)
        return (local.timestamp(), self.now)

    def last_months(self, count: int) -> Span:
        local = datetime.fromtimestamp(self.now, self.zone)
        first = first_of(local.year, local.month - count)
        return (local.replace(year=first.year, month=first.month).timestamp(), self.now)

    @property
    def always(self) -> Span:
        return (float("-inf"), float("inf"))

    @property
    def this_month(self) -> Span:
        return self.between(self.today.replace(day=1))

    @property
    def last_month(self) -> Span:
        return self.between(
            first_of(self.today.year, self.today.month - 1), self.today.replace(day=1)
        )

    @property
    def last_week(self) -> Span:
        monday = self.today - timedelta(days=self.today.weekday())
        return self.between(monday - timedelta(days=7), monday)

    @property
    def this_quarter(self) -> Span:
        return self.between(self._quarter(0))

    @property
    def last_quarter(self) -> Span:
        return self.between(self._quarter(-1), self._quarter(0))

    @property
    def this_year(self) -> Span:
        return self.between(date(self.today.year, 1, 1))

    @property
    def year_before(self) -> Span:
        """The same days and hours of the year before."""
        local = datetime.fromtimestamp(self.now, self.zone)
        end = local.replace(year=local.year - 1).timestamp()
        return (midnight(date(self.today.year - 1, 1, 1), self.zone), end)

    def _quarter(self, offset: int) -> date:
        return first_of(self.today.year, (self.today.month - 1) // 3 * 3 + 1 + 3 * offset)


def within(moment: float | None, span: Span) -> bool:
    return moment is not None and span[0] <= moment < span[1]


def groups(
    tickets: Iterable[Ticket], key: Callable[[Ticket], object]
) -> dict[object, list[Ticket]]:
    found: dict[object, list[Ticket]] = defaultdict(list)
    for ticket in tickets:
        found[key(ticket)].append(ticket)
    return dict(found)


def stopped(plant: Plant, tickets: Iterable[Ticket], span: Span) -> dict[str, list[Interval]]:
    """When each asset stood in a period; what names no asset stands for itself."""
    found: dict[str, list[Interval]] = defaultdict(list)
    for ticket in tickets:
        if ticket.stop is not None:
            name = ticket.asset or ticket.cells["asset"] or ticket.id
            found[name].append((ticket.stop[0], min(ticket.stop[1], plant.now)))
    end = min(span[1], plant.now)
    parts = {name: list(clipped(stops, span[0], end)) for name, stops in found.items()}
    return {name: covered(stops) for name, stops in parts.items() if stops}


def downtime(plant: Plant, tickets: Iterable[Ticket], span: Span) -> float:
    """Hours, overlaps of one asset once, assets added."""
    return sum(hours(stops) for stops in stopped(plant, tickets, span).values())


def downtime_in_series(plant: Plant, tickets: Iterable[Ticket], span: Span) -> float:
    """Hours in which any asset stood."""
    stops = stopped(plant, tickets, span).values()
    return hours(interval for each in stops for interval in each)


def restorations(tickets: Iterable[Ticket]) -> list[float]:
    """Hours from the onset of each failure until the asset was restored."""
    found = []
    for ticket in tickets:
        if ticket.has_time_flaw or ticket.has_stop_flaw:
            continue
        if ticket.stop is not None and ticket.stop[1] != float("inf"):
            found.append((ticket.stop[1] - ticket.stop[0]) / 3600)
        elif ticket.completed is not None and not ticket.is_date_only:
            found.append((ticket.completed - ticket.reported) / 3600)
    return found


def responses(tickets: Iterable[Ticket]) -> list[float]:
    """Minutes until each acknowledged ticket was acknowledged."""
    return [
        (ticket.acknowledged - ticket.reported) / 60
        for ticket in tickets
        if ticket.acknowledged is not None
        if not ticket.has_time_flaw and not ticket.is_date_only
    ]


def mean(values: list[float]) -> float | None:
    return sum(values) / len(values) if values else None


def quantile(values: list[float], share: float) -> float | None:
    """The value that so large a share does not exceed, between two neighbours in proportion."""
    if not values:
        return None
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def operating_hours(plant: Plant, asset: str, span: Span, failures: list[Ticket]) -> float:
    """Metered where readings tell it; elsewhere planned hours less the stops in them."""
    planned = plant.planned_hours(asset, *span)
    mine = [ticket for ticket in failures if ticket.asset == asset]
    stops = [each for found in stopped(plant, mine, span).values() for each in found]
    metered, stretches = 0.0, []
    for start, end, share in _metered(plant, asset):
        for first, last in clipped([(start, end)], *span):
            metered += share * (last - first) / 3600
            stretches.append((first, last))
    planned = without(planned, stretches)
    return metered + hours(planned) - hours(common(stops, planned))


def _metered(plant: Plant, asset: str) -> Iterator[tuple[float, float, float]]:
    """From one reading to the next, with the share of the time that the asset ran.

    Where a meter fell, or ran faster than a clock, it tells nothing.
    """
    zone = plant.sites[plant.assets[asset]["site"]].zone
    readings = sorted(
        (_read_at(row["read_at"], zone), float(row["hours"]))
        for row in plant.meters
        if row["asset"] == asset
    )
    for (first, low), (last, high) in pairwise(readings):
        length, ran = (last - first) / 3600, high - low
        if 0 <= ran <= length + 1 and length:
            yield first, last, min(1.0, ran / length)


def _read_at(text: str, zone: ZoneInfo) -> float:
    local = datetime.fromisoformat(text)
    return (local if local.tzinfo else local.replace(tzinfo=zone)).timestamp()


def repeats(
    failures: list[Ticket], all_failures: list[Ticket], days: int
) -> Iterator[tuple[Ticket, Ticket]]:
    """Each failure with the next of the same asset and the same mode or component in the days."""
    by_asset = groups(all_failures, lambda ticket: ticket.asset)
    for ticket in failures:
        if not ticket.asset:
            continue
        later = [
            other
            for other in by_asset[ticket.asset]
            if other is not ticket
            and _follows(ticket, other, days)
            and any(ticket[name] and ticket[name] == other[name] for name in _SAME)
        ]
        if later:
            yield ticket, min(later, key=lambda other: (other.reported, other.id))


_SAME = ("failure_mode", "component")


def _follows(ticket: Ticket, other: Ticket, days: int) -> bool:
    """After it was closed, or while it was not: from its report on."""
    closed = ticket.completed if ticket.completed is not None else ticket.reported
    return closed <= other.reported < closed + days * DAY
