"""Pictures as documents: PNG, JPEG, TIFF, BMP."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from ingest.errors import EmptyDocument, UnreadableDocument
from ingest.readers.image import read_image
from ingest.readers.image_file import IMAGE_ENDINGS, open_image
from ingest.reading import READERS


def _page(text: str = "Alarm E-217", mode: str = "L") -> Image.Image:
    image = Image.new("L", (900, 500), 255)
    draw = ImageDraw.Draw(image)
    draw.text((60, 80), text, font_size=48, fill=0)
    draw.text((60, 200), "Check the cooler M2 first.", font_size=40, fill=0)
    return image.convert(mode)


def _apart(path: Path) -> float:
    """The mean difference in grey levels of a picture as decoded from the page that was drawn."""
    with open_image(path) as file:
        shown, _, _ = file.page(1)
    apart = np.asarray(shown.convert("L"), dtype=float) - np.asarray(_page(), dtype=float)
    return float(np.abs(apart).mean())


def _text(path: Path) -> str:
    return " ".join(block.text for block in read_image(path).blocks)


@pytest.mark.parametrize("ending", IMAGE_ENDINGS)
def test_every_ending_of_a_picture_has_a_reader_and_is_decoded(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"photo{ending}"
    _page().save(path)
    assert READERS[ending] == "ingest.readers.image:read_image"
    assert _apart(path) < 3


def test_the_text_of_a_photo_is_read(tmp_path: Path) -> None:
    _page().save(tmp_path / "photo.jpg")
    assert "E-217" in _text(tmp_path / "photo.jpg")


@pytest.mark.parametrize("mode", ["1", "P", "RGBA", "LA", "CMYK", "I;16"])
def test_every_kind_of_pixel_is_shown_as_it_looks(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "photo.tif"
    image = _page()
    if mode == "I;16":
        image = image.convert("I").point(lambda value: value * 257).convert("I;16")
    else:
        image = image.convert(mode)
    image.save(path)
    assert _apart(path) < 3


def test_transparent_paper_is_white(tmp_path: Path) -> None:
    ink = _page()
    clear = Image.new("RGBA", ink.size, (0, 0, 0, 0))
    clear.paste((0, 0, 0, 255), mask=ink.point(lambda value: 255 - value))
    clear.save(tmp_path / "clear.png")
    assert _apart(tmp_path / "clear.png") < 3


def test_the_pages_of_a_tiff_are_pages(tmp_path: Path) -> None:
    path = tmp_path / "fax.tif"
    blank = Image.new("L", (900, 500), 255)
    _page("First E-1").save(path, save_all=True, append_images=[blank, _page("Third E-3")])
    contents = read_image(path)
    assert [page.number for page in contents.pages] == [1, 2, 3]
    assert contents.report["pages_without_text"] == [2]
    assert {block.page for block in contents.blocks} == {1, 3}


def test_a_photo_is_turned_as_its_camera_says(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees clockwise to show it
    _page().rotate(90, expand=True).save(path, exif=exif)
    contents = read_image(path)
    assert contents.pages[0].width > contents.pages[0].height
    assert contents.report["ocr"][0]["rotation"] == 0
    assert "E-217" in " ".join(block.text for block in contents.blocks)


def test_a_page_has_the_size_that_its_resolution_gives(tmp_path: Path) -> None:
    _page().save(tmp_path / "a.png", dpi=(100, 100))
    page = read_image(tmp_path / "a.png").pages[0]
    assert (page.width, page.height) == (pytest.approx(648, abs=1), pytest.approx(360, abs=1))


def test_a_picture_without_text_is_refused(tmp_path: Path) -> None:
    Image.new("L", (400, 400), 255).save(tmp_path / "blank.png")
    with pytest.raises(EmptyDocument, match=r"blank\.png shows no text"):
        read_image(tmp_path / "blank.png")


def test_an_animation_is_refused(tmp_path: Path) -> None:
    _page().save(tmp_path / "a.png", save_all=True, append_images=[_page("Other")])
    with pytest.raises(UnreadableDocument, match=r"a\.png is an animation of 2 pictures"):
        read_image(tmp_path / "a.png")


def test_a_decompression_bomb_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    chunk = b"IHDR" + head
    data = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk
    data += struct.pack(">I", zlib.crc32(chunk))
    body = b"IDAT" + zlib.compress(b"\0" * 1000)
    data += struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    (tmp_path / "bomb.png").write_bytes(data)
    with pytest.raises(UnreadableDocument, match=r"bomb\.png has more than \d+ million pixels"):
        read_image(tmp_path / "bomb.png")


def test_a_damaged_picture_is_refused(tmp_path: Path) -> None:
    _page().save(tmp_path / "a.png")
    data = (tmp_path / "a.png").read_bytes()
    (tmp_path / "a.png").write_bytes(data[: len(data) // 2])
    with pytest.raises(UnreadableDocument, match=r"a\.png is damaged"):
        read_image(tmp_path / "a.png")
    (tmp_path / "b.bmp").write_bytes(b"BM" + b"\0" * 50)
    with pytest.raises(UnreadableDocument, match=r"b\.bmp is damaged"):
        read_image(tmp_path / "b.bmp")
