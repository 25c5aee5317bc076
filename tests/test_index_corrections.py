"""What people corrected about documents."""

from __future__ import annotations

import pytest

from assistant import record_tables
from index.access import LOCAL
from index.catalog import EVERY_STATUS, Catalog
from index.corpus import Knowledge
from index.correcting import carry_out, correct_again
from index.corrections import Corrections, check, identity_of
from index.database import open_engine
from index.errors import CorrectionRefused
from index.home import Home
from tests.hash_embedder import HashEmbedder
from tests.small_documents import put, small


@pytest.fixture
def corrections(home: Home) -> Corrections:
    return Corrections(open_engine(home.records, record_tables.MIGRATIONS))


def _facts(catalog: Catalog) -> dict[str, tuple[str, str]]:
    return {d.revision: (d.title, d.number) for d in catalog.documents(LOCAL, EVERY_STATUS)}


def _manual(revision: str) -> Knowledge:
    return small(revision, title=f"Printed {revision}", number="N-1", revision=revision)


def test_a_title_holds_for_all_revisions_and_those_that_come_later(
    catalog: Catalog, embedder: HashEmbedder, corrections: Corrections
) -> None:
    for label in "AB":
        put(catalog, embedder, _manual(label))
    corrections.put("any", identity_of("N-1", ""), {"title": "Press"}, "kim")
    assert len(carry_out(catalog, corrections)) == 2
    assert {title for title, _ in _facts(catalog).values()} == {"Press"}
    later = _manual("C")
    applied = corrections.apply(later.document, later.content_hash, later.source)
    assert (applied.title, applied.revision) == ("Press", "C")


def test_a_revision_label_holds_for_one_revision_only(corrections: Corrections) -> None:
    first, second = _manual("A"), _manual("B")
    corrections.put(first.content_hash, "n1", {"revision": "D"}, "kim")
    assert corrections.apply(first.document, first.content_hash, "").revision == "D"
    assert corrections.apply(second.document, second.content_hash, "").revision == "B"


def test_a_correction_waits_until_the_knowledge_has_it_and_is_carried_out_once(
    catalog: Catalog, embedder: HashEmbedder, corrections: Corrections
) -> None:
    put(catalog, embedder, _manual("A"))
    corrections.put("any", identity_of("N-1", ""), {"title": "Press"}, "kim")
    assert [item.field for item in corrections.pending()] == ["title"]
    # Its process died here; the next start carries it out.
    carry_out(catalog, corrections)
    assert corrections.pending() == []
    assert _facts(catalog)["A"][0] == "Press"
    assert carry_out(catalog, corrections) == []


def test_what_was_corrected_while_a_file_was_read_is_applied_when_it_is_in(
    catalog: Catalog, embedder: HashEmbedder, corrections: Corrections
) -> None:
    knowledge = _manual("A")
    corrections.put(knowledge.content_hash, identity_of("N-1", ""), {"title": "Press"}, "kim")
    carry_out(catalog, corrections)  # nothing of it is in yet
    put(catalog, embedder, knowledge)
    assert correct_again(catalog, corrections, knowledge.content_hash, knowledge.source)
    assert _facts(catalog)["A"][0] == "Press"


def test_a_corrected_title_goes_along_where_the_number_is_corrected(
    corrections: Corrections,
) -> None:
    corrections.put("h", "old", {"title": "Press"}, "kim")
    corrections.carry("old", "document", "new")
    assert [item.value for item in corrections.of("other", "new")] == ["Press"]
    corrections.carry("old", "revision", "h")
    corrections.put("h", "third", {"title": "Lathe"}, "kim")
    assert [item.value for item in corrections.of("h", "third")] == ["Press", "Lathe"]


def test_the_corrections_of_what_is_deleted_are_forgotten(corrections: Corrections) -> None:
    corrections.put("h", "n1", {"title": "Press", "revision": "C"}, "kim")
    corrections.put("h", "n2", {"title": "Lathe"}, "kim")
    corrections.forget(["h"], "n1")
    assert corrections.of("h", "n1") == []
    assert [item.value for item in corrections.of("h", "n2")] == ["Lathe"]


def test_files_are_one_document_by_number_in_any_spelling_else_by_where_they_come_from() -> None:
    assert identity_of("HP40-MM-EN", "/a") == identity_of("hp40 mm/en", "/b")
    assert identity_of("", "/a") != identity_of("", "/b")


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("colour", "red", "has no field 'colour'. Its fields are number, revision"),
        ("kind", "poem", "'poem' is no kind of document. Choose manual"),
        ("title", "  ", "needs a title. Type one"),
        ("date", "12.03.2024", "is no date. Write it as YYYY-MM-DD"),
        ("date", "2024-13-01", "is no date"),
    ],
)
def test_what_no_document_can_have_is_refused_and_nothing_is_kept(
    corrections: Corrections, field: str, value: str, message: str
) -> None:
    with pytest.raises(CorrectionRefused, match=message):
        corrections.put("h", "n", {"date": "2024-01-01", field: value}, "kim")
    assert corrections.of("h", "n") == []


@pytest.mark.parametrize(
    ("field", "value", "kept"),
    [
        ("models", "HP-40", ["HP-40"]),
        ("models", [" A ", "", "B"], ["A", "B"]),
        ("site", "", ""),
        ("number", None, ""),
        ("title", " Press ", "Press"),
        ("date", "", ""),
        ("date", "2024-03-12", "2024-03-12"),
    ],
)
def test_values_are_kept_in_one_form(field: str, value: object, kept: object) -> None:
    assert check(field, value) == kept
