"""What the times and amounts of a ticket say about each other (pure)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

_INTERVALS = (
    ("reported_at", "completed_at", "completed before it was reported"),
    ("started_at", "completed_at", "completed before it was started"),
    ("downtime_start", "downtime_end", "the downtime ends before it starts"),
)


def check_times(values: dict[str, Any], flags: list[str], *, is_down: bool) -> None:
    """Flag times and amounts that cannot all be true; fill in a downtime from its two ends.

    ``is_down`` says whether the machine stood still between them.
    """
    ordered = True
    for first, last, reason in _INTERVALS:
        start, end = values.get(first), values.get(last)
        if start and end and end < start and not _same_day(start, end):
            ordered = False
            flags.append(reason)
    start, end = values.get("downtime_start"), values.get("downtime_end")
    if start and end and is_down and end >= start:
        values["downtime_min"] = round(_minutes(start, end), 4)
        values["downtime_source"] = "interval"
    downtime, reported = values.get("downtime_min"), values.get("reported_at")
    completed = values.get("completed_at")
    if downtime and reported and completed and ordered and not start:
        period = _minutes(reported, completed)
        if reported.endswith("T00:00:00") or completed.endswith("T00:00:00"):
            period += 24 * 60
        if downtime > period + 1:
            flags.append(
                f"the downtime of {downtime:g} min is longer than the {period:g} min "
                "from report to completion"
            )
    if any(quantity == 0 for _, quantity in values.get("parts", ())):
        flags.append("a part has the quantity 0")


def _same_day(first: str, last: str) -> bool:
    """Whether two times may be in order: one of them is a date only, of the same day."""
    return first[:10] == last[:10] and (first.endswith("T00:00:00") or last.endswith("T00:00:00"))


def _minutes(first: str, last: str) -> float:
    return (datetime.fromisoformat(last) - datetime.fromisoformat(first)).total_seconds() / 60
