"""Plants of very many chunks: texts that people wrote, and copies of them with noisy vectors.

Only the first of each text has an embedding of its own. A copy is another row of another document,
with the vector of the first and noise on it, as embedding a million texts would take hours.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import sqlalchemy as sa

from index import tables
from index.catalog import Catalog
from index.database import now, writing
from index.embedding import Embedder
from index.home import hash_text

NOISE = 0.02  # of each component; components are some 0.05 in size
_SEED = 7
_AT_ONCE = 256
_SETS = ("manual_qa_tv", "fault_codes", "similar_tickets")


def real_texts(bench: Path) -> list[str]:
    """The passages, work orders and log entries of the benchmark data, each once."""
    found: dict[str, None] = {}
    for name in _SETS:
        for line in (bench / name / "corpus.jsonl").read_text(encoding="utf-8").splitlines():
            passage = json.loads(line)
            found[f"{passage['title']}\n{passage['text']}"] = None
    for record in json.loads((bench / "maintie" / "gold_release.json").read_text(encoding="utf-8")):
        found[record.get("text") or " ".join(record["tokens"])] = None
    with (bench / "excavators" / "excavators.csv").open(encoding="utf-8", newline="") as file:
        found.update((row[2], None) for row in csv.reader(file) if len(row) > 2)
    aviation = bench / "maintnet_aviation" / "Aircraft_Annotation_DataFile.csv"
    with aviation.open(encoding="utf-8", newline="") as file:
        found.update((cell, None) for row in csv.reader(file) for cell in row[1:] if len(cell) > 12)
    return list(found)


def real_questions(bench: Path) -> list[str]:
    """The questions of the benchmark data."""
    return [
        json.loads(line)["text"]
        for name in _SETS
        for line in (bench / name / "queries.jsonl").read_text(encoding="utf-8").splitlines()
    ]


def embedded(embedder: Embedder, texts: Sequence[str], cache: Path) -> np.ndarray:
    """The vectors of texts (float32, shape (n, dimension)), kept in a folder for the next run."""
    path = cache / f"vectors-{hash_text(embedder.identity + chr(0).join(texts))[:16]}.npy"
    if path.exists():
        kept: np.ndarray = np.load(path, allow_pickle=False)
        return kept
    vectors = np.concatenate(
        [embedder.embed(texts[i : i + _AT_ONCE]) for i in range(0, len(texts), _AT_ONCE)]
    )
    cache.mkdir(parents=True, exist_ok=True)
    np.save(path, vectors, allow_pickle=False)
    return vectors


def blocks(vectors: np.ndarray, count: int) -> Iterator[np.ndarray]:
    """Yield ``count`` rows: the vectors themselves, then copies with noise, in blocks."""
    chance = np.random.default_rng(_SEED)
    for start in range(0, count, len(vectors)):
        block = vectors[: count - start]
        if start:
            block = block + chance.normal(0, NOISE, block.shape).astype(np.float32)
            block /= np.linalg.norm(block, axis=1, keepdims=True)
        yield block


def fill(
    catalog: Catalog,
    embedder: str,
    texts: Sequence[str],
    vectors: np.ndarray,
    *,
    chunks: int,
    documents: int,
) -> None:
    """Write documents of equally many chunks straight into the tables."""
    with writing(catalog.engine) as connection:
        revisions = [_document(connection, number) for number in range(documents)]
    at = 0
    for copy, block in enumerate(blocks(vectors, chunks)):
        with writing(catalog.engine) as connection:
            named = [text if not copy else f"{text} [{copy}]" for text in texts[: len(block)]]
            _chunks(connection, embedder, named, block, at, revisions, chunks)
        at += len(block)


def _document(connection: sa.Connection, number: int) -> int:
    title = f"Plant manual {number}"
    document = connection.execute(
        tables.document.insert().values(
            identity=title, number="", title=title, kind="manual", site=None
        )
    )
    revision = connection.execute(
        tables.revision.insert().values(
            document_id=document.inserted_primary_key[0],  # type: ignore[index]
            label="",
            date="",
            status="approved",
            language="en",
            content_hash=hash_text(title),
            source=title,
            original="",
            ingested_at=now(),
            report={},
        )
    )
    return int(revision.inserted_primary_key[0])  # type: ignore[index]


def _chunks(
    connection: sa.Connection,
    embedder: str,
    texts: Sequence[str],
    vectors: np.ndarray,
    at: int,
    revisions: Sequence[int],
    chunks: int,
) -> None:
    ids = range(at + 1, at + 1 + len(texts))
    hashes = [hash_text(text) for text in texts]
    share = -(-chunks // len(revisions))
    connection.execute(
        tables.chunk.insert(),
        [
            {
                "id": chunk_id,
                "revision_id": revisions[(chunk_id - 1) // share],
                "ordinal": chunk_id,
                "kind": "text",
                "section": 0,
                "heading_path": [],
                "key": "",
                "search_text": text,
                "sentences": [{"text": text, "kind": "paragraph", "page": 1}],
            }
            for chunk_id, text in zip(ids, texts, strict=True)
        ],
    )
    connection.execute(
        tables.embedded_text.insert(),
        [{"chunk_id": i, "content_hash": key} for i, key in zip(ids, hashes, strict=True)],
    )
    connection.execute(
        tables.vector.insert().prefix_with("OR IGNORE"),
        [
            {"content_hash": key, "embedder": embedder, "data": row.tobytes()}
            for key, row in zip(hashes, vectors, strict=True)
        ],
    )
    connection.execute(
        tables.change.insert(), [{"chunk_id": chunk_id, "operation": "add"} for chunk_id in ids]
    )
