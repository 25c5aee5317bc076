"""What sort of values each column of a table holds, and where a row has shifted (pure)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from ingest.dates import read_date, split
from ingest.decimals import parse_number

Kind = Literal["number", "date", "word", "text"]

_MOST_ROWS = 5_000
_MOST_WORDS = 40
_ENOUGH = 20  # rows, before one of the right width is called shifted
_SURE = 0.95
_STARTS = re.compile(r"[\d+\-.(]")


class ColumnKinds:
    """Looks at the first rows of the right width."""

    def __init__(self, width: int, texts: Sequence[int], delimiter: str) -> None:
        """``texts`` are the positions of columns of free text, the likeliest first."""
        self._width = width
        self._texts = list(texts)
        self._delimiter = delimiter
        self._rows = 0
        self._filled = [0] * width
        self._numbers = [0] * width
        self._dates = [0] * width
        self._words: list[set[str]] = [set() for _ in range(width)]
        self.kinds: list[Kind] = ["text"] * width

    def add(self, cells: Sequence[str]) -> None:
        """Take in a row."""
        if self._rows >= _MOST_ROWS or len(cells) != self._width:
            return
        self._rows += 1
        for at, cell in enumerate(cells):
            if cell:
                self._filled[at] += 1
                if parse_number(cell, ".") is not None or parse_number(cell, ",") is not None:
                    self._numbers[at] += 1
                elif _is_date(cell):
                    self._dates[at] += 1
                if len(self._words[at]) <= _MOST_WORDS:
                    self._words[at].add(cell)

    def decide(self) -> None:
        """Settle the kinds from what was seen."""
        for at in range(self._width):
            filled = self._filled[at]
            if at in self._texts or not filled:
                continue
            if self._numbers[at] >= _SURE * filled:
                self.kinds[at] = "number"
            elif self._dates[at] >= _SURE * filled:
                self.kinds[at] = "date"
            elif len(self._words[at]) <= min(_MOST_WORDS, filled / 5):
                self.kinds[at] = "word"
        self._typed = [at for at, kind in enumerate(self.kinds) if kind in ("number", "date")]

    def mend(self, cells: list[str], raw: list[str]) -> tuple[list[str], str]:
        """Put a row back whose text holds a delimiter that was not quoted.

        ``raw`` are the cells as they stand in the file, which are put together. Returns the cells
        and what was done. A row of the right width is touched only where a column
        of numbers or dates holds something else and putting cells together mends every column.
        """
        surplus = len(cells) - self._width
        if surplus == 0 and not self._is_suspect(cells):
            return cells, ""
        if surplus < 0 or self._width < 3:
            return cells, ""
        now = self._fits(cells[: self._width])
        best, place = self._best(cells, raw, surplus)
        if surplus == 0:
            if best is None or self._rows < _ENOUGH or not self._is_whole(best):
                return cells, ""
            return best, f"a delimiter in {{{place}}} had shifted the row; it is put back"
        if best is not None and self._fits(best) >= now:
            return best, f"{surplus} surplus cells put back into {{{place}}}"
        return cells, ""

    def _best(self, cells: list[str], raw: list[str], surplus: int) -> tuple[list[str] | None, int]:
        merged = max(surplus, 1)
        padding = [""] * (merged - surplus)
        candidates = []
        for at in range(len(cells) - merged):
            text = self._delimiter.join(raw[at : at + merged + 1]).strip()
            row = [*cells[:at], text, *cells[at + merged + 1 :], *padding]
            preference = self._texts.index(at) if at in self._texts else len(self._texts)
            is_text = self.kinds[at] == "text"
            candidates.append((self._fits(row), is_text, -preference, row, at))
        if not candidates:
            return None, 0
        best = max(candidates, key=lambda item: item[:3])
        return best[3], best[4]

    def _is_suspect(self, cells: list[str]) -> bool:
        return any((cell := cells[at]) and not _STARTS.match(cell) for at in self._typed) and any(
            cells[at] and not self._fits_one(at, cells[at]) for at in self._typed
        )

    def _fits_one(self, at: int, cell: str) -> bool:
        kind = self.kinds[at]
        if not cell or kind == "text":
            return True
        if kind == "number":
            return parse_number(cell, ".") is not None or parse_number(cell, ",") is not None
        return _is_date(cell) if kind == "date" else cell in self._words[at]

    def _fits(self, cells: Sequence[str]) -> int:
        return sum(self._fits_one(at, cell) for at, cell in enumerate(cells))

    def _is_whole(self, cells: Sequence[str]) -> bool:
        return self._fits(cells) == self._width


def _is_date(cell: str) -> bool:
    day = split(cell).date
    return any(read_date(day, order) is not None for order in ("dmy", "mdy"))
