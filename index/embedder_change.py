"""Go over to another embedder: its vectors are made beside the old ones, which serve meanwhile.

Search uses the embedder of the settings as soon as every text has its vector. Until then questions
are embedded by the one that was used before, if it can still be opened; where it cannot, search by
meaning stands still and search by words serves alone.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import sqlalchemy as sa

from index import tables
from index.catalog import Catalog
from index.chunk_rows import batches, put_vectors, unpack_sentences
from index.corpus import Chunk
from index.database import writing
from index.embedding import Embedder
from index.errors import KnowledgeError
from index.home import hash_text

logger = logging.getLogger(__name__)

_REMEMBERED = "embedders.json"
_CHUNKS_AT_ONCE = 256

Open = Callable[[dict[str, str]], Embedder]
"""Opens an embedder by the settings that named it."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of how many texts of chunks an embedder has a vector."""

    embedder: str
    embedded: int
    texts: int

    @property
    def is_complete(self) -> bool:
        """Whether search with it misses nothing."""
        return self.embedded == self.texts


def coverages(catalog: Catalog) -> list[Coverage]:
    """How far each embedder that has vectors has come, the furthest first."""
    text, vector = tables.embedded_text.c, tables.vector.c
    query = (
        sa.select(vector.embedder, sa.func.count())
        .select_from(tables.embedded_text)
        .join(tables.vector, vector.content_hash == text.content_hash)
        .group_by(vector.embedder)
    )
    with catalog.engine.connect() as connection:
        texts = connection.scalar(sa.select(sa.func.count()).select_from(tables.embedded_text)) or 0
        found = [Coverage(name, count, texts) for name, count in connection.execute(query)]
    return sorted(found, key=lambda coverage: -coverage.embedded)


def remember(cache: Path, identity: str, settings: dict[str, str]) -> None:
    """Note the settings that named an embedder, so that it can be opened after they changed."""
    known = _remembered(cache)
    if known.get(identity) != settings:
        _write(cache, {**known, identity: settings})


def _write(cache: Path, known: dict[str, dict[str, str]]) -> None:
    draft = cache / f"{_REMEMBERED}.part"
    try:
        draft.write_text(json.dumps(known, indent=1), encoding="utf-8")
        draft.replace(cache / _REMEMBERED)
    except OSError as error:  # the next start notes it
        logger.warning("%s cannot be written: %s", cache / _REMEMBERED, error)


def _remembered(cache: Path) -> dict[str, dict[str, str]]:
    try:
        found = json.loads((cache / _REMEMBERED).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def choose(catalog: Catalog, wanted: Embedder, cache: Path, opened: Open) -> Embedder:
    """Return what to search with: the wanted embedder, or the one before while that is incomplete.

    Where the one before cannot be opened, a :class:`Silent` one is returned.
    """
    known = _remembered(cache)
    if not known.keys() - {wanted.identity}:
        return wanted  # this home has known no other one; counting its vectors would take time
    found = coverages(catalog)
    own = next((c for c in found if c.embedder == wanted.identity), None)
    if not found or (own is not None and own.is_complete):
        _write(cache, {wanted.identity: known[wanted.identity]} if wanted.identity in known else {})
        return wanted
    for coverage in found:
        if own is not None and coverage.embedded <= own.embedded:
            break
        if coverage.embedder == wanted.identity or coverage.embedder not in known:
            continue
        try:
            before = opened(known[coverage.embedder])
        except KnowledgeError as error:
            logger.warning("the embedder %s cannot be opened: %s", coverage.embedder, error)
            continue
        if before.identity == coverage.embedder:
            return before
    return Silent(wanted) if own is None or 2 * own.embedded < own.texts else wanted


class Silent:
    """Stands for an embedder that has too few vectors to search with: nothing is near anything."""

    def __init__(self, wanted: Embedder) -> None:
        self.identity = f"none, until {wanted.identity} is complete"
        self.dimension = wanted.dimension
        self.is_english = wanted.is_english

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        """Return zeros (float32, shape (len(texts), dimension))."""
        return np.zeros((len(texts), self.dimension), np.float32)


def embed_all(
    catalog: Catalog, embedder: Embedder, progress: Callable[[int], None] = lambda _: None
) -> tuple[int, int]:
    """Make the vectors that an embedder lacks; return how many were made, and how many cannot be.

    Each piece is one short transaction, so that it may be stopped at any time. A vector cannot be
    made where this version cuts the text of a chunk in another way than the one that stored it;
    such a document is to be ingested again. ``progress`` is called with how many are made.
    """
    made = unknown = 0
    for wanted, texts in _missing(catalog, embedder.identity):
        unknown += len(wanted - texts.keys())
        keys = [key for key in texts if key in wanted]
        if not keys:
            continue
        vectors = embedder.embed([texts[key] for key in keys])
        text = tables.embedded_text.c
        with writing(catalog.engine) as connection:
            used = set(
                connection.scalars(sa.select(text.content_hash).where(text.content_hash.in_(keys)))
            )  # what was deleted meanwhile is left alone
            put_vectors(
                connection,
                embedder.identity,
                {key: row for key, row in zip(keys, vectors, strict=True) if key in used},
            )
        made += len(keys)
        progress(made)
    return made, unknown


def sample_texts(catalog: Catalog, most: int) -> list[str]:
    """Search texts of up to so many chunks, spread over all."""
    chunk = tables.chunk.c
    with catalog.engine.connect() as connection:
        ids = list(connection.scalars(sa.select(chunk.id).order_by(chunk.id)))
        chosen = ids[:: max(1, len(ids) // most)][:most]
        found: list[str] = []
        for part in batches(chosen, 500):
            found += connection.scalars(
                sa.select(chunk.search_text).where(chunk.id.in_(part)).order_by(chunk.id)
            )
    return list(dict.fromkeys(found))


def _missing(catalog: Catalog, embedder: str) -> Iterator[tuple[set[str], dict[str, str]]]:
    """Yield, chunks at once, the hashes that lack a vector and the texts by their hashes."""
    chunk, text, vector = tables.chunk.c, tables.embedded_text.c, tables.vector.c
    has_vector = sa.exists().where(
        vector.content_hash == text.content_hash, vector.embedder == embedder
    )
    last = 0
    while True:
        query = (
            sa.select(chunk.id, chunk.heading_path, chunk.sentences, chunk.search_text)
            .where(chunk.id > last)
            .order_by(chunk.id)
            .limit(_CHUNKS_AT_ONCE)
        )
        with catalog.engine.connect() as connection:
            rows = connection.execute(query).all()
            if not rows:
                return
            first, last = rows[0].id, rows[-1].id
            wanted = set(
                connection.scalars(
                    sa.select(text.content_hash).where(
                        text.chunk_id >= first, text.chunk_id <= last, ~has_vector
                    )
                )
            )
        if wanted:
            texts = [form for row in rows for form in _texts(row)]
            yield wanted, {hash_text(form): form for form in texts}


def _texts(row: Any) -> tuple[str, ...]:
    """All texts that may have been embedded of a chunk; the hashes tell which ones were."""
    sentences = unpack_sentences(row.sentences)
    if not sentences:
        return (row.search_text,)
    chunk = Chunk(0, 0, tuple(row.heading_path), sentences, opens_section=True)
    return (row.search_text, *chunk.embedded_texts)
