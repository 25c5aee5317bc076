"""What people decided about revisions."""

from __future__ import annotations

import pytest

from assistant import record_tables
from index.database import open_engine
from index.decisions import Decisions
from index.document_status import StatusChange
from index.home import Home


@pytest.fixture
def decisions(home: Home) -> Decisions:
    return Decisions(open_engine(home.records, record_tables.MIGRATIONS))


def test_decisions_stand_in_the_order_in_which_they_were_made(decisions: Decisions) -> None:
    decisions.record(["a", "b"], "withdrawn", "wrong torque", "kim")
    decisions.record(["a"], "approved", "", "lee")
    assert [(d.content_hash, d.status, d.by) for d in decisions.all()] == [
        ("a", "withdrawn", "kim"),
        ("b", "withdrawn", "kim"),
        ("a", "approved", "lee"),
    ]
    latest = decisions.latest("a")
    assert latest is not None
    assert latest.status == "approved"
    assert decisions.latest("c") is None


def test_a_decision_waits_until_it_is_carried_out_or_taken_back(decisions: Decisions) -> None:
    one, two = decisions.record(["a", "b"], "withdrawn", "", "kim", is_done=False)
    decisions.record(["c"], "approved", "", "kim")
    assert [d.content_hash for d in decisions.pending()] == ["a", "b"]
    decisions.mark_done([one])
    decisions.drop([two])
    assert decisions.pending() == []
    assert [d.content_hash for d in decisions.all()] == ["a", "c"]


def test_decisions_about_what_is_deleted_are_forgotten(decisions: Decisions) -> None:
    decisions.record(["a", "b"], "withdrawn", "", "kim")
    decisions.forget(["a"])
    assert [d.content_hash for d in decisions.all()] == ["b"]


def test_a_release_remembers_what_it_changed(decisions: Decisions) -> None:
    change = StatusChange("a", "draft", "approved")
    first = decisions.add_release([change], {"questions": 3}, "kim")
    second = decisions.add_release([], {}, "kim")
    decisions.mark_rolled_back(first)
    assert [r.release_id for r in decisions.releases()] == [second, first]
    assert decisions.releases()[1].changes == (change,)
    assert decisions.releases()[1].rolled_back_at is not None
