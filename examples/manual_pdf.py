"""Set a sample manual as a PDF: running head and foot, bookmarks, panels, tables, drawings."""

from __future__ import annotations

from pathlib import Path
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
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
_WORDS = {
    "en": {
        "danger": "DANGER",
        "warning": "WARNING",
        "caution": "CAUTION",
        "notice": "NOTICE",
        "document": "Document no.",
        "revision": "Revision",
        "of": "{} of {}",
        "models": "Models",
        "serials": "Serial numbers",
        "maker": "Maker",
        "page": "Page {}",
        "keep": "Keep this manual at the machine for later use.",
    },
    "zh": {
        "danger": "危险",
        "warning": "警告",
        "caution": "注意",
        "notice": "提示",
        "document": "文件编号",
        "revision": "版本",
        "of": "{}（{}）",
        "models": "型号",
        "serials": "序列号",
        "maker": "制造商",
        "page": "第 {} 页",
        "keep": "请将本手册保存在设备旁，以备日后查阅。",
    },
}
_FONTS = Path(__file__).resolve().parent / "fonts"
_BULLET = "\u2022"


def characters(manual: source.Manual) -> tuple[set[str], set[str]]:
    """What a manual is set in, and of that what is set in bold: its fonts must hold them."""
    words = set("".join((*_WORDS[manual.language].values(), *manual.facts.values(), _BULLET)))
    plain, bold = words | set(map(chr, range(0x20, 0x7F))), set(words)
    for block in manual.blocks:
        match block:
            case source.Heading(_, number, title):
                bold.update(number, title)
            case source.Paragraph(text):
                plain.update(text)
            case source.Items(texts):
                plain.update(*texts)
            case source.Safety(_, title, paragraphs):
                bold.update(title)
                plain.update(*paragraphs)
            case source.Table(caption, header, rows):
                plain.update(caption, *(cell for row in rows for cell in row))
                bold.update(*header)
            case source.Drawing(caption, commands):
                plain.update(caption, *commands)
    return plain, bold | {" "}


class _Look:
    """Fonts, styles and the builder's own words in one language."""

    def __init__(self, language: str) -> None:
        self.words = _WORDS[language]
        self.plain, self.bold, self.italic = "Helvetica", "Helvetica-Bold", "Helvetica-Oblique"
        wrap = None
        if language == "zh":
            self.plain = self.italic = "SampleChinese"
            self.bold = "SampleChinese-Bold"
            pdfmetrics.registerFont(TTFont(self.plain, str(_FONTS / "sample-chinese.ttf")))
            pdfmetrics.registerFont(TTFont(self.bold, str(_FONTS / "sample-chinese-bold.ttf")))
            wrap = "CJK"
        self.body = ParagraphStyle(
            "body", fontName=self.plain, fontSize=10, leading=14, spaceAfter=6, wordWrap=wrap
        )
        self.cell = ParagraphStyle("cell", parent=self.body, fontSize=9, leading=11.5, spaceAfter=0)
        self.head_cell = ParagraphStyle("head", parent=self.cell, fontName=self.bold)
        self.caption = ParagraphStyle(
            "caption", parent=self.cell, fontName=self.italic, spaceBefore=4
        )
        self.item = ParagraphStyle(
            "item", parent=self.body, leftIndent=9 * mm, bulletIndent=2 * mm, spaceAfter=3
        )
        self.item.bulletFontName = self.plain
        self.title = ParagraphStyle("title", fontName=self.bold, fontSize=30, leading=38)
        self.headings = {
            1: ParagraphStyle("h1", fontName=self.bold, fontSize=18, leading=24, spaceAfter=10),
            2: ParagraphStyle(
                "h2", fontName=self.bold, fontSize=13, leading=17, spaceBefore=10, spaceAfter=5
            ),
            3: ParagraphStyle(
                "h3", fontName=self.bold, fontSize=11, leading=14, spaceBefore=8, spaceAfter=4
            ),
        }


class _Heading(Paragraph):
    """A heading that also becomes a bookmark of the PDF."""

    def __init__(self, block: source.Heading, look: _Look) -> None:
        self.block = block
        super().__init__(escape(f"{block.number} {block.title}"), look.headings[block.level])

    def draw(self) -> None:
        key = f"section-{self.block.number}"
        self.canv.bookmarkPage(key)
        title = f"{self.block.number} {self.block.title}"
        self.canv.addOutlineEntry(title, key, self.block.level - 1, closed=self.block.level > 1)
        super().draw()


def write_pdf(manual: source.Manual, path: Path) -> None:
    """Write the manual; the same source gives the same bytes."""
    facts = manual.facts
    look = _Look(manual.language)
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
        canvas.setFont(look.plain, 8)
        canvas.drawString(_MARGIN, A4[1] - 14 * mm, f"{facts['title']} - {facts['kind']}")
        canvas.drawRightString(A4[0] - _MARGIN, A4[1] - 14 * mm, facts["maker"])
        canvas.line(_MARGIN, A4[1] - 16 * mm, A4[0] - _MARGIN, A4[1] - 16 * mm)
        foot = f"{facts['document']} Rev. {manual.revision} ({facts['date']})"
        canvas.drawString(_MARGIN, 12 * mm, foot)
        canvas.drawRightString(A4[0] - _MARGIN, 12 * mm, look.words["page"].format(document.page))

    template.addPageTemplates(PageTemplate("page", [frame], onPage=running_head))
    story: list[Flowable] = _title_page(manual, look)
    for block in manual.blocks:
        story.extend(_flowables(block, look))
    template.build(story)


def _title_page(manual: source.Manual, look: _Look) -> list[Flowable]:
    facts, words = manual.facts, look.words
    rows = [
        (words["document"], facts["document"]),
        (words["revision"], words["of"].format(manual.revision, facts["date"])),
        (words["models"], facts["models"]),
        (words["serials"], facts["serials"]),
        (words["maker"], facts["maker"]),
    ]
    grid = Grid(
        [[Paragraph(escape(k), look.head_cell), Paragraph(escape(v), look.cell)] for k, v in rows],
        colWidths=[40 * mm, _WIDTH - 40 * mm],
        style=[("LINEBELOW", (0, 0), (-1, -1), 0.5, colors.grey)],
    )
    return [
        Spacer(1, 60 * mm),
        Paragraph(escape(facts["title"]), look.title),
        Paragraph(escape(facts["kind"]), look.headings[1]),
        Spacer(1, 20 * mm),
        grid,
        Spacer(1, 12 * mm),
        Paragraph(words["keep"], look.body),
    ]


def _flowables(block: source.Block, look: _Look) -> list[Flowable]:
    match block:
        case source.Heading(level=1):
            return [PageBreak(), _Heading(block, look)]
        case source.Heading():
            return [CondPageBreak(40 * mm), _Heading(block, look)]
        case source.Paragraph(text):
            return [Paragraph(escape(text), look.body)]
        case source.Items(texts, numbers):
            marks = [f"{n}." for n in numbers] or [_BULLET] * len(texts)
            return [
                Paragraph(escape(t), look.item, bulletText=m)
                for t, m in zip(texts, marks, strict=True)
            ]
        case source.Safety():
            return [KeepTogether([_panel(block, look)]), Spacer(1, 3 * mm)]
        case source.Table():
            caption = Paragraph(escape(block.caption), look.caption)
            return [caption, _grid(block, look), Spacer(1, 4 * mm)]
        case source.Drawing(text, commands):
            figure = drawing.draw(commands, look.plain)
            figure.hAlign = "CENTER"
            caption = Paragraph(escape(text), look.caption)
            return [KeepTogether([figure, caption]), Spacer(1, 4 * mm)]
        case source.PageBreak():
            return [PageBreak()]


def _panel(block: source.Safety, look: _Look) -> Flowable:
    dark = block.signal in ("danger", "notice")
    word = ParagraphStyle(
        "signal",
        parent=look.head_cell,
        fontSize=12,
        leading=15,
        textColor=colors.white if dark else colors.black,
    )
    body: list[Flowable] = []
    if block.title:
        body.append(Paragraph(escape(block.title), look.head_cell))
    body += [Paragraph(escape(text), look.cell) for text in block.paragraphs]
    color = _PANEL[block.signal]
    return Grid(
        [[Paragraph(look.words[block.signal], word)], [body]],
        colWidths=[_WIDTH],
        style=[
            ("BACKGROUND", (0, 0), (-1, 0), color),
            ("BOX", (0, 0), (-1, -1), 1.2, color),
            ("BOTTOMPADDING", (0, 1), (-1, 1), 6),
        ],
    )


def _grid(block: source.Table, look: _Look) -> Flowable:
    cells = [[Paragraph(escape(c), look.head_cell) for c in block.header]]
    cells += [[Paragraph(escape(c), look.cell) for c in row] for row in block.rows]
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
