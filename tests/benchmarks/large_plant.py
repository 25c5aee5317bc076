"""A plant of many machines: the sample manuals and copies of them under other names.

Only speed and memory are measured on it, so the vectors of the copies are those of the originals
with some noise instead of embeddings of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from index.catalog import Catalog
from index.corpus import Chunk, Knowledge
from index.embedding import Embedder, embed_missing
from index.home import hash_text
from index.storing import store
from ingest.chunking import cut
from ingest.code_extraction import find_codes
from ingest.reading import read_file
from ingest.safety import find_messages
from ingest.tagging import Stated, describe

_SEED = 7
_NOISE = 0.02  # of each component; components are some 0.05 in size


def fill(catalog: Catalog, embedder: Embedder, manuals: Sequence[Path], chunks: int) -> int:
    """Store manuals and copies until there are as many chunks; return how many there are."""
    chance = np.random.default_rng(_SEED)
    originals = [_read(path, embedder, catalog) for path in manuals]
    count = copy = 0
    while count < chunks:
        for knowledge, vectors in originals:
            made, near = knowledge, vectors
            if copy:
                made, near = _copy(knowledge, vectors, copy, chance)
            store(catalog, made, embedder.identity, near)
            count += len(made.chunks)
        copy += 1
    return count


def _read(
    path: Path, embedder: Embedder, catalog: Catalog
) -> tuple[Knowledge, dict[str, np.ndarray]]:
    document = describe(read_file(path), path, Stated())
    chunks, sections = cut(document.blocks)
    safety, chunks = find_messages(document.blocks, chunks, sections)
    vectors: dict[str, np.ndarray] = {}
    for _, _, rows in embed_missing(embedder, catalog.missing_vectors, chunks):
        vectors.update(rows)
    codes = find_codes(chunks, document.title)
    source = str(path)
    return Knowledge(document, chunks, sections, safety, codes, source, source), vectors


def _copy(
    knowledge: Knowledge,
    vectors: dict[str, np.ndarray],
    number: int,
    chance: np.random.Generator,
) -> tuple[Knowledge, dict[str, np.ndarray]]:
    """The manual of another machine: its model and document number are new in every text."""
    document = knowledge.document
    model = document.models[0]
    name = f"{model}X{number}"

    def renamed(text: str) -> str:
        return text.replace(model, name)

    chunks = [_renamed(chunk, renamed) for chunk in knowledge.chunks]
    near: dict[str, np.ndarray] = {}
    for old, new in zip(knowledge.chunks, chunks, strict=True):
        for before, after in zip(old.embedded_texts, new.embedded_texts, strict=True):
            original = vectors[hash_text(before)]
            vector = original + chance.normal(0, _NOISE, original.shape)
            near[hash_text(after)] = (vector / np.linalg.norm(vector)).astype(np.float32)
    title, label = renamed(document.title), f"{document.number}-{number}"
    made = replace(
        knowledge,
        document=replace(document, title=title, number=label, models=(name,), assets=()),
        chunks=chunks,
        codes=find_codes(chunks, title),
        source=f"{knowledge.source}#{number}",
        content_hash=f"{knowledge.content_hash}#{number}",
    )
    return made, near


def _renamed(chunk: Chunk, renamed: Callable[[str], str]) -> Chunk:
    return replace(
        chunk,
        heading_path=tuple(map(renamed, chunk.heading_path)),
        sentences=tuple(
            replace(
                sentence,
                text=renamed(sentence.text),
                cells=tuple(map(renamed, sentence.cells)),
            )
            for sentence in chunk.sentences
        ),
    )
