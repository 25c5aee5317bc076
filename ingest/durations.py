"""Durations as people write them: 1:30, 1h30, 90, 1,5 h, 1.5 小时, 90分 (pure)."""

from __future__ import annotations

import math
import re
import unicodedata
from typing import Literal

from ingest.decimals import Mark, parse_number

Unit = Literal["s", "min", "h", "d"]
SECONDS: dict[Unit, float] = {"s": 1, "min": 60, "h": 3600, "d": 86_400}
_NAMES: dict[Unit, str] = {
    "s": "s sec secs second seconds sek sekunde sekunden 秒",
    "min": "m min mins minute minutes minuten 分 分钟 分鐘",
    "h": "h hr hrs hour hours std stunde stunden 小时 小時 时 工时",
    "d": "d day days tag tage 天 日",
}
_UNITS: dict[str, Unit] = {name: unit for unit, names in _NAMES.items() for name in names.split()}
_CLOCK = re.compile(r"(\d+):([0-5]?\d)(?::([0-5]?\d)(?:[.,]\d+)?)?")
_PIECE = re.compile(r"([+-]?\d[\d.,' \u00a0]*)\s*([^\W\d_]+)\.?\s*", re.UNICODE)
_SHORT = re.compile(r"(\d+)\s*(?:h|std|小时|时)\.?\s*(\d{1,2})", re.I)
_WORD = re.compile(r"[^\W\d_]+")


def unit_in_header(header: str) -> Unit | None:
    """The unit that a header names: "Downtime [h]", "downtime_min", "停机时长（小时）"."""
    plain = unicodedata.normalize("NFKC", header)
    plain = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", plain).replace("_", " ").casefold()
    words = _WORD.findall(plain)
    for word in reversed(words):
        if word in _UNITS and (len(words) > 1 or len(word) > 1):
            return _UNITS[word]
    for name in ("小时", "分钟", "工时"):
        if name in plain:
            return _UNITS[name]
    return None


def read_seconds(text: str, unit: Unit, mark: Mark = "") -> float | None:
    """Read a duration as seconds; None where it is none.

    A unit in the text counts, ``unit`` is for a bare number. "1:30" is 1 h 30 min.
    """
    plain = unicodedata.normalize("NFKC", text).strip().casefold()
    if match := _CLOCK.fullmatch(plain):
        return int(match[1]) * 3600 + int(match[2]) * 60 + int(match[3] or 0)
    if match := _SHORT.fullmatch(plain):
        return int(match[1]) * 3600 + int(match[2]) * 60
    number = parse_number(plain, mark)
    if number is not None:
        return number * SECONDS[unit]
    total, position = 0.0, 0
    while match := _PIECE.match(plain, position):
        value, name = parse_number(match[1], mark), _UNITS.get(match[2])
        if value is None or name is None:
            return None
        total += value * SECONDS[name]
        position = match.end()
    return total if position and position == len(plain) and math.isfinite(total) else None
