"""A brief as a PDF: to print, to sign, to file."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from html import escape

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle, getSampleStyleSheet
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from assistant.analytics.brief.contents import Brief, Section
from assistant.analytics.brief.page import MOST_ROWS, about, closing, defences, headed, printed
from assistant.analytics.figure import Figure

# A font that every PDF viewer brings: Chinese names of machines need it, and none is embedded.
_CHINESE = "STSong-Light"
_WIDE = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]+")
_MOST_COLUMNS = 8
_TINT, _GREY = colors.HexColor("#fff3e6"), colors.HexColor("#444455")


def brief_sheet(brief: Brief) -> bytes:
    """The PDF."""
    if _CHINESE not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(UnicodeCIDFont(_CHINESE))
    styles = _styles()
    told: list[Flowable] = [
        Paragraph(_said(brief.title), styles["Title"]),
        Paragraph(_said(" · ".join(about(brief))), styles["small"]),
        Spacer(1, 4 * mm),
    ]
    for section in brief.sections:
        told += _section(section, styles)
    told += [Spacer(1, 6 * mm), Paragraph(_said(closing(brief)), styles["small"])]
    out = io.BytesIO()
    SimpleDocTemplate(
        out,
        pagesize=A4,
        title=brief.title,
        author="Faultbook",
        leftMargin=18 * mm,
        rightMargin=18 * mm,
        topMargin=16 * mm,
        bottomMargin=16 * mm,
    ).build(told)
    return out.getvalue()


def _styles() -> dict[str, ParagraphStyle]:
    sheet = getSampleStyleSheet()
    body = sheet["BodyText"]
    return {
        "Title": ParagraphStyle("title", sheet["Title"], alignment=0, spaceAfter=2),
        "h2": sheet["Heading2"],
        "body": body,
        "worded": ParagraphStyle("worded", body, backColor=_TINT, leftIndent=6),
        "small": ParagraphStyle("small", body, fontSize=8, leading=10, textColor=_GREY),
        "cell": ParagraphStyle("cell", body, fontSize=8, leading=10, spaceBefore=0),
    }


def _section(section: Section, styles: dict[str, ParagraphStyle]) -> Iterator[Flowable]:
    yield Paragraph(_said(section.title), styles["h2"])
    if section.wording:
        yield Paragraph(_said(section.wording), styles["worded"])
    for statement in section.statements:
        yield Paragraph(f"• {_said(statement)}", styles["body"])
    for figure in section.figures:
        if figure.rows and len(figure.columns) > 1:
            yield Spacer(1, 2 * mm)
            yield _table(figure, styles)
        lines = " · ".join(_said(line) for line in defences(figure))
        yield Paragraph(lines, styles["small"])


def _table(figure: Figure, styles: dict[str, ParagraphStyle]) -> Table:
    columns = figure.columns[:_MOST_COLUMNS]
    head = [Paragraph(f"<b>{_said(headed(column))}</b>", styles["cell"]) for column in columns]
    body = [
        [Paragraph(_said(printed(cell)), styles["cell"]) for cell in row[:_MOST_COLUMNS]]
        for row in figure.rows[:MOST_ROWS]
    ]
    table = Table([head, *body], repeatRows=1, hAlign="LEFT")
    table.setStyle(
        TableStyle(
            [
                ("GRID", (0, 0), (-1, -1), 0.4, colors.HexColor("#ccd3da")),
                ("BACKGROUND", (0, 0), (-1, 0), colors.HexColor("#eef1f4")),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ]
        )
    )
    return table


def _said(text: str) -> str:
    """A text for a paragraph: escaped, its Chinese parts in a font that has them."""
    return _WIDE.sub(lambda match: f'<font name="{_CHINESE}">{match[0]}</font>', escape(text))
