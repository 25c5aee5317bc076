"""Find coloured grounds on the picture of a page, and take them away from below the letters.

A ground is a filled rectangle: the bar of a signal word, the head of a table, a shaded panel.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ingest.readers.ocr import Picture

_COARSE = 1.5  # pixels of the coarse picture to a point
_DARKER = 14  # grey levels below the paper
_LEAST_SIDE = 9.0  # points: what is narrower is a thick stroke
_LETTER = 3.5  # points: strokes of light letters on a ground are no wider
_FILLED = 0.8  # share of its box that a rectangle fills
_EVEN = 22.0  # grey levels: the spread of a ground; a photo has more
_MOST = 0.7  # share of the page: more is its paper


@dataclass(frozen=True, slots=True)
class Ground:
    """A filled rectangle in pixels from the upper left corner, and its grey level."""

    left: int
    top: int
    right: int
    bottom: int
    level: int

    @property
    def box(self) -> tuple[int, int, int, int]:
        """Left edge, upper edge, width and height."""
        return self.left, self.top, self.right - self.left, self.bottom - self.top


def find_grounds(picture: Picture, scale: float) -> list[Ground]:
    """Return the grounds of a page that stands upright, ``scale`` points to a pixel."""
    factor = min(1.0, _COARSE * scale)
    size = (round(picture.shape[1] * factor), round(picture.shape[0] * factor))
    coarse = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    per_point = factor / scale
    paper = float(np.median(coarse))
    mask = (coarse < paper - _DARKER).astype(np.uint8)
    mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, _square(_LETTER * per_point))
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, _square(_LEAST_SIDE * per_point))
    _, labels, boxes, _ = cv2.connectedComponentsWithStats(mask, connectivity=4)
    grounds: list[Ground] = []
    for label, (x, y, w, h, area) in enumerate(boxes.tolist()[1:], start=1):
        if area < _FILLED * w * h or w * h > _MOST * coarse.size:
            continue
        values = coarse[y : y + h, x : x + w][labels[y : y + h, x : x + w] == label]
        level = float(np.median(values))
        if float(np.median(np.abs(values - level))) > _EVEN:
            continue
        left, top, right, bottom = (round(at / factor) for at in (x, y, x + w, y + h))
        grounds.append(Ground(left, top, right, bottom, round(level)))
    return grounds


def without_grounds(picture: Picture, grounds: Sequence[Ground]) -> Picture:
    """The picture with dark letters on white where it has letters of any colour on a ground."""
    if not grounds:
        return picture
    plain = picture.copy()
    paper = int(np.median(picture[::3, ::3]))
    for ground in grounds:
        part = plain[ground.top : ground.bottom, ground.left : ground.right]
        apart = cv2.absdiff(part, np.full_like(part, ground.level))
        part[:] = np.clip(paper - apart.astype(np.int16), 0, 255).astype(np.uint8)
    return plain


def _square(side: float) -> NDArray[np.uint8]:
    length = max(3, round(side))
    return np.ones((length, length), dtype=np.uint8)
