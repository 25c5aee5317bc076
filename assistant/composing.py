"""Put an answer together from what was gathered; no language model is involved (pure)."""

from __future__ import annotations

from dataclasses import replace

from assistant.citations import CitationList
from assistant.evidence import Evidence
from assistant.judgement import Judgement
from assistant.messages import Answer, Quote, SimilarTicket, Timings
from assistant.phrases import say
from assistant.phrases_messages import GUARD_REFUSED
from index.retrieval import Retrieval
from index.tickets import StoredTicket


def refuse(
    evidence: Evidence, quotes: tuple[Quote, ...] = (), language: str = "en"
) -> tuple[Judgement, Evidence]:
    """Keep the manual's safety messages, and what it forbids about guards.

    Nothing else: what it quotes could be the very way around.
    """
    kept = replace(without_answer(evidence), safety=evidence.safety, quotes=quotes)
    return Judgement("refused", say(GUARD_REFUSED, language)), kept


def without_answer(evidence: Evidence) -> Evidence:
    """An answer that is not in the documents offers no neighbour's."""
    return replace(
        evidence,
        code_cards=(),
        causes=(),
        procedure="",
        steps=(),
        parts=(),
        quotes=(),
        safety=(),
    )


def compose(
    question: str,
    retrieval: Retrieval,
    evidence: Evidence,
    judgement: Judgement,
    tickets: list[StoredTicket],
    citations: CitationList,
    sequence: int,
) -> Answer:
    """The answer as the evidence alone gives it; ``sequence`` is the knowledge's number."""
    shown = [
        item.marker
        for group in (
            evidence.code_cards,
            evidence.safety,
            evidence.causes,
            evidence.steps,
            evidence.parts,
            evidence.quotes,
        )
        for item in group
    ]
    return Answer(
        question=question,
        status=judgement.status,
        code_status=retrieval.code_status,
        asset=retrieval.asset.tag if retrieval.asset else None,
        message=judgement.message,
        is_degraded=False,
        code_cards=evidence.code_cards,
        safety=evidence.safety,
        causes=evidence.causes,
        procedure=evidence.procedure,
        steps=evidence.steps,
        parts=evidence.parts,
        quotes=evidence.quotes,
        similar_tickets=tuple(_ticket(ticket) for ticket in tickets),
        citations=tuple(c for c in citations.all() if c.marker in shown),
        searched_documents=retrieval.searched,
        knowledge_sequence=sequence,
        timings=Timings(evidence_s=0.0, total_s=0.0),
    )


def _ticket(ticket: StoredTicket) -> SimilarTicket:
    return SimilarTicket(
        ticket_id=ticket.ticket_id,
        asset=ticket.asset,
        reported_at=ticket.reported_at,
        title=ticket.title,
        cause=ticket.cause,
        resolution=ticket.resolution,
        downtime_min=ticket.downtime_min,
        parts=tuple(f"{quantity:g} x {name}" for name, quantity in ticket.parts),
        uid=ticket.uid,
        site=ticket.site,
        groups=ticket.groups,
    )
