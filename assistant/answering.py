"""The whole turn: question in, verified and cited answer out, as events.

Evidence comes first and stands without a language model; the model then orders the causes. When it
is loading, down or silent, the answer stays what the evidence made it and says so.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

from assistant.causes.settling import settled
from assistant.egress import Clearance, Egress
from assistant.evidence_answers import Asked, EvidenceAnswers, Whom
from assistant.judgement import Judgement
from assistant.llm.choice import ModelSettings, ModelSlot
from assistant.messages import Answer, AnswerEvent, AnswerReady, EvidenceReady
from assistant.model_ranking import ModelRanking, degraded
from assistant.phrases import language_for, say
from assistant.phrases_messages import NO_MODEL_ASKED, TWO_MACHINES
from assistant.prompt_book import PromptBook
from assistant.question import Ask, check_question
from assistant.safety_translation import SafetyTranslator
from assistant.translation import Translator
from assistant.verifying.answers import Verifier
from index.access import Principal
from index.corpus import DOCUMENTS, PassageFilter
from index.errors import AssetUnknown
from index.facts.record import Record
from index.language import language_of
from index.retrieval import Retriever


class Assistant:
    """Answers questions from the knowledge of one home."""

    def __init__(
        self,
        retriever: Retriever,
        models: ModelSlot,
        settings: ModelSettings | None = None,
        translator: Translator | None = None,
        egress: Egress | None = None,
        prompts: PromptBook | None = None,
        *,
        safety: SafetyTranslator | None = None,
        whom: Whom | None = None,
        record: Record | None = None,
    ) -> None:
        """Answer from what the retriever finds; a translator is for questions of other languages.

        It is asked where no document is in the language of the question. ``egress`` says what may
        leave for the model's server, ``prompts`` which texts the model is asked with, ``whom`` who
        is asked where the documents do not answer. ``safety`` translates safety messages; from
        ``record`` past repairs are counted.

        Raises:
            ModelUnavailable: the server is elsewhere, and nothing says what may leave for it.
        """
        self._retriever = retriever
        self._models = models
        self._settings = settings or ModelSettings()
        self._translator = translator
        self._safety = safety
        self._evidence = EvidenceAnswers(retriever, whom, record)
        self._egress = egress or Egress(endpoint=models.endpoint)
        self._ranking = ModelRanking(
            retriever.catalog, models, self._settings, prompts or PromptBook()
        )

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
        asset, conflict = self._machine(ask, question, principal)
        where = PassageFilter(asset=asset, kinds=DOCUMENTS)
        clearance = self._egress.clear(principal, self._site(principal, asset))
        searched = question
        if ask.use_model:
            searched = self._in_their_language(question, principal, where, clearance)
        asked = Asked(question, searched, where, principal, ask.reported, conflict)

        answer, retrieval = self._evidence.answer(asked)
        verifier = Verifier(self._retriever, principal)
        answer = verifier.answer(answer)
        answer = _timed(answer, started, evidence_s=time.perf_counter() - started)
        yield EvidenceReady(answer=answer)

        if not ask.use_model:
            answer = degraded(answer, say(NO_MODEL_ASKED, asked.language))
            yield AnswerReady(answer=_timed(answer, started))
            return
        if answer.can_be_ranked:
            run = self._ranking.run(
                answer,
                retrieval.asset.model if retrieval.asset else "",
                principal,
                clearance,
                conversation=ask.conversation,
                started=started,
            )
            answer = yield from verifier.events(run, answer)
            answer = verifier.answer(settled(answer))
        if self._safety is not None:
            answer = self._safety.translated(answer, clearance)
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
                named_ones, language = ", ".join(others), language_for(question)
                message = say(TWO_MACHINES, language, named=named_ones, chosen=ask.asset)
                return ask.asset, Judgement("needs_clarification", message)
            return ask.asset, None
        if named:
            return (named[0] if len(named) == 1 else None), None
        mind = ask.asset_in_mind
        if mind and self._retriever.names_another_machine(question, principal, mind):
            return None, None
        return mind, None


def _timed(answer: Answer, started: float, evidence_s: float | None = None) -> Answer:
    timings = answer.timings.model_copy(
        update={
            "evidence_s": round(evidence_s or answer.timings.evidence_s, 4),
            "total_s": round(time.perf_counter() - started, 4),
        }
    )
    return answer.model_copy(update={"timings": timings})
