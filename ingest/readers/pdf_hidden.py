"""Find the text of a PDF page that its picture does not show.

The page is drawn without its text and with it. A run that changes no pixel of its box is not seen,
whatever the trick: white on white, covered, clipped away, transparent, on a layer that is switched
off, or set in a font without ink. Runs that lie on each other are drawn one layer at a time, so
that none of them lends its ink to another.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as c
from numpy.typing import NDArray

from ingest.readers.page_content import PageContent, Rect, Run, SetAside

NOT_SHOWN = "not shown: covered, clipped away or on a layer that is switched off"
TRANSPARENT = "transparent"
FAINT = "in the colour of its background"

_COARSE, _FINE = 0.6, 2.5  # pixels per point: what is not seen in the first is looked at again
_MOST_PIXELS = 4_000_000  # of a picture: a page may be 5 m wide
_LEAST_CONTRAST = 14  # of 255: ink that differs less from its ground is not seen
_LEAST_INK = 0.006  # share of the pixels of a run's box; a full stop in a wide box has more
_LEAST_EXTENT = 0.35  # share of a run's length along which it must be seen
_FULL = 0.3  # share of the pixels of a run that is seen along its whole length
_INSET = 0.15  # of the height of a box: what reaches in from the lines above and below is not its
_MOST_LAYERS = 8
_BLOCK = 1000

_Picture = NDArray[np.uint8]


def set_aside_unseen(
    page: pdfium.PdfPage, content: PageContent, texts: Sequence[tuple[Run, Any]]
) -> None:
    """Move the runs that cannot be seen from ``runs`` and ``sideways`` to ``hidden``.

    Args:
        page: the open page.
        content: what was found on it.
        texts: its runs with their handles.
    """
    if not texts:
        return
    handles = [handle for _, handle in texts]
    _activate(handles, False)
    seen = _look(content, texts, _View(page, None, _COARSE, is_grey=True))
    doubtful = [texts[i] for i in np.flatnonzero(~seen).tolist()]
    if doubtful:
        near = _around([content.back.box(run.box) for run, _ in doubtful])
        fine = _View(page, near, _FINE, is_grey=False)
        seen = _look(content, doubtful, fine)
        doubtful = [doubtful[i] for i in np.flatnonzero(~seen).tolist()]
        reasons = [_reason(handle, fine, content, run) for run, handle in doubtful]
        unseen = {id(run) for run, _ in doubtful}
        content.runs = [run for run in content.runs if id(run) not in unseen]
        content.sideways = [run for run in content.sideways if id(run) not in unseen]
        content.hidden += [
            SetAside(run, reason)
            for (run, _), reason in zip(doubtful, reasons, strict=True)
            if any(character.isalnum() for character in run.text)
        ]
    _activate(handles, True)


class _View:
    """A part of a page, in points as shown, that is drawn at one scale."""

    def __init__(
        self, page: pdfium.PdfPage, part: Rect | None, scale: float, *, is_grey: bool
    ) -> None:
        width, height = page.get_size()
        part = part or Rect(0, 0, width, height)
        self._page = page
        left, bottom = (
            min(max(at, 0.0), size - 1) for at, size in zip(part, (width, height), strict=False)
        )
        right, top = max(min(part.right, width), left + 1), max(min(part.top, height), bottom + 1)
        area = max((right - left) * (top - bottom), 1.0)
        self.scale = min(scale, (_MOST_PIXELS / area) ** 0.5)
        self._cut = (left, bottom, max(width - right, 0.0), max(height - top, 0.0))
        self._left, self._top = left, top
        self._is_grey = is_grey
        self.ground = self.draw()

    def draw(self) -> _Picture:
        """The part in grey or BGRx, shape (rows, columns) or (rows, columns, 4)."""
        crop = tuple(cut * 1.0 for cut in self._cut)
        picture: _Picture = self._page.render(
            scale=self.scale,
            crop=crop,
            grayscale=self._is_grey,
            prefer_bgrx=not self._is_grey,
        ).to_numpy()
        return picture

    def pixels(self, content: PageContent, runs: Sequence[Run]) -> NDArray[np.intp]:
        """Boxes of runs in pixels: left, upper, right, lower; shape (n, 4)."""
        found = np.array([content.back.box(run.box) for run in runs], dtype=float)
        left, bottom, right, top = found.T
        inset = _INSET * np.minimum(top - bottom, right - left)
        columns = np.floor((left - self._left) * self.scale)
        rows = np.floor((self._top - top + inset) * self.scale)
        edges = [
            columns,
            rows,
            np.maximum(np.ceil((right - self._left) * self.scale), columns + 1),
            np.maximum(np.ceil((self._top - bottom - inset) * self.scale), rows + 1),
        ]
        boxes: NDArray[np.intp] = np.clip(np.stack(edges, axis=1), -1, 1e6).astype(np.intp)
        return boxes


def _around(boxes: Sequence[Rect]) -> Rect:
    lefts, bottoms, rights, tops = zip(*boxes, strict=True)
    return Rect(min(lefts) - 2, min(bottoms) - 2, max(rights) + 2, max(tops) + 2)


def _look(content: PageContent, texts: Sequence[tuple[Run, Any]], view: _View) -> NDArray[np.bool_]:
    """Which of the runs are seen; none of the page's text is active before and after."""
    boxes = view.pixels(content, [run for run, _ in texts])
    layers = _layers(boxes)
    seen = np.zeros(len(texts), dtype=bool)
    for layer in range(int(layers.max()) + 1):
        members = np.flatnonzero(layers == layer).tolist()
        _activate([texts[i][1] for i in members], True)
        ink = _difference(view.draw(), view.ground) > _LEAST_CONTRAST
        _activate([texts[i][1] for i in members], False)
        seen[members] = [_is_seen(ink, *boxes[i].tolist()) for i in members]
    return seen


def _activate(handles: Iterable[Any], on: bool) -> None:
    for handle in handles:
        c.FPDFPageObj_SetIsActive(handle, on)


def _layers(boxes: NDArray[np.intp]) -> NDArray[np.intp]:
    """A layer for each box, so that boxes of one layer do not lie on each other."""
    layers = np.zeros(len(boxes), dtype=np.intp)
    left, upper, right, lower = boxes.T
    area = np.maximum((right - left) * (lower - upper), 1)
    taken: dict[int, set[int]] = {}
    for start in range(0, len(boxes), _BLOCK):
        part = slice(start, start + _BLOCK)
        across = np.minimum(right[part, None], right) - np.maximum(left[part, None], left)
        down = np.minimum(lower[part, None], lower) - np.maximum(upper[part, None], upper)
        shared = np.maximum(across, 0) * np.maximum(down, 0)
        smaller = np.minimum(area[part, None], area)
        first, second = np.nonzero(shared > 0.3 * smaller)
        first += start
        for i, j in zip(first.tolist(), second.tolist(), strict=True):
            if j < i:
                taken.setdefault(i, set()).add(j)
    for i, others in sorted(taken.items()):
        used = {int(layers[j]) for j in others}
        layers[i] = next((k for k in range(_MOST_LAYERS) if k not in used), _MOST_LAYERS)
    return layers


def _difference(first: _Picture, second: _Picture) -> _Picture:
    """The biggest difference of the colours of each pixel, shape (rows, columns)."""
    apart = np.maximum(first, second) - np.minimum(first, second)
    if apart.ndim == 2:
        return apart
    widest: _Picture = np.maximum(np.maximum(apart[..., 0], apart[..., 1]), apart[..., 2])
    return widest


def _is_seen(ink: NDArray[np.bool_], left: int, upper: int, right: int, lower: int) -> bool:
    """Whether a box holds ink along enough of its length."""
    part = ink[max(upper, 0) : max(lower, 0), max(left, 0) : max(right, 0)]
    amount = int(np.count_nonzero(part))
    area = max((right - left) * (lower - upper), 1)
    if amount < max(1, _LEAST_INK * area):
        return False
    if amount >= _FULL * area:
        return True  # ink all over the box needs no closer look
    is_wide = right - left >= lower - upper
    length, across = (right - left, lower - upper) if is_wide else (lower - upper, right - left)
    count = length // (2 * max(across, 4))
    if count < 2:
        return True
    # A line of which little is seen is clipped or covered; what is off the picture is not seen.
    along = part.any(axis=0) if is_wide else part.any(axis=1)
    step = length / count
    filled = {int(at / step) for at in np.flatnonzero(along).tolist()}
    return len(filled) >= _LEAST_EXTENT * count


def _reason(handle: Any, view: _View, content: PageContent, run: Run) -> str:
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not c.FPDFPageObj_GetFillColor(handle, red, green, blue, alpha):
        return NOT_SHOWN
    if alpha.value <= _LEAST_CONTRAST:
        return TRANSPARENT
    left, upper, right, lower = np.maximum(view.pixels(content, [run])[0], 0)
    part = view.ground[upper:lower, left:right, :3].reshape(-1, 3)
    if not len(part):
        return NOT_SHOWN
    colour = np.array([blue.value, green.value, red.value])
    return FAINT if np.abs(np.median(part, axis=0) - colour).max() <= 20 else NOT_SHOWN
