"""The figures of the sample plant are the same where the facts lie in PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.analytics.engine import FigureEngine
from index.access import LOCAL
from index.facts.record import Record
from tests.postgresql_record import copied, served
from tests.record_checking import assert_same, differences
from tests.record_home import build_record, open_record
from tests.record_oracle import ORACLE
from tests.record_plant import Plant
from tests.record_queries import questions
from tests.shared_homes import built_once

pytestmark = pytest.mark.postgresql


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Record:
    home: Path = built_once(tmp_path_factory, "record", build_record)
    return open_record(home)


@pytest.fixture(scope="module")
def engine(record: Record) -> Iterator[FigureEngine]:
    with served() as target:
        yield FigureEngine(copied(record, target))


@pytest.fixture(scope="module")
def plant() -> Plant:
    return Plant()


@pytest.mark.parametrize("question", questions())
def test_the_figure_is_that_of_the_oracle_and_of_sqlite(
    question: str, engine: FigureEngine, record: Record, plant: Plant
) -> None:
    query = questions()[question].query
    here, there = FigureEngine(record).answer(query, LOCAL), engine.answer(query, LOCAL)
    assert list(differences(there, ORACLE[question](plant))) == []
    assert [column.name for column in here.columns] == [column.name for column in there.columns]
    assert_same(here, there)
