"""Compare the glyphs of a page with the letters that they are said to be.

A glyph is laid over the same letter of the standard fonts. One that looks far more like another
letter is doubtful: a font may map what it draws to other characters. This takes no model and a few
milliseconds for a page; what is doubtful is recognised by whoever asks.
"""

from __future__ import annotations

import ctypes
import string
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as c
from numpy.typing import NDArray
from PIL import Image

from ingest.readers.page_content import Matrix

COMPARED = frozenset(string.ascii_letters + string.digits)
"""The letters that are compared; the standard fonts have no Chinese ones."""

_ORDER = sorted(COMPARED)
_FONTS = (
    "Helvetica",
    "Helvetica-Bold",
    "Helvetica-Oblique",
    "Times-Roman",
    "Times-Bold",
    "Times-Italic",
    "Courier",
    "Courier-Bold",
)
_SIDE = 16  # pixels of a glyph that is compared
_MODEL_SIZE = 40  # points of the letters of the standard fonts
_LEAST_PIXELS = 4  # of the longer side of a glyph on the page
_DOUBTFUL = 0.12  # by which another letter is more alike, of 1
_SLIMNESS = 0.5  # weight of the difference of two slopes of a diagonal, in radians
# Letters that differ in size alone, or look alike in many fonts.
_ALIKE = tuple(map(frozenset, ("0oOQ", "1lIiJjt7|", "5S", "8B", "2Zz", "6G", "ce", "ao", "fJ")))


class Glyph(NamedTuple):
    """A glyph on a page: what it is said to be, and its box as shown in points."""

    letter: str
    left: float
    bottom: float
    right: float
    top: float


def glyphs_of(text_page: Any, view: Matrix) -> dict[int, list[Glyph]]:
    """The letters of a page that can be compared, by the address of their text object."""
    found: dict[int, list[Glyph]] = {}
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    for i in range(c.FPDFText_CountChars(text_page)):
        letter = chr(c.FPDFText_GetUnicode(text_page, i))
        if letter not in COMPARED:
            continue
        item = c.FPDFText_GetTextObject(text_page, i)
        if item and c.FPDFText_GetCharBox(text_page, i, left, right, bottom, top):
            corners = view.apply(left.value, bottom.value), view.apply(right.value, top.value)
            (x1, y1), (x2, y2) = corners
            glyph = Glyph(letter, min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2))
            found.setdefault(ctypes.addressof(item.contents), []).append(glyph)
    return found


def looks_like(picture: NDArray[np.uint8], letter: str) -> str | None:
    """Return what a glyph looks like, or None where its picture shows nothing.

    Args:
        picture: grey levels of the box of the glyph, upright.
        letter: what it is said to be, of :data:`COMPARED`; returned where nothing looks much more
            alike.
    """
    first: str | None = None
    for part in _parts(picture):
        look = _look(part, letter)
        if look == letter:
            return letter
        first = first or look
    return first


def _parts(picture: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], ...]:
    """A glyph's box, and what is left of it without the tips of slanted neighbours."""
    edge, slant = round(0.12 * picture.shape[1]), round(0.12 * picture.shape[0])
    if not edge:
        return (picture,)
    return (
        picture,
        picture[:, edge:-edge],
        picture[:, edge:],
        picture[:, slant:],
        picture[:, :-edge],
    )


def _look(picture: NDArray[np.uint8], letter: str) -> str | None:
    shape = _shape(picture)
    if shape is None:
        return None
    models = _models()
    alike = models[..., 1:] @ shape[1:] - _SLIMNESS * np.abs(models[..., 0] - shape[0])
    best = alike.max(axis=0)
    winner = _ORDER[int(best.argmax())]
    if _same(winner, letter) or best.max() - best[_ORDER.index(letter)] < _DOUBTFUL:
        return letter
    return winner


def _same(first: str, second: str) -> bool:
    return first.casefold() == second.casefold() or any(
        first in group and second in group for group in _ALIKE
    )


def _shape(picture: NDArray[np.uint8]) -> NDArray[np.float32] | None:
    """The slimness of a glyph, then its ink stretched to a square, of mean 0 and length 1."""
    if max(picture.shape, default=0) < _LEAST_PIXELS or not picture.size:
        return None
    low, high = int(picture.min()), int(picture.max())
    if high - low < 40:
        return None
    # The ground is at the corners; a light glyph on a dark bar is turned round.
    corners = (picture[0, 0], picture[0, -1], picture[-1, 0], picture[-1, -1])
    is_dark = float(np.median(corners)) < (low + high) / 2
    ink = picture.astype(np.float32) - low if is_dark else high - picture.astype(np.float32)
    ink /= high - low
    rows = np.flatnonzero(ink.max(axis=1) > 0.4)
    columns = np.flatnonzero(ink.max(axis=0) > 0.4)
    ink = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    square = Image.fromarray(ink).resize((_SIDE, _SIDE), Image.Resampling.BILINEAR)
    flat = np.asarray(square, dtype=np.float32).ravel()
    flat = flat - flat.mean()
    flat /= max(float(np.linalg.norm(flat)), 1e-6)
    height, width = ink.shape
    return np.concatenate([np.array([np.arctan2(height, width)], dtype=np.float32), flat])


@cache
def _models() -> NDArray[np.float32]:
    """The letters of the standard fonts, shape (fonts, letters, features)."""
    pitch = 1.5 * _MODEL_SIZE
    with pdfium.PdfDocument.new() as document:
        page = document.new_page(pitch * len(_ORDER), pitch * len(_FONTS))
        boxes: list[tuple[str, tuple[float, ...]]] = []
        for row, name in enumerate(_FONTS):
            font = c.FPDFText_LoadStandardFont(document.raw, name.encode())
            for column, letter in enumerate(_ORDER):
                item = c.FPDFPageObj_CreateTextObj(document.raw, font, _MODEL_SIZE)
                codes = (ctypes.c_ushort * 2)(ord(letter), 0)
                c.FPDFText_SetText(item, codes)
                x, y = pitch * (column + 0.2), pitch * (row + 0.3)
                c.FPDFPageObj_Transform(item, 1, 0, 0, 1, x, y)
                c.FPDFPage_InsertObject(page.raw, item)
                edges = tuple(ctypes.c_float() for _ in range(4))
                c.FPDFPageObj_GetBounds(item, *edges)
                boxes.append((letter, tuple(edge.value for edge in edges)))
        picture = page.render(scale=1, grayscale=True).to_numpy()
        height = page.get_height()
        shapes = [
            _shape(cut(picture, Glyph(letter, *box), 1.0, height, 0.0)) for letter, box in boxes
        ]
        page.close()
    return np.array(shapes, dtype=np.float32).reshape(len(_FONTS), len(_ORDER), -1)


def cut(
    picture: NDArray[np.uint8], glyph: Glyph, scale: float, top: float, left: float
) -> NDArray[np.uint8]:
    """The part of a picture that shows a glyph.

    Args:
        picture: grey levels of a part of the page as shown.
        glyph: its box in points as shown.
        scale: pixels per point.
        top: of the part, in points.
        left: likewise.
    """
    x1, x2 = (at - left for at in (glyph.left, glyph.right))
    y1, y2 = (top - at for at in (glyph.top, glyph.bottom))
    rows = slice(max(round(y1 * scale), 0), max(round(y2 * scale), 0) + 1)
    return picture[rows, max(round(x1 * scale), 0) : max(round(x2 * scale), 0) + 1]
