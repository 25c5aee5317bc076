"""What an answer cites, as it is stored; a citation that leads elsewhere bears nothing out."""

from __future__ import annotations

from collections.abc import Iterable

from assistant.messages import Answer, Citation, Removed
from assistant.verifying.stored import Stored
from assistant.verifying.verbatim import is_same
from index.chunk_rows import StoredChunk
from index.code_table import CodeHit
from index.corpus import Sentence

NOT_CITED = "not in the cited passage"
_TICKET = "from a ticket, not from a manual"
_GONE = "the cited document is not there any more"


class Cited:
    """What one answer cites, and what verification takes out of it.

    ``citations`` are those that hold, by marker. ``told`` is what the technician said.
    """

    def __init__(self, answer: Answer, stored: Stored) -> None:
        self.answer = answer
        self.stored = stored
        self.removed: list[Removed] = []
        stored.chunks(one.chunk_id for one in answer.citations if one.chunk_id is not None)
        faults = {one.marker: citation_fault(one, stored) for one in answer.citations}
        self._faults = {marker: fault for marker, fault in faults.items() if fault}
        self.citations = {
            one.marker: one for one in answer.citations if one.marker not in self._faults
        }

    @property
    def told(self) -> str:
        """The question with what was reported besides."""
        return "\n".join(filter(None, (self.answer.question, self.answer.reported)))

    def fault(self, marker: int, *, is_manual: bool = False) -> str | None:
        """What is wrong with a marker; ``is_manual`` where a ticket may not be what is cited."""
        if marker not in self.citations:
            return self._faults.get(marker, "cites nothing")
        if is_manual and self.citations[marker].kind == "history":
            return _TICKET
        return None

    def rows(self, marker: int) -> list[Sentence]:
        """The stored sentences that a marker quotes."""
        return [sentence for _, sentence in self.places(marker)]

    def places(self, marker: int) -> list[tuple[StoredChunk, Sentence]]:
        """The stored sentences that a marker quotes, each with its chunk."""
        return list(_quoted(self.citations[marker], self.stored))

    def chunks(self, markers: Iterable[int]) -> list[StoredChunk]:
        """The chunks that markers cite."""
        cited = (self.citations[one] for one in markers if one in self.citations)
        ids = [one.chunk_id for one in cited if one.chunk_id is not None]
        return list(self.stored.chunks(ids).values())

    def hits(self, marker: int) -> list[CodeHit]:
        """What the cited chunk says about the codes of the answer's cards."""
        citation = self.citations[marker]
        codes = dict.fromkeys(card.code for card in self.answer.code_cards)
        found = (self.stored.codes(code, citation.revision_id) for code in codes)
        return [hit for hits in found for hit in hits if hit.chunk_id == citation.chunk_id]

    def remove(self, text: str, reason: str) -> None:
        """Note that something goes, and why."""
        self.removed.append(Removed(text=text, reason=reason))

    def keeps(self, text: str, fault: str | None) -> bool:
        """Tell whether there is no fault; one that there is, is noted."""
        if fault:
            self.remove(text, fault)
        return not fault


def citation_fault(citation: Citation, stored: Stored) -> str | None:
    """Say what is wrong with a citation; None where document, page and quote are the stored."""
    document = stored.document(citation.revision_id)
    if document is None:
        return _GONE
    named = (citation.document, citation.document_number, citation.revision, citation.kind)
    if named != (document.title, document.number, document.revision, document.kind):
        return "the cited document has another name or revision"
    if citation.content_hash and citation.content_hash != document.content_hash:
        return "the cited document is another file"
    if citation.chunk_id is None:
        pages = [one.page for one in stored.safety(citation.revision_id)
                 if is_same(citation.quote, one.text)]  # fmt: skip
    else:
        chunk = stored.chunks([citation.chunk_id]).get(citation.chunk_id)
        if chunk is None or chunk.revision_id != citation.revision_id:
            return _GONE
        if citation.section != (chunk.heading_path[-1] if chunk.heading_path else ""):
            return "the cited section has another title"
        pages = [one.page for one in chunk.sentences if is_same(citation.quote, one.text)]
        if chunk.key and citation.locator != chunk.key:
            return "the cited ticket has another number"
    if not pages:
        return "the quote is not in the cited passage"
    if citation.page not in pages:
        return "the quote is on another page"
    return None


def _quoted(citation: Citation, stored: Stored) -> Iterable[tuple[StoredChunk, Sentence]]:
    """The stored sentences that a citation quotes, with their chunk."""
    if citation.chunk_id is None:
        return
    chunk = stored.chunks([citation.chunk_id]).get(citation.chunk_id)
    if chunk is None:
        return
    for sentence in chunk.sentences:
        if is_same(citation.quote, sentence.text):
            yield chunk, sentence
