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
from ingest.ticket_checks import check_times
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
_TEXTS = (
    "description cause resolution technician currency failure_mode mechanism remedy_code detection "
    "location meter_unit"
).split()
_NAMED = {"location": "location_path"}
_KEYS = {"parent": "parent_uid", "reopened_from": "reopened_from"}
_MEMO = 100_000


@dataclass(frozen=True, slots=True)
class Origin:
    """Where tickets come from: the system, the name of the file and the import.

    ``at`` is when they were taken in (ISO 8601, UTC); what is later lies in the future.
    """

    system: str
    file: str
    batch: str = ""
    at: str = ""


class TicketReader:
    """Reads rows one after the other; it remembers which numbers it has seen."""

    def __init__(self, plan: Plan, matcher: AssetMatcher, origin: Origin) -> None:
        self._plan = plan
        self._matcher = matcher
        self._origin = origin
        self._at = {name: plan.table.header.index(column) for name, column in plan.columns.items()}
        self._texts = [(_NAMED.get(n, n), self._at[n]) for n in _TEXTS if n in self._at]
        self._keys = [(to, self._at[name]) for name, to in _KEYS.items() if name in self._at]
        self._number_fields = [(n, self._at[n]) for n in NUMBER_FIELDS if n in self._at]
        self._duration_fields = [
            (n, self._at[n], unit) for n, unit in DURATION_FIELDS.items() if n in self._at
        ]
        self._amounts: dict[tuple[str, str], tuple[float | None, str]] = {}
        self._people: dict[str, tuple[str, ...]] = {}
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
        sites = plan.mapping.values.get("site", {})
        self._sites = {plain(word): site for word, site in sites.items()}
        self._fill = [
            (at, "") for at, n in enumerate(plan.table.header) if n in plan.mapping.fill_down
        ]
        self._language = language_of(" ".join(" ".join(cells) for cells in plan.samples))
        self._assets: dict[tuple[str, ...], tuple[AssetMatch, tuple[str, ...]]] = {}
        self._seen: dict[int, tuple[int, int]] = {}
        taken = datetime.fromisoformat(origin.at) if origin.at else datetime.now(UTC)
        self._latest = (taken + timedelta(days=1)).isoformat()[:19]

    def read(self, line: Line) -> Ticket:
        """The ticket of a row."""
        cells = line.cells
        if self._fill:
            self._fill_down(cells)
        flags = list(line.flags)
        values: dict[str, Any] = {name: cells[at] for name, at in self._texts}
        for name, at in self._keys:
            if cells[at]:
                values[name] = f"{self._origin.system}:{cells[at]}"
        self._read_times(cells, values, flags)
        self._read_amounts(cells, values, flags)
        self._read_words(cells, values)
        self._read_asset(cells, values, flags)
        source_id, number = self._identity(cells, values, flags)
        if not values["title"]:
            flags.append("the row has no text")
        is_down = "is_down" not in self._at or bool(truth(self._text(cells, "is_down")))
        check_times(values, flags, is_down=is_down)
        return Ticket(
            source_system=self._origin.system,
            source_id=source_id,
            source_file=self._origin.file,
            source_row=line.number,
            raw=self._raw(line.raw),
            number=number,
            time_zone=self._zone,
            quality_flags=tuple(flags),
            import_batch=self._origin.batch,
            row_site=self._site(cells),
            stated_site=self._plan.site or None,
            groups=self._plan.groups,
            **values,
        )

    def _text(self, cells: list[str], name: str) -> str:
        at = self._at.get(name)
        return cells[at] if at is not None else ""

    def _site(self, cells: list[str]) -> str | None:
        """What the row says about its site, as the mapping calls it."""
        told = self._text(cells, "site")
        return (self._sites.get(plain(told), told) if self._sites else told) or None

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
        for name, at in self._number_fields:
            if value := cells[at]:
                found = self._amounts.get((name, value))
                if found is None:
                    found = self._amount(name, value, parse_number(value, marks[name]))
                values[name] = found[0]
                if found[1]:
                    flags.append(found[1])
        for name, at, unit in self._duration_fields:
            if value := cells[at]:
                found = self._amounts.get((name, value))
                if found is None:
                    seconds = read_seconds(value, self._plan.units[name], marks[name])
                    amount = None if seconds is None else round(seconds / SECONDS[unit], 4)  # type: ignore[index]
                    found = self._amount(name, value, amount)
                values[name] = found[0]
                if found[1]:
                    flags.append(found[1])
        if values.get("downtime_min") is not None:
            values["downtime_source"] = "reported"

    def _amount(self, name: str, value: str, amount: float | None) -> tuple[float | None, str]:
        """An amount with what is odd about it, kept as the same values come again and again."""
        column = self._plan.columns[name]
        flag = ""
        if amount is None:
            is_open = parse_number(value, ".") is not None
            what = "may mean two numbers" if is_open else "is not a number"
            flag = f"{column}: {value!r} {what}"
        elif amount < 0:
            flag = f"{column}: {value!r} is negative"
        if len(self._amounts) < _MEMO:
            self._amounts[name, value] = amount, flag
        return amount, flag

    def _read_words(self, cells: list[str], values: dict[str, Any]) -> None:
        text = self._text
        title, description = text(cells, "title"), values.get("description", "")
        values["title"] = title or description[:80] or values.get("resolution", "")[:80]
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
        if word := text(cells, "is_failure"):
            values["is_failure"] = truth(word)
        if codes := text(cells, "alarm_codes"):
            values["alarm_codes"] = tuple(c for c in _CODES.split(codes) if c)
        if parts := text(cells, "parts"):
            values["parts"] = tuple(parts_of(parts))
        if technician := values.get("technician"):
            people = self._people.get(technician)
            if people is None:
                people = names_of(technician)
                if len(self._people) < _MEMO:
                    self._people[technician] = people
            values["technicians"] = people
        for at, words, rule in self._rules:
            cell = plain(cells[at])
            if cell and (cell in words or not words.isdisjoint(cell.split())):
                values[rule.field] = _RULED.get(rule.field, str)(rule.to)

    def _read_asset(self, cells: list[str], values: dict[str, Any], flags: list[str]) -> None:
        raw = self._text(cells, "asset")
        name = self._text(cells, "asset_name")
        called = raw or name
        match, texts = self._resolve((called, name) if raw and name != raw and name else (called,))
        if raw and (_DATE_LIKE.fullmatch(raw) or _SHORTENED.fullmatch(raw)):
            flags.append(f"{self._plan.columns['asset']}: {raw!r} was changed by a spreadsheet")
        values["asset_raw"] = called
        values["asset_texts"] = texts
        values["asset_id"] = match.asset_id
        values["asset_tag"] = match.tag if match.asset_id is not None else ""
        values["asset_match"] = match.score

    def _resolve(self, texts: tuple[str, ...]) -> tuple[AssetMatch, tuple[str, ...]]:
        """The asset, and the texts that say so unless it is the first one alone, as it stands."""
        found = self._assets.get(texts)
        if found is None:
            told = tuple(self._aliases.get(fold(text), text) for text in texts)
            raw = texts[0]
            found = self._matcher.resolve(raw, told), told if told != (raw,) else ()
            if len(self._assets) < _MEMO:
                self._assets[texts] = found
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


_RULED: dict[str, Callable[[str], Any]] = {
    "is_failure": lambda text: text == "true",
    "priority": int,
}
