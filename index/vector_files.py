"""The files of a generation: written once, flushed, and checked as a whole before they are used.

A generation is a folder. Its manifest holds the size and the XXH3-128 of every other file, and the
checksum of itself. Nothing here knows what the numbers mean, and nothing is unpickled.
"""

from __future__ import annotations

import json
import os
import weakref
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from xxhash import xxh3_128

from index.errors import CacheError

FORMAT = 1
MANIFEST = "manifest.json"
ROWS = "rows.f32"
"""The vectors, float32, little endian, one row after the other."""
CHUNKS = "chunks.i64"
"""The id of the chunk of each row."""
REVISIONS = "revisions.i64"
"""Pairs of a revision's id and how many rows are its own; rows stand in the order of these."""
LISTS = "lists.faiss"
"""The FAISS index over the rows; absent where search goes over all rows."""

_PIECE = 1 << 22


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation holds.

    ``sequence`` is the number of the last change of SQL that is in it. ``probes`` is how many of
    the ``lists`` a search looks into; both are 0 where it goes over all rows. ``recall`` is the
    share (0 to 1) of the true ten nearest rows that was then found, measured over ``measured``
    points; ``recall_100`` that of the true hundred. ``witnesses`` are chunks with the
    hashes of their texts, by which a generation of another course of history is told. One that
    ``is_plain`` was made in a hurry, without an attempt at lists.
    """

    uid: str
    embedder: str
    dimension: int
    sequence: int
    rows: int
    chunks: int
    lists: int
    probes: int
    recall: float
    recall_100: float
    measured: int
    witnesses: Mapping[str, list[str]]
    files: Mapping[str, list[Any]]
    is_plain: bool = False
    format: int = FORMAT


class FileWriter:
    """A new file, written from front to end; it knows its checksum."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("xb")
        self._digest = xxh3_128()
        self._size = 0

    def write(self, data: Any) -> int:
        """Append bytes."""
        self._file.write(data)
        self._digest.update(data)
        size = memoryview(data).nbytes
        self._size += size
        return size

    def finish(self) -> list[Any]:
        """Bring the file to the disk and return its size and checksum.

        Raises:
            OSError: the disk is full or does not take it.
        """
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        return [self._size, self._digest.hexdigest()]

    def abandon(self) -> None:
        """Close the file as it is; what it holds is of no use."""
        try:
            self._file.close()
        except OSError:  # a full disk refuses what was still in memory
            return


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest, which makes the folder a generation once its name is there.

    Raises:
        OSError: the disk is full or does not take it.
    """
    writer = FileWriter(folder / MANIFEST)
    try:
        writer.write(_encoded(manifest))
        writer.finish()
    finally:
        writer.abandon()
    flush_folder(folder)


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest of a generation.

    Raises:
        CacheError: it is missing, damaged or of another format.
    """
    path = folder / MANIFEST
    try:
        data = path.read_bytes()
        body = json.loads(data.partition(b"\n")[0])
        found = body.get("format")
        if found != FORMAT:
            raise CacheError(f"{path} has the format {found!r}, not {FORMAT}")
        manifest = Manifest(**body)
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise CacheError(f"{path} cannot be read: {error}") from error
    if _encoded(manifest) != data:
        raise CacheError(f"{path} does not have the checksum that it states")
    return manifest


def _encoded(manifest: Manifest) -> bytes:
    body = json.dumps(asdict(manifest), sort_keys=True).encode()
    return body + b"\n" + xxh3_128(body).hexdigest().encode() + b"\n"


def check_file(folder: Path, name: str, manifest: Manifest) -> None:
    """Read a whole file and compare it with the manifest.

    Raises:
        CacheError: it is missing or is not what was written.
    """
    path = folder / name
    digest, size = xxh3_128(), 0
    try:
        with path.open("rb", buffering=0) as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
                size += len(piece)
    except OSError as error:
        raise CacheError(f"{path} cannot be read: {error.strerror}") from error
    _compare(path, size, digest.hexdigest(), manifest)


def read_numbers(folder: Path, name: str, manifest: Manifest) -> np.ndarray:
    """Return the 64-bit integers of a file that is what the manifest says.

    Raises:
        CacheError: it is missing or is not what was written.
    """
    path = folder / name
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CacheError(f"{path} cannot be read: {error.strerror}") from error
    _compare(path, len(data), xxh3_128(data).hexdigest(), manifest)
    return np.frombuffer(data, "<i8")


def _compare(path: Path, size: int, digest: str, manifest: Manifest) -> None:
    if [size, digest] != manifest.files.get(path.name):
        raise CacheError(f"{path} is not the file that was written")


class RowFile:
    """The vectors of a generation on disk.

    They are read where they are needed, not mapped: so they lie in the system's cache, which it
    takes back when memory is short, and not in that of the process.
    """

    def __init__(self, path: Path, dimension: int) -> None:
        """Open the file.

        Raises:
            CacheError: it is missing.
        """
        self._path = path
        self._dimension = dimension
        try:
            self._number = os.open(path, os.O_RDONLY)
        except OSError as error:
            raise CacheError(f"{path} cannot be read: {error.strerror}") from error
        self.close = weakref.finalize(self, os.close, self._number)
        """Let go of the file."""

    def spans(self, spans: np.ndarray) -> np.ndarray:
        """Return the rows of some spans (int64, shape (n, 2): first row, row behind the last).

        Raises:
            CacheError: the file was cut off since it was checked.
        """
        starts, stops = spans[:, 0].tolist(), spans[:, 1].tolist()
        rows = np.empty((sum(stops) - sum(starts), self._dimension), "<f4")
        width, at = 4 * self._dimension, 0
        view = rows.data.cast("B") if len(rows) else memoryview(b"")
        for start, stop in zip(starts, stops, strict=True):
            size = (stop - start) * width
            if os.preadv(self._number, [view[at : at + size]], start * width) != size:
                raise CacheError(f"{self._path} was cut off while it was used")
            at += size
        return rows

    def take(self, positions: np.ndarray) -> np.ndarray:
        """Return some rows, in the order of their positions (int64, shape (n,)).

        Raises:
            CacheError: the file was cut off since it was checked.
        """
        order = np.argsort(positions, kind="stable")
        unique, back = np.unique(positions[order], return_inverse=True)
        rows = self.spans(joined(np.stack([unique, unique + 1], axis=1)))
        result = np.empty((len(positions), self._dimension), np.float32)
        result[order] = rows[back]
        return result


def joined(spans: np.ndarray) -> np.ndarray:
    """Join spans (int64, shape (n, 2), ascending) that touch each other."""
    if not len(spans):
        return spans
    apart = np.flatnonzero(spans[1:, 0] != spans[:-1, 1]) + 1
    first = np.concatenate([[0], apart])
    last = np.concatenate([apart, [len(spans)]]) - 1
    return np.stack([spans[first, 0], spans[last, 1]], axis=1)


def flush_folder(folder: Path) -> None:
    """Let names in a folder outlive a power cut.

    Raises:
        OSError: the disk does not take them.
    """
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
