"""Which revision of a document answers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from index.access import LOCAL
from index.catalog import EVERY_STATUS, Catalog
from index.corpus import PassageFilter
from index.document_status import approve, restore, withdraw
from index.errors import StatusRefused
from index.storing import described, retag, store
from tests.hash_embedder import HashEmbedder
from tests.small_documents import put, small


def _put(catalog: Catalog, label: str, *, hold: bool = False, title: str = "Press") -> int:
    knowledge = small(label, title=title, number="N-1", revision=label)
    return store(catalog, knowledge, HashEmbedder.identity, {}, hold=hold)


def _statuses(catalog: Catalog) -> dict[str, str]:
    return {d.revision: d.status for d in catalog.documents(LOCAL, EVERY_STATUS)}


def test_a_draft_waits_and_the_old_revision_goes_on_answering(catalog: Catalog) -> None:
    _put(catalog, "A")
    _put(catalog, "B", hold=True)
    assert _statuses(catalog) == {"A": "approved", "B": "draft"}
    assert len(catalog.visible_revisions(LOCAL, PassageFilter(include_superseded=True))) == 1


def test_an_approved_draft_replaces_the_old_revision(catalog: Catalog) -> None:
    _put(catalog, "A")
    draft = _put(catalog, "B", hold=True)
    changes = approve(catalog, [draft])
    assert _statuses(catalog) == {"A": "superseded", "B": "approved"}
    assert sorted((c.before, c.after) for c in changes) == [
        ("approved", "superseded"),
        ("draft", "approved"),
    ]


def test_an_older_revision_is_refused_while_a_newer_one_answers(catalog: Catalog) -> None:
    old = _put(catalog, "A")
    _put(catalog, "B")
    with pytest.raises(StatusRefused, match=r"A newer revision than A is approved\. Withdraw"):
        approve(catalog, [old])
    assert _statuses(catalog) == {"A": "superseded", "B": "approved"}


def test_one_refused_revision_lets_none_through(catalog: Catalog) -> None:
    old = _put(catalog, "A")
    _put(catalog, "B")
    other = store(catalog, small("x", number="N-2"), "hash:64", {}, hold=True)
    with pytest.raises(StatusRefused):
        approve(catalog, [other, old])
    assert catalog.status(LOCAL, other) == "draft"


@pytest.mark.parametrize("order", [("A", "B"), ("B", "A")])
def test_of_two_drafts_of_a_document_the_newer_answers_in_whatever_order_they_are_named(
    catalog: Catalog, order: tuple[str, str]
) -> None:
    ids = {label: _put(catalog, label, hold=True) for label in "AB"}
    approve(catalog, [ids[label] for label in order])
    assert _statuses(catalog) == {"A": "superseded", "B": "approved"}


def test_nothing_takes_the_place_of_a_withdrawn_revision_by_itself(catalog: Catalog) -> None:
    _put(catalog, "A")
    newer = _put(catalog, "B")
    withdraw(catalog, [newer])
    assert _statuses(catalog) == {"A": "superseded", "B": "withdrawn"}
    _put(catalog, "0")  # an even older one comes in
    assert _statuses(catalog) == {"0": "superseded", "A": "superseded", "B": "withdrawn"}


def test_an_older_revision_answers_once_it_is_approved_and_until_a_newer_one_comes(
    catalog: Catalog,
) -> None:
    old, newer = _put(catalog, "A"), _put(catalog, "B")
    withdraw(catalog, [newer])
    approve(catalog, [old])
    assert _statuses(catalog) == {"A": "approved", "B": "withdrawn"}
    _put(catalog, "0")
    assert _statuses(catalog)["A"] == "approved"  # it stays the one that a person chose
    third = _put(catalog, "C")
    assert _statuses(catalog) == {
        "0": "superseded",
        "A": "superseded",
        "B": "withdrawn",
        "C": "approved",
    }
    withdraw(catalog, [third])
    _put(catalog, "1")
    assert "approved" not in _statuses(catalog).values()  # A was chosen instead of B, not of C


def test_a_withdrawn_revision_answers_again_when_it_is_approved(catalog: Catalog) -> None:
    _put(catalog, "A")
    newer = _put(catalog, "B")
    withdraw(catalog, [newer])
    approve(catalog, [newer])
    assert _statuses(catalog) == {"A": "superseded", "B": "approved"}


def test_a_decision_of_the_past_gives_way_to_what_came_in_since(catalog: Catalog) -> None:
    old = _put(catalog, "A", hold=True)
    _put(catalog, "B")
    approve(catalog, [old], is_past=True)
    assert _statuses(catalog) == {"A": "superseded", "B": "approved"}


def test_statuses_are_given_back_as_they_were(catalog: Catalog) -> None:
    _put(catalog, "A")
    draft = _put(catalog, "B", hold=True)
    changes = approve(catalog, [draft])
    restore(catalog, {c.content_hash: c.before for c in changes} | {"gone": "approved"})
    assert _statuses(catalog) == {"A": "approved", "B": "draft"}


def test_a_document_says_what_its_approved_revision_says(catalog: Catalog) -> None:
    _put(catalog, "A", title="Old")
    draft = _put(catalog, "B", title="New", hold=True)
    assert {d.title for d in catalog.documents(LOCAL, EVERY_STATUS)} == {"Old"}
    approve(catalog, [draft])
    assert {d.title for d in catalog.documents(LOCAL, EVERY_STATUS)} == {"New"}
    withdraw(catalog, [draft])
    assert {d.title for d in catalog.documents(LOCAL, EVERY_STATUS)} == {"New"}  # still the newest


def test_a_withdrawn_document_can_be_corrected(catalog: Catalog, embedder: HashEmbedder) -> None:
    knowledge = small("a", number="N-1", revision="A")
    withdraw(catalog, [put(catalog, embedder, knowledge)])
    before = described(catalog, knowledge.content_hash)
    assert before is not None
    retag(catalog, knowledge.content_hash, replace(before, title="Corrected"))
    (stored,) = catalog.documents(LOCAL, EVERY_STATUS)
    assert (stored.title, stored.status) == ("Corrected", "withdrawn")
