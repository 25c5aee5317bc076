"""Collect the blocks of a document that states what its parts are.

Here, in one place for the office, web, XML and table formats, is decided what becomes a safety
message.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from index.corpus import Block, BlockKind, SignalWord
from ingest.readers.grid import Line, join_header
from ingest.readers.marks import is_caption, split_chinese_ordinal, split_mark
from ingest.readers.quarantine import Quarantine
from ingest.readers.unseen import split_unseen
from ingest.signal_words import leads, stands_alone

_SPACES = re.compile(r"[^\S\n]+")
_LINES = re.compile(r" ?\n[ \n]*")
_NUMBERED = re.compile(r"((?:\d{1,3}\.)*\d{1,3})\.?\s+(?=\S)")
_TAKES_MESSAGE = ("paragraph", "item", "step", "row")


def tidy(text: str) -> str:
    """Return a text with single spaces; a line break stays, an empty line does not."""
    return _LINES.sub("\n", _SPACES.sub(" ", text)).strip()


class Flow:
    """Takes the parts of a document in reading order; ``page`` is that of the next block.

    What is empty is left out. A signal word that stands alone takes the next part as its message.
    In office and web formats people type the marks of steps, items and captions and the numbers of
    headings, so these are looked for. With ``is_stated`` the format says of each part what it is:
    its text is taken as it stands, with its line breaks.
    """

    def __init__(self, *, is_stated: bool = False) -> None:
        self.blocks: list[Block] = []
        self.hidden = Quarantine()
        self.page = 1
        self.tables = 0
        self.figures = 0
        self._is_stated = is_stated
        self._is_open = False  # the last block is a signal word that waits for its message

    def seen(self, text: str) -> str:
        """Return a text with single spaces and line breaks, and without invisible characters."""
        shown, hidden = split_unseen(text)
        for reason, spelled in hidden:
            self.hide(spelled, reason)
        return tidy(shown)

    def hide(self, text: str, reason: str) -> None:
        """Hold a text back."""
        self.hidden.add(self.page, text, reason)

    def heading(self, text: str, level: int, number: str = "") -> None:
        """Add a heading; a number that is typed before its title is split off."""
        title = _one_line(self.seen(text))
        if self._is_stated:
            self._add(Block("heading", title, self.page, level=level, number=number))
            return
        if signal := stands_alone(title):
            self._add(Block("safety", title, self.page, signal=signal))
            self._is_open = True
            return
        typed = None if number else _NUMBERED.match(title)
        if typed:
            number, title = typed[1], title[typed.end() :]
        elif not number and (ordinal := split_chinese_ordinal(title)):
            _, number, title = ordinal
        number = number.strip().removesuffix(".")
        self._add(Block("heading", title, self.page, level=level, number=number))

    def paragraph(self, text: str, number: str = "") -> None:
        """Add running text; one with a typed mark is a step or an item, or a caption."""
        shown = self.seen(text)
        if number or self._is_stated:
            self._say("paragraph", shown, number)
            return
        kind, number, rest = split_mark(shown)
        if kind == "paragraph" and is_caption(shown):
            kind = "caption"
        self._say(kind, rest, number)

    def item(self, text: str, number: str = "") -> None:
        """Add an item of a list, with its mark as printed if it has one."""
        self._say("item", self.seen(text), number)

    def step(self, text: str, number: str) -> None:
        """Add a step with its mark as printed."""
        self._say("step", self.seen(text), number)

    def caption(self, text: str) -> None:
        """Add the title of a figure or a table."""
        self._add(Block("caption", self.seen(text), self.page))

    def verbatim(self, text: str) -> None:
        """Add text whose line breaks count, such as a program; no mark in it is looked for."""
        shown = "\n".join(self.seen(line) for line in text.split("\n")).strip("\n")
        self._add(Block("paragraph", shown, self.page))

    def row(self, header: Sequence[str], cells: Sequence[str]) -> None:
        """Add one row; the shorter of header, if there is one, and cells is padded."""
        seen = tuple(_one_line(self.seen(cell)) for cell in cells)
        names = tuple(_one_line(self.seen(name)) for name in header)
        if not any(names):
            names = ()
        else:
            seen += ("",) * (len(names) - len(seen))
            names += ("",) * (len(seen) - len(names))
        if any(seen):
            self._add(Block("row", " | ".join(seen), self.page, header=names, cells=seen))

    def figure(self, labels: Sequence[str]) -> None:
        """Count a figure, and add the words that are seen in it."""
        self.figures += 1
        self.labels(labels)

    def labels(self, labels: Sequence[str]) -> None:
        """Add the words that are seen in a sheet of a figure that is counted."""
        text = " · ".join(filter(None, (self.seen(label) for label in labels)))
        self._add(Block("figure", _one_line(text), self.page))

    def safety(self, signal: SignalWord, word: str, text: str) -> None:
        """Add a safety message; ``word`` is its signal word as printed."""
        message = "\n".join(filter(None, (self.seen(word), self.seen(text))))
        self._is_open = False
        self._add(Block("safety", message, self.page, signal=signal))
        self._is_open = bool(word) and not self.seen(text)

    def table(
        self, lines: Sequence[Line], headers: int | None, pages: Sequence[int] | None = None
    ) -> None:
        """Add a table. ``headers`` rows are its header; None where nothing marks it.

        Then the first row is the header if it names at least two columns and others follow.
        ``pages`` are the pages on which the rows stand.
        """
        seen = [Line(tuple(map(self.seen, line.cells)), line.spans_all) for line in lines]
        shown = pages or [self.page] * len(seen)
        if not any(any(line.cells) for line in seen) or self._is_message(seen):
            return
        self.tables += 1
        rows = [(line, page) for line, page in zip(seen, shown, strict=True) if any(line.cells)]
        if headers is None:
            while rows and rows[0][0].spans_all and len(rows) > 1:
                self._at(rows[0][1], Block("caption", _one_line(rows[0][0].cells[0])))
                rows = rows[1:]
            names = {cell for cell in rows[0][0].cells if cell}
            headers = int(len(rows) > 1 and len(names) > 1)
        top = [line for line, _ in rows[:headers]]
        header = tuple(map(_one_line, join_header(top)))
        repeated = {line.cells for line in top}
        if headers and not rows[headers:]:
            header, headers, repeated = (), 0, set()  # nothing but a header
        for line, page in rows[headers:]:
            if line.cells in repeated:
                continue  # printed again at the top of the next page
            if line.spans_all:
                self._at(page, Block("paragraph", _one_line(line.cells[0])))
                continue
            cells = tuple(map(_one_line, line.cells))
            self._at(page, Block("row", " | ".join(cells), header=header, cells=cells))

    def _is_message(self, lines: Sequence[Line]) -> bool:
        """Take a frame around a message, or a signal word beside or above its text, as a message.

        A list that explains several signal words is a table.
        """
        texts = [[cell for cell in line.cells if cell] for line in lines]
        texts = [row for row in texts if row]
        first = texts[0][0]
        if len(texts) > 1 and stands_alone(first) and all(row[0] == first for row in texts):
            texts = [texts[0], *(row[1:] for row in texts[1:])]  # the sign beside all rows
        elif any(len(row) > 1 for row in texts[1:]):
            return False
        parts = "\n".join(cell for row in texts for cell in row).split("\n")
        signal = stands_alone(parts[0]) or leads(parts[0])
        if signal is None or len(texts[0]) > 2 or any(map(stands_alone, parts[1:])):
            return False
        self.safety(signal, parts[0], "\n".join(parts[1:]))
        return True

    def _say(self, kind: BlockKind, text: str, number: str) -> None:
        """Add running text, or the safety message that it is."""
        first, _, rest = text.partition("\n")
        looks = kind == "paragraph" and not (number or self._is_open or self._is_stated)
        if looks and (found := split_chinese_ordinal(text)):
            level, number, title = found
            if level:
                self._add(Block("heading", title, self.page, level=level, number=number))
                return
            kind, text = "step", title
        signal = stands_alone(first)
        if self._is_open and not signal:
            self._add(Block(kind, text, self.page, number=number))
        elif signal or (signal := leads(text)):
            self._is_open = False
            self._add(Block("safety", text, self.page, number=number, signal=signal))
            self._is_open = not rest and stands_alone(text) is not None
        else:
            shown = text if self._is_stated else _one_line(text)
            self._add(Block(kind, shown, self.page, number=number))

    def _at(self, page: int, block: Block) -> None:
        self._add(replace(block, page=page))

    def _add(self, block: Block) -> None:
        if not block.text:
            return
        if self._is_open and block.kind in _TAKES_MESSAGE:
            last = self.blocks[-1]
            message = f"{block.number} {block.text}".strip()
            self.blocks[-1] = replace(last, text=f"{last.text}\n{message}")
        else:
            self.blocks.append(block)
        self._is_open = False


def _one_line(text: str) -> str:
    return text.replace("\n", " ")
