"""Find past tickets that tell of something similar, the most similar first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from index.access import Principal
from index.corpus import PassageFilter
from index.ranking import DEFAULT, order
from index.retrieval import Retriever

LEAST_NEARNESS = 0.35
"""Cosine of a ticket that is shown as similar."""
LEAST_OF_MODE = 0.4
"""Cosine of one that is counted, where it has the failure mode of the most similar ones."""
LEAST_ALONE = 0.6
"""Cosine of one that is counted although it names no failure mode."""
_RANKING = replace(DEFAULT, neighbours=1.5)  # chosen on similar_tickets
_READ = 60  # candidates of which the nearness is looked up
_FIRST = 500
_MOST = 32_000
_HAS_DIGIT = re.compile(r"\d")

HISTORY = PassageFilter(kinds=("history",), all_assets=True)


@dataclass(frozen=True, slots=True)
class Hit:
    """The text of a ticket; ``key`` is what a person looks the ticket up by."""

    chunk_id: int
    key: str
    nearness: float


@dataclass(frozen=True, slots=True)
class Found:
    """The most similar tickets; ``vector`` is what the question was compared by."""

    hits: tuple[Hit, ...]
    vector: np.ndarray

    def after(self, first: Found, k: int) -> Found:
        """The k best of two searches: those of the first, then the others of this one."""
        known = {hit.chunk_id for hit in first.hits}
        rest = (hit for hit in self.hits if hit.chunk_id not in known)
        return Found((*first.hits, *rest)[:k], self.vector)


def plain(question: str) -> str:
    """A question without the words that hold digits.

    They name machines, days and running hours, not what is wrong: docs/evaluation.md has what
    leaving them out brings.
    """
    words = [word for word in question.split() if not _HAS_DIGIT.search(word)]
    return " ".join(words) if any(map(str.isalpha, "".join(words))) else question


def find_similar(
    retriever: Retriever,
    question: str,
    principal: Principal,
    where: PassageFilter = HISTORY,
    k: int = 5,
) -> Found:
    """Return the k tickets of some histories that are most similar, as far as they are near."""
    found = retriever.candidates(retriever.plan(plain(question), principal, where))
    ranked = order(found, _RANKING)[:_READ]
    chunks = retriever.chunk_table.get([item.id for item in ranked])
    nearness = retriever.cosines(found.vector, [item.id for item in ranked])
    hits = (
        Hit(item.id, chunks[item.id].key, nearness.get(item.id, 0.0))
        for item in ranked
        if item.id in chunks
    )
    near = [hit for hit in hits if hit.nearness >= LEAST_NEARNESS]
    return Found(tuple(near[:k]), found.vector)


def near_enough(
    retriever: Retriever, vector: np.ndarray, scope: Sequence[int], least: float
) -> dict[int, float]:
    """Return every chunk of some revisions that is as near as that, with its cosine."""
    most = _FIRST
    while True:
        found = retriever.nearest(vector, most, scope)
        if len(found) < most or min(found.values()) < least or most >= _MOST:
            return {chunk: cosine for chunk, cosine in found.items() if cosine >= least}
        most *= 4
