"""Measure by how much the lines of an upright page rise, from its ink.

The boxes of recognised lines say it only where the lines are long: those of codes and numbers are
nearly level whatever the page. The upper edges of letters and rules fall into few rows at the
angle at which the page stands straight.
"""

from __future__ import annotations

import cv2
import numpy as np

from ingest.readers.ocr import Picture, Recognised

_COARSE = 2.0  # pixels of the coarse picture to a point
_MOST = 7.0  # degrees
_STEPS = (0.5, 0.1, 0.02)  # degrees
_MOST_PIXELS = 60_000
_FEW_PIXELS = 200
_LONG = 6.0  # heights of a line whose box has a slope of its own
_ENOUGH = 5  # long lines that are believed
_APART = 1.0  # degrees between the two measures from which the lines are believed
_SHARP = 1.1  # times the usual sharpness of the page at any angle, from which a tilt is believed


def skew_of(picture: Picture, found: Recognised, scale: float) -> float:
    """Return by how many degrees the lines rise to the right, -7 to 7.

    Args:
        picture: of the upright page in grey.
        found: its lines; their own slope is believed where long ones contradict the ink.
        scale: points to a pixel.
    """
    long = sum(line.width > _LONG * line.height for line in found.lines)
    inked = _from_ink(picture, scale, found.skew if long >= _ENOUGH else 0.0)
    if inked is None or (long >= _ENOUGH and abs(inked - found.skew) > _APART):
        return found.skew
    return inked


def _from_ink(picture: Picture, scale: float, guess: float) -> float | None:
    factor = min(1.0, _COARSE * scale)
    size = (max(1, round(picture.shape[1] * factor)), max(1, round(picture.shape[0] * factor)))
    coarse = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    dark = cv2.adaptiveThreshold(
        coarse, 1, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 21, 20
    )
    edges = (dark[1:] == 1) & (dark[:-1] == 0)
    y, x = np.nonzero(edges)
    if len(y) < _FEW_PIXELS:
        return None
    stride = -(-len(y) // _MOST_PIXELS)
    rows, columns = y[::stride].astype(np.float64), x[::stride].astype(np.float64)
    columns -= size[0] / 2

    def sharpness(degrees: float) -> float:
        at = rows + columns * np.tan(np.radians(degrees))
        counts = np.bincount((at - at.min()).astype(np.intp)).astype(np.float64)
        return float(np.square(counts).sum())

    usual = float(np.median([sharpness(degrees) for degrees in np.arange(-_MOST, _MOST, 1.0)]))
    best, reach = guess, _MOST
    for step in _STEPS:
        angles = np.arange(best - reach, best + reach + step / 2, step)
        best = float(max(angles, key=sharpness))
        reach = step
    is_told = abs(best) <= _MOST and sharpness(best) >= _SHARP * usual
    return best if is_told else None
