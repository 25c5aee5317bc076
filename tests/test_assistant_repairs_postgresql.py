"""Past repairs are counted in PostgreSQL as they are in SQLite."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.repairs.arranging import arranged
from assistant.repairs.counting import count
from assistant.repairs.matching import Match
from index.access import LOCAL, Principal
from index.assets import AssetRegister
from index.facts.record import Record
from tests.postgresql_record import copied, served
from tests.record_home import build_record, open_record
from tests.shared_homes import built_once

pytestmark = pytest.mark.postgresql

NORTH = Principal("nia", "technician", frozenset({"Plant North"}), frozenset())


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Record:
    home: Path = built_once(tmp_path_factory, "record", build_record)
    return open_record(home)


@pytest.fixture(scope="module")
def other(record: Record) -> Iterator[Record]:
    with served() as target:
        yield copied(record, target)


@pytest.mark.parametrize("principal", [LOCAL, NORTH], ids=lambda one: one.user)
@pytest.mark.parametrize(
    "match",
    [Match(codes=("E-217",), folded=("e217",)), Match(ids=tuple(range(1, 400)))],
    ids=["code", "text"],
)
def test_every_count_is_that_of_sqlite(
    record: Record, other: Record, match: Match, principal: Principal
) -> None:
    record.fresh()
    asset = AssetRegister(record.engine).get(LOCAL, "PR-02")
    as_of = record.as_of()
    here = count(record.engine, match, asset, principal, as_of)
    there = count(other.engine, match, asset, principal, as_of)
    assert here.sums
    assert arranged(there.sums, {}) == arranged(here.sums, {})
    assert (there.excluded, there.duplicates, there.no_failures, there.reaches) == (
        here.excluded,
        here.duplicates,
        here.no_failures,
        here.reaches,
    )
