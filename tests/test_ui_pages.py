"""Pictures of pages with the cited passage marked."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from ui.pages import PIXELS_PER_POINT, page_picture, parse_marks

WIDTH, HEIGHT = 300, 400  # points


@pytest.fixture
def document(tmp_path: Path) -> Path:
    """Two pages; the second is black."""
    path = tmp_path / "two.pdf"
    canvas = Canvas(str(path), pagesize=(WIDTH, HEIGHT))
    canvas.drawString(20, 20, "one")
    canvas.showPage()
    canvas.rect(0, 0, WIDTH, HEIGHT, fill=1)
    canvas.save()
    return path


def _image(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


def _at(image: Image.Image, x: float, y: float) -> tuple[int, ...]:
    """The colour at a point that is given as PDF does: points from the lower left corner."""
    pixel = image.getpixel((int(x * PIXELS_PER_POINT), int((HEIGHT - y) * PIXELS_PER_POINT)))
    assert isinstance(pixel, tuple)
    return pixel


def test_a_page_has_the_size_of_its_points(document: Path) -> None:
    image = _image(page_picture(document, 1, []))
    assert image.size == (WIDTH * PIXELS_PER_POINT, HEIGHT * PIXELS_PER_POINT)


def test_pages_count_from_one(document: Path) -> None:
    assert _at(_image(page_picture(document, 1, [])), 150, 200) == (255, 255, 255)
    assert _at(_image(page_picture(document, 2, [])), 150, 200) == (0, 0, 0)


def test_a_mark_tints_its_rectangle_and_nothing_far_from_it(document: Path) -> None:
    image = _image(page_picture(document, 1, [(100, 300, 200, 320)]))
    red, green, blue = _at(image, 150, 310)
    assert (red, blue < green < 255) == (255, True)
    for x, y in ((150, 280), (150, 340), (80, 310), (220, 310), (150, 90)):
        assert _at(image, x, y) == (255, 255, 255)


def test_a_bar_stands_left_of_all_marks_from_the_lowest_to_the_highest(document: Path) -> None:
    image = _image(page_picture(document, 1, [(100, 300, 200, 320), (60, 200, 200, 220)]))
    bar = 60 - 8 + 1.5
    for y in (205, 260, 315):
        assert _at(image, bar, y) != (255, 255, 255)
    assert _at(image, bar, 190) == (255, 255, 255)
    assert _at(image, bar, 330) == (255, 255, 255)


def test_marks_of_one_request_do_not_stay_on_the_page(document: Path) -> None:
    bare = page_picture(document, 1, [])
    assert page_picture(document, 1, [(10, 10, 50, 50)]) != bare
    assert page_picture(document, 1, []) == bare


def test_a_mark_beyond_the_page_is_no_error(document: Path) -> None:
    assert _image(page_picture(document, 1, [(-50, -50, 5000, 5000)])).size[0] > 0


@pytest.mark.parametrize("page", [0, -1, 3, 10**9])
def test_a_page_that_the_document_lacks_is_an_error(document: Path, page: int) -> None:
    with pytest.raises(IndexError, match=f"two.pdf has no page {page}"):
        page_picture(document, page, [])


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("", []),
        (";;", []),
        ("1,2,3,4", [(1, 2, 3, 4)]),
        ("1,2,3,4;-5.5,6,7,8;", [(1, 2, 3, 4), (-5.5, 6, 7, 8)]),
    ],
)
def test_marks_are_read(text: str, marks: list[tuple[float, ...]]) -> None:
    assert parse_marks(text) == marks


@pytest.mark.parametrize(
    "text",
    [
        "1,2,3",
        "1,2,3,4,5",
        "a,b,c,d",
        "1;2;3;4",
        "<script>",
        "nan,nan,nan,nan",
        "0,0,inf,inf",
        "-inf,0,1,1",
        "0,0,1e300,1e300",
        "5,0,1,1",
        "0,5,1,1",
    ],
)
def test_rubbish_marks_are_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  the web app only needs the class
        parse_marks(text)
