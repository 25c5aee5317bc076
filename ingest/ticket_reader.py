"""Turn a row of a planned table into a ticket, and say what is odd about it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from index.assets import AssetMatch, AssetMatcher
from index.codes import fold
from index.home import hash_text
from index.language import language_of
from index.tickets import Ticket
from ingest.date_columns import DateReader
from ingest.decimals import parse_number
from ingest.durations import SECONDS, read_seconds
from ingest.tables import Line
from ingest.ticket_columns import DURATION_FIELDS, NUMBER_FIELDS, TIME_FIELDS
from ingest.ticket_plan import Plan
from ingest.ticket_values import WORDS, Vocabulary, names_of, parts_of, plain, truth

_CODES = re.compile(r"[,;\s]+")
_DATE_LIKE = re.compile(
    r"\d{1,2}[-. ](?:jan|feb|mar|mär|mrz|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez)\w*"
    r"|(?:jan|feb|mar|mär|mrz|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez)\w*[-. ]\d{1,4}"
    r"|\d{1,2}月\d{1,2}日|\d{4}-\d\d-\d\d(?: 00:00:00)?",
    re.IGNORECASE,
)
_SHORTENED = re.compile(r"\d[.,]\d+E\+\d\d", re.IGNORECASE)
_INTERVALS = (
    ("reported_at", "completed_at", "completed before it was reported"),
    ("started_at", "completed_at", "completed before it was started"),
    ("downtime_start", "downtime_end", "the downtime ends before it starts"),
)
_MEMO = 100_000


@dataclass(frozen=True, slots=True)
class Origin:
    """Where tickets come from: the system, the name of the file and the import."""

    system: str
    file: str
    batch: str = ""


class TicketReader:
    """Reads rows one after the other; it remembers which numbers it has seen."""

    def __init__(self, plan: Plan, matcher: AssetMatcher, origin: Origin) -> None:
        self._plan = plan
        self._matcher = matcher
        self._origin = origin
        self._at = {name: plan.table.header.index(column) for name, column in plan.columns.items()}
        self._zone = plan.zone.key if plan.zone else ""
        self._dates = [
            (
                name,
                self._at[name],
                self._at.get(TIME_FIELDS.get(name, "")),
                DateReader(order, plan.zone),
            )
            for name, order in plan.orders.items()
        ]
        self._words = {
            name: Vocabulary(WORDS[name], plan.mapping.values.get(name, {}))
            for name in ("ticket_type", "status", "priority")
        }
        self._rules = [
            (plan.table.header.index(rule.column), {plain(word) for word in rule.is_}, rule)
            for rule in plan.mapping.rules
            if rule.column in plan.table.header
        ]
        self._aliases = {fold(name): tag for name, tag in plan.mapping.aliases.items()}
        self._fill = [
            (at, "") for at, n in enumerate(plan.table.header) if n in plan.mapping.fill_down
        ]
        self._language = language_of(" ".join(" ".join(cells) for cells in plan.samples))
        self._assets: dict[str, AssetMatch] = {}
        self._seen: dict[int, tuple[int, int]] = {}
        self._latest = (datetime.now(UTC) + timedelta(days=1)).isoformat()[:19]

    def read(self, line: Line) -> Ticket:
        """The ticket of a row."""
        cells = line.cells
        if self._fill:
            self._fill_down(cells)
        flags = list(line.flags)
        values: dict[str, Any] = {}
        self._read_times(cells, values, flags)
        self._read_amounts(cells, values, flags)
        self._read_words(cells, values)
        self._read_asset(cells, values, flags)
        source_id, number = self._identity(cells, values, flags)
        if not values["title"]:
            flags.append("the row has no text")
        self._check(cells, values, flags)
        text = self._text
        system = self._origin.system
        parent, reopened = text(cells, "parent"), text(cells, "reopened_from")
        return Ticket(
            source_system=system,
            source_id=source_id,
            source_file=self._origin.file,
            source_row=line.number,
            raw=self._raw(line.raw),
            number=number,
            currency=text(cells, "currency"),
            failure_mode=text(cells, "failure_mode"),
            mechanism=text(cells, "mechanism"),
            remedy_code=text(cells, "remedy_code"),
            detection=text(cells, "detection"),
            location_path=text(cells, "location"),
            meter_unit=text(cells, "meter_unit"),
            parent_uid=f"{system}:{parent}" if parent else None,
            reopened_from=f"{system}:{reopened}" if reopened else None,
            time_zone=self._zone,
            quality_flags=tuple(flags),
            import_batch=self._origin.batch,
            **values,
        )

    def _text(self, cells: list[str], name: str) -> str:
        at = self._at.get(name)
        return cells[at] if at is not None else ""

    def _fill_down(self, cells: list[str]) -> None:
        for position, (at, above) in enumerate(self._fill):
            cells[at] = cells[at] or above
            self._fill[position] = (at, cells[at])

    def _raw(self, raw: list[str]) -> dict[str, str]:
        header = self._plan.table.header
        cells = dict(zip(header, raw, strict=False))
        for extra, cell in enumerate(raw[len(header) :], start=1):
            cells[f"(surplus {extra})"] = cell
        return cells

    def _read_times(self, cells: list[str], values: dict[str, Any], flags: list[str]) -> None:
        quality = ""
        for name, at, clock_at, reader in self._dates:
            value = cells[at]
            if not value:
                continue
            moment = reader.read(value, cells[clock_at] if clock_at is not None else "")
            values[name] = moment.iso
            if moment.problem:
                flags.append(f"{self._plan.columns[name]}: {moment.problem}")
            if name == "reported_at" and moment.iso:
                quality = moment.quality
            if moment.iso and moment.iso > self._latest and name not in ("due_at",):
                flags.append(f"{self._plan.columns[name]}: {value!r} lies in the future")
        values["time_quality"] = quality

    def _read_amounts(self, cells: list[str], values: dict[str, Any], flags: list[str]) -> None:
        marks = self._plan.marks
        for name in NUMBER_FIELDS:
            if (at := self._at.get(name)) is not None and (value := cells[at]):
                values[name] = self._amount(name, value, parse_number(value, marks[name]), flags)
        for name, unit in DURATION_FIELDS.items():
            if (at := self._at.get(name)) is not None and (value := cells[at]):
                seconds = read_seconds(value, self._plan.units[name], marks[name])
                amount = None if seconds is None else round(seconds / SECONDS[unit], 4)  # type: ignore[index]
                values[name] = self._amount(name, value, amount, flags)
        if values.get("downtime_min") is not None:
            values["downtime_source"] = "reported"

    def _amount(
        self, name: str, value: str, amount: float | None, flags: list[str]
    ) -> float | None:
        column = self._plan.columns[name]
        if amount is None:
            what = (
                "may mean two numbers"
                if parse_number(value, ".") is not None
                else "is not a number"
            )
            flags.append(f"{column}: {value!r} {what}")
        elif amount < 0:
            flags.append(f"{column}: {value!r} is negative")
        return amount

    def _read_words(self, cells: list[str], values: dict[str, Any]) -> None:
        text = self._text
        title, description = text(cells, "title"), text(cells, "description")
        resolution = text(cells, "resolution")
        values["title"] = title or description[:80] or resolution[:80]
        values["description"] = description
        values["cause"] = text(cells, "cause")
        values["resolution"] = resolution
        told = f"{title} {description}"[:300]
        is_plain = self._language == "en" and told.isascii()
        values["language"] = ("en" if is_plain else language_of(told)) if told != " " else ""
        kind = text(cells, "ticket_type")
        values["ticket_type"] = self._words["ticket_type"].find(kind) if kind else "unknown"
        status = text(cells, "status")
        values["status_raw"] = status
        values["status"] = self._words["status"].find(status) if status else "unknown"
        priority = text(cells, "priority")
        values["priority_raw"] = priority
        level = self._words["priority"].find(priority) if priority else ""
        values["priority"] = int(level) if level in ("1", "2", "3", "4", "5") else None
        values["is_failure"] = truth(text(cells, "is_failure"))
        values["alarm_codes"] = tuple(c for c in _CODES.split(text(cells, "alarm_codes")) if c)
        parts = text(cells, "parts")
        values["parts"] = tuple(parts_of(parts)) if parts else ()
        technician = text(cells, "technician")
        values["technician"] = technician
        values["technicians"] = names_of(technician) if technician else ()
        for at, words, rule in self._rules:
            cell = plain(cells[at])
            if cell and (cell in words or not words.isdisjoint(cell.split())):
                values[rule.field] = _RULED.get(rule.field, str)(rule.to)

    def _read_asset(self, cells: list[str], values: dict[str, Any], flags: list[str]) -> None:
        raw = self._text(cells, "asset")
        name = self._text(cells, "asset_name")
        match = self._match(raw or name)
        if raw and name and match.asset_id is None:
            by_name = self._match(name)
            match = by_name if by_name.asset_id is not None else match
        if raw and (_DATE_LIKE.fullmatch(raw) or _SHORTENED.fullmatch(raw)):
            flags.append(f"{self._plan.columns['asset']}: {raw!r} was changed by a spreadsheet")
        values["asset_raw"] = raw or name
        values["asset_id"] = match.asset_id
        values["asset_tag"] = match.tag if match.asset_id is not None else ""
        values["asset_match"] = match.score

    def _match(self, text: str) -> AssetMatch:
        found = self._assets.get(text)
        if found is None:
            found = self._matcher.match(self._aliases.get(fold(text), text))
            if len(self._assets) < _MEMO:
                self._assets[text] = found
        return found

    def _identity(
        self, cells: list[str], values: dict[str, Any], flags: list[str]
    ) -> tuple[str, str]:
        """The key of a row within its system, and its printed number, empty if it has none."""
        number = self._text(cells, "source_id")
        header = self._plan.table.header
        source_id = number or hash_text(repr(sorted(zip(header, cells, strict=False))))[:16]
        if number and values.get("changed_at"):
            return source_id, number  # the later change wins, wherever it stands
        key, content = hash(source_id), hash(tuple(cells))
        first, times = self._seen.get(key, (content, 0))
        if number and times and first == content:
            return source_id, number  # the same row again
        self._seen[key] = (first, times + 1)
        if times:
            if number:
                flags.append(f"the number {number!r} occurs {times + 1} times in the file")
            return f"{source_id}#{times + 1}", f"{source_id}#{times + 1}" if number else ""
        return source_id, number

    def _check(self, cells: list[str], values: dict[str, Any], flags: list[str]) -> None:
        ordered = True
        for first, last, reason in _INTERVALS:
            start, end = values.get(first), values.get(last)
            if start and end and end < start and not _same_day(start, end):
                ordered = False
                flags.append(reason)
        start, end = values.get("downtime_start"), values.get("downtime_end")
        is_down = "is_down" not in self._at or bool(truth(self._text(cells, "is_down")))
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
        if any(quantity == 0 for _, quantity in values["parts"]):
            flags.append("a part has the quantity 0")


_RULED: dict[str, Callable[[str], Any]] = {
    "is_failure": lambda text: text == "true",
    "priority": int,
}


def _same_day(first: str, last: str) -> bool:
    """Whether two times may be in order: one of them is a date only, of the same day."""
    return first[:10] == last[:10] and (first.endswith("T00:00:00") or last.endswith("T00:00:00"))


def _minutes(first: str, last: str) -> float:
    return (datetime.fromisoformat(last) - datetime.fromisoformat(first)).total_seconds() / 60
