"""Opening zip archives within limits: bombs are refused before they unpack."""

from __future__ import annotations

import multiprocessing
import resource
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.errors import UnreadableDocument
from ingest.readers.archive import MOST_ENTRIES, check_parts, open_archive, parse_xml, read_entry
from ingest.readers.docx import read_docx

_GIB = 1 << 30


def _zip(path: Path, **parts: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


def _inflating_document(path: Path) -> Path:
    """600 MB of text in 0.6 MB."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("word/document.xml", "w") as part:
            part.write(b"<document>")
            for _ in range(600):
                part.write(b"a" * 1_000_000)
            part.write(b"</document>")
    return path


def _million_entries(path: Path) -> Path:
    """A directory of a million names, written by hand: it states 1 entry."""
    entry = struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, *[0] * 14) + b""
    count = 1_000_000
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, len(entry) * count, 0, 0)
    path.write_bytes(entry * count + end)
    return path


def _overlapping(path: Path) -> Path:
    """Many names for the same packed bytes, as in the bombs without nesting."""
    _zip(path, **{f"word/{i}.xml": b"<a>" + b"b" * 10_000 + b"</a>" for i in range(10)})
    data = bytearray(path.read_bytes())
    position = data.find(b"PK\x01\x02")
    while position >= 0:
        data[position + 42 : position + 46] = bytes(4)  # each points to the first one
        position = data.find(b"PK\x01\x02", position + 1)
    path.write_bytes(data)
    return path


_LAUGHS = "<!DOCTYPE a [<!ENTITY a0 'ha'>{}]><a>&a9;</a>".format(
    "".join(f"<!ENTITY a{i} '{f'&a{i - 1};' * 10}'>" for i in range(1, 10))
)
_QUADRATIC = f"<!DOCTYPE a [<!ENTITY x '{'y' * 100_000}'>]><a>{'&x;' * 10_000}</a>"


def _word(text: str, encoding: str = "utf-8") -> Callable[[Path], Path]:
    def make(path: Path) -> Path:
        return _zip(path, **{"word/document.xml": text.encode(encoding)})

    return make


def _read_in_little_memory(path: str, answers: multiprocessing.SimpleQueue[str]) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_GIB, _GIB))
    resource.setrlimit(resource.RLIMIT_CPU, (5, 5))
    try:
        read_docx(Path(path))
        answers.put("was read")
    except UnreadableDocument as error:
        answers.put(str(error))


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (_inflating_document, "unpacks to 600 MB"),
        (_million_entries, "holds 1,000,000 parts"),
        (_overlapping, "parts that overlap"),
        (_word(_LAUGHS), "declares a document type"),
        (_word(_QUADRATIC), "declares a document type"),
        (_word(_LAUGHS, "utf-16"), "declares a document type"),
        (_word("<a>" * 100_000), "not well-formed XML"),
    ],
)
def test_a_bomb_is_refused_within_five_seconds_and_one_gibibyte(
    tmp_path: Path, make: Callable[[Path], Path], reason: str
) -> None:
    path = make(tmp_path / "bomb.docx")
    context = multiprocessing.get_context("forkserver")
    answers = context.SimpleQueue()
    child = context.Process(target=_read_in_little_memory, args=(str(path), answers))
    child.start()
    child.join(60)
    assert child.exitcode == 0
    answer = answers.get()
    assert reason in answer
    assert "bomb.docx" in answer


@pytest.mark.parametrize(
    "name", ["../x.xml", "word/../../x.xml", "/etc/x", "..\\x.xml", "C:\\x.xml", "word/.."]
)
def test_a_name_that_points_out_of_the_archive_is_refused(tmp_path: Path, name: str) -> None:
    path = _zip(tmp_path / "a.docx", **{name: b"<a/>"})
    with pytest.raises(UnreadableDocument, match=r"a\.docx holds a part that points out of it"):
        open_archive(path)


def test_a_sound_archive_is_opened_and_read(tmp_path: Path) -> None:
    path = _zip(tmp_path / "a.docx", **{"word/document.xml": b"<a>b</a>", "x..y/a.xml": b"<b/>"})
    with open_archive(path) as archive:
        check_parts(archive)
        data = read_entry(archive, "word/document.xml")
    assert parse_xml(data, "a.docx: word/document.xml").text == "b"


def test_a_missing_entry_is_named(tmp_path: Path) -> None:
    path = _zip(tmp_path / "a.docx", **{"a.xml": b"<a/>"})
    with (
        open_archive(path) as archive,
        pytest.raises(UnreadableDocument, match=r"a\.docx: its part b\.xml is missing"),
    ):
        read_entry(archive, "b.xml")


def test_damage_inside_an_entry_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.xml", b"<a>valve</a>")
    path.write_bytes(path.read_bytes().replace(b"valve", b"valse"))
    with (
        open_archive(path) as archive,
        pytest.raises(UnreadableDocument, match=r"a\.xml is missing or damaged"),
    ):
        read_entry(archive, "a.xml")


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"PK\x03\x04" + b"x" * 500, b"PK\x05\x06"])
def test_what_is_no_archive_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.docx"
    path.write_bytes(data)
    with pytest.raises(UnreadableDocument, match=r"a\.docx is damaged .* Copy it again"):
        open_archive(path)


def test_a_locked_archive_is_refused_with_what_to_do(tmp_path: Path) -> None:
    path = _zip(tmp_path / "a.docx", **{"a.xml": b"<a/>"})
    data = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.find(mark) + offset] |= 1
    path.write_bytes(data)
    with pytest.raises(UnreadableDocument, match=r"locked by a password\. Save it without"):
        open_archive(path)


def test_more_entries_than_any_document_has_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    with zipfile.ZipFile(path, "w") as archive:
        for i in range(MOST_ENTRIES + 1):
            archive.writestr(f"{i}", b"")
    with pytest.raises(UnreadableDocument, match="20,001 parts, more than 20,000"):
        open_archive(path)


def test_a_packing_that_office_programs_do_not_use_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a.xml", b"<a/>" * 99)
    with pytest.raises(UnreadableDocument, match="packed in a way"):
        open_archive(path)


def test_a_document_type_in_any_part_is_found(tmp_path: Path) -> None:
    path = _zip(tmp_path / "a.pptx", **{"a.xml": b"<a/>", "b/c.rels": _LAUGHS.encode()})
    with (
        open_archive(path) as archive,
        pytest.raises(UnreadableDocument, match=r"a\.pptx: b/c\.rels declares a document type"),
    ):
        check_parts(archive)


@pytest.mark.parametrize(
    "data", [b"", b"no xml", b"<a><b></a>", b"\xff\xfe<", b"<a>&undefined;</a>"]
)
def test_what_is_no_xml_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableDocument, match=r"x\.docx: a\.xml is not well-formed XML"):
        parse_xml(data, "x.docx: a.xml")


def test_a_part_with_millions_of_tags_is_refused_without_parsing() -> None:
    with pytest.raises(UnreadableDocument, match="too large to read as a whole"):
        parse_xml(b"<a>" + b"<b/>" * 5_000_001, "x.docx: a.xml")


def test_an_entity_in_a_part_that_is_not_named_as_xml_is_found(tmp_path: Path) -> None:
    drawing = b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x.dtd"><svg/>'
    sound = _zip(tmp_path / "a.pptx", **{"media/a.svg": drawing, "a.bin": bytes(range(256))})
    bomb = _zip(tmp_path / "b.pptx", **{"slides/slide1.svg": _LAUGHS.encode()})
    with open_archive(sound) as archive:
        check_parts(archive)
    with (
        open_archive(bomb) as archive,
        pytest.raises(UnreadableDocument, match=r"slide1\.svg declares a document type"),
    ):
        check_parts(archive)
