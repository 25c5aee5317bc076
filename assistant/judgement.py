"""Decide by code whether the documents answer a question, and what to say where they do not."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.evidence import Evidence
from assistant.messages import AnswerStatus
from assistant.relevance import Question, content_pairs
from index.access import Principal
from index.corpus import DOCUMENTS, PassageFilter
from index.device_naming import device_of
from index.intent import asked_dimensions
from index.quantities import quantities
from index.retrieval import Retrieval, Retriever

# Chosen on the golden questions; ``evaluate answers`` reports what they refuse rightly and wrongly.
_LEAST_COSINE = 0.30
_COSINE_FOR_UNKNOWN_WORDS = 0.30  # more, times the share of words that stand in no document
_SURE_COSINE = 0.50
_LEAST_SUPPORT = 0.12  # of a question in a language that the embedder does not understand
_LEAST_VALUE_SHARE = 0.45


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
) -> Judgement:
    """Return whether the evidence answers the question."""
    where = f" for {retrieval.asset.tag}" if retrieval.asset else ""
    searched = f"Searched: {retrieval.searched} document{'s' * (retrieval.searched != 1)}{where}."
    if retrieval.searched == 0:
        return Judgement(
            "unsupported",
            f"No document applies{where}. Ingest its manual, or correct the asset's model or "
            "serial number in the register.",
        )
    unknown = ""
    sources: tuple[int, ...] = ()
    if retrieval.unknown_codes:
        codes = ", ".join(retrieval.unknown_codes)
        tag = retrieval.asset.tag if retrieval.asset else None
        nearest = retriever.nearest_codes(retrieval.unknown_codes[0], principal, tag)
        unknown = f"The code {codes} is not in the documents. {searched}"
        if nearest:
            unknown += f" Codes that are documented and look alike: {', '.join(nearest)}."
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
        message = f"{code} means different things: {'; '.join(places)}. Which one shows it?"
        return Judgement("needs_clarification", f"{message} {unknown}".strip(), sources)
    if retrieval.code_status == "known":
        return Judgement("partial", unknown, sources) if unknown else Judgement("grounded")
    message, sources = _other_machine(question, retrieval, retriever, principal)
    message = message or _missing_value(question, retrieval, retriever, principal)
    if message:
        return Judgement("unsupported", f"{message} {searched}", sources)
    asked = Question(question, retriever.rarity(principal), ignore=_names(retrieval))
    best = max((passage.cosine for passage in retrieval.passages), default=0.0)
    if not _is_supported(asked, evidence, best, is_foreign=retriever.is_foreign(question)):
        return Judgement("unsupported", f"This is not in the documents. {searched}")
    if asked.unknown and best < _SURE_COSINE:
        words = ", ".join(asked.unknown)
        return Judgement("partial", f"No document mentions: {words}. The nearest stands below.")
    return Judgement("grounded")


def _is_supported(asked: Question, evidence: Evidence, best: float, *, is_foreign: bool) -> bool:
    """The nearer a passage must be, the more of the question's words stand in no document."""
    if is_foreign:
        return evidence.support >= _LEAST_SUPPORT
    return best >= _LEAST_COSINE + _COSINE_FOR_UNKNOWN_WORDS * asked.unknown_share


def _names(retrieval: Retrieval) -> list[str]:
    """The names of the machine that the search is confined to; they say nothing about the fault."""
    names = [device_of(passage.document) for passage in retrieval.passages[:1]]
    return [*names, retrieval.asset.tag] if retrieval.asset else names


def _other_machine(
    question: str, retrieval: Retrieval, retriever: Retriever, principal: Principal
) -> tuple[str, tuple[int, ...]]:
    """Name what the question is about if only documents of other machines describe it.

    The second are the revisions of those documents.

    Work and values are asked of things by name. A symptom is put in anybody's words, so it is not
    held against a question that the manual words it differently.
    """
    if retrieval.intent == "fault":
        return "", ()
    everything = retriever.catalog.visible_revisions(principal, PassageFilter(kinds=DOCUMENTS))
    others = [revision for revision in everything if revision not in retrieval.scope]
    for pair in content_pairs(question) if others else ():
        if all(
            retriever.chunk_table.revisions_with(word, retrieval.scope) for word in pair.split()
        ):
            continue
        if elsewhere := retriever.chunk_table.revisions_with(pair, others):
            titles = ", ".join(sorted(set(elsewhere.values())))
            said = f"Only documents of other machines mention {pair!r}: {titles}."
            return said, tuple(sorted(elsewhere))
    return "", ()


def _missing_value(
    question: str, retrieval: Retrieval, retriever: Retriever, principal: Principal
) -> str:
    """Say so if a value is asked for and no passage gives one of its kind for the thing named."""
    asked = asked_dimensions(question)
    if retrieval.intent != "value" or not asked:
        return ""
    ignore = [*_names(retrieval), *asked, "tightening value rating"]
    thing = Question(question, retriever.rarity(principal), ignore)
    for passage in retrieval.passages:
        heading = " ".join(passage.heading_path)
        for sentence in passage.sentences:
            held = {quantity.dimension for quantity in quantities(sentence.text)}
            if held & asked and thing.share(sentence.text, heading) >= _LEAST_VALUE_SHARE:
                return ""
    return f"The documents give no such value ({', '.join(sorted(asked))})."
