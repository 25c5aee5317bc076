"""Kept files go with the document that named them, and no other file does."""

from __future__ import annotations

from index.access import LOCAL
from index.catalog import Catalog
from index.corpus import Knowledge
from index.home import Home
from index.storing import delete_document
from tests.hash_embedder import HashEmbedder
from tests.small_documents import put, small
from ui.originals import remove_unused


def _put(home: Home, catalog: Catalog, knowledge: Knowledge) -> None:
    put(catalog, HashEmbedder(), knowledge)
    (home.originals / knowledge.original).write_text("file")


def _delete(catalog: Catalog, title: str) -> tuple[str, ...]:
    ids = {document.title: document.document_id for document in catalog.documents(LOCAL)}
    gone = delete_document(catalog, ids[title])
    assert gone is not None
    return gone.originals


def _files(home: Home) -> set[str]:
    return {path.name for path in home.originals.iterdir()}


def test_the_files_of_a_deleted_document_are_removed_with_its_old_revisions(
    home: Home, catalog: Catalog
) -> None:
    kept = small("press", title="A")
    _put(home, catalog, kept)
    for label in "AB":
        _put(home, catalog, small(f"lathe {label}", title="B", number="X-1", revision=label))
    assert remove_unused(home, catalog, _delete(catalog, "B")) == 2
    assert _files(home) == {kept.original}


def test_a_file_that_an_ingestion_has_kept_but_not_yet_stored_is_left_alone(
    home: Home, catalog: Catalog
) -> None:
    _put(home, catalog, small("lathe", title="B"))
    (home.originals / "abc.pdf").write_text("kept, its revision waits for the lock")
    (home.originals / "abc.123.part").write_text("half")
    assert remove_unused(home, catalog, _delete(catalog, "B")) == 1
    assert _files(home) == {"abc.pdf", "abc.123.part"}


def test_a_file_that_came_back_after_the_deletion_is_left_alone(
    home: Home, catalog: Catalog
) -> None:
    knowledge = small("lathe", title="B")
    _put(home, catalog, knowledge)
    names = _delete(catalog, "B")
    _put(home, catalog, knowledge)
    assert remove_unused(home, catalog, names) == 0
    assert _files(home) == {knowledge.original}


def test_a_file_that_is_gone_already_is_no_problem(home: Home, catalog: Catalog) -> None:
    knowledge = small("lathe", title="B")
    _put(home, catalog, knowledge)
    (home.originals / knowledge.original).unlink()
    assert remove_unused(home, catalog, _delete(catalog, "B")) == 0
