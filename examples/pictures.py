"""Pages as a scanner gives them, and a nameplate as a camera does; seeded, so always the same."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pypdfium2
import reportlab
from PIL import Image, ImageDraw, ImageFilter, ImageFont

_DPI = 200
_SKEW_DEGREES = (0.0, 1.0, -0.8, 0.6, -1.0)
_TURNED_PAGE = 3
"""The page, counted from 1, that lay across in the scanner."""
_FONTS = Path(reportlab.__file__).parent / "fonts"

NAMEPLATE = (
    ("ROLLWERK CONVEYORS", ""),
    ("Gear motor", "GM 63-40"),
    ("Document no.", "GM63-TP-1"),
    ("Motor no.", "6340221"),
    ("Power", "0.55 kW"),
    ("Voltage", "400 V"),
    ("Current", "1.6 A"),
    ("Motor speed", "1380 1/min"),
    ("Output speed", "34.5 1/min"),
    ("Torque", "152 Nm"),
    ("Gear oil", "CLP 220, 0.6 l"),
    ("Protection", "IP55"),
    ("Mass", "18 kg"),
)


def scan(source: Path, target: Path) -> None:
    """Write the pages of a PDF as grey pictures: noise, skew, one page turned by 90 degrees."""
    random = np.random.default_rng(40)
    pages = pypdfium2.PdfDocument(source)
    scanned: list[Image.Image] = []
    for index, page in enumerate(pages):
        picture = page.render(scale=_DPI / 72, grayscale=True).to_pil().convert("L")
        picture = picture.rotate(
            _SKEW_DEGREES[index % len(_SKEW_DEGREES)],
            Image.Resampling.BICUBIC,
            fillcolor=250,
        )
        grey = np.asarray(picture.filter(ImageFilter.GaussianBlur(0.6)), dtype=np.float32)
        grey = 245 - (250 - grey) * 0.88 + random.normal(0, 5, grey.shape)
        picture = Image.fromarray(grey.clip(0, 255).astype(np.uint8))
        if index + 1 == _TURNED_PAGE:
            picture = picture.transpose(Image.Transpose.ROTATE_90)
        scanned.append(picture)
    epoch = time.gmtime(0)
    scanned[0].save(
        target,
        "PDF",
        resolution=_DPI,
        save_all=True,
        append_images=scanned[1:],
        quality=75,
        creationDate=epoch,
        modDate=epoch,
    )


def nameplate(target: Path) -> None:
    """Draw the nameplate of the conveyor's gear motor on a dull plate with scratches."""
    random = np.random.default_rng(63)
    width, height = 1100, 960
    shade = np.linspace(206, 172, width)[None, :].repeat(height, 0)
    grain = random.normal(0, 4, (height, 1)).repeat(width, 1) + random.normal(0, 3, shade.shape)
    plate = Image.fromarray((shade + grain).clip(0, 255).astype(np.uint8))
    draw = ImageDraw.Draw(plate)
    draw.rectangle((20, 20, width - 20, height - 20), outline=60, width=5)
    for x, y in ((48, 48), (width - 48, 48), (48, height - 48), (width - 48, height - 48)):
        draw.ellipse((x - 14, y - 14, x + 14, y + 14), fill=110, outline=70, width=3)
    for index, (name, value) in enumerate(NAMEPLATE):
        y = 60 + index * 67
        font = ImageFont.truetype(str(_FONTS / "VeraBd.ttf"), 40 if not index else 34)
        draw.text((100, y), name, fill=35, font=font)
        draw.text((500, y), value, fill=35, font=font)
        if index:
            draw.line((100, y + 50, width - 100, y + 50), fill=130, width=1)
    for _ in range(14):
        x, y = random.integers(0, width), random.integers(0, height)
        dx, dy = random.integers(-90, 90), random.integers(-30, 30)
        draw.line((x, y, x + dx, y + dy), fill=225, width=1)
    turned = plate.rotate(1.2, Image.Resampling.BICUBIC, expand=True, fillcolor=95)
    turned.filter(ImageFilter.GaussianBlur(0.7)).save(target, optimize=True)
