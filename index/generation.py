"""A generation: the vectors of a large plant as they were at one change of SQL, checked and ready.

It never changes. What came after it is held beside it, and rows that are gone are masked by who
asks. Scores are the cosines of the stored float32 vectors whatever way the rows were found.
"""

from __future__ import annotations

import fcntl
import os
import weakref
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from index.errors import CacheError
from index.vector_files import (
    CHUNKS,
    LISTS,
    MANIFEST,
    REVISIONS,
    ROWS,
    RowFile,
    check_file,
    joined,
    read_manifest,
    read_numbers,
)
from index.vector_lists import VectorLists

EXACT_ROWS = 8_192
"""A filter that leaves no more rows than this is answered from all of them, in float32."""

_BLOCK = 1_024  # rows at once: with more, the matrix library starts threads that cost more
_WIDE = 0.5  # share of the rows above which a filter does not change where the nearest lie
_KEPT_FILTERS = 8

Scored = tuple[np.ndarray, np.ndarray]
"""Positions of rows (int64) and their cosines (float32), the best first."""


class Generation:
    """The rows of one folder, in the order of their revisions."""

    def __init__(self, folder: Path) -> None:
        """Open a folder after reading all of it and comparing it with its manifest.

        As long as this lives, the folder is marked as read, so that nobody removes it.

        Raises:
            CacheError: something in it is missing or was changed, or it vanished meanwhile.
        """
        self.name = folder.name
        try:
            mark = os.open(folder / MANIFEST, os.O_RDONLY)
            self._let_go = weakref.finalize(self, os.close, mark)
            fcntl.flock(mark, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError as error:
            raise CacheError(f"{folder / MANIFEST} cannot be read: {error}") from error
        self.manifest = manifest = read_manifest(folder)
        self.chunk_of = read_numbers(folder, CHUNKS, manifest)
        pairs = read_numbers(folder, REVISIONS, manifest).reshape(-1, 2)
        self._revisions = np.ascontiguousarray(pairs[:, 0])
        self._starts = np.concatenate([[0], np.cumsum(pairs[:, 1])]).astype(np.int64)
        for name in (ROWS, LISTS):
            if name in manifest.files:
                check_file(folder, name, manifest)
        if len(self.chunk_of) != manifest.rows or self._starts[-1] != manifest.rows:
            raise CacheError(f"{folder} holds other rows than its manifest states")
        self._order = np.argsort(self.chunk_of, kind="stable").astype(np.int32)
        self._rows = RowFile(folder / ROWS, manifest.dimension)
        self._lists: VectorLists | None = None
        if manifest.lists:
            self._lists = VectorLists.open(folder / LISTS, manifest.rows, manifest.dimension)
        self._most = self._most_rows_of_a_chunk()
        # Bitmaps of the filters that were asked with last, each with the mask that is in it.
        self._filters: dict[bytes, tuple[np.ndarray | None, np.ndarray]] = {}

    def __len__(self) -> int:
        return len(self.chunk_of)

    def close(self) -> None:
        """Let go of the files; nothing may be asked any more."""
        self._rows.close()
        self._let_go()

    def _most_rows_of_a_chunk(self) -> int:
        if not len(self):
            return 1
        chunks = self.chunk_of[self._order]
        apart = np.concatenate([[0], np.flatnonzero(np.diff(chunks)) + 1, [len(chunks)]])
        return int(np.diff(apart).max())

    def positions(self, chunk_ids: np.ndarray) -> np.ndarray:
        """Return where the rows of these chunks (int64) stand; unknown ids are left out."""
        wanted = np.unique(chunk_ids)
        first = np.searchsorted(self.chunk_of, wanted, "left", sorter=self._order)
        behind = np.searchsorted(self.chunk_of, wanted, "right", sorter=self._order)
        counts = behind - first
        offset = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        found: np.ndarray = self._order[np.repeat(first, counts) + offset].astype(np.int64)
        return found

    def known(self, chunk_ids: np.ndarray) -> np.ndarray:
        """Tell for each of these chunks whether it has a row (bool, shape (n,))."""
        first = np.searchsorted(self.chunk_of, chunk_ids, "left", sorter=self._order)
        inside = np.minimum(first, max(len(self) - 1, 0))
        if not len(self):
            return np.zeros(len(chunk_ids), bool)
        is_known: np.ndarray = self.chunk_of[self._order[inside]] == chunk_ids
        return is_known

    def rows_at(self, positions: np.ndarray) -> np.ndarray:
        """Return the vectors at these positions (int64, shape (n,)).

        Raises:
            CacheError: the file was cut off since it was checked.
        """
        return self._rows.take(positions)

    def search(
        self, query: np.ndarray, k: int, revision_ids: Sequence[int], gone: np.ndarray | None
    ) -> dict[int, float]:
        """Return the k nearest chunks of these revisions with the cosine of their best row.

        ``query`` is float32 of shape (dimension,). ``gone`` (bool, shape (rows,)) marks rows that
        are passed over. Where the filter leaves few rows, or there are no lists, every row that it
        leaves is looked at.

        Raises:
            CacheError: a file was cut off since it was checked.
        """
        spans = self._spans(revision_ids)
        left = int((spans[:, 1] - spans[:, 0]).sum())
        if self._lists is None or left <= EXACT_ROWS:
            return self._best(*self.exact(query, k * self._most, spans, gone), k)
        wanted = k + k // 2 + 16
        while True:
            found = self.probed(query, wanted, spans, gone)
            best = self._best(*found, k)
            if len(best) == k or len(found[0]) < wanted:
                return best
            wanted *= 2  # several rows of the same chunks stood in front

    def exact(
        self, query: np.ndarray, k: int, spans: np.ndarray, gone: np.ndarray | None
    ) -> Scored:
        """The k nearest rows of some spans, by looking at each."""
        positions, scores = [np.empty(0, np.int64)], [np.empty(0, np.float32)]
        for some in _blocks(spans):
            found = self._rows.spans(some) @ query
            at = _members(some)
            if gone is not None:
                alive = ~gone[at]
                found, at = found[alive], at[alive]
            if len(found) > k:
                best = np.argpartition(-found, k - 1)[:k]
                found, at = found[best], at[best]
            positions.append(at)
            scores.append(found)
        return _sorted(np.concatenate(positions), np.concatenate(scores), k)

    def probed(
        self,
        query: np.ndarray,
        k: int,
        spans: np.ndarray,
        gone: np.ndarray | None,
        probes: int | None = None,
    ) -> Scored:
        """About the k nearest rows of some spans through the lists, with their true cosines.

        Of a filter that leaves less than half, the nearest rows may lie in any list, so each list
        is looked into: what the filter takes out costs next to nothing there.
        """
        assert self._lists is not None  # who has none searches exactly
        left = int((spans[:, 1] - spans[:, 0]).sum())
        if probes is None:
            is_wide = left >= _WIDE * len(self)
            probes = self.manifest.probes if is_wide else self._lists.count
        allowed = None
        if left < len(self) or gone is not None:
            allowed = self._bitmap(spans, gone)
        positions = self._lists.nearest(query, k, probes, allowed)
        return _sorted(positions, self._rows.take(positions) @ query, k)

    @property
    def whole(self) -> np.ndarray:
        """The span of all rows."""
        return np.array([[0, len(self)]], np.int64)

    def _spans(self, revision_ids: Sequence[int]) -> np.ndarray:
        wanted = np.unique(np.asarray(revision_ids, np.int64))
        at = np.searchsorted(self._revisions, wanted)
        inside = at < len(self._revisions)
        at = at[inside][self._revisions[at[inside]] == wanted[inside]]
        return joined(np.stack([self._starts[at], self._starts[at + 1]], axis=1))

    def _bitmap(self, spans: np.ndarray, gone: np.ndarray | None) -> np.ndarray:
        # Most questions are asked with the same few filters.
        key = spans.tobytes()
        kept = self._filters.get(key)
        if kept is not None and kept[0] is gone:
            return kept[1]
        allowed = np.zeros(len(self), bool)
        for start, stop in spans.tolist():
            allowed[start:stop] = True
        if gone is not None:
            allowed &= ~gone
        bitmap = np.packbits(allowed, bitorder="little")
        if len(self._filters) >= _KEPT_FILTERS:
            self._filters = {}
        self._filters[key] = (gone, bitmap)
        return bitmap

    def _best(self, positions: np.ndarray, scores: np.ndarray, k: int) -> dict[int, float]:
        found: dict[int, float] = {}
        for chunk, score in zip(self.chunk_of[positions].tolist(), scores.tolist(), strict=True):
            found.setdefault(chunk, score)
            if len(found) == k:
                break
        return found


def _sorted(positions: np.ndarray, scores: np.ndarray, k: int) -> Scored:
    order = np.argsort(-scores, kind="stable")[:k]
    return positions[order], scores[order]


def _members(spans: np.ndarray) -> np.ndarray:
    """The positions in some spans, one after the other."""
    return np.concatenate(
        [np.empty(0, np.int64), *(np.arange(start, stop) for start, stop in spans.tolist())]
    )


def _blocks(spans: np.ndarray) -> list[np.ndarray]:
    """Cut spans so that no part holds more rows than may be in memory at once."""
    parts: list[np.ndarray] = []
    part: list[tuple[int, int]] = []
    room = _BLOCK
    for start, stop in spans.tolist():
        while start < stop:
            end = min(stop, start + room)
            part.append((start, end))
            room -= end - start
            start = end
            if not room:
                parts.append(np.array(part, np.int64))
                part, room = [], _BLOCK
    if part:
        parts.append(np.array(part, np.int64))
    return parts
