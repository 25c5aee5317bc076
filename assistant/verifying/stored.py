"""The cited passages as they are stored, for holding an answer against them.

Nothing here comes from the answer: a citation only says where to look.
"""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from index import tables
from index.access import Principal
from index.catalog import StoredDocument
from index.chunk_rows import StoredChunk, safety_message
from index.code_table import CodeHit
from index.corpus import SafetyMessage
from index.retrieval import Retriever


class Stored:
    """Reads what is stored of cited documents, each thing once; what nobody may see is not there.

    It belongs to one turn: it does not notice later changes.
    """

    def __init__(self, retriever: Retriever, principal: Principal) -> None:
        self._retriever = retriever
        self._principal = principal
        self._chunks: dict[int, StoredChunk | None] = {}
        self._sections: dict[tuple[int, int], list[StoredChunk]] = {}
        self._documents: dict[int, StoredDocument | None] = {}
        self._safety: dict[int, list[SafetyMessage]] = {}
        self._codes: dict[tuple[str, int], list[CodeHit]] = {}

    def chunks(self, chunk_ids: Iterable[int]) -> dict[int, StoredChunk]:
        """Return the chunks that still exist, by id."""
        wanted = list(dict.fromkeys(chunk_ids))
        if missing := [one for one in wanted if one not in self._chunks]:
            found = self._retriever.chunk_table.get(missing)
            self._chunks.update({one: found.get(one) for one in missing})
        known = ((one, self._chunks[one]) for one in wanted)
        return {one: chunk for one, chunk in known if chunk is not None}

    def section(self, revision_id: int, section: int) -> list[StoredChunk]:
        """All chunks of a section, in reading order."""
        key = revision_id, section
        if key not in self._sections:
            self._sections[key] = self._retriever.chunk_table.section(*key)
        return self._sections[key]

    def section_title(self, revision_id: int, section: int) -> str:
        """The heading of a section with its printed number."""
        return self._retriever.chunk_table.section_title(revision_id, section)

    def document(self, revision_id: int) -> StoredDocument | None:
        """The document of a revision, if the principal sees it."""
        if revision_id not in self._documents:
            found = self._retriever.catalog.revision(self._principal, revision_id)
            self._documents[revision_id] = found
        return self._documents[revision_id]

    def safety(self, revision_id: int) -> list[SafetyMessage]:
        """Every safety message of a revision."""
        if revision_id not in self._safety:
            table = tables.safety
            query = sa.select(table).where(table.c.revision_id == revision_id).order_by(table.c.id)
            with self._retriever.catalog.engine.connect() as connection:
                self._safety[revision_id] = [
                    safety_message(row) for row in connection.execute(query)
                ]
        return self._safety[revision_id]

    def guards(self, chunk_ids: Iterable[int]) -> list[tuple[int, SafetyMessage]]:
        """The messages that guard these chunks, each with its revision, most severe first."""
        found = self._retriever.chunk_table.safety_messages(list(dict.fromkeys(chunk_ids)))
        return [(revision_id, message) for _, revision_id, message in found]

    def codes(self, code: str, revision_id: int) -> list[CodeHit]:
        """What a revision says about a code in its printed spelling."""
        key = code, revision_id
        if key not in self._codes:
            hits = self._retriever.code_table.look_up(code, [revision_id])
            self._codes[key] = [hit for hit in hits if hit.level <= 1]
        return self._codes[key]
