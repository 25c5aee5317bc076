"""Pictures of document pages with the cited passage marked."""

from __future__ import annotations

import io
import math
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pypdfium2 as pdfium
from PIL import Image, ImageDraw

from ingest.readers.image_file import IMAGE_ENDINGS, open_image

Mark = tuple[float, float, float, float]
"""Left, bottom, right, top in PDF points from the lower left corner of the page."""

PIXELS_PER_POINT = 1.8
"""Resolution of the picture of a usual page: 130 dpi, sharp at twice the width of the panel."""

_MOST_PIXELS = 8_000_000  # of a picture: a page may be 5 m wide
_MOST_PAGES = 8  # remembered, of up to 24 MB each
_FILL = (255, 214, 0, 96)
_EDGE = (214, 100, 0, 255)
_FARTHEST = 20_000.0  # points; a page of a PDF has at most 14,400
_MARGIN = 2.0  # points around a mark
_pdfium = threading.Lock()  # PDFium serves one thread at a time


@dataclass(frozen=True, slots=True)
class PagePicture:
    """A page as PNG, with the height of the page in points."""

    png: bytes
    height: float


def page_picture(path: Path, page: int, marks: Sequence[Mark]) -> PagePicture:
    """Return a picture of a page of a PDF or picture file with the marks laid over it.

    Raises:
        IndexError: the document has no such page.
        UnreadableDocument: the picture file is damaged.
    """
    bare, scale = _page(path, page)
    image = bare.convert("RGBA")
    height = image.height / scale
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
    return PagePicture(buffer.getvalue(), height)


def figure_picture(path: Path, page: int, box: Mark) -> bytes:
    """Return a rectangle of a page as PNG, cut to the page.

    Raises:
        IndexError: the document has no such page.
        ValueError: the rectangle does not lie on the page.
        UnreadableDocument: the picture file is damaged.
    """
    bare, scale = _page(path, page)
    left, bottom, right, top = box
    edges = (
        max(0, math.floor(left * scale)),
        max(0, math.floor(bare.height - top * scale)),
        min(bare.width, math.ceil(right * scale)),
        min(bare.height, math.ceil(bare.height - bottom * scale)),
    )
    if edges[0] >= edges[2] or edges[1] >= edges[3]:
        raise ValueError(f"{box} does not lie on page {page} of {path.name}")
    buffer = io.BytesIO()
    bare.crop(edges).convert("RGB").save(buffer, "PNG", compress_level=3)
    return buffer.getvalue()


@lru_cache(maxsize=_MOST_PAGES)
def _page(path: Path, page: int) -> tuple[Image.Image, float]:
    """The bare page and its pixels per point."""
    if path.suffix.lower() in IMAGE_ENDINGS:
        return _picture_page(path, page)
    with _pdfium, pdfium.PdfDocument(path) as document:
        if not 1 <= page <= len(document):
            raise IndexError(f"{path.name} has no page {page}")
        shown = document[page - 1]
        scale = _scale(*shown.get_size())
        image: Image.Image = shown.render(scale=scale).to_pil()
        return image, scale


def _picture_page(path: Path, page: int) -> tuple[Image.Image, float]:
    with open_image(path) as file:
        shown, width, height = file.page(page)
    scale = min(_scale(width, height), shown.width / width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return shown.resize(size, Image.Resampling.LANCZOS), size[0] / width


def _scale(width: float, height: float) -> float:
    """Pixels per point at which a page of this size, in points, is drawn."""
    # PDFium rounds up, so the largest s with (width * s + 1) * (height * s + 1) <= _MOST_PIXELS.
    sides, area = width + height, max(width * height, 1.0)
    root = math.sqrt(sides * sides + 4 * area * (_MOST_PIXELS - 1))
    return min(PIXELS_PER_POINT, (root - sides) / (2 * area))


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
