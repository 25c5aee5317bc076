"""Read the pages of an open PDF one by one, whatever each needs: its text, a check, recognition."""

from __future__ import annotations

from typing import Any

import pypdfium2 as pdfium

from ingest.readers.ocr import Picture
from ingest.readers.page_content import PageContent, Run, SetAside
from ingest.readers.pdf_hidden import set_aside_unseen
from ingest.readers.pdf_objects import read_page
from ingest.readers.pdf_proof import Proof
from ingest.readers.pdf_scan import (
    TURNED,
    draw,
    layer_agrees,
    layer_of,
    needs_recognition,
    recognise_page,
)
from ingest.readers.pdf_turned import take_turned
from ingest.readers.time_limit import at_most

_A4 = (595.0, 842.0)  # points
_PAGE_LIMIT_S = 2.5  # of processor time: nested forms take 300 MB in each second
_MOST_BESIDE = (
    20  # pages of a document whose pictures and drawings are recognised; a scan has no limit
)
_THIN = 40  # letters: a layer with fewer says little of a page


class PageReader:
    """Reads the pages of one document and keeps what the report says of them.

    ``left`` are the pages whose pictures or drawn letters were not recognised, because the document
    has more of them than its time allows.
    """

    def __init__(self, document: pdfium.PdfDocument, proof: Proof) -> None:
        self.ocr: list[dict[str, object]] = []
        self.left: list[int] = []
        self._beside = 0
        self._document = document
        self._proof = proof

    def read(self, number: int) -> PageContent:
        """Return the content of a page; its seen text only is in ``runs`` and in ``turned``.

        Args:
            number: of the page, from 1.

        Raises:
            UnreadablePage: it holds more objects than a page that a person reads.
        """
        try:
            with at_most(_PAGE_LIMIT_S):
                page = self._document[number - 1]
        except pdfium.PdfiumError:
            # The rest of a damaged file is worth reading; the report lists the page.
            return PageContent(number, *_A4, shown=_A4)
        try:
            with at_most(_PAGE_LIMIT_S):
                content, texts = read_page(page, number)
                if _is_turned(content):
                    content, texts = _turn(page, content, texts)
                set_aside_unseen(page, content, texts)
            parts = take_turned(page, content, texts)
            content.hidden += [
                SetAside(run, TURNED)
                for run in content.sideways
                if any(character.isalnum() for character in run.text)
            ]
            looked_at = self._looked_at(page, content, texts)
            for part, own in parts:
                self._proof.check(page, part, own)
                looked_at.hidden += part.hidden
                looked_at.turned.append(part)
            return looked_at
        finally:
            page.close()

    def _is_recognised(self, content: PageContent) -> bool:
        need = needs_recognition(content)
        if need in ("picture", "drawing"):
            self._beside += 1
            if self._beside > _MOST_BESIDE:
                self.left.append(content.number)
                return False
        return need is not None

    def _looked_at(
        self, page: pdfium.PdfPage, content: PageContent, texts: list[tuple[Run, Any]]
    ) -> PageContent:
        layer = layer_of(content)
        picture = None
        if layer and sum(len(run.text) for run in layer) >= _THIN:
            picture = _drawn(page)
            lies = layer_agrees(picture, content, layer, len(self._document))
            content.hidden = [a for a in content.hidden if not any(a.run is run for run in layer)]
            if lies is not None and not lies:
                content.runs = [*content.runs, *layer]
                return content
            content.hidden += lies or []
        elif not self._is_recognised(content):
            self._proof.check(page, content, texts)
            return content
        recognised = recognise_page(content, _drawn(page) if picture is None else picture)
        if recognised is None:
            return content
        content, report = recognised
        self.ocr.append(report)
        return content


def _drawn(page: pdfium.PdfPage) -> Picture:
    with at_most(_PAGE_LIMIT_S):
        return draw(page)


def _is_turned(content: PageContent) -> bool:
    """Most of the text does not stand upright."""
    upright = sum(len(run.text) for run in content.runs)
    return sum(len(run.text) for run in content.sideways) > 2 * upright


def _turn(
    page: pdfium.PdfPage, content: PageContent, texts: list[tuple[Run, Any]]
) -> tuple[PageContent, list[tuple[Run, Any]]]:
    """Read a page in the direction in which most of its text reads."""
    best, kept = content, texts
    for degrees in (90, 270, 180):
        turned, found = read_page(page, content.number, degrees)
        if turned.letters > best.letters:
            best, kept = turned, found
    return best, kept
