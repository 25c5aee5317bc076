"""What stands on a PDF page: runs of text, ruling lines, pictures. The module that talks to PDFium.

All coordinates are those of the page as it is shown: its rotation is applied and the lower left
corner of the visible page is the origin.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as c

from ingest.readers.page_content import (
    Line,
    Matrix,
    PageContent,
    Rect,
    Run,
    SetAside,
    turned,
)
from ingest.readers.pdf_outlined import is_drawn_line
from ingest.readers.unseen import split_unseen

_BOLD = re.compile(rb"bold|black|heavy|demi", re.IGNORECASE)  # in a font's name
_BOLD_WEIGHT = 600  # 400 is regular
_TINY = 2.0  # points
_INVISIBLE = c.FPDF_TEXTRENDERMODE_INVISIBLE
_MOST_OBJECTS = 300_000
INVISIBLE = "invisible (render mode 3)"
_MOST_SEGMENTS = 400  # a path with more is a drawing
_THIN = 2.5  # points; a filled rectangle as thin as this is a line
_NOT_TEXT = re.compile(
    "[\u0000-\u0001\u0003-\u0008\u000b-\u001f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff"
    "\U000e0000-\U000e007f]"
)


class UnreadablePage(Exception):
    """A page that no reader should try to read."""


class _Buffers:
    """Output arguments of PDFium calls, allocated once."""

    def __init__(self) -> None:
        self.floats = tuple(ctypes.c_float() for _ in range(4))
        self.matrix = c.FS_MATRIX()
        self._hold(8192)
        self.name = ctypes.create_string_buffer(256)
        self.bold: dict[int, bool] = {}

    def bounds(self, item: Any) -> Rect:
        left, bottom, right, top = self.floats
        c.FPDFPageObj_GetBounds(item, left, bottom, right, top)
        return Rect(left.value, bottom.value, right.value, top.value)

    def matrix_of(self, item: Any) -> Matrix:
        c.FPDFPageObj_GetMatrix(item, self.matrix)
        m = self.matrix
        return Matrix(m.a, m.b, m.c, m.d, m.e, m.f)

    def is_bold(self, item: Any) -> bool:
        """Whether the font's weight or name says so; standard fonts come without a weight."""
        font = c.FPDFTextObj_GetFont(item)
        key = ctypes.addressof(font.contents) if font else 0
        if key not in self.bold:
            length = c.FPDFFont_GetBaseFontName(font, self.name, len(self.name))
            name = self.name.raw[: max(0, length - 1)]
            heavy = c.FPDFFont_GetWeight(font) >= _BOLD_WEIGHT
            self.bold[key] = heavy or bool(_BOLD.search(name))
        return self.bold[key]

    def text_of(self, item: Any, text_page: Any) -> str:
        needed = c.FPDFTextObj_GetText(item, text_page, self._utf16, self._size)
        if needed > self._size:
            self._hold(needed)
            return self.text_of(item, text_page)
        return ctypes.string_at(self._text, max(0, needed - 2)).decode("utf-16-le", "replace")

    def _hold(self, size: int) -> None:
        self._text, self._size = ctypes.create_string_buffer(size), size
        self._utf16 = ctypes.cast(self._text, ctypes.POINTER(ctypes.c_ushort))


def read_page(
    page: pdfium.PdfPage, number: int, degrees: int = 0
) -> tuple[PageContent, list[tuple[Run, Any]]]:
    """Return the objects of a page, and each run with its handle while the page is open.

    Args:
        page: an open page.
        number: of the page, from 1.
        degrees: 0, 90, 180 or 270: how far the page is turned clockwise before it is read.

    Raises:
        UnreadablePage: it holds more objects than a page that a person reads.
    """
    shown = page.get_size()
    turn, back = turned(degrees, *shown)
    view = turn.after(view_of(page))
    width, height = shown if degrees in (0, 180) else shown[::-1]
    content = PageContent(number, width, height, back=back, shown=shown)
    if c.FPDFPage_CountObjects(page.raw) > _MOST_OBJECTS:
        raise UnreadablePage(f"page {number} draws more than {_MOST_OBJECTS:,} objects")
    text_page = page.get_textpage()
    buffers = _Buffers()
    texts: list[tuple[Run, Any]] = []
    try:
        for count, (kind, item, matrix) in enumerate(_objects(page.raw, view, buffers)):
            if count > _MOST_OBJECTS:
                raise UnreadablePage(f"page {number} draws more than {_MOST_OBJECTS:,} objects")
            if kind == c.FPDF_PAGEOBJ_TEXT:
                run = _add_text(content, item, text_page.raw, matrix, buffers)
                if run is not None:
                    texts.append((run, item))
            elif kind == c.FPDF_PAGEOBJ_PATH:
                _add_path(content, item, matrix, buffers)
            elif kind == c.FPDF_PAGEOBJ_IMAGE:
                content.pictures.append(matrix.box(buffers.bounds(item)))
    finally:
        text_page.close()
    return content, texts


def plain_text(page: pdfium.PdfPage) -> str:
    """The text of a page without boxes and without any check: the fast path."""
    text_page = page.get_textpage()
    try:
        text: str = text_page.get_text_range()
    finally:
        text_page.close()
    return text


def view_of(page: pdfium.PdfPage) -> Matrix:
    """From the coordinates of the file to those of the page as shown."""
    left, bottom, right, top = page.get_cropbox()
    match page.get_rotation():
        case 90:
            return Matrix(0, -1, 1, 0, -bottom, right)
        case 180:
            return Matrix(-1, 0, 0, -1, right, top)
        case 270:
            return Matrix(0, 1, -1, 0, top, -left)
        case _:
            return Matrix(1, 0, 0, 1, -left, -bottom)


def _objects(
    page: Any, view: Matrix, buffers: _Buffers, depth: int = 0
) -> Iterator[tuple[int, Any, Matrix]]:
    """Yield type, handle and matrix of each object, those inside forms included."""
    count = c.FPDFPage_CountObjects if depth == 0 else c.FPDFFormObj_CountObjects
    get = c.FPDFPage_GetObject if depth == 0 else c.FPDFFormObj_GetObject
    for index in range(count(page)):
        item = get(page, index)
        kind = c.FPDFPageObj_GetType(item)
        if kind == c.FPDF_PAGEOBJ_FORM:
            if depth < 8:  # a file may nest forms without end
                inner = view.after(buffers.matrix_of(item))
                yield from _objects(item, inner, buffers, depth + 1)
        else:
            yield kind, item, view


def _add_text(
    content: PageContent, item: Any, text_page: Any, view: Matrix, buffers: _Buffers
) -> Run | None:
    given = buffers.text_of(item, text_page)
    text = _NOT_TEXT.sub("", given)
    if len(text) != len(given):
        _report_unseen(content, given)
    if not text.strip():
        return None
    matrix = view.after(buffers.matrix_of(item))
    size = buffers.floats[0]
    c.FPDFTextObj_GetFontSize(item, size)
    height = size.value * (matrix.c**2 + matrix.d**2) ** 0.5
    box = view.box(buffers.bounds(item))
    run = Run(text, box, matrix.f, height, buffers.is_bold(item))
    if c.FPDFTextObj_GetTextRenderMode(item) == _INVISIBLE:
        content.hidden.append(SetAside(run, INVISIBLE))
    elif height < _TINY:
        content.hidden.append(SetAside(run, "smaller than 2 points"))
    elif box.right < 0 or box.top < 0 or box.left > content.width or box.bottom > content.height:
        content.hidden.append(SetAside(run, "outside the page"))
    else:
        is_sideways = abs(matrix.b) > abs(matrix.a)
        is_upset = is_sideways or matrix.a < 0 < -matrix.d
        (content.sideways if is_upset else content.runs).append(run)
        return run
    return None


def _report_unseen(content: PageContent, text: str) -> None:
    """Keep what zero-width and tag characters of a run spell."""
    for reason, spelled in split_unseen(text.replace("\x02", "-"))[1]:
        nowhere = Rect(0, 0, 0, 0)
        content.hidden.append(SetAside(Run(spelled, nowhere, 0, 0, False), reason))


def _add_path(content: PageContent, item: Any, view: Matrix, buffers: _Buffers) -> None:
    count = c.FPDFPath_CountSegments(item)
    box = view.box(buffers.bounds(item))
    content.drawn.append(box)
    content.drawn_lines += is_drawn_line(box, count)
    if box.top - box.bottom <= _THIN and box.right - box.left > 4 * _THIN:
        content.horizontals.append(Line((box.top + box.bottom) / 2, box.left, box.right))
    elif box.right - box.left <= _THIN and box.top - box.bottom > 4 * _THIN:
        content.verticals.append(Line((box.left + box.right) / 2, box.bottom, box.top))
    elif 2 <= count <= _MOST_SEGMENTS:
        _add_segments(content, item, count, view.after(buffers.matrix_of(item)), buffers)


def _add_segments(
    content: PageContent, item: Any, count: int, matrix: Matrix, buffers: _Buffers
) -> None:
    """Add the straight edges of a path, rectangles included, as ruling lines."""
    x, y = buffers.floats[:2]
    start = last = (0.0, 0.0)
    for index in range(count):
        segment = c.FPDFPath_GetPathSegment(item, index)
        kind = c.FPDFPathSegment_GetType(segment)
        c.FPDFPathSegment_GetPoint(segment, x, y)
        point = matrix.apply(x.value, y.value)
        if kind == c.FPDF_SEGMENT_MOVETO:
            start = point
        elif kind == c.FPDF_SEGMENT_LINETO:
            _add_edge(content, last, point)
        last = point
        if c.FPDFPathSegment_GetClose(segment):
            _add_edge(content, last, start)
            last = start


def _add_edge(
    content: PageContent, first: tuple[float, float], second: tuple[float, float]
) -> None:
    (x1, y1), (x2, y2) = first, second
    if abs(y1 - y2) < 0.5 and abs(x1 - x2) > 4 * _THIN:
        content.horizontals.append(Line(y1, min(x1, x2), max(x1, x2)))
    elif abs(x1 - x2) < 0.5 and abs(y1 - y2) > 4 * _THIN:
        content.verticals.append(Line(x1, min(y1, y2), max(y1, y2)))
