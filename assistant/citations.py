"""Number the places that an answer cites."""

from __future__ import annotations

from collections.abc import Iterable

from assistant.messages import Citation, PageBox
from index.catalog import Catalog, StoredDocument
from index.chunk_rows import StoredChunk
from index.corpus import Box, Passage, SafetyMessage, Sentence


class CitationList:
    """Collects citations; the same sentence gets the same marker."""

    def __init__(self, catalog: Catalog | None = None) -> None:
        """Without a catalog that knows the files, only safety messages cite a file."""
        self._citations: dict[tuple[object, ...], Citation] = {}
        self._catalog = catalog
        self._hashes: dict[int, str] = {}

    def cite(self, chunk: Passage | StoredChunk, sentence: Sentence) -> int:
        """Cite a sentence of a chunk and return its marker."""
        key = (chunk.chunk_id, sentence.number, sentence.text)
        if key not in self._citations:
            self._citations[key] = Citation(
                marker=len(self._citations) + 1,
                chunk_id=chunk.chunk_id,
                revision_id=chunk.revision_id,
                document=chunk.document,
                document_number=chunk.document_number,
                kind=chunk.kind,
                revision=chunk.revision,
                page=sentence.page,
                locator=chunk.key or f"p. {sentence.page}",
                section=chunk.heading_path[-1] if chunk.heading_path else "",
                quote=sentence.text,
                boxes=tuple(_page_boxes(sentence.boxes)),
                content_hash=self._content_hash(chunk.revision_id),
            )
        return self._citations[key].marker

    def cite_safety(self, document: StoredDocument, message: SafetyMessage, section: str) -> int:
        """Cite a safety message and return its marker."""
        key = (document.revision_id, message.page, message.text)
        if key not in self._citations:
            self._citations[key] = Citation(
                marker=len(self._citations) + 1,
                chunk_id=None,
                revision_id=document.revision_id,
                document=document.title,
                document_number=document.number,
                kind=document.kind,
                revision=document.revision,
                page=message.page,
                locator=f"p. {message.page}",
                section=section,
                quote=message.text,
                boxes=tuple(_page_boxes(message.boxes)),
                content_hash=document.content_hash,
            )
        return self._citations[key].marker

    def all(self) -> tuple[Citation, ...]:
        """Every citation, by marker."""
        return tuple(self._citations.values())

    def _content_hash(self, revision_id: int) -> str:
        if self._catalog is None:
            return ""
        if revision_id not in self._hashes:
            self._hashes[revision_id] = self._catalog.content_hash(revision_id)
        return self._hashes[revision_id]


def _page_boxes(boxes: Iterable[Box]) -> Iterable[PageBox]:
    return (
        PageBox(page=b.page, left=b.left, bottom=b.bottom, right=b.right, top=b.top) for b in boxes
    )
