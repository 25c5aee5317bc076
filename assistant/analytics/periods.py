"""Periods: the written range of a query as borders in local time, and in words.

All borders are those of one site's clock; an hour that a clock change repeats or leaves out is
handled by the zone. Nothing here reads the database.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from assistant.analytics.errors import CannotAnswer
from assistant.analytics.figure import Period
from assistant.analytics.query import TimeField

if TYPE_CHECKING:
    from index.facts.plant import Site

_Borders = tuple[datetime | None, datetime | None, str]

_COUNTED = re.compile(r"last_(\d+)([dwmy])")
_YEAR = re.compile(r"(\d{4})")
_MONTH = re.compile(r"(\d{4})-(\d\d)")
_PART = re.compile(r"(\d{4})-([HQ])([1-4])")
_UNITS = {"d": "day", "w": "week", "m": "month", "y": "year"}
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


def period_of(text: str, field: TimeField, now: datetime, site: Site) -> Period:
    """What a written range means at a site, at a moment.

    The end of a range that still runs is ``now``, save for due dates, which may lie ahead. For the
    field ``as_of`` only the end counts: the state at that moment.

    Raises:
        CannotAnswer: there is no such day, or the range ends before it begins.
    """
    local = now.astimezone(site.time_zone)
    start, end, words = _borders(text, local, site)
    is_over = end is not None and end.astimezone(UTC) <= local.astimezone(UTC)
    if field == "as_of":
        end = local if end is None or not is_over else end
        return _period("as_of", None, end, site, f"as of {_moment(end)}", is_over=True)
    if end is None and field != "due" and start is not None:
        end = local
    if end is not None and not is_over and field != "due":
        end = local
    if start is not None and end is not None and start >= end:
        if start >= local:
            raise CannotAnswer(
                f"{text} begins after {_moment(local)}, up to which there is data. "
                "Name an earlier time."
            )
        raise CannotAnswer(f"The time {text} ends before it begins. Write the earlier day first.")
    named = f"{words} ({span_in_words(start, end)})" if start is not None else words
    return _period(field, start, end, site, named, is_over=is_over or end == local)


def previous_of(text: str, period: Period, now: datetime, site: Site) -> Period:
    """The period before: the calendar unit before for a calendar range, else the same length.

    Raises:
        CannotAnswer: the range has no beginning, so nothing is before it.
    """
    start, end = _bounded(period)
    shift = _calendar_shift(text)
    if shift is None:
        length = end.astimezone(UTC) - start.astimezone(UTC)
        before = (start.astimezone(UTC) - length).astimezone(start.tzinfo)
        if _is_midnight(start) and _is_midnight(end):  # whole days stay whole days over a change
            before = start - timedelta(days=(end.date() - start.date()).days)
        return _shifted(period, before, start, "the period before")
    whole_start, whole_end, _ = _borders(text, now.astimezone(site.time_zone), site)
    whole = whole_end is not None and end.astimezone(UTC) >= whole_end.astimezone(UTC)
    before = _moved(whole_start or start, shift)
    until = start if whole else min(_moved(end, shift), start)
    return _shifted(period, before, until, "the period before")


def year_before(period: Period) -> Period:
    """The same days a year before.

    Raises:
        CannotAnswer: the range has no beginning.
    """
    start, end = _bounded(period)
    return _shifted(period, _moved(start, -12), _moved(end, -12), "a year before")


def around(
    day: str, days: int, field: TimeField, now: datetime, site: Site
) -> tuple[Period, Period]:
    """So many days before a day, and from it on; the later may not be over.

    Raises:
        CannotAnswer: there is no such day, or it lies ahead.
    """
    middle = _midnight(_day(day), site)
    local = now.astimezone(site.time_zone)
    if middle >= local:
        raise CannotAnswer(f"{day} lies after {_moment(local)}, up to which there is data.")
    first, last = middle - timedelta(days=days), middle + timedelta(days=days)
    is_over = last.astimezone(UTC) <= local.astimezone(UTC)
    last = last if is_over else local
    return (
        _period(field, first, middle, site, f"before ({span_in_words(first, middle)})", True),
        _period(
            field, middle, last, site, f"from then on ({span_in_words(middle, last)})", is_over
        ),
    )


def days_of(period: Period) -> float | None:
    """How many days of 24 hours a period has; None where it is not bounded."""
    if period.start is None or period.end is None:
        return None
    return (period.end.timestamp() - period.start.timestamp()) / 86400


def span_in_words(start: datetime | None, end: datetime | None) -> str:
    """Borders as a person says them: the last day is counted where the end is a midnight."""
    if start is None:
        return f"until {_moment(end)}" if end is not None else "the whole record"
    if end is None:
        return f"from {_moment(start)} on"
    if _is_midnight(start) and _is_midnight(end):
        last = end.date() - timedelta(days=1)
        return str(start.date()) if last <= start.date() else f"{start.date()} to {last}"
    return f"{_moment(start)} to {_moment(end)}"


def _borders(text: str, local: datetime, site: Site) -> _Borders:
    if text in _NAMED:
        return _NAMED[text](local, site)
    counted = _COUNTED.fullmatch(text)
    if counted:
        return _last(int(counted[1]), counted[2], local)
    return _dated(text, site)


def _last(count: int, unit: str, local: datetime) -> _Borders:
    words = f"the last {count} {_UNITS[unit]}s" if count > 1 else f"the last {_UNITS[unit]}"
    if unit in "dw":
        return local - timedelta(days=count * (7 if unit == "w" else 1)), local, words
    return _moved(local, -count * (12 if unit == "y" else 1)), local, words


def _dated(text: str, site: Site) -> _Borders:
    year, month, part = _YEAR.fullmatch(text), _MONTH.fullmatch(text), _PART.fullmatch(text)
    if year:
        first = _day(f"{text}-01-01")
        return _midnight(first, site), _midnight(_months_on(first, 12), site), text
    if month:
        first = _day(f"{text}-01")
        name = f"{_MONTHS[first.month - 1]} {first.year}"
        return _midnight(first, site), _midnight(_months_on(first, 1), site), name
    if part:
        length = 6 if part[2] == "H" else 3
        if part[2] == "H" and int(part[3]) > 2:
            raise CannotAnswer(f"A year has two halves, so there is no {text}.")
        first = _months_on(_day(f"{part[1]}-01-01"), length * (int(part[3]) - 1))
        return _midnight(first, site), _midnight(_months_on(first, length), site), text
    if ".." in text:
        begin, finish = text.split("..")
        until = _midnight(_day(finish), site) if finish else None
        words = f"since {begin}" if until is None else "from then to then"
        return _midnight(_day(begin), site), until, words
    day = _day(text)
    return _midnight(day, site), _midnight(day + timedelta(days=1), site), text


def _unit(name: str, site: Site, day: date, offset: int) -> tuple[date, date]:
    """The calendar unit that holds a day, or one so many before or after."""
    if name == "week":
        first = day - timedelta(days=(day.weekday() - site.week_start) % 7 - 7 * offset)
        return first, first + timedelta(days=7)
    length = {"month": 1, "quarter": 3}.get(name, 12)
    begin = site.fiscal_month if name == "fiscal_year" else 1
    first = _months_on(day.replace(day=1), -((day.month - begin) % length) + length * offset)
    return first, _months_on(first, length)


def _calendar(which: str, name: str) -> Callable[[datetime, Site], _Borders]:
    def borders(local: datetime, site: Site) -> _Borders:
        first, last = _unit(name, site, local.date(), -1 if which == "last" else 0)
        words = f"{which} {name.replace('_', ' ')}"
        return _midnight(first, site), _midnight(last, site), words

    return borders


def _today(local: datetime, site: Site) -> _Borders:
    day = local.date()
    return _midnight(day, site), _midnight(day + timedelta(days=1), site), "today"


def _yesterday(local: datetime, site: Site) -> _Borders:
    day = local.date()
    return _midnight(day - timedelta(days=1), site), _midnight(day, site), "yesterday"


def _to_date(local: datetime, site: Site) -> _Borders:
    first = local.date().replace(month=1, day=1)
    return _midnight(first, site), local, "this year until now"


def _last_shift(local: datetime, site: Site) -> _Borders:
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


_NAMED: dict[str, Callable[[datetime, Site], _Borders]] = {
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


def _calendar_shift(text: str) -> int | None:
    """By how many months the unit before a calendar range lies back; None for other ranges."""
    if text.endswith("_month") or _MONTH.fullmatch(text):
        return -1
    part = _PART.fullmatch(text)
    if text.endswith("_quarter") or (part and part[2] == "Q"):
        return -3
    if part:
        return -6
    if text == "ytd" or text.endswith("_year") or _YEAR.fullmatch(text):
        return -12
    return None


def _moved(moment: datetime, months: int) -> datetime:
    return datetime.combine(_months_on(moment.date(), months), moment.timetz())


def _months_on(day: date, months: int) -> date:
    """A day so many months on; the last day of a shorter month where there is no such day."""
    count = day.year * 12 + day.month - 1 + months
    try:
        first = date(count // 12, count % 12 + 1, 1)
    except ValueError:
        raise CannotAnswer("The time goes back before the year 1. Name a shorter one.") from None
    following = (first + timedelta(days=31)).replace(day=1)
    return first.replace(day=min(day.day, (following - timedelta(days=1)).day))


def _midnight(day: date, site: Site) -> datetime:
    return datetime.combine(day, time(), site.time_zone)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CannotAnswer(f"There is no day {text}. Write it as YYYY-MM-DD.") from None


def _bounded(period: Period) -> tuple[datetime, datetime]:
    if period.start is None or period.end is None:
        raise CannotAnswer(
            "The whole record has nothing before it to be compared with. Name a time, for "
            "example last_month."
        )
    return period.start, period.end


def _period(
    field: TimeField,
    start: datetime | None,
    end: datetime | None,
    site: Site,
    text: str,
    is_over: bool,
) -> Period:
    return Period(
        field=field, start=start, end=end, time_zone=site.time_zone.key, text=text, is_over=is_over
    )


def _shifted(period: Period, start: datetime, end: datetime, words: str) -> Period:
    text = f"{words} ({span_in_words(start, end)})"
    return period.model_copy(update={"start": start, "end": end, "text": text, "is_over": True})


def _is_midnight(moment: datetime) -> bool:
    return moment.time() == time()


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"
