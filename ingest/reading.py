"""Read one file in a child process that may crash, hang or run out of memory.

The child is forked from a clean server process, so that no thread of ours is in it, and answers in
JSON: nothing that it sends is executed.
"""

from __future__ import annotations

import multiprocessing
import resource
import time
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path

from pydantic import TypeAdapter

from ingest.errors import (
    EmptyDocument,
    IngestCancelled,
    IngestError,
    UnreadableDocument,
    UnsupportedFormat,
)
from ingest.readers.contents import Contents
from ingest.readers.ocr_cache import keep_in
from ingest.readers.progress import listen
from ingest.readers.time_limit import ENDED_BY
from ingest.readers.unseen import without_unseen

READERS: dict[str, str] = {
    ".pdf": "ingest.readers.pdf:read_pdf",
    ".docx": "ingest.readers.docx:read_docx",
    ".pptx": "ingest.readers.pptx:read_pptx",
    ".html": "ingest.readers.html_page:read_html",
    ".htm": "ingest.readers.html_page:read_html",
    ".xhtml": "ingest.readers.html_page:read_html",
    ".xml": "ingest.readers.xml_module:read_xml",
    ".dita": "ingest.readers.xml_module:read_xml",
    ".ditamap": "ingest.readers.xml_module:read_xml",
    ".xlsx": "ingest.readers.sheets:read_sheets",
    ".xlsm": "ingest.readers.sheets:read_sheets",
    ".xls": "ingest.readers.sheets:read_sheets",
    ".ods": "ingest.readers.sheets:read_sheets",
    ".csv": "ingest.readers.sheets:read_sheets",
    ".tsv": "ingest.readers.sheets:read_sheets",
    ".md": "ingest.readers.text:read_text",
    ".txt": "ingest.readers.text:read_text",
    ".png": "ingest.readers.image:read_image",
    ".jpg": "ingest.readers.image:read_image",
    ".jpeg": "ingest.readers.image:read_image",
    ".tif": "ingest.readers.image:read_image",
    ".tiff": "ingest.readers.image:read_image",
    ".bmp": "ingest.readers.image:read_image",
}
"""Endings with the function that reads them.

It is imported in the child only: what a format needs is loaded where such a file is read.
"""

_CONTENTS = TypeAdapter(Contents)
_SILENCE_LIMIT_S = 600.0  # a page of a scan takes some 10 s
_READ, _PROGRESS = "read", "progress"  # kinds of messages; the others are names of errors
_ASK_EVERY_S = 0.5
_MEMORY_LIMIT = 4 << 30  # bytes of address space
# What a file begins with, and the endings that such a file may have.
_MAGIC: dict[bytes, tuple[str, ...]] = {
    b"%PDF-": (".pdf",),
    b"PK\x03\x04": (".zip", ".docx", ".pptx", ".xlsx", ".xlsm", ".ods"),
    b"\xd0\xcf\x11\xe0": (".doc", ".ppt", ".xls", ".xlsx", ".xlsm"),
    b"\x89PNG": (".png",),
    b"\xff\xd8\xff": (".jpg", ".jpeg"),
    b"II*\x00": (".tif", ".tiff"),
    b"MM\x00*": (".tif", ".tiff"),
    b"BM": (".bmp", ".csv", ".tsv", ".txt", ".md"),  # a table may begin with "BMK"
}
_context = multiprocessing.get_context("forkserver")
# Imported once in the server process, so that a child for a small file starts in milliseconds.
_context.set_forkserver_preload(["ingest.reading"])


def check_file(path: Path) -> None:
    """Refuse what no reader can read, before a child is started.

    Raises:
        UnreadableDocument: the file is missing, closed to us, empty, or not what its ending says.
        UnsupportedFormat: no reader for this ending.
        EmptyDocument: it is a folder (one with readable files is taken apart before).
    """
    suffix = path.suffix.lower()
    try:
        head = _head(path)
    except OSError as error:
        raise UnreadableDocument(
            f"{path} cannot be opened: {error.strerror}. Check its permissions."
        ) from error
    if not head:
        raise UnreadableDocument(f"{path} is empty (0 bytes). Copy it again from its source.")
    found = next((endings for magic, endings in _MAGIC.items() if head.startswith(magic)), ())
    if found and suffix not in found:
        raise UnreadableDocument(
            f"{path} ends in {suffix!r} but its content is that of a {found[0]} file. "
            "Rename it and ingest it again."
        )


def _head(path: Path) -> bytes:
    known = ", ".join(sorted(READERS))
    if path.is_dir():
        raise EmptyDocument(
            f"{path} is a folder without a file that ends in {known}. Name another."
        )
    if not path.is_file():
        raise UnreadableDocument(f"{path} does not exist. Check the path.")
    suffix = path.suffix.lower()
    if suffix not in READERS:
        raise UnsupportedFormat(
            f"{path} has the ending {suffix or '(none)'!r}, which no reader takes. "
            f"Known endings: {known}."
        )
    with path.open("rb") as file:
        return file.read(1024)


def read_file(
    path: Path,
    silence_limit_s: float = _SILENCE_LIMIT_S,
    progress: Callable[[int, int], bool] = lambda done, total: True,
    ocr_cache: Path | None = None,
) -> Contents:
    """Return the contents of a file; ``ocr_cache`` is where recognised pages are kept.

    ``progress`` is called now and then with how many pages are read, of how many (0 while that is
    not known); where it says False, the child is killed.

    Raises:
        IngestCancelled: ``progress`` said so.
        IngestError: the file cannot be read; the class and the message say why.
    """
    check_file(path)
    ours, theirs = _context.Pipe(duplex=False)
    child = _context.Process(target=_run, args=(str(path), theirs, ocr_cache), daemon=True)
    child.start()
    theirs.close()
    try:
        kind, answer = _listen(ours, path, silence_limit_s, progress)
    except EOFError as error:
        child.join(5)
        if child.exitcode == -ENDED_BY:
            raise UnreadableDocument(
                f"{path} was given up: one of its pages takes too long to draw. Print it to a new "
                "PDF and ingest that."
            ) from error
        raise UnreadableDocument(
            f"{path} crashed its reader (exit code {child.exitcode}); nothing else is affected. "
            "Save it again in a viewer and ingest that file."
        ) from error
    finally:
        ours.close()
        child.kill()
        child.join()
    if kind != _READ:
        raise _ERRORS[kind](answer.decode())
    return _CONTENTS.validate_json(answer)


def _listen(
    child: Connection, path: Path, silence_limit_s: float, progress: Callable[[int, int], bool]
) -> tuple[str, bytes]:
    """Wait for the child's answer; return its kind and what it holds.

    Raises:
        EOFError: the child died.
    """
    done = total = 0
    until = time.monotonic() + silence_limit_s
    while True:
        if child.poll(min(_ASK_EVERY_S, max(until - time.monotonic(), 0.0))):
            kind, answer = child.recv_bytes().decode(), child.recv_bytes()
            if kind != _PROGRESS:
                return kind, answer
            done, total = map(int, answer.split())
            until = time.monotonic() + silence_limit_s
        if not progress(done, total):
            raise IngestCancelled(f"{path} was cancelled.")
        if time.monotonic() >= until:
            raise UnreadableDocument(
                f"{path} was given up: its reader said nothing for {silence_limit_s:.0f} s. "
                "Save it again in a viewer, or split it."
            )


def _run(path: str, connection: Connection, ocr_cache: Path | None) -> None:
    """Run in the child: read, answer, end."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_LIMIT, _MEMORY_LIMIT))
    file = Path(path)
    last = 0.0

    def tell(done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last > _ASK_EVERY_S:
            last = time.monotonic()
            _send(connection, _PROGRESS, f"{done} {total}".encode())

    listen(tell)
    if ocr_cache is not None:
        keep_in(ocr_cache)
    kind = UnreadableDocument.__name__
    try:
        contents = without_unseen(_reader(file.suffix.lower())(file))
        kind, answer = _READ, _CONTENTS.dump_json(contents)
    except IngestError as error:
        kind, answer = type(error).__name__, str(error).encode(errors="replace")
    except MemoryError:
        limit = f"{_MEMORY_LIMIT >> 30} GiB"
        answer = f"{path} needs more than {limit} to read. Split it.".encode()
    except Exception as error:
        # A reader meets whatever a damaged file makes it meet; the run must learn of it in words.
        reason = f"{type(error).__name__}: {error}"
        answer = f"{path} cannot be read ({reason}). Save it again.".encode(errors="replace")
    with suppress(BrokenPipeError):  # whoever asked has died
        _send(connection, kind, answer)
    connection.close()


def _send(connection: Connection, kind: str, answer: bytes) -> None:
    connection.send_bytes(kind.encode())
    connection.send_bytes(answer)


def _reader(suffix: str) -> Callable[[Path], Contents]:
    module, name = READERS[suffix].split(":")
    reader: Callable[[Path], Contents] = getattr(import_module(module), name)
    return reader


_ERRORS: dict[str, type[IngestError]] = {
    "UnreadableDocument": UnreadableDocument,
    "EmptyDocument": EmptyDocument,
    "UnsupportedFormat": UnsupportedFormat,
}
