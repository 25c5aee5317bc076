"""Read a PDF with PDFium: text with boxes, headings, tables, safety panels."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pypdfium2 as pdfium

from ingest.errors import EmptyDocument, UnreadableDocument
from ingest.readers.contents import Contents
from ingest.readers.page_assembly import assemble
from ingest.readers.page_content import PageContent
from ingest.readers.pdf_blocks import normal_title
from ingest.readers.pdf_objects import UnreadablePage
from ingest.readers.pdf_proof import Proof, may_map_glyphs
from ingest.readers.pdf_reading import PageReader
from ingest.readers.pdf_turned import drop_running_lines
from ingest.readers.progress import tell

_MOST_PAGES = 5000
_NO_TITLE = re.compile(
    r"(?:microsoft (?:word|excel|powerpoint|office)\b.*|untitled.*|unbenannt.*|no ?name|"
    r"(?:document|dokument|presentation|slide|scan|page|title|print|img|文档|无标题|未命名)[\s_-]*\d*|"
    r"\S+\.(?:docx?|pdf|xlsx?|pptx?|odt|rtf|indd|fm|qxd|dita|xml|html?|txt|tiff?|jpe?g|png)|"
    r".*\.(?:docx?|pdf|indd|fm|qxd|odt)|\W*)",
    re.IGNORECASE,
)


def is_title(text: str) -> bool:
    """Whether a title in the properties of a file names its document, not a file or a program."""
    return not _NO_TITLE.fullmatch(text.strip())


def read_pdf(path: Path) -> Contents:
    """Return the contents of a PDF.

    Raises:
        UnreadableDocument: the file is damaged, encrypted, or has more than 5,000 pages.
        EmptyDocument: no page has text.
    """
    with _open(path) as document:
        pages: list[PageContent] = []
        reader = PageReader(document, Proof(may_map_glyphs(path)))
        try:
            for number in range(1, len(document) + 1):
                pages.append(reader.read(number))
                tell(number, len(document))
        except UnreadablePage as error:
            raise UnreadableDocument(
                f"{path}: {error}; nobody can read that. Print it to a new PDF and ingest that."
            ) from error
        outlines = _outlines(document)
        title = (document.get_metadata_value("Title") or "").strip()
        subject = (document.get_metadata_value("Subject") or "").strip()
    if not any(page.runs for page in pages):
        raise EmptyDocument(
            f"{path} has {len(pages)} pages and no text, neither as text nor in its pictures. "
            "Check that it is the right file; scan it again with more contrast if it is."
        )
    drop_running_lines(pages)
    contents = assemble(pages, outlines, reader.ocr, subject)
    report = contents.report | {"pictures_not_recognised": reader.left}
    return replace(contents, title=title if is_title(title) else "", report=report)


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
    pages = len(document)
    if pages > _MOST_PAGES:
        document.close()
        raise UnreadableDocument(
            f"{path} has {pages} pages, more than {_MOST_PAGES}. Split it and ingest the parts."
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
