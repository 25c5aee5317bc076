"""A document is in or out by one transaction."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from index.access import LOCAL
from index.assets import Asset, AssetRegister
from index.catalog import Catalog
from index.corpus import CodeEntry, PageSize, PassageFilter
from index.deletion import delete_document
from index.home import Home
from index.storing import store
from tests.hash_embedder import HashEmbedder
from tests.small_documents import chunk_ids, put, small, vectors_of

KEPT = ("knowledge", "migration", "change", "sqlite_sequence")  # not emptied by a deletion


def _counts(catalog: Catalog) -> dict[str, int]:
    with catalog.engine.connect() as connection:
        names = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'")
        return {
            name: connection.exec_driver_sql(f"SELECT count(*) FROM {name}").scalar_one()
            for (name,) in names.all()
        }


def _statuses(catalog: Catalog) -> dict[str, str]:
    with catalog.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT label, status FROM revision")
        return {label: status for label, status in rows}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (("C", "2019-05-06"), ("B", "2024-03-12")),  # the date decides where both have one
        (("C", "2024-01-01"), ("D", "2024-01-01")),
        (("C", ""), ("D", "2024-01-01")),
        (("9", ""), ("10", "")),
        (("Z", ""), ("AA", "")),
        (("b", ""), ("C", "")),
        (("1.9", ""), ("1.10", "")),
        (("1.10", ""), ("2.0", "")),
        (("1.2", ""), ("2", "")),
        (("01", ""), ("2", "")),
        (("2", ""), ("2.1", "")),
        (("A1", ""), ("A2", "")),
    ],
)
def test_the_newer_revision_is_current_in_whatever_order_they_come(
    catalog: Catalog, embedder: HashEmbedder, old: tuple[str, str], new: tuple[str, str]
) -> None:
    for number, pair in (("N-1", (old, new)), ("N-2", (new, old))):
        for label, date in pair:
            put(catalog, embedder, small(label, number=number, revision=label, date=date))
    current = {document.number: document.revision for document in catalog.documents(LOCAL)}
    assert current == {"N-1": new[0], "N-2": new[0]}


def test_of_revisions_without_date_and_label_the_last_one_in_is_current(
    catalog: Catalog, embedder: HashEmbedder
) -> None:
    put(catalog, embedder, small("first", source="/m.pdf"))
    last = put(catalog, embedder, small("second", source="/m.pdf"))
    assert [document.revision_id for document in catalog.documents(LOCAL)] == [last]


def test_exactly_one_of_many_revisions_is_current(catalog: Catalog, embedder: HashEmbedder) -> None:
    for label in "BDACE":
        put(catalog, embedder, small(label, number="N-1", revision=label))
    assert _statuses(catalog) == {label: "superseded" for label in "ABCD"} | {"E": "approved"}


def test_an_older_revision_does_not_change_what_the_document_is(
    catalog: Catalog, embedder: HashEmbedder
) -> None:
    AssetRegister(catalog.engine).put([Asset("P-1", model="HP-40S")])
    newer = small(
        "new", title="HP-40", number="N", revision="C", models=("HP-40", "HP-40S"), site="north"
    )
    put(catalog, embedder, newer)
    put(catalog, embedder, small("old", title="Old", number="N", revision="B", models=("HP-40",)))
    (document,) = catalog.documents(LOCAL)
    assert (document.title, document.site) == ("HP-40", "north")
    assert document.models == ("HP-40", "HP-40S")
    assert len(catalog.visible_revisions(LOCAL, PassageFilter(asset="P-1"))) == 1


def test_a_newer_revision_without_a_site_stays_where_the_document_is(
    catalog: Catalog, embedder: HashEmbedder
) -> None:
    put(catalog, embedder, small("old", number="N", revision="B", site="north"))
    put(catalog, embedder, small("new", number="N", revision="C"))
    (document,) = catalog.documents(LOCAL)
    assert (document.revision, document.site) == ("C", "north")


def test_a_newer_revision_brings_its_own_title_and_models(
    catalog: Catalog, embedder: HashEmbedder
) -> None:
    put(catalog, embedder, small("a", title="Old", number="N", revision="A", models=("X", "Y")))
    put(catalog, embedder, small("b", title="New", number="N", revision="B", models=("Y", "Z")))
    (document,) = catalog.documents(LOCAL)
    assert (document.title, document.models) == ("New", ("Y", "Z"))


def test_one_number_in_two_spellings_is_one_document(
    catalog: Catalog, embedder: HashEmbedder
) -> None:
    put(catalog, embedder, small("a", number="HP40-MM-EN", revision="A"))
    put(catalog, embedder, small("b", number="hp40 mm/en", revision="B"))
    assert [document.number for document in catalog.documents(LOCAL)] == ["hp40 mm/en"]


def test_files_without_a_number_are_told_apart_by_their_path(
    catalog: Catalog, embedder: HashEmbedder
) -> None:
    for text, source in (("a", "/x.pdf"), ("b", "/y.pdf"), ("c", "/x.pdf")):
        put(catalog, embedder, small(text, title=source, source=source))
    documents = catalog.documents(LOCAL)
    assert [document.title for document in documents] == ["/x.pdf", "/y.pdf"]
    assert set(chunk_ids(catalog)) == {"a", "b", "c"}


def test_content_that_is_in_is_not_stored_again(catalog: Catalog, embedder: HashEmbedder) -> None:
    old = small("a", number="N", revision="A")
    first = put(catalog, embedder, old)
    put(catalog, embedder, small("b", number="N", revision="B"))
    before = _counts(catalog)
    assert put(catalog, embedder, old) == first
    assert _counts(catalog) == before
    assert _statuses(catalog) == {"A": "superseded", "B": "approved"}


def test_an_asset_that_the_register_lacks_is_no_link(
    catalog: Catalog, embedder: HashEmbedder
) -> None:
    AssetRegister(catalog.engine).put([Asset("P-1")])
    put(catalog, embedder, small("a", assets=("P-1", "p 1", "P-2")))
    assert catalog.documents(LOCAL)[0].assets == ("P-1",)


def test_links_to_assets_follow_the_approved_revision_and_stay_where_it_names_none(
    catalog: Catalog, embedder: HashEmbedder
) -> None:
    AssetRegister(catalog.engine).put([Asset("P-1"), Asset("P-2"), Asset("P-3")])
    put(catalog, embedder, small("b", number="N", revision="B", assets=("P-1",)))
    put(catalog, embedder, small("a", number="N", revision="A", assets=("P-2",)))
    assert catalog.documents(LOCAL)[0].assets == ("P-1",)
    put(catalog, embedder, small("c", number="N", revision="C", assets=("P-3",)))
    assert catalog.documents(LOCAL)[0].assets == ("P-3",)
    put(catalog, embedder, small("d", number="N", revision="D"))
    assert catalog.documents(LOCAL)[0].assets == ("P-3",)


def test_a_deletion_names_the_originals_that_nothing_uses_any_more(
    catalog: Catalog, embedder: HashEmbedder
) -> None:
    for title, original in (("A", "a.pdf"), ("B", "shared.pdf"), ("C", "shared.pdf"), ("D", "")):
        put(catalog, embedder, replace(small(title, title=title), original=original))
    named = []
    for document in catalog.documents(LOCAL):
        gone = delete_document(catalog, document.document_id)
        assert gone is not None
        named.append(gone.originals)
    assert named == [("a.pdf",), (), ("shared.pdf",), ()]


def test_page_sizes_are_kept(catalog: Catalog, embedder: HashEmbedder) -> None:
    knowledge = small("a")
    pages = (PageSize(1, 595.0, 842.0), PageSize(2, 842.0, 595.0))
    knowledge = replace(knowledge, document=replace(knowledge.document, pages=pages))
    put(catalog, embedder, knowledge)
    assert catalog.documents(LOCAL)[0].pages == 2


def test_a_deleted_document_leaves_nothing_behind(catalog: Catalog, embedder: HashEmbedder) -> None:
    AssetRegister(catalog.engine).put([Asset("P-1")])
    empty = _counts(catalog)
    code = CodeEntry("E-1", "alarm", "Press", "", "meaning", (), ())
    for label in "AB":
        put(
            catalog,
            embedder,
            small(
                f"{label} one",
                "two",
                number="N",
                revision=label,
                models=("M",),
                assets=("P-1",),
                codes=[code],
            ),
        )
    (document,) = catalog.documents(LOCAL)
    gone = delete_document(catalog, document.document_id)
    assert gone is not None
    assert gone.document == document
    assert len(gone.originals) == 2
    after = _counts(catalog)
    assert {n: c for n, c in after.items() if n not in KEPT} == {
        n: c for n, c in empty.items() if n not in KEPT
    }


def test_deleting_leaves_other_documents_and_the_vectors_that_they_share(
    catalog: Catalog, embedder: HashEmbedder
) -> None:
    put(catalog, embedder, small("shared", "own", title="One"))
    put(catalog, embedder, small("shared", "other", title="Two"))
    one, two = catalog.documents(LOCAL)
    delete_document(catalog, one.document_id)
    assert catalog.documents(LOCAL) == [two]
    kept = small("shared", "own", "other").chunks
    assert [len(vectors_of(catalog, embedder, replace(small(""), chunks=[c]))) for c in kept] == [
        0,
        1,
        0,
    ]


def test_deleting_what_is_not_there_says_so_and_changes_nothing(
    catalog: Catalog, embedder: HashEmbedder
) -> None:
    put(catalog, embedder, small("a"))
    before = _counts(catalog)
    assert delete_document(catalog, 10**6) is None
    assert _counts(catalog) == before


def test_a_document_can_come_back_and_its_chunks_get_new_ids(
    catalog: Catalog, embedder: HashEmbedder
) -> None:
    knowledge = small("a")
    put(catalog, embedder, knowledge)
    first = chunk_ids(catalog)["a"]
    delete_document(catalog, catalog.documents(LOCAL)[0].document_id)
    put(catalog, embedder, knowledge)
    assert chunk_ids(catalog)["a"] > first
    assert _counts(catalog)["vector"] == 1


def test_a_failure_while_storing_leaves_the_old_state(
    catalog: Catalog, embedder: HashEmbedder
) -> None:
    put(catalog, embedder, small("old", number="N", revision="A"))
    before = _counts(catalog)
    wrong = CodeEntry("E-1", "alarm", "Press", "", "meaning", (), (), chunk_ordinal=7)
    with pytest.raises(KeyError):
        put(catalog, embedder, small("new", number="N", revision="B", codes=[wrong]))
    assert _counts(catalog) == before
    assert [document.revision for document in catalog.documents(LOCAL)] == ["A"]


def test_a_process_that_dies_while_storing_leaves_the_old_state(
    home: Home, catalog: Catalog, embedder: HashEmbedder
) -> None:
    put(catalog, embedder, small("old", number="N", revision="A"))
    before = _counts(catalog)
    code = """
import os, sys
from pathlib import Path
from index import tables
from index.catalog import Catalog
from index.database import open_engine
from index.storing import store
from tests.small_documents import small

class Deadly(dict):
    def items(self):
        os._exit(9)

catalog = Catalog(open_engine(Path(sys.argv[1]), tables.MIGRATIONS))
store(catalog, small("new", number="N", revision="B"), "hash:64", Deadly())
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(home.knowledge)],
        cwd=Path(__file__).parents[1],
        check=False,
    )
    assert done.returncode == 9
    assert _counts(catalog) == before
    assert [document.revision for document in catalog.documents(LOCAL)] == ["A"]
    put(catalog, embedder, small("new", number="N", revision="B"))  # no lock is left
    assert [document.revision for document in catalog.documents(LOCAL)] == ["B"]


def test_storing_needs_no_vectors(catalog: Catalog) -> None:
    store(catalog, small("a"), "hash:64", {})
    assert _counts(catalog)["vector"] == 0
    assert set(chunk_ids(catalog)) == {"a"}
