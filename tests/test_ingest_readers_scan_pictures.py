"""Figures on scanned pages: found where a caption names them, with their labels and their page."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from reportlab.lib import colors
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from ingest.readers.contents import Contents
from ingest.readers.figure_names import names_figure
from ingest.readers.image import read_image
from tests.example_scripts import EXAMPLES
from tests.scans import scan, skewed

_SIZE = (360.0, 360.0)
_BODY = "Check the pump P1 once a week."


def _draw_page(path: Path, caption: str, *, is_framed: bool = False) -> None:
    """A drawing of a tank, a pump and their pipes between two paragraphs, and its caption."""
    canvas = Canvas(str(path), pagesize=_SIZE, invariant=1)
    canvas.setFont("Helvetica", 11)
    canvas.drawString(30, 325, _BODY)
    canvas.drawString(30, 40, "Then close the valve V4.")
    canvas.setLineWidth(1.2)
    canvas.rect(90, 210, 70, 80)
    canvas.circle(230, 190, 24)
    canvas.line(160, 250, 230, 250)
    canvas.line(230, 250, 230, 214)
    canvas.line(214, 172, 230, 214)
    canvas.ellipse(100, 150, 150, 200)
    canvas.line(125, 200, 125, 210)
    canvas.drawString(108, 245, "T10")
    canvas.drawString(180, 262, "P77")
    if is_framed:
        canvas.rect(8, 8, 344, 344)
    font = "Helvetica"
    if caption > "\u3000":
        pdfmetrics.registerFont(TTFont("Zh", EXAMPLES / "fonts" / "sample-chinese.ttf"))
        font = "Zh"
    canvas.setFont(font, 11)
    canvas.setFillColor(colors.black)
    canvas.drawString(90, 125, caption)
    canvas.save()


def _read(tmp_path: Path, picture: Image.Image) -> Contents:
    picture.save(tmp_path / "scan.jpg", quality=80, dpi=(200, 200))
    return read_image(tmp_path / "scan.jpg")


@pytest.mark.parametrize(
    ("caption", "degrees", "is_framed"),
    [
        ("Figure 3-2 Tank and pump", 0.0, False),
        ("Bild 3: Tank und Pumpe", 2.0, False),
        ("图 3-2 液压泵", -1.5, False),
        ("Figure 3-2 Tank and pump", 1.0, True),
    ],
)
def test_a_drawing_with_a_caption_is_a_figure_with_its_labels(
    tmp_path: Path, caption: str, degrees: float, is_framed: bool
) -> None:
    _draw_page(tmp_path / "page.pdf", caption, is_framed=is_framed)
    contents = _read(tmp_path, skewed(scan(tmp_path / "page.pdf", 1, noise=6), degrees))
    assert contents.report["figures"] == 1
    (named,) = [b for b in contents.blocks if b.kind == "caption"]
    assert "".join(named.text.split()) == "".join(caption.split())
    assert named.page == 1
    (figure,) = [b for b in contents.blocks if b.kind == "figure"]
    assert {"T10", "P77"} <= set(figure.text.split(" · "))
    (_, box) = figure.lines[0]
    assert (box.left, box.top) == (pytest.approx(90, abs=12), pytest.approx(290, abs=12))
    text = " ".join(b.text for b in contents.blocks if b.kind == "paragraph")
    assert _BODY in text
    assert "T10" not in text


def test_a_drawing_without_a_caption_leaves_its_labels_in_the_text(tmp_path: Path) -> None:
    _draw_page(tmp_path / "page.pdf", "The tank stands beside the pump.")
    contents = _read(tmp_path, scan(tmp_path / "page.pdf", 1, noise=6))
    assert contents.report["figures"] == 0
    assert "P77" in " ".join(block.text for block in contents.blocks)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Figure 3-2 Hydraulic unit", True),
        ("Fig. 4: Valve", True),
        ("Abb. 12 Pumpe", True),
        ("Bild 3", True),
        ("图 3-2 液压系统", True),
        ("图3-2液压系统", True),
        ("Table 3 Torques", False),
        ("See figure 3", False),
        ("Figures of the year", False),
        ("图纸 3 张", False),
    ],
)
def test_the_line_that_names_a_figure_is_known(line: str, expected: bool) -> None:
    assert names_figure(line) == expected
