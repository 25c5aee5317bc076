"""Import tickets and asset registers from delimited tables."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import numpy as np

from index.assets import Asset, AssetMatcher, AssetRegister
from index.catalog import Catalog
from index.embedding import Embedder, embed_missing
from index.home import hash_text
from index.tickets import Outcome, Ticket, put_tickets
from ingest.decimals import Mark, decimal_mark, parse_number
from ingest.errors import UnreadableTable
from ingest.tables import DelimitedTable, Row, read_table
from ingest.ticket_columns import TEXT_FIELDS, known_headers, recognise

_AT_ONCE = 256  # tickets in one transaction
_DATE_FORMATS = (
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%d",
    "%d.%m.%Y %H:%M:%S",
    "%d.%m.%Y %H:%M",
    "%d.%m.%Y",
    "%d/%m/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M",
    "%d/%m/%Y",
    "%m/%d/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M",
    "%m/%d/%Y",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y/%m/%d",
    "%Y年%m月%d日",
)
_PART = re.compile(r"\s*(?:(\d+(?:\.\d+)?)\s*[x×]\s*)?(\S.*?)\s*$")
_TYPES = {
    "corrective": "cm em pm01 corrective breakdown repair störung 故障 维修",
    "preventive": "pm pm02 preventive planned wartung 保养 预防",
    "inspection": "inspection inspektion 点检 检查",
}
_STATUSES = {
    "done": "done closed completed complete resolved comp close teco noco true erledigt 已完成",
    "open": "open new wappr offen 待处理 false",
    "in_progress": "in_progress in progress inprg work in progress in arbeit 处理中",
    "cancelled": "cancelled canceled can storniert 已取消",
}

Progress = Callable[[int, int], None]
"""Called with how many rows are done, of how many."""


@dataclass(frozen=True, slots=True)
class Flagged:
    """A row that is in, with what is odd about it."""

    row: int
    ticket_id: str
    reasons: tuple[str, ...]


@dataclass
class ImportReport:
    """What an import did; the outcomes of the rows add up to ``read``."""

    path: Path
    columns: dict[str, str]
    encoding: str
    delimiter: str
    read: int = 0
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    unresolved_assets: int = 0
    flagged: list[Flagged] = field(default_factory=list)


class TicketImporter:
    """Imports tables into one home."""

    def __init__(self, catalog: Catalog, embedder: Embedder) -> None:
        self._catalog = catalog
        self._embedder = embedder

    def import_file(self, path: Path, system: str, progress: Progress) -> ImportReport:
        """Import a table; rows that are already in and unchanged are left alone.

        ``system`` names where the tickets come from; with the ticket number it is a row's key.

        Raises:
            UnreadableTable: the file cannot be read or no column with text is recognised.
        """
        table, columns = _read(path)
        report = ImportReport(path, columns, table.encoding, table.delimiter, read=len(table.rows))
        matcher = AssetRegister(self._catalog.engine).matcher()
        dates, marks = _date_formats(table, columns), _decimal_marks(table, columns)
        seen: Counter[str] = Counter()
        tickets = [
            _ticket(row, columns, dates, marks, matcher, path, system, seen) for row in table.rows
        ]
        for start in range(0, len(tickets), _AT_ONCE):
            progress(start, len(tickets))
            self._store(tickets[start : start + _AT_ONCE], report)
        progress(len(tickets), len(tickets))
        return report

    def _store(self, tickets: Sequence[Ticket], report: ImportReport) -> None:
        vectors: dict[str, np.ndarray] = {}
        chunks = [ticket.chunk for ticket in tickets]
        for _, _, rows in embed_missing(self._embedder, self._catalog.missing_vectors, chunks):
            vectors.update(rows)
        outcomes = put_tickets(self._catalog, tickets, self._embedder.identity, vectors)
        report.outcomes.update(outcomes)
        for ticket in tickets:
            report.unresolved_assets += ticket.asset_id is None
            if ticket.quality_flags:
                report.flagged.append(
                    Flagged(ticket.source_row, ticket.locator, ticket.quality_flags)
                )


def import_assets(register: AssetRegister, path: Path) -> int:
    """Import an asset register (tag, name, model, serial, class, location, site).

    Raises:
        UnreadableTable: the file cannot be read or has no column of tags.
    """
    table = read_table(path)
    names = {name.casefold().strip(): name for name in table.header}
    tag = next((names[n] for n in ("tag", "asset tag", "asset", "设备编号") if n in names), None)
    if tag is None:
        raise UnreadableTable(
            f"{path} has no column 'tag'; its columns are {', '.join(table.header)}. "
            "Name the column that holds the asset tags 'tag'."
        )

    def cell(row: Row, *wanted: str) -> str:
        return next((row.cells[names[name]] for name in wanted if name in names), "")

    return register.put(
        Asset(
            tag=row.cells[tag],
            name=cell(row, "name", "description"),
            model=cell(row, "model", "type"),
            serial=cell(row, "serial", "serial number"),
            asset_class=cell(row, "class", "asset class"),
            location=cell(row, "location", "functional location"),
            site=cell(row, "site", "plant") or None,
        )
        for row in table.rows
        if row.cells[tag]
    )


def _read(path: Path) -> tuple[DelimitedTable, dict[str, str]]:
    table = read_table(path)
    columns = recognise(table.header)
    text = next((columns[name] for name in TEXT_FIELDS if name in columns), None)
    if text is None:
        raise UnreadableTable(
            f"{path} has no column that can be recognised as the text of a ticket; its columns are "
            f"{', '.join(name or '(empty)' for name in table.header)}. "
            f"Name one of them {known_headers()}."
        )
    if any(row.flags for row in table.rows):
        table = read_table(path, text)
    return table, columns


def _date_formats(table: DelimitedTable, columns: Mapping[str, str]) -> dict[str, list[str]]:
    """Formats that fit every value of a date column, or, where none does, most of them.

    A column is decided as a whole, so that 03/04 and 25/04 are not read in two ways.
    """
    found: dict[str, list[str]] = {}
    for name in ("reported_at", "completed_at"):
        if name in columns:
            values = [row.cells.get(columns[name], "") for row in table.rows]
            filled = [value for value in values if value]
            fits = Counter(f for f in _DATE_FORMATS for v in filled if _parse(v, f) is not None)
            found[name] = sorted(fits, key=lambda f: -fits[f])
    return found


def _decimal_marks(table: DelimitedTable, columns: Mapping[str, str]) -> dict[str, Mark]:
    """The decimal mark of each column of numbers; a column that leaves it open takes the file's."""
    values = {
        name: [row.cells.get(columns[name], "") for row in table.rows]
        for name in ("downtime_min", "labor_h", "cost_total")
        if name in columns
    }
    common = decimal_mark(value for column in values.values() for value in column)
    return {name: decimal_mark(column) or common for name, column in values.items()}


def _parse(value: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(value, form)  # local time of the plant
    except ValueError:
        return None


def _ticket(
    row: Row,
    columns: Mapping[str, str],
    dates: Mapping[str, list[str]],
    marks: Mapping[str, Mark],
    matcher: AssetMatcher,
    path: Path,
    system: str,
    seen: Counter[str],
) -> Ticket:
    flags = list(row.flags)

    def text(name: str) -> str:
        return row.cells.get(columns[name], "") if name in columns else ""

    def date(name: str) -> str | None:
        value = text(name)
        times = (_parse(value, form) for form in dates.get(name, ()))
        time = next((time for time in times if time is not None), None)
        if value and time is None:
            flags.append(f"{columns[name]}: {value!r} is not a date")
        return time.isoformat() if time else None

    def number(name: str) -> float | None:
        value = text(name)
        result = parse_number(value, marks.get(name, ""))
        if value and result is None:
            is_open = parse_number(value, ".") is not None
            what = "may mean two numbers" if is_open else "is not a number"
            flags.append(f"{columns[name]}: {value!r} {what}")
        elif result is not None and result < 0:
            flags.append(f"{columns[name]}: {value!r} is negative")
        return result

    source_id = text("source_id") or hash_text(repr(sorted(row.cells.items())))[:16]
    seen[source_id] += 1
    if seen[source_id] > 1:
        if text("source_id"):
            flags.append(f"the number {source_id!r} occurs {seen[source_id]} times in the file")
        source_id = f"{source_id}#{seen[source_id]}"
    match = matcher.match(text("asset"))
    title = text("title") or text("description")[:80] or text("resolution")[:80]
    if not title:
        flags.append("the row has no text")
    ticket = Ticket(
        source_system=system,
        source_id=source_id,
        source_file=path.name,
        source_row=row.line,
        raw=row.cells,
        asset_raw=text("asset"),
        asset_id=match.asset_id,
        asset_tag=match.tag if match.asset_id is not None else "",
        asset_match=match.score,
        title=title,
        description=text("description"),
        cause=text("cause"),
        resolution=text("resolution"),
        ticket_type=_lookup(_TYPES, text("ticket_type")),
        status=_lookup(_STATUSES, text("status")),
        priority=text("priority"),
        failure_mode=text("failure_mode"),
        alarm_codes=tuple(code for code in re.split(r"[,;\s]+", text("alarm_codes")) if code),
        reported_at=date("reported_at"),
        completed_at=date("completed_at"),
        downtime_min=number("downtime_min"),
        labor_h=number("labor_h"),
        cost_total=number("cost_total"),
        currency=text("currency"),
        parts=tuple(_parts(text("parts"))),
        technician=text("technician"),
        number=source_id if text("source_id") else "",
    )
    if ticket.reported_at and ticket.completed_at and ticket.completed_at < ticket.reported_at:
        flags.append("completed before it was reported")
    return replace(ticket, quality_flags=tuple(flags))


def _parts(text: str) -> Iterable[tuple[str, float]]:
    for piece in re.split(r"[;,，；]", text):
        match = _PART.match(piece) if piece.strip() else None
        if match:
            yield match[2], float(match[1] or 1)


def _lookup(names: Mapping[str, str], value: str) -> str:
    words = value.casefold().replace("_", " ").split()
    for name, synonyms in names.items():
        if value.casefold() in synonyms.split() or any(w in synonyms.split() for w in words):
            return name
    return "unknown"
