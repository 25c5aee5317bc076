"""A sheet of a workbook as its reader sees it: texts as shown, and what nobody sees."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from ingest.errors import UnreadableDocument

MOST_ROWS = 200_000
MOST_COLUMNS = 1_000
MOST_CELLS = 1_000_000
_MOST_COVERED = 2_000_000  # cells that merged ranges may cover


@dataclass(frozen=True, slots=True)
class Range:
    """A rectangle of cells; rows and columns count from 0, the last ones belong to it."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(slots=True)
class Grid:
    """One sheet: the text of each cell that has one, by row and column from 0.

    ``bold`` are cells in bold type. ``hidden`` are texts that are not shown, with the reason.
    ``number`` is the place of the sheet in its workbook, from 1.
    """

    name: str
    number: int = 1
    cells: dict[int, dict[int, str]] = field(default_factory=dict)
    merged: list[Range] = field(default_factory=list)
    bold: set[tuple[int, int]] = field(default_factory=set)
    hidden: list[tuple[str, str]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    _by_row: dict[int, list[Range]] | None = None

    def ranges_at(self, row: int) -> list[Range]:
        """The merged ranges that a row has a part of; all of them must be known before."""
        if self._by_row is None:
            self._by_row = {}
            for merged in self.merged:
                for covered in range(merged.top, merged.bottom + 1):
                    self._by_row.setdefault(covered, []).append(merged)
        return self._by_row.get(row, [])

    def put(self, row: int, column: int, text: str) -> None:
        """Set the text of a cell."""
        self.cells.setdefault(row, {})[column] = text

    def hide(self, row: int, column: int, reason: str) -> None:
        """Take a cell out of what is shown."""
        text = self.cells.get(row, {}).pop(column, "")
        if text.strip():
            self.hidden.append((text, reason))

    def hide_rows(self, rows: set[int], reason: str) -> None:
        """Take whole rows out of what is shown."""
        for row in sorted(rows & self.cells.keys()):
            if text := " | ".join(filter(None, self.cells.pop(row).values())):
                self.hidden.append((text, reason))

    def hide_columns(self, columns: set[int], reason: str) -> None:
        """Take whole columns out of what is shown."""
        texts: dict[int, list[str]] = {}
        for cells in self.cells.values():
            for column in columns & cells.keys():
                texts.setdefault(column, []).append(cells.pop(column).strip())
        for _, column_texts in sorted(texts.items()):
            if text := " | ".join(filter(None, column_texts)):
                self.hidden.append((text, reason))

    def hide_all(self, reason: str) -> None:
        """Take the whole sheet out of what is shown."""
        self.hide_rows(set(self.cells), reason)


def check_size(path: Path, rows: int, cells: int) -> None:
    """Refuse a sheet that is a database rather than a document.

    Raises:
        UnreadableDocument: more rows or cells than a list that people read.
    """
    if rows > MOST_ROWS or cells > MOST_CELLS:
        what = f"{rows:,} rows" if rows > MOST_ROWS else f"{cells:,} cells"
        raise UnreadableDocument(
            f"{path} holds {what}; at most {MOST_ROWS:,} rows and {MOST_CELLS:,} cells are read. "
            "Split it, or import it as tickets if it is a fault history."
        )


def check_merged(path: Path, merged: list[Range]) -> None:
    """Refuse merged ranges that cover more cells than a sheet may hold.

    Raises:
        UnreadableDocument: they cover too much.
    """
    covered = sum((r.bottom - r.top + 1) * min(r.right - r.left + 1, MOST_COLUMNS) for r in merged)
    if covered > _MOST_COVERED:
        raise UnreadableDocument(
            f"{path} merges {covered:,} cells, which no list needs. Check where it comes from."
        )
