"""From a picture of a page to its content: recognised lines, ruling lines, in points.

The picture is turned upright and its skew taken out, so that rows and columns can be told apart;
``PageContent.back`` leads from there to the page as it is shown.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from ingest.readers.ocr import OcrLine, Picture, Recognised, recognise
from ingest.readers.page_content import Line, PageContent, Rect, Run, tilted, turned
from ingest.readers.scan_grounds import Ground, find_grounds, without_grounds
from ingest.readers.scan_pictures import add_pictures
from ingest.readers.scan_skew import skew_of
from ingest.signal_words import leads, stands_alone

_LEAST_SKEW = 0.1  # degrees
_LEAST_RULE = 20.0  # points: no stroke of a letter is as long
_MOST_RULE = 3.0  # points: a thicker stroke is a bar
_NEAR = 4.0  # points between the edge of a ground and a rule along it
_GRAIN = 6.0  # grey levels by which pixels of plain paper differ
_BEYOND = 2.0  # points by which a stroke of a letter may leave the box of its line
_BOLD = 1.25  # times the usual stroke width
_SAME_SIZE = 0.18  # by which the sizes of lines of one type differ when measured
# The recogniser drops the space behind a step's number and takes a litre for a capital I.
_NO_SPACE = re.compile(r"^(\(?\d{1,2}[.)])(?=[A-Z\u00c0-\u00de\u4e00-\u9fff])")
_PER_TIME = re.compile(r"(?<=\d )I/(min|h|s)\b")
_NEWTON_METRE = re.compile(r"\bN[.·•・]m\b")
_ASCENDERS = set("bdfhiklt!?|/\\()[]{}%&§$@'\"")
_DESCENDERS = set("gjpqyQ,;()[]{}|/\\@§$")

Mask = NDArray[np.uint8]


def scanned_page(
    number: int, picture: Picture, width: float, height: float
) -> tuple[PageContent, Recognised]:
    """Recognise a picture of a page.

    Args:
        number: of the page, from 1.
        picture: grey levels of the whole page as it is shown.
        width: of the page as it is shown, in points.
        height: likewise.

    Returns:
        Its content in the direction of its text, and what was recognised.
    """
    found = recognise(picture)
    _, back = turned(found.rotation, width, height)
    if found.rotation in (90, 270):
        content = PageContent(number, height, width, shown=(width, height))
    else:
        content = PageContent(number, width, height, shown=(width, height))
    upright = np.ascontiguousarray(np.rot90(picture, -found.rotation // 90))
    scale = content.width / upright.shape[1]
    skew = skew_of(upright, found, scale)
    if abs(skew) < _LEAST_SKEW:
        skew = 0.0
    content.back = back.after(tilted(skew, content.width, content.height)) if skew else back
    content.is_recognised = True
    tinted = _straighten(upright, skew)
    boxes = _line_boxes(found, skew, tinted.shape)
    grounds = [
        ground
        for ground in find_grounds(tinted, scale)
        if not _is_in_line(ground.box, boxes, round(_BEYOND / scale))  # a dense letter
    ]
    straight = without_grounds(tinted, grounds)
    dark = _dark(straight)
    rules = _add_rules(content, dark, scale, boxes)
    ink = cv2.bitwise_and(dark, cv2.bitwise_not(rules))
    _add_runs(content, found, ink, scale, boxes)
    _add_edges(content, grounds, scale)
    add_pictures(content, tinted, dark, scale)
    return content, found


def _dark(picture: Picture) -> Mask:
    """Where ink is, 255, else 0; the grain of a poor scan is smoothed before."""
    smooth = cv2.GaussianBlur(picture, (5, 5), 0)
    grain = float(np.median(cv2.absdiff(picture, smooth)[::3, ::3]))
    least = 15
    if grain > _GRAIN:
        picture, least = smooth, 22
    dark: Mask = cv2.adaptiveThreshold(
        picture, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 41, least
    )
    return dark


def _straighten(picture: Picture, skew: float) -> Picture:
    if not skew:
        return picture
    rows, columns = picture.shape
    # OpenCV turns counterclockwise by positive degrees; the lines rise, so they are turned back.
    matrix = cv2.getRotationMatrix2D((columns / 2, rows / 2), -skew, 1.0)
    straight: Picture = cv2.warpAffine(
        picture, matrix, (columns, rows), borderMode=cv2.BORDER_REPLICATE
    )
    return straight


def _line_boxes(found: Recognised, skew: float, shape: tuple[int, ...]) -> NDArray[np.intp]:
    """Left, top, right and bottom of each line on the straightened picture, in pixels."""
    rows, columns = shape
    # In pixels y points down, so the straightening turn has the other sign.
    matrix = tilted(skew, columns, rows)
    boxes: list[tuple[int, int, int, int]] = []
    for line in found.lines:
        corners = np.array([matrix.apply(x, y) for x, y in line.corners])
        left, top = (round(float(at)) for at in np.maximum(corners.min(axis=0), 0))
        right, bottom = (round(float(at)) for at in corners.max(axis=0))
        boxes.append((left, top, right, bottom))
    return np.array(boxes, dtype=np.intp).reshape(-1, 4)


def _is_in_line(box: tuple[int, int, int, int], lines: NDArray[np.intp], beyond: int) -> bool:
    """Whether a stroke, given by corner and size, does not leave the box of a line."""
    x, y, w, h = box
    return bool(
        np.any(
            (lines[:, 0] - beyond <= x)
            & (lines[:, 1] - beyond <= y)
            & (x + w <= lines[:, 2] + beyond)
            & (y + h <= lines[:, 3] + beyond)
        )
    )


def _add_rules(content: PageContent, dark: Mask, scale: float, lines: NDArray[np.intp]) -> Mask:
    """Add the ruling lines of a picture; return where they are."""
    beyond = round(_BEYOND / scale)
    length, thick = max(3, round(_LEAST_RULE / scale)), max(2, round(_MOST_RULE / scale))
    found = np.zeros_like(dark)
    for is_across in (True, False):
        # A gap of a few pixels in a rule is noise of the scan.
        bridge = cv2.getStructuringElement(cv2.MORPH_RECT, (7, 1) if is_across else (1, 7))
        kernel = (length, 1) if is_across else (1, length)
        strokes = cv2.morphologyEx(
            cv2.morphologyEx(dark, cv2.MORPH_CLOSE, bridge),
            cv2.MORPH_OPEN,
            cv2.getStructuringElement(cv2.MORPH_RECT, kernel),
        )
        _, labels, boxes, _ = cv2.connectedComponentsWithStats(strokes, connectivity=8)
        for label, (x, y, w, h, _) in enumerate(boxes.tolist()[1:], start=1):
            if _is_in_line((x, y, w, h), lines, beyond):
                continue  # strokes of letters, bridged
            if (h if is_across else w) > thick:
                _add_bar(content, (x, y, w, h), scale, is_across)
                continue
            part = found[y : y + h, x : x + w]
            part[labels[y : y + h, x : x + w] == label] = 255
            left, right = x * scale, (x + w) * scale
            top, bottom = content.height - y * scale, content.height - (y + h) * scale
            if is_across:
                content.horizontals.append(Line((top + bottom) / 2, left, right))
            else:
                content.verticals.append(Line((left + right) / 2, bottom, top))
    grown: Mask = cv2.dilate(found, cv2.getStructuringElement(cv2.MORPH_RECT, (3, 3)))
    return grown


def _add_bar(
    content: PageContent, box: tuple[int, int, int, int], scale: float, is_across: bool
) -> None:
    """A filled bar, such as that of a signal word: its edges close the frame below it."""
    x, y, w, h = (at * scale for at in box)
    if is_across:
        for at in (y, y + h):
            content.horizontals.append(Line(content.height - at, x, x + w))
    for at in (x, x + w):
        content.verticals.append(Line(at, content.height - y - h, content.height - y))


def _add_edges(content: PageContent, grounds: Sequence[Ground], scale: float) -> None:
    """Add the edges of the grounds that frame a signal word or stand on ruling lines."""
    for ground in grounds:
        left, right = ground.left * scale, ground.right * scale
        top, bottom = content.height - ground.top * scale, content.height - ground.bottom * scale
        box = Rect(left, bottom, right, top)
        is_signal = any(
            _lies_in(run.box, box) and (stands_alone(run.text) or leads(run.text))
            for run in content.runs
        )
        is_ruled = any(
            min(abs(rule.at - top), abs(rule.at - bottom)) < _NEAR
            and rule.start < left + _NEAR
            and rule.end > right - _NEAR
            for rule in content.horizontals
        )
        if is_signal or is_ruled:
            content.horizontals += [Line(at, left, right) for at in (top, bottom)]
            content.verticals += [Line(at, bottom, top) for at in (left, right)]


def _lies_in(inner: Rect, outer: Rect) -> bool:
    x, y = (inner.left + inner.right) / 2, (inner.bottom + inner.top) / 2
    return outer.left < x < outer.right and outer.bottom < y < outer.top


def _add_runs(
    content: PageContent,
    found: Recognised,
    ink: Mask,
    scale: float,
    boxes: NDArray[np.intp],
) -> None:
    measured: list[tuple[OcrLine, Rect, float]] = []
    for line, (left, top, right, bottom) in zip(found.lines, boxes.tolist(), strict=True):
        box, stroke = _ink_box(ink, left, top, right, bottom)
        measured.append((line, box, stroke))
    sizes = [(box.bottom - box.top) / sum(_reach(line.text)) for line, box, _ in measured]
    usual_size = _weighted_median(sizes, [len(line.text) for line, _, _ in measured])
    sizes = [usual_size if abs(size / usual_size - 1) < _SAME_SIZE else size for size in sizes]
    strokes = [stroke / size for (_, _, stroke), size in zip(measured, sizes, strict=True)]
    usual_stroke = _weighted_median(strokes, [len(line.text) for line, _, _ in measured])
    for (line, box, _), size, stroke in zip(measured, sizes, strokes, strict=True):
        foot = content.height - box.bottom * scale
        placed = Rect(box.left * scale, foot, box.right * scale, content.height - box.top * scale)
        baseline = foot + _reach(line.text)[1] * size * scale
        is_bold = stroke > _BOLD * usual_stroke
        content.runs.append(Run(_mended(line.text), placed, baseline, size * scale, is_bold))


def _weighted_median(values: Sequence[float], weights: Sequence[int]) -> float:
    if not values:
        return 1.0
    order = np.argsort(values)
    total = np.cumsum(np.array(weights)[order])
    return float(np.array(values)[order][int(np.searchsorted(total, total[-1] / 2))])


def _mended(text: str) -> str:
    """A line with what is recognised wrongly as a rule put right."""
    text = _NO_SPACE.sub(r"\1 ", text).replace("°°C", "°C")
    return _NEWTON_METRE.sub("N·m", _PER_TIME.sub(r"l/\1", text))


def _ink_box(ink: Mask, left: int, top: int, right: int, bottom: int) -> tuple[Rect, float]:
    """The box of the ink in a box, in pixels (bottom below top), and its usual stroke width."""
    part = ink[top:bottom, left:right] > 0
    if part.mean() > 0.55:
        part = ~part  # light letters on a dark bar
    across = _main_band(part.sum(axis=1))
    along = np.flatnonzero(part[across[0] : across[-1] + 1].any(axis=0)) if len(across) else across
    if len(across) < 3 or len(along) < 2:
        return Rect(left, max(bottom, top + 1), max(right, left + 1), top), 1.0
    inner = part[across[0] : across[-1] + 1]
    starts = int(np.count_nonzero(inner[:, 1:] & ~inner[:, :-1]) + np.count_nonzero(inner[:, 0]))
    stroke = float(np.count_nonzero(inner)) / max(starts, 1)
    box = Rect(
        left + int(along[0]),
        top + int(across[-1]) + 1,
        left + int(along[-1]) + 1,
        top + int(across[0]),
    )
    return box, stroke


def _main_band(profile: NDArray[np.intp]) -> NDArray[np.intp]:
    """The rows of the line itself: a box may cut into the lines above and below it."""
    rows = np.flatnonzero(profile >= 2)
    if not len(rows):
        return rows
    bands = np.split(rows, np.flatnonzero(np.diff(rows) > 2) + 1)
    main = max(range(len(bands)), key=lambda i: int(profile[bands[i]].sum()))
    return bands[main]


def _reach(text: str) -> tuple[float, float]:
    """How far the letters of a text rise above and fall below the baseline, in type sizes."""
    if any(character >= "\u2e80" for character in text):
        return 0.80, 0.10
    high = any(c.isupper() or c.isdigit() or c in _ASCENDERS for c in text)
    return (0.72 if high else 0.52), (0.21 if _DESCENDERS & set(text) else 0.0)
