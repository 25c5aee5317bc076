"""Walk the elements of a web page and add what they show to a flow."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from lxml import etree

from index.corpus import SignalWord
from ingest.readers.flow import Flow
from ingest.readers.grid import Cell, lay_out
from ingest.readers.html_admonitions import signal_of
from ingest.readers.html_lists import marks_of
from ingest.readers.html_parts import (
    BLOCKS,
    HEADINGS,
    NEVER_SHOWN,
    UNREAD,
    has_title,
    is_chrome,
    span_of,
)
from ingest.readers.html_sight import Sight, View
from ingest.signal_words import leads, stands_alone

_TOLD = ("alt", "title", "aria-label", "placeholder")
_SUPERSCRIPT = str.maketrans("0123456789+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")
_SPACES = re.compile(r"[ \t\r\n\f]+")
_BREAK = "\ufdd1"  # a code point that is never a character: stands for <br> until spaces are single
_BULLET = "• "


@dataclass
class _Text:
    """Running text that is being collected: ``mark`` is that of the list item it begins."""

    parts: list[str] = field(default_factory=list)
    mark: str | None = None  # None for a paragraph, "" for an item, else a step

    def take(self) -> str:
        text = _SPACES.sub(" ", "".join(self.parts)).replace(_BREAK, "\n")
        self.parts.clear()
        return text.strip()


class PageReader:
    """Reads one page; ``running`` are the lines of its header and footer."""

    def __init__(self, flow: Flow, root: etree._Element) -> None:
        self.running: list[str] = []
        self._flow = flow
        self._sight = Sight(root)
        for comment in root.iter(etree.Comment):
            flow.hide(comment.text or "", "comment")

    def read(self, body: etree._Element) -> None:
        """Add what the body shows."""
        view = View()
        for element in (*reversed(list(body.iterancestors())), body):
            view = self._sight.enter(element, view)
        text = _Text()
        self._children(body, view, text)
        self._close(text)

    def _children(self, parent: etree._Element, view: View, text: _Text) -> None:
        self._show(parent.text, view, text)
        for child in parent:
            if isinstance(child.tag, str):
                self._element(child, view, text)
            self._show(child.tail, view, text)

    def _show(self, shown: str | None, view: View, text: _Text) -> None:
        if not shown:
            return
        reason = view.why_hidden if shown.strip() else ""
        if reason:
            self._flow.hide(shown, reason)
        else:
            text.parts.append(shown)

    def _element(self, element: etree._Element, outer: View, text: _Text) -> None:
        tag = element.tag
        self._tell(element)
        if tag in NEVER_SHOWN:
            self._flow.hide(element.text_content(), NEVER_SHOWN[tag])
            return
        if tag in UNREAD:
            if tag == "svg":
                self._flow.figures += 1
            return
        view = self._sight.enter(element, outer)
        if view.reason:
            self._flow.hide(element.text_content(), view.reason)
            return
        signal = signal_of(element)
        if signal is None and is_chrome(element):
            if tag in ("header", "footer"):
                self.running += self._lines(element, view)
            return
        if signal is not None:
            self._close(text)
            self._message(element, signal, view)
        elif tag == "br":
            text.parts.append(_BREAK)
        elif tag == "img":
            self._flow.figures += 1
        elif tag in ("sup", "sub"):
            self._raised(element, view, text)
        elif tag in BLOCKS:
            self._close(text)
            self._block(element, view, text)
            self._close(text)
        else:
            self._children(element, view, text)

    def _tell(self, element: etree._Element) -> None:
        for name in _TOLD:
            self._flow.hide(element.get(name) or "", f"{name} attribute")

    def _raised(self, element: etree._Element, view: View, text: _Text) -> None:
        inner = _Text()
        self._children(element, view, inner)
        shown = "".join(inner.parts)
        text.parts.append(shown.translate(_SUPERSCRIPT) if element.tag == "sup" else shown)

    def _block(self, element: etree._Element, view: View, text: _Text) -> None:
        tag = element.tag
        if tag in HEADINGS:
            self._flow.heading(self._text(element, view), int(tag[1]))
        elif tag in ("ol", "ul", "menu", "dir"):
            self._list(element, view)
        elif tag == "table":
            self._table(element, view)
        elif tag == "dl":
            self._definitions(element, view)
        elif tag == "pre":
            self._pre(element, view)
        elif tag == "figcaption":
            self._flow.caption(self._text(element, view))
        else:
            self._children(element, view, text)

    def _close(self, text: _Text) -> None:
        shown = text.take()
        if not shown:
            return
        if text.mark is None:
            self._flow.paragraph(shown)
        elif text.mark == "":
            self._flow.item(shown)
        else:
            self._flow.step(shown, text.mark)
        text.mark = None

    def _text(self, element: etree._Element, view: View) -> str:
        return " ".join(self._lines(element, view))

    def _lines(self, element: etree._Element, view: View, *, tables: bool = False) -> list[str]:
        """The paragraphs and items in an element, as they are shown in a cell or a message.

        Without ``tables`` those of tables in it are left to others.
        """
        inner = Flow()
        reader = _InnerReader(inner, self._sight, tables)
        text = _Text()
        reader._children(element, view, text)
        reader._close(text)
        for piece in inner.hidden.pieces:
            self._flow.hide(piece.text, piece.reason)
        self._flow.figures += inner.figures
        return reader.lines

    def _list(self, element: etree._Element, view: View) -> None:
        marks = iter(marks_of(element)) if element.tag == "ol" else None
        for child in element:
            if child.tag == "li":
                inner = self._sight.enter(child, view)
                self._tell(child)
                mark = next(marks) if marks else ""
                if inner.reason:
                    self._flow.hide(child.text_content(), inner.reason)
                    continue
                text = _Text(mark=mark)
                self._children(child, inner, text)
                self._close(text)
            elif isinstance(child.tag, str):
                text = _Text()
                self._element(child, view, text)
                self._close(text)

    def _message(self, element: etree._Element, signal: SignalWord, view: View) -> None:
        lines = self._lines(element, view, tables=True)
        if not lines:
            return
        word = lines[0] if stands_alone(lines[0]) or has_title(element) else ""
        if word:
            self._flow.safety(signal, word, "\n".join(lines[1:]))
        else:
            self._flow.safety(leads(lines[0]) or signal, "", "\n".join(lines))

    def _definitions(self, element: etree._Element, view: View) -> None:
        """Terms with their meaning: a row each, or paragraphs where a meaning has parts."""
        terms: list[str] = []
        for child in element.iter("dt", "dd"):
            if next(child.iterancestors("dl")) is not element:
                continue
            inner = self._sight.enter(child, view)
            self._tell(child)
            if inner.reason:
                self._flow.hide(child.text_content(), inner.reason)
            elif child.tag == "dt":
                terms.append(self._text(child, inner))
            elif any(part.tag in BLOCKS and part.tag != "p" for part in child.iterdescendants()):
                self._flow.paragraph(", ".join(terms))
                terms = []
                text = _Text()
                self._children(child, inner, text)
                self._close(text)
            else:
                cells = tuple(map(self._flow.seen, (", ".join(terms), self._text(child, inner))))
                self._flow.row((), cells)
                terms = []
        self._flow.paragraph(", ".join(terms))

    def _pre(self, element: etree._Element, view: View) -> None:
        text = _Text()
        self._children(element, view, text)
        self._flow.verbatim("".join(text.parts).replace(_BREAK, "\n"))

    def _table(self, table: etree._Element, view: View) -> None:
        rows = [row for row in table.iter("tr") if next(row.iterancestors("table")) is table]
        cells = [cell for row in rows for cell in row if cell.tag in ("td", "th")]
        for caption in table.iterchildren("caption"):
            self._flow.caption(self._text(caption, self._sight.enter(caption, view)))
        if self._is_layout(table, cells):
            for cell in cells:
                inner = self._around(cell, table, view)
                text = _Text()
                self._children(cell, inner, text)
                self._close(text)
            return
        nested: list[tuple[etree._Element, View]] = []
        grid: list[list[Cell]] = []
        headers, is_heading = 0, True
        named = False
        for row in rows:
            own = [cell for cell in row if cell.tag in ("td", "th")]
            outer = self._around(row, table, view)
            if outer.reason:
                self._flow.hide(row.text_content(), outer.reason)
                continue
            all_named = bool(own) and all(cell.tag == "th" for cell in own)
            named = named or any(cell.tag == "th" for cell in own)
            in_head = row.getparent() is not None and row.getparent().tag == "thead"
            is_heading = is_heading and (in_head or (all_named and len(own) > 1))
            headers += is_heading
            grid.append([self._cell(cell, outer, nested) for cell in own])
        if headers == len(grid):
            headers = 0
        lines = lay_out(grid, headers or int(not named))
        self._flow.table(lines, headers if named or headers else None)
        for inner_table, inner in nested:
            self._table(inner_table, inner)

    def _cell(
        self, cell: etree._Element, outer: View, nested: list[tuple[etree._Element, View]]
    ) -> Cell:
        view = self._sight.enter(cell, outer)
        self._tell(cell)
        span = span_of(cell, "colspan"), span_of(cell, "rowspan")
        if view.reason:
            self._flow.hide(cell.text_content(), view.reason)
            return Cell("", *span)
        for inner in cell.iter("table"):
            if next(inner.iterancestors("td", "th")) is cell:
                nested.append((inner, self._around(inner, cell, view)))
        return Cell("\n".join(self._lines(cell, view)), *span)

    def _around(self, element: etree._Element, top: etree._Element, view: View) -> View:
        """The view in an element, through all that lies between it and one above it."""
        between = [element]
        for parent in element.iterancestors():
            if parent is top:
                break
            between.append(parent)
        for part in reversed(between):
            view = self._sight.enter(part, view)
        return view

    def _is_layout(self, table: etree._Element, cells: Sequence[etree._Element]) -> bool:
        """Whether a table only places parts of the page."""
        if table.get("role") == "presentation":
            return True
        if any(part.tag in HEADINGS for part in table.iterdescendants()):
            return True
        if len(cells) != 1:
            return False
        first = next((line for line in cells[0].text_content().split("\n") if line.strip()), "")
        return not (stands_alone(first) or leads(first))


class _InnerReader(PageReader):
    """Collects lines instead of blocks: the content of a cell or a message."""

    def __init__(self, flow: Flow, sight: Sight, takes_tables: bool) -> None:
        self.running = []
        self.lines: list[str] = []
        self._flow = flow
        self._sight = sight
        self._takes_tables = takes_tables

    def _close(self, text: _Text) -> None:
        shown = self._flow.seen(text.take())
        if shown:
            mark = "" if text.mark is None else f"{text.mark} " if text.mark else _BULLET
            self.lines.append(mark + shown)
            text.mark = None

    def _block(self, element: etree._Element, view: View, text: _Text) -> None:
        if element.tag in ("ol", "ul", "menu", "dir"):
            self._list(element, view)
        elif element.tag != "table" or self._takes_tables:
            self._children(element, view, text)

    def _message(self, element: etree._Element, signal: SignalWord, view: View) -> None:
        text = _Text()
        self._children(element, view, text)
        self._close(text)
