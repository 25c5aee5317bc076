"""Dates and times as people, spreadsheets and systems write them (pure).

The order of day and month is a property of a column, never guessed for one value:
:mod:`ingest.date_columns` decides it, the functions here are told.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from typing import Literal, NamedTuple

DateOrder = Literal["dmy", "mdy", "ymd", "excel1900", "excel1904"]
"""How a date of three numbers is read, or from which day a spreadsheet counts."""

ORDERS: tuple[DateOrder, ...] = ("dmy", "mdy", "ymd", "excel1900", "excel1904")
_EMPTY = re.compile(
    r"(?:[-–—.?/]+|0+|n/?a|nan|null|none|nat|leer|无|0{1,4}[-./]0{1,2}[-./]0{1,4})", re.I
)
_NEVER = ("9999-12-31", "31.12.9999", "12/31/9999", "31/12/9999", "99991231")
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january januar jänner",
            "feb february februar",
            "mar march märz mrz maerz",
            "apr april",
            "may mai",
            "jun june juni",
            "jul july juli",
            "aug august",
            "sep sept september",
            "oct october okt oktober",
            "nov november",
            "dec december dez dezember",
        ),
        start=1,
    )
    for name in names.split()
}
_WEEKDAY = re.compile(
    r"^(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?[,.]?\s+"
    r"|^(?:mo|di|mi|do|fr|sa|so)[,.]\s*|\s*星期[一二三四五六日天]",
    re.I,
)
_WORDS_DMY = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[-./ ]*([^\W\d_]{3,9})\.?[-/, ]*(\d{4}|\d{2})")
_WORDS_MDY = re.compile(r"([^\W\d_]{3,9})\.?[- ]*(\d{1,2})(?:st|nd|rd|th)?[-, ]+(\d{4}|\d{2})")
_YEAR_FIRST = re.compile(r"(\d{4})([-./])(\d{1,2})\2(\d{1,2})")
_CHINESE = re.compile(r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*[日号]?")
_COMPACT = re.compile(r"(19\d\d|20\d\d)(\d\d)(\d\d)")
THREE = re.compile(r"(\d{1,2})([-./])(\d{1,2})\2(\d{4}|\d{2})")
SERIAL = re.compile(r"\d{5}(?:[.,]\d+)?")
_EPOCH = re.compile(r"/Date\((-?\d+)(?:[+-]\d{4})?\)/")
_ODATA_TIME = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.\d+)?S)?")
_ZONE = re.compile(r"\s*(Z|UTC|GMT|[+-]\d\d:?\d\d|[+-]\d\d)$")
_TIME = re.compile(
    r"(上午|下午|晚上|凌晨|中午)?\s*(\d{1,2})(?:[:：.h时点](\d{1,2})(?:[:：.分](\d{1,2})(?:[.,]\d+)?)?)?[分秒]?"
    r"\s*(am|pm|a\.m\.|p\.m\.|uhr|h)?",
    re.I,
)
_COMPACT_TIME = re.compile(r"(\d\d)(\d\d)(\d\d)")
_SPLIT = re.compile(
    r"^(\S.*?)(?:(?<=\d)T|,\s*|\s+|(?=上午|下午|晚上|凌晨|中午))"
    r"((?:(?:上午|下午|晚上|凌晨|中午)\s*\d{1,2}|\d{1,2}(?:[:：时点h]|\.\d\d(?:$|\s|\.\d\d)|\s*[ap]\.?m)).*)$",
    re.I,
)
_SPLIT_COMPACT = re.compile(r"^(\d{8})[T ](\d{6})$")
_AFTERNOON = ("下午", "晚上", "pm", "p.m.")
_DAYS = {"excel1900": date(1899, 12, 30), "excel1904": date(1904, 1, 1)}


class Parts(NamedTuple):
    """A value cut into date, time and zone, each empty where it has none."""

    date: str
    time: str
    zone: str


def is_no_date(text: str) -> bool:
    """Tell whether a value stands for "no date": 00.00.0000, 9999-12-31, a dash."""
    return not text or text[:10] in _NEVER or _EMPTY.fullmatch(text.split(" ")[0]) is not None


@lru_cache(maxsize=50_000)
def split(text: str) -> Parts:
    """Cut a value into its date, its time of day and its zone."""
    text = unicodedata.normalize("NFKC", text).strip()
    if match := _EPOCH.fullmatch(text):
        moment = datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=int(match[1]))
        clock = "" if moment.time() == moment.min.time() else moment.strftime("%H:%M:%S")
        return Parts(moment.strftime("%Y-%m-%d"), clock, "UTC" if clock else "")
    text = _WEEKDAY.sub("", text)
    if len(text) > 10 and text[4:5] == text[7:8] == "-" and text[10] in "T ":
        day, rest = text[:10], text[11:].strip()
    elif match := _SPLIT_COMPACT.match(text) or _SPLIT.match(text):
        day, rest = match[1].strip(), match[2].strip()
    else:
        return Parts(text, "", "")
    zone = _ZONE.search(rest)
    return Parts(day, rest[: zone.start()] if zone else rest, zone[1] if zone else "")


def read_date(text: str, order: DateOrder) -> date | None:
    """Read a date; None where it is none in this order. What names its parts needs no order."""
    try:
        if match := _YEAR_FIRST.fullmatch(text) or _CHINESE.fullmatch(text):
            numbers = [int(part) for part in match.groups() if part.isdigit()]
            return date(*numbers)
        if match := _COMPACT.fullmatch(text):
            return date(*map(int, match.groups()))
        if match := THREE.fullmatch(text):
            return _three(int(match[1]), int(match[3]), match[4], order)
        if order in _DAYS and SERIAL.fullmatch(text):
            return _DAYS[order] + timedelta(days=int(text[:5]))
        if match := _WORDS_DMY.fullmatch(text):
            return date(_year(match[3]), _MONTHS[match[2].casefold()], int(match[1]))
        if match := _WORDS_MDY.fullmatch(text):
            return date(_year(match[3]), _MONTHS[match[1].casefold()], int(match[2]))
    except (KeyError, ValueError):
        pass
    return None


def _three(first: int, second: int, last: str, order: DateOrder) -> date:
    if order == "ymd":
        if len(last) == 4:
            raise ValueError("the year stands last")
        return date(_year(f"{first:02d}"), second, int(last))
    day, month = (second, first) if order == "mdy" else (first, second)
    return date(_year(last), month, day)


def _year(text: str) -> int:
    number = int(text)
    return number if len(text) == 4 else number + (2000 if number < 70 else 1900)


def read_time(text: str) -> timedelta | None:
    """Read a time of day as the time since midnight (24:00 is a whole day); None if it is none."""
    text = unicodedata.normalize("NFKC", text).strip()
    if match := _ODATA_TIME.fullmatch(text):
        hours, minutes, seconds = (int(part or 0) for part in match.groups())
        return _clock(hours, minutes, seconds) if text != "PT" else None
    if match := _COMPACT_TIME.fullmatch(text):
        return _clock(*map(int, match.groups()))
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    prefix, suffix = match[1] or "", (match[5] or "").casefold()
    if not (match[3] or suffix or prefix):
        return None  # a bare number is no time
    hours, minutes, seconds = int(match[2]), int(match[3] or 0), int(match[4] or 0)
    if hours <= 12 and (prefix or suffix.startswith(("a", "p"))):
        is_late = prefix in _AFTERNOON or suffix in _AFTERNOON or (prefix == "中午" and hours < 11)
        hours = hours % 12 + (12 if is_late or (prefix == "中午" and hours == 12) else 0)
    return _clock(hours, minutes, seconds)


def _clock(hours: int, minutes: int, seconds: int) -> timedelta | None:
    whole = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return whole if minutes < 60 and seconds < 60 and whole <= timedelta(days=1) else None


def serial_time(text: str) -> timedelta:
    """The time of day in a spreadsheet's serial date, to the second."""
    fraction = float("0." + text.replace(",", ".").partition(".")[2]) if len(text) > 5 else 0.0
    return timedelta(seconds=round(fraction * 86_400))


def read_zone(text: str) -> timezone | None:
    """The fixed zone behind a time, such as Z or +01:00; None where there is none."""
    if not text:
        return None
    if text in ("Z", "UTC", "GMT"):
        return UTC
    digits = text[1:].replace(":", "").ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    if offset >= timedelta(hours=24):
        return None
    return timezone(-offset if text[0] == "-" else offset)
