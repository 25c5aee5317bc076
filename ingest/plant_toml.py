"""Read ``plant.toml``: the sites with their calendars, the lines, the teams, the names (pure)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from index.facts.plant import (
    AROUND_THE_CLOCK,
    DAY_MIN,
    AssetHours,
    KnownName,
    Line,
    Plant,
    Shift,
    Site,
    Team,
    Week,
    Window,
    plain_name,
)
from ingest.errors import UnreadablePlant

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
NAMED_FIELDS = (
    "site area line team shift asset asset_class model kind status failure_mode cause remedy "
    "component part part_category delay_reason"
).split()
"""The fields whose values ``[[name]]`` may give other names."""
_TABLES = ("site", "line", "asset_hours", "team", "name")
_KEYS = {
    "site": "name time_zone currency week_start fiscal_year_start holidays shift hours".split(),
    "line": "name site arrangement".split(),
    "asset_hours": "asset hours".split(),
    "team": "name site hours_per_week also".split(),
    "name": "field value also".split(),
}
_CLOCK = re.compile(r"(\d{1,2}):(\d\d)")
_SYNTAX_LINE = re.compile(r"\(at line (\d+)")
_Made = TypeVar("_Made")


class _Wrong(Exception):
    """What is wrong with a key, and what to write instead."""

    def __init__(self, key: str, told: str) -> None:
        super().__init__(told)
        self.key = key


def read_plant(text: str, name: str) -> Plant:
    """Read what the file ``name`` holds.

    Raises:
        UnreadablePlant: something in it cannot be understood; the message names the line.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = _SYNTAX_LINE.search(str(error))
        where = f"line {line[1]}" if line else "its end"
        raise UnreadablePlant(
            f"{name}, {where}: this is no TOML ({error}). Put texts between quotation marks, one "
            "'key = value' on a line."
        ) from error
    reader = _Reader(data, text, name)
    return reader.plant()


class _Reader:
    """Reads the tables one after the other; knows where each of them stands in the file."""

    def __init__(self, data: dict[str, Any], text: str, name: str) -> None:
        self._data = data
        self._lines = text.splitlines()
        self._name = name

    def plant(self) -> Plant:
        if unknown := sorted(self._data.keys() - {"as_of", *_TABLES}):
            known = ", ".join(("as_of", *(f"[[{name}]]" for name in _TABLES)))
            raise self._error("", 0, unknown[0], f"it is none of {known}")
        try:
            as_of = _moment(self._data)
        except _Wrong as error:
            raise self._error("", 0, error.key, str(error)) from error
        plant = Plant(
            as_of=as_of,
            sites=self._each("site", _site),
            lines=self._each("line", _line),
            asset_hours=self._each("asset_hours", _asset_hours),
            teams=self._each("team", _team),
            names=self._each("name", _known_name),
        )
        self._check_sites(plant)
        return plant

    def _each(self, table: str, read: Callable[[Mapping[str, Any]], _Made]) -> tuple[_Made, ...]:
        rows = self._data.get(table, [])
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise self._error(table, 0, "", f"write [[{table}]] with two brackets on either side")
        made = []
        for number, row in enumerate(rows):
            try:
                if unknown := sorted(row.keys() - set(_KEYS[table])):
                    raise _Wrong(unknown[0], f"it is none of {', '.join(_KEYS[table])}")
                made.append(read(row))
            except _Wrong as error:
                raise self._error(table, number, error.key, str(error)) from error
        return tuple(made)

    def _check_sites(self, plant: Plant) -> None:
        """Each site stands there once, and what names a site names one of them."""
        names = [plain_name(site.name) for site in plant.sites]
        for number, name in enumerate(names):
            if name in names[:number]:
                raise self._error("site", number, "name", "another site has this name")
        named = {
            "line": [line.site for line in plant.lines],
            "team": [team.site for team in plant.teams],
        }
        for table, sites in named.items():
            for number, site in enumerate(sites):
                if site and plant.find_site(site) is None:
                    known = ", ".join(one.name for one in plant.sites) or "none"
                    told = f"there is no site {site!r}; the sites are: {known}"
                    raise self._error(table, number, "site", told)

    def _error(self, table: str, number: int, key: str, told: str) -> UnreadablePlant:
        line = self._line_of(table, number, key)
        what = f"{key!r} of [[{table}]] number {number + 1}" if table else f"{key!r}"
        return UnreadablePlant(f"{self._name}, line {line}: {what}: {told}.")

    def _line_of(self, table: str, number: int, key: str) -> int:
        """Where a key of the table with this number stands, else where the table begins."""
        heads = [at for at, line in enumerate(self._lines) if line.strip() == f"[[{table}]]"]
        start = heads[number] if number < len(heads) else 0
        end = heads[number + 1] if number + 1 < len(heads) else len(self._lines)
        wanted = re.compile(rf"\s*(?:\[+[\w.]*\b)?\"?{re.escape(key)}\"?\s*[=\]]")
        for at in range(start, end):
            if key and wanted.match(self._lines[at]):
                return at + 1
        return start + 1


def _moment(data: Mapping[str, Any]) -> datetime | None:
    told = data.get("as_of")
    if told is None:
        return None
    if isinstance(told, str):
        try:
            told = datetime.fromisoformat(told)
        except ValueError:
            told = None
    if not isinstance(told, datetime) or told.tzinfo is None:
        raise _Wrong("as_of", "write a time with its offset, such as 2026-11-20T22:00:00+01:00")
    return told


def _site(row: Mapping[str, Any]) -> Site:
    return Site(
        name=_text(row, "name", is_needed=True),
        time_zone=_zone(_text(row, "time_zone") or "UTC"),
        currency=_currency(row),
        week_start=_week_start(row),
        fiscal_month=_fiscal_month(row),
        shifts=_shifts(row),
        hours=_hours(row) if "hours" in row else AROUND_THE_CLOCK,
        holidays=_holidays(row),
    )


def _line(row: Mapping[str, Any]) -> Line:
    match _text(row, "arrangement") or "series":
        case "series":
            return Line(_text(row, "name", is_needed=True), _text(row, "site"), "series")
        case "parallel":
            return Line(_text(row, "name", is_needed=True), _text(row, "site"), "parallel")
        case told:
            raise _Wrong("arrangement", f"{told!r} is neither 'series' nor 'parallel'")


def _asset_hours(row: Mapping[str, Any]) -> AssetHours:
    return AssetHours(_text(row, "asset", is_needed=True), _hours(row))


def _team(row: Mapping[str, Any]) -> Team:
    hours = row.get("hours_per_week")
    is_number = isinstance(hours, int | float) and not isinstance(hours, bool)
    if hours is not None and not (is_number and 0 <= hours <= 100_000):
        raise _Wrong("hours_per_week", "write the working hours of the whole team, such as 160")
    capacity = None if hours is None else float(hours)
    return Team(_text(row, "name", is_needed=True), _text(row, "site"), capacity, _also(row))


def _known_name(row: Mapping[str, Any]) -> KnownName:
    field = _text(row, "field", is_needed=True)
    if field not in NAMED_FIELDS:
        raise _Wrong("field", f"{field!r} is none of {', '.join(NAMED_FIELDS)}")
    return KnownName(field, _text(row, "value", is_needed=True), _also(row))


def _text(row: Mapping[str, Any], key: str, *, is_needed: bool = False) -> str:
    told = row.get(key, "")
    if not isinstance(told, str):
        raise _Wrong(key, "write a text between quotation marks")
    if is_needed and not told.strip():
        raise _Wrong(key, "it is missing or empty; write it")
    return told.strip()


def _also(row: Mapping[str, Any]) -> tuple[str, ...]:
    told = row.get("also", [])
    if not isinstance(told, list) or not all(isinstance(one, str) for one in told):
        raise _Wrong("also", 'write a list of texts, such as ["shop 3", "三车间"]')
    return tuple(one.strip() for one in told if one.strip())


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise _Wrong(
            "time_zone", f"there is no zone {name!r}; write one such as Europe/Berlin"
        ) from error


def _currency(row: Mapping[str, Any]) -> str:
    told = _text(row, "currency").upper()
    if told and not re.fullmatch(r"[A-Z]{3}", told):
        raise _Wrong("currency", f"{told!r} is no code of three letters, such as EUR")
    return told


def _week_start(row: Mapping[str, Any]) -> int:
    told = row.get("week_start", "monday")
    if isinstance(told, str) and told.strip().casefold() in DAYS:
        return DAYS.index(told.strip().casefold())
    raise _Wrong("week_start", f"write one of {', '.join(DAYS)}")


def _fiscal_month(row: Mapping[str, Any]) -> int:
    told = row.get("fiscal_year_start", 1)
    if not isinstance(told, int) or isinstance(told, bool) or not 1 <= told <= 12:
        raise _Wrong("fiscal_year_start", "write the number of the first month, 1 to 12")
    return told


def _shifts(row: Mapping[str, Any]) -> tuple[Shift, ...]:
    rows = row.get("shift", [])
    if not isinstance(rows, list) or not all(isinstance(one, dict) for one in rows):
        raise _Wrong("shift", "write [[site.shift]] with name, from and to")
    shifts = []
    for one in rows:
        if one.keys() != {"name", "from", "to"}:
            raise _Wrong("shift", "a shift has name, from and to, and nothing else")
        start, end = (_minute(_text(one, key), "shift") % DAY_MIN for key in ("from", "to"))
        times = (time(minute // 60, minute % 60) for minute in (start, end))
        shifts.append(Shift(_text(one, "name", is_needed=True), *times))
    return tuple(shifts)


def _hours(row: Mapping[str, Any]) -> Week:
    told = row.get("hours")
    if not isinstance(told, dict):
        raise _Wrong("hours", 'write a table with monday = "06:00-22:00" and so on')
    if unknown := sorted(told.keys() - set(DAYS)):
        raise _Wrong(unknown[0], f"it is none of {', '.join(DAYS)}")
    if missing := [day for day in DAYS if day not in told]:
        raise _Wrong("hours", f'{missing[0]} is missing; write {missing[0]} = "" if it stands')
    return tuple(_windows(_text(told, day), day) for day in DAYS)


def _windows(text: str, day: str) -> tuple[Window, ...]:
    windows = []
    for piece in text.split(",") if text else ():
        start, dash, end = (part.strip() for part in piece.partition("-"))
        if not dash:
            raise _Wrong(day, f"{piece.strip()!r} is no time span such as 06:00-22:00")
        first = _minute(start, day)
        if first == DAY_MIN:
            raise _Wrong(day, f"{piece.strip()!r} begins at 24:00; write 00:00 of the next day")
        windows.append(Window(first, _minute(end, day)))
    return tuple(windows)


def _minute(text: str, key: str) -> int:
    match = _CLOCK.fullmatch(text)
    minute = int(match[1]) * 60 + int(match[2]) if match else -1
    if match is None or int(match[2]) > 59 or minute > DAY_MIN:
        raise _Wrong(key, f"{text!r} is no time from 00:00 to 24:00")
    return minute


def _holidays(row: Mapping[str, Any]) -> tuple[date, ...]:
    told = row.get("holidays", [])
    days = []
    for one in told if isinstance(told, list) else [None]:
        try:
            day = date.fromisoformat(one) if isinstance(one, str) else one
        except ValueError:
            day = None
        if not isinstance(day, date) or isinstance(day, datetime):
            raise _Wrong("holidays", f"{one!r} is no day; write a list such as ['2026-12-25']")
        days.append(day)
    return tuple(sorted(set(days)))
