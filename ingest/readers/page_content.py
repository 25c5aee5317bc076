"""What stands on a page, whoever found it: runs of text, ruling lines, pictures (pure).

Coordinates are points from the lower left corner of the page in the direction in which its text
reads. ``PageContent.back`` leads from there to the page as it is shown.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import NamedTuple


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


class Matrix(NamedTuple):
    """An affine map as PDF writes it: x' = a x + c y + e, y' = b x + d y + f."""

    a: float
    b: float
    c: float
    d: float
    e: float
    f: float

    def apply(self, x: float, y: float) -> tuple[float, float]:
        """Return where a point is mapped to."""
        return self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f

    def box(self, rect: Rect) -> Rect:
        """Return the upright rectangle around a rectangle that is mapped."""
        a, b, c, d, e, f = self
        left, bottom, right, top = rect
        if b == 0 == c and a > 0 < d:  # nearly every page: no corner changes its place
            return Rect(a * left + e, d * bottom + f, a * right + e, d * top + f)
        xs = (a * left, a * right), (c * bottom, c * top)
        ys = (b * left, b * right), (d * bottom, d * top)
        return Rect(
            min(xs[0]) + min(xs[1]) + e,
            min(ys[0]) + min(ys[1]) + f,
            max(xs[0]) + max(xs[1]) + e,
            max(ys[0]) + max(ys[1]) + f,
        )

    def after(self, first: Matrix) -> Matrix:
        """The matrix that applies ``first`` and then this one."""
        x, y = self.apply(first.e, first.f)
        return Matrix(
            self.a * first.a + self.c * first.b,
            self.b * first.a + self.d * first.b,
            self.a * first.c + self.c * first.d,
            self.b * first.c + self.d * first.d,
            x,
            y,
        )

    def inverse(self) -> Matrix:
        """The matrix that leads back; none of a page is flat."""
        a, b, c, d, e, f = self
        area = a * d - b * c
        return Matrix(
            d / area,
            -b / area,
            -c / area,
            a / area,
            (c * f - d * e) / area,
            (b * e - a * f) / area,
        )


UNMOVED = Matrix(1, 0, 0, 1, 0, 0)


def turned(degrees: int, width: float, height: float) -> tuple[Matrix, Matrix]:
    """The matrices that turn a page clockwise, and back; the corner stays the origin.

    Args:
        degrees: 0, 90, 180 or 270.
        width: of the page before it is turned, in any unit.
        height: likewise.
    """
    match degrees:
        case 90:
            return Matrix(0, -1, 1, 0, 0, width), Matrix(0, 1, -1, 0, width, 0)
        case 180:
            return (half := Matrix(-1, 0, 0, -1, width, height)), half
        case 270:
            return Matrix(0, 1, -1, 0, height, 0), Matrix(0, -1, 1, 0, 0, height)
        case _:
            return UNMOVED, UNMOVED


def tilted(degrees: float, width: float, height: float) -> Matrix:
    """The matrix that turns a page counterclockwise about its centre by any angle."""
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    x, y = width / 2, height / 2
    return Matrix(cosine, sine, -sine, cosine, x - cosine * x + sine * y, y - sine * x - cosine * y)


@dataclass(frozen=True, slots=True)
class SetAside:
    """A run that is not read, and why."""

    run: Run
    reason: str


@dataclass
class PageContent:
    """The objects of a page; ``width`` and ``height`` in points, in the direction of its text.

    ``runs`` read in the direction of the page; ``turned`` holds the text of other directions, each
    as a page of its own, and ``sideways`` what is not read in any.
    ``drawn_lines`` counts paths that have the shape of a line of text. A page ``is_recognised``
    where its text is that of a picture of the page, and ``is_illustrated`` where a picture on it
    was recognised beside the text of the file.
    """

    number: int
    width: float
    height: float
    runs: list[Run] = field(default_factory=list)
    sideways: list[Run] = field(default_factory=list)
    turned: list[PageContent] = field(default_factory=list)
    horizontals: list[Line] = field(default_factory=list)
    verticals: list[Line] = field(default_factory=list)
    pictures: list[Rect] = field(default_factory=list)
    drawn: list[Rect] = field(default_factory=list)
    hidden: list[SetAside] = field(default_factory=list)
    back: Matrix = UNMOVED
    shown: tuple[float, float] = (0.0, 0.0)
    drawn_lines: int = 0
    is_recognised: bool = False
    is_illustrated: bool = False

    @property
    def is_scan(self) -> bool:
        """A picture covers most of the page; text on it may be its OCR layer."""
        return self.pictured > 0.6

    @property
    def pictured(self) -> float:
        """The share of the page that its biggest picture covers, 0 to 1 and more."""
        area = max(self.width * self.height, 1.0)
        return (
            max(((p.right - p.left) * (p.top - p.bottom) for p in self.pictures), default=0.0)
            / area
        )

    @property
    def letters(self) -> int:
        """How many characters the runs hold."""
        return sum(len(run.text.strip()) for run in self.runs)
