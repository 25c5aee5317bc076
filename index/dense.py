"""Dense search as fresh as SQL: all in memory for a small plant, a generation and a rest for more.

Up to some number of vectors all are in memory, built from SQL at open. Above, most are in a
generation on disk, which is copied from SQL at open where there is none; what came after it is in
memory and what is gone since is masked. A thread makes
the next generation when the rest has grown, or takes over the one that another process has made;
searches go on in what there was until one assignment puts the new in its place.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from index.catalog import Catalog
from index.chunk_table import ChunkTable
from index.dense_status import DenseStatus
from index.errors import CacheError
from index.generation import Generation
from index.generation_upkeep import Upkeep
from index.generations import Generations
from index.vector_rows import count_rows, read_rows, text_hashes
from index.vectors import VectorIndex

logger = logging.getLogger(__name__)

FLAT_MOST = 50_000
"""Vectors up to which all are held in memory."""

_LOOK_EVERY_S = 5.0  # for generations of other processes
_GONE_FOR_S = 6 * 3600.0  # what was deleted leaves the files of a running server within this


@dataclass(frozen=True, slots=True)
class _Parts:
    """What a search looks into. ``gone`` (bool, by row of the generation) is never changed."""

    generation: Generation | None
    gone: np.ndarray | None
    gone_rows: int
    gone_chunks: int
    rest: VectorIndex

    @property
    def chunks(self) -> int:
        return len(self.rest) + (
            self.generation.manifest.chunks - self.gone_chunks if self.generation else 0
        )


class DenseIndex:
    """The vectors of one embedder over the chunks of a catalog."""

    def __init__(
        self,
        catalog: Catalog,
        embedder: str,
        dimension: int,
        cache: Path | None,
        flat_most: int = FLAT_MOST,
    ) -> None:
        """Open the newest generation below ``cache``, or read the vectors from SQL.

        Without a folder everything is in memory, whatever its size. ``flat_most`` is the number of
        vectors up to which it is as well.
        """
        self._catalog = catalog
        self._chunk_table = ChunkTable(catalog.engine)
        self._embedder = embedder
        self._dimension = dimension
        self._flat_most = flat_most
        self._changing = threading.Lock()
        self._fault = ""
        self._looked_at = -math.inf  # what others left is looked after at once
        self._gone_since = time.monotonic()
        self._generations: Generations | None = None
        self._upkeep: Upkeep | None = None
        if cache is not None:
            self._generations = Generations(cache, catalog.uid(), embedder, dimension)
            self._upkeep = Upkeep(catalog, embedder, dimension, self._generations)
        self._parts, self._seen = self._opened()
        self.tend()

    def __len__(self) -> int:
        """How many chunks dense search can find."""
        return self._parts.chunks

    def _opened(self) -> tuple[_Parts, int]:
        if self._generations is not None:
            generation, unfit = self._generations.open_newest()
            if unfit:
                self._fault = f"{next(iter(unfit.values()))}."
            if generation is not None:
                try:
                    return self._after(generation)
                except CacheError as error:
                    self._fault = f"{error}."
            if (plain := self._plain()) is not None:
                return self._after(plain)
        return self._from_sql()

    def _plain(self) -> Generation | None:
        """All vectors of a large plant on disk, so that they do not stand in memory at once."""
        if count_rows(self._catalog.engine, self._embedder) <= self._flat_most:
            return None
        assert self._upkeep is not None  # it is there where there is a folder
        try:
            return self._upkeep.make_plain()
        except (CacheError, OSError) as error:
            logger.warning("all vectors are held in memory: %s", error)
            self._fault = f"No generation of vectors could be written: {error}."
            return None

    def _from_sql(self) -> tuple[_Parts, int]:
        rest = VectorIndex(self._dimension)
        seen = self._catalog.sequence()  # first: what changes from here on is followed
        for chunk_ids, revision_ids, vectors in read_rows(
            self._catalog.engine, self._embedder, self._dimension
        ):
            rest.add(chunk_ids, revision_ids, vectors)
        return _Parts(None, None, 0, 0, rest), seen

    def _after(self, generation: Generation) -> tuple[_Parts, int]:
        """A generation with what has changed since it was made.

        Raises:
            CacheError: SQL has taken another course than the one that the generation was made of.
        """
        manifest = generation.manifest
        last, added, removed = self._catalog.changes_since(manifest.sequence)
        witnesses = {int(chunk_id): found for chunk_id, found in manifest.witnesses.items()}
        alive = witnesses.keys() - {*added, *removed}
        known = text_hashes(self._catalog.engine, sorted(alive))
        if manifest.sequence > last or any(known.get(i) != witnesses[i] for i in alive):
            raise CacheError(
                f"the generation {generation.name} was made of a later state of the database, "
                "which was put back to an earlier one since"
            )
        parts = _Parts(generation, None, 0, 0, VectorIndex(self._dimension))
        return self._changed(parts, added, removed), last

    def _changed(self, parts: _Parts, added: list[int], removed: list[int]) -> _Parts:
        gone_ids = np.asarray(removed, np.int64)
        fresh = np.asarray(added, np.int64)
        generation = parts.generation
        if generation is not None:
            rows = generation.positions(gone_ids)
            if len(rows) and (parts.gone is None or not parts.gone[rows].all()):
                gone = np.zeros(len(generation), bool) if parts.gone is None else parts.gone.copy()
                gone[rows] = True
                if not parts.gone_rows:
                    self._gone_since = time.monotonic()
                chunks = len(np.unique(generation.chunk_of[gone]))
                parts = replace(parts, gone=gone, gone_rows=int(gone.sum()), gone_chunks=chunks)
            fresh = fresh[~generation.known(fresh)]
        parts.rest.add(*self._chunk_table.vectors(fresh.tolist(), self._embedder, self._dimension))
        parts.rest.remove(gone_ids)
        return parts

    def follow(self, sequence: int | None = None) -> None:
        """Take in what has changed in SQL since the last call.

        ``sequence`` is the number of the last change, if the caller has just looked.
        """
        if (self._catalog.sequence() if sequence is None else sequence) != self._seen:
            with self._changing:
                last, added, removed = self._catalog.changes_since(self._seen)
                if last < self._seen:  # SQL was restored from an older state
                    self._parts, self._seen = self._opened()
                else:
                    self._parts = self._changed(self._parts, added, removed)
                    self._seen = last
        self.tend()

    def tend(self) -> None:
        """Let a thread bring the next generation where it is time for one; returns at once."""
        if self._upkeep is None or self._upkeep.is_busy:
            return
        wanted = self._wants_generation()
        now = time.monotonic()
        if not wanted and now < self._looked_at + _LOOK_EVERY_S:
            return
        self._looked_at = now
        generation = self._parts.generation
        name = generation.name if generation is not None else ""
        self._upkeep.start(name, self._take, is_wanted=wanted)

    def settle(self, limit_s: float = 3600.0) -> bool:
        """Wait until no generation is being made; make the one that is due first.

        False if it is not ready in time. For commands and tests: a server goes on meanwhile.
        """
        if self._upkeep is None:
            return True
        self._upkeep.wait(limit_s)
        self._looked_at = -math.inf
        self.follow()
        return self._upkeep.wait(limit_s)

    def _wants_generation(self) -> bool:
        parts = self._parts
        if parts.generation is None:
            return parts.rest.rows > self._flat_most
        if parts.generation.manifest.is_plain:
            return True
        most = max(self._flat_most // 10, min(len(parts.generation) // 10, self._flat_most))
        if parts.rest.rows > most or parts.gone_rows > len(parts.generation) // 5:
            return True
        return parts.gone_rows > 0 and time.monotonic() > self._gone_since + _GONE_FOR_S

    def _take(self, generation: Generation) -> None:
        """Put a generation in the place of what there was.

        Raises:
            CacheError: it was made of another course of history.
        """
        parts, seen = self._after(generation)
        with self._changing:
            last, added, removed = self._catalog.changes_since(seen)
            if last < seen:
                return  # SQL was restored meanwhile, which the next follow() sees
            self._parts, self._seen = self._changed(parts, added, removed), last

    def search(self, vector: np.ndarray, k: int, revision_ids: list[int]) -> dict[int, float]:
        """Return the k nearest chunks of these revisions with the cosine of their best vector."""
        query = np.ascontiguousarray(vector, np.float32).reshape(-1)
        if k < 1 or len(query) != self._dimension:
            return {}
        parts = self._parts
        found = parts.rest.search(query, k, revision_ids)
        if parts.generation is None:
            return found
        try:
            found |= parts.generation.search(query, k, revision_ids, parts.gone)
        except (CacheError, OSError) as error:
            self._leave(parts, error)
            return self.search(vector, k, revision_ids)
        return dict(sorted(found.items(), key=lambda item: -item[1])[:k])

    def cosines(self, vector: np.ndarray, chunk_ids: list[int]) -> dict[int, float]:
        """Return the cosine of the best vector of each of these chunks, unknown ids left out."""
        query = np.ascontiguousarray(vector, np.float32).reshape(-1)
        if len(query) != self._dimension:
            return {}
        parts = self._parts
        found = parts.rest.cosines(query, chunk_ids)
        if parts.generation is None:
            return found
        try:
            at = parts.generation.positions(np.asarray(chunk_ids, np.int64))
            at = at[~parts.gone[at]] if parts.gone is not None else at
            scores = parts.generation.rows_at(at) @ query
        except (CacheError, OSError) as error:
            self._leave(parts, error)
            return self.cosines(vector, chunk_ids)
        for chunk, score in zip(
            parts.generation.chunk_of[at].tolist(), scores.tolist(), strict=True
        ):
            found[chunk] = max(score, found.get(chunk, score))
        return found

    def known(self, chunk_ids: list[int]) -> list[int]:
        """Return those of these chunks that have a vector here."""
        parts = self._parts
        found = set(parts.rest.known(chunk_ids))
        if parts.generation is not None:
            ids = np.asarray(chunk_ids, np.int64)
            there = parts.generation.known(ids)
            if parts.gone is not None:
                gone = np.unique(parts.generation.chunk_of[parts.gone])
                there &= ~np.isin(ids, gone)
            found |= set(ids[there].tolist())
        return [chunk_id for chunk_id in chunk_ids if chunk_id in found]

    def _leave(self, parts: _Parts, error: Exception) -> None:
        """Give up a generation whose files fail although they were checked; go on from SQL."""
        logger.error("a generation of vectors failed while it was used: %s", error)
        with self._changing:
            if self._parts is parts:
                self._fault = f"{error}."
                self._parts, self._seen = self._from_sql()

    def status(self) -> DenseStatus:
        """Say what dense search stands on now."""
        parts = self._parts
        manifest = parts.generation.manifest if parts.generation is not None else None
        upkeep = self._upkeep
        return DenseStatus(
            embedder=self._embedder,
            generation=parts.generation.name if parts.generation is not None else "",
            vectors=manifest.rows if manifest else 0,
            fresh=parts.rest.rows,
            gone=parts.gone_rows,
            recall=manifest.recall if manifest else 1.0,
            recall_100=manifest.recall_100 if manifest else 1.0,
            lists=manifest.lists if manifest else 0,
            probes=manifest.probes if manifest else 0,
            sequence=manifest.sequence if manifest else self._seen,
            is_building=upkeep is not None and upkeep.is_building,
            fault=(upkeep.fault if upkeep is not None else "") or self._fault,
        )
