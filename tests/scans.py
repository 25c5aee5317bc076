"""Pictures of pages for tests: what a scanner makes of a PDF."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

A4 = (595.28, 841.89)  # points


def scan(path: Path, page: int, *, dpi: int = 200, noise: float = 10) -> Image.Image:
    """A page, from 1, in grey with a darker ground and mild noise that is always the same."""
    with pdfium.PdfDocument(path) as document:
        grey = document[page - 1].render(scale=dpi / 72, grayscale=True).to_numpy().astype(float)
    random = np.random.default_rng(page)
    worn = np.clip(grey * 0.92 + 6 + random.normal(0, noise, grey.shape), 0, 255)
    return Image.fromarray(worn.astype(np.uint8))


def write_scans(
    path: Path,
    pictures: Sequence[Image.Image],
    layer: Sequence[tuple[float, float, str]] = (),
    page: tuple[float, float] = A4,
) -> Path:
    """A PDF of pictures alone, with invisible text over the first where a layer is given.

    Args:
        path: of the PDF.
        pictures: one for each page.
        layer: left edge and baseline in points, and text of each line, set in 12 points.
        page: short and long side of the pages in points.
    """
    canvas = Canvas(str(path), pagesize=A4, invariant=1)
    for number, picture in enumerate(pictures):
        buffer = io.BytesIO()
        picture.save(buffer, "JPEG", quality=80)
        size = page if picture.height > picture.width else page[::-1]
        canvas.setPageSize(size)
        canvas.drawImage(ImageReader(buffer), 0, 0, *size)
        if layer and number == 0:
            text = canvas.beginText()
            text.setTextRenderMode(3)
            text.setFont("Helvetica", 12)
            for x, y, line in layer:
                text.setTextOrigin(x, y)
                text.textOut(line)
            canvas.drawText(text)
        canvas.showPage()
    canvas.save()
    return path


def skewed(picture: Image.Image, degrees: float) -> Image.Image:
    """A page that lay askew on the glass, turned counterclockwise on paper of its own grey."""
    paper = int(np.median(np.asarray(picture)))
    return picture.rotate(degrees, Image.Resampling.BICUBIC, fillcolor=paper)
