"""Read one file in a child process that may crash, hang or run out of memory.

The child is forked from a clean server process, so that no thread of ours is in it, and answers in
JSON: nothing that it sends is executed.
"""

from __future__ import annotations

import multiprocessing
import resource
from collections.abc import Callable
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path

from pydantic import TypeAdapter

from ingest.errors import EmptyDocument, IngestError, UnreadableDocument, UnsupportedFormat
from ingest.readers.contents import Contents

READERS: dict[str, str] = {
    ".pdf": "ingest.readers.pdf:read_pdf",
    ".md": "ingest.readers.text:read_text",
    ".txt": "ingest.readers.text:read_text",
}
"""Endings with the function that reads them.

It is imported in the child only: what a format needs is loaded where such a file is read.
"""

_CONTENTS = TypeAdapter(Contents)
_TIME_LIMIT_S = 600.0
_MEMORY_LIMIT = 4 << 30  # bytes of address space
# What a file begins with, and the endings that such a file may have.
_MAGIC: dict[bytes, tuple[str, ...]] = {
    b"%PDF-": (".pdf",),
    b"PK\x03\x04": (".zip", ".docx", ".pptx", ".xlsx", ".xlsm"),
    b"\xd0\xcf\x11\xe0": (".doc", ".ppt", ".xls"),
    b"\x89PNG": (".png",),
    b"\xff\xd8\xff": (".jpg", ".jpeg"),
    b"II*\x00": (".tif", ".tiff"),
    b"MM\x00*": (".tif", ".tiff"),
    b"BM": (".bmp",),
}
_context = multiprocessing.get_context("forkserver")


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


def read_file(path: Path, time_limit_s: float = _TIME_LIMIT_S) -> Contents:
    """Return the contents of a file.

    Raises:
        IngestError: the file cannot be read; the class and the message say why.
    """
    check_file(path)
    ours, theirs = _context.Pipe(duplex=False)
    child = _context.Process(target=_run, args=(str(path), theirs), daemon=True)
    child.start()
    theirs.close()
    try:
        if not ours.poll(time_limit_s):
            raise UnreadableDocument(
                f"{path} could not be read within {time_limit_s:.0f} s and was given up. "
                "Save it again in a viewer, or split it."
            )
        failure, answer = ours.recv_bytes().decode(), ours.recv_bytes()
    except EOFError as error:
        child.join(5)
        raise UnreadableDocument(
            f"{path} crashed its reader (exit code {child.exitcode}); nothing else is affected. "
            "Save it again in a viewer and ingest that file."
        ) from error
    finally:
        ours.close()
        child.kill()
        child.join()
    if failure:
        raise _ERRORS[failure](answer.decode())
    return _CONTENTS.validate_json(answer)


def _run(path: str, connection: Connection) -> None:
    """Run in the child: read, answer, end."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_LIMIT, _MEMORY_LIMIT))
    file = Path(path)
    failure = UnreadableDocument.__name__
    try:
        answer = _CONTENTS.dump_json(_reader(file.suffix.lower())(file))
        failure = ""
    except IngestError as error:
        failure, answer = type(error).__name__, str(error).encode()
    except MemoryError:
        limit = f"{_MEMORY_LIMIT >> 30} GiB"
        answer = f"{path} needs more than {limit} to read. Split it.".encode()
    except Exception as error:
        # A reader meets whatever a damaged file makes it meet; the run must learn of it in words.
        reason = f"{type(error).__name__}: {error}"
        answer = f"{path} cannot be read ({reason}). Save it again.".encode(errors="replace")
    connection.send_bytes(failure.encode())
    connection.send_bytes(answer)
    connection.close()


def _reader(suffix: str) -> Callable[[Path], Contents]:
    module, name = READERS[suffix].split(":")
    reader: Callable[[Path], Contents] = getattr(import_module(module), name)
    return reader


_ERRORS: dict[str, type[IngestError]] = {
    "UnreadableDocument": UnreadableDocument,
    "EmptyDocument": EmptyDocument,
    "UnsupportedFormat": UnsupportedFormat,
}
