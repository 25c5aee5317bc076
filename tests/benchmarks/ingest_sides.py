"""One side of the comparison of whole ingestions, as a process of its own.

    python -m tests.benchmarks.ingest_sides ours|langchain PDF MODELS

prints one line of JSON: seconds (imports and loading of the embedding model left out), pages,
chunks and the growth of the resident memory while it ingests, in MiB.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

from index.access import LOCAL
from tests.benchmarks.memory import Peak


def main() -> None:
    side, pdf, models = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    prepare = {"ours": _ours, "langchain": _langchain}[side]
    with tempfile.TemporaryDirectory() as folder:
        run = prepare(pdf, models, Path(folder))
        with Peak() as peak:
            started = time.perf_counter()
            pages, chunks = run()
            seconds = time.perf_counter() - started
    print(
        json.dumps(
            {"side": side, "seconds": seconds, "pages": pages, "chunks": chunks, "mib": peak.mib}
        )
    )


def _ours(pdf: Path, models: Path, folder: Path) -> Callable[[], tuple[int, int]]:
    from index import tables
    from index.caches import Caches
    from index.catalog import Catalog
    from index.database import open_engine
    from index.embedding import MINILM, OpenVINOEmbedder
    from index.home import Home
    from ingest.tagging import Stated
    from tests.ingesting import worker_of

    home = Home(folder)
    catalog = Catalog(open_engine(home.knowledge, tables.MIGRATIONS))
    embedder = OpenVINOEmbedder(models / MINILM.name)
    embedder.embed(["warm"])

    def run() -> tuple[int, int]:
        worker = worker_of(home, catalog, embedder)
        (report,) = worker.ingest(LOCAL, [pdf], Stated(), lambda *_: None)
        assert report.outcome == "added", report.reason
        Caches(catalog, embedder, home.cache)  # searchable in both ways
        return int(str(report.details["pages"])), report.chunks

    return run


def _langchain(pdf: Path, models: Path, folder: Path) -> Callable[[], tuple[int, int]]:
    warnings.simplefilter("ignore")  # the community package says that it ends
    from langchain_community.document_loaders import PyPDFLoader
    from langchain_community.embeddings import HuggingFaceEmbeddings
    from langchain_community.vectorstores import FAISS
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    from index.embedding import MINILM

    embeddings = HuggingFaceEmbeddings(model_name=str(models / MINILM.name))
    embeddings.embed_query("warm")

    def run() -> tuple[int, int]:
        pages = PyPDFLoader(str(pdf)).load()
        splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200)
        chunks = splitter.split_documents(pages)
        store = FAISS.from_documents(chunks, embeddings)
        store.save_local(str(folder / "faiss"))
        return len(pages), len(chunks)

    return run


if __name__ == "__main__":
    main()
