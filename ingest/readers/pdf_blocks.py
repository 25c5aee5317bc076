"""From printed lines and lattices to blocks: headings, paragraphs, steps, rows, safety messages.

Bookmarks decide what is a heading where the file has them, else type size and weight do.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from index.corpus import Block, BlockKind, Box
from ingest.readers.line_joining import LineJoiner
from ingest.readers.page_content import Matrix, PageContent, Rect
from ingest.readers.pdf_figures import Figure
from ingest.readers.pdf_layout import Item, TextLine, lines_of
from ingest.readers.pdf_marks import heading_level, split_heading, split_step
from ingest.readers.pdf_page import lay_out
from ingest.readers.pdf_rows import RowReader, boxes_of
from ingest.readers.pdf_tables import Lattice
from ingest.signal_words import leads, stands_alone

_BULLET = re.compile(r"[•▪●◦○■□‣∙·–—*-]\s+(\S.*)$")
_CAPTION = re.compile(
    r"(?:figure|fig\.|table|abb\.|abbildung|tabelle|图|表)\s*[\dA-Z]", re.IGNORECASE
)
_LEADER = re.compile(r"(?:\.\s?){4,}\s*\d+$")
_WORD = re.compile(r"\w+")
_MOST_HEADING = 120  # characters


@dataclass(frozen=True, slots=True)
class Outline:
    """The bookmarks of one page: normalised title to level."""

    levels: Mapping[str, int]


@dataclass
class BlockBuilder:
    """Collects the blocks of a document, page after page."""

    body_size: float
    has_outline: bool
    joiner: LineJoiner
    blocks: list[Block] = field(default_factory=list)
    figures: int = 0
    _pending: list[tuple[TextLine, int]] = field(default_factory=list)
    _sizes: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._rows = RowReader(self.joiner)
        self._turned_rows = RowReader(self.joiner)
        self._last = -1  # of the blocks, the last one in the direction of its page

    @property
    def tables(self) -> int:
        """How many tables there are; one that goes on on the next page counts once."""
        return self._rows.tables + self._turned_rows.tables

    def add_page(self, content: PageContent, items: Sequence[Item], outline: Outline) -> None:
        """Add the items of a page in reading order."""
        position = 0
        while position < len(items):
            item = items[position]
            if not isinstance(item, TextLine):
                self._close()
                if isinstance(item, Lattice):
                    self._add_lattice(item, content.number)
                else:
                    self._add_figure(item, content.number)
                position += 1
                continue
            taken = self._add_heading(items, position, content.number, outline)
            if not taken:
                self._add_line(item, content.number)
            position += taken or 1
        self._close()
        for part in content.turned:
            self._add_turned(part, content)

    def _add_turned(self, part: PageContent, page: PageContent) -> None:
        """Add text of another direction behind that of its page.

        It is no heading of what follows, and no line of the page goes on in it.
        """
        inner = BlockBuilder(self.body_size, has_outline=True, joiner=self.joiner)
        inner._rows = self._turned_rows
        items = [item for item in lay_out(part) if isinstance(item, TextLine) or item.runs]
        inner.add_page(part, items, Outline({}))
        there = page.back.inverse().after(part.back)
        for block in inner.blocks:
            boxes = ((text, _moved(box, there)) for text, box in block.lines)
            self.blocks.append(replace(block, lines=tuple(boxes)))

    def _append(self, block: Block) -> None:
        self._last = len(self.blocks)
        self.blocks.append(block)

    def _add_heading(
        self, items: Sequence[Item], position: int, page: int, outline: Outline
    ) -> int:
        """Add a heading of up to three lines; return how many lines it took."""
        lines: list[TextLine] = []
        for item in items[position : position + 3]:
            if not isinstance(item, TextLine) or (lines and _gap(lines[-1], item) > 1.2):
                break
            lines.append(item)
            text = " ".join(line.text for line in lines)
            level = outline.levels.get(normal_title(text))
            if level is not None and self._may_be_heading(lines[0]):
                self._close()
                self._append_heading(text, level, page, lines)
                return len(lines)
        if lines and not self.has_outline and self._looks_like_heading(lines[0]):
            self._close()
            self._append_heading(lines[0].text, self._level(lines[0]), page, lines[:1])
            return 1
        return 0

    def _may_be_heading(self, line: TextLine) -> bool:
        # A cross-reference may be worded like the heading that it names.
        return line.is_bold or line.size > 1.05 * self.body_size

    def _looks_like_heading(self, line: TextLine) -> bool:
        text = line.text
        if len(text) > _MOST_HEADING or text.endswith((".", ",", ";", ":")) or stands_alone(text):
            return False
        if _CAPTION.match(text) or not any(character.isalpha() for character in text):
            return False
        return line.size >= 1.25 * self.body_size or (
            line.is_bold and line.size >= 1.05 * self.body_size
        )

    def _level(self, line: TextLine) -> int:
        if level := heading_level(line.text):
            return level
        size = round(line.size)
        if size not in self._sizes:
            self._sizes.append(size)
            self._sizes.sort(reverse=True)
        return self._sizes.index(size) + 1

    def _append_heading(self, text: str, level: int, page: int, lines: Sequence[TextLine]) -> None:
        number, title = split_heading(text)
        boxes = boxes_of(lines, page)
        self._append(Block("heading", title, page, boxes, level=level, number=number))

    def _add_line(self, line: TextLine, page: int) -> None:
        """Add a line to the open paragraph, or close that and open another."""
        if _LEADER.search(line.text):
            return  # a line of a table of contents
        if self._pending and self._opens_block(line):
            self._close()
        self._pending.append((line, page))

    def _opens_block(self, line: TextLine) -> bool:
        last = self._pending[-1][0]
        return (
            _gap(last, line) > 0.85
            or abs(last.size - line.size) > 0.15 * last.size
            or last.is_bold != line.is_bold
            or bool(split_step(line.text) or _BULLET.match(line.text))
            or (len(self._pending) == 1 and stands_alone(last.text) is not None)
            or bool(_CAPTION.match(line.text) and _gap(last, line) > 0.5)
            or leads(line.text) is not None
            or stands_alone(line.text) is not None
            or self._ends_list_item(line)
        )

    def _ends_list_item(self, line: TextLine) -> bool:
        """A line left of the mark of a step or item that has come to the end of a sentence."""
        first, last = self._pending[0][0], self._pending[-1][0]
        return (
            line.box.left < first.box.left - 0.4 * line.size
            and last.text.endswith((".", "!", "?", ":", "。"))
            and bool(split_step(first.text) or _BULLET.match(first.text))
        )

    def _close(self) -> None:
        if not self._pending:
            return
        lines = [line for line, _ in self._pending]
        page = self._pending[0][1]
        self._pending = []
        text = self.joiner.join(line.text for line in lines)
        boxes = boxes_of(lines, page)
        last = self.blocks[self._last] if self.blocks else None
        if last and last.kind == "safety" and stands_alone(last.text):
            # The signal word stood on a line of its own: this paragraph is its message.
            self.blocks[self._last] = replace(
                last, text=f"{last.text}\n{text}", lines=last.lines + boxes
            )
        elif signal := stands_alone(text) or leads(text):
            self._append(Block("safety", text, page, boxes, signal=signal))
        elif step := split_step(text):
            self._append(Block("step", step[1], page, boxes, number=step[0]))
        elif match := _BULLET.match(text):
            signal = leads(match[1])
            kind: BlockKind = "safety" if signal else "item"
            self._append(Block(kind, match[1], page, boxes, signal=signal))
        elif _CAPTION.match(text) and len(text) < 2 * _MOST_HEADING:
            self._append(Block("caption", text, page, boxes))
        elif last and _continues(last, text, page):
            joined = self.joiner.join((last.text, text))
            self.blocks[self._last] = replace(last, text=joined, lines=last.lines + boxes)
        else:
            self._append(Block("paragraph", text, page, boxes))

    def _add_figure(self, figure: Figure, page: int) -> None:
        """Keep the labels of a figure as one block: they are searched, but they are no sentence."""
        self.figures += 1
        if text := " · ".join(line.text for line in lines_of(figure.runs)):
            box = (text, Box(page, *figure.box))
            self._append(Block("figure", text, page, (box,)))

    def _add_lattice(self, lattice: Lattice, page: int) -> None:
        rows = self._rows.read(lattice, page)
        if rows is None:
            self._add_box(lattice, page)
        else:
            for row in rows:
                self._append(row)

    def _add_box(self, lattice: Lattice, page: int) -> None:
        """A frame around text: a safety panel if it begins with a signal word."""
        lines = [line for row in lattice.rows for cell in row for line in lines_of(cell.runs)]
        signal = (stands_alone(lines[0].text) or leads(lines[0].text)) if lines else None
        if signal is None:
            for line in lines:
                self._add_line(line, page)
            self._close()
            return
        boxes = boxes_of(lines, page)
        paragraphs: list[list[str]] = [[lines[0].text]]
        for last, line in pairwise(lines):
            new = last.is_bold != line.is_bold or _gap(last, line) > 0.85 or last is lines[0]
            if new:
                paragraphs.append([])
            paragraphs[-1].append(line.text)
        text = "\n".join(self.joiner.join(part) for part in paragraphs)
        self._append(Block("safety", text, page, boxes, signal=signal))


def normal_title(text: str) -> str:
    """A title without its number, case and punctuation, to compare with bookmarks."""
    return "".join(_WORD.findall(split_heading(text.strip())[1].casefold()))


def body_size(pages: Iterable[PageContent]) -> float:
    """The type size, in points, in which most of a document is set."""
    sizes: Counter[float] = Counter()
    for page in pages:
        for run in page.runs:
            sizes[round(run.size, 1)] += len(run.text)
    return sizes.most_common(1)[0][0] if sizes else 10.0


def _continues(last: Block, text: str, page: int) -> bool:
    """A paragraph that was cut by the end of its page."""
    return (
        last.kind in ("paragraph", "item", "step")
        and last.page == page - 1
        and last.text[-1:] not in ".!?:。"
        and text[:1].islower()
    )


def _moved(box: Box, matrix: Matrix) -> Box:
    return Box(box.page, *matrix.box(Rect(box.left, box.bottom, box.right, box.top)))


def _gap(above: TextLine, below: TextLine) -> float:
    """White space between two lines, as a share of the type size."""
    return (above.box.bottom - below.box.top) / max(above.size, 1.0)
