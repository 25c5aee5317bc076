"""Recognise the columns of a ticket table by their headers: English, German, Chinese (pure)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from importlib.resources import files

from index.codes import fold

_HEADERS: dict[str, list[str]] = tomllib.loads(
    files("ingest").joinpath("ticket_columns.toml").read_text(encoding="utf-8")
)
FIELDS = tuple(_HEADERS)
"""Every field that a column can give."""
TEXT_FIELDS = ("title", "description", "resolution")
DATE_FIELDS = (
    *("reported_at", "acknowledged_at", "started_at", "completed_at", "closed_at", "due_at"),
    *("changed_at", "downtime_start", "downtime_end"),
)
TIME_FIELDS = {
    "reported_at": "reported_time",
    "started_at": "started_time",
    "completed_at": "completed_time",
    "downtime_start": "downtime_start_time",
    "downtime_end": "downtime_end_time",
}
"""The field with the time of day of a field with a date."""
DURATION_FIELDS = {"downtime_min": "min", "labor_h": "h", "est_labor_h": "h"}
"""The unit that a duration is kept in, and read in where nothing names another."""
NUMBER_FIELDS = ("cost_labor", "cost_parts", "cost_total", "meter_value")
_UNIT = re.compile(r"[\[(（【].*?[\])）】]")


def recognise(header: Sequence[str]) -> dict[str, str]:
    """Map fields of a ticket to the columns of a table; a field without a column is left out."""
    columns: dict[str, str] = {}
    free = {fold(_UNIT.sub("", name)): name for name in reversed(header) if name}
    for field, names in _HEADERS.items():
        for name in names:
            if fold(name) in free:
                columns[field] = free.pop(fold(name))
                break
    return columns


def known_headers() -> str:
    """The English headers of the text columns, for messages."""
    return ", ".join(repr(_HEADERS[field][0]) for field in TEXT_FIELDS)
