"""Keep the lexical index as fresh as SQL while many rows come in, from a thread of the importer.

Without it, whoever asks the next question would have to index everything that came in meanwhile.
"""

from __future__ import annotations

import threading
from pathlib import Path
from types import TracebackType

import sqlalchemy as sa

from index import tables
from index.caches import LEXICAL_FOLDER
from index.catalog import Catalog
from index.chunk_table import ChunkTable
from index.lexical import LexicalIndex

_PIECE = 5_000  # changes in one commit of the index
_PAUSE_S = 0.2


class LexicalFollower:
    """Indexes what changes in SQL until it is left; :meth:`wait` holds back one who is too fast."""

    def __init__(self, catalog: Catalog, cache: Path) -> None:
        self._catalog = catalog
        self._chunks = ChunkTable(catalog.engine)
        self._folder = cache / LEXICAL_FOLDER
        self._stop = threading.Event()
        self._caught_up = threading.Condition()
        self._behind = 0
        self._thread = threading.Thread(target=self._follow, name="lexical index", daemon=True)

    def __enter__(self) -> LexicalFollower:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join()

    def wait(self, most: int) -> None:
        """Return as soon as the index is at most so many changes behind, or cannot follow."""
        with self._caught_up:
            while self._behind > most and self._thread.is_alive():
                self._caught_up.wait(_PAUSE_S)

    def _follow(self) -> None:
        index = LexicalIndex(self._folder, self._catalog.uid())
        while True:
            is_last = self._stop.is_set()
            progressed = self._step(index)
            if not progressed:
                if is_last:
                    return
                self._stop.wait(_PAUSE_S)

    def _step(self, index: LexicalIndex) -> bool:
        """Index one piece; False where there is nothing to do or another process writes."""
        behind = index.reload()
        last, added, removed = self._changes(behind)
        if last > behind:
            index.update(removed, self._chunks.search_texts(added), last)
        with self._caught_up:
            self._behind = max(0, self._catalog.sequence() - index.sequence)
            self._caught_up.notify_all()
        return index.sequence > behind

    def _changes(self, behind: int) -> tuple[int, list[int], list[int]]:
        """The next changes: the number of the last one, the chunks added, the chunks removed."""
        change = tables.change.c
        query = (
            sa.select(change.sequence, change.chunk_id, change.operation)
            .where(change.sequence > behind)
            .order_by(change.sequence)
            .limit(_PIECE)
        )
        with self._catalog.engine.connect() as connection:
            rows = connection.execute(query).all()
        state: dict[int, str] = {row.chunk_id: row.operation for row in rows}
        added = [chunk_id for chunk_id, operation in state.items() if operation == "add"]
        removed = [chunk_id for chunk_id, operation in state.items() if operation == "remove"]
        return rows[-1].sequence if rows else behind, added, removed
