"""Walk the body of a Word document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lxml import etree

from ingest.readers.colours import Colour, colour_of
from ingest.readers.docx_inline import Inline, InlineReader
from ingest.readers.docx_numbering import Numbering, format_number
from ingest.readers.docx_styles import Style, Styles, is_on, numbering_of, outline_level
from ingest.readers.docx_tables import (
    WRAPPERS,
    Row,
    behind_cell,
    behind_table,
    children_of,
    hides,
    is_deleted,
    is_message,
    span_of,
)
from ingest.readers.flow import Flow
from ingest.readers.grid import Cell, lay_out
from ingest.readers.package import W
from ingest.signal_words import stands_alone

_LIST_INDENT = "• "


@dataclass(frozen=True)
class Parts:
    """What a body refers to. ``notes`` go by kind and id, ``diagrams`` by relation."""

    styles: etree._Element | None
    numbering: etree._Element | None
    notes: Mapping[tuple[str, str], etree._Element]
    comments: dict[str, str]
    diagrams: Mapping[str, tuple[str, ...]]


class BodyReader:
    """Adds the blocks of a body to a flow; ``title`` is the text in the style "Title"."""

    def __init__(self, flow: Flow, parts: Parts) -> None:
        self.title = ""
        self._flow = flow
        self._parts = parts
        self._styles = Styles(parts.styles)
        self._numbering = Numbering(parts.numbering, self._styles)
        self._inline = InlineReader(flow, self._styles, parts.comments)
        self._breaks: list[bool] = []  # whether the section after each one begins a page
        self._notes: list[tuple[str, str]] = []
        self._counted = {"footnotes": 0, "endnotes": 0}

    def read(self, body: etree._Element, background: str) -> None:
        """Read a body; ``background`` is the colour of its pages, empty for white."""
        sections = [section.find(f"{W}type") for section in body.iter(f"{W}sectPr")]
        kinds = [kind.get(f"{W}val") if kind is not None else "nextPage" for kind in sections]
        self._breaks = [kind != "continuous" for kind in reversed(kinds[1:])]
        colour = colour_of(background)
        self._blocks(body, (colour,) if colour is not None else ())

    def _blocks(self, parent: etree._Element, behind: Sequence[Colour] | None) -> None:
        for child in parent:
            if child.tag == f"{W}p":
                self._paragraph(child, behind)
            elif child.tag == f"{W}tbl":
                self._table(child, behind)
            elif child.tag in WRAPPERS and not _is_contents(child):
                self._blocks(child, behind)
            elif str(child.tag).endswith("}AlternateContent") and len(child):
                self._blocks(child[0], behind)

    def _paragraph(self, paragraph: etree._Element, behind: Sequence[Colour] | None) -> None:
        properties = paragraph.find(f"{W}pPr")
        style = self._style(properties)
        own_break = properties.find(f"{W}pageBreakBefore") if properties is not None else None
        if is_on(own_break) or (own_break is None and style.breaks_page):
            self._inline.pages.asked()
        inline = self._inline.read(paragraph, style, behind)
        if style.is_contents:
            return  # it repeats the headings
        if is_deleted(properties) and not inline.text.strip():
            return
        page, self._flow.page = self._flow.page, inline.page
        self._add(inline, style, properties)
        self._flow.page = page
        self._hang(inline, behind)
        self._end_notes(behind)
        ends_section = properties is not None and properties.find(f"{W}sectPr") is not None
        if ends_section and self._breaks and self._breaks.pop():
            self._inline.pages.asked()

    def _add(self, inline: Inline, style: Style, properties: etree._Element | None) -> None:
        if not inline.text.strip():
            return
        own = outline_level(properties)
        level = style.level if own is None else own
        mark, is_bullet = self._mark(style, properties)
        if level:
            self._flow.heading(inline.text, level, mark)
            if style.name == "title" and not self.title:
                self.title = self._flow.seen(inline.text).replace("\n", " ")
            return
        if style.name == "caption":
            self._flow.caption(inline.text)
            return
        lead, rest = inline.lead.strip(), inline.text[len(inline.lead) :].strip()
        signal = stands_alone(self._flow.seen(lead)) if rest else None
        if signal and (not lead[-1].isalnum() or not rest[0].islower()) and rest[0].isalnum():
            self._flow.safety(signal, lead, rest)
        elif is_bullet:
            self._flow.item(inline.text)
        elif mark:
            self._flow.step(inline.text, mark)
        else:
            self._flow.paragraph(inline.text)

    def _hang(self, inline: Inline, behind: Sequence[Colour] | None) -> None:
        """Add what hangs on a paragraph: text boxes, diagrams, pictures; note its footnotes."""
        for box, fill in inline.boxes:
            self._blocks(box, behind if fill == () else fill)
        for diagram in inline.diagrams:
            self._flow.figure(self._parts.diagrams.get(diagram, ()))
        self._flow.figures += inline.pictures
        self._notes += inline.notes

    def _end_notes(self, behind: Sequence[Colour] | None) -> None:
        """Add the notes that the last paragraph or table refers to."""
        notes, self._notes = self._notes, []
        for kind, note_id in notes:
            note = self._parts.notes.get((kind, note_id))
            if note is None:
                continue
            self._counted[kind] += 1
            form = "decimal" if kind == "footnotes" else "lowerRoman"
            texts = [inline.text for inline, _ in self._inner(note, behind)]
            self._flow.paragraph("\n".join(texts), format_number(self._counted[kind], form))

    def _style(self, properties: etree._Element | None) -> Style:
        named = properties.find(f"{W}pStyle") if properties is not None else None
        return self._styles.find(named.get(f"{W}val") if named is not None else None, "paragraph")

    def _mark(self, style: Style, properties: etree._Element | None) -> tuple[str, bool]:
        """The printed mark of a paragraph that is counted, and whether it is a bullet."""
        own = numbering_of(properties)
        numbering = own if own is not None and own[0] else style.numbering
        if numbering is None or not numbering[0]:
            return "", False
        level = numbering[1]
        if own is not None and own[1] is not None:
            level = own[1]
        named = properties.find(f"{W}pStyle") if properties is not None else None
        style_id = (named.get(f"{W}val") or "") if named is not None else ""
        return self._numbering.next_mark(numbering[0], level, style_id)

    def _inner(
        self, parent: etree._Element, behind: Sequence[Colour] | None
    ) -> Iterable[tuple[Inline, str]]:
        """The paragraphs of a cell or a note with their marks; nested tables are left to others."""
        for child in parent:
            if child.tag == f"{W}p":
                properties = child.find(f"{W}pPr")
                style = self._style(properties)
                inline = self._inline.read(child, style, behind)
                mark, is_bullet = "", False
                if inline.text.strip():
                    mark, is_bullet = self._mark(style, properties)
                if mark or is_bullet:
                    inline.text = (_LIST_INDENT if is_bullet else f"{mark} ") + inline.text
                yield inline, mark
            elif child.tag in WRAPPERS:
                yield from self._inner(child, behind)

    def _table(self, table: etree._Element, behind: Sequence[Colour] | None) -> None:
        behind = behind_table(table, self._styles, behind)
        cells = [cell for row in children_of(table, "tr") for cell in children_of(row, "tc")]
        if len(cells) == 1 and not is_message(cells[0]):
            self._blocks(cells[0], behind_cell(cells[0], behind))
            return
        hanging: list[tuple[Inline, Sequence[Colour] | None]] = []
        nested: list[tuple[etree._Element, Sequence[Colour] | None]] = []
        rows = list(self._rows(table, behind, hanging, nested))
        headers = 0
        while headers < len(rows) and rows[headers].is_header:
            headers += 1
        if headers == len(rows):
            headers = 0
        lines = lay_out((row.cells for row in rows), headers or 1)
        pages = [row.page for row in rows]
        self._flow.table(lines, headers or None, pages[: len(lines)])
        for inline, colours in hanging:
            self._hang(inline, colours)
        for inner, colours in nested:
            self._table(inner, colours)
        self._end_notes(behind)

    def _rows(
        self,
        table: etree._Element,
        behind: Sequence[Colour] | None,
        hanging: list[tuple[Inline, Sequence[Colour] | None]],
        nested: list[tuple[etree._Element, Sequence[Colour] | None]],
    ) -> Iterable[Row]:
        """The rows that are shown; cells merged downwards are counted in the topmost."""
        merged: dict[int, tuple[Row, int]] = {}  # column: row and position of the cell
        for element in children_of(table, "tr"):
            properties = element.find(f"{W}trPr")
            if properties is not None and (is_deleted(properties, "del") or hides(properties)):
                reason = "hidden row" if hides(properties) else "deleted text"
                text = " ".join(part.text or "" for part in element.iter(f"{W}t", f"{W}delText"))
                self._flow.hide(text, reason)
                continue
            row = Row(is_header=properties is not None and is_on(properties.find(f"{W}tblHeader")))
            start = last = self._flow.page
            column = span_of(properties, "gridBefore", 0)
            row.cells += [Cell("")] * column
            for cell in children_of(element, "tc"):
                cell_properties = cell.find(f"{W}tcPr")
                span = span_of(cell_properties, "gridSpan", 1)
                self._flow.page = start
                colours = behind_cell(cell, behind)
                inlines = [inline for inline, _ in self._inner(cell, colours)]
                shown = [inline for inline in inlines if inline.text.strip()]
                hanging += [(inline, colours) for inline in inlines]
                nested += [(inner, colours) for inner in children_of(cell, "tbl")]
                if shown and not row.page:
                    row.page = shown[0].page
                last = max(last, self._flow.page)
                text = "\n".join(inline.text for inline in shown)
                merge = cell_properties.find(f"{W}vMerge") if cell_properties is not None else None
                if merge is not None and merge.get(f"{W}val") != "restart" and column in merged:
                    above, position = merged[column]
                    own = above.cells[position]
                    above.cells[position] = Cell(own.text, own.columns, own.rows + 1)
                else:
                    merged.pop(column, None)
                    if merge is not None:
                        merged[column] = (row, len(row.cells))
                    row.cells.append(Cell(text, span))
                column += span
            self._flow.page = last
            row.page = row.page or start
            yield row


def _is_contents(element: etree._Element) -> bool:
    gallery = element.find(f"{W}sdtPr/{W}docPartObj/{W}docPartGallery")
    return gallery is not None and gallery.get(f"{W}val") == "Table of Contents"
