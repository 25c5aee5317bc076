"""When the machine of a ticket stood still, as far as the ticket says (pure)."""

from __future__ import annotations

from typing import Any, NamedTuple

from index.facts.site_clock import SiteClock, is_day_only

_DAY_MIN = 1440


class Stop(NamedTuple):
    """A stop in seconds since 1970, with its minutes; what is not known is None.

    ``source`` is interval, reported (minutes only) or none.
    """

    start: int | None = None
    end: int | None = None
    minutes: float | None = None
    source: str = "none"
    is_flawed: bool = False


_FLAWED = Stop(is_flawed=True)


def stop_of(
    ticket: Any,
    clock: SiteClock,
    reported: int | None,
    completed: int | None,
    *,
    is_open: bool,
    was_down: bool,
) -> Stop:
    """The stop of a ticket: its two ends, else its minutes from its beginning or the report on.

    ``was_down`` is False where the ticket says that the machine ran on.
    """
    start = clock.epoch(ticket.downtime_start)
    end = clock.epoch(ticket.downtime_end, after=start)
    if start is not None and end is not None:
        if end < start:
            return _FLAWED
        # In the hour that a clock shows twice the end may look like the earlier one.
        is_shown_twice = ticket.downtime_end < ticket.downtime_start and was_down
        if ticket.downtime_source == "interval" or is_shown_twice:
            if start == end and is_day_only(ticket.downtime_start):
                return Stop()  # some time of that day
            return Stop(start, end, (end - start) / 60, "interval")
    minutes = ticket.downtime_min
    if minutes is None:
        return Stop(start) if is_open and was_down and start is not None else Stop()
    if minutes < 0 or (start is None and minutes > _longest(ticket, reported, completed)):
        return _FLAWED
    seconds = round(minutes * 60)
    if start is None:
        start = end - seconds if end is not None else reported
    return Stop(start, None if start is None else start + seconds, float(minutes), "reported")


def _longest(ticket: Any, reported: int | None, completed: int | None) -> float:
    """The most minutes from the report to the completion; without end where that is unknown."""
    if reported is None or completed is None or completed < reported:
        return float("inf")
    is_coarse = is_day_only(ticket.reported_at) or is_day_only(ticket.completed_at)
    return (completed - reported) / 60 + 1 + (_DAY_MIN if is_coarse else 0)
