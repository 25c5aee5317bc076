"""Scores of a retriever on judged queries, computed by hand."""

from __future__ import annotations

from math import log2

import pytest

from index.access import LOCAL, Principal
from index.caches import Caches
from index.catalog import Catalog
from index.corpus import CodeEntry
from index.evaluation import JudgedQuery, judge, judge_unknown, run
from index.ranking_trials import ABLATION, choose, find_all, hold_out, score_trials
from index.retrieval import Retriever
from tests.hash_embedder import HashEmbedder
from tests.small_documents import put, small

NOWHERE = Principal("ann", "technician", frozenset())


@pytest.fixture
def retriever(catalog: Catalog, embedder: HashEmbedder) -> Retriever:
    texts = ("pump leaks at the seal", "pump leaks at the flange", "gear worn", "filter clogged")
    keys = ("pump", "pump", "gear", "filter")
    put(catalog, embedder, small(*texts, title="Notes", keys=keys, site="north"))
    code = CodeEntry("E-217", "alarm", "Press", "", "oil too hot", (), ())
    put(catalog, embedder, small("E-217 oil too hot", title="Alarms", codes=[code], site="north"))
    return Retriever(catalog, embedder, Caches(catalog, embedder, None))


def _query(text: str, kind: str, **judgements: float) -> JudgedQuery:
    return JudgedQuery(f"{kind}: {text}", text, kind, judgements)


def test_scores_each_kind_apart_and_lists_the_misses_at_the_first_place(
    retriever: Retriever,
) -> None:
    right = _query("gear worn", "wear", gear=1.0)
    second = _query("pump leaks", "wear", pump=0.0, gear=0.0, filter=0.0, unknown=2.0)
    clogged = _query("filter clogged", "dirt", filter=1.0, pump=1.0)
    scores, misses = judge(retriever, LOCAL, [right, second, clogged])
    wear, dirt = scores
    assert (wear.kind, wear.queries, dirt.kind, dirt.queries) == ("wear", 2, "dirt", 1)
    assert (wear.ndcg_at_10, wear.recall_at_10, wear.mrr, wear.hit_at_1) == (0.5, 0.5, 0.5, 0.5)
    assert (dirt.hit_at_1, dirt.mrr, dirt.recall_at_10) == (1.0, 1.0, 1.0)
    assert 0 < dirt.latency_p50_ms <= dirt.latency_p95_ms
    (miss,) = misses
    assert (miss.query_id, miss.kind, miss.found) == (second.query_id, "wear", "pump")
    assert miss.wanted == ("pump", "gear", "filter", "unknown")


def test_passages_of_one_key_take_one_place(retriever: Retriever) -> None:
    """Both chunks of the key "pump" stand before the gear, which is then second, not third."""
    (score,), (miss,) = judge(retriever, LOCAL, [_query("pump leaks worn", "mixed", gear=1.0)])
    assert miss.found == "pump"
    assert score.mrr == 0.5
    assert score.ndcg_at_10 == pytest.approx(1 / log2(3))
    assert (score.recall_at_10, score.hit_at_1) == (1.0, 0.0)


def test_a_query_that_finds_nothing_counts_as_a_miss(retriever: Retriever) -> None:
    (score,), (miss,) = judge(retriever, NOWHERE, [_query("gear worn", "wear", gear=1.0)])
    assert (score.ndcg_at_10, score.recall_at_10, score.mrr, score.hit_at_1) == (0, 0, 0, 0)
    assert miss.found == ""


def test_no_queries_give_no_scores(retriever: Retriever) -> None:
    assert judge(retriever, LOCAL, []) == ([], [])
    assert judge_unknown(retriever, LOCAL, []) == (0, [])


def test_a_code_that_no_document_knows_passes_and_others_are_listed(retriever: Retriever) -> None:
    unknown = _query("what does E-218 mean", "negative")
    known = _query("what does E-217 mean", "negative")
    no_code = _query("why does the pump leak", "negative")
    passed, misses = judge_unknown(retriever, LOCAL, [unknown, known, no_code])
    assert passed == 1
    assert [(miss.query_id, miss.found) for miss in misses] == [
        (known.query_id, "known"),
        (no_code.query_id, "none"),
    ]


def test_each_query_says_where_the_right_passage_is_and_what_stands_above_it(
    retriever: Retriever,
) -> None:
    queries = [
        _query("gear worn", "a", gear=1.0),
        _query("pump leaks worn", "a", gear=1.0),
        _query("filter clogged", "a", nothing=1.0),
    ]
    first, second, third = run(retriever, LOCAL, queries)
    assert (first.rank, first.above) == (1, ())
    assert set(first.paths) == {"lexical", "dense"}
    assert (second.rank, second.above) == (2, ("pump",))
    assert third.rank == 0
    assert third.above[0] == "filter"
    (empty,) = run(retriever, NOWHERE, queries[:1])
    assert (empty.rank, empty.above, empty.paths, empty.ranking) == (0, (), (), ())


def test_parts_of_the_search_are_scored_apart(retriever: Retriever) -> None:
    queries = [_query("gear worn", "a", gear=1.0), _query("why does E-217 come", "a", pump=1.0)]
    trials = list(find_all(retriever, LOCAL, queries))
    scores = {name: score_trials(trials, ranking) for name, ranking in ABLATION.items()}
    assert scores["codes only"].hit_at_1 == 0.0  # the code's passage has no key
    assert scores["lexical"].hit_at_1 >= 0.5
    assert scores["all"].hit_at_1 == 0.5
    assert {score.queries for score in scores.values()} == {2}
    assert score_trials([], ABLATION["all"]).ndcg_at_10 == 0.0


def test_weights_are_chosen_without_the_queries_that_they_are_measured_on(
    retriever: Retriever,
) -> None:
    queries = [
        _query("gear worn", "a", gear=1.0),
        _query("filter clogged", "a", filter=1.0),
        _query("pump flange", "b", pump=1.0),
    ]
    trials = list(find_all(retriever, LOCAL, queries))
    groups = {queries[0].query_id: "one", queries[1].query_id: "two"}
    left_out = hold_out(trials, groups)
    assert [found.group for found in left_out] == ["one", "two"]
    assert left_out[0].ranking == choose([trials[1]])
    assert left_out[1].ranking == choose([trials[0]])
    assert [found.scores["a"].queries for found in left_out] == [1, 1]
    assert hold_out(trials, {queries[0].query_id: "one"}) == []  # nothing to choose on
