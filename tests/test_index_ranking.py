"""The order of candidates, with scores made by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from index.candidates import Candidates, Form
from index.code_table import CodeHit
from index.intent import intent_of
from index.neighbours import support
from index.phrases import held_share
from index.ranking import DEFAULT, Ranking, order

PLAIN = Ranking(
    weights={"words": 1.0, "dense": 1.0},
    foreign={"words": 1.0},
    form=0.0,
    quantity=0.0,
    message=0.0,
    section=0.0,
    neighbours=0.0,
)


def _found(
    question: str, texts: Sequence[str], dense: Sequence[float], **more: object
) -> Candidates:
    """Candidates 1, 2, ... with these cosines, each below a heading of its own."""
    forms = {i: Form("text", text, (1, i), f"k{i}") for i, text in enumerate(texts, start=1)}
    scores = {"dense": dict(enumerate(dense, start=1))}
    found = Candidates(
        question, intent_of(question), np.zeros(2, np.float32), scores=scores, forms=forms
    )
    return replace(found, **more)  # type: ignore[arg-type]


def _order(found: Candidates, ranking: Ranking = PLAIN) -> list[int]:
    return [item.id for item in order(found, ranking)]


def _hit(chunk_id: int) -> CodeHit:
    return CodeHit("E-1", "alarm", "", "", "", (), (), 0, chunk_id, 1, 0)


# Text of an alarm


@pytest.mark.parametrize(
    ("question", "message", "share"),
    [
        ("Motor overload", "Motor overload", 1.0),
        ("Motor overload", "Motor overload. Check the load.", 1.0),
        ("Motor overload", "Motor overload warning", 0.0),
        ("motor  OVERLOADS", "Motor overload", 1.0),  # case, space, stem
        ("It shows motor overload", "Motor overload", 0.5),
        ("overload of the motor", "Motor overload", 0.0),  # in another order
        ("overload", "Overload", 0.0),  # one word stands in too many questions
        ("电机过载", "电机过载。请检查负载", 1.0),
        ("电机过载", "滑轨电机过载", 0.0),
        ("显示电机过载", "电机过载", 4 / 6),
        ("ｍｏｔｏｒ overload", "Motor overload", 1.0),  # width
        ("", "Motor overload", 0.0),
        ("Motor overload", "", 0.0),
        ("Motor overload", "...", 0.0),
    ],
)
def test_a_question_holds_the_text_of_an_alarm_whole_or_not(
    question: str, message: str, share: float
) -> None:
    assert held_share(question, message) == pytest.approx(share)


def test_the_alarm_whose_text_was_typed_comes_before_those_that_only_hold_it() -> None:
    found = _found("Motor overload", ["Linear motor overload", "Motor overload"], [0.6, 0.5])
    forms = {
        1: replace(found.forms[1], messages=("Linear motor overload",)),
        2: replace(found.forms[2], messages=("Motor overload",)),
    }
    found = replace(found, forms=forms)
    assert _order(found) == [1, 2]
    assert _order(found, replace(PLAIN, message=4.0)) == [2, 1]


# Form, quantity, section


@pytest.mark.parametrize(
    "text",
    [
        "Tank, at upper mark: 160 l",
        "Property | Value | Unit\nTank, at upper mark | 160 | l",
        "Eigenschaft | Wert | Einheit\nTank | 160 | l",
    ],
)
def test_what_holds_such_a_quantity_as_was_asked_for_is_lifted(text: str) -> None:
    found = _found("how many litres of oil in the tank", ["oil tank, 3 bar", text], [0.6, 0.5])
    assert _order(found) == [1, 2]
    assert _order(found, replace(PLAIN, quantity=2.5)) == [2, 1]


def test_a_row_without_a_number_has_no_quantity_of_its_unit() -> None:
    text = "Property | Value | Unit\nTank | see plate | l"
    found = _found("how many litres of oil in the tank", ["oil tank", text], [0.6, 0.5])
    assert _order(found, replace(PLAIN, quantity=2.5)) == [1, 2]


def test_a_section_of_which_several_passages_are_good_comes_first() -> None:
    """Standardised, the cosines are 1.11, 0.98, 0.49, ...; the second has a good neighbour."""
    found = _found("why does it leak", ["a", "b", "c", "d", "e"], [0.60, 0.59, 0.55, 0.4, 0.4])
    forms = dict(found.forms) | {3: replace(found.forms[3], section=(1, 2))}
    found = replace(found, forms=forms)
    assert _order(found)[:3] == [1, 2, 3]
    assert _order(found, replace(PLAIN, section=0.3))[:3] == [2, 1, 3]


# Records


def test_records_that_resemble_each_other_support_each_other() -> None:
    """The first record is nearest to the question, but those like it are far from it."""
    texts = ["lights flicker"]
    texts += [f"hose leaks at the boom {i}" for i in range(20)]
    texts += [f"lights flicker {i}" for i in range(20)]
    cosines = [0.60, *(0.59 - i / 1000 for i in range(20)), *(0.1 for _ in range(20))]
    found = _found("boom leak", texts, cosines)
    forms = {i: replace(form, is_record=True) for i, form in found.forms.items()}
    records = replace(found, forms=forms)
    assert _order(records)[0] == 1
    assert _order(records, replace(PLAIN, neighbours=2.0))[0] == 2
    assert _order(found, replace(PLAIN, neighbours=2.0))[0] == 1  # passages of a manual


def test_support_is_the_weighted_mean_of_the_nearest() -> None:
    scores = np.array([1.0, 2.0, 4.0, 8.0])
    texts = ["pump leaks", "pump leaks", "pump leaks", "0"]
    found = support(texts, scores, 2)
    assert found[:3] == pytest.approx([3.0, 2.5, 1.5])
    assert found[3] == 0.0
    assert support(["one"], np.array([1.0]), 5).tolist() == [0.0]
    assert support([], np.zeros(0), 5).tolist() == []
    assert support(["", ""], np.array([1.0, 2.0]), 5).shape == (2,)


# Codes and paths


def test_what_the_code_table_gave_comes_first_and_keeps_its_other_paths() -> None:
    found = _found("E-1", ["a", "b", "c"], [0.6, 0.5, 0.4], codes=(_hit(3), _hit(9)))
    ranked = order(found, PLAIN)
    assert [(item.id, item.paths) for item in ranked] == [
        (3, ("code", "dense")),
        (9, ("code",)),
        (1, ("dense",)),
        (2, ("dense",)),
    ]
    assert _order(found, replace(PLAIN, uses_codes=False)) == [1, 2, 3]


def test_what_explains_another_code_is_not_offered() -> None:
    found = _found("E-1", ["a", "b"], [0.6, 0.5], hidden=frozenset({1}))
    assert _order(found) == [2]


def test_a_chunk_that_was_deleted_meanwhile_is_left_out() -> None:
    found = _found("x", ["a", "b"], [0.6, 0.5])
    assert _order(replace(found, forms={2: found.forms[2]})) == [2]


def test_a_foreign_question_is_ranked_by_the_paths_for_it() -> None:
    found = _found("x", ["a", "b"], [0.6, 0.5], is_foreign=True)
    found = replace(found, scores={**found.scores, "words": {2: 3.0, 1: 1.0}})
    assert [(item.id, item.paths) for item in order(found, PLAIN)] == [
        (2, ("lexical",)),
        (1, ("lexical",)),
    ]


def test_nothing_found_is_no_order() -> None:
    assert _order(_found("x", [], [])) == []
    assert _order(_found("x", ["a"], [0.5]), replace(DEFAULT, weights={})) == []


# Reranking


class _ByLength:
    """A reranker that likes long texts and notes what it was shown."""

    def __init__(self) -> None:
        self.shown: list[str] = []

    def score(self, question: str, texts: Sequence[str]) -> np.ndarray:
        self.shown += texts
        return np.array([len(text) for text in texts], np.float32)


def test_a_reranker_orders_the_first_thirty_and_only_them() -> None:
    texts = ["x" * (i % 7 + 1) for i in range(40)]
    found = _found("x", texts, [1 - i / 100 for i in range(40)], codes=(_hit(40),))
    reranker = _ByLength()
    ranked = order(found, PLAIN, reranker)
    assert len(reranker.shown) == 30
    assert ranked[0].id == 40  # a code stays first
    rest = [item.id for item in ranked[1:]]
    assert [len(texts[i - 1]) for i in rest[:30]] == sorted(
        (len(texts[i - 1]) for i in rest[:30]), reverse=True
    )
    assert rest[30:] == list(range(31, 40))
    scores = [item.score for item in ranked[1:]]
    assert scores == sorted(scores, reverse=True)
