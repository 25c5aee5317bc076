"""Questions over the record in words: the 55 of the sample plant and how else people say them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.analytics.asking.asked import AskBack, Understood
from assistant.analytics.asking.asker import Asker
from index.access import LOCAL
from tests.record_home import build_record, open_record
from tests.record_queries import Question, questions
from tests.shared_homes import built_once

WORDINGS = Path(__file__).parent / "data" / "record_wordings.jsonl"
LEAST_RIGHT = 0.95
MOST_WRONG = 0.01


@pytest.fixture(scope="module")
def asker(tmp_path_factory: pytest.TempPathFactory) -> Asker:
    return Asker(open_record(built_once(tmp_path_factory, "record", build_record)))


@pytest.mark.parametrize("question", questions().values(), ids=lambda question: question.id)
def test_each_of_the_questions_becomes_its_query(asker: Asker, question: Question) -> None:
    asked = asker.ask(question.text, LOCAL)
    assert isinstance(asked, Understood), asked
    assert question.is_meant_by(asked.query), asked.query


def test_other_wordings_are_right_or_asked_back(asker: Asker) -> None:
    rows = [json.loads(line) for line in WORDINGS.read_text(encoding="utf-8").splitlines()]
    assert len(rows) >= 440
    wrong, back = [], []
    for row in rows:
        asked = asker.ask(row["text"], LOCAL)
        if isinstance(asked, AskBack):
            back.append((row["text"], asked.question))
        elif not questions()[row["id"]].is_meant_by(asked.query):
            wrong.append((row["text"], asked.query))
    assert len(wrong) <= MOST_WRONG * len(rows), wrong
    assert len(wrong) + len(back) <= (1 - LEAST_RIGHT) * len(rows), (wrong, back)
