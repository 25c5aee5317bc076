"""Vectors in lists by nearness, one byte a component (FAISS IVF-SQ8), for large plants.

A search looks into the lists that are nearest to the question. What comes back is a choice of rows
that holds nearly all of the nearest ones; their true cosines are computed by who asks.
"""

# FAISS adds constructors and forms of its methods in Python that its type stubs do not know; hence
# the ignores.
from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import cast

import faiss
import numpy as np

from index.errors import CacheError

_ITERATIONS = 8
_SAMPLE_PER_LIST = 64  # rows that the centre of a list is learned from
_SEED = 11


def list_count(rows: int) -> int:
    """How many lists so many rows are cut into: the power of 2 nearest to twice the root."""
    return int(2 ** max(2, round(math.log2(2 * math.sqrt(max(rows, 1))))))


def sample_size(rows: int) -> int:
    """How many rows the lists are learned from."""
    return min(rows, _SAMPLE_PER_LIST * list_count(rows))


class VectorLists:
    """Rows under their positions, 0 to n - 1."""

    def __init__(self, index: faiss.IndexIVFScalarQuantizer) -> None:
        self._index = index

    @classmethod
    def learn(cls, sample: np.ndarray, rows: int, go_on: Callable[[], None]) -> VectorLists:
        """Learn the lists from a sample (float32, shape (n, dimension)); there is no row yet.

        ``go_on`` is called every few seconds; what it raises ends the learning.
        """
        dimension, count = sample.shape[1], list_count(rows)
        centres: np.ndarray | None = None
        for number in range(_ITERATIONS):
            go_on()
            step = faiss.Kmeans(
                dimension, count, niter=1, seed=_SEED + number, spherical=True,
                min_points_per_centroid=1, max_points_per_centroid=_SAMPLE_PER_LIST,
            )  # fmt: skip
            step.train(sample, init_centroids=centres)
            centres = step.centroids
        assert centres is not None
        quantizer = faiss.IndexFlatIP(dimension)
        quantizer.add(np.ascontiguousarray(centres, np.float32))
        index = faiss.IndexIVFScalarQuantizer(
            quantizer, dimension, count, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT
        )
        index.own_fields = True
        quantizer.this.disown()  # type: ignore[attr-defined]
        index.train(sample)
        return cls(index)

    @classmethod
    def open(cls, path: Path, rows: int, dimension: int) -> VectorLists:
        """Open a file that was checked before; it is mapped, so it takes memory as it is used.

        Raises:
            CacheError: FAISS does not take it, or it holds something else.
        """
        try:
            index = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC | faiss.IO_FLAG_READ_ONLY)
        except RuntimeError as error:
            raise CacheError(f"{path} cannot be opened: {error}") from error
        fits = isinstance(index, faiss.IndexIVFScalarQuantizer)
        if not fits or (index.ntotal, index.d) != (rows, dimension):
            raise CacheError(f"{path} does not hold the rows that its manifest states")
        return cls(cast("faiss.IndexIVFScalarQuantizer", index))  # as was just found

    @property
    def count(self) -> int:
        """How many lists there are."""
        return int(self._index.nlist)

    def add(self, rows: np.ndarray) -> None:
        """Append rows (float32, shape (n, dimension))."""
        self._index.add(np.ascontiguousarray(rows, np.float32))

    def write(self, write: Callable[[bytes], object]) -> None:
        """Hand the file over piece by piece; what ``write`` raises comes through."""
        faiss.write_index(self._index, faiss.PyCallbackIOWriter(write))  # type: ignore[attr-defined]

    def nearest(
        self, query: np.ndarray, k: int, probes: int, allowed: np.ndarray | None
    ) -> np.ndarray:
        """Return the positions of about the k nearest rows, fewer where there are fewer.

        ``query`` has the shape (dimension,). ``allowed`` is a bitmap (uint8, the lowest bit first)
        of the rows that may come, or None for all.
        """
        selector = None if allowed is None else faiss.IDSelectorBitmap(allowed)  # type: ignore[call-arg, arg-type]
        parameters = faiss.SearchParametersIVF(sel=selector, nprobe=min(probes, self.count))  # type: ignore[call-arg]
        _, found = self._index.search(query.reshape(1, -1), k, params=parameters)
        positions: np.ndarray = found[0]
        return positions[positions >= 0]
