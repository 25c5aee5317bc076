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

PIXELS_PER_POINT = 1.8
"""Resolution of a page picture: 130 dpi, sharp at twice the width of the panel."""

_FILL = (255, 214, 0, 96)
_EDGE = (214, 100, 0, 255)
_FARTHEST = 20_000.0  # points; a page of a PDF has at most 14,400
_MARGIN = 2.0  # points around a mark
_pdfium = threading.Lock()  # PDFium serves one thread at a time


def page_picture(path: Path, page: int, marks: Sequence[Mark]) -> bytes:
    """Return a page as PNG with the marks laid over it.

    Raises:
        IndexError: the document has no such page.
    """
    image = _page(path, page).convert("RGBA")
    scale, height = PIXELS_PER_POINT, image.height / PIXELS_PER_POINT
    overlay = Image.new("RGBA", image.size, (0, 0, 0, 0))
    draw = ImageDraw.Draw(overlay)
    for left, bottom, right, top in marks:
        draw.rectangle(
            (
                (left - _MARGIN) * scale,
                (height - top - _MARGIN) * scale,
                (right + _MARGIN) * scale,
                (height - bottom + _MARGIN) * scale,
            ),
            fill=_FILL,
        )
    if marks:
        left = min(mark[0] for mark in marks) - 4 * _MARGIN
        bottom, top = min(mark[1] for mark in marks), max(mark[3] for mark in marks)
        bar = (left * scale, (height - top) * scale, (left + 3) * scale)
        draw.rectangle((*bar, (height - bottom) * scale), fill=_EDGE)
    buffer = io.BytesIO()
    Image.alpha_composite(image, overlay).convert("RGB").save(buffer, "PNG", compress_level=3)
    return buffer.getvalue()


@lru_cache(maxsize=32)
def _page(path: Path, page: int) -> Image.Image:
    with _pdfium, pdfium.PdfDocument(path) as document:
        if not 1 <= page <= len(document):
            raise IndexError(f"{path.name} has no page {page}")
        image: Image.Image = document[page - 1].render(scale=PIXELS_PER_POINT).to_pil()
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
            if not (
                -_FARTHEST < left <= right < _FARTHEST and -_FARTHEST < bottom <= top < _FARTHEST
            ):
                raise ValueError(f"{part!r} is no rectangle on a page")
            marks.append((left, bottom, right, top))
    return marks
