"""Complete an answer that the evidence made: grounds, order, next check, what to verify, gaps."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.causes.gaps import gaps
from assistant.causes.grounds import with_grounds, with_keys
from assistant.causes.service_checks import SectionReader, service_checks
from assistant.causes.settling import settled
from assistant.citations import CitationList
from assistant.messages import Answer, ServiceCheck
from assistant.phrases import language_for
from assistant.relevance import Question
from index.access import Principal
from index.retrieval import Retrieval, Retriever
from index.serial_limits import serial_limits

_PROSE = ("paragraph", "item")


def completed(
    answer: Answer,
    retrieval: Retrieval,
    retriever: Retriever,
    principal: Principal,
    citations: CitationList,
    *,
    searched: str = "",
    reported: str = "",
) -> Answer:
    """The answer with what code knows about its causes; no language model takes part.

    Args:
        answer: as composed; one that was refused or found nothing is returned as it is.
        retrieval: what was searched.
        retriever: that searched.
        principal: who asks.
        citations: of the answer; what is cited here is added to both.
        searched: the question in the language of the documents, where it was translated.
        reported: what was told besides the question.
    """
    if answer.status == "refused" or not (
        answer.causes or answer.steps or answer.code_status == "ambiguous"
    ):
        return answer.model_copy(update={"reported": reported}) if reported else answer
    reader = SectionReader(retriever.catalog, retriever.chunk_table, principal)
    report = "\n".join(dict.fromkeys(filter(None, (answer.question, searched, reported))))
    names = [retrieval.asset.tag, retrieval.asset.model] if retrieval.asset else []
    asked = Question(report, retriever.rarity(principal), ignore=names)
    codes = tuple(card.code for card in answer.code_cards if card.code in report.upper())
    revisions = {citation.revision_id for citation in answer.citations}
    keyed = with_keys(answer.causes, answer.citations)
    answer = answer.model_copy(update={"causes": keyed, "reported": reported})
    checks = service_checks(answer, reader, citations)
    causes = with_grounds(
        keyed,
        answer.citations,
        report,
        asked,
        _sections(answer, checks, reader, citations, asked),
        codes=codes,
    )
    answer = answer.model_copy(update={"causes": causes, "service_checks": checks})
    model = retrieval.asset.model if retrieval.asset else ""
    limits = serial_limits(retriever.catalog.engine, principal, revisions, model)
    has_codes = answer.code_status == "none" and bool(retriever.code_table.codes(retrieval.scope))
    missing = gaps(answer, retrieval, limits, language_for(answer.question), has_codes=has_codes)
    return _cited(settled(answer.model_copy(update={"gaps": missing})), citations)


def _sections(
    answer: Answer,
    checks: Sequence[ServiceCheck],
    reader: SectionReader,
    citations: CitationList,
    asked: Question,
) -> dict[int, list[tuple[str, int]]]:
    """By cause, what its section says in prose; its safety messages stand with its checks."""
    shown = {(key, check.section) for check in checks for key in check.causes}
    cited = {citation.marker: citation for citation in citations.all()}
    found: dict[int, list[tuple[str, int]]] = {}
    for position, cause in enumerate(answer.causes):
        for place in reader.named_in(cited[cause.marker].revision_id, cause.remedy):
            if (cause.key, place.name) in shown:
                found.setdefault(position, []).extend(
                    (sentence.text, citations.cite(chunk, sentence))
                    for chunk, sentence in reader.sentences(place)
                    if sentence.kind in _PROSE and asked.share(sentence.text)
                )
    return found


def _cited(answer: Answer, citations: CitationList) -> Answer:
    """The answer with the citations of what was added."""
    markers = {citation.marker for citation in answer.citations}
    for cause in answer.causes:
        markers |= {g.marker for g in (*cause.speaks_for, *cause.speaks_against) if g.marker}
    for check in answer.service_checks:
        markers |= {step.marker for step in check.sentences}
        markers |= {notice.marker for notice in check.safety}
    kept = tuple(citation for citation in citations.all() if citation.marker in markers)
    return answer.model_copy(update={"citations": kept})
