"""Rows that can be read only once, kept on disk so that they can be read twice."""

from __future__ import annotations

import csv
import tempfile
import weakref
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ingest.delimited import Record


class Spool:
    """Records of a source that is no delimited file; the header is the first one."""

    encoding = "utf-8"
    delimiter = ","

    def __init__(self, form: str) -> None:
        """Open an empty one; it lives as long as the object."""
        self.form = form
        self.notes: dict[int, str] = {}
        self.rows = 0
        self._header: list[str] | None = None
        # newline="": the csv module writes and reads line ends itself
        self._file = tempfile.TemporaryFile("w+", encoding="utf-8", newline="")  # noqa: SIM115
        weakref.finalize(self, self._file.close)
        self._writer = csv.writer(self._file, quoting=csv.QUOTE_ALL)

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


def _encodable(text: str) -> str:
    """Replace lone surrogates, which a JSON file can hold and no encoding can write."""
    return text.encode("utf-8", "replace").decode("utf-8") if not text.isascii() else text
