"""A question over the record that is asked in the chat: it is told where the figure is."""

from __future__ import annotations

import html

import pytest

from assistant.answering import Assistant
from assistant.llm.choice import ModelSlot
from assistant.question import Ask
from index.access import LOCAL
from index.facts.record import PlainPlant, Record
from tests.conftest import Plant
from ui.plain import answer_text
from ui.rendering import answer_html


@pytest.fixture
def assistant(plant: Plant) -> Assistant:
    record = Record(plant.catalog.engine, PlainPlant())
    return Assistant(plant.retriever, ModelSlot(), record=record)


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("How many breakdowns last month?", "in the tab Figures"),
        ("Which five machines failed most this year?", "in the tab Figures"),
        ("上个月一共停机多少小时？", "按工单统计"),
    ],
)
def test_a_question_over_the_record_is_no_question_to_documents(
    assistant: Assistant, question: str, told: str
) -> None:
    answer = assistant.ask(Ask(question), LOCAL)
    assert answer.status == "record"
    assert told in answer.message
    assert not answer.is_supported
    assert (answer.causes, answer.quotes, answer.steps, answer.similar_tickets) == ((),) * 4
    shown = answer_html(answer)
    assert f'data-figure="{html.escape(question)}"' in shown
    assert "faultbook stats" in answer_text(answer)


@pytest.mark.parametrize(
    "question",
    [
        "E-217 on PR-02, ram slow when warm. What first?",
        "How do I set the tension of the main belt?",
        "The pump stopped last night, what could it be?",
    ],
)
def test_other_questions_go_to_the_documents(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(Ask(question, use_model=False), LOCAL)
    assert answer.status != "record"
    assert "data-figure" not in answer_html(answer)


def test_the_button_holds_any_question(assistant: Assistant) -> None:
    answer = assistant.ask(Ask("How many breakdowns last month?", use_model=False), LOCAL)
    odd = answer.model_copy(update={"question": "\"><img src=x onerror=alert(1)> $(rm) 'x"})
    assert "<img" not in answer_html(odd)
    assert "stats '\"><img" in answer_text(odd)
