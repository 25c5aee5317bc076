"""Tickets from workbooks: XLSX, XLSM, XLSB, XLS and ODS."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from ingest.errors import UnreadableTable
from ingest.spool import Spool

_MOST_BYTES = 1 << 30  # of an unpacked workbook


def read_sheet(path: Path, sheet: str = "") -> Spool:
    """Read one sheet: the named one, else the first that has rows below a header.

    Raises:
        UnreadableTable: the workbook is damaged, protected or too large, or has no such sheet.
    """
    import python_calamine  # heavy: a workbook is rare

    _check_size(path)
    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        names = book.sheet_names
        if sheet and sheet not in names:
            raise UnreadableTable(
                f"{path} has no sheet {sheet!r}; its sheets are {', '.join(names)}. "
                "Name one of them with --sheet."
            )
        for name in [sheet] if sheet else names:
            found = book.get_sheet_by_name(name)
            if sheet or found.height > 1 or name == names[-1]:
                top = found.start[0] if found.start else 0
                spool = Spool(f"sheet {name!r}")
                rows = found.iter_rows()
                spool.write_rows(
                    (number, _texts(row)) for number, row in enumerate(rows, start=_first(top))
                )
                return spool
    except UnreadableTable:
        raise
    # The library raises its own errors and, for damaged archives, others without a common base.
    except Exception as error:
        raise UnreadableTable(
            f"{path} cannot be read as a workbook: {error}. "
            "Open it, remove a password if it has one, and save it again as XLSX."
        ) from error
    raise UnreadableTable(f"{path} has no sheet. Save it again as XLSX.")


def _first(top: int) -> int:
    return top + 1


def _check_size(path: Path) -> None:
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        size = sum(item.file_size for item in archive.infolist())
    if size > _MOST_BYTES:
        raise UnreadableTable(
            f"{path} unpacks to {size >> 20} MiB, more than a workbook may have "
            f"({_MOST_BYTES >> 20} MiB). Export the table as CSV."
        )


def _texts(row: Sequence[Any]) -> list[str]:
    return [_text(value) for value in row]


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d" if value.time() == time() else "%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.strftime("%H:%M:%S")
    if isinstance(value, timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}"
    return str(value)
