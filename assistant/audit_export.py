"""Rows of the audit log as the lines of a file (pure)."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Literal

from assistant.audit import FIELDS, AuditRow
from assistant.export import guard

AuditForm = Literal["jsonl", "csv"]


def lines(rows: Iterable[AuditRow], form: AuditForm) -> Iterator[str]:
    """Return one line a row, CSV with its header first; line breaks are part of the lines.

    Texts that a spreadsheet would take for a formula are quoted in CSV. Only JSON lines hold what
    the hashes were made of, byte for byte.
    """
    return _json_lines(rows) if form == "jsonl" else _csv_lines(rows)


def _json_lines(rows: Iterable[AuditRow]) -> Iterator[str]:
    for row in rows:
        shape = {**asdict(row), "details": json.loads(row.details)}
        yield json.dumps(shape, ensure_ascii=False) + "\n"


def _csv_lines(rows: Iterable[AuditRow]) -> Iterator[str]:
    yield _csv_line(FIELDS)
    for row in rows:
        yield _csv_line([guard(str(getattr(row, name))) for name in FIELDS])


def _csv_line(cells: Iterable[str]) -> str:
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerow(cells)
    return buffer.getvalue()
