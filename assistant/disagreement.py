"""Show both sides where two sources of a machine give one thing different values, each dated."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.citations import CitationList
from assistant.conflicts import Conflict, Piece, Statement, document_conflicts, ticket_conflicts
from assistant.messages import Answer, Disagreement, DisagreementSide, SimilarTicket
from index.access import Principal
from index.errors import AssetUnknown
from index.retrieval import Retrieval, Retriever

_MOST = 4


def with_disagreements(
    answer: Answer,
    retrieval: Retrieval,
    retriever: Retriever,
    principal: Principal,
    citations: CitationList,
) -> Answer:
    """The answer with the values on which its sources disagree; what they cite is cited.

    Args:
        answer: as composed. One that does not answer, or is about no certain machine, gets none:
            other machines have other values.
        retrieval: what was found for it.
        retriever: that found it.
        principal: who asks.
        citations: of the answer.
    """
    if not answer.is_supported or retrieval.asset is None:
        return answer
    cited = {one.chunk_id for one in answer.citations if one.chunk_id is not None}
    pieces = _pieces(retrieval, retriever, cited)
    tickets = [
        ticket
        for ticket in answer.similar_tickets
        if _model_of(ticket, retriever, principal) == retrieval.asset.model
    ]
    conflicts = [*document_conflicts(pieces, cited), *ticket_conflicts(pieces, tickets)]
    if not conflicts:
        return answer
    found = tuple(_disagreement(one, retriever, principal, citations) for one in conflicts[:_MOST])
    known = {one.marker for one in answer.citations}
    known |= {side.marker for one in found for side in one.sides if side.marker is not None}
    return answer.model_copy(
        update={
            "disagreements": found,
            "citations": tuple(one for one in citations.all() if one.marker in known),
        }
    )


def _pieces(retrieval: Retrieval, retriever: Retriever, cited: set[int]) -> Sequence[Piece]:
    """What was found in documents that apply to the machine, and what is cited of them."""
    pieces: dict[int, Piece] = {
        passage.chunk_id: passage for passage in retrieval.passages if not passage.is_elsewhere
    }
    missing = [one for one in cited if one not in pieces]
    scope = set(retrieval.scope)
    for chunk in retriever.chunk_table.get(missing).values():
        if chunk.revision_id in scope:
            pieces[chunk.chunk_id] = chunk
    return [piece for piece in pieces.values() if piece.kind != "history"]


def _model_of(ticket: SimilarTicket, retriever: Retriever, principal: Principal) -> str:
    try:
        return retriever.assets.get(principal, ticket.asset).model or "?"
    except AssetUnknown:
        return "?"


def _disagreement(
    conflict: Conflict, retriever: Retriever, principal: Principal, citations: CitationList
) -> Disagreement:
    sides = [_side(one, retriever, principal, citations) for one in conflict]
    document = next(one for one in conflict if one.piece is not None)
    sentence = document.sentence
    subject = document.subject if sentence is None or sentence.cells else sentence.text
    return Disagreement(subject=subject, sides=tuple(sorted(sides, key=lambda one: one.date)))


def _side(
    one: Statement, retriever: Retriever, principal: Principal, citations: CitationList
) -> DisagreementSide:
    if one.ticket is not None:
        return DisagreementSide(
            value=one.measure.text,
            quote=one.ticket.resolution,
            source=one.ticket.ticket_id,
            date=(one.ticket.reported_at or "")[:10],
            ticket_id=one.ticket.ticket_id,
        )
    assert one.piece is not None  # every other statement has both
    assert one.sentence is not None
    stored = retriever.catalog.revision(principal, one.piece.revision_id)
    name = f"{one.piece.document_number or one.piece.document} {one.piece.revision}".strip()
    return DisagreementSide(
        value=one.measure.text,
        quote=one.sentence.text,
        source=name,
        date=stored.date if stored else "",
        marker=citations.cite(one.piece, one.sentence),
    )
