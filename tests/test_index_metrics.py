"""Retrieval metrics, computed by hand."""

from __future__ import annotations

from math import log2

import pytest

from index.metrics import hit, ndcg, recall, reciprocal_rank

GRADED = {"a": 3.0, "b": 2.0, "c": 1.0, "d": 0.0}


@pytest.mark.parametrize(
    ("ranking", "expected"),
    [
        (["a", "b", "c"], 1.0),
        (["a", "b", "c", "x"], 1.0),
        # gains 1, 0, 3 against 3, 2, 1; linear gain, so 3 counts as 3 and not as 2**3 - 1
        (["c", "x", "a"], (1 + 3 / 2) / (3 + 2 / log2(3) + 1 / 2)),
        (["x", "b"], (2 / log2(3)) / (3 + 2 / log2(3) + 1 / 2)),
        (["d", "x"], 0.0),
        ([], 0.0),
    ],
)
def test_ndcg_discounts_linear_gain_by_position(ranking: list[str], expected: float) -> None:
    assert ndcg(ranking, GRADED) == pytest.approx(expected)


def test_ndcg_looks_at_ten_places_of_the_ranking_and_of_the_ideal() -> None:
    noise = [f"x{i}" for i in range(10)]
    assert ndcg([*noise, "a"], {"a": 1.0}) == 0.0
    assert ndcg([*noise[:9], "a"], {"a": 1.0}) == pytest.approx(1 / log2(11))
    relevant = [f"r{i}" for i in range(15)]
    assert ndcg(relevant, dict.fromkeys(relevant, 1.0)) == pytest.approx(1.0)
    assert ndcg(["x", "a"], {"a": 5.0, "b": 1.0}, k=2) == pytest.approx(
        (5 / log2(3)) / (5 + 1 / log2(3))
    )


@pytest.mark.parametrize(
    ("ranking", "k", "expected"),
    [
        (["a", "x", "b"], 10, 2 / 3),
        (["x"] * 9 + ["a"], 10, 1 / 3),
        (["x"] * 10 + ["a"], 10, 0.0),
        (["a", "b", "c"], 2, 2 / 3),
        (["d"], 10, 0.0),  # judged, but not relevant
        ([], 10, 0.0),
    ],
)
def test_recall_is_the_share_of_the_relevant(ranking: list[str], k: int, expected: float) -> None:
    assert recall(ranking, GRADED, k) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("ranking", "expected"),
    [
        (["a"], 1.0),
        (["x", "d", "c", "a"], 1 / 3),
        (["x"] * 20 + ["a"], 1 / 21),
        (["d"], 0),
        ([], 0),
    ],
)
def test_reciprocal_rank_is_that_of_the_first_relevant(ranking: list[str], expected: float) -> None:
    assert reciprocal_rank(ranking, GRADED) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("ranking", "k", "expected"),
    [(["a"], 1, 1.0), (["x", "a"], 1, 0.0), (["x", "a"], 2, 1.0), (["d"], 1, 0.0), ([], 1, 0.0)],
)
def test_a_hit_is_a_relevant_id_among_the_first(
    ranking: list[str], k: int, expected: float
) -> None:
    assert hit(ranking, GRADED, k) == expected


@pytest.mark.parametrize("judgements", [{}, {"a": 0.0}])
def test_where_nothing_is_relevant_every_metric_is_nought(judgements: dict[str, float]) -> None:
    ranking = ["a", "b"]
    assert ndcg(ranking, judgements) == recall(ranking, judgements) == 0.0
    assert reciprocal_rank(ranking, judgements) == hit(ranking, judgements) == 0.0
