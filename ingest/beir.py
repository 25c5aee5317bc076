"""Read a retrieval benchmark in the BEIR layout.

``corpus.jsonl`` {_id, title, text}, ``queries.jsonl`` {_id, text, metadata.kind}, ``qrels.tsv``
with a header, and optionally ``negatives.jsonl``: questions for codes that do not exist.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from index.catalog import Catalog
from index.corpus import Block, Chunk, Document, Knowledge
from index.embedding import Embedder, embed_missing
from index.evaluation import JudgedQuery
from index.home import hash_text
from index.storing import store
from ingest.chunking import cut
from ingest.code_extraction import find_codes
from ingest.errors import UnreadableDocument


def read_corpus(folder: Path) -> list[Knowledge]:
    """Return the passages as documents: a title "device - section - section" names its document.

    Raises:
        UnreadableDocument: the folder has no readable corpus.
    """
    documents: dict[str, list[tuple[str, list[Block]]]] = {}
    for row in _lines(folder / "corpus.jsonl"):
        name, headings = _breadcrumb(str(row.get("title", "")), folder.name)
        blocks = [
            Block("heading", text, level=level) for level, text in enumerate(headings, start=1)
        ]
        blocks.append(Block("paragraph", " ".join(str(row["text"]).split()) or "(empty)"))
        documents.setdefault(name, []).append((str(row["_id"]), blocks))
    return [_knowledge(folder, name, passages) for name, passages in documents.items()]


def _knowledge(folder: Path, name: str, passages: list[tuple[str, list[Block]]]) -> Knowledge:
    chunks: list[Chunk] = []
    for section, (key, blocks) in enumerate(passages, start=1):
        for chunk in cut(blocks)[0]:
            chunks.append(replace(chunk, ordinal=len(chunks), section=section, key=key))
    return Knowledge(
        document=Document(name, "manual", ()),
        chunks=chunks,
        codes=find_codes(chunks, name),
        source=f"{folder}#{name}",
        content_hash=hash_text(f"{folder}#{name}"),
    )


def index_corpus(
    catalog: Catalog,
    embedder: Embedder,
    corpus: Sequence[Knowledge],
    progress: Callable[[int], None] = lambda _: None,
) -> None:
    """Embed and store the documents of a corpus; ``progress`` is told how many chunks came in."""
    for knowledge in corpus:
        vectors = {}
        for _, _, rows in embed_missing(embedder, catalog.missing_vectors, knowledge.chunks):
            vectors.update(rows)
        store(catalog, knowledge, embedder.identity, vectors)
        progress(len(knowledge.chunks))


def read_queries(folder: Path) -> list[JudgedQuery]:
    """Return the queries with their judgements; a query without judgements is left out.

    Raises:
        UnreadableDocument: a file is missing or malformed.
    """
    judgements: dict[str, dict[str, float]] = {}
    path = folder / "qrels.tsv"
    try:
        rows = path.read_text(encoding="utf-8").splitlines()[1:]
        for row in rows:
            query, passage, gain = row.split("\t")
            judgements.setdefault(query, {})[passage] = float(gain)
    except (OSError, ValueError) as error:
        raise UnreadableDocument(f"{path} is not a table of judgements: {error}.") from error
    return [
        JudgedQuery(row["_id"], row["text"], _kind(row), judgements[row["_id"]])
        for row in _lines(folder / "queries.jsonl")
        if row["_id"] in judgements
    ]


def read_negatives(folder: Path) -> list[JudgedQuery]:
    """Return the questions for codes that do not exist; an empty list where there are none."""
    path = folder / "negatives.jsonl"
    if not path.exists():
        return []
    return [JudgedQuery(row["_id"], row["text"], _kind(row), {}) for row in _lines(path)]


def _kind(row: dict[str, Any]) -> str:
    return str((row.get("metadata") or {}).get("kind", "query"))


def _breadcrumb(title: str, default: str) -> tuple[str, list[str]]:
    document, *sections = title.split(" - ")
    if not sections:
        return default, [part for part in re.split(r"\s+>\s+", title) if part]
    return document, sections


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    try:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield _row(line, f"{path}, line {number}")
    except UnicodeDecodeError as error:
        raise UnreadableDocument(f"{path} is not in UTF-8: {error}. Save it again.") from error
    except OSError as error:
        raise UnreadableDocument(
            f"{path} cannot be read: {error.strerror}. A benchmark folder holds corpus.jsonl, "
            "queries.jsonl and qrels.tsv."
        ) from error


def _row(line: str, place: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise UnreadableDocument(f"{place}: {error}. Write one JSON object a line.") from error
    if not isinstance(row, dict) or not {"_id", "text"} <= row.keys():
        raise UnreadableDocument(f"{place} is no object with '_id' and 'text'. Add them.")
    return row
