"""Periods: the written range of a query as borders in local time, and in words.

All borders are those of one site's clock; an hour that a clock change repeats or leaves out is
handled by the zone. Nothing here reads the database.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from assistant.analytics.errors import CannotAnswer
from assistant.analytics.figure import Period
from assistant.analytics.query import TimeField
from assistant.analytics.ranges import borders_of, day_of, midnight, moved, unit_before
from index.facts.plant import Site


def period_of(text: str, field: TimeField, now: datetime, site: Site) -> Period:
    """What a written range means at a site, at a moment.

    The end of a range that still runs is ``now``, save for due dates, which may lie ahead. For the
    field ``as_of`` only the end counts: the state at that moment.

    Raises:
        CannotAnswer: there is no such day, or the range ends before it begins.
    """
    local = now.astimezone(site.time_zone)
    start, end, words = borders_of(text, local, site)
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

    A unit that still runs is set beside the same part of the one before.

    Raises:
        CannotAnswer: the range has no beginning, so nothing is before it.
    """
    start, end = _bounded(period)
    before = unit_before(text, start)
    if before is not None:
        _, whole_end, _ = borders_of(text, now.astimezone(site.time_zone), site)
        is_whole = whole_end is not None and end.astimezone(UTC) >= whole_end.astimezone(UTC)
        is_whole = is_whole and text != "ytd"
        until = unit_before(text, end)
        until = start if is_whole or until is None else min(until, start)
        return _shifted(period, before, until, "the period before")
    # By the clock on the wall, so that whole days stay whole over a clock change.
    before = start - (end.replace(tzinfo=None) - start.replace(tzinfo=None))
    return _shifted(period, before, start, "the period before")


def year_before(period: Period) -> Period:
    """The same days a year before.

    Raises:
        CannotAnswer: the range has no beginning.
    """
    start, end = _bounded(period)
    return _shifted(period, moved(start, -12), moved(end, -12), "a year before")


def around(
    day: str, days: int, field: TimeField, now: datetime, site: Site
) -> tuple[Period, Period]:
    """So many days before a day, and from it on; the later may not be over.

    Raises:
        CannotAnswer: there is no such day, or it lies ahead.
    """
    middle = midnight(day_of(day), site)
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
