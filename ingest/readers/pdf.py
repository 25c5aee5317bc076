"""Read a PDF with PDFium: text with boxes, headings, tables, safety panels."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pypdfium2 as pdfium

from index.corpus import Block, PageSize
from ingest.errors import EmptyDocument, UnreadableDocument
from ingest.readers.contents import Contents
from ingest.readers.line_joining import LineJoiner
from ingest.readers.pdf_blocks import BlockBuilder, Outline, body_size, normal_title
from ingest.readers.pdf_layout import Item, TextLine
from ingest.readers.pdf_objects import PageContent, read_page
from ingest.readers.pdf_page import lay_out

_MARGIN = 0.12  # of the page height, in which running heads and feet stand
_MOST_PAGES = 5000
_DIGITS = re.compile(r"\d+")


def read_pdf(path: Path) -> Contents:
    """Return the contents of a PDF.

    Raises:
        UnreadableDocument: the file is damaged, encrypted, or has more than 5,000 pages.
        EmptyDocument: no page has text.
    """
    with _open(path) as document:
        pages = [read_page(document[i], i + 1) for i in range(len(document))]
        outlines = _outlines(document)
        title = (document.get_metadata_value("Title") or "").strip()
        subject = (document.get_metadata_value("Subject") or "").strip()
    if not any(page.runs for page in pages):
        raise EmptyDocument(
            f"{path} has {len(pages)} pages and no text: it looks like a scan. "
            "Run it through OCR first, then ingest the result."
        )
    laid_out = [lay_out(page) for page in pages]
    running = _running_lines(pages, laid_out)
    builder = BlockBuilder(body_size(pages), bool(outlines), LineJoiner(pages))
    for page, items in zip(pages, laid_out, strict=True):
        kept = [item for item in items if not _is_running(item, page, running)]
        builder.add_page(page, kept, Outline(outlines.get(page.number, {})))
    return Contents(
        blocks=tuple(builder.blocks),
        pages=tuple(PageSize(page.number, page.width, page.height) for page in pages),
        title=title,
        front=_front(subject, builder.blocks, running),
        report={
            "pages": len(pages),
            "pages_without_text": [page.number for page in pages if not page.runs],
            "tables": builder.tables,
            "figures": builder.figures,
            "hidden_text_runs": sum(len(page.hidden) for page in pages),
        },
    )


def _open(path: Path) -> pdfium.PdfDocument:
    try:
        document = pdfium.PdfDocument(path)
    except pdfium.PdfiumError as error:
        if "password" in str(error).casefold():
            raise UnreadableDocument(
                f"{path} is encrypted. Save it without a password and ingest that file."
            ) from error
        reason = str(error).rstrip(".")
        raise UnreadableDocument(
            f"{path} is damaged or not a PDF ({reason}). Open it in a viewer, save it again, "
            "and ingest that file."
        ) from error
    if len(document) > _MOST_PAGES:
        document.close()
        raise UnreadableDocument(
            f"{path} has {len(document)} pages, more than {_MOST_PAGES}. Split it and ingest the "
            "parts."
        )
    return document


def _outlines(document: pdfium.PdfDocument) -> dict[int, dict[str, int]]:
    """Bookmarks by page number: normalised title to level, 1 for chapters."""
    outlines: dict[int, dict[str, int]] = {}
    for bookmark in document.get_toc(max_depth=10):
        destination = bookmark.get_dest()
        index = destination.get_index() if destination else None
        title = normal_title(bookmark.get_title() or "")
        if index is not None and title:
            outlines.setdefault(index + 1, {})[title] = bookmark.level + 1
    return outlines


def _running_lines(
    pages: Sequence[PageContent], laid_out: Sequence[Sequence[Item]]
) -> frozenset[tuple[str, int]]:
    """Texts that stand at the same height of the margin on many pages, numbers aside."""
    seen: Counter[tuple[str, int]] = Counter()
    for page, items in zip(pages, laid_out, strict=True):
        for key in {_running_key(item) for item in items if _in_margin(item, page)}:
            if key is not None:
                seen[key] += 1
    least = max(3, len(pages) // 8)
    return frozenset(key for key, count in seen.items() if count >= least)


def _running_key(item: Item) -> tuple[str, int] | None:
    if not isinstance(item, TextLine):
        return None
    return _DIGITS.sub("#", item.text), round(item.box.bottom / 4)


def _in_margin(item: Item, page: PageContent) -> bool:
    return item.box.bottom > (1 - _MARGIN) * page.height or item.box.top < _MARGIN * page.height


def _is_running(item: Item, page: PageContent, running: frozenset[tuple[str, int]]) -> bool:
    return _in_margin(item, page) and _running_key(item) in running


def _front(
    subject: str, blocks: Sequence[Block], running: frozenset[tuple[str, int]]
) -> tuple[str, ...]:
    """The lines in which a document says what it is: front page, subject, running lines."""
    first = [block.text.replace(" | ", " ") for block in blocks if block.page <= 2]
    return (*first[:60], subject, *sorted(text for text, _ in running))
