"""Open files that are zip archives of XML, within limits that no manual reaches.

A zip of 600 KB can hold 600 MB, or a million names, and a line of XML can expand to a gigabyte.
All that is declared is checked before anything is unpacked, and nothing is unpacked to disk.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from pathlib import Path

from lxml import etree

from ingest.errors import UnreadableDocument

MOST_ENTRIES = 20_000
MOST_BYTES = 1 << 30
"""Unpacked size of a whole archive."""
MOST_XML_BYTES = 96 << 20
"""Size of one XML part that is parsed as a whole; its tree takes about eight times as much."""

_MOST_TAGS = 5_000_000
_HIGHEST_RATIO = 200  # of unpacked to packed; text of a real file stays below 60
_RATIO_FROM = 32 << 20  # bytes from which the ratio counts: a blank picture packs well, too
_ENTRY_MARK = b"PK\x01\x02"
_MARK_BLOCK = 1 << 20
_ZIP_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    OSError,
    EOFError,
    ValueError,
    OverflowError,
    NotImplementedError,
    RuntimeError,
    KeyError,
)
_DRIVE = re.compile(r"[A-Za-z]:")
_ENCODINGS = ("ascii", "utf-16-le", "utf-16-be")
_DOCTYPES = tuple("<!DOCTYPE".encode(name) for name in _ENCODINGS)
_ENTITIES = tuple("<!ENTITY".encode(name) for name in _ENCODINGS)
_BEFORE_XML = b"\x00\xef\xbb\xbf\xfe\xff \t\r\n"
_XML_ENDINGS = (".xml", ".rels", ".vml")


def open_archive(path: Path) -> zipfile.ZipFile:
    """Open a zip archive after all that it declares is found to be harmless.

    Use it as a context manager, and :func:`read_entry` to read from it.

    Raises:
        UnreadableDocument: no zip archive, damaged, locked by a password, or built to exhaust
            memory, disk or time.
    """
    try:
        _check_count(path)
        archive = zipfile.ZipFile(path)
    except _ZIP_ERRORS as error:
        raise UnreadableDocument(
            f"{path} is damaged ({error}). Copy it again from its source, or save it again."
        ) from error
    try:
        _check_entries(path, archive.infolist())
    except UnreadableDocument:
        archive.close()
        raise
    return archive


def read_entry(archive: zipfile.ZipFile, name: str) -> bytes:
    """Return the bytes of an entry.

    Raises:
        UnreadableDocument: there is no such entry, or it is damaged.
    """
    try:
        return archive.read(name)
    except _ZIP_ERRORS as error:
        raise UnreadableDocument(
            f"{archive.filename}: its part {name} is missing or damaged. "
            "Open it in the program that made it and save it again."
        ) from error


def parse_xml(data: bytes, name: str) -> etree._Element:
    """Return the root element of an XML part; ``name`` stands in messages (file and part).

    Entities are not expanded, nothing is loaded from anywhere, and a part with a document type,
    which no office format needs, is refused.

    Raises:
        UnreadableDocument: not well-formed, too large, or with a document type.
    """
    check_xml(data, name)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableDocument(
            f"{name} is not well-formed XML ({error}). "
            "Open the file in the program that made it and save it again."
        ) from error
    if root is None or root.getroottree().docinfo.internalDTD is not None:
        raise _unsafe(name)
    return root


def check_xml(data: bytes, name: str) -> None:
    """Refuse an XML part that is too large or has a document type, without parsing it.

    Raises:
        UnreadableDocument: it is unsafe to parse.
    """
    _check_size(data, name)
    if any(mark in data for mark in _DOCTYPES):
        raise _unsafe(name)


def check_parts(archive: zipfile.ZipFile) -> None:
    """Refuse an archive with a part that is unsafe to parse as XML, whatever it is called.

    For files that are handed to a library which parses XML by itself, and which goes by the type
    that the archive states for a part, not by its name. Only a part that is not named as XML, such
    as a drawing in SVG, may have a document type, as long as it declares no entity.

    Raises:
        UnreadableDocument: a part is damaged or unsafe to parse.
    """
    for entry in archive.infolist():
        data = read_entry(archive, entry.filename)
        name = f"{archive.filename}: {entry.filename}"
        if entry.filename.lower().endswith(_XML_ENDINGS):
            check_xml(data, name)
        elif any(mark in data for mark in _ENTITIES):
            raise _unsafe(name)
        elif data[:64].lstrip(_BEFORE_XML).startswith(b"<"):
            _check_size(data, name)


def _check_size(data: bytes, name: str) -> None:
    if len(data) > MOST_XML_BYTES or data.count(b"<") > _MOST_TAGS:
        raise UnreadableDocument(f"{name} is too large to read as a whole. Split the document.")


def _check_count(path: Path) -> None:
    """Count the entries in the bytes: the count that a file states may lie, and listing is slow."""
    count, tail = 0, b""
    with path.open("rb") as file:
        while block := file.read(_MARK_BLOCK):
            count += (tail + block).count(_ENTRY_MARK)
            tail = block[-len(_ENTRY_MARK) + 1 :]
    if count > MOST_ENTRIES:
        raise UnreadableDocument(
            f"{path} holds {count:,} parts, more than {MOST_ENTRIES:,}. "
            "No document needs that many: check where it comes from."
        )


def _check_entries(path: Path, entries: list[zipfile.ZipInfo]) -> None:
    total = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if total > MOST_BYTES or _is_bomb(total, packed):
        raise _bomb(path, total)
    end = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        name = entry.filename.replace("\\", "/")
        if name.startswith("/") or ".." in name.split("/") or _DRIVE.match(name):
            raise UnreadableDocument(
                f"{path} holds a part that points out of it ({entry.filename!r}). "
                "Check where it comes from."
            )
        if entry.flag_bits & 1:
            raise UnreadableDocument(f"{path} is locked by a password. Save it without one.")
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise UnreadableDocument(
                f"{path} is packed in a way that office programs do not use. Save it again."
            )
        if _is_bomb(entry.file_size, entry.compress_size):
            raise _bomb(path, entry.file_size)
        if entry.header_offset < end:
            raise UnreadableDocument(
                f"{path} holds parts that overlap. Check where it comes from, or save it again."
            )
        end = entry.header_offset + entry.compress_size


def _is_bomb(size: int, packed: int) -> bool:
    return size > _RATIO_FROM and size > packed * _HIGHEST_RATIO


def _bomb(path: Path, size: int) -> UnreadableDocument:
    return UnreadableDocument(
        f"{path} unpacks to {size / 1e6:,.0f} MB, which no document needs. "
        "Check where it comes from; if it is sound, split it."
    )


def _unsafe(name: str) -> UnreadableDocument:
    return UnreadableDocument(
        f"{name} declares a document type, which is not read for safety. "
        "Open the file in the program that made it and save it again."
    )
