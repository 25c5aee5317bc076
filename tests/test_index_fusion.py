"""Fusion of ranked lists by standardised scores."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.fusion import Fused, fuse

NAMES = ("words", "grams", "dense")
# Whole scores and shifts, powers of two as factors: rounding then changes nothing.
SCORES = st.dictionaries(st.integers(1, 12), st.integers(-50, 50).map(float), max_size=8)
LISTS = st.fixed_dictionaries(dict.fromkeys(NAMES, SCORES))
WEIGHTS = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(NAMES, st.sampled_from([0.0, 0.25, 1.0, 2.0]))
)


@settings(max_examples=100, deadline=None)
@given(LISTS, WEIGHTS)
def test_holds_each_id_of_the_weighted_lists_once_best_first(
    lists: dict[str, dict[int, float]], weights: dict[str, float]
) -> None:
    fused = fuse(lists, weights)
    used = {name: lists[name] for name in NAMES if weights.get(name)}
    assert sorted(item.id for item in fused) == sorted(set().union(*used.values()))
    assert fused == sorted(fused, key=lambda item: (-item.score, item.id))
    for item in fused:
        assert len(item.found_by) == len(set(item.found_by))
        assert set(item.found_by) == {name for name, scores in used.items() if item.id in scores}


@settings(max_examples=100, deadline=None)
@given(
    LISTS, WEIGHTS, st.sampled_from(NAMES), st.sampled_from([0.25, 2.0, 8.0]), st.integers(-9, 9)
)
def test_the_scale_of_a_list_does_not_matter(
    lists: dict[str, dict[int, float]],
    weights: dict[str, float],
    name: str,
    factor: float,
    shift: int,
) -> None:
    other = lists | {name: {i: score * factor + shift for i, score in lists[name].items()}}
    before = {item.id: item.score for item in fuse(lists, weights)}
    assert {item.id: item.score for item in fuse(other, weights)} == pytest.approx(before, abs=1e-9)


@settings(max_examples=100, deadline=None)
@given(SCORES, st.sampled_from([0.3, 1.0]))
def test_one_list_keeps_its_order(scores: dict[int, float], weight: float) -> None:
    fused = [item.id for item in fuse({"words": scores}, {"words": weight})]
    assert fused == sorted(scores, key=lambda i: (-scores[i], i))


@settings(max_examples=60, deadline=None)
@given(LISTS, st.integers(1, 12))
def test_a_better_score_never_moves_an_id_down(
    lists: dict[str, dict[int, float]], chosen: int
) -> None:
    """With two scores only: among more, a new best also changes the deviation."""
    weights = {"words": 1.0, "dense": 1.0}
    words = {chosen: 1.0, 13: 0.0}
    worse = fuse({"words": {chosen: 0.0, 13: 1.0}, "dense": lists["dense"]}, weights)
    better = fuse({"words": words, "dense": lists["dense"]}, weights)
    ranks = [[item.id for item in fused].index(chosen) for fused in (worse, better)]
    assert ranks[1] <= ranks[0]


def test_scores_are_standardised_weighted_and_added() -> None:
    fused = fuse(
        {"words": {1: 30.0, 2: 10.0}, "dense": {2: 0.9, 3: 0.7}}, {"words": 0.5, "dense": 1.0}
    )
    # words: mean 20, deviation 10, so 1 and -1; dense: mean 0.8, deviation 0.1, so 1 and -1.
    assert [item.id for item in fused] == [2, 1, 3]
    assert [item.score for item in fused] == pytest.approx([0.5, -0.5, -1.5])
    assert [item.found_by for item in fused] == [("dense", "words"), ("words",), ("dense",)]


@pytest.mark.parametrize("scores", [{1: 0.1, 2: 0.1, 3: 0.1}, {1: 7.0}])
def test_a_list_of_equal_scores_prefers_nothing(scores: dict[int, float]) -> None:
    assert fuse({"words": scores}, {"words": 1.0}) == [
        Fused(i, pytest.approx(0.0), ("words",)) for i in scores
    ]


@pytest.mark.parametrize(
    ("lists", "weights"),
    [
        ({}, {}),
        ({"words": {}}, {"words": 1.0}),
        ({"words": {1: 1.0}}, {"words": 0.0}),
        ({"words": {1: 1.0}}, {"dense": 1.0}),
    ],
)
def test_nothing_comes_of_no_list_no_score_or_no_weight(
    lists: dict[str, dict[int, float]], weights: dict[str, float]
) -> None:
    assert fuse(lists, weights) == []
