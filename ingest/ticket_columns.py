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
TEXT_FIELDS = ("title", "description", "resolution")
_UNIT = re.compile(r"[\[(（].*?[\])）]")


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
