"""The answer that the evidence alone gives: searched, judged, completed; no language model.

``searched`` is the question in the language of the documents, ``question`` as it was asked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from assistant.analytics.asking.topic import is_about_the_record
from assistant.causes.completing import completed
from assistant.citations import CitationList
from assistant.composing import compose, refuse, without_answer
from assistant.disagreement import with_disagreements
from assistant.evidence import FIRST, Evidence, EvidenceGatherer
from assistant.guard_quotes import guard_quotes
from assistant.judgement import Judgement, judge
from assistant.lockout import with_lockout
from assistant.messages import Answer, WhomToAsk
from assistant.nearest import with_nearest
from assistant.phrases import language_for, say
from assistant.phrases_messages import OF_THE_RECORD, ONLY_TICKETS
from assistant.refusal import asks_to_defeat_guard, is_about_lockout
from assistant.repairs.finding import RepairFinder
from assistant.repairs.message import Repairs
from assistant.repairs.similar import HISTORY, Found, find_similar
from index.access import Principal
from index.assets import Asset
from index.corpus import PassageFilter
from index.facts.record import Record
from index.retrieval import Retrieval, Retriever
from index.tickets import StoredTicket, tickets_of_chunks

Whom = Callable[[Principal, Asset | None], WhomToAsk | None]
"""Who is asked about a machine where the documents do not answer."""

_PASSAGES = 20
_TICKETS = 4
_COMPARED = 20  # similar tickets, of which the first failures tell what kind of fault is meant


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it is searched.

    ``conflict`` is what to ask back instead of an answer, ``reported`` what was told besides the
    question.
    """

    question: str
    searched: str
    where: PassageFilter
    principal: Principal
    reported: str = ""
    conflict: Judgement | None = None

    @property
    def language(self) -> str:
        """In which the answer speaks."""
        return language_for(self.question)

    @property
    def is_refused(self) -> bool:
        """Whether it asks to put a guard out of action."""
        return asks_to_defeat_guard(self.question) or asks_to_defeat_guard(self.searched)


class EvidenceAnswers:
    """Makes answers from what a retriever finds."""

    def __init__(
        self, retriever: Retriever, whom: Whom | None = None, record: Record | None = None
    ) -> None:
        """Answer from what the retriever finds; without a record no past repairs are counted."""
        self._retriever = retriever
        self._whom = whom
        self._repairs = RepairFinder(record, retriever) if record is not None else None

    def answer(self, asked: Asked) -> tuple[Answer, Retrieval]:
        """Return the answer, not yet verified, and what it was made of."""
        retriever, principal = self._retriever, asked.principal
        sequence = retriever.catalog.sequence()
        retrieval = retriever.retrieve(asked.searched, principal, _PASSAGES, asked.where)
        gatherer = EvidenceGatherer(asked.searched, retrieval, retriever, principal)
        evidence, citations = gatherer.gather(), gatherer.citations
        retrieval = replace(retrieval, passages=retrieval.passages[:FIRST])
        judgement, evidence = self._judged(asked, retrieval, evidence, citations)
        similar = self._similar(asked, retrieval, judgement)
        tickets = self._similar_tickets(asked, similar)
        if tickets and retrieval.searched == 0 and judgement.status == "unsupported":
            judgement = Judgement("partial", say(ONLY_TICKETS, asked.language))
        is_asked_for = asked.is_refused and is_about_lockout(asked.question)
        locked = with_lockout(
            evidence, retrieval, retriever, principal, citations, is_asked_for=is_asked_for
        )
        answer = compose(
            asked.question, retrieval, locked.evidence, judgement, tickets, citations, sequence
        )
        answer = completed(
            answer,
            retrieval,
            retriever,
            principal,
            citations,
            searched=asked.searched,
            reported=asked.reported,
        )
        answer = answer.model_copy(
            update={
                "language": asked.language,
                "is_lockout_missing": locked.is_missing,
                "message_sources": self._hashes(judgement, principal),
                "searched_as": asked.searched if asked.searched != asked.question else None,
                "repairs": self._past_repairs(asked, retrieval, judgement, similar),
            }
        )
        answer = self._abstaining(answer, retrieval, principal, citations)
        answer = with_disagreements(answer, retrieval, retriever, principal, citations)
        return answer, retrieval

    def _judged(
        self, asked: Asked, retrieval: Retrieval, evidence: Evidence, citations: CitationList
    ) -> tuple[Judgement, Evidence]:
        """Whether the documents answer, and what of the evidence may then be shown."""
        if asked.is_refused:
            quotes = guard_quotes(asked.question, retrieval, self._retriever, citations)
            return refuse(evidence, quotes, asked.language)
        if is_about_the_record(asked.question):
            told = say(OF_THE_RECORD, asked.language)
            return Judgement("record", told), without_answer(evidence)
        if asked.conflict:
            return asked.conflict, without_answer(evidence)
        judgement = judge(
            asked.searched,
            retrieval,
            evidence,
            self._retriever,
            asked.principal,
            language=asked.language,
        )
        if judgement.status == "unsupported":
            return judgement, without_answer(evidence)
        return judgement, evidence

    def _hashes(self, judgement: Judgement, principal: Principal) -> tuple[str, ...]:
        """The documents that a judgement's message is about."""
        told = self._retriever.catalog.content_hash
        return tuple(told(principal, revision_id) for revision_id in judgement.sources)

    def _abstaining(
        self, answer: Answer, retrieval: Retrieval, principal: Principal, citations: CitationList
    ) -> Answer:
        """An answer that is not in the documents, with what is nearest and whom to ask."""
        if answer.status != "unsupported":
            return answer
        whom = self._whom(principal, retrieval.asset) if self._whom is not None else None
        answer = with_nearest(answer, retrieval, self._retriever, principal, citations)
        return answer.model_copy(update={"expert": whom})

    def _similar(self, asked: Asked, retrieval: Retrieval, judgement: Judgement) -> Found | None:
        """Past tickets that report something similar, on this asset first, then on others."""
        if judgement.status in ("refused", "record") or retrieval.code_status == "unknown":
            return None
        searched, principal = asked.searched, asked.principal
        here = None
        if retrieval.asset is not None:
            where = replace(HISTORY, asset=retrieval.asset.tag)
            here = find_similar(self._retriever, searched, principal, where, _COMPARED)
            if len(here.hits) >= _TICKETS:
                return here
        found = find_similar(self._retriever, searched, principal, k=_COMPARED)
        return found if here is None else found.after(here, _COMPARED)

    def _similar_tickets(self, asked: Asked, similar: Found | None) -> list[StoredTicket]:
        if similar is None:
            return []
        chunks = [hit.chunk_id for hit in similar.hits[:_TICKETS]]
        return tickets_of_chunks(self._retriever.catalog, asked.principal, chunks)

    def _past_repairs(
        self, asked: Asked, retrieval: Retrieval, judgement: Judgement, similar: Found | None
    ) -> Repairs | None:
        """What fixed it before: of a fault or a code, whatever the documents say of it."""
        if self._repairs is None or asked.conflict or judgement.status == "refused":
            return None
        is_other = judgement.status in ("needs_clarification", "record")
        is_other = is_other or retrieval.intent != "fault"
        if retrieval.code_status == "none" and is_other:
            return None
        by_text = None if self._retriever.is_foreign(asked.searched) else similar
        return self._repairs.find(retrieval, by_text, asked.principal)
