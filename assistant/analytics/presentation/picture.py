"""A drawing as a PNG picture, painted with Pillow in a font of the machine."""

from __future__ import annotations

import functools
import io
from pathlib import Path as File

from PIL import Image, ImageDraw, ImageFont

from assistant.analytics.presentation.drawing import FONT, Box, Dot, Drawing, Path, Word

_TIMES = 2  # pixels for each unit of a drawing, so that it prints well
_MARGIN = 16.0
_FONTS = (
    # With Chinese first: they have Latin letters as well.
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "C:/Windows/Fonts/msyh.ttc",
    "/System/Library/Fonts/PingFang.ttc",
    "/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf",
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
)
_Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


def png_of(drawing: Drawing, head: str, foot: str) -> bytes:
    """The picture, with words above it and below it: what it shows, and as of when."""
    above = _wrapped(head, drawing.width - 2 * _MARGIN, 17.0)
    below = _wrapped(foot, drawing.width - 2 * _MARGIN, 12.0)
    top = _MARGIN + 24.0 * len(above) + 6
    height = top + drawing.height + 18.0 * len(below) + _MARGIN
    size = (round(drawing.width * _TIMES), round(height * _TIMES))
    picture = Image.new("RGB", size, "#ffffff")
    brush = ImageDraw.Draw(picture)
    for number, line in enumerate(above):
        place = (_MARGIN * _TIMES, (_MARGIN + 24.0 * number) * _TIMES)
        brush.text(place, line, "#17212b", font=_font(17.0))
    for shape in drawing.shapes:
        _paint(picture, brush, shape, top)
    for number, line in enumerate(below):
        y = top + drawing.height + 4 + 18.0 * number
        brush.text((_MARGIN * _TIMES, y * _TIMES), line, "#5b6875", font=_font(12.0))
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _paint(
    picture: Image.Image, brush: ImageDraw.ImageDraw, shape: Box | Path | Dot | Word, top: float
) -> None:
    match shape:
        case Box() if shape.colour:
            left, upper = shape.x * _TIMES, (shape.y + top) * _TIMES
            corner = (left + shape.width * _TIMES, upper + shape.height * _TIMES)
            brush.rectangle(((left, upper), corner), fill=shape.colour)
        case Path():
            points = [(x * _TIMES, (y + top) * _TIMES) for x, y in shape.points]
            brush.line(points, fill=shape.colour, width=round(shape.width * _TIMES))
        case Dot():
            x, y, r = shape.x * _TIMES, (shape.y + top) * _TIMES, 4 * _TIMES
            brush.ellipse((x - r, y - r, x + r, y + r), fill=shape.colour)
        case Word():
            _write(picture, brush, shape, top)
        case _:
            return  # what is only there to be tapped


def _write(picture: Image.Image, brush: ImageDraw.ImageDraw, word: Word, top: float) -> None:
    font = _font(FONT)
    x, y = word.x * _TIMES, (word.y + top) * _TIMES
    wide = brush.textlength(word.text, font=font)
    shift = {"start": 0.0, "middle": wide / 2, "end": wide}[word.anchor]
    above = FONT * _TIMES  # the y of a drawing is the foot of the letters
    if not word.slant:
        brush.text((x - shift, y - above), word.text, word.colour, font=font)
        return
    side = round(wide + above) * 2  # turned about the middle of a picture of its own
    paper = Image.new("RGBA", (side, side), (255, 255, 255, 0))
    middle = side / 2
    ImageDraw.Draw(paper).text((middle - shift, middle - above), word.text, word.colour, font=font)
    paper = paper.rotate(-word.slant, Image.Resampling.BICUBIC)
    picture.paste(paper, (round(x - middle), round(y - middle)), paper)


def _wrapped(text: str, width: float, size: float) -> list[str]:
    """Lines that fit; what has no spaces, as Chinese, is broken between any two characters."""
    font = _font(size)
    lines: list[str] = []
    line = ""
    for piece in _pieces(text):
        if line and font.getlength(line + piece) > width * _TIMES:
            lines.append(line.strip())
            line = piece.lstrip()
        else:
            line += piece
    return [*lines, line.strip()] if line.strip() else lines


def _pieces(text: str) -> list[str]:
    pieces: list[str] = []
    for letter in " ".join(text.split()):
        if pieces and letter != " " and letter.isascii() and pieces[-1][-1].isascii():
            pieces[-1] += letter
        else:
            pieces.append(letter)
    return pieces


@functools.cache
def _font(size: float) -> _Font:
    for path in _FONTS:
        if File(path).is_file():
            return ImageFont.truetype(path, round(size * _TIMES))
    return ImageFont.load_default(round(size * _TIMES))
