"""Number the places that an answer cites."""

from __future__ import annotations

from collections.abc import Iterable

from assistant.messages import Citation, PageBox
from index.access import Principal
from index.catalog import Catalog, StoredDocument
from index.chunk_rows import StoredChunk
from index.corpus import Box, Passage, SafetyMessage, Sentence


class CitationList:
    """Collects citations; the same sentence gets the same marker."""

    def __init__(self, catalog: Catalog | None = None, principal: Principal | None = None) -> None:
        """Without a catalog that knows the files, only safety messages cite a file.

        What is cited was found for the principal.
        """
        self._citations: dict[tuple[object, ...], Citation] = {}
        self._catalog = catalog
        self._principal = principal
        self._documents: dict[int, StoredDocument | None] = {}

    def cite(self, chunk: Passage | StoredChunk, sentence: Sentence) -> int:
        """Cite a sentence of a chunk and return its marker."""
        key = (chunk.chunk_id, sentence.number, sentence.text)
        if key not in self._citations:
            stored = self._document(chunk.revision_id)
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
                content_hash=stored.content_hash if stored else "",
                site=stored.site if stored else None,
                groups=stored.groups if stored else (),
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
                site=document.site,
                groups=document.groups,
            )
        return self._citations[key].marker

    def all(self) -> tuple[Citation, ...]:
        """Every citation, by marker."""
        return tuple(self._citations.values())

    def _document(self, revision_id: int) -> StoredDocument | None:
        if self._catalog is None or self._principal is None:
            return None
        if revision_id not in self._documents:
            self._documents[revision_id] = self._catalog.revision(self._principal, revision_id)
        return self._documents[revision_id]


def _page_boxes(boxes: Iterable[Box]) -> Iterable[PageBox]:
    return (
        PageBox(page=b.page, left=b.left, bottom=b.bottom, right=b.right, top=b.top) for b in boxes
    )
