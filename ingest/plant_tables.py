"""Read the plant's tables: the plan of maintenance, meter readings, spare parts.

A file is read wholly or not at all: what cannot be understood is an error that names its line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from index.codes import fold
from ingest.date_columns import DateReader, DateSurvey
from ingest.decimals import NumberSurvey, parse_number
from ingest.errors import UnreadablePlant, UnreadableTable
from ingest.tables import DelimitedTable, Row, read_table

_WORDS: dict[str, tuple[str, ...]] = {
    "number": ("number", "plan", "plan number", "wartungsplan", "计划编号", "编号"),
    "asset": (
        "asset",
        "asset tag",
        "equipment",
        "machine",
        "anlage",
        "maschine",
        "设备编号",
        "设备",
    ),
    "title": ("title", "text", "description", "titel", "标题", "内容"),
    "team": ("team", "crew", "班组"),
    "due": ("due", "due date", "due on", "fällig", "termin", "计划日期", "应完成日期"),
    "done": ("done", "done on", "completed", "erledigt", "完成日期"),
    "interval_d": ("interval d", "interval days", "interval", "intervall", "周期"),
    "tolerance_d": ("tolerance d", "tolerance days", "tolerance", "toleranz", "允差"),
    "est_labor_h": ("est labor h", "estimated hours", "planned hours", "计划工时"),
    "site": ("site", "plant", "werk", "工厂", "厂区"),
    "read_at": ("read at", "date", "time", "abgelesen", "datum", "抄表时间", "日期"),
    "hours": ("hours", "operating hours", "betriebsstunden", "运行小时"),
    "part_no": ("part no", "part number", "part", "teilenummer", "备件编号", "备件号"),
    "name": ("name", "description", "bezeichnung", "名称"),
    "category": ("category", "kategorie", "warengruppe", "类别", "分类"),
    "unit": ("unit", "einheit", "单位"),
    "stock": ("stock", "on hand", "bestand", "库存"),
    "least_stock": (
        "least stock",
        "minimum",
        "min stock",
        "mindestbestand",
        "最低库存",
        "安全库存",
    ),
    "lead_time_d": ("lead time d", "lead time", "lieferzeit", "交货期", "采购周期"),
    "price": ("price", "unit price", "preis", "单价", "价格"),
    "currency": ("currency", "währung", "币种"),
}
_HEADERS = {field: tuple(map(fold, names)) for field, names in _WORDS.items()}


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A piece of planned work; days are ``YYYY-MM-DD``."""

    number: str
    asset: str
    due: str
    done: str | None = None
    title: str = ""
    team: str = ""
    site: str = ""
    interval_d: float | None = None
    tolerance_d: float | None = None
    est_labor_h: float | None = None


@dataclass(frozen=True, slots=True)
class MeterRow:
    """What a meter of operating hours showed; a time without a zone is that of the asset's site."""

    asset: str
    read_at: datetime
    hours: float


@dataclass(frozen=True, slots=True)
class PartRow:
    """A spare part in store."""

    part_no: str
    name: str = ""
    category: str = ""
    unit: str = ""
    stock: float | None = None
    least_stock: float | None = None
    lead_time_d: float | None = None
    price: float | None = None
    currency: str = ""


def read_plan(path: Path, name: str) -> list[PlanRow]:
    """Read planned work; ``name`` is what messages call the file.

    Raises:
        UnreadablePlant: something in it cannot be understood.
    """
    table = _Cells(path, name, ("number", "asset", "due"))
    days = {field: table.days(field) for field in ("due", "done")}
    rows = []
    for row in table.rows:
        due = table.day(row, "due", days["due"])
        if due is None:
            raise table.error(row, "due", "is empty; write the day on which the work is due")
        interval = table.number(row, "interval_d")
        if interval is not None and interval != int(interval):
            raise table.error(row, "interval_d", "is no whole number of days")
        rows.append(
            PlanRow(
                number=table.needed(row, "number"),
                asset=table.text(row, "asset"),
                due=due,
                done=table.day(row, "done", days["done"]),
                title=table.text(row, "title"),
                team=table.text(row, "team"),
                site=table.text(row, "site"),
                interval_d=interval,
                tolerance_d=table.number(row, "tolerance_d"),
                est_labor_h=table.number(row, "est_labor_h"),
            )
        )
    return rows


def read_meters(path: Path, name: str) -> list[MeterRow]:
    """Read meters of operating hours, as :func:`read_plan` does."""
    table = _Cells(path, name, ("asset", "read_at", "hours"))
    reader = table.days("read_at")
    rows = []
    for row in table.rows:
        hours = table.number(row, "hours")
        if hours is None:
            raise table.error(row, "hours", "is empty; write what the meter showed")
        rows.append(MeterRow(table.needed(row, "asset"), table.moment(row, reader), hours))
    return rows


def read_parts(path: Path, name: str) -> list[PartRow]:
    """Read spare parts, as :func:`read_plan` does."""
    table = _Cells(path, name, ("part_no",))
    rows: dict[str, PartRow] = {}
    for row in table.rows:
        part_no = table.needed(row, "part_no")
        if part_no in rows:
            raise table.error(row, "part_no", f"{part_no!r} stands there twice; keep one row")
        rows[part_no] = PartRow(
            part_no=part_no,
            name=table.text(row, "name"),
            category=table.text(row, "category"),
            unit=table.text(row, "unit"),
            stock=table.number(row, "stock"),
            least_stock=table.number(row, "least_stock"),
            lead_time_d=table.number(row, "lead_time_d"),
            price=table.number(row, "price"),
            currency=table.text(row, "currency").upper(),
        )
    return list(rows.values())


def recognise_table(path: Path) -> str:
    """Which of the plant's tables a file is: planned_work.csv, meters.csv or parts.csv.

    Raises:
        UnreadablePlant: it is none of them.
    """
    header = _read(path, str(path)).header
    found = _columns(header)
    for name, columns in KINDS.items():
        if set(columns) <= found.keys():
            return name
    told = "; ".join(f"{name} has {', '.join(columns)}" for name, columns in KINDS.items())
    raise UnreadablePlant(
        f"{path}, line 1: its columns are {', '.join(header)}, which are those of no table of the "
        f"plant. Name them so: {told}."
    )


KINDS: Mapping[str, Sequence[str]] = {
    "planned_work.csv": ("number", "asset", "due"),
    "meters.csv": ("asset", "read_at", "hours"),
    "parts.csv": ("part_no",),
}
"""The tables by the names of their files, with the columns that each must have."""
READERS: Mapping[str, Callable[[Path, str], Sequence[PlanRow | MeterRow | PartRow]]] = {
    "planned_work.csv": read_plan,
    "meters.csv": read_meters,
    "parts.csv": read_parts,
}


def _read(path: Path, name: str) -> DelimitedTable:
    try:
        return read_table(path)
    except UnreadableTable as error:
        raise UnreadablePlant(str(error).replace(str(path), name)) from error


def _columns(header: Sequence[str]) -> dict[str, str]:
    free = {fold(name): name for name in reversed(header) if name}
    columns: dict[str, str] = {}
    for field, names in _HEADERS.items():
        known = next((free[name] for name in names if name in free), None)
        if known is not None:
            columns[field] = known
    return columns


class _Cells:
    """The rows of a table by field, with errors that say where something stands."""

    def __init__(self, path: Path, name: str, needed: Sequence[str]) -> None:
        table = _read(path, name)
        self._name = name
        self._at = _columns(table.header)
        self.rows = table.rows
        if missing := [field for field in needed if field not in self._at]:
            raise UnreadablePlant(
                f"{name}, line 1: the column {missing[0]!r} is missing; the columns are "
                f"{', '.join(table.header)}. Name it so."
            )
        for row in table.rows:
            if row.flags:
                raise UnreadablePlant(
                    f"{name}, line {row.line}: {row.flags[0]}. Put a text that holds a comma "
                    "between quotation marks."
                )
        self._marks = {field: self._mark(field) for field in self._at}

    def _mark(self, field: str) -> str:
        survey = NumberSurvey()
        for row in self.rows:
            survey.add(self.text(row, field))
        return survey.mark()

    def error(self, row: Row, field: str, told: str) -> UnreadablePlant:
        column = self._at.get(field, field)
        return UnreadablePlant(f"{self._name}, line {row.line}, column {column!r}: {told}.")

    def text(self, row: Row, field: str) -> str:
        return row.cells[self._at[field]].strip() if field in self._at else ""

    def needed(self, row: Row, field: str) -> str:
        text = self.text(row, field)
        if not text:
            raise self.error(row, field, "is empty; fill it in, or delete the row")
        return text

    def number(self, row: Row, field: str) -> float | None:
        text = self.text(row, field)
        if not text:
            return None
        found = parse_number(text, self._marks[field])  # type: ignore[arg-type]
        if found is None or found < 0:
            raise self.error(row, field, f"{text!r} is no number from 0 on; write one such as 12.5")
        return found

    def days(self, field: str) -> DateReader:
        """The reader of a column of dates, all of which are written in one order."""
        survey = DateSurvey()
        for row in self.rows:
            if text := self.text(row, field):
                survey.add(text)
        order = survey.order()
        if order is None:
            raise UnreadablePlant(
                f"{self._name}, column {self._at[field]!r}: {survey.example()!r} may mean two "
                "days. Write days as 2026-03-05."
            )
        return DateReader(order, None)

    def day(self, row: Row, field: str, reader: DateReader) -> str | None:
        text = self.text(row, field)
        if not text:
            return None
        found = reader.read(text)
        if found.iso is None:
            raise self.error(row, field, f"{text!r} is no day; write one such as 2026-03-05")
        return found.iso[:10]

    def moment(self, row: Row, reader: DateReader) -> datetime:
        text = self.needed(row, "read_at")
        try:
            stated = datetime.fromisoformat(text)
        except ValueError:
            stated = None
        if stated is not None and stated.tzinfo is not None:
            return stated
        found = reader.read(text)
        if found.iso is None:
            raise self.error(row, "read_at", f"{text!r} is no time; write 2026-03-05 14:00")
        return datetime.fromisoformat(found.iso)
