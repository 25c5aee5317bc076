"""Reading presentations."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_SHAPE
from pptx.util import Inches, Pt

from ingest.errors import EmptyDocument, UnreadableDocument
from ingest.readers.contents import Contents, Hidden
from ingest.readers.pptx import read_pptx

_A = "http://schemas.openxmlformats.org/drawingml/2006/main"
_TITLE_ONLY, _TITLE_AND_BODY, _BLANK = 5, 1, 6


class _Deck:
    """A presentation with one slide, and the words to fill it."""

    def __init__(self) -> None:
        self.presentation = Presentation()
        self.presentation.core_properties.comments = ""
        self.slide: Any = self.add(_TITLE_AND_BODY)

    def add(self, layout: int) -> Any:
        self.slide = self.presentation.slides.add_slide(self.presentation.slide_layouts[layout])
        return self.slide

    def box(self, text: str, left: float, top: float) -> Any:
        box = self.slide.shapes.add_textbox(Inches(left), Inches(top), Inches(3), Inches(0.5))
        box.text_frame.text = text
        return box

    def read(self, folder: Path) -> Contents:
        self.presentation.save(str(folder / "a.pptx"))
        return read_pptx(folder / "a.pptx")


def _texts(contents: Contents) -> list[str]:
    return [block.text for block in contents.blocks]


def test_a_slide_is_a_page_with_title_and_items(tmp_path: Path) -> None:
    deck = _Deck()
    deck.slide.shapes.title.text = "3.1 Lockout"
    frame = deck.slide.placeholders[1].text_frame
    frame.text = "Energy sources"
    frame.add_paragraph().text = "Springs"
    frame.paragraphs[1].level = 1
    deck.add(_TITLE_ONLY).shapes.title.text = "Restart"
    deck.box("Ask the shift lead.", 1, 3)
    contents = deck.read(tmp_path)
    assert [(b.page, b.kind, b.level, b.number, b.text) for b in contents.blocks] == [
        (1, "heading", 1, "3.1", "Lockout"),
        (1, "item", 0, "", "Energy sources"),
        (1, "item", 0, "", "Springs"),
        (2, "heading", 1, "", "Restart"),
        (2, "paragraph", 0, "", "Ask the shift lead."),
    ]
    assert contents.report == {"pages": 2, "tables": 0, "figures": 0}


def test_numbered_paragraphs_get_the_numbers_that_are_shown(tmp_path: Path) -> None:
    deck = _Deck()
    frame = deck.slide.placeholders[1].text_frame
    kinds = [("arabicPeriod", 0, "3"), ("alphaLcParenR", 1, ""), ("alphaLcParenR", 1, "")]
    for i, (kind, level, start) in enumerate([*kinds, ("arabicPeriod", 0, "3")]):
        paragraph = frame.paragraphs[0] if i == 0 else frame.add_paragraph()
        paragraph.text, paragraph.level = f"step {i}", level
        mark = paragraph._p.get_or_add_pPr().makeelement(f"{{{_A}}}buAutoNum", {"type": kind})
        if start:
            mark.set("startAt", start)
        paragraph._p.get_or_add_pPr().append(mark)
    assert [(b.kind, b.number) for b in deck.read(tmp_path).blocks] == [
        ("step", "3."),
        ("step", "a)"),
        ("step", "b)"),
        ("step", "4."),
    ]


def test_tables_keep_their_header_and_merged_cells(tmp_path: Path) -> None:
    deck = _Deck()
    table = deck.slide.shapes.add_table(3, 3, 0, Inches(3), Inches(6), Inches(2)).table
    rows = [["Code", "Cause", "Remedy"], ["E-1", "low", "fill"], ["", "see E-2", ""]]
    for i, row in enumerate(rows):
        for j, text in enumerate(row):
            table.cell(i, j).text = text
    table.cell(1, 0).merge(table.cell(2, 0))
    table.cell(2, 1).merge(table.cell(2, 2))
    contents = deck.read(tmp_path)
    assert [(b.header, b.cells) for b in contents.blocks] == [
        (("Code", "Cause", "Remedy"), ("E-1", "low", "fill")),
        (("Code", "Cause", "Remedy"), ("E-1", "see E-2", "")),
    ]


def test_two_columns_are_read_one_after_the_other(tmp_path: Path) -> None:
    deck = _Deck()
    for text, left, top in [
        ("right low", 5, 4),
        ("left low", 0.5, 4),
        ("right high", 5, 2),
        ("left high", 0.5, 2),
        ("foot", 0.5, 6),
    ]:
        deck.box(text, left, top)
    deck.slide.placeholders[1].text_frame.text = ""
    deck.box("wide", 0, 1).width = Inches(9)
    order = _texts(deck.read(tmp_path))
    assert order[0] == "wide"
    assert order.index("left high") < order.index("right high")


def test_six_cells_of_a_grid_are_read_row_by_row(tmp_path: Path) -> None:
    deck = _Deck()
    deck.add(_BLANK)
    for i in (5, 3, 1, 0, 2, 4):
        box = deck.box(f"cell {i}", 0.2 + 3.2 * (i % 3), 1 + 2 * (i // 3))
        box.width = Inches(2.5)
    assert _texts(deck.read(tmp_path)) == [f"cell {i}" for i in range(6)]


def test_groups_are_read_where_they_lie(tmp_path: Path) -> None:
    deck = _Deck()
    deck.add(_BLANK)
    group = deck.slide.shapes.add_group_shape()
    for text, top in (("inner low", 3), ("inner high", 2)):
        box = group.shapes.add_textbox(Inches(1), Inches(top), Inches(3), Inches(0.5))
        box.text_frame.text = text
    deck.box("below", 1, 5)
    deck.box("above", 1, 0.5)
    assert _texts(deck.read(tmp_path)) == ["above", "inner high", "inner low", "below"]


def _white(deck: _Deck) -> None:
    box = deck.box("secret", 1, 5)
    box.text_frame.paragraphs[0].runs[0].font.color.rgb = RGBColor(255, 255, 255)


def _tiny(deck: _Deck) -> None:
    deck.box("secret", 1, 5).text_frame.paragraphs[0].runs[0].font.size = Pt(1)


def _outside(deck: _Deck) -> None:
    deck.box("secret", -4, 1)


def _below(deck: _Deck) -> None:
    deck.box("secret", 1, 8)


def _invisible(deck: _Deck) -> None:
    deck.box("secret", 1, 5)._element.nvSpPr.cNvPr.set("hidden", "1")


def _notes(deck: _Deck) -> None:
    deck.slide.notes_slide.notes_text_frame.text = "secret"


def _hidden_slide(deck: _Deck) -> None:
    deck.add(_BLANK)._element.set("show", "0")
    deck.box("secret", 1, 1)


def _alternative(deck: _Deck) -> None:
    deck.box("", 1, 1)._element.nvSpPr.cNvPr.set("descr", "secret")


def _property(deck: _Deck) -> None:
    deck.presentation.core_properties.keywords = "secret"


@pytest.mark.parametrize(
    ("hide", "page", "reason"),
    [
        (_white, 1, "white text"),
        (_tiny, 1, "tiny text"),
        (_outside, 1, "text outside the slide"),
        (_below, 1, "text outside the slide"),
        (_invisible, 1, "hidden shape"),
        (_notes, 1, "speaker notes"),
        (_hidden_slide, 2, "hidden slide"),
        (_alternative, 1, "alternative text"),
        (_property, 1, "document properties"),
    ],
)
def test_what_is_not_seen_on_a_slide_is_held_back(
    tmp_path: Path, hide: Callable[[_Deck], None], page: int, reason: str
) -> None:
    deck = _Deck()
    deck.slide.shapes.title.text = "Seen"
    hide(deck)
    contents = deck.read(tmp_path)
    assert _texts(contents) == ["Seen"]
    assert contents.hidden == (Hidden(page, "secret", reason),)


def test_white_words_on_a_dark_shape_are_seen(tmp_path: Path) -> None:
    deck = _Deck()
    shape = deck.slide.shapes.add_shape(
        MSO_SHAPE.RECTANGLE, Inches(1), Inches(3), Inches(3), Inches(1)
    )
    shape.fill.solid()
    shape.fill.fore_color.rgb = RGBColor(0, 0, 120)
    shape.text_frame.text = "on blue"
    shape.text_frame.paragraphs[0].runs[0].font.color.rgb = RGBColor(255, 255, 255)
    assert _texts(deck.read(tmp_path)) == ["on blue"]


def test_a_shape_with_a_signal_word_is_one_safety_message(tmp_path: Path) -> None:
    deck = _Deck()
    box = deck.box("WARNING", 1, 3)
    box.text_frame.add_paragraph().text = "Hot oil."
    box.text_frame.add_paragraph().text = "Wear gloves."
    (block,) = deck.read(tmp_path).blocks
    assert (block.kind, block.signal) == ("safety", "warning")
    assert block.text == "WARNING\nHot oil.\nWear gloves."


def test_a_presentation_without_text_is_empty(tmp_path: Path) -> None:
    with pytest.raises(EmptyDocument, match=r"a\.pptx holds no text"):
        _Deck().read(tmp_path)


def test_a_word_document_named_pptx_is_refused(tmp_path: Path) -> None:
    from tests.word_documents import paragraph, write_docx

    path = write_docx(tmp_path / "a.pptx", paragraph("x"))
    with pytest.raises(UnreadableDocument, match=r"a\.pptx is damaged or not a presentation"):
        read_pptx(path)
