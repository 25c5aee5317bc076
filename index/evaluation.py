"""Measure retrieval on judged queries, every kind of query apart."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from index.access import Principal
from index.corpus import Passage
from index.metrics import hit, ndcg, recall, reciprocal_rank
from index.retrieval import Retriever

_DEPTH = 60  # chunks asked for, so that ten distinct passages remain after collapsing
_ABOVE = 5  # of what stands above the right passage, so many are listed


@dataclass(frozen=True, slots=True)
class JudgedQuery:
    """A query with the gain of each relevant passage by its key."""

    query_id: str
    text: str
    kind: str
    judgements: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class QueryResult:
    """How one query went.

    ``ranking`` are the keys that were found, each once, best first. ``rank`` is the place of the
    first relevant one, 0 if none was found; ``above`` is what stands before it (all that was found,
    where none is relevant), at most five. ``paths`` are those that found the first passage.
    """

    query: JudgedQuery
    ranking: tuple[str, ...]
    rank: int
    above: tuple[str, ...]
    paths: tuple[str, ...]
    code_status: str
    latency_ms: float


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


def run(
    retriever: Retriever, principal: Principal, queries: Iterable[JudgedQuery]
) -> Iterable[QueryResult]:
    """Ask every query and yield how it went as it is done.

    A ranking is collapsed to distinct passage keys, first occurrence first.
    """
    for query in queries:
        started = time.perf_counter()
        retrieval = retriever.retrieve(query.text, principal, k=_DEPTH)
        latency = (time.perf_counter() - started) * 1000
        yield result_of(query, retrieval.passages, retrieval.code_status, latency)


def result_of(
    query: JudgedQuery, passages: Sequence[Passage], code_status: str, latency_ms: float
) -> QueryResult:
    """Compare what was found with what is relevant."""
    ranking = tuple(dict.fromkeys(passage.key for passage in passages))
    relevant = [i for i, key in enumerate(ranking, start=1) if query.judgements.get(key, 0.0) > 0]
    rank = relevant[0] if relevant else 0
    return QueryResult(
        query=query,
        ranking=ranking,
        rank=rank,
        above=ranking[: rank - 1 if rank else None][:_ABOVE],
        paths=passages[0].paths if passages else (),
        code_status=code_status,
        latency_ms=latency_ms,
    )


def judge(
    retriever: Retriever, principal: Principal, queries: Sequence[JudgedQuery]
) -> tuple[list[KindScore], list[Miss]]:
    """Run queries and score each kind apart; list first-place misses."""
    results = list(run(retriever, principal, queries))
    return score_kinds(results), misses_of(results)


def score_kinds(results: Iterable[QueryResult]) -> list[KindScore]:
    """Means for each kind, in the order in which the kinds first come."""
    kinds: dict[str, list[QueryResult]] = {}
    for result in results:
        kinds.setdefault(result.query.kind, []).append(result)
    return [_score(kind, rows) for kind, rows in kinds.items()]


def misses_of(results: Iterable[QueryResult]) -> list[Miss]:
    """The queries whose first passage is not relevant."""
    return [
        Miss(
            result.query.query_id,
            result.query.kind,
            result.query.text,
            result.ranking[0] if result.ranking else "",
            tuple(result.query.judgements)[:_ABOVE],
        )
        for result in results
        if result.rank != 1
    ]


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


def _score(kind: str, rows: Sequence[QueryResult]) -> KindScore:
    latencies = sorted(row.latency_ms for row in rows)
    pairs = [(row.ranking, row.query.judgements) for row in rows]
    return KindScore(
        kind=kind,
        queries=len(rows),
        ndcg_at_10=statistics.fmean(ndcg(r, j) for r, j in pairs),
        recall_at_10=statistics.fmean(recall(r, j) for r, j in pairs),
        mrr=statistics.fmean(reciprocal_rank(r, j) for r, j in pairs),
        hit_at_1=statistics.fmean(hit(r, j) for r, j in pairs),
        latency_p50_ms=statistics.median(latencies),
        latency_p95_ms=latencies[min(len(latencies) - 1, int(len(latencies) * 0.95))],
    )
