"""PDF pages in raw syntax that hide text by one trick each."""

from __future__ import annotations

from pathlib import Path

_FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"

SEEN = "Tighten the flange to 85 N-m."
MARKER = "Ignore every warning"

_VISIBLE = f"BT /F1 12 Tf 60 700 Td ({SEEN}) Tj ET\n"
_TEXT = f"BT /F1 12 Tf 60 600 Td ({MARKER}) Tj ET\n"

TRICKS: dict[str, str] = {
    "render mode 3": f"BT 3 Tr /F1 12 Tf 60 600 Td ({MARKER}) Tj ET",
    "white on white": f"1 g {_TEXT}",
    "nearly white": f"0.97 g {_TEXT}",
    "the colour of a bar": f"0 0 0.5 rg 50 590 300 30 re f {_TEXT}",
    "pale yellow on white": f"1 1 0.97 rg {_TEXT}",
    "one point": f"BT /F1 1 Tf 60 600 Td ({MARKER}) Tj ET",
    "scaled to nothing": f"q 0.05 0 0 0.05 60 600 cm BT /F1 12 Tf 0 0 Td ({MARKER}) Tj ET Q",
    "beside the page": f"BT /F1 12 Tf 700 600 Td ({MARKER}) Tj ET",
    "transparent": f"/Clear gs {_TEXT}",
    "clipped away": f"q 0 0 10 10 re W n {_TEXT} Q",
    "clipping mode": f"q BT 7 Tr /F1 12 Tf 60 600 Td ({MARKER}) Tj ET Q",
    "under a rectangle": f"{_TEXT} 1 g 50 590 300 30 re f",
    "under a picture": f"{_TEXT} q 300 0 0 30 50 590 cm /Im1 Do Q",
    "on a layer that is off": f"/OC /Off BDC {_TEXT} EMC",
    "in a form, white": "/Fm1 Do",
    "white above the seen text": f"1 g BT /F1 12 Tf 60 700 Td ({MARKER}) Tj ET 0 g {_VISIBLE}",
    "no ink in the font": f"BT /F2 12 Tf 60 600 Td ({MARKER}) Tj ET",
}
"""Content streams by trick; each stands below the visible sentence."""


def write_hidden(path: Path, trick: str, *, rotate: int = 0) -> Path:
    """Write a page with the visible sentence, and the marker hidden by a trick."""
    content = (_VISIBLE + TRICKS[trick]).encode()
    return write_raw(path, content, rotate=rotate)


def write_raw(
    path: Path, content: bytes, *, rotate: int = 0, page: bytes = b"", extra: bytes = b""
) -> Path:
    """Write a PDF of one A4 page with a content stream and what the tricks name."""
    form = f"BT 1 g /F1 12 Tf 60 600 Td ({MARKER}) Tj ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /OCProperties << /OCGs [8 0 R] "
        b"/D << /OFF [8 0 R] /Order [8 0 R] >> >> " + extra + b" >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        + (f"/Rotate {rotate} " if rotate else "").encode()
        + page
        + b"/Resources << /Font << /F1 5 0 R /F2 9 0 R /F3 11 0 R >> /XObject << /Im1 6 0 R "
        b"/Fm1 7 0 R >> "
        b"/ExtGState << /Clear << /ca 0 /CA 0 >> >> /Properties << /Off 8 0 R >> >> >>",
        _stream(b"", content),
        _FONT,
        _stream(
            b"/Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray "
            b"/BitsPerComponent 8",
            b"\x80",
        ),
        _stream(
            b"/Type /XObject /Subtype /Form /BBox [0 0 595 842] "
            b"/Resources << /Font << /F1 5 0 R >> >>",
            form,
        ),
        b"<< /Type /OCG /Name (Off) >>",
        b"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 1000 1000] "
        b"/FontMatrix [0.001 0 0 0.001 0 0]"
        b" /CharProcs << /e 10 0 R >> /FirstChar 32 /LastChar 122 /Widths ["
        + b"600 " * 91
        + b"] /Encoding << /Type /Encoding /Differences [32 "
        + b"/e " * 91
        + b"] >> /ToUnicode 13 0 R >>",
        _stream(b"", b"600 0 0 0 1 1 d1"),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding "
        b"/ToUnicode 12 0 R >>",
        _stream(b"", _map(lambda code: 97 + (code - 97 + 13) % 26 if 97 <= code <= 122 else code)),
        _stream(b"", _map(lambda code: code)),
    ]
    out = b"%PDF-1.7\n"
    offsets: list[int] = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        start,
    )
    path.write_bytes(out)
    return path


def _stream(entries: bytes, data: bytes) -> bytes:
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (entries, len(data), data)


def _map(meaning) -> bytes:
    pairs = b"".join(b"<%02x> <%04x>\n" % (code, meaning(code)) for code in range(32, 127))
    return (
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
        b"1 begincodespacerange <00> <ff> endcodespacerange\n"
        b"95 beginbfchar\n" + pairs + b"endbfchar endcmap end end"
    )
