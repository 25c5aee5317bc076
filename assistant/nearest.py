"""What is nearest in the documents where they do not answer: places to look at, never an answer."""

from __future__ import annotations

from collections.abc import Iterable

from assistant.citations import CitationList
from assistant.messages import Answer, Nearest
from index.access import Principal
from index.retrieval import Retrieval, Retriever

_MOST = 3
_LEAST_COSINE = 0.2  # below it nothing is near: the question is about something else


def find_nearest(
    retrieval: Retrieval, retriever: Retriever, principal: Principal, citations: CitationList
) -> tuple[Nearest, ...]:
    """Return codes that look like an unknown one, or the sections nearest to the question.

    Only what the search could see is named. A code is named with its page and without its meaning,
    so that nobody takes it for the one that was asked for.
    """
    if retrieval.code_status == "unknown":
        return tuple(_codes(retrieval, retriever, principal, citations))
    return tuple(_sections(retrieval, citations))[:_MOST]


def with_nearest(
    answer: Answer,
    retrieval: Retrieval,
    retriever: Retriever,
    principal: Principal,
    citations: CitationList,
) -> Answer:
    """Return an answer that the documents do not give, with what is nearest in them."""
    near = find_nearest(retrieval, retriever, principal, citations)
    markers = {one.marker for one in near}.difference(one.marker for one in answer.citations)
    cited = tuple(one for one in citations.all() if one.marker in markers)
    return answer.model_copy(update={"nearest": near, "citations": (*answer.citations, *cited)})


def _codes(
    retrieval: Retrieval, retriever: Retriever, principal: Principal, citations: CitationList
) -> Iterable[Nearest]:
    tag = retrieval.asset.tag if retrieval.asset else None
    for code in retriever.nearest_codes(retrieval.unknown_codes[0], principal, tag):
        for hit in retriever.code_table.look_up(code, retrieval.scope)[:1]:
            chunk = retriever.chunk_table.get([hit.chunk_id])[hit.chunk_id]
            marker = citations.cite(chunk, chunk.sentences[hit.sentence])
            yield Nearest(kind="code", text=hit.code, marker=marker)


def _sections(retrieval: Retrieval, citations: CitationList) -> Iterable[Nearest]:
    seen: set[tuple[int, int]] = set()
    for passage in retrieval.passages:
        place = passage.revision_id, passage.section
        if place in seen or passage.cosine < _LEAST_COSINE or not passage.sentences:
            continue
        seen.add(place)
        title = passage.heading_path[-1] if passage.heading_path else passage.document
        yield Nearest(
            kind="section", text=title, marker=citations.cite(passage, passage.sentences[0])
        )
