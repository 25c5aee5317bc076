"""PDFs and pictures that are made to exhaust a reader are refused, and the run goes on."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from PIL import Image

from ingest.errors import EmptyDocument, IngestError, UnreadableDocument
from ingest.reading import read_file


def _pdf(path: Path, objects: Sequence[bytes]) -> Path:
    """Write objects 1 to n; the first is the catalogue."""
    out, offsets = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer << /Size %d /Root 1 0 R >>\n" % (len(objects) + 1)
    out += b"startxref\n%d\n%%%%EOF\n" % start
    path.write_bytes(bytes(out))
    return path


def _stream(data: bytes, entries: bytes = b"", *, packed: bool = False) -> bytes:
    if packed:
        data, entries = zlib.compress(data, 9), entries + b" /Filter /FlateDecode"
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (entries, len(data), data)


def _page(path: Path, content: bytes, *more: bytes, box: bytes = b"0 0 595 842") -> Path:
    """A page with a content stream, object 4; its forms and pictures are the objects from 5."""
    names = b" ".join(b"/X%d %d 0 R" % (i, i) for i in range(5, 5 + len(more)))
    return _pdf(
        path,
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [%s] /Contents 4 0 R "
            b"/Resources << /XObject << %s >> >> >>" % (box, names),
            content,
            *more,
        ],
    )


def _form(content: bytes, names: bytes) -> bytes:
    entries = b"/Type /XObject /Subtype /Form /BBox [0 0 595 842] "
    return _stream(content, entries + b"/Resources << /XObject << %s >> >>" % names)


def _flate_bomb(path: Path) -> Path:
    spaces = zlib.compress(b" " * (64 << 20), 9)
    twice = zlib.compress(spaces, 9)
    stream = b"<< /Filter [/FlateDecode /FlateDecode] /Length %d >>\nstream\n%s\nendstream"
    return _page(path, stream % (len(twice), twice))


def _recursive_form(path: Path) -> Path:
    return _page(path, _stream(b"/X5 Do"), _form(b"/X5 Do /X5 Do", b"/X5 5 0 R"))


def _nested_forms(path: Path) -> Path:
    """Ten forms, each of which draws the next one ten times: ten thousand million squares."""
    forms = [
        _form(
            b"/X%d Do " % (i + 1) * 10 if i < 14 else b"0 0 5 5 re f",
            b"/X%d %d 0 R" % (i + 1, i + 1),
        )
        for i in range(5, 15)
    ]
    return _page(path, _stream(b"/X5 Do"), *forms)


def _many_objects(path: Path) -> Path:
    return _page(path, _stream(b"0 0 1 1 re f\n" * 1_000_000, packed=True))


def _huge_page(path: Path) -> Path:
    return _page(path, _stream(b"0 0 5 5 re f"), box=b"0 0 2000000000 2000000000")


def _looping_tree(path: Path) -> Path:
    kids = b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 100000 >>"
    return _pdf(path, [b"<< /Type /Catalog /Pages 2 0 R >>", kids])


def _deep_tree(path: Path) -> Path:
    depth = 20_000
    nodes = [b"<< /Type /Pages /Kids [%d 0 R] /Count 1 >>" % (i + 3) for i in range(depth)]
    return _pdf(path, [b"<< /Type /Catalog /Pages 2 0 R >>", *nodes])


def _many_pages(path: Path) -> Path:
    kids = b" ".join(b"%d 0 R" % i for i in range(3, 3 + 5001))
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] >>"
    tree = b"<< /Type /Pages /Kids [%s] /Count 5001 >>" % kids
    return _pdf(path, [b"<< /Type /Catalog /Pages 2 0 R >>", tree, *[page] * 5001])


def _huge_picture(path: Path) -> Path:
    picture = _stream(
        b"\0" * 1_000_000,
        b"/Type /XObject /Subtype /Image /Width 60000 /Height 60000 /ColorSpace /DeviceRGB "
        b"/BitsPerComponent 8",
        packed=True,
    )
    return _page(path, _stream(b"q 595 0 0 842 0 0 cm /X5 Do Q"), picture)


_BOMBS: dict[str, tuple[Callable[[Path], Path], type[IngestError]]] = {
    "flate": (_flate_bomb, EmptyDocument),
    "recursive form": (_recursive_form, UnreadableDocument),
    "nested forms": (_nested_forms, UnreadableDocument),
    "a million objects": (_many_objects, UnreadableDocument),
    "a huge page": (_huge_page, EmptyDocument),
    "a looping page tree": (_looping_tree, IngestError),
    "a deep page tree": (_deep_tree, IngestError),
    "5,001 pages": (_many_pages, UnreadableDocument),
    "a huge picture": (_huge_picture, IngestError),
}


@pytest.mark.parametrize("name", _BOMBS)
def test_a_bomb_is_refused_in_words(tmp_path: Path, name: str) -> None:
    write, refusal = _BOMBS[name]
    path = write(tmp_path / "bomb.pdf")
    with pytest.raises(refusal, match=r"bomb\.pdf:? (?!crashed|cannot be read)"):
        read_file(path)


def test_a_picture_with_too_many_pixels_is_refused(tmp_path: Path) -> None:
    Image.new("1", (20_000, 20_000)).save(tmp_path / "bomb.tif", compression="group4")
    with pytest.raises(UnreadableDocument, match=r"bomb\.tif has more than 150 million pixels"):
        read_file(tmp_path / "bomb.tif")
