"""One side of the comparison of memory at many chunks, as a process of its own.

    python -m tests.benchmarks.memory_sides ours|langchain FOLDER

ingests a folder of Markdown and prints one line of JSON: chunks, and the growth of the resident
memory of the process and its children while it does so, in MiB. Both sides get vectors of the
default embedder's size (384) from a function that costs nothing, as only what is stored counts.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from index.access import LOCAL
from tests.benchmarks.memory import Peak

_DIMENSION = 384


class DigestEmbedder:
    """A random unit vector a text: always the same one for the same text."""

    identity = f"digest:{_DIMENSION}"
    dimension = _DIMENSION
    is_english = True

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        rows = np.empty((len(texts), self.dimension), np.float32)
        for row, text in zip(rows, texts, strict=True):
            seed = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest())
            row[:] = np.random.default_rng(seed).standard_normal(self.dimension, np.float32)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def main() -> None:
    side, source = sys.argv[1], Path(sys.argv[2])
    prepare = {"ours": _ours, "langchain": _langchain}[side]
    with tempfile.TemporaryDirectory() as folder:
        run = prepare(source, Path(folder))
        with Peak() as peak:
            chunks = run()
    print(json.dumps({"side": side, "chunks": chunks, "mib": peak.mib}))


def _ours(source: Path, folder: Path) -> Callable[[], int]:
    from index import tables
    from index.caches import Caches
    from index.catalog import Catalog
    from index.database import open_engine
    from index.home import Home
    from ingest.tagging import Stated
    from tests.ingesting import worker_of

    home = Home(folder)
    catalog = Catalog(open_engine(home.knowledge, tables.MIGRATIONS))
    embedder = DigestEmbedder()

    def run() -> int:
        worker = worker_of(home, catalog, embedder)
        reports = worker.ingest(LOCAL, [source], Stated(), lambda *_: None)
        assert {report.outcome for report in reports} == {"added"}
        return len(Caches(catalog, embedder, home.cache))  # searchable in both ways

    return run


def _langchain(source: Path, folder: Path) -> Callable[[], int]:
    warnings.simplefilter("ignore")  # the community package says that it ends
    from langchain_community.document_loaders import TextLoader
    from langchain_community.vectorstores import FAISS
    from langchain_core.embeddings import Embeddings
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    class Digests(Embeddings):
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            rows: list[list[float]] = DigestEmbedder().embed(texts).tolist()
            return rows

        def embed_query(self, text: str) -> list[float]:
            return self.embed_documents([text])[0]

    def run() -> int:
        splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200)
        files = sorted(source.glob("*.md"))
        loaded = [d for path in files for d in TextLoader(str(path), encoding="utf-8").load()]
        chunks = splitter.split_documents(loaded)
        store = FAISS.from_documents(chunks, Digests())
        store.save_local(str(folder / "faiss"))
        return len(chunks)

    return run


if __name__ == "__main__":
    main()
