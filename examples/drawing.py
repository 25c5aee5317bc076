"""Turn the drawing blocks of the sample manuals into vector graphics with call-outs.

Coordinates are millimetres from the lower left corner of the drawing.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from reportlab.graphics.shapes import Circle, Drawing, Line, Polygon, PolyLine, Rect, String
from reportlab.lib.colors import black, white
from reportlab.lib.units import mm

_FONT_SIZE = 8


def draw(commands: Sequence[str], font: str = "Helvetica") -> Drawing:
    """Return the drawing of the commands; the first must be ``size WIDTH HEIGHT``.

    Raises:
        ValueError: a command is unknown or lacks arguments; the message holds it.
    """
    name, *size = commands[0].split()
    if name != "size":
        raise ValueError(f"a drawing starts with 'size WIDTH HEIGHT', not {commands[0]!r}")
    drawing = Drawing(float(size[0]) * mm, float(size[1]) * mm)
    for command in commands[1:]:
        name, *arguments = shlex.split(command)
        try:
            _COMMANDS[name](drawing, arguments)
        except (KeyError, IndexError, ValueError) as error:
            raise ValueError(f"cannot draw {command!r}: {error}") from error
    for shape in drawing.contents:
        if isinstance(shape, String):
            shape.fontName = font
    return drawing


def _numbers(arguments: Sequence[str], count: int) -> list[float]:
    if len(arguments) < count:
        raise ValueError(f"{count} numbers expected")
    return [float(a) * mm for a in arguments[:count]]


def _label(drawing: Drawing, x: float, y: float, text: str, anchor: str = "middle") -> None:
    drawing.add(String(x, y - _FONT_SIZE / 3, text, fontSize=_FONT_SIZE, textAnchor=anchor))


def _rect(drawing: Drawing, arguments: list[str]) -> None:
    x, y, width, height = _numbers(arguments, 4)
    drawing.add(Rect(x, y, width, height, fillColor=None, strokeColor=black, strokeWidth=1))
    if arguments[4:]:
        _label(drawing, x + width / 2, y + height / 2, arguments[4])


def _circle(drawing: Drawing, arguments: list[str]) -> None:
    x, y, radius = _numbers(arguments, 3)
    drawing.add(Circle(x, y, radius, fillColor=None, strokeColor=black, strokeWidth=1))
    if arguments[3:]:
        _label(drawing, x, y, arguments[3])


def _line(drawing: Drawing, arguments: list[str]) -> None:
    drawing.add(PolyLine(_numbers(arguments, max(4, len(arguments))), strokeWidth=1))


def _dash(drawing: Drawing, arguments: list[str]) -> None:
    x1, y1, x2, y2 = _numbers(arguments, 4)
    drawing.add(Line(x1, y1, x2, y2, strokeWidth=0.7, strokeDashArray=[4, 3]))


def _arrow(drawing: Drawing, arguments: list[str]) -> None:
    x1, y1, x2, y2 = _numbers(arguments, 4)
    drawing.add(Line(x1, y1, x2, y2, strokeWidth=1))
    length = max(((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5, 1e-6)
    ux, uy = (x2 - x1) / length, (y2 - y1) / length
    base_x, base_y = x2 - 3 * mm * ux, y2 - 3 * mm * uy
    wing_x, wing_y = -uy * mm, ux * mm
    points = [x2, y2, base_x + wing_x, base_y + wing_y, base_x - wing_x, base_y - wing_y]
    drawing.add(Polygon(points, fillColor=black, strokeWidth=0))


def _text(drawing: Drawing, arguments: list[str]) -> None:
    x, y = _numbers(arguments, 2)
    _label(drawing, x, y, arguments[2], anchor="start")


def _callout(drawing: Drawing, arguments: list[str]) -> None:
    """Draw ``callout NUMBER X Y BUBBLE_X BUBBLE_Y``: a numbered bubble with a leader line."""
    x, y, bubble_x, bubble_y = _numbers(arguments[1:], 4)
    drawing.add(Line(x, y, bubble_x, bubble_y, strokeWidth=0.5))
    drawing.add(Circle(bubble_x, bubble_y, 3 * mm, fillColor=white, strokeColor=black))
    _label(drawing, bubble_x, bubble_y, arguments[0])


_COMMANDS = {
    "rect": _rect,
    "circle": _circle,
    "line": _line,
    "dash": _dash,
    "arrow": _arrow,
    "text": _text,
    "callout": _callout,
}
