"""Dense search over unit vectors in memory: the only module that knows FAISS.

The index is built from SQL at open and is exact. FAISS gives no promise about adding while
searching, so a lock separates the two.
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
    """Chunk ids with their vectors; the score is the inner product, a cosine for unit vectors."""

    def __init__(self, dimension: int) -> None:
        self._index = faiss.IndexIDMap2(faiss.IndexFlatIP(dimension))
        self._revision_of = np.zeros(1, np.int64)  # by chunk id; 0 is no revision
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def add(self, chunk_ids: np.ndarray, revision_ids: np.ndarray, vectors: np.ndarray) -> None:
        """Add vectors (float32, shape (n, dimension)); ids that are there already are ignored."""
        with self._lock:
            self._grow(int(chunk_ids.max(initial=0)))
            fresh = self._revision_of[chunk_ids] == 0
            if fresh.any():
                self._index.add_with_ids(
                    np.ascontiguousarray(vectors[fresh], np.float32), chunk_ids[fresh]
                )
                self._revision_of[chunk_ids[fresh]] = revision_ids[fresh]

    def remove(self, chunk_ids: np.ndarray) -> None:
        """Remove vectors; unknown ids are ignored."""
        with self._lock:
            self._grow(int(chunk_ids.max(initial=0)))
            self._revision_of[chunk_ids] = 0
            self._index.remove_ids(faiss.IDSelectorBatch(chunk_ids))

    def _grow(self, largest: int) -> None:
        if largest >= len(self._revision_of):
            grown = np.zeros(max(largest + 1, 2 * len(self._revision_of)), np.int64)
            grown[: len(self._revision_of)] = self._revision_of
            self._revision_of = grown

    def search(self, vector: np.ndarray, k: int, revision_ids: list[int]) -> dict[int, float]:
        """Return the k nearest chunks of these revisions with their cosine.

        The restriction is applied before the search, so that k chunks come back whenever the
        revisions hold as many.
        """
        with self._lock:
            allowed = np.isin(self._revision_of, np.asarray(revision_ids, np.int64))
            allowed[0] = False
            bitmap = np.packbits(allowed, bitorder="little")
            selector = faiss.IDSelectorBitmap(bitmap)  # type: ignore[arg-type, call-arg]
            parameters = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
            scores, ids = self._index.search(
                vector.reshape(1, -1).astype(np.float32), k, params=parameters
            )
        return {int(i): float(s) for i, s in zip(ids[0], scores[0], strict=True) if i >= 0}

    def cosines(self, vector: np.ndarray, chunk_ids: list[int]) -> dict[int, float]:
        """Return the cosine of each of these chunks; unknown ids are left out."""
        with self._lock:
            known = [i for i in chunk_ids if i < len(self._revision_of) and self._revision_of[i]]
            if not known:
                return {}
            rows = self._index.reconstruct_batch(np.asarray(known, np.int64))
        return dict(zip(known, (rows @ vector.astype(np.float32)).tolist(), strict=True))
