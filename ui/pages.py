"""Pictures of document pages with the cited passage marked."""

from __future__ import annotations

import io
import threading
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import pypdfium2 as pdfium
from PIL import Image, ImageDraw

Mark = tuple[float, float, float, float]
"""Left, bottom, right, top in PDF points from the lower left corner of the page."""

_SCALE = 1.8  # pixels a point: 130 dpi, sharp at twice the width of the panel
_FILL = (255, 214, 0, 96)
_EDGE = (214, 100, 0, 255)
_MARGIN = 2.0  # points around a mark
_pdfium = threading.Lock()  # PDFium serves one thread at a time


def page_picture(path: Path, page: int, marks: Sequence[Mark]) -> bytes:
    """Return a page as PNG with the marks laid over it.

    Raises:
        IndexError: the document has no such page.
    """
    image = _page(path, page).convert("RGBA")
    height = image.height / _SCALE
    overlay = Image.new("RGBA", image.size, (0, 0, 0, 0))
    draw = ImageDraw.Draw(overlay)
    for left, bottom, right, top in marks:
        draw.rectangle(
            (
                (left - _MARGIN) * _SCALE,
                (height - top - _MARGIN) * _SCALE,
                (right + _MARGIN) * _SCALE,
                (height - bottom + _MARGIN) * _SCALE,
            ),
            fill=_FILL,
        )
    if marks:
        left = min(mark[0] for mark in marks) - 4 * _MARGIN
        bottom, top = min(mark[1] for mark in marks), max(mark[3] for mark in marks)
        bar = (left * _SCALE, (height - top) * _SCALE, (left + 3) * _SCALE)
        draw.rectangle((bar[0], bar[1], bar[2], (height - bottom) * _SCALE), fill=_EDGE)
    buffer = io.BytesIO()
    Image.alpha_composite(image, overlay).convert("RGB").save(buffer, "PNG", compress_level=3)
    return buffer.getvalue()


@lru_cache(maxsize=32)
def _page(path: Path, page: int) -> Image.Image:
    with _pdfium, pdfium.PdfDocument(path) as document:
        if not 1 <= page <= len(document):
            raise IndexError(f"{path.name} has no page {page}")
        image: Image.Image = document[page - 1].render(scale=_SCALE).to_pil()
        return image


def parse_marks(text: str) -> list[Mark]:
    """Read marks from a URL: "left,bottom,right,top;...".

    Raises:
        ValueError: the text is not of that form.
    """
    marks: list[Mark] = []
    for part in text.split(";"):
        if part:
            left, bottom, right, top = (float(number) for number in part.split(","))
            marks.append((left, bottom, right, top))
    return marks
