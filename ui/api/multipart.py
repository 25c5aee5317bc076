"""Receive files: each part of a form goes to disk as it comes in, and is counted meanwhile.

The names of files are taken apart before they touch the disk: what is left is one plain name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from ui.api.errors import Problem

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

_MOST_FILES = 100
_MOST_FIELDS = 200
_LONGEST_FIELD = 4_000  # bytes
_LONGEST_HEADER = 4_000  # bytes
_LONGEST_NAME = 180  # bytes of UTF-8; a file system takes 255


@dataclass(slots=True)
class Form:
    """What came in: fields in their order, and the files where they lie now."""

    fields: list[tuple[str, str]] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)


async def receive_form(
    request: Request, folder: Path, limit: int, counted: Callable[[int], None] | None = None
) -> Form:
    """Write the files of a multipart request into an empty folder, each in one of its own.

    Args:
        request: whose body nobody has read yet.
        folder: where the files go.
        limit: bytes of the whole body.
        counted: told the bytes of each file; what it raises ends the request.

    Raises:
        Problem: 400, 413 or 415.
    """
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    boundary = options.get(b"boundary", b"")
    if kind != b"multipart/form-data" or not 1 <= len(boundary) <= 256:
        raise Problem(415, "Send the files as multipart/form-data.")
    writer = _Writer(folder, counted)
    try:
        parser = MultipartParser(boundary, writer.callbacks())
        received = 0
        async for chunk in request.stream():
            received += len(chunk)
            if received > limit:
                raise Problem(413, f"The request is over the limit of {limit >> 20} MB.")
            await run_in_threadpool(parser.write, chunk)
        await run_in_threadpool(parser.finalize)
    except (FormParserError, ClientDisconnect) as error:
        raise _malformed() from error
    finally:
        writer.close()
    if not writer.is_complete:
        raise _malformed()
    return writer.form


def safe_name(name: str) -> str:
    """One plain name of a file: no folder, no control character, no hidden file, not too long."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    clean = "".join(c for c in last if unicodedata.category(c)[0] != "C").strip(" .")
    stem, dot, ending = clean.rpartition(".")
    if not dot:
        stem, ending = clean, ""
    ending = ending.encode()[:20].decode(errors="ignore")
    room = _LONGEST_NAME - len(ending.encode()) - 1
    stem = stem.encode()[:room].decode(errors="ignore") or "unnamed"
    return f"{stem}.{ending}" if ending else stem


class _Writer:
    """Takes what the parser finds; every file is closed at the end of its part."""

    def __init__(self, folder: Path, counted: Callable[[int], None] | None) -> None:
        self.form = Form()
        self.is_complete = False
        self._folder = folder
        self._counted = counted
        self._name = self._value = b""
        self._disposition = b""
        self._field = ""
        self._data = bytearray()
        self._file: BinaryIO | None = None
        self._size = 0

    def callbacks(self) -> MultipartCallbacks:
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._header_name,
            "on_header_value": self._header_value,
            "on_header_end": self._header_end,
            "on_headers_finished": self._headers_finished,
            "on_part_data": self._part_data,
            "on_part_end": self._part_end,
            "on_end": self._end,
        }

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _begin(self) -> None:
        self._disposition = self._name = self._value = b""
        self._data.clear()
        self._size = 0

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._name = _grown(self._name, data[start:end], _LONGEST_HEADER)

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value = _grown(self._value, data[start:end], _LONGEST_HEADER)

    def _header_end(self) -> None:
        if self._name.lower() == b"content-disposition":
            self._disposition = self._value
        self._name = self._value = b""

    def _headers_finished(self) -> None:
        _, options = parse_options_header(self._disposition)
        if b"name" not in options:
            raise _malformed()
        self._field = options[b"name"].decode(errors="replace")
        if b"filename" not in options:
            if len(self.form.fields) >= _MOST_FIELDS:
                raise _too_many()
            return
        if len(self.form.files) >= _MOST_FILES:
            raise _too_many()
        # A folder of its own: two files may have one name.
        folder = self._folder / str(len(self.form.files))
        folder.mkdir()
        path = folder / safe_name(options[b"filename"].decode(errors="replace"))
        self.form.files.append(path)
        self._file = path.open("xb")

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        if self._file is not None:
            self._size += self._file.write(data[start:end])
        elif len(self._data) + end - start > _LONGEST_FIELD:
            raise Problem(413, f"The field {self._field[:60]!r} is too long.")
        else:
            self._data += data[start:end]

    def _part_end(self) -> None:
        if self._file is None:
            self.form.fields.append((self._field, self._data.decode(errors="replace")))
            return
        self.close()
        if self._counted is not None:
            self._counted(self._size)

    def _end(self) -> None:
        self.is_complete = True


def _grown(text: bytes, more: bytes, limit: int) -> bytes:
    if len(text) + len(more) > limit:
        raise _malformed()
    return text + more


def _malformed() -> Problem:
    return Problem(400, "The form is malformed or was cut off. Send it again as it was meant.")


def _too_many() -> Problem:
    return Problem(413, f"There are more than {_MOST_FILES} files or {_MOST_FIELDS} fields.")
