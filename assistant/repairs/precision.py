"""Measure how many of the first similar tickets tell of the same kind of fault."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from assistant.repairs.similar import find_similar
from index.access import Principal
from index.evaluation import JudgedQuery
from index.retrieval import Retriever


@dataclass(frozen=True, slots=True)
class SimilarFound:
    """How one question went: how many tickets were shown, and how many of them are of its kind."""

    query: JudgedQuery
    shown: int
    right: int


def similar_found(
    retriever: Retriever, principal: Principal, queries: Iterable[JudgedQuery], k: int = 5
) -> Iterable[SimilarFound]:
    """Ask for the k tickets that are most similar, as a diagnosis does; yield how each went."""
    for query in queries:
        hits = find_similar(retriever, query.text, principal, k=k).hits
        right = sum(query.judgements.get(hit.key, 0.0) > 0 for hit in hits)
        yield SimilarFound(query, len(hits), right)


def precision(found: Iterable[SimilarFound], k: int = 5) -> float:
    """The mean share of k places that hold a right ticket; a place that stays empty holds none."""
    shares = [one.right / k for one in found]
    return sum(shares) / max(1, len(shares))
