"""Open a file of tickets in any of the forms that exports come in."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ingest.delimited import Delimited
from ingest.json_tables import read_json
from ingest.sheets import read_sheet
from ingest.spool import ENDING, open_spool
from ingest.tables import Source, check_file
from ingest.text_encoding import find_encoding

WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
ENDINGS = (".csv", ".tsv", ".txt", ".json", ".jsonl", ".ndjson", *WORKBOOKS)
_OLE = b"\xd0\xcf\x11\xe0"  # the container of XLS


def open_source(path: Path, encoding: str = "", delimiter: str = "", sheet: str = "") -> Source:
    """Open a file by its ending and, as exports lie about theirs, by its first bytes.

    Raises:
        UnreadableTable: the file cannot be opened, is empty or is not what it looks like.
    """
    check_file(path)
    if path.suffix == ENDING:
        return open_spool(path)
    with path.open("rb") as file:
        head = file.read(1 << 12)
    ending = path.suffix.lower()
    is_workbook = head.startswith(_OLE) or zipfile.is_zipfile(path)
    # A text that calls itself XLS is a common export.
    if is_workbook or (ending in WORKBOOKS and ending != ".xls"):
        return read_sheet(path, sheet)
    if ending in (".json", ".jsonl", ".ndjson") or _is_json(head):
        return read_json(path)
    found = encoding or find_encoding(path)
    if not delimiter and ending == ".tsv":
        delimiter = "\t"
    return Delimited(path, found, "\t" if delimiter.casefold() in ("tab", "\\t") else delimiter)


def open_kept(path: Path, told: Mapping[str, Any]) -> Source:
    """Open a table that was kept, as the options of its intake say.

    Raises:
        UnreadableTable: the file is damaged or gone.
    """
    mapping = told.get("mapping") or {}
    encoding, delimiter, sheet = (
        str(told.get(name) or mapping.get(name) or "")
        for name in ("encoding", "delimiter", "sheet")
    )
    source = open_source(path, encoding, delimiter, sheet)
    if isinstance(source, Delimited):
        source.leave_last = bool(told.get("leave_last"))
    return source


def _is_json(head: bytes) -> bool:
    plain = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if plain[:1] == b"{":
        return plain[1:].lstrip()[:1] in (b'"', b"}")
    return plain[:1] == b"[" and plain[1:].lstrip()[:1] in (b"{", b"]")
