"""The JSON that the commands for tickets print with ``--json``.

Shapes are stable: fields are added, not renamed or removed.
"""

from __future__ import annotations

import re

from index.facts.exclusions import Exclusion
from ingest.ticket_plan import Plan
from ingest.ticket_sources import TicketSource
from ingest.ticket_sync import Synced
from ingest.tickets import ImportReport
from ui.schemas import Schema


class ExclusionOut(Schema):
    """A ticket that no figure counts, and why; ``number`` is empty where the ticket is gone."""

    uid: str
    number: str
    asset: str
    title: str
    reason: str
    by: str
    at: str

    @classmethod
    def of(cls, exclusion: Exclusion) -> ExclusionOut:
        """The shape of an exclusion."""
        return cls(
            uid=exclusion.uid,
            number=exclusion.number,
            asset=exclusion.asset,
            title=exclusion.title,
            reason=exclusion.reason,
            by=exclusion.by,
            at=exclusion.at,
        )


class FlaggedOut(Schema):
    """A ticket row that is in, with what is odd about it; ``row`` is its line in the file."""

    row: int
    ticket_id: str
    reasons: tuple[str, ...]


class SkippedOut(Schema):
    """A record of the table that is no ticket: a repeated header, a total, a footer."""

    row: int
    reason: str


class ImportOut(Schema):
    """The result of ``tickets import``; imported, updated, unchanged and outdated make ``read``.

    ``outdated`` rows were changed before what is stored. ``flagged`` and ``skipped`` name 10,000
    rows at most; ``flagged_rows`` and ``skipped_rows`` count them all. ``joined`` counts tickets
    whose long text stood on several rows, ``duplicates`` the tickets newly linked to another that
    reports the same event, ``waiting`` those of the home that search by meaning does not find yet.
    """

    path: str
    batch: str
    form: str
    encoding: str
    delimiter: str
    columns: dict[str, str]
    notes: tuple[str, ...]
    read: int
    imported: int
    updated: int
    unchanged: int
    outdated: int
    unresolved_assets: int
    duplicates: int
    waiting: int
    joined: int
    flagged_rows: int
    flagged: tuple[FlaggedOut, ...]
    skipped_rows: int
    skipped: tuple[SkippedOut, ...]
    seconds: float

    @classmethod
    def of(cls, report: ImportReport) -> ImportOut:
        """The shape of an import."""
        return cls(
            path=str(report.path),
            batch=report.batch,
            form=report.form,
            encoding=report.encoding,
            delimiter=report.delimiter,
            columns=report.columns,
            notes=report.notes,
            read=report.read,
            imported=report.outcomes["imported"],
            updated=report.outcomes["updated"],
            unchanged=report.outcomes["unchanged"],
            outdated=report.outcomes["outdated"],
            unresolved_assets=report.unresolved_assets,
            duplicates=report.duplicates,
            waiting=report.waiting,
            joined=report.joined,
            flagged_rows=report.flagged_rows,
            flagged=tuple(
                FlaggedOut(row=f.row, ticket_id=f.ticket_id, reasons=f.reasons)
                for f in report.flagged
            ),
            skipped_rows=report.skipped_rows,
            skipped=tuple(SkippedOut(row=row, reason=why) for row, why in report.skipped),
            seconds=round(report.seconds, 3),
        )


class ColumnOut(Schema):
    """How a column is read; ``samples`` are values as they stand in the table."""

    field: str
    column: str
    reading: str
    samples: tuple[str, ...]


class PreviewOut(Schema):
    """The result of ``tickets import --preview``: what was understood; nothing is stored."""

    path: str
    form: str
    encoding: str
    delimiter: str
    rows: int
    columns: tuple[ColumnOut, ...]
    unused: tuple[str, ...]
    notes: tuple[str, ...]

    @classmethod
    def of(cls, plan: Plan) -> PreviewOut:
        """The shape of a plan."""
        header = plan.table.header
        source = plan.table.source
        return cls(
            path=plan.table.name,
            form=source.form,
            encoding=source.encoding,
            delimiter=source.delimiter,
            rows=plan.rows,
            columns=tuple(
                ColumnOut(
                    field=name,
                    column=column,
                    reading=_reading(plan, name),
                    samples=_samples(plan, header.index(column)),
                )
                for name, column in plan.columns.items()
            ),
            unused=tuple(plan.unused),
            notes=tuple(plan.notes),
        )


def _samples(plan: Plan, at: int) -> tuple[str, ...]:
    cells = dict.fromkeys(row[at] for row in plan.samples if at < len(row) and row[at])
    return tuple(cells)[:3]


def _reading(plan: Plan, name: str) -> str:
    orders = {"dmy": "date, day first", "mdy": "date, month first", "ymd": "date, year first"}
    parts = []
    if name in plan.orders:
        order = plan.orders[name]
        parts.append(orders.get(order, f"days since {order[-4:]}"))
    if name in plan.units:
        parts.append(f"duration in {plan.units[name]}")
    if name in plan.marks:
        mark = {",": "decimal comma", ".": "decimal point"}.get(plan.marks[name], "whole numbers")
        parts.append(mark)
    return ", ".join(parts) or "text"


class SourceOut(Schema):
    """A source of ``tickets sources list``; ``last_error`` is empty where the last try worked."""

    name: str
    kind: str
    location: str
    system: str
    last_at: str | None
    last_error: str

    @staticmethod
    def shown(location: str) -> str:
        """A location without the password in it."""
        return re.sub(r"(://[^:/@]+):[^@]*@", r"\1:***@", location)

    @classmethod
    def of(cls, source: TicketSource) -> SourceOut:
        """The shape of a source."""
        return cls(
            name=source.name,
            kind=source.kind,
            location=cls.shown(source.location),
            system=source.options.system or source.name,
            last_at=source.last_at,
            last_error=source.last_error,
        )


class SyncOut(Schema):
    """The result of ``tickets sync``; ``error`` is empty where all of it worked."""

    name: str
    error: str
    imports: tuple[ImportOut, ...]

    @classmethod
    def of(cls, synced: Synced) -> SyncOut:
        """The shape of a pass."""
        return cls(
            name=synced.name,
            error=synced.error,
            imports=tuple(ImportOut.of(report) for report in synced.reports),
        )
