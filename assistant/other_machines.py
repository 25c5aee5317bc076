"""Tell that a question is about what only documents of other machines describe.

Work and values are asked of things by name. A symptom is put in anybody's words, so it is not held
against a question that the manual words it differently.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.relevance import Question, content_pairs
from index.access import Principal
from index.corpus import DOCUMENTS, PassageFilter
from index.phrase_search import chunks_with, titles_with
from index.retrieval import Retrieval, Retriever

_COMPONENT = re.compile(r"(?<![A-Za-z0-9-])[A-Z]{1,3}-?\d{1,3}(?![A-Za-z0-9-])")
_MOST_TITLES = 300
_MOST_CHUNKS = 60
_MOST_WORDS = 3  # of the question, the rarest, by which titles are looked for
_SURE_TITLE = 0.7  # share of the question that a title elsewhere must hold
_AHEAD = 0.2  # ... and so much more than anything of the machine's own documents


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What is described elsewhere only, in words of the question, and by which documents."""

    words: str
    titles: tuple[str, ...]
    revisions: tuple[int, ...]


def find_elsewhere(
    question: str, asked: Question, retrieval: Retrieval, retriever: Retriever, principal: Principal
) -> Elsewhere | None:
    """Return what a question is about if only documents of other machines describe it."""
    if retrieval.intent == "fault":
        return None
    everything = retriever.catalog.visible_revisions(principal, PassageFilter(kinds=DOCUMENTS))
    own = set(retrieval.scope)
    others = [revision for revision in everything if revision not in own]
    if not others:
        return None
    return (
        _by_pair(question, retrieval, retriever, others)
        or _by_component(question, retrieval, retriever, others)
        or _by_title(asked, retrieval, retriever, others)
    )


def _by_pair(
    question: str, retrieval: Retrieval, retriever: Retriever, others: list[int]
) -> Elsewhere | None:
    """Two neighbouring words of the question, of which one stands nowhere in the own documents."""
    holds = retriever.chunk_table.revisions_with
    for pair in content_pairs(question):
        if all(holds(word, retrieval.scope) for word in pair.split()):
            continue
        if found := holds(pair, others):
            return Elsewhere(pair, tuple(sorted(set(found.values()))), tuple(sorted(found)))
    return None


def _by_component(
    question: str, retrieval: Retrieval, retriever: Retriever, others: list[int]
) -> Elsewhere | None:
    """A component such as V30 that only other documents name."""
    asset = retrieval.asset
    machine = {asset.tag, asset.model} if asset else set()
    for name in dict.fromkeys(_COMPONENT.findall(question)):
        if name in machine or _names(name, retrieval.scope, retriever):
            continue
        if found := _names(name, others, retriever):
            return Elsewhere(name, tuple(sorted(set(found.values()))), tuple(sorted(found)))
    return None


def _names(
    name: str, revisions: tuple[int, ...] | list[int], retriever: Retriever
) -> dict[int, str]:
    """Those of the revisions that name a component, whole and not as a part of a longer name."""
    whole = re.compile(rf"(?<![A-Za-z0-9-]){re.escape(name)}(?![A-Za-z0-9])", re.IGNORECASE)
    chunks = chunks_with(retriever.catalog.engine, [name], revisions, _MOST_CHUNKS)
    return {
        chunk.revision_id: chunk.document
        for chunk in chunks
        if any(whole.search(sentence.text) for sentence in chunk.sentences)
    }


def _by_title(
    asked: Question, retrieval: Retrieval, retriever: Retriever, others: list[int]
) -> Elsewhere | None:
    """A heading elsewhere holds most of the question, and nothing of the own documents does."""
    rarest = asked.rarest(_MOST_WORDS)
    if not rarest:
        return None
    engine = retriever.catalog.engine
    rated = [
        (asked.share(title), revision, title)
        for revision, title in titles_with(engine, rarest, others, _MOST_TITLES)
    ]
    best = max((share for share, _, _ in rated), default=0.0)
    if best < _SURE_TITLE:
        return None
    own = [title for _, title in titles_with(engine, rarest, retrieval.scope, _MOST_TITLES)]
    own += [
        " ".join((*passage.heading_path, sentence.text))
        for passage in retrieval.passages
        for sentence in passage.sentences
    ]
    if best - max((asked.share(text) for text in own), default=0.0) < _AHEAD:
        return None
    found = {revision for share, revision, _ in rated if share == best}
    documents = {
        device.revision_id: device.title for device in retriever.catalog.devices(sorted(found))
    }
    title = next(title for share, _, title in rated if share == best)
    return Elsewhere(title, tuple(sorted(set(documents.values()))), tuple(sorted(found)))
