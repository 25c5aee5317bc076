"""Let the language model order the causes of an answer; what the evidence made stands meanwhile.

The answer never waits in silence: while other questions come first, and while the model says
nothing, the evidence is sent again with a notice of why. Whatever goes wrong ends with the evidence
and the reason.
"""

from __future__ import annotations

import time
from collections.abc import Generator

from assistant.block_order import BlockOrder
from assistant.diagnosis import MOST_BLOCKS, Diagnosis
from assistant.egress import Clearance, Piece
from assistant.errors import AuditFailed, GenerationFailed, ModelUnavailable, Stopped
from assistant.llm.choice import ModelSettings
from assistant.llm.slot import ModelSlot, ModelTurn
from assistant.messages import (
    Answer,
    AnswerEvent,
    Cause,
    CauseVerified,
    EvidenceReady,
)
from assistant.prompt_book import PromptBook
from assistant.redaction import remove_secrets
from index.access import Principal
from index.catalog import Catalog

SLOW = (
    "The language model has not begun to answer. What stands here is the evidence; if the model "
    "answers, its order follows."
)


class ModelRanking:
    """Orders the causes of answers with the model of a slot."""

    def __init__(
        self, catalog: Catalog, models: ModelSlot, settings: ModelSettings, prompts: PromptBook
    ) -> None:
        self._catalog = catalog
        self._models = models
        self._settings = settings
        self._prompts = prompts
        self._order = BlockOrder()

    def run(
        self,
        answer: Answer,
        machine: str,
        principal: Principal,
        clearance: Clearance,
        *,
        conversation: str = "",
        started: float,
    ) -> Generator[AnswerEvent, None, Answer]:
        """Yield each cause that the model names as it is closed and verified; return the answer.

        Args:
            answer: as it stands on evidence, with two causes or more.
            machine: model of the machine, empty where none is known.
            principal: who asks.
            clearance: what may leave for where the model is.
            conversation: its id, so that a follow-up's prompt begins as the one before.
            started: when the question came in, by ``time.perf_counter``.
        """
        if clearance.refusal:
            return degraded(answer, clearance.refusal)
        shown = self._shown(answer, principal, clearance)
        if len(shown) < 2:
            note = clearance.account().note
            return degraded(answer, f"{note}, so the language model had nothing to order")
        notes = self._models.writes_notes
        template = self._prompts.get("diagnose" if notes else "rank")
        key = f"{principal.user}/{conversation}" if conversation else ""
        order = self._order.order(key, [f"{c.text}\n{c.remedy}" for c in shown], MOST_BLOCKS)
        diagnosis = Diagnosis(
            answer.question, machine, shown, [], notes, clearance, template, order
        )
        named: list[Cause] = []
        first_item_s: float | None = None
        try:
            with self._models.take_turn() as turn:
                for event in self._events(answer, diagnosis, turn):
                    if isinstance(event, CauseVerified):
                        named.append(event.cause)
                        first_item_s = first_item_s or time.perf_counter() - started
                    yield event
        except (AuditFailed, ModelUnavailable, GenerationFailed, Stopped) as error:
            return degraded(answer, str(error))
        return self._closed(answer, diagnosis, named, first_item_s)

    def _events(
        self, answer: Answer, diagnosis: Diagnosis, turn: ModelTurn
    ) -> Generator[AnswerEvent, None, None]:
        """Causes as they come, and the evidence again whenever what is waited for changes."""
        is_noticed = False
        for ahead in turn.waits(self._settings.queue_s):
            questions = f"{ahead} question{'s' * (ahead != 1)}"
            yield _noticed(answer, f"{questions} before yours at the language model.")
            is_noticed = True
        if is_noticed:
            yield _noticed(answer, "")
            is_noticed = False
        for cause in diagnosis.run(
            turn.model,
            first_token_s=self._settings.first_token_s,
            next_token_s=self._settings.next_token_s,
            slow_s=self._models.slow_s,
        ):
            if cause is None:
                yield _noticed(answer, SLOW)
                is_noticed = True
                continue
            if is_noticed:  # it is back: the notice goes
                yield _noticed(answer, "")
                is_noticed = False
            yield CauseVerified(cause=cause)

    def _closed(
        self,
        answer: Answer,
        diagnosis: Diagnosis,
        named: list[Cause],
        first_item_s: float | None,
    ) -> Answer:
        closing = diagnosis.closing
        assert closing is not None  # set when the run ends without raising
        asked = {
            "model": self._models.name,
            "prompt_sha256": diagnosis.prompt.sha256,
            "left_out": diagnosis.left_out,
        }
        if not closing.is_answerable:  # the model abstains: the order of the evidence stays
            return answer.model_copy(update=asked)
        causes = diagnosis.ranked(named)
        causes += tuple(cause for cause in answer.causes if cause not in diagnosis.causes)
        check = diagnosis.causes[closing.check] if closing.check is not None else causes[0]
        return answer.model_copy(
            update={
                "causes": causes,
                "first_check": check.remedy or check.text,
                "missing": closing.missing or None,
                "removed": tuple(diagnosis.removed),
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
            document = self._catalog.revision(principal, cited.revision_id)
            if document is not None:  # else it was deleted since, or taken away
                pieces.append(Piece(cited.kind, document.site))
                causes.append(cause)
        return tuple(causes[at] for at in clearance.kept(pieces))


def degraded(answer: Answer, reason: str) -> Answer:
    """The answer as it stands on evidence alone, with the reason."""
    # A server may repeat the key that it was given.
    said = remove_secrets(reason)
    return answer.model_copy(update={"is_degraded": True, "degraded_reason": said})


def _noticed(answer: Answer, notice: str) -> EvidenceReady:
    return EvidenceReady(answer=answer.model_copy(update={"notice": notice}))
