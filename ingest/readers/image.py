"""Read a picture of one page or, as TIFF, of many: recognise its text."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from ingest.errors import EmptyDocument
from ingest.readers.contents import Contents
from ingest.readers.image_file import open_image
from ingest.readers.ocr import Picture
from ingest.readers.page_assembly import assemble
from ingest.readers.page_content import PageContent
from ingest.readers.pdf_scan import is_blank, ocr_report
from ingest.readers.progress import tell
from ingest.readers.scanned_page import scanned_page

_MOST_PIXELS = 12_000_000  # more shows no more letters
_LEAST_SIDE = 1200  # pixels of the longer side: smaller pictures are enlarged


def read_image(path: Path) -> Contents:
    """Return the contents of a picture.

    Raises:
        UnreadableDocument: it is damaged, animated, or too big.
        EmptyDocument: no text is found in it.
    """
    pages: list[PageContent] = []
    ocr: list[dict[str, object]] = []
    with open_image(path) as file:
        for number in range(1, file.pages + 1):
            tell(number - 1, file.pages)
            image, width, height = file.page(number)
            picture = _grey(image)
            if is_blank(picture):
                pages.append(PageContent(number, width, height, shown=(width, height)))
                continue
            content, found = scanned_page(number, picture, width, height)
            pages.append(content)
            ocr.append(ocr_report(number, found.confidence, found.rotation, len(content.runs)))
    if not any(page.runs for page in pages):
        raise EmptyDocument(
            f"{path} shows no text that can be recognised. Take the picture again, closer, sharper "
            "and in better light."
        )
    return assemble(pages, {}, ocr)


def _grey(image: Image.Image) -> Picture:
    """Grey levels at a resolution in which letters are recognised best."""
    grey = image.convert("L")
    factor = min(1.0, (_MOST_PIXELS / (grey.width * grey.height)) ** 0.5)
    if max(grey.size) < _LEAST_SIDE:
        factor = min(_LEAST_SIDE / max(grey.size), 4.0)
    if factor != 1.0:
        size = (max(1, round(grey.width * factor)), max(1, round(grey.height * factor)))
        grey = grey.resize(size, Image.Resampling.LANCZOS)
    return np.asarray(grey)
