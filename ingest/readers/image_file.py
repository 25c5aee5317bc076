"""Open pictures of pages: photos, scans, multi-page TIFFs. The one place that decodes them."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from ingest.errors import UnreadableDocument

IMAGE_ENDINGS = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp")
MOST_PIXELS = 150_000_000
"""Of one picture: an A0 drawing at 300 dpi has 140 million."""

_FORMATS = ("PNG", "JPEG", "TIFF", "BMP")
_MOST_PAGES = 1000
_RESOLUTIONS = (50.0, 2400.0)  # dots per inch that are believed
_LONG_SIDE = 842.0  # points of a page whose resolution is unknown: that of A4


class ImageFile:
    """An open picture file; its pages count from 1."""

    def __init__(self, path: Path, image: Image.Image) -> None:
        self._path = path
        self._image = image
        self.pages: int = int(getattr(image, "n_frames", 1))

    def page(self, number: int) -> tuple[Image.Image, float, float]:
        """Return a page as it is shown, in RGB or grey, and its width and height in points.

        Raises:
            UnreadableDocument: its data are damaged, or it has too many pixels.
            IndexError: there is no such page.
        """
        if not 1 <= number <= self.pages:
            raise IndexError(f"{self._path.name} has no page {number}")
        with _decoding(self._path):
            self._image.seek(number - 1)
            _check_size(self._path, self._image)
            resolution = _resolution(self._image)
            shown = _plain(ImageOps.exif_transpose(self._image))
        scale = 72 / resolution if resolution else _LONG_SIDE / max(shown.size)
        return shown, shown.width * scale, shown.height * scale


@contextmanager
def open_image(path: Path) -> Iterator[ImageFile]:
    """Open a picture.

    Raises:
        UnreadableDocument: it is damaged, too big, animated, or of another format.
    """
    with _decoding(path):
        image = Image.open(path, formats=_FORMATS)
    with image:
        with _decoding(path):
            file = ImageFile(path, image)  # counts the pages of a TIFF
            _check_size(path, image)
        if file.pages > 1 and image.format != "TIFF":
            raise UnreadableDocument(
                f"{path} is an animation of {file.pages} pictures. Save the one that shows the "
                "page and ingest that."
            )
        if file.pages > _MOST_PAGES:
            raise UnreadableDocument(
                f"{path} has {file.pages} pages, more than {_MOST_PAGES}. Split it and ingest the "
                "parts."
            )
        yield file


@contextmanager
def _decoding(path: Path) -> Iterator[None]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            yield
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_big(path) from error
    except UnidentifiedImageError as error:
        raise UnreadableDocument(
            f"{path} is damaged or no picture that can be read. Save it again as PNG and ingest "
            "that file."
        ) from error
    except (
        OSError,
        SyntaxError,
        ValueError,
        EOFError,
        TypeError,
        KeyError,
        OverflowError,
    ) as error:
        # Decoders meet damage in many ways.
        raise UnreadableDocument(
            f"{path} is damaged ({type(error).__name__}: {error}). Scan or export it again and "
            "ingest that file."
        ) from error


def _check_size(path: Path, image: Image.Image) -> None:
    if image.width * image.height > MOST_PIXELS:
        raise _too_big(path)
    if min(image.size) < 8:
        raise UnreadableDocument(
            f"{path} is {image.width} x {image.height} pixels, too few for a text. Scan the page "
            "at 200 dpi or more."
        )


def _too_big(path: Path) -> UnreadableDocument:
    return UnreadableDocument(
        f"{path} has more than {MOST_PIXELS // 1_000_000} million pixels. Save it at 300 dpi and "
        "ingest that file."
    )


def _resolution(image: Image.Image) -> float | None:
    """Dots per inch, where the file gives a credible number."""
    dpi = image.info.get("dpi")
    try:
        value = float(dpi[0]) if dpi else 0.0
    except (TypeError, ValueError, ZeroDivisionError, IndexError):
        return None
    return value if _RESOLUTIONS[0] <= value <= _RESOLUTIONS[1] else None


def _plain(image: Image.Image) -> Image.Image:
    """The picture in RGB or grey, on white paper where it is transparent."""
    if image.mode in ("L", "RGB"):
        image.load()
        return image.copy()
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        layer = image.convert("RGBA")
        paper = Image.new("RGBA", layer.size, "white")
        return Image.alpha_composite(paper, layer).convert("RGB")
    if image.mode.startswith("I") or image.mode == "F":
        low, high = (float(value) for value in image.convert("F").getextrema())  # type: ignore[arg-type]
        span = max(high - low, 1.0)
        return image.convert("F").point(lambda v: v * (255 / span) - low * 255 / span).convert("L")
    return image.convert("L" if image.mode == "1" else "RGB")
