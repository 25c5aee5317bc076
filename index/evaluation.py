"""Measure retrieval on judged queries, every kind of query apart."""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from index.access import Principal
from index.metrics import hit, ndcg, recall, reciprocal_rank
from index.retrieval import Retriever

_DEPTH = 60  # chunks asked for, so that ten distinct passages remain after collapsing


@dataclass(frozen=True, slots=True)
class JudgedQuery:
    """A query with the gain of each relevant passage by its key."""

    query_id: str
    text: str
    kind: str
    judgements: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class KindScore:
    """Means over the queries of one kind; latencies in milliseconds."""

    kind: str
    queries: int
    ndcg_at_10: float
    recall_at_10: float
    mrr: float
    hit_at_1: float
    latency_p50_ms: float
    latency_p95_ms: float


@dataclass(frozen=True, slots=True)
class Miss:
    """A query whose first passage is not relevant, with what stood there."""

    query_id: str
    kind: str
    text: str
    found: str
    wanted: tuple[str, ...]


def judge(
    retriever: Retriever, principal: Principal, queries: Sequence[JudgedQuery]
) -> tuple[list[KindScore], list[Miss]]:
    """Run queries and score each kind apart; list first-place misses.

    A ranking is collapsed to distinct passage keys, first occurrence first.
    """
    results: dict[str, list[tuple[list[str], Mapping[str, float], float]]] = {}
    misses: list[Miss] = []
    for query in queries:
        started = time.perf_counter()
        retrieval = retriever.retrieve(query.text, principal, k=_DEPTH)
        latency = (time.perf_counter() - started) * 1000
        ranking = list(dict.fromkeys(passage.key for passage in retrieval.passages))
        results.setdefault(query.kind, []).append((ranking, query.judgements, latency))
        if not hit(ranking, query.judgements):
            found = ranking[0] if ranking else ""
            wanted = tuple(query.judgements)[:5]
            misses.append(Miss(query.query_id, query.kind, query.text, found, wanted))
    return [_score(kind, rows) for kind, rows in results.items()], misses


def judge_unknown(
    retriever: Retriever, principal: Principal, questions: Sequence[JudgedQuery]
) -> tuple[int, list[Miss]]:
    """Ask for codes that do not exist; return how many were said to be unknown, and the others.

    A question passes only if no passage that explains some other code is offered.
    """
    passed = 0
    misses: list[Miss] = []
    for query in questions:
        retrieval = retriever.retrieve(query.text, principal)
        shown = {passage.chunk_id for passage in retrieval.passages}
        revisions = [passage.revision_id for passage in retrieval.passages]
        neighbours = shown & retriever.code_table.defining_chunks(revisions)
        if retrieval.code_status == "unknown" and not neighbours:
            passed += 1
        else:
            found = retrieval.code_status
            misses.append(Miss(query.query_id, "negative", query.text, found, ()))
    return passed, misses


def _score(kind: str, rows: Sequence[tuple[list[str], Mapping[str, float], float]]) -> KindScore:
    latencies = sorted(latency for _, _, latency in rows)
    return KindScore(
        kind=kind,
        queries=len(rows),
        ndcg_at_10=statistics.fmean(ndcg(r, j) for r, j, _ in rows),
        recall_at_10=statistics.fmean(recall(r, j) for r, j, _ in rows),
        mrr=statistics.fmean(reciprocal_rank(r, j) for r, j, _ in rows),
        hit_at_1=statistics.fmean(hit(r, j) for r, j, _ in rows),
        latency_p50_ms=statistics.median(latencies),
        latency_p95_ms=latencies[min(len(latencies) - 1, int(len(latencies) * 0.95))],
    )
