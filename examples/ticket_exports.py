"""Ticket exports with the dirt of real ones: ``python examples/ticket_exports.py [OUT]``.

It prints what each file truly holds, as the table of the README, so that an importer can be judged
by it. A row is counted as a reader of the file counts: the line on which a record begins, or the
row of the sheet; the header is row 1 unless lines stand above it. Records of JSON count from 1.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from export_lines import HERE, Truth
from exports_chinese import chinese_csv, chinese_xlsx
from exports_western import maximo, rest, sap, utf16


def write_all(out: Path) -> list[Truth]:
    """Write every export to ``out``; the same source gives the same bytes."""
    out.mkdir(parents=True, exist_ok=True)
    return [write(out) for write in (sap, chinese_csv, chinese_xlsx, maximo, rest, utf16)]


def table(truths: Sequence[Truth]) -> str:
    """The truth as the table of the README."""
    lines = ["| file | rows | tickets | what is wrong (row: what) |", "|---|---|---|---|"]
    for truth in truths:
        wrong = "; ".join(f"{row}: {what}" for row, what in truth.wrong)
        lines.append(f"| `{truth.name}` | {truth.records} | {truth.tickets} | {wrong} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table(write_all(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "build" / "exports")))
