"""Kept files go when no document refers to them any more, and not before."""

from __future__ import annotations

from pathlib import Path

from index.access import LOCAL
from index.catalog import Catalog
from index.home import Home
from index.storing import delete_document
from tests.hash_embedder import HashEmbedder
from tests.small_documents import put, small
from ui.originals import remove_unused


def test_only_files_that_no_revision_refers_to_are_removed(home: Home, catalog: Catalog) -> None:
    kept, gone = small("press", title="A"), small("lathe", title="B")
    for knowledge in (kept, gone):
        put(catalog, HashEmbedder(), knowledge)
        (home.originals / knowledge.original).write_text("file")
    assert remove_unused(home, catalog) == 0
    ids = {document.title: document.document_id for document in catalog.documents(LOCAL)}
    delete_document(catalog, ids["B"])
    assert remove_unused(home, catalog) == 1
    assert [path.name for path in home.originals.iterdir()] == [kept.original]


def test_the_original_of_a_superseded_revision_is_kept(home: Home, catalog: Catalog) -> None:
    for label, date in (("A", "2020-01-01"), ("B", "2024-01-01")):
        knowledge = small(f"press {label}", number="X-1", revision=label, date=date)
        put(catalog, HashEmbedder(), knowledge)
        (home.originals / knowledge.original).write_text(label)
    assert remove_unused(home, catalog) == 0
    assert sorted(p.read_text() for p in home.originals.iterdir()) == ["A", "B"]


def test_a_file_that_another_process_is_writing_is_left_alone(home: Home, catalog: Catalog) -> None:
    draft: Path = home.originals / "abc.123.part"
    draft.write_text("half")
    assert remove_unused(home, catalog) == 0
    assert draft.exists()
