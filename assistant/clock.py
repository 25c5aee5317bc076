"""The time, as a value that can be given to what depends on it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Returns the time with its zone."""


def utc_now() -> datetime:
    """The time of this machine in UTC."""
    return datetime.now(UTC)


def stamp(moment: datetime) -> str:
    """A time as the tables store it: ISO 8601 in UTC; later times sort later."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")
