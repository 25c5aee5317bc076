"""Exact dense search over unit vectors in memory.

It holds all vectors of a small plant, and of a large one what came in after its generation file.
FAISS gives no promise about adding while searching, so a lock separates the two. Only this module
and :mod:`index.vector_lists` know FAISS.
"""

# FAISS adds constructors in Python that its type stubs do not know; hence the two ignores.
from __future__ import annotations

import threading

import faiss
import numpy as np

# One thread a search: with a second OpenMP thread on a busy machine, a flat search of 20,000
# vectors was measured to take 20 times as long, not half.
faiss.omp_set_num_threads(1)


class VectorIndex:
    """Vectors of chunks, one or more a chunk; the score is a cosine for unit vectors.

    A removed vector stays in FAISS, masked, until a quarter of all are; then they are dropped.
    """

    def __init__(self, dimension: int) -> None:
        self._dimension = dimension
        self._lock = threading.Lock()
        self._clear()

    def _clear(self) -> None:
        self._index = faiss.IndexFlatIP(self._dimension)
        self._chunk_of = np.zeros(0, np.int64)  # by position in the FAISS index
        self._revision_of = np.zeros(0, np.int64)  # 0 marks a removed vector
        self._positions: dict[int, list[int]] = {}
        self._most = 1  # vectors of one chunk, at most

    def __len__(self) -> int:
        return len(self._positions)

    @property
    def rows(self) -> int:
        """How many vectors there are, removed ones that are not dropped yet among them."""
        return len(self._chunk_of)

    def add(self, chunk_ids: np.ndarray, revision_ids: np.ndarray, vectors: np.ndarray) -> None:
        """Add vectors (float32, shape (n, dimension)); chunks that are there are ignored."""
        with self._lock:
            fresh = np.array([i not in self._positions for i in chunk_ids.tolist()], bool)
            self._append(chunk_ids[fresh], revision_ids[fresh], vectors[fresh])

    def _append(self, chunk_ids: np.ndarray, revisions: np.ndarray, vectors: np.ndarray) -> None:
        start = len(self._chunk_of)
        self._index.add(np.ascontiguousarray(vectors, np.float32))
        self._chunk_of = np.concatenate([self._chunk_of, chunk_ids])
        self._revision_of = np.concatenate([self._revision_of, revisions])
        for position, chunk_id in enumerate(chunk_ids.tolist(), start=start):
            positions = self._positions.setdefault(chunk_id, [])
            positions.append(position)
            self._most = max(self._most, len(positions))

    def remove(self, chunk_ids: np.ndarray) -> None:
        """Remove the vectors of chunks; unknown ids are ignored."""
        with self._lock:
            for chunk_id in chunk_ids.tolist():
                self._revision_of[self._positions.pop(chunk_id, [])] = 0
            kept = np.flatnonzero(self._revision_of)
            if len(kept) < 0.75 * len(self._revision_of):
                chunks, revisions = self._chunk_of[kept], self._revision_of[kept]
                vectors = self._index.reconstruct_batch(kept)
                self._clear()
                self._append(chunks, revisions, vectors)

    def known(self, chunk_ids: list[int]) -> list[int]:
        """Return those of these chunks that have a vector here."""
        with self._lock:
            return [chunk_id for chunk_id in chunk_ids if chunk_id in self._positions]

    def search(self, vector: np.ndarray, k: int, revision_ids: list[int]) -> dict[int, float]:
        """Return the k nearest chunks of these revisions with the cosine of their best vector.

        The restriction is applied before the search, so that k chunks come back whenever the
        revisions hold as many.
        """
        with self._lock:
            if not self._positions:
                return {}
            allowed = np.isin(self._revision_of, np.asarray(revision_ids, np.int64))
            allowed &= self._revision_of > 0
            bitmap = np.packbits(allowed, bitorder="little")
            selector = faiss.IDSelectorBitmap(bitmap)  # type: ignore[arg-type, call-arg]
            parameters = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
            query = vector.reshape(1, -1).astype(np.float32)
            scores, positions = self._index.search(query, self._most * k, params=parameters)
            found: dict[int, float] = {}
            for position, score in zip(positions[0].tolist(), scores[0].tolist(), strict=True):
                if position >= 0:
                    found.setdefault(int(self._chunk_of[position]), score)
        return dict(list(found.items())[:k])

    def cosines(self, vector: np.ndarray, chunk_ids: list[int]) -> dict[int, float]:
        """Return the cosine of the best vector of each of these chunks, unknown ids left out."""
        with self._lock:
            known = [(i, p) for i in chunk_ids for p in self._positions.get(i, ())]
            if not known:
                return {}
            rows = self._index.reconstruct_batch(np.array([p for _, p in known], np.int64))
        scores = rows @ vector.astype(np.float32)
        best: dict[int, float] = {}
        for (chunk_id, _), score in zip(known, scores.tolist(), strict=True):
            best[chunk_id] = max(score, best.get(chunk_id, score))
        return best
