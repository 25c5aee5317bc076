"""What is wrong with a home is found, and two knowledges are compared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
import sqlalchemy as sa

from index import tables
from index.access import LOCAL
from index.caches import Caches
from index.catalog import Catalog
from index.checking import find_faults, fingerprint
from index.database import open_engine, writing
from index.home import Home, hash_text
from index.storing import store
from tests.hash_embedder import HashEmbedder
from tests.ingesting import intake_of
from tests.small_documents import put, small


def _stock(home: Home, catalog: Catalog, embedder: HashEmbedder, *texts: str) -> None:
    for text in texts:
        content_hash = hash_text(text)
        (home.originals / f"{content_hash}.md").write_text(text, encoding="utf-8")
        knowledge = small(text, title=text)
        named = replace(knowledge, content_hash=content_hash, original=f"{content_hash}.md")
        put(catalog, embedder, named)


def _faults(home: Home, catalog: Catalog, embedder: HashEmbedder) -> list[str]:
    caches = Caches(catalog, embedder, home.cache)
    return find_faults(home, catalog, caches, embedder.identity, intake_of(home))


def _execute(catalog: Catalog, statement: sa.Executable) -> None:
    with writing(catalog.engine) as connection:
        connection.execute(statement)


def test_a_sound_home_has_no_fault(home: Home, catalog: Catalog, embedder: HashEmbedder) -> None:
    _stock(home, catalog, embedder, "one", "two")
    assert _faults(home, catalog, embedder) == []


def _lose_original(home: Home, catalog: Catalog) -> None:
    (home.originals / f"{hash_text('one')}.md").unlink()


def _change_original(home: Home, catalog: Catalog) -> None:
    (home.originals / f"{hash_text('one')}.md").write_text("One", encoding="utf-8")


def _lose_vector(home: Home, catalog: Catalog) -> None:
    _execute(
        catalog, tables.vector.delete().where(tables.vector.c.content_hash == hash_text("one"))
    )


def _approve_twice(home: Home, catalog: Catalog) -> None:
    _execute(catalog, tables.revision.update().values(document_id=1))


def _double(home: Home, catalog: Catalog) -> None:
    _execute(catalog, tables.revision.update().values(content_hash=hash_text("one")))


def _lose_document(home: Home, catalog: Catalog) -> None:
    intake = intake_of(home)
    item = intake.add("document", "gone", original="x", name="lost.pdf", source="x", options={})
    assert item is not None
    intake.finish(item.item_id, "done", "", {})


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (_lose_original, "is missing"),
        (_change_original, "was changed"),
        (_lose_vector, "1 chunks have no vector of the embedder hash:64"),
        (_approve_twice, "has several approved revisions"),
        (_double, "is in twice"),
        (_lose_document, "lost.pdf was taken in and is not in the knowledge"),
    ],
)
def test_each_fault_is_named(
    home: Home,
    catalog: Catalog,
    embedder: HashEmbedder,
    damage: Callable[[Home, Catalog], None],
    message: str,
) -> None:
    _stock(home, catalog, embedder, "one", "two")
    damage(home, catalog)
    assert message in " ".join(_faults(home, catalog, embedder))


def test_the_order_in_which_documents_came_and_their_numbers_make_no_difference(
    home: Home, catalog: Catalog, embedder: HashEmbedder
) -> None:
    other = Catalog(open_engine(home.path / "other.db", tables.MIGRATIONS))
    one, two = small("one", title="One"), small("two", title="Two")
    for knowledge in (one, two):
        put(catalog, embedder, knowledge)
    for knowledge in (two, one):
        put(other, embedder, knowledge)
    assert fingerprint(catalog) == fingerprint(other)


@pytest.mark.parametrize("table", ["chunk", "document", "revision", "vector", "embedded_text"])
def test_one_row_that_is_missing_or_stands_elsewhere_makes_a_difference(
    catalog: Catalog, embedder: HashEmbedder, table: str
) -> None:
    for title in ("One", "Two"):
        put(catalog, embedder, small(f"text of {title}", title=title))
    before = fingerprint(catalog)
    changes: dict[str, sa.Executable] = {
        "chunk": tables.chunk.update().values(revision_id=1),
        "document": tables.document.update().values(title="x"),
        "revision": tables.revision.update().values(status="withdrawn"),
        "vector": tables.vector.delete(),
        "embedded_text": tables.embedded_text.delete(),
    }
    _execute(catalog, changes[table])
    after = fingerprint(catalog)
    assert before[table] != after[table]


def test_a_document_without_vectors_is_a_fault(
    home: Home, catalog: Catalog, embedder: HashEmbedder
) -> None:
    store(catalog, replace(small("a"), original=""), embedder.identity, {})
    assert "no vector" in " ".join(_faults(home, catalog, embedder))
    assert len(catalog.documents(LOCAL)) == 1
