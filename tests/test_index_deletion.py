"""A deletion proves itself: what it leaves is found."""

from __future__ import annotations

import sqlite3

import pytest
import sqlalchemy as sa

from index import tables
from index.access import LOCAL
from index.caches import LEXICAL_FOLDER, Caches
from index.catalog import Catalog
from index.database import writing
from index.deletion import Deleted, delete_document, find_traces
from index.home import Home
from index.lexical import LexicalIndex
from tests.hash_embedder import HashEmbedder
from tests.small_documents import put, small

SECRET = "The relief valve opens at two hundred and ten bar."


@pytest.fixture
def caches(home: Home, catalog: Catalog, embedder: HashEmbedder) -> Caches:
    put(catalog, embedder, small("Another text that stays.", title="Other"))
    put(catalog, embedder, small(SECRET, title="Press"))
    return Caches(catalog, embedder, home.cache)


def _delete(catalog: Catalog) -> Deleted:
    (document,) = (d for d in catalog.documents(LOCAL) if d.title == "Press")
    gone = delete_document(catalog, document.document_id)
    assert gone is not None
    return gone


def _found(home: Home, catalog: Catalog, caches: Caches, gone: Deleted) -> dict[str, int]:
    return {k: n for k, n in find_traces(home, catalog, caches, gone).items() if n}


def test_nothing_is_left_of_a_deleted_document(
    home: Home, catalog: Catalog, caches: Caches
) -> None:
    gone = _delete(catalog)
    assert gone.samples == (SECRET,)
    assert _found(home, catalog, caches, gone) == {}
    assert SECRET.encode() not in home.knowledge.read_bytes()


def test_what_is_left_in_the_unused_part_of_a_page_goes_as_well(
    home: Home, catalog: Catalog, caches: Caches
) -> None:
    connection = sqlite3.connect(home.knowledge)
    connection.execute("PRAGMA secure_delete=OFF")
    connection.execute("CREATE TABLE scrap (text)")
    connection.execute("INSERT INTO scrap VALUES (?)", (SECRET,))
    connection.commit()
    connection.execute("DELETE FROM scrap")
    connection.commit()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    gone = _delete(catalog)
    assert SECRET.encode() in home.knowledge.read_bytes()
    assert _found(home, catalog, caches, gone) == {}
    assert SECRET.encode() not in home.knowledge.read_bytes()
    assert [document.title for document in catalog.documents(LOCAL)] == ["Other"]


@pytest.mark.parametrize("place", ["cache/old/page.html", "knowledge.db.bak", "originals/1-a.part"])
def test_a_sentence_that_is_left_in_a_file_is_found(
    home: Home, catalog: Catalog, caches: Caches, place: str
) -> None:
    gone = _delete(catalog)
    path = home.path / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x" * ((1 << 22) - 7) + SECRET.encode())  # across the border of two pieces
    assert _found(home, catalog, caches, gone) == {"files": 1}


def test_what_people_asked_and_got_is_their_record(
    home: Home, catalog: Catalog, caches: Caches
) -> None:
    gone = _delete(catalog)
    home.records.write_text(SECRET, encoding="utf-8")
    assert _found(home, catalog, caches, gone) == {}


def test_an_original_that_is_left_is_found(home: Home, catalog: Catalog, caches: Caches) -> None:
    gone = _delete(catalog)
    (home.originals / gone.originals[0]).write_bytes(b"packed")
    assert _found(home, catalog, caches, gone) == {"originals": 1}


def test_a_vector_that_is_left_is_found(home: Home, catalog: Catalog, caches: Caches) -> None:
    gone = _delete(catalog)
    row = {"content_hash": gone.vector_hashes[0], "embedder": "hash:64", "data": b"\0" * 256}
    with writing(catalog.engine) as connection:
        connection.execute(tables.vector.insert().values(row))
    assert _found(home, catalog, caches, gone) == {"vectors": 1}


def test_a_lexical_entry_that_is_left_is_found(
    home: Home, catalog: Catalog, caches: Caches
) -> None:
    gone = _delete(catalog)
    caches.follow()
    index = LexicalIndex(home.cache / LEXICAL_FOLDER, catalog.uid())
    index.update([], [(4711, gone.revision_ids[0], SECRET)], index.sequence)
    assert _found(home, catalog, caches, gone) == {"lexical index": 1}


def test_a_vector_that_search_still_holds_is_found(
    home: Home, catalog: Catalog, embedder: HashEmbedder, caches: Caches
) -> None:
    with catalog.engine.connect() as connection:
        connection.execute(sa.text("SELECT 1"))
    gone = _delete(catalog)
    with writing(catalog.engine) as connection:  # the change was never noted
        connection.execute(tables.change.delete().where(tables.change.c.operation == "remove"))
    assert "vector index" in _found(home, catalog, caches, gone)


def test_a_revision_that_came_in_since_the_document_was_looked_at_stops_its_deletion(
    catalog: Catalog, embedder: HashEmbedder
) -> None:
    first = small("a", number="N", revision="A")
    put(catalog, embedder, first)
    (document,) = catalog.documents(LOCAL)
    put(catalog, embedder, small("b", number="N", revision="B"))
    assert delete_document(catalog, document.document_id, [first.content_hash]) is None
    assert len(catalog.documents(LOCAL)) == 1
