"""The questions over the sample plant's record: the figure of each, against the oracle."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.analytics.asking.asked import Understood
from assistant.analytics.asking.asker import Asker
from assistant.analytics.engine import FigureEngine
from assistant.analytics.figure import Figure
from assistant.analytics.query import Query
from index.access import LOCAL
from index.facts.record import Record
from tests.record_answers import Answer
from tests.record_checking import differences
from tests.record_home import build_record, open_record
from tests.record_oracle import ORACLE, answer_to
from tests.record_plant import Plant
from tests.record_queries import questions
from tests.shared_homes import built_once

IDS = list(questions())
ABROAD = {"Plant North": {"q14", "q31", "c12", "c14"}, "Plant South": {"q23"}}
"""Questions that ask for lines of the other site, or give a column for each currency."""


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Record:
    home: Path = built_once(tmp_path_factory, "record", build_record)
    return open_record(home)


@pytest.fixture(scope="module")
def engine(record: Record) -> FigureEngine:
    return FigureEngine(record)


@pytest.fixture(scope="module")
def asker(record: Record) -> Asker:
    return Asker(record)


@pytest.fixture(scope="module")
def plant() -> Plant:
    return Plant()


@pytest.fixture(scope="module")
def plants() -> dict[str, Plant]:
    return {site: Plant(only=site) for site in ABROAD}


def test_the_oracle_answers_every_question() -> None:
    assert {name.partition(".")[0] for name in ORACLE} == questions().keys()


@pytest.mark.parametrize("question", IDS)
def test_the_words_come_to_the_query_and_its_figure(
    question: str, asker: Asker, engine: FigureEngine, plant: Plant
) -> None:
    asked = asker.ask(questions()[question].text, LOCAL)
    assert isinstance(asked, Understood), asked
    place = questions()[question].place_of(asked.query)
    assert place is not None, asked.query
    figure = engine.answer(asked.query, LOCAL)
    assert list(differences(figure, answer_to(plant, question, place))) == []


@pytest.mark.parametrize(
    ("question", "place"),
    [(each.id, place) for each in questions().values() for place in range(len(each.meanings))],
)
def test_the_figure_is_that_of_the_oracle(
    question: str, place: int, engine: FigureEngine, plant: Plant
) -> None:
    figure = engine.answer(questions()[question].meanings[place], LOCAL)
    assert list(differences(figure, answer_to(plant, question, place))) == []


@pytest.mark.parametrize("question", IDS)
def test_every_figure_can_be_defended(question: str, engine: FigureEngine) -> None:
    figure = engine.answer(questions()[question].query, LOCAL)
    assert figure.as_of.isoformat() == "2026-11-20T21:00:00+00:00"
    assert figure.definitions
    assert figure.periods
    assert figure.statements
    assert figure.counted > 0
    assert all(exclusion.rows > 0 for exclusion in figure.excluded)
    assert all(coverage.known <= coverage.of for coverage in figure.coverage)


@pytest.mark.parametrize(
    ("site", "question"),
    [(site, question) for site in ABROAD for question in IDS if question not in ABROAD[site]],
)
def test_who_sees_one_site_gets_its_figures(
    site: str, question: str, engine: FigureEngine, plants: dict[str, Plant]
) -> None:
    of_site = replace(LOCAL, sites=frozenset({site}))
    figure = engine.answer(questions()[question].query, of_site)
    assert list(differences(figure, ORACLE[question](plants[site]))) == []


@pytest.mark.parametrize("question", IDS)
def test_who_sees_no_site_gets_nothing(question: str, engine: FigureEngine) -> None:
    figure = engine.answer(questions()[question].query, replace(LOCAL, sites=frozenset()))
    assert (figure.counted, figure.uids) == (0, ())


@pytest.mark.parametrize(
    ("line", "zone"), [("Packaging line", "Asia/Shanghai"), ("Line 3", "Europe/Berlin")]
)
def test_borders_follow_the_clock_of_the_place(line: str, zone: str, engine: FigureEngine) -> None:
    query = Query.model_validate(
        {
            "metrics": ["failure_count"],
            "filters": [{"field": "line", "value": line}],
            "time": {"range": "last_month"},
        }
    )
    period = engine.answer(query, LOCAL).periods[0]
    assert period.time_zone == zone
    assert period.start is not None
    assert period.start.hour == 0


def _changed(answer: Answer) -> Answer:
    """The same with one value or id another."""
    if answer.ids is not None:
        return replace(answer, ids=(*answer.ids[:-1], "T-00-0000"))
    key = max(answer.values, key=lambda each: answer.values[each][0] or 0)
    first, *rest = answer.values[key]
    return replace(answer, values={**answer.values, key: ((first or 0) * 1.00001 + 1e-5, *rest)})


@pytest.mark.parametrize("question", IDS)
def test_another_number_is_a_difference(question: str, engine: FigureEngine, plant: Plant) -> None:
    figure: Figure = engine.answer(questions()[question].query, LOCAL)
    assert list(differences(figure, _changed(ORACLE[question](plant)))) != []


@pytest.mark.parametrize("question", IDS)
def test_the_sql_that_is_shown_can_be_run_with_the_values_that_are_shown(
    question: str, engine: FigureEngine, record: Record
) -> None:
    figure = engine.answer(questions()[question].query, LOCAL)
    assert figure.statements
    with closing(sqlite3.connect(str(record.engine.url.database))) as connection:
        for statement in figure.statements:
            connection.execute(statement.sql, statement.parameters).fetchall()
