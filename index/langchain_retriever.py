"""The retriever as LangChain knows one, for chains of a user's own.

The principal and the filter are fixed when it is made: a chain cannot widen what may be seen.
"""

from __future__ import annotations

import asyncio
from typing import Any

from langchain_core.callbacks import (
    AsyncCallbackManagerForRetrieverRun,
    CallbackManagerForRetrieverRun,
)
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict, Field

from index.access import Principal
from index.corpus import Passage, PassageFilter
from index.retrieval import Retriever
from index.visibility import sees_everything


class PassageRetriever(BaseRetriever):
    """Passages of a home as LangChain documents.

    ``k`` is how many passages come back. A question for a code that no document in scope knows
    brings no passage that explains another one.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True, frozen=True)

    retriever: Retriever
    principal: Principal
    where: PassageFilter = PassageFilter()
    k: int = Field(default=8, ge=1)

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[Document]:
        found = self.retriever.retrieve(query, self.principal, self.k, self.where)
        shared: dict[str, Any] = {
            "asset": found.asset.tag if found.asset else None,
            "code_status": found.code_status,
            "unknown_codes": list(found.unknown_codes),
        }
        if not sees_everything(self.principal):
            shared["score"] = None  # how rare a word is was counted over the documents of all
        return [_document(passage, shared) for passage in found.passages]

    async def _aget_relevant_documents(
        self, query: str, *, run_manager: AsyncCallbackManagerForRetrieverRun
    ) -> list[Document]:
        return await asyncio.to_thread(
            self._get_relevant_documents, query, run_manager=run_manager.get_sync()
        )


def _document(passage: Passage, shared: dict[str, Any]) -> Document:
    boxes = [
        {"page": b.page, "left": b.left, "bottom": b.bottom, "right": b.right, "top": b.top}
        for sentence in passage.sentences
        for b in sentence.boxes
    ]
    return Document(
        id=str(passage.chunk_id),
        page_content=passage.text,
        metadata={
            "document": passage.document,
            "number": passage.document_number,
            "revision": passage.revision,
            "kind": passage.kind,
            "page": passage.page,
            "boxes": boxes,
            "section": list(passage.heading_path),
            "paths": list(passage.paths),
            "rank": passage.rank,
            "score": passage.score,
            "cosine": passage.cosine,
            "chunk_id": passage.chunk_id,
            "key": passage.key,
            "is_elsewhere": passage.is_elsewhere,
            **shared,
        },
    )
