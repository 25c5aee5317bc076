"""Read the text of a page that stands in another direction than most of it.

A label beside a figure, a table that is turned by 90 degrees on an upright page: each direction is
read as a page of its own, whose ``back`` leads to the page as it is shown.
"""

from __future__ import annotations

import ctypes
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pypdfium2 as pdfium

from ingest.readers.page_content import PageContent, Rect, Run
from ingest.readers.pdf_layout import TextLine
from ingest.readers.pdf_objects import read_page
from ingest.readers.pdf_page import lay_out
from ingest.readers.time_limit import at_most

_DIRECTIONS = (90, 270, 180, 0)  # degrees; 0 is another direction on a page that is turned itself
_READ_LIMIT_S = 2.5  # of processor time
_OBLIQUE = 2.0  # type sizes by which the box of a run is higher than upright text is
_MARGIN = 0.12  # of the width and height of a page, in which running lines stand
_SAME_PLACE = 4  # points
_DIGITS = re.compile(r"\d+")

Part = tuple[PageContent, list[tuple[Run, Any]]]
"""The text of one direction, and its runs with their handles."""


def take_turned(
    page: pdfium.PdfPage, content: PageContent, texts: Sequence[tuple[Run, Any]]
) -> list[Part]:
    """Take the runs of other directions out of ``content.sideways``; text at a slant stays there.

    Args:
        page: the open page.
        content: what was found on it and is seen.
        texts: its runs with their handles.

    Raises:
        UnreadablePage: it holds more objects than a page that a person reads.
    """
    seen = set(map(id, content.sideways))
    waiting = {
        _address(handle) for run, handle in texts if id(run) in seen and not _is_oblique(run)
    }
    parts: list[Part] = []
    for degrees in _DIRECTIONS:
        if not waiting:
            break
        with at_most(_READ_LIMIT_S):
            turned, found = read_page(page, content.number, degrees)
        upright = set(map(id, turned.runs))
        own = [
            (run, handle)
            for run, handle in found
            if id(run) in upright and _address(handle) in waiting
        ]
        if own:
            waiting.difference_update(_address(handle) for _, handle in own)
            turned.runs, turned.sideways, turned.hidden = [run for run, _ in own], [], []
            parts.append((turned, own))
    content.sideways = [
        run
        for run, handle in texts
        if id(run) in seen and (_address(handle) in waiting or _is_oblique(run))
    ]
    return parts


def drop_running_lines(pages: Sequence[PageContent]) -> None:
    """Take out of the turned text what stands in the margin of many pages, numbers aside."""
    laid_out = [
        (part, [line for line in lay_out(part) if isinstance(line, TextLine)])
        for page in pages
        for part in page.turned
    ]
    if not laid_out:
        return
    seen = Counter(
        key for page in pages for key in {_key(page, run.text, run.box) for run in page.runs}
    )
    seen.update(_key(part, line.text, line.box) for part, lines in laid_out for line in lines)
    least = max(3, len(pages) // 8)
    for part, lines in laid_out:
        running = [
            line.box
            for line in lines
            if _in_margin(part, line.box) and seen[_key(part, line.text, line.box)] >= least
        ]
        part.runs = [run for run in part.runs if not any(_lies_in(run.box, box) for box in running)]


def _is_oblique(run: Run) -> bool:
    left, bottom, right, top = run.box
    return min(right - left, top - bottom) > _OBLIQUE * run.size


def _address(handle: Any) -> int:
    return ctypes.addressof(handle.contents)


def _key(part: PageContent, text: str, box: Rect) -> tuple[str, int, int]:
    """A text, digits aside, and its place on the page as shown."""
    left, bottom, _, _ = part.back.box(box)
    return _DIGITS.sub("#", text.strip()), round(left / _SAME_PLACE), round(bottom / _SAME_PLACE)


def _in_margin(part: PageContent, box: Rect) -> bool:
    width, height = part.shown
    left, bottom, right, top = part.back.box(box)
    x, y = _MARGIN * width, _MARGIN * height
    return right < x or left > width - x or top < y or bottom > height - y


def _lies_in(inner: Rect, outer: Rect) -> bool:
    x, y = (inner.left + inner.right) / 2, (inner.bottom + inner.top) / 2
    return outer.left <= x <= outer.right and outer.bottom <= y <= outer.top
