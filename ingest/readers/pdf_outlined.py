"""Find text that is drawn: letters turned into paths, as programs for drawings export them (pure).

Such letters are small shapes side by side on a line, or one path of many curves as flat and long as
a line of text. Pipes, threads and dimension lines are neither.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ingest.readers.page_content import Rect

_HEIGHTS = (2.5, 40.0)  # points of a letter
_WIDEST = 1.8  # times its height
_LEAST_LETTERS = 3  # of a word
_GAP = 0.7  # times the height, between two letters of a word
_APART = 0.45  # times the height, by which the middles of two letters of a word differ
_LEAST_SHARE = 0.45  # of the height of the taller one, that the lower of two neighbours has
_MOST_SHAPES = 20_000


def drawn_words(boxes: Iterable[Rect]) -> int:
    """How many words the paths of a page seem to spell, whichever way they run.

    Args:
        boxes: of the paths, in points.
    """
    shapes = [box for box in boxes if _is_letter(box)][:_MOST_SHAPES]
    turned = [Rect(box.bottom, box.left, box.top, box.right) for box in shapes]
    return max(_words(shapes), _words(turned))


def is_drawn_line(box: Rect, segments: int) -> bool:
    """Whether a path has the shape of a line of text and enough segments for it."""
    across, along = sorted((box.right - box.left, box.top - box.bottom))
    low, high = _HEIGHTS
    # A letter takes some ten segments and is about half as wide as it is high.
    return low <= across <= high and along >= 2 * across and segments >= 20 * along / across


def _is_letter(box: Rect) -> bool:
    width, height = box.right - box.left, box.top - box.bottom
    low, high = _HEIGHTS
    return (
        low <= max(width, height) <= high
        and min(width, height) >= 0.3
        and (width <= _WIDEST * height or height <= _WIDEST * width)
    )


def _words(shapes: Sequence[Rect]) -> int:
    """Chains of shapes that stand side by side."""
    count, ends = 0, dict[int, list[tuple[Rect, int]]]()
    for shape in sorted(shapes, key=lambda box: box.left):
        row = round((shape.bottom + shape.top) / 2 / _HEIGHTS[1])
        near = [entry for at in (row - 1, row, row + 1) for entry in ends.get(at, ())]
        last = next((entry for entry in near if _follows(entry[0], shape)), None)
        length = last[1] + 1 if last else 1
        if last:
            for at in (row - 1, row, row + 1):
                if last in ends.get(at, ()):
                    ends[at].remove(last)
        count += length == _LEAST_LETTERS
        kept = ends.setdefault(row, [])
        kept[:] = [entry for entry in kept if shape.left - entry[0].right < _HEIGHTS[1]]
        kept.append((shape, length))
    return count


def _follows(first: Rect, second: Rect) -> bool:
    high, low = first.top - first.bottom, second.top - second.bottom
    tall = max(high, low)
    middles = abs(first.top + first.bottom - second.top - second.bottom) / 2
    gap = second.left - first.right
    return (
        min(high, low) >= _LEAST_SHARE * tall
        and middles <= _APART * tall
        and -0.3 * tall <= gap <= _GAP * tall
    )
