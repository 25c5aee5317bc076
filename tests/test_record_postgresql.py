"""The figures of the sample plant are the same where the facts lie in PostgreSQL."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.analytics.engine import FigureEngine
from assistant.analytics.figure import Cell
from index.access import LOCAL
from index.facts.record import Record
from tests.postgresql_record import copied, served
from tests.record_checking import differences
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
    assert len(here.rows) == len(there.rows)
    for row, other in zip(here.rows, there.rows, strict=True):
        assert all(map(_is_same, row, other)), (row, other)
    assert (here.counted, here.excluded, here.coverage, here.notes) == (
        there.counted,
        there.excluded,
        there.coverage,
        there.notes,
    )


def _is_same(cell: Cell, other: Cell) -> bool:
    if isinstance(cell, float) and isinstance(other, float):
        return math.isclose(cell, other, rel_tol=1e-9)
    return cell == other
