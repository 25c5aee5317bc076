"""Rows that can be read only once, kept on disk so that they can be read again."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import shutil
import tempfile
import weakref
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ingest.delimited import Record
from ingest.errors import UnreadableTable

ENDING = ".spool"


class Spool:
    """Records of a source that is no delimited file; the header is the first one."""

    encoding = "utf-8"
    delimiter = ","

    def __init__(self, form: str) -> None:
        """Open an empty one; its file lives as long as the object."""
        self.form = form
        self.notes: dict[int, str] = {}
        self.rows = 0
        self._header: list[str] | None = None
        self.kept: Path | None = None
        # newline="": the csv module writes and reads line ends itself
        self._file = tempfile.TemporaryFile("w+", encoding="utf-8", newline="")  # noqa: SIM115
        weakref.finalize(self, self._file.close)
        self._writer = csv.writer(self._file, quoting=csv.QUOTE_ALL)

    def __reduce__(self) -> tuple[Any, ...]:
        """Another process reads the file in which the records are kept."""
        if self.kept is None:
            raise TypeError("records that are not kept stay in the process that has them")
        return open_spool, (self.kept,)

    def write_rows(self, rows: Iterable[tuple[int, Sequence[str]]]) -> None:
        """Keep rows with their numbers in the source."""
        for number, cells in rows:
            self.rows += 1
            self._writer.writerow([number, *map(_encodable, cells)])

    def write_objects(
        self, objects: Iterable[tuple[int, Mapping[str, Any]]], names: Sequence[str] = ()
    ) -> None:
        """Keep objects; the header is the names of all of them, as they appear."""
        columns: dict[str, int] = {name: at for at, name in enumerate(names)}
        for number, item in objects:
            cells = [""] * len(columns)
            for name, value in item.items():
                position = columns.setdefault(name, len(columns))
                if position == len(cells):
                    cells.append("")
                cells[position] = _encodable(value)
            self.rows += 1
            self._writer.writerow([number, *cells])
        self._header = list(columns)

    def records(self) -> Iterator[Record]:
        """Yield the records that are not empty, the header first."""
        width = len(self._header or ())
        if self._header:
            yield 0, self._header
        self._file.flush()
        self._file.seek(0)
        for number, *cells in csv.reader(self._file):
            if any(cell.strip() for cell in cells):
                yield int(number), cells + [""] * (width - len(cells))

    def keep(self, path: Path) -> str:
        """Write the records to a file that :func:`open_spool` reads; return its content's hash.

        The same records give the same file.
        """
        head = {"form": self.form, "header": self._header}
        self._file.flush()
        rows: Any = self._file.buffer  # the bytes below the text
        rows.seek(0)
        with (
            path.open("wb") as raw,
            gzip.GzipFile("", "wb", compresslevel=5, fileobj=raw, mtime=0) as kept,
        ):
            kept.write(json.dumps(head, ensure_ascii=False).encode() + b"\n")
            shutil.copyfileobj(rows, kept, 1 << 20)
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()


def open_spool(path: Path) -> Spool:
    """Read records that were kept.

    Raises:
        UnreadableTable: the file is none, or was damaged.
    """
    try:
        with gzip.open(path, "rb") as kept:
            head = json.loads(kept.readline())
            spool = Spool(str(head["form"]))
            spool._header = head["header"]
            below: Any = spool._file.buffer
            shutil.copyfileobj(kept, below, 1 << 20)
            below.flush()
            spool.kept = path
    except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
        raise UnreadableTable(
            f"{path} does not hold the rows that were kept: {error}. Restore it from a backup."
        ) from error
    return spool


def _encodable(text: str) -> str:
    """Replace lone surrogates, which a JSON file can hold and no encoding can write."""
    return text.encode("utf-8", "replace").decode("utf-8") if not text.isascii() else text
