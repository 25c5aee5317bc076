"""Delimited text as records, line by line: the delimiter, and quotes that were never closed."""

from __future__ import annotations

import csv
import re
from collections import Counter, deque
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from ingest.errors import UnreadableTable

Record = tuple[int, list[str]]
"""The line on which a record ends, and its cells."""

_DELIMITERS = ",;\t|，"
_SAMPLE_LINES = 200
_LIMIT = 131_072  # characters of one cell
_SHAPE = ((re.compile(r"\d+"), "9"), (re.compile(r"[^\W\d_]+"), "A"))


class Delimited:
    """A delimited file; :meth:`records` may be read several times."""

    form = "text"

    def __init__(self, path: Path, encoding: str, delimiter: str = "") -> None:
        """Look at the first lines.

        Raises:
            UnreadableTable: the file cannot be opened, or the encoding is not its own.
        """
        self.path = path
        self.encoding = encoding
        self.notes: dict[int, str] = {}
        self.leave_last = False  # the last line is still being written
        try:
            with path.open(encoding=encoding, errors=self._errors, newline="") as file:
                sample = list(islice(file, _SAMPLE_LINES))
        except (LookupError, UnicodeError) as error:
            raise UnreadableTable(
                f"{path} is not written in {encoding}: {error}. Name its encoding with --encoding."
            ) from error
        self.delimiter = delimiter or find_delimiter(sample)

    @property
    def _errors(self) -> str:
        return "replace" if self.encoding in ("cp1252", "utf-8-sig", "utf-16") else "strict"

    def records(self) -> Iterator[Record]:
        """Yield the records that are not empty.

        Raises:
            UnreadableTable: a cell has no end, or the encoding fails on the way.
        """
        try:
            with self.path.open(encoding=self.encoding, errors=self._errors, newline="") as file:
                yield from _Records(file, self).read()
        except UnicodeError as error:
            raise UnreadableTable(
                f"{self.path} is not written in {self.encoding}: {error}. "
                "Name its encoding with --encoding."
            ) from error


class _Records:
    """Cuts lines into records and takes back the lines that an open quote swallowed."""

    def __init__(self, lines: Iterator[str], table: Delimited) -> None:
        self._lines = lines
        self._table = table
        self._delimiter = table.delimiter
        self._again: deque[str] = deque()
        self._taken: list[str] = []
        self._line = 0  # of the file, the last one that was given to the reader
        self._width = 0
        self._shape = ""

    def _feed(self) -> Iterator[str]:
        while True:
            line = self._again.popleft() if self._again else next(self._lines, None)
            if line is None or (self._table.leave_last and not line.endswith(("\n", "\r"))):
                return
            self._line += 1
            self._taken.append(line)
            yield line

    def read(self) -> Iterator[Record]:
        while True:
            try:
                for cells in csv.reader(self._feed(), delimiter=self._delimiter):
                    taken = self._taken
                    if len(taken) > 1 and self._is_swallowed(taken, cells):
                        yield self._recover()
                    elif any(cells) and any(cell.strip() for cell in cells):
                        self._width = self._width or len(cells)
                        yield self._line, cells
                    taken.clear()
                return
            except csv.Error as error:  # the reader cannot go on; a new one can
                if not self._is_swallowed(self._taken, []):
                    raise UnreadableTable(
                        f"{self._table.path}, line {self._line}: {error}. "
                        "Export the table again as CSV."
                    ) from error
                yield self._recover()
                self._taken.clear()

    def _is_swallowed(self, taken: list[str], cells: list[str]) -> bool:
        """Whether the lines inside a cell are rows of the table."""
        inner = [self._plain(line) for line in taken[1:]]
        first = self._plain(taken[0])
        rows = [row for row in inner if len(row) == self._width]
        if self._width < 2 or not rows or 2 * len(rows) < len(inner):
            return False
        if len(cells) != self._width:
            return True
        alike = [row for row in rows if shape(row[0]) == shape(first[0]) != ""]
        # A record of the right width may be meant: then every line in it has to be a row.
        return len(alike) >= max(2, len(inner) - 1)

    def _recover(self) -> Record:
        """Read the first line with its quote as a plain character, the others anew."""
        first, *others = self._taken
        self._again.extendleft(reversed(others))
        self._line -= len(others)
        self._table.notes[self._line] = "a quote is not closed; the row was read without it"
        cells = self._plain(first)
        return self._line, [cell.removeprefix('"') for cell in cells]

    def _plain(self, line: str) -> list[str]:
        reader = csv.reader([line.rstrip("\r\n")], delimiter=self._delimiter)
        try:
            cells = next(reader, [])
        except csv.Error:
            cells = []
        if len(cells) == self._width:
            return cells
        return line.rstrip("\r\n").split(self._delimiter)


def shape(text: str) -> str:
    """The form of a text: "WO-0042" and "WO-7" are both "A-9"."""
    for pattern, letter in _SHAPE:
        text = pattern.sub(letter, text.strip())
    return text


def find_delimiter(lines: list[str]) -> str:
    """The delimiter that cuts most lines into the same number of cells, at least two."""

    def agreement(delimiter: str) -> tuple[float, int]:
        try:
            counts = [len(cells) for cells in csv.reader(lines, delimiter=delimiter) if cells]
        except csv.Error:
            counts = [line.count(delimiter) + 1 for line in lines]
        usual = Counter(count for count in counts if count > 1).most_common(1)
        if not usual:
            return 0.0, 0
        width, times = usual[0]
        return times / len(counts), width

    best = max(_DELIMITERS, key=agreement)
    return best if agreement(best)[1] else ","
