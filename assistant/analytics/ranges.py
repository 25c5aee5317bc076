"""Written ranges: what ``last_month`` or ``2026-Q3`` is on the clock of a site, at a moment.

All borders are those of one site's clock; an hour that a clock change repeats or leaves out is
handled by the zone.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

from assistant.analytics.errors import CannotAnswer
from index.facts.plant import Site

Borders = tuple[datetime | None, datetime | None, str]
"""From and until when, and what a person calls it; None where nothing bounds it."""

_COUNTED = re.compile(r"last_(\d+)([dwmy])")
_YEAR = re.compile(r"(\d{4})")
_MONTH = re.compile(r"(\d{4})-(\d\d)")
_PART = re.compile(r"(\d{4})-([HQ])([1-4])")
_FIRST_YEAR, _LAST_YEAR = 1900, 2200  # far beyond, zones and databases know no moments
_UNITS = {"d": "day", "w": "week", "m": "month", "y": "year"}
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


def borders_of(text: str, local: datetime, site: Site) -> Borders:
    """The whole of what a range means; one that still runs ends later than ``local``.

    Raises:
        CannotAnswer: there is no such day, half or shift.
    """
    if text in _NAMED:
        return _NAMED[text](local, site)
    counted = _COUNTED.fullmatch(text)
    if counted:
        return _last(int(counted[1]), counted[2], local)
    return _dated(text, site)


def _last(count: int, unit: str, local: datetime) -> Borders:
    words = f"the last {count} {_UNITS[unit]}s" if count > 1 else f"the last {_UNITS[unit]}"
    if unit in "dw":
        days = count * (7 if unit == "w" else 1)
        _check_year((local - timedelta(days=days)).year)
        return local - timedelta(days=days), local, words
    return moved(local, -count * (12 if unit == "y" else 1)), local, words


def _dated(text: str, site: Site) -> Borders:
    year, month, part = _YEAR.fullmatch(text), _MONTH.fullmatch(text), _PART.fullmatch(text)
    if year:
        first = day_of(f"{text}-01-01")
        return midnight(first, site), midnight(_months_on(first, 12), site), text
    if month:
        first = day_of(f"{text}-01")
        name = f"{_MONTHS[first.month - 1]} {first.year}"
        return midnight(first, site), midnight(_months_on(first, 1), site), name
    if part:
        length = 6 if part[2] == "H" else 3
        if part[2] == "H" and int(part[3]) > 2:
            raise CannotAnswer(f"A year has two halves, so there is no {text}.")
        first = _months_on(day_of(f"{part[1]}-01-01"), length * (int(part[3]) - 1))
        return midnight(first, site), midnight(_months_on(first, length), site), text
    if ".." in text:
        begin, finish = text.split("..")
        until = midnight(day_of(finish), site) if finish else None
        words = f"since {begin}" if until is None else "the days"
        return midnight(day_of(begin), site), until, words
    day = day_of(text)
    return midnight(day, site), midnight(day + timedelta(days=1), site), text


def _unit(name: str, site: Site, day: date, offset: int) -> tuple[date, date]:
    """The calendar unit that holds a day, or one so many before or after."""
    if name == "week":
        first = day - timedelta(days=(day.weekday() - site.week_start) % 7 - 7 * offset)
        return first, first + timedelta(days=7)
    length = {"month": 1, "quarter": 3}.get(name, 12)
    begin = site.fiscal_month if name == "fiscal_year" else 1
    first = _months_on(day.replace(day=1), -((day.month - begin) % length) + length * offset)
    return first, _months_on(first, length)


def _calendar(which: str, name: str) -> Callable[[datetime, Site], Borders]:
    def borders(local: datetime, site: Site) -> Borders:
        first, last = _unit(name, site, local.date(), -1 if which == "last" else 0)
        words = f"{which} {name.replace('_', ' ')}"
        return midnight(first, site), midnight(last, site), words

    return borders


def _today(local: datetime, site: Site) -> Borders:
    day = local.date()
    return midnight(day, site), midnight(day + timedelta(days=1), site), "today"


def _yesterday(local: datetime, site: Site) -> Borders:
    day = local.date()
    return midnight(day - timedelta(days=1), site), midnight(day, site), "yesterday"


def _to_date(local: datetime, site: Site) -> Borders:
    first = local.date().replace(month=1, day=1)
    return midnight(first, site), local, "this year until now"


def _last_shift(local: datetime, site: Site) -> Borders:
    """The last shift that is over."""
    ended: list[tuple[datetime, datetime, str]] = []
    for shift in site.shifts:
        for back in range(3):
            day = local.date() - timedelta(days=back)
            start = datetime.combine(day, shift.start, site.time_zone)
            over_night = 1 if shift.end <= shift.start else 0
            end = datetime.combine(day + timedelta(days=over_night), shift.end, site.time_zone)
            if end.astimezone(UTC) <= local.astimezone(UTC):
                ended.append((end, start, shift.name))
    if not ended:
        raise CannotAnswer(
            "No shifts are known for this site, so there is no last shift. Name hours or a day, "
            "or give the shifts in plant.toml ('faultbook plant import')."
        )
    end, start, name = max(ended, key=lambda shift: shift[0].astimezone(UTC))
    return start, end, f"the last shift, {name}"


_NAMED: dict[str, Callable[[datetime, Site], Borders]] = {
    "all": lambda _local, _site: (None, None, "the whole record"),
    "today": _today,
    "yesterday": _yesterday,
    "ytd": _to_date,
    "last_shift": _last_shift,
    **{
        f"{which}_{unit}": _calendar(which, unit)
        for which in ("this", "last")
        for unit in ("week", "month", "quarter", "year", "fiscal_year")
    },
}


def unit_before(text: str, moment: datetime) -> datetime | None:
    """The same place in the calendar unit before that of a range; None for other ranges."""
    months = _months_of(text)
    if months is not None:
        return moved(moment, -months)
    days = 7 if text.endswith("_week") else 1 if text in ("today", "yesterday") else None
    return None if days is None else moment - timedelta(days=days)


def _months_of(text: str) -> int | None:
    part = _PART.fullmatch(text)
    if text.endswith("_month") or _MONTH.fullmatch(text):
        return 1
    if text.endswith("_quarter") or (part and part[2] == "Q"):
        return 3
    if part:
        return 6
    if text == "ytd" or text.endswith("_year") or _YEAR.fullmatch(text):
        return 12
    return None


def moved(moment: datetime, months: int) -> datetime:
    """A moment so many months on, at the same time of day."""
    return datetime.combine(_months_on(moment.date(), months), moment.timetz())


def _months_on(day: date, months: int) -> date:
    """A day so many months on; the last day of a shorter month where there is no such day."""
    count = day.year * 12 + day.month - 1 + months
    _check_year(count // 12)
    first = date(count // 12, count % 12 + 1, 1)
    following = (first + timedelta(days=31)).replace(day=1)
    return first.replace(day=min(day.day, (following - timedelta(days=1)).day))


def midnight(day: date, site: Site) -> datetime:
    """The beginning of a day at a site."""
    return datetime.combine(day, time(), site.time_zone)


def day_of(text: str) -> date:
    """A day as it is written.

    Raises:
        CannotAnswer: there is no such day.
    """
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise CannotAnswer(f"There is no day {text}. Write it as YYYY-MM-DD.") from None
    _check_year(day.year)
    return day


def _check_year(year: int) -> None:
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise CannotAnswer(
            f"The time reaches beyond the years {_FIRST_YEAR} to {_LAST_YEAR}. Name a nearer one."
        )
