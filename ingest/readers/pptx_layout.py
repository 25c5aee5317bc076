"""Put the shapes of a slide into the order in which a person reads them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

_MOST_SHAPES = 5_000
_SAME_ROW = 91_440  # EMU, a tenth of an inch: tops that differ by less are level
_MOST_CUTS = 40


@dataclass(frozen=True, slots=True)
class Shape:
    """A shape that is no group, with its box on the slide in EMU (y runs downwards).

    ``box`` is left, top, right, bottom; None where the file does not place the shape.
    ``placeholder`` is its type, such as "title" or "body", empty for what the author drew.
    ``is_hidden`` is set by the selection pane, on the shape or a group around it.
    """

    element: etree._Element
    box: tuple[float, float, float, float] | None
    placeholder: str
    is_hidden: bool


def leaves(shapes: Iterable[Any]) -> list[Shape]:
    """Return the shapes of a slide, those of groups placed on the slide."""
    found: list[Shape] = []
    _collect(shapes, (1.0, 1.0, 0.0, 0.0), found, is_hidden=False)
    return found


def _collect(
    shapes: Iterable[Any],
    scale: tuple[float, float, float, float],
    found: list[Shape],
    is_hidden: bool,
) -> None:
    across, down, right, below = scale
    for shape in shapes:
        if len(found) >= _MOST_SHAPES:
            return
        element = shape.element
        drawn = next((one for one in element.iter() if str(one.tag).endswith("}cNvPr")), None)
        hides = is_hidden or (drawn is not None and drawn.get("hidden") in ("1", "true"))
        left, top, width, height = shape.left, shape.top, shape.width, shape.height
        box = None
        if None not in (left, top, width, height):
            box = (
                right + left * across,
                below + top * down,
                right + (left + width) * across,
                below + (top + height) * down,
            )
        if str(element.tag).endswith("}grpSp"):
            _collect(shape.shapes, _inner_scale(element, box, scale), found, hides)
            continue
        kind = ""
        if shape.is_placeholder:
            kind = element.ph.get("type") or "obj"
        found.append(Shape(element, box, kind, hides))


def _inner_scale(
    group: etree._Element,
    box: tuple[float, float, float, float] | None,
    scale: tuple[float, float, float, float],
) -> tuple[float, float, float, float]:
    """Factors and offsets from the coordinates inside a group to those of the slide."""
    frame = next((one for one in group.iter() if str(one.tag).endswith("}xfrm")), None)
    values: dict[str, float] = {}
    for child in frame if frame is not None else ():
        name = str(child.tag).rsplit("}", 1)[-1]
        for key, value in child.attrib.items():
            values[f"{name}.{key}"] = float(value)
    width, height = values.get("chExt.cx", 0.0), values.get("chExt.cy", 0.0)
    if box is None or width <= 0 or height <= 0:
        return scale
    across, down = (box[2] - box[0]) / width, (box[3] - box[1]) / height
    start = values.get("chOff.x", 0.0), values.get("chOff.y", 0.0)
    return across, down, box[0] - start[0] * across, box[1] - start[1] * down


def in_reading_order(shapes: Sequence[Shape]) -> list[Shape]:
    """Return shapes from top to bottom and left to right; two columns one after the other."""
    placed = [shape for shape in shapes if shape.box is not None]
    others = [shape for shape in shapes if shape.box is None]
    return others + _order(placed, _MOST_CUTS)


def _order(shapes: list[Shape], cuts: int) -> list[Shape]:
    if len(shapes) < 2 or not cuts:
        return sorted(shapes, key=_corner)
    columns, rows = _bands(shapes, 0), _bands(shapes, 1)
    if len(rows) == 1 == len(columns):
        return sorted(shapes, key=_corner)
    # Two columns are read one after the other; more are cells of rows.
    parts = columns if len(rows) == 1 or (len(columns) == 2 and _are_columns(columns)) else rows
    return [shape for part in parts for shape in _order(part, cuts - 1)]


def _bands(shapes: Iterable[Shape], axis: int) -> list[list[Shape]]:
    """Groups of shapes with a clear gap between them across (axis 0) or down (axis 1)."""
    bands: list[list[Shape]] = []
    reach = float("-inf")
    for shape in sorted(shapes, key=lambda shape: _edges(shape, axis)):
        start, end = _edges(shape, axis)
        if start >= reach - _SAME_ROW / 2 or not bands:
            bands.append([])
        bands[-1].append(shape)
        reach = max(reach, end)
    return bands


def _are_columns(columns: Sequence[Sequence[Shape]]) -> bool:
    """Whether a column holds more than a label beside one text."""
    return max(map(len, columns)) > 1


def _edges(shape: Shape, axis: int) -> tuple[float, float]:
    assert shape.box is not None
    return shape.box[axis], shape.box[axis + 2]


def _corner(shape: Shape) -> tuple[float, float]:
    assert shape.box is not None
    return round(shape.box[1] / _SAME_ROW), shape.box[0]
