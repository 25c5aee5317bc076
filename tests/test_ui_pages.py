"""Pictures of pages with the cited passage marked."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from ui.pages import PIXELS_PER_POINT, PagePicture, figure_picture, page_picture, parse_marks

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


def _image(picture: PagePicture) -> Image.Image:
    return Image.open(io.BytesIO(picture.png)).convert("RGB")


def _at(image: Image.Image, x: float, y: float) -> tuple[int, ...]:
    """The colour at a point that is given as PDF does: points from the lower left corner."""
    pixel = image.getpixel((int(x * PIXELS_PER_POINT), int((HEIGHT - y) * PIXELS_PER_POINT)))
    assert isinstance(pixel, tuple)
    return pixel


def test_a_page_has_the_size_of_its_points(document: Path) -> None:
    image = _image(page_picture(document, 1, []))
    assert image.size == (WIDTH * PIXELS_PER_POINT, HEIGHT * PIXELS_PER_POINT)


@pytest.mark.parametrize(
    ("width", "height"), [(14_400, 14_400), (14_400, 3), (9_000, 600), (1_571.4, 1_571.4)]
)
def test_a_picture_of_any_page_stays_under_eight_megapixels(
    tmp_path: Path, width: float, height: float
) -> None:
    path = tmp_path / "big.pdf"
    canvas = Canvas(str(path), pagesize=(width, height))
    canvas.drawString(1, 1, "one")
    canvas.save()
    picture = page_picture(path, 1, [])
    columns, rows = _image(picture).size
    assert columns * rows <= 8_000_000
    assert columns * rows > 7_900_000 or columns >= width * PIXELS_PER_POINT
    assert picture.height == pytest.approx(height, rel=0.001, abs=1)


def test_a_mark_on_a_page_that_is_drawn_smaller_is_at_its_passage(tmp_path: Path) -> None:
    path = tmp_path / "big.pdf"
    canvas = Canvas(str(path), pagesize=(10_000, 8_000))
    canvas.rect(2_000, 6_000, 1_000, 500, fill=1)
    canvas.save()
    bare = _image(page_picture(path, 1, []))
    marked = _image(page_picture(path, 1, [(5_000, 6_000, 6_000, 6_500)]))
    scale = bare.width / 10_000
    assert scale < PIXELS_PER_POINT / 4
    for x, y, is_black, is_marked in (
        (2_500, 6_250, True, False),
        (5_500, 6_250, False, True),
        (5_500, 5_900, False, False),
        (5_500, 6_600, False, False),
    ):
        pixel = (int(x * scale), int((8_000 - y) * scale))
        assert (bare.getpixel(pixel) == (0, 0, 0)) == is_black
        assert (bare.getpixel(pixel) != marked.getpixel(pixel)) == is_marked


def test_no_more_than_eight_pages_are_remembered(tmp_path: Path) -> None:
    path = tmp_path / "nine.pdf"
    canvas = Canvas(str(path), pagesize=(20, 20))
    for _ in range(9):
        canvas.showPage()
    canvas.save()
    for page in range(1, 10):
        page_picture(path, page, [])
    path.unlink()
    assert page_picture(path, 9, []).height == 20
    with pytest.raises(FileNotFoundError):
        page_picture(path, 1, [])


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


def _tiff(path: Path) -> Path:
    """Two pages of 600 x 800 pixels at 144 dpi; the second has a black corner on the right."""
    first, second = Image.new("L", (600, 800), 255), Image.new("L", (600, 800), 255)
    second.paste(0, (500, 0, 600, 100))
    first.save(path, save_all=True, append_images=[second], dpi=(144, 144))
    return path


def test_a_page_of_a_picture_file_is_drawn_with_its_marks(tmp_path: Path) -> None:
    path = _tiff(tmp_path / "scan.tif")
    picture = page_picture(path, 2, [(10, 10, 60, 60)])
    image = _image(picture)
    assert image.size == (WIDTH * PIXELS_PER_POINT, HEIGHT * PIXELS_PER_POINT)
    assert picture.height == HEIGHT
    assert _at(image, 275, 375) == (0, 0, 0)
    assert _at(image, 225, 375) == (255, 255, 255)
    assert _at(image, 35, 35) != (255, 255, 255)
    with pytest.raises(IndexError, match=r"scan\.tif has no page 3"):
        page_picture(path, 3, [])


@pytest.mark.parametrize("name", ["scan.tif", "two.pdf"])
def test_a_figure_is_cut_out_of_its_page(tmp_path: Path, document: Path, name: str) -> None:
    path = _tiff(tmp_path / name) if name == "scan.tif" else document
    image = Image.open(io.BytesIO(figure_picture(path, 2, (240, 340, 290, 390)))).convert("RGB")
    assert image.size == (90, 90)
    colour = (255, 255, 255) if name == "scan.tif" else (0, 0, 0)
    assert image.getpixel((5, 85)) == colour
    assert image.getpixel((60, 10)) == (0, 0, 0)


@pytest.mark.parametrize("box", [(400, 10, 500, 50), (-50, 10, -5, 50), (10, 500, 50, 600)])
def test_a_figure_beside_the_page_is_an_error(
    document: Path, box: tuple[float, float, float, float]
) -> None:
    with pytest.raises(ValueError, match="does not lie on page 1"):
        figure_picture(document, 1, box)
