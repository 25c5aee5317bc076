"""From the lattice of a printed table to its rows, with the header that names their columns."""

from __future__ import annotations

from collections.abc import Sequence

from index.corpus import Block, Box
from ingest.readers.line_joining import LineJoiner
from ingest.readers.pdf_layout import TextLine, lines_of
from ingest.readers.pdf_tables import Lattice
from ingest.signal_words import stands_alone

_SAME_EDGE = 2  # points by which the edges of a table on two pages may differ
_HEADER_WORDS = ("cause", "remed", "action", "part no", "alarm", "meaning", "原因", "处理")

_Row = list[tuple[str, list[TextLine]]]  # the text of each cell and its lines


class RowReader:
    """Reads the tables of a document, page after page; ``tables`` counts them."""

    def __init__(self, joiner: LineJoiner) -> None:
        self.tables = 0
        self._joiner = joiner
        # The last table, which may go on at the top of the next page.
        self._header: tuple[str, ...] = ()
        self._edges: tuple[int, ...] = ()
        self._page = 0

    def read(self, lattice: Lattice, page: int) -> list[Block] | None:
        """Return the rows of a table, None where the lattice is a frame around text.

        A signal word beside its message in a table without a header is a safety message.
        """
        is_rest = self._continues(lattice, page) and bool(self._header)
        if lattice.columns == 1 or (len(lattice.rows) == 1 and not is_rest):
            return None
        texts = [[self._cell(lines_of(cell.runs)) for cell in row] for row in lattice.rows]
        kept = [i for i in range(lattice.columns) if any(row[i][0] for row in texts)]
        rows = [[row[i] for i in kept] for row in texts]
        if len(kept) < 2:
            return None
        header, body = self._split_header(lattice, rows, page)
        self.tables += not self._continues(lattice, page)
        self._header, self._edges, self._page = header, _edges(lattice), page
        return [_block(header, row, page) for row in body]

    def _cell(self, lines: list[TextLine]) -> tuple[str, list[TextLine]]:
        return self._joiner.join(line.text for line in lines), lines

    def _split_header(
        self, lattice: Lattice, rows: list[_Row], page: int
    ) -> tuple[tuple[str, ...], list[_Row]]:
        first = tuple(text for text, _ in rows[0])
        lines = [line for _, part in rows[0] for line in part]
        is_bold = all(line.is_bold for line in lines)
        rest_is_bold = all(line.is_bold for row in rows[1:] for _, part in row for line in part)
        named = sum(any(word in text.casefold() for word in _HEADER_WORDS) for text in first) >= 2
        if (
            lattice.has_header
            or first == self._header
            or named
            or (is_bold and rows[1:] and not rest_is_bold)
        ):
            return first, rows[1:]
        if self._continues(lattice, page):
            return self._header, rows
        return (), rows

    def _continues(self, lattice: Lattice, page: int) -> bool:
        """The same columns at the top of the next page are the same table."""
        edges = _edges(lattice)
        return (
            self._page == page - 1
            and len(self._edges) == len(edges)
            and all(abs(a - b) <= _SAME_EDGE for a, b in zip(self._edges, edges, strict=True))
        )


def boxes_of(lines: Sequence[TextLine], page: int) -> tuple[tuple[str, Box], ...]:
    """The printed lines of a block with their boxes."""
    return tuple((line.text, Box(page, *line.box)) for line in lines)


def _block(header: tuple[str, ...], row: _Row, page: int) -> Block:
    cells = tuple(text for text, _ in row)
    boxes = boxes_of([line for _, part in row for line in part], page)
    signal = stands_alone(cells[0]) if not header else None
    if signal is not None:
        return Block("safety", "\n".join(cells), page, boxes, signal=signal)
    return Block("row", " | ".join(cells), page, boxes, header=header, cells=cells)


def _edges(lattice: Lattice) -> tuple[int, ...]:
    return tuple(round(cell.box.left) for cell in lattice.rows[0])
