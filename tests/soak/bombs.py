"""Small files that become huge when they are read."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

from tests.soak.small_files import write_docx

_MIB = 1 << 20


def _docx_with(path: Path, part: str, pieces: list[bytes]) -> None:
    """A valid document, one part of which is another."""
    write_docx(path, "Manual", ["Tighten to 70 N m."])
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist() if name != part}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
        with archive.open(part, "w", force_zip64=True) as target:
            for piece in pieces:
                target.write(piece)


def _document(body: bytes) -> bytes:
    space = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    return b'<w:document xmlns:w="' + space + b'"><w:body>' + body + b"</w:body></w:document>"


def zip_bomb(path: Path) -> None:
    """600 MB of text in 0.6 MB of file."""
    head, tail = _document(b"<w:p><w:r><w:t>|</w:t></w:r></w:p>").split(b"|")
    _docx_with(path, "word/document.xml", [head, *[b"a" * _MIB] * 600, tail])


def picture_bomb(path: Path) -> None:
    """600 MB in a part that no text is in."""
    _docx_with(path, "word/media/image1.png", [b"\0" * _MIB] * 600)


def many_entries(path: Path) -> None:
    """A million empty parts."""
    write_docx(path, "Manual", ["Tighten to 70 N m."])
    with zipfile.ZipFile(path, "a") as archive:
        names = {info.filename: info for info in archive.infolist()}
        template = zipfile.ZipInfo("x")
        for number in range(20_000):
            archive.writestr(f"word/media/{number}.xml", b"")
        # The directory alone is repeated: fifty names for each part.
        extra = [info for info in archive.filelist if info.filename not in names]
        archive.filelist.extend(extra * 49)
        del template


def deep_docx(path: Path) -> None:
    """A hundred thousand tables in each other."""
    levels = 100_000
    opened, closed = b"<w:tbl><w:tr><w:tc>" * levels, b"</w:tc></w:tr></w:tbl>" * levels
    _docx_with(path, "word/document.xml", [_document(opened + closed)])


def laughs_docx(path: Path) -> None:
    """Entities of entities in a document part."""
    entities = b"".join(
        f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "lol"}">'.encode() for n in range(10)
    )
    body = _document(b"<w:p><w:r><w:t>&l9;</w:t></w:r></w:p>")
    _docx_with(path, "word/document.xml", [b"<!DOCTYPE x [" + entities + b"]>" + body])


def laughs_xml(path: Path) -> None:
    """Entities of entities: ten to the ninth."""
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "lol"}">' for n in range(10))
    path.write_text(f"<?xml version='1.0'?><!DOCTYPE x [{entities}]><x><p>&l9;</p></x>")


def quadratic_xml(path: Path) -> None:
    """One long entity many times."""
    long = "a" * 200_000
    entity = f'<!DOCTYPE x [<!ENTITY a "{long}">]>'
    path.write_text(f"<?xml version='1.0'?>{entity}<x><p>{'&a;' * 20_000}</p></x>")


def deep_xml(path: Path) -> None:
    """A million elements in each other."""
    path.write_text("<a>" * 1_000_000 + "</a>" * 1_000_000)


def deep_html(path: Path) -> None:
    """Half a million elements in each other."""
    path.write_text("<html><body>" + "<div>" * 500_000 + "text" + "</div>" * 500_000)


def deep_markdown(path: Path) -> None:
    """Quotes and lists in each other."""
    path.write_text(">" * 200_000 + " a\n\n" + "".join(" " * n + "- a\n" for n in range(3000)))


def flate_bomb(path: Path) -> None:
    """A page whose content is 1 GB when it is unpacked."""
    packer = zlib.compressobj(9)
    line = b"BT /F1 9 Tf 1 0 0 1 72 700 Tm (a) Tj ET\n" * 26_000
    stream = b"".join(packer.compress(line) for _ in range(1000)) + packer.flush()
    _pdf(path, stream, "/Filter /FlateDecode")


def nested_flate_bomb(path: Path) -> None:
    """The same, packed twice."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(b" " * _MIB) for _ in range(2000)) + packer.flush()
    _pdf(path, zlib.compress(packed, 9), "/Filter [/FlateDecode /FlateDecode]")


def _pdf(path: Path, stream: bytes, filters: str) -> None:
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources "
        b"<< /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        f"<< /Length {len(stream)} {filters} >>\nstream\n".encode() + stream + b"\nendstream",
    ]
    data, places = b"%PDF-1.7\n", []
    for number, item in enumerate(objects, 1):
        places.append(len(data))
        data += f"{number} 0 obj\n".encode() + item + b"\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    head = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
    tail = f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(data)}\n%%EOF"
    path.write_bytes(data + (head + tail).encode())


def huge_picture(path: Path) -> None:
    """A PNG of 60,000 by 60,000 white dots."""
    side = 60_000

    def piece(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return len(data).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")

    head = side.to_bytes(4, "big") * 2 + bytes((1, 0, 0, 0, 0))
    packer = zlib.compressobj(9)
    row = b"\0" + b"\xff" * (side // 8)
    dots = b"".join(packer.compress(row * 100) for _ in range(side // 100)) + packer.flush()
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + piece(b"IHDR", head) + piece(b"IDAT", dots) + piece(b"IEND", b"")
    )


BOMBS: dict[str, Callable[[Path], None]] = {
    "zip.docx": zip_bomb,
    "picture.docx": picture_bomb,
    "entries.docx": many_entries,
    "deep.docx": deep_docx,
    "laughs.docx": laughs_docx,
    "laughs.xml": laughs_xml,
    "laughs.html": laughs_xml,
    "laughs.xhtml": laughs_xml,
    "laughs.dita": laughs_xml,
    "quadratic.xml": quadratic_xml,
    "quadratic.xhtml": quadratic_xml,
    "quadratic.dita": quadratic_xml,
    "deep.xml": deep_xml,
    "deep.dita": deep_xml,
    "deep.html": deep_html,
    "deep.md": deep_markdown,
    "flate.pdf": flate_bomb,
    "flate-twice.pdf": nested_flate_bomb,
    "huge.png": huge_picture,
    "zip.xlsx": zip_bomb,
    "zip.pptx": zip_bomb,
}
"""By the name of the file that is to be made; its ending says which reader meets it."""
