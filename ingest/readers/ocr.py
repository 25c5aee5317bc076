"""Recognise the text of a picture with RapidOCR: Chinese and English, models in the package.

Loaded in the reader's process only, and only when a page needs it.
"""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.readers.ocr_cache import recall

Picture = NDArray[np.uint8]
"""Grey levels, shape (height, width), 0 is black."""

_VERSION = "1"  # counts up with every change that changes results, the models included
_DETECTION_SIDE = 1280  # pixels of the longer side in which lines are looked for
_SURE = 0.85  # mean confidence above which a page stands upright
_LEAST_SCORE = 0.5  # of a line
_SAME_SIGN = str.maketrans({"℃": "°C", "℉": "°F", "：": ":", "（": "(", "）": ")", "，": ","})


@dataclass(frozen=True, slots=True)
class OcrLine:
    """A line: its corners in pixels from the upper left one clockwise, and its confidence."""

    text: str
    corners: tuple[tuple[float, float], ...]
    confidence: float

    @property
    def width(self) -> float:
        """Length of the upper edge in pixels."""
        (x1, y1), (x2, y2) = self.corners[:2]
        return float(np.hypot(x2 - x1, y2 - y1))

    @property
    def height(self) -> float:
        """Length of the right edge in pixels."""
        (x1, y1), (x2, y2) = self.corners[1:3]
        return float(np.hypot(x2 - x1, y2 - y1))


@dataclass(frozen=True, slots=True)
class Recognised:
    """The lines of a picture that was turned clockwise by ``rotation`` degrees to be upright.

    Corners are those of the turned picture. ``skew`` is by how many degrees its lines still rise
    to the right; ``confidence`` the mean of the characters, 0 to 1.
    """

    lines: tuple[OcrLine, ...]
    rotation: int
    skew: float
    confidence: float


def recognise(picture: Picture) -> Recognised:
    """Return the lines of a page, whichever way up it is."""
    lines, tall = _lines(picture)
    found = _recognised(lines, 0)
    if not lines or (found.confidence >= _SURE and not tall):
        return found
    # Lines that stand upright are read turned counterclockwise: sure ones say which way it goes.
    turns = ((270, 90) if found.confidence >= _SURE else (90, 270)) if tall else (180,)
    best = found
    for turn in turns:
        lines, still_tall = _lines(np.rot90(picture, -turn // 90))
        candidate = _recognised(lines, turn)
        if not still_tall and _weight(candidate) > _weight(best) * (1 if tall else 1.05):
            best = candidate
        if best is candidate and candidate.confidence >= _SURE:
            break
        if tall and best is found and not still_tall:
            best = candidate
    return best


def read_line(picture: Picture) -> tuple[str, float]:
    """Return the text of a picture of one line, and its confidence."""

    def read() -> tuple[str, float]:
        result = _engine()(
            _three(picture), use_det=False, use_cls=False, use_rec=True, text_score=0.0
        )
        texts, scores = result.txts or ("",), result.scores or (0.0,)
        return texts[0].translate(_SAME_SIGN), float(scores[0])

    text, score = recall(picture, f"line {_VERSION}", read)
    return text, score


def _lines(picture: Picture) -> tuple[list[OcrLine], bool]:
    """The lines of a picture as it is, and whether most of them stand upright."""
    found = recall(picture, f"page {_VERSION}", lambda: _found(picture))
    lines = [
        OcrLine(text, tuple((float(x), float(y)) for x, y in corners), score)
        for text, corners, score in found
    ]
    upright = sum(max(line.width, line.height) for line in lines if line.height > 1.5 * line.width)
    lying = sum(max(line.width, line.height) for line in lines if line.width > 1.5 * line.height)
    return lines, upright > lying


def _found(picture: Picture) -> list[tuple[str, list[list[float]], float]]:
    """The text, corners and confidence of each line, as JSON can hold them."""
    result = _engine()(
        _three(picture), use_det=True, use_cls=False, use_rec=True, text_score=_LEAST_SCORE
    )
    if getattr(result, "txts", None) is None or result.boxes is None:
        return []
    return [
        (text.translate(_SAME_SIGN).strip(), [[float(x), float(y)] for x, y in box], float(score))
        for box, text, score in zip(result.boxes, result.txts, result.scores, strict=True)
        if text.strip()
    ]


def _recognised(lines: Sequence[OcrLine], rotation: int) -> Recognised:
    letters = sum(len(line.text) for line in lines)
    mean = sum(line.confidence * len(line.text) for line in lines) / max(letters, 1)
    return Recognised(tuple(lines), rotation, _skew(lines), mean)


def _skew(lines: Sequence[OcrLine]) -> float:
    """The usual slope of the long lines, in degrees, up to the right."""
    slopes = [
        float(
            np.degrees(
                np.arctan2(
                    line.corners[0][1] - line.corners[1][1], line.corners[1][0] - line.corners[0][0]
                )
            )
        )
        for line in lines
        if line.width > 6 * line.height
    ]
    return float(np.median(slopes)) if slopes else 0.0


def _weight(found: Recognised) -> float:
    letters = sum(len(line.text) for line in found.lines)
    return found.confidence**2 * math.sqrt(letters)


def _three(picture: Picture) -> NDArray[np.uint8]:
    return np.repeat(np.ascontiguousarray(picture)[:, :, None], 3, axis=2)


@cache
def _engine() -> Any:
    from rapidocr import RapidOCR

    # Threads that wait for a busy core spin: two of them took 32 s for a page that one read in 22.
    cores = os.cpu_count() or 1
    threads = max(1, min(4, cores - round(os.getloadavg()[0])))
    return RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.max_side_len": 8000,
            "Det.limit_type": "max",
            "Det.limit_side_len": _DETECTION_SIDE,
            "EngineConfig.onnxruntime.intra_op_num_threads": threads,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )
