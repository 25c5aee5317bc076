"""Pages of a PDF that must be looked at: scans, mixed pages, and OCR layers that may lie."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pypdfium2 as pdfium
from rapidfuzz import fuzz

from ingest.readers.ocr import Picture, read_line
from ingest.readers.page_content import UNMOVED, PageContent, Rect, Run, SetAside
from ingest.readers.pdf_layout import baselines
from ingest.readers.pdf_outlined import drawn_words

Need = Literal["scan", "picture", "drawing"] | None
"""Where a page may hold text: all over it, in a picture beside text, in letters that are drawn."""

TURNED = "turned against most of the text of its page"
DISAGREES = "OCR layer that the picture contradicts"

_PIXELS_PER_POINT = 200 / 72
_MOST_PIXELS = 12_000_000
_FEW_LETTERS = 150  # a page with a big picture and fewer is a scan with a stamp on it
_PICTURED = 0.4  # share of a page from which a picture may hold its text
_PAGE_WIDE = 0.85  # share of a page from which a picture is the page
_STAMP = 0.01  # share of a page below which a picture is a logo or an icon
_DRAWN_LINES, _DRAWN_WORDS = 2, 3  # letters turned into paths: fewer may be part of a drawing
_LEAST_INK = 0.0003  # share of the pixels; a blank page of a scanner has less
_ALIKE, _ALL_ALIKE = 50.0, 90.0  # per cent: of one line, of the lines of a page
_SAMPLE = 12  # lines of a page that are compared in a long document
_SHORT = 30  # pages: in a document with fewer every line is compared


def draw(page: pdfium.PdfPage) -> Picture:
    """A page in grey at 200 dpi, less where that is more than 12 megapixels."""
    width, height = page.get_size()
    scale = min(_PIXELS_PER_POINT, (_MOST_PIXELS / max(width * height, 1.0)) ** 0.5)
    picture: Picture = page.render(scale=scale, grayscale=True).to_numpy()
    return picture


def needs_recognition(content: PageContent) -> Need:
    """Whether a page may hold more text than its text objects, and where."""
    if content.pictured >= _PAGE_WIDE and content.letters < _FEW_LETTERS:
        return "scan"
    if not content.runs and content.pictured >= _STAMP:
        return "scan"
    if content.pictured >= _PICTURED and content.letters < _FEW_LETTERS:
        return "picture"
    if content.letters < _FEW_LETTERS and (
        content.drawn_lines >= _DRAWN_LINES or drawn_words(content.drawn) >= _DRAWN_WORDS
    ):
        return "drawing"
    return None


def is_blank(picture: Picture) -> bool:
    """Whether nothing is on a page."""
    small = picture[::3, ::3]
    usual = int(np.median(small))
    return float(np.mean(np.abs(small.astype(np.int16) - usual) > 60)) < _LEAST_INK


def layer_of(content: PageContent) -> list[Run]:
    """The text that lies unseen on the picture of a scan."""
    if not content.is_scan:
        return []
    return [
        aside.run
        for aside in content.hidden
        if aside.run.size >= 2 and aside.reason not in ("outside the page", TURNED)
    ]


def layer_agrees(
    picture: Picture, content: PageContent, layer: Sequence[Run], pages: int
) -> list[SetAside] | None:
    """Compare an OCR layer with the picture below it.

    Returns:
        The lines that the picture contradicts, empty where all of them agree; None where so much
        differs a little that the page is better recognised anew.
    """
    rows = baselines(layer)
    lines = [" ".join(run.text.strip() for run in row) for row in rows]
    chosen = _chosen(picture, content, rows, pages)
    alike: list[float] = []
    lies: list[SetAside] = []
    for i in chosen:
        text, _ = read_line(_crop(picture, content, rows[i]))
        share = fuzz.ratio(_bare(text), _bare(lines[i]))
        alike.append(share)
        if share < _ALIKE:
            first = rows[i][0]
            lies.append(SetAside(first._replace(text=lines[i]), DISAGREES))
    if not lies and alike and float(np.mean(alike)) < _ALL_ALIKE:
        return None
    return lies


def _chosen(
    picture: Picture, content: PageContent, rows: Sequence[Sequence[Run]], pages: int
) -> list[int]:
    """Which lines are compared: all of a short document, else the odd ones and a sample."""
    if pages <= _SHORT or len(rows) <= _SAMPLE:
        return list(range(len(rows)))
    odd = {i for i, row in enumerate(rows) if _is_odd(_crop(picture, content, row))}
    return sorted(odd | set(np.linspace(0, len(rows) - 1, _SAMPLE).astype(int).tolist()))


def _is_odd(crop: Picture) -> bool:
    """A line of a layer where the picture shows none."""
    dark = np.abs(crop.astype(np.int16) - int(np.median(crop))) > 50
    return float(np.mean(dark)) < 0.02 or float(np.mean(dark.any(axis=0))) < 0.3


def _crop(picture: Picture, content: PageContent, row: Sequence[Run]) -> Picture:
    boxes = [content.back.box(run.box) for run in row]
    scale = picture.shape[1] / content.shown[0]
    high = max(box.top - box.bottom for box in boxes)
    left = round((min(box.left for box in boxes) - 0.3 * high) * scale)
    right = round((max(box.right for box in boxes) + 0.3 * high) * scale)
    top = round((content.shown[1] - max(box.top for box in boxes) - 0.25 * high) * scale)
    bottom = round((content.shown[1] - min(box.bottom for box in boxes) + 0.25 * high) * scale)
    crop = picture[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)]
    return crop if min(crop.shape) >= 4 else np.full((48, 48), 255, dtype=np.uint8)


def _bare(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


def recognise_page(
    content: PageContent, picture: Picture
) -> tuple[PageContent, dict[str, object]] | None:
    """Recognise a page anew.

    Returns:
        Its content with what is recognised and the text of the file that is seen, and what the
        report says of it; None where nothing is on the page.
    """
    from ingest.readers.scanned_page import scanned_page  # OpenCV, for few documents

    if is_blank(picture):
        return None
    found, recognised = scanned_page(content.number, picture, *content.shown)
    if not found.runs:
        return None
    found.hidden = list(content.hidden)
    is_page = content.pictured >= _PAGE_WIDE
    if content.runs and not is_page:
        found = _beside(content, found)
    elif content.runs and not recognised.rotation and found.back == UNMOVED:
        found.runs = [*content.runs, *_uncovered(content, found.runs)]
    report = ocr_report(content.number, recognised.confidence, recognised.rotation, len(found.runs))
    return found, report


def _beside(content: PageContent, found: PageContent) -> PageContent:
    """The text of the file as it is, and what is recognised in a picture beside it.

    The text of the file is surer than a recognised one, also where the picture is turned.
    """
    placed = [run._replace(box=found.back.box(run.box)) for run in found.runs]
    beside = [
        run._replace(baseline=run.box.bottom) if found.back != UNMOVED else run
        for run in _uncovered(content, placed)
    ]
    content.runs = [*content.runs, *beside]
    content.is_illustrated = bool(beside)
    return content


def _uncovered(content: PageContent, recognised: Sequence[Run]) -> list[Run]:
    """What is recognised where the file has no text."""
    return [run for run in recognised if not any(_covers(own.box, run.box) for own in content.runs)]


def _covers(own: Rect, recognised: Rect) -> bool:
    across = min(own.right, recognised.right) - max(own.left, recognised.left)
    down = min(own.top, recognised.top) - max(own.bottom, recognised.bottom)
    area = (recognised.right - recognised.left) * (recognised.top - recognised.bottom)
    return across > 0 < down and across * down > 0.3 * area


def ocr_report(number: int, confidence: float, rotation: int, lines: int) -> dict[str, object]:
    """What the report says of a recognised page."""
    return {
        "page": number,
        "confidence": round(confidence, 3),
        "rotation": rotation,
        "lines": lines,
    }
