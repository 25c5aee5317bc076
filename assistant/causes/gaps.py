"""What is missing to be sure, found by code: machine, serial number, component, code, symptom."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.causes.wording import (
    MISSING_CODE,
    MISSING_COMPONENT,
    MISSING_MACHINE,
    MISSING_SERIAL,
    MISSING_SERIAL_OF_ANY,
    MISSING_SYMPTOM,
)
from assistant.messages import Answer
from assistant.phrases import say
from index.retrieval import Retrieval
from index.serial_limits import SerialLimit

_MOST_LIMITS = 3


def gaps(
    answer: Answer,
    retrieval: Retrieval,
    limits: Sequence[SerialLimit],
    language: str,
    *,
    has_codes: bool,
) -> tuple[str, ...]:
    """What would make the answer surer, one sentence each (pure).

    Args:
        answer: with causes or steps; one without has nothing to be sure of.
        retrieval: what was searched.
        limits: documents that apply to some serial numbers only.
        language: of what is said.
        has_codes: whether the searched documents list alarm codes.
    """
    found: list[str] = []
    asset = retrieval.asset
    if answer.code_status == "ambiguous":
        places = dict.fromkeys(card.component or card.device for card in answer.code_cards)
        code = answer.code_cards[0].code if answer.code_cards else ""
        found.append(say(MISSING_COMPONENT, language, code=code, places=", ".join(places)))
    if not (answer.causes or answer.steps or found):
        return ()
    if asset is None and retrieval.searched > 1:
        found.append(say(MISSING_MACHINE, language, count=retrieval.searched))
    if asset is None or not asset.serial:
        for limit in limits[:_MOST_LIMITS]:
            values = {"document": limit.document, "ranges": ", ".join(map(_range, limit.ranges))}
            phrase = MISSING_SERIAL if asset else MISSING_SERIAL_OF_ANY
            found.append(say(phrase, language, asset=asset.tag if asset else "", **values))
    if answer.causes and answer.code_status == "none" and has_codes:
        found.append(say(MISSING_CODE, language))
    symptoms = {cause.symptom_key for cause in answer.causes if cause.symptom_key}
    if answer.code_status == "none" and len(symptoms) > 1:
        found.append(say(MISSING_SYMPTOM, language, count=len(symptoms)))
    return tuple(found)


def _range(text: str) -> str:
    first, mark, last = text.partition("..")
    if not mark:
        return text
    return f"{first or '…'}–{last or '…'}"
