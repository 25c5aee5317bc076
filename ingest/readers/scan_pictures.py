"""Find the drawings and photos on the picture of a page: those that a caption names.

A scan holds no objects, so what is a picture is told by its strokes, which are larger than letters
and no rules. Only beside a caption is it taken for one: a stamp or a stain is none.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from ingest.readers.figure_names import names_figure
from ingest.readers.ocr import Picture
from ingest.readers.page_content import PageContent, Rect
from ingest.readers.pdf_tables import find_lattices
from ingest.signal_words import leads, stands_alone

_COARSE = 1.5  # pixels of the coarse picture to a point
_LEAST_PART = 16.0  # points: the longer side of a stroke that is no letter
_REACH = 12.0  # points between the strokes of one picture
_LEAST_SIDE = 40.0  # points
_MOST_GAP = 40.0  # points between a picture and its caption
_MOST = 0.6  # share of the page: what is larger is a frame around it
_DARKER = 25  # grey levels below the paper: part of a photo
_THIN = 3.0  # points: a longer stroke that is thinner is a rule of the page


def add_pictures(
    content: PageContent, straight: Picture, dark: NDArray[np.uint8], scale: float
) -> None:
    """Add the pictures of a page, and take away the rules that are strokes of them.

    Args:
        content: of the page, with its runs and rules, upright.
        straight: grey levels of the upright page.
        dark: where it is dark, 255, else 0.
        scale: points to a pixel.
    """
    content.pictures = find_pictures(content, straight, dark, scale)
    for box in content.pictures:
        content.horizontals = [
            rule
            for rule in content.horizontals
            if not _holds(box, Rect(rule.start, rule.at, rule.end, rule.at))
        ]
        content.verticals = [
            rule
            for rule in content.verticals
            if not _holds(box, Rect(rule.at, rule.start, rule.at, rule.end))
        ]


def find_pictures(
    content: PageContent, straight: Picture, dark: NDArray[np.uint8], scale: float
) -> list[Rect]:
    """Return the boxes of the pictures of a page that have a caption and hold no warning."""
    captions = [run for run in content.runs if names_figure(run.text)]
    if not captions:
        return []
    tables = [lattice.box for lattice in find_lattices(content) if _is_table(lattice.rows)]
    mask = _masks(straight, dark, scale)
    _clear_text(mask, content)
    parts = [
        part
        for part in _parts(mask, scale, content.height)
        if not any(_holds(table, part) for table in tables) and not _frames(part, content)
    ]
    warnings = [run.box for run in content.runs if stands_alone(run.text) or leads(run.text)]
    return [
        box
        for box in _grown(parts)
        if min(_sides(box)) >= _LEAST_SIDE
        and not _frames(box, content)
        and any(_is_named(box, run.box) for run in captions)
        and not any(_gap(box, warning) == 0 for warning in warnings)
    ]


def _frames(box: Rect, content: PageContent) -> bool:
    """A frame around the page, a rule across it."""
    across, down = _sides(box)
    is_rule = min(across, down) < _THIN and across > _MOST * content.width
    return is_rule or across * down > _MOST * content.width * content.height


def _is_table(rows: Sequence[Sequence[object]]) -> bool:
    filled = {i for row in rows for i, cell in enumerate(row) if getattr(cell, "runs", ())}
    return len(rows) > 1 and len(filled) > 1


def _masks(straight: Picture, dark: NDArray[np.uint8], scale: float) -> NDArray[np.uint8]:
    """Where the coarse page shows a stroke or the tone of a photo, 1, else 0."""
    factor = min(1.0, _COARSE * scale)
    size = (round(dark.shape[1] * factor), round(dark.shape[0] * factor))
    strokes = cv2.resize(dark, size, interpolation=cv2.INTER_AREA) > 60
    tones = cv2.resize(straight, size, interpolation=cv2.INTER_AREA)
    toned = (tones < np.median(tones) - _DARKER).astype(np.uint8)
    side = max(3, round(_LEAST_PART * factor / scale))
    toned = cv2.morphologyEx(toned, cv2.MORPH_OPEN, np.ones((side, side), dtype=np.uint8))
    mask: NDArray[np.uint8] = (strokes | (toned > 0)).astype(np.uint8)
    return mask


def _clear_text(mask: NDArray[np.uint8], content: PageContent) -> None:
    """Take the recognised lines off: their letters touch on the coarse page."""
    factor = mask.shape[1] / content.width
    for run in content.runs:
        left, bottom, right, top = run.box
        rows = (content.height - top - 1, content.height - bottom + 1)
        first, last = (max(0, round(at * factor)) for at in rows)
        mask[first:last, max(0, round((left - 1) * factor)) : round((right + 1) * factor)] = 0


def _parts(mask: NDArray[np.uint8], scale: float, height: float) -> list[Rect]:
    """The boxes of the connected strokes that are larger than letters."""
    _, _, boxes, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    point = scale / min(1.0, _COARSE * scale)
    found: list[Rect] = []
    for x, y, w, h, _ in boxes.tolist()[1:]:
        if max(w, h) * point >= _LEAST_PART:
            foot = height - (y + h) * point
            found.append(Rect(x * point, foot, (x + w) * point, height - y * point))
    return found


def _grown(parts: Sequence[Rect]) -> list[Rect]:
    """Join the boxes that lie close together."""
    grown: list[Rect] = []
    for part in parts:
        box, apart = part, grown
        while True:
            near = [other for other in apart if _gap(box, other) <= _REACH]
            if not near:
                break
            apart = [other for other in apart if _gap(box, other) > _REACH]
            for other in near:
                box = Rect(
                    min(box.left, other.left),
                    min(box.bottom, other.bottom),
                    max(box.right, other.right),
                    max(box.top, other.top),
                )
        grown = [*apart, box]
    return grown


def _is_named(box: Rect, caption: Rect) -> bool:
    """A caption stands right below or above its picture."""
    across = min(box.right, caption.right) - max(box.left, caption.left)
    below, above = box.bottom - caption.top, caption.bottom - box.top
    return across > 0 and (-6 <= below <= _MOST_GAP or -6 <= above <= _MOST_GAP)


def _gap(first: Rect, second: Rect) -> float:
    """White between two boxes, in points; 0 where they overlap."""
    across = max(first.left, second.left) - min(first.right, second.right)
    down = max(first.bottom, second.bottom) - min(first.top, second.top)
    return max(across, down, 0.0)


def _holds(outer: Rect, inner: Rect) -> bool:
    return (
        outer.left - 4 <= inner.left
        and outer.bottom - 4 <= inner.bottom
        and inner.right <= outer.right + 4
        and inner.top <= outer.top + 4
    )


def _sides(box: Rect) -> tuple[float, float]:
    return box.right - box.left, box.top - box.bottom
