"""Small valid files of each format, from which damaged ones are made."""

from __future__ import annotations

import random
import tempfile
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw

from tests.soak.small_files import MAKERS, lines_of

_CSV = b"code;cause;remedy\nE-1;loose;tighten\nE-2;worn;replace\n"
_XML = b"""<?xml version="1.0" encoding="UTF-8"?>
<manual><title>Pump</title><section><title>Repair</title><p>Tighten to 70 N m.</p>
<table><row><cell>E-1</cell><cell>loose</cell></row></table></section></manual>"""
_DITA = b"""<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE task PUBLIC "-//OASIS//DTD DITA Task//EN" "task.dtd">
<task id="t"><title>Replace the seal</title><taskbody><prereq><note type="warning">Hot oil.</note>
</prereq><steps><step><cmd>Close the valve.</cmd></step><step><cmd>Pull the seal.</cmd></step>
</steps></taskbody></task>"""


def _made(suffix: str) -> Callable[[], list[bytes]]:
    def make() -> list[bytes]:
        with tempfile.TemporaryDirectory() as name:
            path = Path(name) / f"seed{suffix}"
            seeds: list[bytes] = []
            for number in range(3):
                lines = lines_of(f"X-{number}", "A", random.Random(number))
                MAKERS[suffix](path, f"Manual {number}", lines)
                seeds.append(path.read_bytes())
            return seeds

    return make


def _html() -> list[bytes]:
    rich = b"""<html><body><h1>Pump</h1><ol><li>Close<li>Open</ol><table><tr><th>Code<th>Cause
<tr><td rowspan=2>E-1<td>loose<tr><td>worn</table><div class="warning">WARNING Hot.</div>
<p style="display:none">hidden</p><pre>a\n b</pre></body></html>"""
    return [*_made(".html")(), rich]


def _picture(kind: str) -> Callable[[], list[bytes]]:
    """Pictures in every mode of pixels that a format has, and with what it has beside pixels."""

    def make() -> list[bytes]:
        image = Image.new("L", (200, 60), 255)
        ImageDraw.Draw(image).text((10, 20), "E-217 pump hot", fill=0)
        deep = image.convert("I").point(lambda value: value * 257).convert("I;16")
        exif = Image.Exif()
        exif[0x0112] = 6
        modes = {
            "PNG": (image, image.convert("P"), image.convert("RGBA"), image.convert("1"), deep),
            "JPEG": (image, image.convert("RGB"), image.convert("CMYK")),
            "TIFF": (image, image.convert("CMYK"), image.convert("P"), deep, image.convert("F")),
            "BMP": (image, image.convert("P"), image.convert("1")),
        }[kind]
        seeds = [_saved(mode, kind) for mode in modes]
        if kind in ("PNG", "JPEG", "TIFF"):
            seeds.append(_saved(image, kind, exif=exif))
        if kind in ("PNG", "TIFF"):
            seeds.append(_saved(image, kind, save_all=True, append_images=[image.rotate(180)]))
        if kind == "TIFF":
            for compression in ("tiff_lzw", "tiff_adobe_deflate", "jpeg", "packbits"):
                seeds.append(_saved(image, kind, compression=compression))
            seeds.append(_saved(image.convert("1"), kind, compression="group4"))
        return [*seeds, *(_resized(seed, kind) for seed in seeds[:2])]

    return make


def _saved(image: Image.Image, kind: str, **options: object) -> bytes:
    target = BytesIO()
    image.save(target, kind, **options)
    return target.getvalue()


def _resized(data: bytes, kind: str) -> bytes:
    """The same file with a width in its head that its data do not have."""
    if kind == "PNG":
        head = b"IHDR" + (0x7FFFFFF0).to_bytes(4, "big") + data[20:29]
        return data[:12] + head + zlib.crc32(head).to_bytes(4, "big") + data[33:]
    if kind == "JPEG":
        at = data.index(b"\xff\xc0")
        return data[: at + 5] + b"\xff\xff\xff\xff" + data[at + 9 :]
    if kind == "BMP":
        return data[:18] + (0x7FFFFFFF).to_bytes(4, "little") + data[22:]
    at = data.index(b"\x00\x01", int.from_bytes(data[4:8], "little"))  # tag 256, the width
    return data[: at + 8] + b"\xff\xff\xff\x7f" + data[at + 12 :]


def _workbook() -> list[bytes]:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    for row in (("code", "cause", "remedy"), ("E-1", "loose", 5), ("E-2", "worn", 2.5)):
        sheet.append(row)
    target = BytesIO()
    book.save(target)
    return [target.getvalue()]


def _slides() -> list[bytes]:
    from pptx import Presentation

    show = Presentation()
    slide = show.slides.add_slide(show.slide_layouts[1])
    slide.shapes.title.text = "Pump"
    slide.placeholders[1].text = "Tighten to 70 N m."
    target = BytesIO()
    show.save(target)
    return [target.getvalue()]


SEEDS: dict[str, Callable[[], list[bytes]]] = {
    ".md": _made(".md"),
    ".txt": _made(".txt"),
    ".html": _html,
    ".docx": _made(".docx"),
    ".pdf": _made(".pdf"),
    ".csv": lambda: [_CSV],
    ".xml": lambda: [_XML, _DITA],
    ".dita": lambda: [_DITA],
    ".xlsx": _workbook,
    ".pptx": _slides,
    ".png": _picture("PNG"),
    ".jpg": _picture("JPEG"),
    ".tif": _picture("TIFF"),
    ".bmp": _picture("BMP"),
}
