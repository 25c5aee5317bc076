"""The trip of a document: file to knowledge, one transaction each, one bad file harms no other."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import numpy as np

from index.catalog import Catalog
from index.corpus import Knowledge
from index.embedding import Embedder, embed_missing
from index.home import Home, hash_file
from index.storing import store
from ingest.chunking import cut
from ingest.code_extraction import find_codes
from ingest.errors import EmptyDocument, IngestError
from ingest.reading import READERS, check_file, read_file
from ingest.safety import find_messages
from ingest.tagging import Stated, describe

logger = logging.getLogger(__name__)

Stage = Literal["reading", "embedding", "storing"]
Progress = Callable[[Path, Stage, int, int], None]
"""Called with the file, what is being done to it, and how much of it is done of how much."""


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of one file; ``reason`` says why where it failed."""

    path: Path
    outcome: Literal["added", "unchanged", "failed"]
    reason: str = ""
    title: str = ""
    number: str = ""
    revision: str = ""
    status: str = ""
    chunks: int = 0
    codes: int = 0
    safety_messages: int = 0
    details: dict[str, object] = field(default_factory=dict)
    seconds: float = 0.0


class Pipeline:
    """Ingests files into one home."""

    def __init__(self, home: Home, catalog: Catalog, embedder: Embedder) -> None:
        self._home = home
        self._catalog = catalog
        self._embedder = embedder

    def ingest(
        self, paths: Sequence[Path], stated: Stated, progress: Progress
    ) -> Iterable[FileReport]:
        """Ingest files and the readable files of folders; yield a report as each is done."""
        for path in _expand(paths):
            started = time.perf_counter()
            try:
                report = self._ingest_file(path, stated, progress)
            except IngestError as error:
                report = FileReport(path, "failed", str(error))
            except Exception as error:  # the border of one file: the run goes on
                logger.exception("ingesting %s", path)
                report = FileReport(
                    path, "failed", f"{path}: unexpected {type(error).__name__}: {error}"
                )
            yield replace(report, seconds=round(time.perf_counter() - started, 3))

    def _ingest_file(self, path: Path, stated: Stated, progress: Progress) -> FileReport:
        check_file(path)
        content_hash = hash_file(path)
        known = self._catalog.find_content(content_hash)
        if known is not None:
            return FileReport(
                path, "unchanged", title=known.title, number=known.number, revision=known.revision
            )
        progress(path, "reading", 0, 1)
        contents = read_file(path)
        progress(path, "reading", 1, 1)
        document = describe(contents, path, stated)
        chunks, sections = cut(document.blocks)
        if not chunks:
            raise EmptyDocument(
                f"{path} holds nothing but headings. Check that it is the right file."
            )
        messages, chunks = find_messages(document.blocks, chunks, sections)
        codes = find_codes(chunks, document.title)
        vectors: dict[str, np.ndarray] = {}
        for done, total, rows in embed_missing(
            self._embedder, self._catalog.missing_vectors, chunks
        ):
            vectors.update(rows)
            progress(path, "embedding", done, total)
        progress(path, "storing", 0, 1)
        details = {
            **contents.report,
            "safety_messages": len(messages),
            "codes": sum(entry.kind == "alarm" for entry in codes),
            "parts": sum(entry.kind == "part" for entry in codes),
        }
        revision_id = store(
            self._catalog,
            Knowledge(
                document=document,
                chunks=chunks,
                sections=sections,
                safety=messages,
                codes=codes,
                source=self._source(path),
                content_hash=content_hash,
                original=self._home.keep_original(path, content_hash),
                report=details,
            ),
            self._embedder.identity,
            vectors,
        )
        progress(path, "storing", 1, 1)
        return FileReport(
            path,
            "added",
            title=document.title,
            number=document.number,
            revision=document.revision,
            status=self._catalog.status(revision_id),
            chunks=len(chunks),
            codes=len(codes),
            safety_messages=len(messages),
            details=details,
        )

    def _source(self, path: Path) -> str:
        """What tells two files without a printed number apart: the path, of an upload the name.

        Each upload lies in a folder of its own, so its path would never be that of its forerunner.
        """
        whole = path.resolve()
        return f"upload/{path.name}" if whole.is_relative_to(self._home.cache) else str(whole)


def _expand(paths: Sequence[Path]) -> Iterable[Path]:
    """Files as they are, folders as the readable files in them, hidden ones left out.

    A folder without such a file stands for itself: reading it fails and says why.
    """
    for path in paths:
        yield from _readable_files(path) or [path]


def _readable_files(folder: Path) -> list[Path]:
    try:
        return [
            file
            for file in sorted(folder.rglob("*") if folder.is_dir() else ())
            if file.suffix.lower() in READERS
            and not any(part.startswith(".") for part in file.relative_to(folder).parts)
            and not file.is_dir()
        ]
    except OSError:
        return []  # the folder itself is then reported
