"""Decide by code whether the documents answer a question, and what to say where they do not."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.asked_values import asked_kinds, gives_value
from assistant.evidence import Evidence
from assistant.messages import AnswerStatus
from assistant.other_machines import find_elsewhere
from assistant.phrases import count, say
from assistant.phrases_messages import (
    AMBIGUOUS_CODE,
    DIMENSIONS,
    FOR_ASSET,
    NEAREST_CODES,
    NO_DOCUMENT,
    NO_VALUE,
    NOT_IN_DOCUMENTS,
    OTHER_MACHINES,
    SEARCHED,
    UNKNOWN_CODE,
    UNKNOWN_WORDS,
)
from assistant.relevance import Question
from index.access import Principal
from index.corpus import PassageFilter
from index.device_naming import device_of
from index.intent import asked_dimensions
from index.retrieval import Retrieval, Retriever

# Chosen on the golden questions; ``evaluate answers`` reports what they refuse rightly and wrongly.
_LEAST_COSINE = 0.30
_COSINE_FOR_UNKNOWN_WORDS = 0.30  # more, times the share of words that stand in no document
_SURE_COSINE = 0.50
_LEAST_SUPPORT = 0.12  # of a question in a language that the embedder does not understand
# A machine that no document names: "IM-04", where no machine of the register is meant.
_MACHINE = re.compile(r"(?<![\w-])[A-Z]{2,5}-?\d{1,4}(?![\w-])")


@dataclass(frozen=True, slots=True)
class Judgement:
    """The status of an answer and what to tell; the text is empty where the answer speaks.

    ``sources`` are the revisions that the text tells of.
    """

    status: AnswerStatus
    message: str = ""
    sources: tuple[int, ...] = ()


def judge(
    question: str,
    retrieval: Retrieval,
    evidence: Evidence,
    retriever: Retriever,
    principal: Principal,
    *,
    language: str = "en",
) -> Judgement:
    """Return whether the evidence answers the question; what is told is in ``language``."""
    where = say(FOR_ASSET, language, asset=retrieval.asset.tag) if retrieval.asset else ""
    searched = count(SEARCHED, language, retrieval.searched, where=where)
    if retrieval.searched == 0:
        return Judgement("unsupported", say(NO_DOCUMENT, language, where=where))
    unknown = ""
    sources: tuple[int, ...] = ()
    if retrieval.unknown_codes:
        codes = ", ".join(retrieval.unknown_codes)
        tag = retrieval.asset.tag if retrieval.asset else None
        nearest = retriever.nearest_codes(retrieval.unknown_codes[0], principal, tag)
        unknown = f"{say(UNKNOWN_CODE, language, codes=codes)} {searched}"
        if nearest:
            unknown += f" {say(NEAREST_CODES, language, codes=', '.join(nearest))}"
            seen = retriever.catalog.visible_revisions(principal, PassageFilter(asset=tag))
            sources = retriever.code_table.defining(nearest, seen)
    if retrieval.code_status == "unknown":
        return Judgement("unsupported", unknown, sources)
    if retrieval.code_status == "ambiguous":
        places = dict.fromkeys(
            f"{card.device}: {card.component}" if card.component else card.device
            for card in evidence.code_cards
        )
        code = evidence.code_cards[0].code
        message = say(AMBIGUOUS_CODE, language, code=code, places="; ".join(places))
        return Judgement("needs_clarification", f"{message} {unknown}".strip(), sources)
    if retrieval.code_status == "known":
        return Judgement("partial", unknown, sources) if unknown else Judgement("grounded")
    asked = Question(question, retriever.rarity(principal), ignore=_names(retrieval))
    elsewhere = find_elsewhere(question, asked, retrieval, retriever, principal)
    if elsewhere is not None:
        titles = ", ".join(elsewhere.titles)
        message = say(OTHER_MACHINES, language, words=elsewhere.words, titles=titles)
        return Judgement("unsupported", f"{message} {searched}", elsewhere.revisions)
    missing = _missing_value(question, retrieval, retriever, principal)
    if missing:
        names = ", ".join(
            say(DIMENSIONS[name], language) if name in DIMENSIONS else name for name in missing
        )
        return Judgement("unsupported", f"{say(NO_VALUE, language, dimensions=names)} {searched}")
    nothing = Judgement("unsupported", f"{say(NOT_IN_DOCUMENTS, language)} {searched}")
    if _is_of_unknown_machine(asked, retrieval):
        return nothing
    best = max((passage.cosine for passage in retrieval.passages), default=0.0)
    if not _is_supported(asked, evidence, best, is_foreign=retriever.is_foreign(question)):
        return nothing
    if asked.unknown and best < _SURE_COSINE:
        words = ", ".join(asked.unknown)
        return Judgement("partial", say(UNKNOWN_WORDS, language, words=words))
    return Judgement("grounded")


def _is_of_unknown_machine(asked: Question, retrieval: Retrieval) -> bool:
    """The question names a machine that is in no document, and none that is in the register."""
    if retrieval.asset is not None:
        return False
    return any(_MACHINE.fullmatch(word) for word in asked.unknown)


def _is_supported(asked: Question, evidence: Evidence, best: float, *, is_foreign: bool) -> bool:
    """The nearer a passage must be, the more of the question's words stand in no document."""
    if is_foreign:
        return evidence.support >= _LEAST_SUPPORT
    return best >= _LEAST_COSINE + _COSINE_FOR_UNKNOWN_WORDS * asked.unknown_share


def _names(retrieval: Retrieval) -> list[str]:
    """The names of the machine that the search is confined to; they say nothing about the fault."""
    names = [device_of(passage.document) for passage in retrieval.passages[:1]]
    return [*names, retrieval.asset.tag] if retrieval.asset else names


def _missing_value(
    question: str, retrieval: Retrieval, retriever: Retriever, principal: Principal
) -> list[str]:
    """The kinds of value asked for that no passage gives for the thing named; empty if one does."""
    if retrieval.intent == "procedure":  # "steps, and how tight?" is answered by the steps
        return []
    kinds = asked_kinds(question)
    if retrieval.intent == "value":
        kinds |= asked_dimensions(question)
    if not kinds:
        return []
    rarity, names = retriever.rarity(principal), _names(retrieval)
    if gives_value(question, kinds, retrieval.passages, rarity, names):
        return []
    return sorted(kinds)
