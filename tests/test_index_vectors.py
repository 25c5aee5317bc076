"""Dense search against brute force, on vectors that are not of unit length."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.vectors import VectorIndex

DIMENSION = 8

Held = dict[int, tuple[int, np.ndarray]]
"""Revision and vectors (shape (n, DIMENSION)) by chunk id."""


def _held(random: np.random.Generator, chunks: range, revisions: int) -> Held:
    """Chunks of one to three vectors, lengths far from 1, in revisions 1 to ``revisions``."""
    return {
        chunk: (
            int(random.integers(1, revisions + 1)),
            (random.normal(size=(random.integers(1, 4), DIMENSION)) * 5).astype(np.float32),
        )
        for chunk in chunks
    }


def _add(index: VectorIndex, held: Mapping[int, tuple[int, np.ndarray]]) -> None:
    chunks = [chunk for chunk, (_, rows) in held.items() for _ in rows]
    revisions = [revision for revision, rows in held.values() for _ in rows]
    vectors = np.concatenate([np.empty((0, DIMENSION), np.float32), *(v for _, v in held.values())])
    index.add(np.array(chunks, np.int64), np.array(revisions, np.int64), vectors)


def _best(held: Held, query: np.ndarray, k: int, revisions: list[int]) -> dict[int, float]:
    scores = {
        chunk: float(max(rows @ query))
        for chunk, (revision, rows) in held.items()
        if revision in revisions
    }
    return dict(sorted(scores.items(), key=lambda item: -item[1])[:k])


def _assert_same(found: dict[int, float], expected: dict[int, float]) -> None:
    assert list(found) == list(expected)
    assert list(found.values()) == pytest.approx(list(expected.values()), rel=1e-4, abs=1e-4)


@pytest.mark.parametrize("k", [1, 5, 40, 1000])
@pytest.mark.parametrize(
    "revisions",
    [[], [7], [3, 99], [1, 2, 3, 4, 5], list(range(1, 41)), list(range(1, 400))],
    ids=["none", "one", "one and unknown", "some", "all", "more than there are"],
)
def test_finds_what_brute_force_finds_at_any_selectivity(k: int, revisions: list[int]) -> None:
    random = np.random.default_rng(5)
    held = _held(random, range(1, 301), 40)
    index = VectorIndex(DIMENSION)
    _add(index, held)
    assert len(index) == 300
    for query in random.normal(size=(5, DIMENSION)) * 3:
        found = index.search(query.astype(np.float32), k, revisions)
        _assert_same(found, _best(held, query.astype(np.float32), k, revisions))


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32), st.lists(st.tuples(st.booleans(), st.integers(1, 30)), max_size=12))
def test_stays_equal_to_brute_force_over_additions_and_removals(
    seed: int, steps: list[tuple[bool, int]]
) -> None:
    random = np.random.default_rng(seed)
    index, held, following = VectorIndex(DIMENSION), Held(), 1
    for is_removal, count in steps:
        if is_removal:
            gone = random.integers(1, following + 3, size=count)  # some are unknown, some double
            index.remove(gone)
            for chunk in gone.tolist():
                held.pop(chunk, None)
        else:
            fresh = _held(random, range(following, following + count), 4)
            _add(index, fresh)
            held |= fresh
            following += count
    query = (random.normal(size=DIMENSION) * 3).astype(np.float32)
    assert len(index) == len(held)
    for revisions in ([1], [2, 3], [1, 2, 3, 4]):
        _assert_same(index.search(query, 7, revisions), _best(held, query, 7, revisions))
    expected = _best(held, query, len(held), [1, 2, 3, 4])
    asked = [*held, following + 5]
    assert index.cosines(query, asked) == pytest.approx(expected, rel=1e-4, abs=1e-4)


def test_as_many_chunks_come_back_as_asked_though_each_has_many_vectors() -> None:
    index = VectorIndex(2)
    rows = np.array([[1, 0]] * 3 + [[0.9, 0]] * 3 + [[0.5, 0]], np.float32)
    index.add(np.array([1, 1, 1, 2, 2, 2, 3]), np.ones(7, np.int64), rows)
    found = index.search(np.array([1, 0], np.float32), 3, [1])
    assert list(found) == [1, 2, 3]


def test_a_chunk_scores_by_its_best_vector_once() -> None:
    index = VectorIndex(2)
    rows = np.array([[0, 1], [1, 0], [0.6, 0.8]], np.float32)
    index.add(np.array([4, 4, 5]), np.array([1, 1, 1]), rows)
    found = index.search(np.array([1, 0], np.float32), 9, [1])
    assert found == pytest.approx({4: 1.0, 5: 0.6})
    assert list(found) == [4, 5]
    assert index.cosines(np.array([-1, 0], np.float32), [4, 5]) == pytest.approx({4: 0.0, 5: -0.6})


def test_an_empty_index_finds_nothing() -> None:
    index = VectorIndex(3)
    query = np.ones(3, np.float32)
    assert (len(index), index.search(query, 5, [1]), index.cosines(query, [1])) == (0, {}, {})
    index.remove(np.array([1, 2], np.int64))
    index.add(np.empty(0, np.int64), np.empty(0, np.int64), np.empty((0, 3), np.float32))
    assert index.search(query, 5, [1]) == {}


def test_an_index_that_was_emptied_takes_new_chunks() -> None:
    index = VectorIndex(2)
    rows = np.eye(2, dtype=np.float32)
    index.add(np.array([1, 2]), np.array([1, 1]), rows)
    index.remove(np.array([1, 2]))
    assert (len(index), index.search(rows[0], 5, [1])) == (0, {})
    index.add(np.array([3]), np.array([1]), rows[:1])
    assert index.search(rows[0], 5, [1]) == {3: 1.0}


def test_a_chunk_that_is_there_keeps_its_vectors_when_added_again() -> None:
    index = VectorIndex(2)
    rows = np.eye(2, dtype=np.float32)
    index.add(np.array([1]), np.array([1]), rows[:1])
    index.add(np.array([1, 2]), np.array([1, 1]), rows[::-1])
    assert len(index) == 2
    assert index.search(rows[0], 5, [1]) == {1: 1.0, 2: 1.0}


def test_a_removed_chunk_may_come_back() -> None:
    index = VectorIndex(2)
    rows = np.eye(2, dtype=np.float32)
    index.add(np.arange(1, 11), np.ones(10, np.int64), np.repeat(rows[:1], 10, axis=0))
    index.remove(np.array([4]))
    assert 4 not in index.search(rows[0], 20, [1])
    index.add(np.array([4]), np.array([2]), rows[1:])
    assert index.search(rows[1], 20, [2]) == {4: 1.0}
    assert index.cosines(rows[0], [4]) == {4: 0.0}


def test_a_query_of_another_number_type_or_shape_is_the_same_query() -> None:
    index = VectorIndex(2)
    index.add(np.array([1]), np.array([1]), np.array([[3, 4]], np.float32))
    for query in (np.array([1, 2]), np.array([[1.0, 2.0]])):
        assert index.search(query, 1, [1]) == {1: 11.0}
