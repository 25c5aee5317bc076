"""The whole turn: question in, verified and cited answer out, as events.

Evidence comes first and stands without a language model; the model then orders the causes. When it
is loading, down or silent, the answer stays what the evidence made it and says so.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from dataclasses import replace

from assistant.composing import compose, refuse, without_answer
from assistant.diagnosis import MOST_BLOCKS, PROMPTS, Diagnosis
from assistant.egress import Clearance, Egress, Piece
from assistant.errors import AuditFailed, GenerationFailed, ModelUnavailable
from assistant.evidence import EvidenceGatherer
from assistant.judgement import Judgement, judge
from assistant.llm.choice import ModelSettings, ModelSlot
from assistant.messages import (
    Answer,
    AnswerEvent,
    AnswerReady,
    Cause,
    CauseVerified,
    EvidenceReady,
    Removed,
)
from assistant.question import Ask, check_question
from assistant.redaction import remove_secrets
from assistant.refusal import asks_to_defeat_guard
from assistant.translation import Translator
from index.access import Principal
from index.corpus import DOCUMENTS, PassageFilter
from index.errors import AssetUnknown
from index.language import language_of
from index.retrieval import Retrieval, Retriever
from index.tickets import StoredTicket, tickets_of_chunks

_PASSAGES = 10
_TICKETS = 4
_LEAST_TICKET_COSINE = 0.35
_ONLY_TICKETS = "No manual applies here. What similar tickets say stands below."


class Assistant:
    """Answers questions from the knowledge of one home."""

    def __init__(
        self,
        retriever: Retriever,
        models: ModelSlot,
        settings: ModelSettings | None = None,
        translator: Translator | None = None,
        egress: Egress | None = None,
    ) -> None:
        """Answer from what the retriever finds; a translator is for questions of other languages.

        It is asked where no document is in the language of the question. ``egress`` says what may
        leave for the model's server.

        Raises:
            ModelUnavailable: the server is elsewhere, and nothing says what may leave for it.
        """
        self._retriever = retriever
        self._models = models
        self._settings = settings or ModelSettings()
        self._translator = translator
        self._egress = egress or Egress(endpoint=models.endpoint)

    def ask(self, ask: Ask, principal: Principal) -> Answer:
        """Return the whole answer.

        Raises:
            QuestionRejected: the question is empty or too long.
            AssetUnknown: the asset is not in the register.
        """
        *_, last = self.stream(ask, principal)
        assert isinstance(last, AnswerReady)  # the last event of every turn that does not raise
        return last.answer

    def stream(self, ask: Ask, principal: Principal) -> Iterator[AnswerEvent]:
        """Yield the events of a turn; the last is :class:`AnswerReady`.

        Raises:
            QuestionRejected: the question is empty or too long.
            AssetUnknown: the asset is not in the register.
        """
        started = time.perf_counter()
        question = check_question(ask.question)
        sequence = self._retriever.catalog.sequence()
        asset, conflict = self._machine(ask, question, principal)
        where = PassageFilter(asset=asset, kinds=DOCUMENTS)
        clearance = self._egress.clear(principal, self._site(principal, asset))
        searched = (
            self._in_their_language(question, principal, where, clearance)
            if ask.use_model
            else question
        )
        retrieval = self._retriever.retrieve(searched, principal, _PASSAGES, where)
        gatherer = EvidenceGatherer(searched, retrieval, self._retriever, principal)
        evidence = gatherer.gather()
        judgement = judge(searched, retrieval, evidence, self._retriever, principal)
        if asks_to_defeat_guard(question) or asks_to_defeat_guard(searched):
            judgement, evidence = refuse(evidence)
        elif conflict:
            judgement, evidence = conflict, without_answer(evidence)
        elif judgement.status == "unsupported":
            evidence = without_answer(evidence)
        tickets = self._similar_tickets(searched, retrieval, judgement, principal)
        if tickets and retrieval.searched == 0 and judgement.status == "unsupported":
            judgement = Judgement("partial", _ONLY_TICKETS)
        answer = compose(
            question, retrieval, evidence, judgement, tickets, gatherer.citations, sequence
        )
        if judgement.sources:
            told = self._retriever.catalog.content_hash
            hashes = tuple(told(principal, revision_id) for revision_id in judgement.sources)
            answer = answer.model_copy(update={"message_sources": hashes})
        if searched != question:
            answer = answer.model_copy(update={"searched_as": searched})
        answer = _timed(answer, started, evidence_s=time.perf_counter() - started)
        yield EvidenceReady(answer=answer)
        if ask.use_model and answer.can_be_ranked:
            answer = yield from self._diagnose(answer, retrieval, principal, clearance, started)
        elif not ask.use_model:
            answer = _degrade(answer, "no language model was asked for")
        if ask.use_model:
            answer = answer.model_copy(update={"sent": clearance.account()})
        yield AnswerReady(answer=_timed(answer, started))

    def _site(self, principal: Principal, asset: str | None) -> str | None:
        """The site of a machine, as far as it matters: only what may leave depends on it."""
        if asset is None or not self._egress.host:
            return None
        try:
            return self._retriever.assets.get(principal, asset).site
        except AssetUnknown:  # the search will say so
            return None

    def _in_their_language(
        self, question: str, principal: Principal, where: PassageFilter, clearance: Clearance
    ) -> str:
        """The question in the language of the documents, where none is in that of the question."""
        if self._translator is None:
            return question
        languages = self._retriever.catalog.languages(principal, where)
        if language_of(question) in languages or self._translator.language not in languages:
            return question
        return self._translator.translate(question, clearance) or question

    def _machine(
        self, ask: Ask, question: str, principal: Principal
    ) -> tuple[str | None, Judgement | None]:
        """Return the asset to answer for, and what to ask back where two are meant."""
        named = [asset.tag for asset in self._retriever.named_assets(question, principal)]
        if ask.asset is not None:
            others = [tag for tag in named if tag != self._retriever.tag(principal, ask.asset)]
            if others:
                message = f"The question names {', '.join(others)}, but {ask.asset} is chosen. "
                return ask.asset, Judgement("needs_clarification", message + "Which one is meant?")
            return ask.asset, None
        if named:
            return (named[0] if len(named) == 1 else None), None
        mind = ask.asset_in_mind
        if mind and self._retriever.names_another_machine(question, principal, mind):
            return None, None
        return mind, None

    def _diagnose(
        self,
        answer: Answer,
        retrieval: Retrieval,
        principal: Principal,
        clearance: Clearance,
        started: float,
    ) -> Generator[AnswerEvent, None, Answer]:
        """Let the language model order the causes; yield each as it is closed and verified."""
        if clearance.refusal:
            return _degrade(answer, clearance.refusal)
        shown = self._shown(answer, principal, clearance)
        if len(shown) < 2:
            note = clearance.account().note
            return _degrade(answer, f"{note}, so the language model had nothing to order")
        removed: list[Removed] = []
        machine = retrieval.asset.model if retrieval.asset else ""
        notes = self._models.writes_notes
        diagnosis = Diagnosis(answer.question, machine, shown, removed, notes, clearance)
        named: list[Cause] = []
        first_item_s: float | None = None
        try:
            model = self._models.get()
            for cause in diagnosis.run(
                model,
                first_token_s=self._settings.first_token_s,
                next_token_s=self._settings.next_token_s,
            ):
                if first_item_s is None:
                    first_item_s = time.perf_counter() - started
                named.append(cause)
                yield CauseVerified(cause=cause)
        except (AuditFailed, ModelUnavailable, GenerationFailed) as error:
            return _degrade(answer, str(error))
        closing = diagnosis.closing
        assert closing is not None  # set when the run ends without raising
        asked = {"model": self._models.name, "prompt_sha256": PROMPTS[notes].sha256}
        if not closing.is_answerable:  # the model abstains: the order of the evidence stays
            return answer.model_copy(update=asked)
        causes = diagnosis.ranked(named)
        causes += tuple(cause for cause in answer.causes if cause not in shown)
        check = shown[closing.check] if closing.check is not None else causes[0]
        return answer.model_copy(
            update={
                "causes": causes,
                "first_check": check.remedy or check.text,
                "missing": closing.missing or None,
                "removed": tuple(removed),
                **asked,
                "timings": answer.timings.model_copy(update={"first_item_s": first_item_s}),
            }
        )

    def _shown(
        self, answer: Answer, principal: Principal, clearance: Clearance
    ) -> tuple[Cause, ...]:
        """The causes that the model is shown: those that may leave for where it is."""
        if not clearance.host:
            return answer.causes
        pieces: list[Piece] = []
        causes: list[Cause] = []
        for cause in answer.causes[:MOST_BLOCKS]:
            cited = answer.citation(cause.marker)
            document = self._retriever.catalog.revision(principal, cited.revision_id)
            if document is not None:  # else it was deleted since, or taken away
                pieces.append(Piece(cited.kind, document.site))
                causes.append(cause)
        return tuple(causes[at] for at in clearance.kept(pieces))

    def _similar_tickets(
        self, question: str, retrieval: Retrieval, judgement: Judgement, principal: Principal
    ) -> list[StoredTicket]:
        """Past tickets that report something similar, on this asset first, then on others."""
        if judgement.status == "refused" or retrieval.code_status == "unknown":
            return []
        found: list[int] = []
        anywhere = PassageFilter(kinds=("history",), all_assets=True)
        asset = retrieval.asset.tag if retrieval.asset else None
        here = (replace(anywhere, asset=asset),) if asset else ()
        for history in (*here, anywhere):
            hits = self._retriever.retrieve(question, principal, _TICKETS, history)
            found += [
                passage.chunk_id
                for passage in hits.passages
                if passage.cosine >= _LEAST_TICKET_COSINE and passage.chunk_id not in found
            ]
            if len(found) >= _TICKETS:
                break
        return tickets_of_chunks(self._retriever.catalog, principal, found[:_TICKETS])


def _degrade(answer: Answer, reason: str) -> Answer:
    # A server may repeat the key that it was given.
    said = remove_secrets(reason)
    return answer.model_copy(update={"is_degraded": True, "degraded_reason": said})


def _timed(answer: Answer, started: float, evidence_s: float | None = None) -> Answer:
    timings = answer.timings.model_copy(
        update={
            "evidence_s": round(evidence_s or answer.timings.evidence_s, 4),
            "total_s": round(time.perf_counter() - started, 4),
        }
    )
    return answer.model_copy(update={"timings": timings})
