"""What a ticket's own row says that the ticket has no field for (pure)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

from index.codes import fold
from index.facts.plant import plain_name

VOCABULARY = files("index.facts").joinpath("columns.toml").read_text(encoding="utf-8")
_KNOWN: dict[str, Any] = tomllib.loads(VOCABULARY)
_HEADERS: dict[str, list[str]] = {
    field: [fold(name) for name in names] for field, names in _KNOWN["headers"].items()
}
_YES = frozenset(map(plain_name, _KNOWN["words"]["yes"]))
_NO = frozenset(map(plain_name, _KNOWN["words"]["no"]))
_REOPENED = tuple(map(plain_name, _KNOWN["status"]["reopened"]))
_UNIT = re.compile(r"[\[(（【].*?[\])）】]")
_MEMO = 1_000


class ExtraColumns:
    """Finds cells by the headers of their rows; tables have few different ones."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, ...], tuple[tuple[str, str], ...]] = {}

    def read(self, raw: Mapping[str, Any]) -> dict[str, str]:
        """The cells of a row by what they mean; what is empty is left out."""
        header = tuple(raw)
        columns = self._found.get(header)
        if columns is None:
            columns = _columns(header)
            if len(self._found) < _MEMO:
                self._found[header] = columns
        return {field: text for field, name in columns if (text := str(raw[name]).strip())}


def _columns(header: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    by_name = {fold(_UNIT.sub("", name)): name for name in reversed(header) if name}
    found = []
    for field, names in _HEADERS.items():
        known = next((by_name[name] for name in names if name in by_name), None)
        if known is not None:
            found.append((field, known))
    return tuple(found)


@lru_cache(maxsize=10_000)
def yes_or_no(text: str | None) -> bool | None:
    """Whether a cell says yes or no; None where it says neither."""
    if not text:
        return None
    word = plain_name(text)
    return True if word in _YES else False if word in _NO else None


@lru_cache(maxsize=10_000)
def says_reopened(status: str) -> bool:
    """Tell whether a status, as the source writes it, says that a ticket was opened again."""
    word = plain_name(status)
    return any(told in word for told in _REOPENED)
