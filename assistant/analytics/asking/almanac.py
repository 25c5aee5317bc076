"""Days, weeks, months and years around the day of the data; how a range is written (pure)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Problem = Literal["", "future", "ambiguous", "impossible"]


@dataclass(frozen=True, slots=True)
class Span:
    """A time that words name.

    ``written`` is its range as a query writes it. ``first`` and ``beyond`` bound it where that is
    known: from the first day on, up to but not including the day beyond. ``note`` is the code of
    what is said about the reading, ``others`` are ranges that the words may mean as well.
    """

    written: str
    first: date | None = None
    beyond: date | None = None
    note: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    problem: Problem = ""
    is_end: bool = False  # the state at its end is meant


@dataclass(frozen=True, slots=True)
class Almanac:
    """The calendar of a plant, on the day of the data."""

    today: date
    fiscal_month: int = 1
    week_start: int = 0

    def year(self, year: int) -> Span:
        """A calendar year."""
        return self.between(date(year, 1, 1), date(year + 1, 1, 1))

    def month(self, year: int | None, month: int) -> Span:
        """A month; without a year the latest that has begun."""
        if not 1 <= month <= 12:
            return Span("all", problem="impossible")
        if year is None:
            year = self.today.year - (month > self.today.month)
            return _noted(self.month(year, month), ("of_year", str(year)))
        first = date(year, month, 1)
        return self.between(first, _months_on(first, 1))

    def part(self, year: int | None, part: str, number: int) -> Span:
        """A quarter (``Q``) or a half (``H``) of a year; without one the latest that has begun."""
        months = 3 if part == "Q" else 6
        if not 1 <= number <= 12 // months:
            return Span("all", problem="impossible")
        if year is None:
            begins = (number - 1) * months + 1
            year = self.today.year - (begins > self.today.month)
            return _noted(self.part(year, part, number), ("of_year", str(year)))
        first = date(year, (number - 1) * months + 1, 1)
        return self.between(first, _months_on(first, months))

    def week(self, year: int | None, number: int) -> Span:
        """A calendar week as ISO 8601 counts them."""
        if not 1 <= number <= 53:
            return Span("all", problem="impossible")
        if year is None:
            year = self.today.isocalendar().year
            if date.fromisocalendar(year, min(number, 52), 1) > self.today:
                year -= 1
            return _noted(self.week(year, number), ("of_year", str(year)))
        try:
            first = date.fromisocalendar(year, number, 1)
        except ValueError:
            return Span("all", problem="impossible")
        return self.between(first, first + timedelta(days=7))

    def day(self, year: int | None, month: int, day: int) -> Span:
        """A day; without a year the latest that has begun."""
        try:
            if year is None:
                year = self.today.year
                if date(year, month, day) > self.today:
                    year -= 1
                return _noted(self.day(year, month, day), ("of_year", str(year)))
            first = date(year, month, day)
        except ValueError:
            return Span("all", problem="impossible")
        return self.between(first, first + timedelta(days=1))

    def since(self, span: Span) -> Span:
        """From the beginning of a time until now."""
        if span.first is None:
            return span if span.problem else Span("all", problem="ambiguous")
        return self.between(span.first, self.today + timedelta(days=1), is_open=True)

    def until(self, span: Span, *, including: bool = True) -> Span:
        """From the beginning of the record to the end of a time, or to its beginning."""
        end = span.beyond if including else span.first
        if end is None:
            return Span("all", problem="ambiguous")
        return Span(f"1970-01-01..{end}", date(1970, 1, 1), end)

    def from_to(self, one: Span, other: Span) -> Span:
        """From the beginning of one to the end of another."""
        if one.first is None or other.beyond is None:
            return Span("all", problem="ambiguous")
        if one.first >= other.beyond and "of_year" in one.note[:1]:
            one = Span("", one.first.replace(year=one.first.year - 1))
        if one.first is None or one.first >= other.beyond:
            return Span("all", problem="impossible")
        return self.between(one.first, other.beyond)

    def named(self, written: str) -> Span:
        """A named range with its days where they are needed for "since" and "until"."""
        first = self._first_of(written)
        beyond = self.today + timedelta(days=1)
        if written.startswith("last_") and first is not None and written != "last_fiscal_year":
            unit = written.removeprefix("last_")
            beyond = self._first_of(f"this_{unit}" if unit != "day" else "today") or beyond
        elif written == "yesterday":
            beyond = self.today
        return Span(written, first, beyond if first is not None else None)

    def _first_of(self, written: str) -> date | None:
        today = self.today
        week = today - timedelta(days=(today.weekday() - self.week_start) % 7)
        month = today.replace(day=1)
        quarter = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
        return {
            "today": today,
            "yesterday": today - timedelta(days=1),
            "this_week": week,
            "last_week": week - timedelta(days=7),
            "this_month": month,
            "last_month": _months_on(month, -1),
            "this_quarter": quarter,
            "last_quarter": _months_on(quarter, -3),
            "ytd": date(today.year, 1, 1),
            "this_year": date(today.year, 1, 1),
            "last_year": date(today.year - 1, 1, 1),
        }.get(written)

    def between(self, first: date, beyond: date, *, is_open: bool = False) -> Span:
        """From a day up to but not including another, written as shortly as it can be."""
        if first > self.today:
            return Span(self._written(first, beyond), first, beyond, problem="future")
        is_year = is_open or beyond == date(self.today.year + 1, 1, 1)
        if beyond > self.today and first == date(self.today.year, 1, 1) and is_year:
            return Span("ytd", first, beyond)
        if is_open:
            return Span(f"{first}..", first, beyond)
        return Span(self._written(first, beyond), first, beyond)

    def _written(self, first: date, beyond: date) -> str:
        if first.day == 1 and beyond.day == 1:
            months = (beyond.year - first.year) * 12 + beyond.month - first.month
            if months == 12 and first.month == 1:
                return f"{first.year}"
            if months == 1:
                is_now = (first.year, first.month) == (self.today.year, self.today.month)
                return "this_month" if is_now else f"{first:%Y-%m}"
            if months in (3, 6) and (first.month - 1) % months == 0:
                number = (first.month - 1) // months + 1
                if months == 3 and first == self._first_of("this_quarter"):
                    return "this_quarter"
                return f"{first.year}-{'Q' if months == 3 else 'H'}{number}"
        if beyond - first == timedelta(days=1):
            return "today" if first == self.today else f"{first}"
        return f"{first}..{beyond}"

    def rolling(self, number: int, unit: str) -> Span:
        """So many days, weeks, months, quarters or years until now."""
        if unit == "h":
            if number % 24:
                return Span("all", problem="ambiguous")
            number, unit = number // 24, "d"
        if unit == "q":
            number, unit = number * 3, "m"
        if unit == "y":
            number, unit = number * 12, "m"
        if (number, unit) == (1, "m"):
            return Span("last_30d", note=("rolling", "last_30d"))
        if not 1 <= number <= 9999:
            return Span("all", problem="impossible")
        written = f"last_{number}{unit}"
        first = None
        if unit in "dw":
            first = self.today - timedelta(days=number * (7 if unit == "w" else 1))
        elif number < 1200:
            first = _months_on(self.today.replace(day=1), -number)
        return Span(written, first, self.today + timedelta(days=1))

    def fiscal(self, year: int) -> Span:
        """A numbered fiscal year, which is named after the year that it begins or ends in."""
        if self.fiscal_month == 1:
            return self.year(year)
        ends = date(year, self.fiscal_month, 1)
        one = self.between(_months_on(ends, -12), ends)
        other = self.between(ends, _months_on(ends, 12))
        both = (one.written, other.written)
        return Span(one.written, problem="ambiguous", others=both, note=("fiscal", str(year)))


def _noted(span: Span, note: tuple[str, ...]) -> Span:
    return Span(span.written, span.first, span.beyond, note, span.others, span.problem)


def _months_on(day: date, months: int) -> date:
    """The first of the month so many months on."""
    count = day.year * 12 + day.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)
