"""How much of a question a text holds."""

from __future__ import annotations

import pytest

from assistant.relevance import Question, content_pairs


def rarity(word: str) -> float:
    return {"pump": 1.0, "cavit": 3.0}.get(word, 0.0)


def test_a_rare_word_weighs_more_than_a_common_one() -> None:
    question = Question("pump cavitates", rarity)
    assert question.share("the pump") == pytest.approx(0.25)
    assert question.share("cavitation noise") == pytest.approx(0.75)


def test_several_texts_count_together_and_each_word_once() -> None:
    question = Question("pump cavitates", rarity)
    assert question.share("pump pump", "pumps cavitating") == pytest.approx(1.0)


def test_a_word_that_stands_nowhere_counts_as_an_average_one() -> None:
    question = Question("pump cavitates gurgling", rarity)
    assert question.share("gurgling") == pytest.approx(2 / 6)


def test_filler_and_the_machine_name_do_not_count() -> None:
    question = Question("What is wrong with the pump of Press 2?", rarity, ignore=["Press 2"])
    assert question.share("pump") == 1.0
    assert question.share("what is wrong with press 2") == 0.0


@pytest.mark.parametrize("text", ["", "what is it?", "怎么"])
def test_a_question_without_words_of_weight_is_held_by_nothing(text: str) -> None:
    assert Question(text, rarity).share("pump") == 0.0


def test_pairs_are_neighbours_that_mean_something() -> None:
    assert content_pairs("How do I set the spindle drive belts on PR-02?") == [
        "spindle drive",
        "drive belt",
    ]
