"""Tables: the header, rows with the wrong number of cells, rows that are no rows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import NamedTuple, Protocol

from ingest.delimited import Delimited, Record
from ingest.errors import UnreadableTable
from ingest.text_encoding import find_encoding

_HEADER_WITHIN = 25  # records
_LETTER = re.compile(r"[^\W\d_]")
_DIRT = re.compile(r"_x000[dD]_|\r\n?")
_TOTAL = re.compile(
    r"(?:(?:grand|sub) ?)?(?:total|sum|summe|gesamt(?:summe)?|合计|总计|小计)s?"
    r"(?:\s*[:：=].*|\s+\d.*|)"
    r"|(?:page|seite)\s+\d+.*|第\s*\d+\s*页.*|共\s*\d+\s*[条行].*|\d+\s+(?:rows?|records?|zeilen|条记录)"
    r"|(?:end of (?:report|list|file)|ende der liste).*"
    r"|(?:printed|exported|generated|created|gedruckt|erstellt) (?:on|by|at|am|von)\b.*",
    re.IGNORECASE,
)


class Source(Protocol):
    """Records that can be read several times; ``notes`` say by line how one was mended."""

    form: str
    encoding: str
    delimiter: str
    notes: dict[int, str]

    def records(self) -> Iterator[Record]:
        """Yield the records that are not empty."""
        ...


class Line(NamedTuple):
    """A row: its line of the source, its cells cleaned (one a column) and as they stand there."""

    number: int
    cells: list[str]
    raw: list[str]
    flags: tuple[str, ...] = ()


Mend = Callable[[list[str], list[str]], tuple[list[str], str]]
"""Takes cells, cleaned and as they stand, to the header's width; says what was done, if any."""


class Table:
    """A table with its header; :meth:`rows` may be read several times."""

    def __init__(
        self, source: Source, name: str, known: Callable[[Sequence[str]], int] | None = None
    ) -> None:
        """Find the header: the first record, or a later one with more names that ``known`` counts.

        Raises:
            UnreadableTable: there is no header.
        """
        self.source = source
        self.name = name
        first = list(islice(source.records(), _HEADER_WITHIN))
        at = 0
        if known is not None and first:
            scores = [known([cell.strip() for cell in cells]) for _, cells in first]
            best = max(scores)
            at = scores.index(best) if best > max(1, scores[0]) else 0
        if not first or not any(_LETTER.search(cell) for cell in first[at][1]):
            raise UnreadableTable(f"{name} has no header in its first line. Add one.")
        self._header_line, cells = first[at]
        self.header = _distinct(cells)
        self.skipped: list[tuple[int, str]] = []
        self._above = [(number, "it stands above the header") for number, _ in first[:at]]
        self._plain = [cell.strip() for cell in cells]

    def rows(self, mend: Mend | None = None) -> Iterator[Line]:
        """Yield the rows; afterwards ``skipped`` tells which records were none, and why."""
        width = len(self.header)
        self.skipped = list(self._above)
        notes = self.source.notes
        above = {number for number, _ in self._above} | {self._header_line}
        for number, raw in self.source.records():
            if number in above and number <= self._header_line:
                continue
            cells = _clean(raw)
            flags: tuple[str, ...] = (notes[number],) if number in notes else ()
            if not any(cells):  # such as a quote that was never closed
                self.skipped.append((number, notes.get(number, "it is empty")))
                continue
            if cells[0] == self._plain[0] and cells == self._plain:
                self.skipped.append((number, "it repeats the header"))
                continue
            if width > 2 and (why := _is_footer(cells, width)):
                self.skipped.append((number, why))
                continue
            if mend is not None:
                cells, done = mend(cells, raw)
                if done:
                    flags = (*flags, done)
            if len(cells) != width:
                cells, done = _fitted(cells, width)
                flags = (*flags, done)
            yield Line(number, cells, raw, flags)


def _clean(raw: list[str]) -> list[str]:
    joined = "".join(raw)
    if "\r" in joined or "\t" in joined or "_x000" in joined:
        raw = [_DIRT.sub(lambda m: "\n" if m[0][0] == "\r" else "", c) for c in raw]
        raw = [cell.replace("\t", " ") for cell in raw]
    return [cell.strip() for cell in raw]


def _is_footer(cells: list[str], width: int) -> str:
    filled = [cell for cell in cells if cell]
    if len(filled) > max(1, width // 2) or _TOTAL.fullmatch(filled[0]) is None:
        return ""
    return f"it is no ticket but {filled[0][:40]!r}"


def _fitted(cells: list[str], width: int) -> tuple[list[str], str]:
    missing = width - len(cells)
    if missing > 0:
        return [*cells, *[""] * missing], f"{missing} cells fewer than the header"
    return cells[:width], f"{-missing} cells more than the header"


def _distinct(header: list[str]) -> tuple[str, ...]:
    """The names of the columns; what repeats is numbered, so that no column hides another."""
    seen: Counter[str] = Counter()
    names: list[str] = []
    for cell in header:
        name = " ".join(cell.split())
        seen[name] += 1
        names.append(f"{name} ({seen[name]})" if name and seen[name] > 1 else name)
    return tuple(names)


@dataclass(frozen=True, slots=True)
class Row:
    """A row with its line of the file (the header is line 1) and what was odd about it."""

    line: int
    cells: dict[str, str]
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DelimitedTable:
    """A small table, read whole."""

    path: Path
    encoding: str
    delimiter: str
    header: tuple[str, ...]
    rows: list[Row] = field(default_factory=list)


def check_file(path: Path) -> None:
    """Say why a file cannot be read as a table.

    Raises:
        UnreadableTable: it cannot be opened or is empty.
    """
    try:
        with path.open("rb") as file:
            head = file.read(1 << 16)
    except OSError as error:
        raise UnreadableTable(
            f"{path} cannot be opened: {error.strerror}. Check the path and its permissions."
        ) from error
    if not head.strip():
        size = path.stat().st_size
        raise UnreadableTable(f"{path} is empty ({size} bytes). Export the table again.")


def read_table(path: Path) -> DelimitedTable:
    """Read a small delimited file whole; rows of another length are fitted and flagged.

    Raises:
        UnreadableTable: the file is missing, empty, or has no header or no rows.
    """
    check_file(path)
    source = Delimited(path, find_encoding(path))
    table = Table(source, str(path))
    rows = [
        Row(line.number, dict(zip(table.header, line.cells, strict=True)), line.flags)
        for line in table.rows()
    ]
    if not rows:
        raise UnreadableTable(f"{path} has a header and no rows. Export the table again.")
    return DelimitedTable(path, source.encoding, source.delimiter, table.header, rows)
