"""Follow-ups are completed from the turn before."""

from __future__ import annotations

import pytest

from assistant.condensing import Standalone, condense
from assistant.messages import Answer, Timings
from assistant.question import LONGEST_QUESTION
from assistant.records import Turn


def turn(
    question: str, asset: str | None = None, *, answered: bool = True, chosen: bool = False
) -> Turn:
    """A turn about an asset that its question names, or that was chosen."""
    answer = Answer(
        question=question,
        status="grounded",
        code_status="none",
        asset=asset,
        message="",
        is_degraded=False,
        timings=Timings(evidence_s=0, total_s=0),
    )
    picked = asset if chosen else None
    return Turn("t", "c", question, picked, "done", "", answer if answered else None)


def test_the_first_question_stands_alone() -> None:
    assert condense("what about it?", "PR-01", []) == Standalone("what about it?", "PR-01")


@pytest.mark.parametrize(
    "question",
    [
        "and the torque?",
        "what about the pump?",
        "why?",
        "how do I replace it?",
        "那扭矩呢",
        "它多重",
        "why is it only warm after lunch?",
        "and what if it comes again after the restart?",
        "und wenn es nach der Pause wiederkommt?",
        "Woran sehe ich das?",
    ],
)
def test_a_short_question_that_leans_takes_the_one_before_along(question: str) -> None:
    standalone = condense(question, None, [turn("How do I change B2?", "PR-01")])
    assert standalone == Standalone(f"How do I change B2?\n{question}", None, "PR-01")


@pytest.mark.parametrize(
    "question",
    [
        "E-218 on the lathe",
        "oil leaks",
        "what about E-218?",
        "and alarm 307?",
        "why does the pump of the tailstock not start any more?",
        "Die Pumpe am Reitstock läuft nicht mehr an",
        "it drips from the cylinder whenever the ram stands still for long",
        "and now after the weekend the whole press does not start any more",
    ],
)
def test_another_question_keeps_only_the_machine_in_mind(question: str) -> None:
    standalone = condense(question, None, [turn("How do I change B2?", "PR-01")])
    assert standalone == Standalone(question, None, "PR-01")


def test_a_chain_of_follow_ups_keeps_its_beginning() -> None:
    first = condense("and the torque?", None, [turn("How do I change B2?", "PR-01")])
    second = condense("and its number?", None, [turn(first.question, "PR-01")])
    assert second.question == "How do I change B2?\nand the torque?\nand its number?"


def test_choosing_another_machine_begins_a_new_story() -> None:
    earlier = [turn("How do I change B2?", "PR-01", chosen=True)]
    standalone = condense("and the torque?", "LT-01", earlier)
    assert standalone == Standalone("and the torque?", "LT-01", "PR-01")


def test_choosing_the_same_machine_goes_on() -> None:
    earlier = [turn("How do I change B2?", "PR-01", chosen=True)]
    standalone = condense("and the torque?", "PR-01", earlier)
    assert standalone.question == "How do I change B2?\nand the torque?"


def test_a_turn_that_failed_is_still_the_one_before() -> None:
    earlier = [turn("E-217", "PR-01", answered=False, chosen=True)]
    assert condense("and why?", "PR-01", earlier) == Standalone("E-217\nand why?", "PR-01", "PR-01")


def test_a_machine_that_is_chosen_no_longer_is_not_kept_in_mind() -> None:
    earlier = [turn("How do I change B2?", "PR-01", chosen=True)]
    standalone = condense("what torque for the head bolts", None, earlier)
    assert standalone == Standalone("what torque for the head bolts", None, None)


def test_only_the_last_turn_counts() -> None:
    earlier = [turn("E-217", "PR-01"), turn("307", "LT-01")]
    assert condense("and why?", None, earlier) == Standalone("307\nand why?", None, "LT-01")


def test_a_follow_up_never_makes_a_question_that_is_too_long() -> None:
    standalone = condense("and why?", None, [turn("x" * (LONGEST_QUESTION - 5), "PR-01")])
    assert standalone == Standalone("and why?", None, "PR-01")
    joined = condense("and why?", None, [turn("x" * (LONGEST_QUESTION - 9), "PR-01")])
    assert len(joined.question) == LONGEST_QUESTION
