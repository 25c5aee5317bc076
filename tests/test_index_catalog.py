"""What the catalog lists, to whom, and the change sequence that caches follow."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from index import tables
from index.access import LOCAL, Principal
from index.assets import Asset, AssetRegister
from index.catalog import Catalog
from index.corpus import PassageFilter
from index.database import open_engine
from index.deletion import delete_document
from index.device_naming import Device
from index.home import Home
from tests.hash_embedder import HashEmbedder
from tests.small_documents import chunk_ids, put, small


@pytest.fixture
def by_title(catalog: Catalog, embedder: HashEmbedder) -> dict[str, int]:
    """Ids of the current revisions of a small plant by the titles of their documents."""
    AssetRegister(catalog.engine).put(
        [
            Asset("P-101A", model="HP-40", site="north"),
            Asset("P-102", model="hp 40"),
            Asset("C-7", model=""),
            Asset("X-1", model="Z-9"),
        ]
    )
    documents = [
        small("a", title="zebra manual", models=("HP-40", "HP-40S")),
        small("b", title="Alpha procedure", kind="procedure", assets=("p101a",), site="north"),
        small("c", title="beta bulletin", kind="bulletin", assets=("C-7",), site="south"),
        small("d", title="general rules", models=("-",)),
    ]
    return {d.document.title: put(catalog, embedder, d) for d in documents}


def _titles(catalog: Catalog, revisions: list[int]) -> set[str]:
    with catalog.engine.connect() as connection:
        return {catalog.describe(connection, LOCAL, revision).title for revision in revisions}


def test_lists_documents_by_title_case_aside(catalog: Catalog, by_title: dict[str, int]) -> None:
    titles = [document.title for document in catalog.documents(LOCAL)]
    assert titles == ["Alpha procedure", "beta bulletin", "general rules", "zebra manual"]


@pytest.mark.parametrize(
    ("sites", "hidden"),
    [
        (None, set()),
        (frozenset(), {"Alpha procedure", "beta bulletin"}),
        (frozenset({"north"}), {"beta bulletin"}),
        (frozenset({"north", "south"}), set()),
        (frozenset({"nort"}), {"Alpha procedure", "beta bulletin"}),
    ],
)
def test_a_principal_sees_their_sites_and_what_belongs_to_none(
    catalog: Catalog, by_title: dict[str, int], sites: frozenset[str] | None, hidden: set[str]
) -> None:
    principal = Principal("ann", "technician", sites)
    seen = {document.title for document in catalog.documents(principal)}
    assert seen == set(by_title) - hidden
    for title, revision in by_title.items():
        assert (catalog.revision(principal, revision) is None) == (title in hidden)


@pytest.mark.parametrize(
    ("where", "found"),
    [
        (PassageFilter(kinds=("procedure", "drawing")), {"Alpha procedure"}),
        (PassageFilter(kinds=("drawing",)), set()),
        (PassageFilter(asset="P-101A"), {"Alpha procedure", "zebra manual"}),
        (PassageFilter(asset="ｐ 101 a"), {"Alpha procedure", "zebra manual"}),
        (PassageFilter(asset="P-102"), {"zebra manual"}),
        (PassageFilter(asset="P-101A", kinds=("bulletin",)), set()),
        (PassageFilter(asset="C-7"), {"beta bulletin"}),
        (PassageFilter(asset="X-1"), set()),
        (PassageFilter(asset="P-999"), set()),
        (PassageFilter(asset=""), set()),
    ],
)
def test_filters_fail_closed(
    catalog: Catalog, by_title: dict[str, int], where: PassageFilter, found: set[str]
) -> None:
    assert _titles(catalog, catalog.visible_revisions(LOCAL, where)) == found


def test_a_filter_does_not_widen_what_the_principal_may_see(
    catalog: Catalog, by_title: dict[str, int]
) -> None:
    south = Principal("bob", "technician", frozenset({"south"}))
    # The asset is of another site: to one that they do not see, nothing applies.
    assert catalog.visible_revisions(south, PassageFilter(asset="P-101A")) == []


def test_filters_by_document(catalog: Catalog, by_title: dict[str, int]) -> None:
    (rules,) = (d for d in catalog.documents(LOCAL) if d.title == "general rules")
    found = catalog.visible_revisions(LOCAL, PassageFilter(documents=(rules.document_id,)))
    assert found == [by_title["general rules"]]
    assert catalog.visible_revisions(LOCAL, PassageFilter(documents=(10**6,))) == []


def test_superseded_revisions_are_found_only_when_asked_for(
    catalog: Catalog, embedder: HashEmbedder
) -> None:
    old = put(catalog, embedder, small("a", number="N-1", revision="A"))
    new = put(catalog, embedder, small("b", number="N-1", revision="B"))
    assert catalog.visible_revisions(LOCAL, PassageFilter()) == [new]
    every = PassageFilter(include_superseded=True)
    assert catalog.visible_revisions(LOCAL, every) == [old, new]
    assert [d.revision_id for d in catalog.documents(LOCAL)] == [new]
    shown = catalog.revision(LOCAL, old)
    assert shown is not None
    assert (shown.revision, shown.status) == ("A", "superseded")
    assert (catalog.status(LOCAL, old), catalog.status(LOCAL, new)) == ("superseded", "approved")


def test_describes_a_document_with_its_models_assets_and_counts(
    catalog: Catalog, embedder: HashEmbedder
) -> None:
    AssetRegister(catalog.engine).put([Asset("P-2"), Asset("P-1")])
    knowledge = small(
        "first", "second", title="Press", number="N-1", models=("B", "A"), assets=("P-2", "P-1")
    )
    stored = catalog.revision(LOCAL, put(catalog, embedder, knowledge))
    assert stored is not None
    assert stored.chunks == 2
    assert stored.pages == 0
    assert stored.models == ("B", "A")
    assert stored.assets == ("P-1", "P-2")
    assert stored.original == knowledge.original


def test_finds_a_document_by_its_content(catalog: Catalog, embedder: HashEmbedder) -> None:
    knowledge = small("a")
    assert catalog.find_content(knowledge.content_hash) is None
    revision = put(catalog, embedder, knowledge)
    found = catalog.find_content(knowledge.content_hash)
    assert found is not None
    assert found.revision_id == revision
    delete_document(catalog, found.document_id)
    assert catalog.find_content(knowledge.content_hash) is None


def test_a_file_is_found_by_its_content_where_the_principal_may_see_it(
    catalog: Catalog, embedder: HashEmbedder
) -> None:
    old = small("a", number="N-1", revision="A", site="north")
    new = small("b", number="N-1", revision="B", site="north")
    revision = put(catalog, embedder, old)
    put(catalog, embedder, new)
    found = catalog.visible_content(LOCAL, old.content_hash)
    assert found is not None
    assert (found.revision_id, found.status) == (revision, "superseded")
    assert found.content_hash == old.content_hash == catalog.content_hash(LOCAL, revision)
    south = Principal("sue", "technician", frozenset({"south"}))
    for content_hash in (old.content_hash, new.content_hash):
        assert catalog.visible_content(south, content_hash) is None
    for unknown in ("", str(revision), old.content_hash[:-1]):
        assert catalog.visible_content(LOCAL, unknown) is None
    assert catalog.content_hash(LOCAL, 10**6) == ""


def test_changes_are_told_from_a_sequence_on(catalog: Catalog, embedder: HashEmbedder) -> None:
    assert catalog.changes_since(0) == (0, [], [])
    put(catalog, embedder, small("a", "b"))
    first = catalog.sequence()
    put(catalog, embedder, small("c", title="Other"))
    ids = chunk_ids(catalog)
    assert catalog.changes_since(0) == (3, [ids["a"], ids["b"], ids["c"]], [])
    assert catalog.changes_since(first) == (3, [ids["c"]], [])
    assert catalog.changes_since(3) == (3, [], [])
    assert catalog.sequence() == 3


def test_a_chunk_that_came_and_went_is_told_as_removed_only(
    catalog: Catalog, embedder: HashEmbedder
) -> None:
    put(catalog, embedder, small("a", "b"))
    ids = chunk_ids(catalog)
    (document,) = catalog.documents(LOCAL)
    delete_document(catalog, document.document_id)
    last, added, removed = catalog.changes_since(0)
    assert (last, added, set(removed)) == (4, [], {ids["a"], ids["b"]})


def test_missing_vectors_are_distinct_in_order_and_of_one_embedder(
    catalog: Catalog, embedder: HashEmbedder
) -> None:
    put(catalog, embedder, small("known"))
    with catalog.engine.connect() as connection:
        known = connection.exec_driver_sql("SELECT content_hash FROM vector").scalar_one()
    many = [f"{i}" for i in range(1200)]
    asked = [many[7], *many[:600], known, *many[600:], many[3]]
    assert catalog.missing_vectors(asked, "hash:64") == [many[7], *many[:7], *many[8:]]
    assert catalog.missing_vectors([known], "another") == [known]
    assert catalog.missing_vectors([], "hash:64") == []


def test_devices_carry_the_title_and_the_models(catalog: Catalog, by_title: dict[str, int]) -> None:
    wanted = [by_title["zebra manual"], by_title["beta bulletin"]]
    devices = {device.revision_id: device for device in catalog.devices(wanted)}
    assert devices == {
        wanted[0]: Device(wanted[0], "zebra manual", ("HP-40", "HP-40S")),
        wanted[1]: Device(wanted[1], "beta bulletin", ()),
    }


def test_every_database_has_a_name_of_its_own_that_stays(catalog: Catalog, tmp_path: Path) -> None:
    path = Home(tmp_path / "other").knowledge
    first = Catalog(open_engine(path, tables.MIGRATIONS)).uid()
    assert first != catalog.uid()
    assert Catalog(open_engine(path, tables.MIGRATIONS)).uid() == first


@pytest.mark.parametrize(
    ("serial", "applies"), [("4117", True), ("4400", False), ("", False), ("4399", True)]
)
def test_a_document_for_some_serial_numbers_applies_to_those_only(
    catalog: Catalog, embedder: HashEmbedder, serial: str, applies: bool
) -> None:
    AssetRegister(catalog.engine).put([Asset("PR-01", model="HP-40", serial=serial)])
    knowledge = small("a", models=("HP-40",))
    document = replace(knowledge.document, serials=("4000..4399",))
    put(catalog, embedder, replace(knowledge, document=document))
    found = catalog.visible_revisions(LOCAL, PassageFilter(asset="PR-01"))
    assert len(found) == applies


def test_a_link_to_an_asset_holds_whatever_its_serial_number(
    catalog: Catalog, embedder: HashEmbedder
) -> None:
    AssetRegister(catalog.engine).put([Asset("PR-01", model="HP-40", serial="9")])
    knowledge = small("a", models=("HP-40",), assets=("PR-01",))
    document = replace(knowledge.document, serials=("4000..4399",))
    put(catalog, embedder, replace(knowledge, document=document))
    assert len(catalog.visible_revisions(LOCAL, PassageFilter(asset="PR-01"))) == 1
