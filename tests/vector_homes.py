"""Homes with many vectors, and what a search in them must find by brute force."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import sqlalchemy as sa

from index import tables
from index.catalog import Catalog
from index.chunk_rows import remove_chunks
from index.database import open_engine, writing
from index.dense import DenseIndex
from index.home import Home
from tests.benchmarks.vector_plant import fill

EMBEDDER = "clusters:16"
DIMENSION = 16
FLAT_MOST = 100
CLUSTERS = 40


def clustered(count: int, seed: int = 1) -> np.ndarray:
    """Unit vectors around a few centres (float32, shape (count, DIMENSION))."""
    chance = np.random.default_rng(seed)
    centres = np.random.default_rng(0).normal(size=(CLUSTERS, DIMENSION))
    rows = centres[chance.integers(0, CLUSTERS, count)] + chance.normal(0, 0.3, (count, DIMENSION))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows.astype(np.float32)


def open_catalog(home: Home) -> Catalog:
    """A catalog object of its own on the knowledge of a home."""
    return Catalog(open_engine(home.knowledge, tables.MIGRATIONS))


def large(home: Home, count: int = 600, documents: int = 12) -> Catalog:
    """Fill a home with chunks whose vectors are clustered."""
    catalog = open_catalog(home)
    texts = [f"text {number}" for number in range(count)]
    fill(catalog, EMBEDDER, texts, clustered(count), chunks=count, documents=documents)
    return catalog


def open_dense(
    catalog: Catalog, cache: Path | None, flat_most: int = FLAT_MOST, embedder: str = EMBEDDER
) -> DenseIndex:
    """Dense search over it."""
    return DenseIndex(catalog, embedder, DIMENSION, cache, flat_most)


def add(catalog: Catalog, vectors: np.ndarray, revision: int = 1) -> list[int]:
    """Put further chunks into a revision; return their ids."""
    with writing(catalog.engine) as connection:
        last = connection.scalar(sa.select(sa.func.max(tables.change.c.chunk_id))) or 0
        for number, row in enumerate(vectors, start=last + 1):
            connection.execute(
                tables.chunk.insert().values(
                    id=number,
                    revision_id=revision,
                    ordinal=number,
                    kind="text",
                    section=0,
                    heading_path=[],
                    key="",
                    search_text=f"new {number}",
                    sentences=[],
                )
            )
            values = {"content_hash": f"new {number}"}
            connection.execute(tables.embedded_text.insert().values(chunk_id=number, **values))
            connection.execute(
                tables.vector.insert().values(**values, embedder=EMBEDDER, data=row.tobytes())
            )
            connection.execute(tables.change.insert().values(chunk_id=number, operation="add"))
    return list(range(last + 1, last + 1 + len(vectors)))


def remove(catalog: Catalog, chunk_ids: Sequence[int]) -> None:
    """Take chunks out, as a deletion does."""
    with writing(catalog.engine) as connection:
        remove_chunks(connection, chunk_ids)


@dataclass(frozen=True)
class Held:
    """All vectors that SQL has: chunk ids, revision ids and rows, side by side."""

    chunks: np.ndarray
    revisions: np.ndarray
    rows: np.ndarray

    def nearest(self, query: np.ndarray, k: int, revisions: Sequence[int]) -> dict[int, float]:
        """The k nearest chunks of some revisions with their cosines, by looking at each."""
        at = np.flatnonzero(np.isin(self.revisions, list(revisions)))
        scores = self.rows[at] @ query
        best = np.argsort(-scores, kind="stable")[:k]
        return dict(zip(self.chunks[at][best].tolist(), scores[best].tolist(), strict=True))

    def cosine(self, query: np.ndarray, chunk: int) -> float:
        """The cosine of one chunk."""
        return float(self.rows[int(np.flatnonzero(self.chunks == chunk)[0])] @ query)


def held(catalog: Catalog) -> Held:
    """All vectors that SQL has now."""
    query = (
        sa.select(tables.chunk.c.id, tables.chunk.c.revision_id, tables.vector.c.data)
        .join(tables.embedded_text, tables.embedded_text.c.chunk_id == tables.chunk.c.id)
        .join(tables.vector, tables.vector.c.content_hash == tables.embedded_text.c.content_hash)
    )
    with catalog.engine.connect() as connection:
        found = connection.execute(query).all()
    rows = np.frombuffer(b"".join(row[2] for row in found), np.float32).reshape(-1, DIMENSION)
    return Held(np.array([row[0] for row in found]), np.array([row[1] for row in found]), rows)


def faults(dense: DenseIndex, catalog: Catalog, questions: int = 3) -> list[str]:
    """How dense search differs from what SQL holds; nothing where it does not."""
    dense.follow()
    everything = held(catalog)
    found: list[str] = []
    if len(dense) != len(everything.chunks):
        found.append(f"dense search holds {len(dense)} chunks, SQL {len(everything.chunks)}")
    revisions = sorted(set(everything.revisions.tolist()))
    for query in clustered(questions, seed=9):
        for scope in (revisions, revisions[:1], revisions[2:5], [10**6]):
            expected = everything.nearest(query, 7, scope)
            got = dense.search(query, 7, scope)
            same = np.allclose(list(got.values()), list(expected.values()), atol=1e-5)
            if list(got) != list(expected) or not same:
                found.append(f"of {len(scope)} revisions {got} instead of {expected}")
    ids = [*everything.chunks[:5].tolist(), 10**9]
    query = clustered(1, seed=3)[0]
    right = {chunk: everything.cosine(query, chunk) for chunk in ids[:-1]}
    cosines = dense.cosines(query, ids)
    if cosines.keys() != right.keys() or any(abs(cosines[i] - right[i]) > 1e-5 for i in right):
        found.append(f"the cosines are {cosines} instead of {right}")
    if dense.known(ids) != ids[:-1]:
        found.append(f"{dense.known(ids)} are known of {ids}")
    return found
