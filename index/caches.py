"""The search indexes, kept as fresh as SQL.

Before each search the change sequence is looked at. What is new goes into the vectors in memory
(see :mod:`index.dense`) and into the lexical index on disk; where another process holds the lexical
index's writer lock, the new chunks are searched in a small index in memory instead. Losing any of
this costs time, never data.
"""

from __future__ import annotations

import math
import threading
from pathlib import Path

import numpy as np

from index.catalog import Catalog
from index.chunk_table import ChunkTable
from index.dense import FLAT_MOST, DenseIndex
from index.dense_status import DenseStatus
from index.embedding import Embedder
from index.lexical import LexicalIndex, LexicalScores

LEXICAL_FOLDER = "lexical-1"


class Caches:
    """Dense and lexical search over the chunks of a catalog."""

    def __init__(
        self,
        catalog: Catalog,
        embedder: Embedder,
        folder: Path | None,
        flat_most: int = FLAT_MOST,
    ) -> None:
        """Open the indexes of the folder, or build them from SQL.

        Without a folder both are in memory. Up to ``flat_most`` vectors are always in memory.
        """
        self._catalog = catalog
        self._chunk_table = ChunkTable(catalog.engine)
        self._lock = threading.Lock()
        self._seen = catalog.sequence()
        self._dense = DenseIndex(catalog, embedder.identity, embedder.dimension, folder, flat_most)
        path = folder / LEXICAL_FOLDER if folder is not None else None
        self._lexical = LexicalIndex(path, catalog.uid())
        self._delta: LexicalIndex | None = None
        self._delta_from = 0
        self._follow_lexical(self._seen)

    def __len__(self) -> int:
        return len(self._dense)

    def follow(self) -> None:
        """Take in what has changed in SQL since the last call."""
        last = self._catalog.sequence()
        self._dense.follow(last)
        if last == self._seen:
            return
        with self._lock:
            self._follow_lexical(last)
            self._seen = last

    def settle(self) -> None:
        """Make the generation of vectors that is due, and wait for it."""
        self._dense.settle()

    def status(self) -> DenseStatus:
        """Say what dense search stands on."""
        return self._dense.status()

    def _follow_lexical(self, last: int) -> None:
        if self._lexical.reload() > last and self._lexical.sequence > self._catalog.sequence():
            self._lexical.clear()
        for _ in range(2):  # again where the index was lost, or written elsewhere, meanwhile
            behind = self._lexical.sequence
            if behind >= last:  # above it, another process has written since SQL was looked at
                self._delta = None
                return
            _, added, removed = self._catalog.changes_since(behind)
            rows = self._chunk_table.search_texts(added)
            if self._lexical.update(removed, rows, last):
                self._delta = None
                return
            if self._lexical.sequence == behind:
                break
        behind = self._lexical.sequence
        _, added, removed = self._catalog.changes_since(behind)
        if self._delta is None or self._delta_from != behind:
            self._delta, self._delta_from = LexicalIndex(None, self._catalog.uid()), behind
        self._delta.update(removed, self._chunk_table.search_texts(added), last)

    def dense(self, vector: np.ndarray, k: int, revision_ids: list[int]) -> dict[int, float]:
        """Return the k nearest chunks of these revisions with their cosine."""
        return self._dense.search(vector, k, revision_ids)

    def cosines(self, vector: np.ndarray, chunk_ids: list[int]) -> dict[int, float]:
        """Return the cosine of each of these chunks."""
        return self._dense.cosines(vector, chunk_ids)

    def vectors_of(self, chunk_ids: list[int]) -> list[int]:
        """Return those of these chunks that dense search can find."""
        return self._dense.known(chunk_ids)

    def lexical_chunks(self) -> set[int]:
        """The chunks that lexical search can find."""
        found = self._lexical.chunk_ids()
        return found | self._delta.chunk_ids() if self._delta is not None else found

    def rarity(self, word: str, revision_ids: list[int] | None = None) -> float:
        """Inverse document frequency of a stemmed word (Robertson, Sparck Jones 1976).

        It is above 0 for a word that stands somewhere, and 0 for one that stands nowhere. Where
        revisions are named, only their chunks count, as if there were no others.
        """
        parts = [part for part in (self._lexical, self._delta) if part is not None]
        found = sum(part.frequency(word, revision_ids) for part in parts)
        if not found:
            return 0.0
        if revision_ids is None:
            total = sum(map(len, parts))
        else:
            total = sum(part.count_revisions(revision_ids) for part in parts)
        return math.log(1 + (max(total - found, 0) + 0.5) / (found + 0.5))

    def lexical(self, text: str, k: int, revision_ids: list[int]) -> LexicalScores:
        """Return the best chunks of these revisions by words and by 4-grams.

        Chunks that were removed after the last update may be among them; SQL no longer has them.
        """
        found = self._lexical.search(text, k, revision_ids)
        if self._delta is not None:
            fresh = self._delta.search(text, k, revision_ids)
            found.words.update(fresh.words)
            found.grams.update(fresh.grams)
        return found
