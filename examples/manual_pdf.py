"""Set a sample manual as a PDF: running head and foot, bookmarks, panels, tables, drawings."""

from __future__ import annotations

from pathlib import Path
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    KeepTogether,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
)
from reportlab.platypus import Table as Grid

import drawing
import manual_source as source

_MARGIN = 20 * mm
_WIDTH = A4[0] - 2 * _MARGIN
_PANEL = {
    "danger": colors.HexColor("#c8102e"),
    "warning": colors.HexColor("#f08000"),
    "caution": colors.HexColor("#f5c400"),
    "notice": colors.HexColor("#0a5cad"),
}
_BODY = ParagraphStyle("body", fontName="Helvetica", fontSize=10, leading=14, spaceAfter=6)
_CELL = ParagraphStyle("cell", parent=_BODY, fontSize=9, leading=11.5, spaceAfter=0)
_HEAD_CELL = ParagraphStyle("head", parent=_CELL, fontName="Helvetica-Bold")
_CAPTION = ParagraphStyle("caption", parent=_CELL, fontName="Helvetica-Oblique", spaceBefore=4)
_ITEM = ParagraphStyle("item", parent=_BODY, leftIndent=9 * mm, bulletIndent=2 * mm, spaceAfter=3)
_HEADINGS = {
    1: ParagraphStyle("h1", fontName="Helvetica-Bold", fontSize=18, leading=24, spaceAfter=10),
    2: ParagraphStyle(
        "h2", fontName="Helvetica-Bold", fontSize=13, leading=17, spaceBefore=10, spaceAfter=5
    ),
    3: ParagraphStyle(
        "h3", fontName="Helvetica-Bold", fontSize=11, leading=14, spaceBefore=8, spaceAfter=4
    ),
}


class _Heading(Paragraph):
    """A heading that also becomes a bookmark of the PDF."""

    def __init__(self, block: source.Heading) -> None:
        self.block = block
        super().__init__(escape(f"{block.number} {block.title}"), _HEADINGS[block.level])

    def draw(self) -> None:
        key = f"section-{self.block.number}"
        self.canv.bookmarkPage(key)
        title = f"{self.block.number} {self.block.title}"
        self.canv.addOutlineEntry(title, key, self.block.level - 1, closed=self.block.level > 1)
        super().draw()


def write_pdf(manual: source.Manual, path: Path) -> None:
    """Write the manual; the same source gives the same bytes."""
    facts = manual.facts
    template = BaseDocTemplate(
        str(path),
        pagesize=A4,
        leftMargin=_MARGIN,
        rightMargin=_MARGIN,
        topMargin=24 * mm,
        bottomMargin=20 * mm,
        title=f"{facts['title']} {facts['kind']}",
        author=facts["maker"],
        subject=f"{facts['document']} Rev. {manual.revision}",
        invariant=1,
    )
    frame = Frame(_MARGIN, 20 * mm, _WIDTH, A4[1] - 44 * mm, id="body", showBoundary=0)

    def running_head(canvas: Canvas, document: BaseDocTemplate) -> None:
        if document.page == 1:
            return
        canvas.setFont("Helvetica", 8)
        canvas.drawString(_MARGIN, A4[1] - 14 * mm, f"{facts['title']} - {facts['kind']}")
        canvas.drawRightString(A4[0] - _MARGIN, A4[1] - 14 * mm, facts["maker"])
        canvas.line(_MARGIN, A4[1] - 16 * mm, A4[0] - _MARGIN, A4[1] - 16 * mm)
        foot = f"{facts['document']} Rev. {manual.revision} ({facts['date']})"
        canvas.drawString(_MARGIN, 12 * mm, foot)
        canvas.drawRightString(A4[0] - _MARGIN, 12 * mm, f"Page {document.page}")

    template.addPageTemplates(PageTemplate("page", [frame], onPage=running_head))
    story: list[Flowable] = _title_page(manual)
    for block in manual.blocks:
        story.extend(_flowables(block))
    template.build(story)


def _title_page(manual: source.Manual) -> list[Flowable]:
    facts = manual.facts
    big = ParagraphStyle("title", fontName="Helvetica-Bold", fontSize=30, leading=38)
    rows = [
        ("Document no.", facts["document"]),
        ("Revision", f"{manual.revision} of {facts['date']}"),
        ("Models", facts["models"]),
        ("Serial numbers", facts["serials"]),
        ("Maker", facts["maker"]),
    ]
    grid = Grid(
        [[Paragraph(escape(k), _HEAD_CELL), Paragraph(escape(v), _CELL)] for k, v in rows],
        colWidths=[40 * mm, _WIDTH - 40 * mm],
        style=[("LINEBELOW", (0, 0), (-1, -1), 0.5, colors.grey)],
    )
    return [
        Spacer(1, 60 * mm),
        Paragraph(escape(facts["title"]), big),
        Paragraph(escape(facts["kind"]), _HEADINGS[1]),
        Spacer(1, 20 * mm),
        grid,
        Spacer(1, 12 * mm),
        Paragraph("Keep this manual at the machine for later use.", _BODY),
    ]


def _flowables(block: source.Block) -> list[Flowable]:
    match block:
        case source.Heading(level=1):
            return [PageBreak(), _Heading(block)]
        case source.Heading():
            return [CondPageBreak(40 * mm), _Heading(block)]
        case source.Paragraph(text):
            return [Paragraph(escape(text), _BODY)]
        case source.Items(texts, numbers):
            marks = [f"{n}." for n in numbers] or ["\u2022"] * len(texts)
            return [
                Paragraph(escape(t), _ITEM, bulletText=m) for t, m in zip(texts, marks, strict=True)
            ]
        case source.Safety():
            return [KeepTogether([_panel(block)]), Spacer(1, 3 * mm)]
        case source.Table():
            return [Paragraph(escape(block.caption), _CAPTION), _grid(block), Spacer(1, 4 * mm)]
        case source.Drawing(caption, commands):
            figure = drawing.draw(commands)
            figure.hAlign = "CENTER"
            return [KeepTogether([figure, Paragraph(escape(caption), _CAPTION)]), Spacer(1, 4 * mm)]
        case source.PageBreak():
            return [PageBreak()]


def _panel(block: source.Safety) -> Flowable:
    dark = block.signal in ("danger", "notice")
    word = ParagraphStyle(
        "signal",
        parent=_HEAD_CELL,
        fontSize=12,
        leading=15,
        textColor=colors.white if dark else colors.black,
    )
    body: list[Flowable] = [Paragraph(escape(block.title), _HEAD_CELL)] if block.title else []
    body += [Paragraph(escape(text), _CELL) for text in block.paragraphs]
    color = _PANEL[block.signal]
    return Grid(
        [[Paragraph(block.signal.upper(), word)], [body]],
        colWidths=[_WIDTH],
        style=[
            ("BACKGROUND", (0, 0), (-1, 0), color),
            ("BOX", (0, 0), (-1, -1), 1.2, color),
            ("BOTTOMPADDING", (0, 1), (-1, 1), 6),
        ],
    )


def _grid(block: source.Table) -> Flowable:
    cells = [[Paragraph(escape(c), _HEAD_CELL) for c in block.header]]
    cells += [[Paragraph(escape(c), _CELL) for c in row] for row in block.rows]
    total = sum(block.widths)
    return Grid(
        cells,
        colWidths=[_WIDTH * w / total for w in block.widths],
        repeatRows=1,
        style=[
            ("GRID", (0, 0), (-1, -1), 0.5, colors.HexColor("#555555")),
            ("BACKGROUND", (0, 0), (-1, 0), colors.HexColor("#e6e6e6")),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ],
    )
