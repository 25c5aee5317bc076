"""Find drawings and pictures on a page (pure).

Strokes and pictures that lie close together make a figure. The words inside it are its labels, not
running text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ingest.readers.page_content import PageContent, Rect, Run

_REACH = 12.0  # points: strokes farther apart belong to two figures
_LEAST_STROKES = 5
_LEAST_SOLID = 3  # strokes that are not thin lines: a frame around a text has two at most
_THIN = 3.0  # points
_LEAST_AREA = 0.02  # of the page
_MOST_WORDS = 4.0  # in 10,000 square points: more is a text with a shaded ground
_MOST_PICTURED_WORDS = 9.0  # likewise, of a picture that was recognised, such as a screenshot
_MOST_STROKES = 3000  # a page with more is one big drawing


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing or picture with the runs of text that stand in it."""

    box: Rect
    runs: tuple[Run, ...]


def find_figures(
    content: PageContent, tables: Sequence[Rect], runs: Sequence[Run]
) -> tuple[list[Figure], list[Run]]:
    """Return the figures outside the tables, and which of the runs are outside the figures."""
    figures: list[Figure] = []
    free = list(runs)
    strokes = [box for box in content.drawn if not any(_touch(box, table, 1) for table in tables)]
    page = content.width * content.height
    if content.is_scan and not content.is_illustrated:
        return [], free
    most = _MOST_PICTURED_WORDS if content.is_illustrated else _MOST_WORDS
    for box, count in _clusters([*strokes[:_MOST_STROKES], *content.pictures]):
        pictured = any(_touch(box, picture, 0) for picture in content.pictures)
        if _area(box) < _LEAST_AREA * page:
            continue
        solid = sum(_is_solid(stroke) and _touch(box, stroke, 0) for stroke in strokes)
        if not pictured and (count < _LEAST_STROKES or solid < _LEAST_SOLID):
            continue
        inside = [run for run in free if _holds(box, run.box)]
        if sum(len(run.text.split()) for run in inside) > most * _area(box) / 10_000:
            continue
        taken = set(map(id, inside))
        free = [run for run in free if id(run) not in taken]
        figures.append(Figure(box, tuple(inside)))
    return figures, free


def _clusters(boxes: Sequence[Rect]) -> list[tuple[Rect, int]]:
    """Merge boxes that touch, until none do; return each with the number of its parts."""
    merged = [(box, 1) for box in boxes]
    changed = True
    while changed:
        changed = False
        result: list[tuple[Rect, int]] = []
        for box, count in merged:
            for i, (other, parts) in enumerate(result):
                if _touch(box, other, _REACH):
                    result[i] = (_union(box, other), count + parts)
                    changed = True
                    break
            else:
                result.append((box, count))
        merged = result
    return merged


def _is_solid(box: Rect) -> bool:
    return min(box.right - box.left, box.top - box.bottom) > _THIN


def _touch(first: Rect, second: Rect, reach: float) -> bool:
    return (
        first.left - reach <= second.right
        and second.left - reach <= first.right
        and first.bottom - reach <= second.top
        and second.bottom - reach <= first.top
    )


def _union(first: Rect, second: Rect) -> Rect:
    return Rect(
        min(first.left, second.left),
        min(first.bottom, second.bottom),
        max(first.right, second.right),
        max(first.top, second.top),
    )


def _holds(outer: Rect, inner: Rect) -> bool:
    x, y = (inner.left + inner.right) / 2, (inner.bottom + inner.top) / 2
    return outer.left <= x <= outer.right and outer.bottom <= y <= outer.top


def _area(box: Rect) -> float:
    return (box.right - box.left) * (box.top - box.bottom)
