"""What was understood of a table before anything is stored: columns, dates, numbers, units.

The table is read once from end to end, so that a column is decided by all of its values.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from collections.abc import Mapping as Names
from dataclasses import asdict, dataclass, field, replace
from itertools import islice
from typing import Any, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ingest.column_kinds import ColumnKinds
from ingest.date_columns import DateSurvey, common_order
from ingest.dates import ORDERS, DateOrder
from ingest.decimals import Mark, NumberSurvey
from ingest.durations import SECONDS, Unit, unit_in_header
from ingest.errors import UnreadableTable
from ingest.tables import Source, Table
from ingest.ticket_columns import (
    DATE_FIELDS,
    DURATION_FIELDS,
    NUMBER_FIELDS,
    TEXT_FIELDS,
    known_headers,
)
from ingest.ticket_mapping import Rule, TicketMapping

_SAMPLES = 20
_STATED = ("encoding", "delimiter", "date_order", "sheet", "timezone")


@dataclass(frozen=True, slots=True)
class Options:
    """What a person says about a table; what is empty is found out.

    ``site`` is that of tickets whose row and asset name none; ``groups`` are who of a site sees
    them, everybody where there are none.
    """

    mapping: TicketMapping = field(default_factory=TicketMapping)
    encoding: str = ""
    delimiter: str = ""
    date_order: str = ""
    sheet: str = ""
    timezone: str = ""
    site: str = ""
    groups: tuple[str, ...] = ()

    def packed(self) -> dict[str, object]:
        """What :func:`unpack_options` turns into the same options; fit for JSON."""
        packed = asdict(self)
        for name in ("site", "groups"):  # an import without them is told as it always was
            if not packed[name]:
                del packed[name]
        return packed


def unpack_options(packed: Names[str, Any]) -> Options:
    """The options that were packed; names that are none of theirs are left alone."""
    known = {name: str(packed.get(name, "")) for name in _STATED}
    mapping = dict(packed.get("mapping") or {})
    mapping["rules"] = tuple(
        Rule(rule["column"], tuple(rule["is_"]), rule["field"], rule["to"])
        for rule in mapping.get("rules", ())
    )
    mapping["fill_down"] = tuple(mapping.get("fill_down", ()))
    columns = {name: tuple(wanted) for name, wanted in mapping.get("columns", {}).items()}
    return Options(
        TicketMapping(**{**mapping, "columns": columns}),
        **known,
        site=str(packed.get("site") or ""),
        groups=tuple(packed.get("groups") or ()),
    )


@dataclass
class Plan:
    """How a table will be read. ``columns`` are those of the fields, ``notes`` what was assumed.

    ``site`` and ``groups`` are those of :class:`Options`.
    """

    table: Table
    mapping: TicketMapping
    columns: dict[str, str]
    rows: int = 0
    orders: dict[str, DateOrder] = field(default_factory=dict)
    marks: dict[str, Mark] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    zone: ZoneInfo | None = None
    notes: list[str] = field(default_factory=list)
    samples: list[list[str]] = field(default_factory=list)
    kinds: ColumnKinds | None = None
    site: str = ""
    groups: tuple[str, ...] = ()

    def position(self, name: str) -> int | None:
        """The place of a field's column; None where it has none."""
        column = self.columns.get(name)
        return self.table.header.index(column) if column is not None else None

    @property
    def unused(self) -> list[str]:
        """Columns that no field was found for; they are kept with the row."""
        taken = set(self.columns.values()) | {rule.column for rule in self.mapping.rules}
        return [name for name in self.table.header if name and name not in taken]

    def as_mapping(self, system: str) -> TicketMapping:
        """A mapping that reads the same table in the same way."""
        source = self.table.source
        return replace(
            self.mapping,
            system=system,
            encoding=source.encoding,
            delimiter="" if source.delimiter == "," else source.delimiter,
            timezone=self.zone.key if self.zone else "",
            columns={name: (column,) for name, column in self.columns.items()},
            units=dict(self.units),
            dates=dict(self.orders),
            decimals={name: mark for name, mark in self.marks.items() if mark},
        )


def plan_import(source: Source, name: str, options: Options) -> Plan:
    """Look at a whole table and decide how to read it.

    Raises:
        UnreadableTable: there is no header, no row, no column of text, or dates whose day and month
            cannot be told apart.
    """
    mapping = options.mapping
    table = Table(source, name, lambda cells: len(mapping.resolve(cells)))
    columns = mapping.resolve(table.header)
    texts = [columns[one] for one in TEXT_FIELDS if one in columns]
    if not texts:
        raise UnreadableTable(
            f"{name} has no column that can be recognised as the text of a ticket; its columns are "
            f"{', '.join(column or '(empty)' for column in table.header)}. "
            f"Name one of them {known_headers()}, or say with --mapping which column is what."
        )
    plan = Plan(table, mapping, columns, zone=_zone(options.timezone or mapping.timezone))
    plan.site, plan.groups = options.site, options.groups
    missing = [one for one in mapping.columns if one not in columns]
    if mapping.columns and missing:
        plan.notes.append(f"no column for {', '.join(missing)}")
    _survey(plan, options, [table.header.index(column) for column in texts])
    return plan


def _survey(plan: Plan, options: Options, texts: Sequence[int]) -> None:
    header = plan.table.header
    dates = {f: DateSurvey() for f in DATE_FIELDS if f in plan.columns}
    numbers = {f: NumberSurvey() for f in (*DURATION_FIELDS, *NUMBER_FIELDS) if f in plan.columns}
    looked_at: list[tuple[int, Callable[[str], None]]] = [
        *((header.index(plan.columns[name]), survey.add) for name, survey in dates.items()),
        *((header.index(plan.columns[name]), survey.add) for name, survey in numbers.items()),
    ]
    kinds = ColumnKinds(len(header), texts, plan.table.source.delimiter)
    rows = plan.table.rows()
    for line in islice(rows, 5_000):
        kinds.add(line.cells)
        plan.rows += 1
        if len(plan.samples) < _SAMPLES:
            plan.samples.append(line.cells)
        for at, add in looked_at:
            if value := line.cells[at]:
                add(value)
    for line in rows:
        plan.rows += 1
        for at, add in looked_at:
            if value := line.cells[at]:
                add(value)
    if not plan.rows:
        raise UnreadableTable(
            f"{plan.table.name} has a header and no rows. Export the table again."
        )
    kinds.decide()
    plan.kinds = kinds
    _decide_dates(plan, dates, options.date_order)
    _decide_numbers(plan, numbers)


def _decide_dates(plan: Plan, surveys: Names[str, DateSurvey], stated: str) -> None:
    found = {name: survey.order() for name, survey in surveys.items()}
    shared = common_order(found.values())
    for name, survey in surveys.items():
        own = plan.mapping.dates.get(name, plan.mapping.dates.get("all", ""))
        order = found[name]
        if stated or own:
            order = _order(stated or own, plan.table.name)
            if order in ("dmy", "mdy", "ymd") and found[name] == "excel1900":
                order = "excel1900"  # a column of serial dates has no order of day and month
        elif order is None and shared is not None:
            order = shared
        if order is None:
            raise UnreadableTable(
                f"{plan.table.name}: the dates of {plan.columns[name]!r}, such as "
                f"{survey.example()!r}, may have the day or the month first, and no value tells "
                "which. Say it with --date-order dmy or --date-order mdy."
            )
        plan.orders[name] = order


def _order(text: str, name: str) -> DateOrder:
    if text not in ORDERS:
        raise UnreadableTable(
            f"{name}: {text!r} is no order of dates. Use one of {', '.join(ORDERS)}."
        )
    return text


def _decide_numbers(plan: Plan, surveys: Names[str, NumberSurvey]) -> None:
    common = NumberSurvey.common(surveys.values())
    for name, survey in surveys.items():
        own = plan.mapping.decimals.get(name, plan.mapping.decimals.get("all", ""))
        plan.marks[name] = "," if own == "," else "." if own == "." else survey.mark() or common
    for name, default in DURATION_FIELDS.items():
        if name not in plan.columns:
            continue
        column = plan.columns[name]
        unit = plan.mapping.units.get(name) or unit_in_header(column)
        if unit is None and any(survey.has_numbers for f, survey in surveys.items() if f == name):
            unit = default
            meant = {"min": "minutes", "h": "hours"}[default]
            plan.notes.append(f"{column!r} is taken as {meant}; a mapping can say another unit")
        plan.units[name] = _unit(unit or default, plan.table.name)


def _unit(text: str, name: str) -> Unit:
    if text not in SECONDS:
        raise UnreadableTable(
            f"{name}: {text!r} is no unit of durations. Use one of {', '.join(get_args(Unit))}."
        )
    return text


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise UnreadableTable(
            f"There is no time zone {name!r}. Name one such as Europe/Berlin or Asia/Shanghai."
        ) from error
