"""Documents of a few sentences, put into a catalog the way ingestion does it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from index.catalog import Catalog
from index.corpus import Chunk, CodeEntry, Document, DocumentKind, Knowledge, Sentence
from index.embedding import Embedder, embed_missing
from index.home import hash_text
from index.storing import store


def small(
    *texts: str,
    title: str = "Press",
    number: str = "",
    revision: str = "",
    date: str = "",
    kind: DocumentKind = "manual",
    models: tuple[str, ...] = (),
    assets: tuple[str, ...] = (),
    site: str | None = None,
    codes: Sequence[CodeEntry] = (),
    keys: Sequence[str] = (),
    source: str = "",
) -> Knowledge:
    """A document with one chunk a text; it has its title as source where none is given."""
    document = Document(
        title,
        kind,
        (),
        number=number,
        revision=revision,
        date=date,
        models=models,
        assets=assets,
        site=site,
    )
    chunks = [
        Chunk(i, 0, (), (Sentence(text, "paragraph", 1),), key=keys[i] if keys else "")
        for i, text in enumerate(texts)
    ]
    content_hash = hash_text(repr((document, texts, source)))
    return Knowledge(
        document,
        chunks,
        codes=codes,
        source=source or title,
        content_hash=content_hash,
        original=f"{content_hash}.pdf",
    )


def vectors_of(
    catalog: Catalog, embedder: Embedder, knowledge: Knowledge
) -> Mapping[str, np.ndarray]:
    """The vectors that the catalog lacks for a document."""
    vectors: dict[str, np.ndarray] = {}
    for _, _, rows in embed_missing(embedder, catalog.missing_vectors, knowledge.chunks):
        vectors.update(rows)
    return vectors


def put(catalog: Catalog, embedder: Embedder, knowledge: Knowledge) -> int:
    """Embed and store a document; return the id of its revision."""
    vectors = vectors_of(catalog, embedder, knowledge)
    return store(catalog, knowledge, embedder.identity, vectors)


def chunk_ids(catalog: Catalog) -> dict[str, int]:
    """The ids of all chunks by their text."""
    with catalog.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT search_text, id FROM chunk ORDER BY id")
        return {text: chunk_id for text, chunk_id in rows}
