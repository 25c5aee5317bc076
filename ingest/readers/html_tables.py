"""What the rows of a table of a web page are: of the table, of its header, or layout (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree

from ingest.readers.html_parts import HEADINGS
from ingest.signal_words import leads, stands_alone


def rows_of(table: etree._Element) -> list[etree._Element]:
    """The rows of a table without those of tables in it."""
    return [row for row in table.iter("tr") if next(row.iterancestors("table")) is table]


def cells_of(row: etree._Element) -> list[etree._Element]:
    """The cells of a row."""
    return [cell for cell in row if cell.tag in ("td", "th")]


@dataclass
class Header:
    """Counts the rows at the top of a table that name its columns.

    ``is_named`` says whether a cell or a row at the top is marked as a name: where none is, the
    words decide.
    """

    _has_names: bool = False
    _headings: int = 0
    _all: int = 0

    def add(self, row: etree._Element, cells: Sequence[etree._Element]) -> None:
        """Take the next row that is shown."""
        all_named = bool(cells) and all(cell.tag == "th" for cell in cells)
        in_head = row.getparent() is not None and row.getparent().tag == "thead"
        is_heading = in_head or (all_named and len(cells) > 1)
        self._has_names = self._has_names or any(cell.tag == "th" for cell in cells)
        self._headings += is_heading and self._headings == self._all
        self._all += 1

    @property
    def is_named(self) -> bool:
        """Whether anything is marked as a name of columns or rows."""
        return self._has_names or self.rows > 0

    @property
    def rows(self) -> int:
        """How many rows at the top are the header; a table of nothing else has none."""
        return 0 if self._headings == self._all else self._headings


def is_layout(table: etree._Element, cells: Sequence[etree._Element]) -> bool:
    """Whether a table only places parts of the page."""
    if table.get("role") == "presentation":
        return True
    if any(part.tag in HEADINGS for part in table.iterdescendants()):
        return True
    if len(cells) != 1:
        return False
    first = next((line for line in cells[0].text_content().split("\n") if line.strip()), "")
    return not (stands_alone(first) or leads(first))
