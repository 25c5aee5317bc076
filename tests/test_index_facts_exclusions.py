"""Tickets that no figure counts: who may say so, why, and what a dead process leaves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from assistant import record_tables
from assistant.audit import AuditLog
from index.access import LOCAL, Principal
from index.assets import Asset, AssetRegister
from index.catalog import Catalog
from index.database import open_engine, writing
from index.errors import ExclusionRefused, NotAllowed, TicketUnknown
from index.facts.exclusions import Exclusions
from index.facts.fact_tables import excluded_ticket
from index.ticket_tables import ticket
from tests.fact_plants import FactPlant

NORTH = Principal("nils", "supervisor", frozenset({"North"}), frozenset())
SOUTH = Principal("stan", "supervisor", frozenset({"South"}), frozenset())


@pytest.fixture
def records(tmp_path: Path) -> Iterator[sa.Engine]:
    engine = open_engine(tmp_path / "records.db", record_tables.MIGRATIONS)
    yield engine
    engine.dispose()


@pytest.fixture
def plant(catalog: Catalog, tmp_path: Path) -> FactPlant:
    AssetRegister(catalog.engine).put([Asset("P-1", site="North")])
    plant = FactPlant(catalog, tmp_path)
    plant.put(
        {"ticket_id": "T-1", "asset": "P-1", "title": "leak"},
        {"ticket_id": "T-2", "asset": "X", "title": "noise"},
    )
    return plant


@pytest.fixture
def exclusions(plant: FactPlant, records: sa.Engine) -> Exclusions:
    return Exclusions(records, plant.catalog, AuditLog(records))


def _excluded(catalog: Catalog) -> list[str]:
    with catalog.engine.connect() as connection:
        return sorted(connection.scalars(sa.select(excluded_ticket.c.uid)))


def test_a_ticket_is_taken_out_and_counted_again_and_both_are_logged(
    exclusions: Exclusions, catalog: Catalog, records: sa.Engine
) -> None:
    done = exclusions.exclude(LOCAL, "T-1", "  wrong\n machine ")
    assert (done.uid, done.number, done.asset, done.title) == ("s:T-1", "T-1", "P-1", "leak")
    assert (done.reason, done.by) == ("wrong machine", "local")
    assert exclusions.all(LOCAL) == [done]
    assert _excluded(catalog) == ["s:T-1"]
    again = exclusions.exclude(LOCAL, "s:T-1", "superseded")
    assert exclusions.all(LOCAL) == [again]
    exclusions.take_back(LOCAL, "s:T-1")
    assert (exclusions.all(LOCAL), _excluded(catalog)) == ([], [])
    assert [(row.action, row.object, row.details) for row in AuditLog(records).rows()] == [
        ("exclusion changed", "s:T-1", '{"is_excluded":true}'),
        ("exclusion changed", "s:T-1", '{"is_excluded":true}'),
        ("exclusion changed", "s:T-1", '{"is_excluded":false}'),
    ]


@pytest.mark.parametrize("reason", ["", " \n\t", "x" * 1001])
def test_without_a_reason_nothing_is_excluded(exclusions: Exclusions, reason: str) -> None:
    with pytest.raises(ExclusionRefused, match="Say why"):
        exclusions.exclude(LOCAL, "T-1", reason)
    assert exclusions.all(LOCAL) == []


def test_what_is_not_there_or_not_out_is_refused(exclusions: Exclusions) -> None:
    with pytest.raises(TicketUnknown, match="no ticket 'T-9'"):
        exclusions.exclude(LOCAL, "T-9", "a test")
    with pytest.raises(ExclusionRefused, match="T-1 is not excluded"):
        exclusions.take_back(LOCAL, "T-1")
    with pytest.raises(TicketUnknown):
        exclusions.take_back(LOCAL, "T-9")


def test_who_may_exclude_what(exclusions: Exclusions) -> None:
    for role in ("technician", "planner"):
        with pytest.raises(NotAllowed):
            exclusions.exclude(Principal("tess", role), "T-1", "a test")
    with pytest.raises(TicketUnknown):  # as if it were not there
        exclusions.exclude(SOUTH, "T-1", "a test")
    with pytest.raises(NotAllowed, match="belongs to every site"):
        exclusions.exclude(NORTH, "T-2", "a test")
    exclusions.exclude(NORTH, "T-1", "a test")
    with pytest.raises(TicketUnknown):
        exclusions.take_back(SOUTH, "s:T-1")
    with pytest.raises(NotAllowed):
        exclusions.take_back(Principal("tess", "technician"), "T-1")
    assert [one.uid for one in exclusions.all(NORTH)] == ["s:T-1"]
    assert exclusions.all(SOUTH) == []
    exclusions.take_back(NORTH, "T-1")


def test_a_number_that_two_systems_have_names_neither(
    exclusions: Exclusions, plant: FactPlant
) -> None:
    with writing(plant.catalog.engine) as connection:
        connection.execute(ticket.update().where(ticket.c.uid == "s:T-2").values(locator="T-1"))
    with pytest.raises(TicketUnknown, match=r"Name one of s:T-1, s:T-2"):
        exclusions.exclude(LOCAL, "T-1", "a test")
    assert exclusions.exclude(LOCAL, "s:T-2", "a test").title == "noise"


def test_what_a_process_left_undone_is_done_by_the_next_one(
    exclusions: Exclusions, catalog: Catalog
) -> None:
    exclusions.exclude(LOCAL, "T-1", "a test")
    with writing(catalog.engine) as connection:
        connection.execute(excluded_ticket.delete())
        connection.execute(excluded_ticket.insert().values(uid="s:T-2"))
    assert exclusions.carry_out() == 2
    assert _excluded(catalog) == ["s:T-1"]
    assert exclusions.carry_out() == 0


def test_a_ticket_that_is_gone_stays_excluded_until_somebody_says_otherwise(
    exclusions: Exclusions, plant: FactPlant, catalog: Catalog
) -> None:
    exclusions.exclude(LOCAL, "T-1", "a test")
    with writing(catalog.engine) as connection:
        connection.execute(ticket.delete().where(ticket.c.uid == "s:T-1"))
    assert [(one.uid, one.number) for one in exclusions.all(LOCAL)] == [("s:T-1", "")]
    assert exclusions.all(NORTH) == []
    plant.put({"ticket_id": "T-1", "asset": "P-1", "title": "leak"})
    assert plant.facts()["T-1"].is_excluded == 1
    with writing(catalog.engine) as connection:
        connection.execute(ticket.delete().where(ticket.c.uid == "s:T-1"))
    exclusions.take_back(LOCAL, "s:T-1")
    assert exclusions.all(LOCAL) == []
