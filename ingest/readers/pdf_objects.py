"""What stands on a PDF page: runs of text, ruling lines, pictures. The module that talks to PDFium.

All coordinates are those of the page as it is shown: its rotation is applied and the lower left
corner of the visible page is the origin.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as c

_BOLD = re.compile(rb"bold|black|heavy|demi", re.IGNORECASE)  # in a font's name
_BOLD_WEIGHT = 600  # 400 is regular
_TINY = 2.0  # points
_INVISIBLE = c.FPDF_TEXTRENDERMODE_INVISIBLE
_MOST_SEGMENTS = 400  # a path with more is a drawing
_THIN = 2.5  # points; a filled rectangle as thin as this is a line
_NOT_TEXT = re.compile(
    "[\u0000-\u0001\u0003-\u0008\u000b-\u001f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff"
    "\U000e0000-\U000e007f]"
)


class Rect(NamedTuple):
    """A rectangle in page coordinates."""

    left: float
    bottom: float
    right: float
    top: float


class Run(NamedTuple):
    r"""A piece of text in one font on one baseline.

    ``text`` ends with ``\x02`` where PDFium saw a hyphen at a line's end.
    """

    text: str
    box: Rect
    baseline: float
    size: float
    is_bold: bool


class Line(NamedTuple):
    """A horizontal or vertical ruling line: position across and extent along."""

    at: float
    start: float
    end: float


@dataclass
class PageContent:
    """The objects of a page."""

    number: int
    width: float
    height: float
    runs: list[Run] = field(default_factory=list)
    sideways: list[Run] = field(default_factory=list)
    horizontals: list[Line] = field(default_factory=list)
    verticals: list[Line] = field(default_factory=list)
    pictures: list[Rect] = field(default_factory=list)
    drawn: list[Rect] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)

    @property
    def is_scan(self) -> bool:
        """A picture covers most of the page; text on it may be its OCR layer."""
        area = self.width * self.height
        return any((p.right - p.left) * (p.top - p.bottom) > 0.6 * area for p in self.pictures)


class _Matrix(NamedTuple):
    a: float
    b: float
    c: float
    d: float
    e: float
    f: float

    def apply(self, x: float, y: float) -> tuple[float, float]:
        return self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f

    def box(self, rect: Rect) -> Rect:
        corners = [
            self.apply(x, y) for x in (rect.left, rect.right) for y in (rect.bottom, rect.top)
        ]
        xs, ys = [x for x, _ in corners], [y for _, y in corners]
        return Rect(min(xs), min(ys), max(xs), max(ys))

    def after(self, first: _Matrix) -> _Matrix:
        """The matrix that applies ``first`` and then this one."""
        x, y = self.apply(first.e, first.f)
        return _Matrix(
            self.a * first.a + self.c * first.b,
            self.b * first.a + self.d * first.b,
            self.a * first.c + self.c * first.d,
            self.b * first.c + self.d * first.d,
            x,
            y,
        )


class _Buffers:
    """Output arguments of PDFium calls, allocated once."""

    def __init__(self) -> None:
        self.floats = tuple(ctypes.c_float() for _ in range(4))
        self.matrix = c.FS_MATRIX()
        self.text = ctypes.create_string_buffer(8192)
        self.name = ctypes.create_string_buffer(256)
        self.bold: dict[int, bool] = {}

    def bounds(self, item: Any) -> Rect:
        left, bottom, right, top = self.floats
        c.FPDFPageObj_GetBounds(item, left, bottom, right, top)
        return Rect(left.value, bottom.value, right.value, top.value)

    def matrix_of(self, item: Any) -> _Matrix:
        c.FPDFPageObj_GetMatrix(item, self.matrix)
        m = self.matrix
        return _Matrix(m.a, m.b, m.c, m.d, m.e, m.f)

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
        size = len(self.text)
        pointer = ctypes.cast(self.text, ctypes.POINTER(ctypes.c_ushort))
        needed = c.FPDFTextObj_GetText(item, text_page, pointer, size)
        if needed > size:
            self.text = ctypes.create_string_buffer(needed)
            return self.text_of(item, text_page)
        return self.text.raw[: max(0, needed - 2)].decode("utf-16-le", "replace")


def read_page(page: pdfium.PdfPage, number: int) -> PageContent:
    """Return the objects of a page; ``number`` counts from 1."""
    view = _view(page)
    width, height = page.get_size()
    content = PageContent(number, width, height)
    text_page = page.get_textpage()
    buffers = _Buffers()
    invisible: list[Run] = []
    try:
        for kind, item, matrix in _objects(page.raw, view, buffers):
            if kind == c.FPDF_PAGEOBJ_TEXT:
                _add_text(content, invisible, item, text_page.raw, matrix, buffers)
            elif kind == c.FPDF_PAGEOBJ_PATH:
                _add_path(content, item, matrix, buffers)
            elif kind == c.FPDF_PAGEOBJ_IMAGE:
                content.pictures.append(matrix.box(buffers.bounds(item)))
    finally:
        text_page.close()
    if content.is_scan:
        content.runs.extend(invisible)  # the OCR layer of a scan is invisible by design
    else:
        content.hidden = [run.text for run in invisible if run.text.strip()]
    return content


def _view(page: pdfium.PdfPage) -> _Matrix:
    """From the coordinates of the file to those of the page as shown."""
    left, bottom, right, top = page.get_cropbox()
    match page.get_rotation():
        case 90:
            return _Matrix(0, -1, 1, 0, -bottom, right)
        case 180:
            return _Matrix(-1, 0, 0, -1, right, top)
        case 270:
            return _Matrix(0, 1, -1, 0, top, -left)
        case _:
            return _Matrix(1, 0, 0, 1, -left, -bottom)


def _objects(
    page: Any, view: _Matrix, buffers: _Buffers, depth: int = 0
) -> Iterator[tuple[int, Any, _Matrix]]:
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
    content: PageContent,
    invisible: list[Run],
    item: Any,
    text_page: Any,
    view: _Matrix,
    buffers: _Buffers,
) -> None:
    text = _NOT_TEXT.sub("", buffers.text_of(item, text_page))
    if not text.strip():
        return
    matrix = view.after(buffers.matrix_of(item))
    size = buffers.floats[0]
    c.FPDFTextObj_GetFontSize(item, size)
    height = size.value * (matrix.c**2 + matrix.d**2) ** 0.5
    box = view.box(buffers.bounds(item))
    run = Run(text, box, matrix.f, height, buffers.is_bold(item))
    outside = (
        box.right < 0 or box.top < 0 or box.left > content.width or box.bottom > content.height
    )
    if c.FPDFTextObj_GetTextRenderMode(item) == _INVISIBLE or height < _TINY or outside:
        invisible.append(run)
    elif abs(matrix.b) > abs(matrix.a):
        content.sideways.append(run)
    else:
        content.runs.append(run)


def _add_path(content: PageContent, item: Any, view: _Matrix, buffers: _Buffers) -> None:
    count = c.FPDFPath_CountSegments(item)
    box = view.box(buffers.bounds(item))
    content.drawn.append(box)
    if box.top - box.bottom <= _THIN and box.right - box.left > 4 * _THIN:
        content.horizontals.append(Line((box.top + box.bottom) / 2, box.left, box.right))
    elif box.right - box.left <= _THIN and box.top - box.bottom > 4 * _THIN:
        content.verticals.append(Line((box.left + box.right) / 2, box.bottom, box.top))
    elif 2 <= count <= _MOST_SEGMENTS:
        _add_segments(content, item, count, view.after(buffers.matrix_of(item)), buffers)


def _add_segments(
    content: PageContent, item: Any, count: int, matrix: _Matrix, buffers: _Buffers
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
