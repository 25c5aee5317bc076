"""Walk the elements of a web page and add what they show to a flow."""

from __future__ import annotations

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
from ingest.readers.html_tables import Header, cells_of, is_layout, rows_of
from ingest.readers.html_text import RunningText
from ingest.signal_words import leads, stands_alone

_TOLD = ("alt", "title", "aria-label", "placeholder")
_BULLET = "• "


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
        text = RunningText()
        self._children(body, view, text)
        self._close(text)

    def _children(self, parent: etree._Element, view: View, text: RunningText) -> None:
        self._show(parent.text, view, text)
        for child in parent:
            if isinstance(child.tag, str):
                self._element(child, view, text)
            self._show(child.tail, view, text)

    def _show(self, shown: str | None, view: View, text: RunningText) -> None:
        if not shown:
            return
        reason = view.why_hidden if shown.strip() else ""
        if reason:
            self._flow.hide(shown, reason)
        else:
            text.parts.append(shown)

    def _element(self, element: etree._Element, outer: View, text: RunningText) -> None:
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
            text.add_break()
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

    def _raised(self, element: etree._Element, view: View, text: RunningText) -> None:
        inner = RunningText()
        self._children(element, view, inner)
        text.add_raised(inner) if element.tag == "sup" else text.parts.extend(inner.parts)

    def _block(self, element: etree._Element, view: View, text: RunningText) -> None:
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

    def _close(self, text: RunningText) -> None:
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
        text = RunningText()
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
                text = RunningText(mark=mark)
                self._children(child, inner, text)
                self._close(text)
            elif isinstance(child.tag, str):
                text = RunningText()
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
                text = RunningText()
                self._children(child, inner, text)
                self._close(text)
            else:
                cells = tuple(map(self._flow.seen, (", ".join(terms), self._text(child, inner))))
                self._flow.row((), cells)
                terms = []
        self._flow.paragraph(", ".join(terms))

    def _pre(self, element: etree._Element, view: View) -> None:
        text = RunningText()
        self._children(element, view, text)
        self._flow.verbatim(text.verbatim())

    def _table(self, table: etree._Element, view: View) -> None:
        rows = rows_of(table)
        cells = [cell for row in rows for cell in cells_of(row)]
        for caption in table.iterchildren("caption"):
            self._flow.caption(self._text(caption, self._sight.enter(caption, view)))
        if is_layout(table, cells):
            for cell in cells:
                inner = self._sight.enter_below(cell, table, view)
                text = RunningText()
                self._children(cell, inner, text)
                self._close(text)
            return
        nested: list[tuple[etree._Element, View]] = []
        grid: list[list[Cell]] = []
        header = Header()
        for row in rows:
            outer = self._sight.enter_below(row, table, view)
            if outer.reason:
                self._flow.hide(row.text_content(), outer.reason)
                continue
            own = cells_of(row)
            header.add(row, own)
            grid.append([self._cell(cell, outer, nested) for cell in own])
        lines = lay_out(grid, header.rows or int(not header.is_named))
        self._flow.table(lines, header.rows if header.is_named else None)
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
                nested.append((inner, self._sight.enter_below(inner, cell, view)))
        return Cell("\n".join(self._lines(cell, view)), *span)


class _InnerReader(PageReader):
    """Collects lines instead of blocks: the content of a cell or a message."""

    def __init__(self, flow: Flow, sight: Sight, takes_tables: bool) -> None:
        self.running = []
        self.lines: list[str] = []
        self._flow = flow
        self._sight = sight
        self._takes_tables = takes_tables

    def _close(self, text: RunningText) -> None:
        shown = self._flow.seen(text.take())
        if shown:
            mark = "" if text.mark is None else f"{text.mark} " if text.mark else _BULLET
            self.lines.append(mark + shown)
            text.mark = None

    def _block(self, element: etree._Element, view: View, text: RunningText) -> None:
        if element.tag in ("ol", "ul", "menu", "dir"):
            self._list(element, view)
        elif element.tag != "table" or self._takes_tables:
            self._children(element, view, text)

    def _message(self, element: etree._Element, signal: SignalWord, view: View) -> None:
        text = RunningText()
        self._children(element, view, text)
        self._close(text)
