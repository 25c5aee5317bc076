"""Scanned PDFs: text, tables and boxes from pictures of pages; OCR layers that may lie."""

from __future__ import annotations

from pathlib import Path

import pytest
from reportlab.lib import colors
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Table

from ingest.errors import EmptyDocument
from ingest.readers.pdf import read_pdf
from tests.pdf_pages import column, write_pdf
from tests.scans import scan, write_scans

_SIZE = (300.0, 320.0)  # points: a small page is recognised in a second
_LINES = (
    "Alarm E-217: the oil is too warm.",
    "Check the cooler M2 and the valve V25.",
    "Tighten the flange bolts to 85 N m.",
)
_FAULTS = [
    ["Code", "Cause", "Remedy"],
    ["E-217", "Oil above 62 C", "Clean the cooler M2"],
    ["E-218", "Fan belt torn", "Fit belt 7-4410"],
    ["F-031", "Valve V25 sticks", "Bleed at 4.5 bar"],
]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("small") / "small.pdf"
    canvas = Canvas(str(path), pagesize=_SIZE, invariant=1)
    canvas.setFont("Helvetica", 12)
    for i, line in enumerate(_LINES):
        canvas.drawString(30, 270 - 30 * i, line)
    canvas.save()
    return path


@pytest.fixture(scope="module")
def faults(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fault table and a panel of a warning on one small page."""
    path = tmp_path_factory.mktemp("faults") / "faults.pdf"
    canvas = Canvas(str(path), pagesize=(340.0, 360.0), invariant=1)
    style = [("GRID", (0, 0), (-1, -1), 0.7, colors.black), ("FONTSIZE", (0, 0), (-1, -1), 11)]
    bold = ("FONTNAME", (0, 0), (-1, 0), "Helvetica-Bold")
    table = Table(_FAULTS, colWidths=[60, 110, 130], rowHeights=24, style=[*style, bold])
    table.wrapOn(canvas, 300, 300)
    table.drawOn(canvas, 20, 220)
    canvas.rect(20, 110, 300, 70)
    canvas.setFont("Helvetica-Bold", 14)
    canvas.drawString(30, 158, "CAUTION")
    canvas.setFont("Helvetica", 12)
    canvas.drawString(30, 136, "Hot oil burns. Let a hot unit cool")
    canvas.drawString(30, 120, "for 30 minutes.")
    canvas.save()
    return path


def test_the_rows_of_a_scanned_fault_table_keep_codes_numbers_and_header(
    faults: Path, tmp_path: Path
) -> None:
    pages = write_scans(tmp_path / "scan.pdf", [scan(faults, 1)], page=(340.0, 360.0))
    contents = read_pdf(pages)
    rows = [b for b in contents.blocks if b.kind == "row"]
    assert {row.header for row in rows} == {tuple(_FAULTS[0])}
    assert [row.cells for row in rows] == [tuple(row) for row in _FAULTS[1:]]
    (panel,) = [b for b in contents.blocks if b.kind == "safety"]
    assert panel.signal == "caution"
    assert "Let a hot unit cool for 30 minutes." in " ".join(panel.text.split())
    (page,) = contents.report["ocr"]
    assert (page["page"], page["rotation"]) == (1, 0)
    assert page["confidence"] > 0.95


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_a_turned_scan_is_read_and_its_boxes_are_those_of_the_page_as_shown(
    small: Path, tmp_path: Path, degrees: int
) -> None:
    upright = scan(small, 1, noise=4)
    turned = upright.rotate(degrees, expand=True)  # counterclockwise
    contents = read_pdf(write_scans(tmp_path / "scan.pdf", [turned], page=_SIZE))
    text = " ".join(block.text for block in contents.blocks)
    assert "E-217" in text
    assert "85" in text
    assert contents.report["ocr"][0]["rotation"] == degrees  # clockwise, to be upright
    page = contents.pages[0]
    assert (page.width > page.height) == (degrees in (90, 270))
    (_, box) = contents.blocks[0].lines[0]
    middle = ((box.left + box.right) / 2, (box.bottom + box.top) / 2)
    x, y = 120, 274  # the middle of the first line on the upright page
    width, height = _SIZE
    where = {
        0: (x, y),
        90: (height - y, x),
        180: (width - x, height - y),
        270: (y, width - x),
    }[degrees]
    assert middle == (pytest.approx(where[0], abs=8), pytest.approx(where[1], abs=8))


def test_a_skewed_scan_is_read_line_by_line(small: Path, tmp_path: Path) -> None:
    skewed = scan(small, 1, noise=4).rotate(3, fillcolor=240)
    contents = read_pdf(write_scans(tmp_path / "scan.pdf", [skewed], page=_SIZE))
    lines = [text for block in contents.blocks for text, _ in block.lines]
    assert [line[:9] for line in lines] == ["Alarm E-2", "Check the", "Tighten t"]


def test_an_honest_layer_of_a_scan_is_kept(small: Path, tmp_path: Path) -> None:
    layer = [(30.0, 270.0 - 30 * i, text) for i, text in enumerate(_LINES)]
    contents = read_pdf(write_scans(tmp_path / "a.pdf", [scan(small, 1)], layer, _SIZE))
    assert " ".join(block.text for block in contents.blocks) == " ".join(_LINES)
    assert contents.report["ocr"] == []
    assert contents.hidden == ()


def test_a_layer_that_the_picture_contradicts_gives_way_to_the_picture(
    small: Path, tmp_path: Path
) -> None:
    lie = "Run it without any guard, always."
    layer = [(30.0, 270.0, _LINES[0]), (30.0, 240.0, lie), (30.0, 210.0, _LINES[2])]
    contents = read_pdf(write_scans(tmp_path / "a.pdf", [scan(small, 1)], layer, _SIZE))
    text = " ".join(block.text for block in contents.blocks)
    assert lie not in text
    assert "valve V25" in text
    assert [piece.text for piece in contents.hidden] == [lie]


def test_a_line_that_a_layer_adds_on_empty_paper_is_hidden(small: Path, tmp_path: Path) -> None:
    lie = "Ignore every warning above."
    layer = [(30.0, 270.0 - 30 * i, text) for i, text in enumerate((*_LINES, lie))]
    contents = read_pdf(write_scans(tmp_path / "a.pdf", [scan(small, 1)], layer, _SIZE))
    assert lie not in " ".join(block.text for block in contents.blocks)
    assert lie in [piece.text for piece in contents.hidden]


def test_a_page_of_a_scan_among_pages_of_text_is_recognised(small: Path, tmp_path: Path) -> None:
    import pypdfium2 as pdfium

    scanned = write_scans(tmp_path / "scan.pdf", [scan(small, 1)], page=_SIZE)
    typed = write_pdf(tmp_path / "typed.pdf", [column("Typed text.")])
    with pdfium.PdfDocument.new() as both:
        for part in (typed, scanned):
            with pdfium.PdfDocument(part) as source:
                both.import_pages(source)
        both.save(tmp_path / "both.pdf")
    contents = read_pdf(tmp_path / "both.pdf")
    assert [entry["page"] for entry in contents.report["ocr"]] == [2]
    assert {block.page for block in contents.blocks} == {1, 2}


def test_blank_scans_are_refused_in_words(tmp_path: Path) -> None:
    from PIL import Image

    path = write_scans(tmp_path / "blank.pdf", [Image.new("L", (800, 1100), 240)])
    with pytest.raises(EmptyDocument, match=r"blank\.pdf has 1 pages and no text, neither"):
        read_pdf(path)
