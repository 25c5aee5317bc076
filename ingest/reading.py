"""Read one file in a child process that may crash, hang or run out of memory.

The child is forked from a clean server process, so that no thread of ours is in it, and answers in
JSON: nothing that it sends is executed.
"""

from __future__ import annotations

import json
import multiprocessing
import resource
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from index.corpus import Block, Box, PageSize
from ingest.errors import EmptyDocument, IngestError, UnreadableDocument, UnsupportedFormat
from ingest.readers.contents import Contents
from ingest.readers.pdf import read_pdf
from ingest.readers.text import read_text

READERS: dict[str, Callable[[Path], Contents]] = {
    ".pdf": read_pdf,
    ".md": read_text,
    ".txt": read_text,
}
_TIME_LIMIT_S = 600.0
_MEMORY_LIMIT = 4 << 30  # bytes of address space
_MAGIC = {b"%PDF-": ".pdf", b"PK\x03\x04": ".zip", b"\x89PNG": ".png", b"\xff\xd8\xff": ".jpg"}
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
    found = next((ending for magic, ending in _MAGIC.items() if head.startswith(magic)), suffix)
    if found != suffix:
        raise UnreadableDocument(
            f"{path} ends in {suffix!r} but its content is that of a {found} file. "
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
        answer = json.loads(ours.recv_bytes())
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
    if "error" in answer:
        raise _ERRORS[answer["error"]](answer["message"])
    return _unpack(answer)


def _run(path: str, connection: Connection) -> None:
    """Run in the child: read, answer, end."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_LIMIT, _MEMORY_LIMIT))
    file = Path(path)
    try:
        answer = _pack(READERS[file.suffix.lower()](file))
    except IngestError as error:
        answer = {"error": type(error).__name__, "message": str(error)}
    except MemoryError:
        message = f"{path} needs more than {_MEMORY_LIMIT >> 30} GiB to read. Split it."
        answer = {"error": "UnreadableDocument", "message": message}
    except Exception as error:
        # A reader meets whatever a damaged file makes it meet; the run must learn of it in words.
        message = f"{path} cannot be read ({type(error).__name__}: {error}). Save it again."
        answer = {"error": "UnreadableDocument", "message": message}
    connection.send_bytes(json.dumps(answer).encode())
    connection.close()


_ERRORS: dict[str, type[IngestError]] = {
    "UnreadableDocument": UnreadableDocument,
    "EmptyDocument": EmptyDocument,
    "UnsupportedFormat": UnsupportedFormat,
}


def _pack(contents: Contents) -> dict[str, Any]:
    return {
        "blocks": [
            [
                block.kind,
                block.text,
                block.page,
                [[text, *_box_row(box)] for text, box in block.lines],
                block.level,
                block.number,
                block.header,
                block.cells,
                block.signal,
            ]
            for block in contents.blocks
        ],
        "pages": [[page.number, page.width, page.height] for page in contents.pages],
        "title": contents.title,
        "front": contents.front,
        "report": contents.report,
    }


def _box_row(box: Box) -> tuple[float, ...]:
    return box.page, box.left, box.bottom, box.right, box.top


def _unpack(packed: dict[str, Any]) -> Contents:
    return Contents(
        blocks=tuple(
            Block(
                kind=kind,
                text=text,
                page=page,
                lines=tuple((line, Box(*box)) for line, *box in lines),
                level=level,
                number=number,
                header=tuple(header),
                cells=tuple(cells),
                signal=signal,
            )
            for kind, text, page, lines, level, number, header, cells, signal in packed["blocks"]
        ),
        pages=tuple(PageSize(*page) for page in packed["pages"]),
        title=packed["title"],
        front=tuple(packed["front"]),
        report=packed["report"],
    )
