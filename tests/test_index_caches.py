"""The caches are as fresh as SQL, whoever wrote it and whoever holds the lexical index."""

from __future__ import annotations

import math
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
import pytest

from index import tables
from index.access import LOCAL
from index.caches import Caches
from index.catalog import Catalog
from index.corpus import PassageFilter
from index.database import open_engine
from index.deletion import delete_document
from index.home import Home
from index.storing import store
from tests.hash_embedder import HashEmbedder
from tests.small_documents import chunk_ids, put, small

EMBEDDER = HashEmbedder()


@contextmanager
def writer_elsewhere(home: Home) -> Iterator[None]:
    """Another process holds the writer lock of the lexical index."""
    code = (
        "import sys, tantivy\n"
        "writer = tantivy.Index.open(sys.argv[1]).writer(heap_size=15_000_000, num_threads=1)\n"
        "print('held', flush=True); sys.stdin.read()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(home.cache / "lexical-1")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "held\n"
        yield
    finally:
        process.communicate("")


def _open(home: Home) -> Catalog:
    """Another catalog object on the same file, as another process has."""
    return Catalog(open_engine(home.knowledge, tables.MIGRATIONS))


def _delete(catalog: Catalog, title: str) -> None:
    (document,) = (d for d in catalog.documents(LOCAL) if d.title == title)
    assert delete_document(catalog, document.document_id) is not None


def _found(caches: Caches, catalog: Catalog, question: str) -> tuple[set[str], set[str], set[str]]:
    """The texts that exist and are found by meaning, by words and by 4-grams."""
    caches.follow()
    texts = {chunk_id: text for text, chunk_id in chunk_ids(catalog).items()}
    revisions = catalog.visible_revisions(LOCAL, PassageFilter())
    dense = caches.dense(EMBEDDER.embed([question])[0], 10, revisions)
    lexical = caches.lexical(question, 10, revisions)
    near = {chunk_id for chunk_id, cosine in dense.items() if cosine > 0.4}
    by_path = (near, set(lexical.words), set(lexical.grams))
    return tuple({texts[i] for i in found if i in texts} for found in by_path)  # type: ignore[return-value]


@pytest.fixture(params=["on disk", "in memory"])
def caches(request: pytest.FixtureRequest, catalog: Catalog, home: Home) -> Caches:
    return Caches(catalog, EMBEDDER, home.cache if request.param == "on disk" else None)


def test_empty_caches_find_nothing(caches: Caches, catalog: Catalog) -> None:
    assert _found(caches, catalog, "pump") == (set(), set(), set())
    assert (len(caches), caches.rarity("pump")) == (0, 0.0)
    assert caches.cosines(EMBEDDER.embed(["pump"])[0], [1]) == {}


def test_what_another_catalog_stores_and_deletes_is_found_and_gone_at_once(
    caches: Caches, catalog: Catalog, home: Home
) -> None:
    other = _open(home)
    put(other, EMBEDDER, small("pump leaks", title="One"))
    assert _found(caches, catalog, "pump leaks") == ({"pump leaks"},) * 3
    put(other, EMBEDDER, small("valve stuck", title="Two"))
    _delete(other, "One")
    assert _found(caches, catalog, "pump leaks") == (set(),) * 3
    assert _found(caches, catalog, "valve stuck") == ({"valve stuck"},) * 3
    assert len(caches) == 1


def test_a_removed_chunk_is_not_even_offered(caches: Caches, catalog: Catalog) -> None:
    put(catalog, EMBEDDER, small("pump leaks", title="One"))
    revisions = catalog.visible_revisions(LOCAL, PassageFilter())
    caches.follow()
    assert set(caches.lexical("pump", 10, revisions).words) == {1}
    _delete(catalog, "One")
    caches.follow()
    assert caches.lexical("pump", 10, revisions).words == {}
    assert caches.dense(EMBEDDER.embed(["pump leaks"])[0], 10, revisions) == {}
    assert caches.cosines(EMBEDDER.embed(["pump leaks"])[0], [1]) == {}


def test_a_second_home_reads_what_was_built_before_it(catalog: Catalog, home: Home) -> None:
    put(catalog, EMBEDDER, small("pump leaks", "valve stuck"))
    Caches(catalog, EMBEDDER, home.cache)
    other = _open(home)
    assert (
        _found(Caches(other, EMBEDDER, home.cache), other, "valve stuck") == ({"valve stuck"},) * 3
    )


@pytest.mark.parametrize("damage", ["deleted", "garbage"])
def test_losing_the_cache_costs_no_data(catalog: Catalog, home: Home, damage: str) -> None:
    put(catalog, EMBEDDER, small("pump leaks"))
    Caches(catalog, EMBEDDER, home.cache)
    if damage == "deleted":
        shutil.rmtree(home.cache)
    else:
        (home.cache / "lexical-1" / "meta.json").write_bytes(b"\0" * 50)
    caches = Caches(catalog, EMBEDDER, home.cache)
    assert _found(caches, catalog, "pump leaks") == ({"pump leaks"},) * 3


def test_a_cache_of_another_database_is_not_used(home: Home, tmp_path: Path) -> None:
    foreign = Catalog(open_engine(tmp_path / "foreign.db", tables.MIGRATIONS))
    put(foreign, EMBEDDER, small("gear worn", "oil low"))
    Caches(foreign, EMBEDDER, home.cache)
    own = _open(home)
    put(own, EMBEDDER, small("pump leaks", "valve stuck"))
    caches = Caches(own, EMBEDDER, home.cache)
    assert _found(caches, own, "gear worn") == (set(),) * 3
    assert _found(caches, own, "pump leaks")[1] == {"pump leaks"}
    assert caches.rarity("gear") == 0.0


def test_new_chunks_are_found_while_another_process_holds_the_index(
    catalog: Catalog, home: Home
) -> None:
    put(catalog, EMBEDDER, small("pump leaks", title="Old"))
    caches = Caches(catalog, EMBEDDER, home.cache)
    with writer_elsewhere(home):
        put(catalog, EMBEDDER, small("valve stuck", title="New"))
        assert _found(caches, catalog, "valve stuck") == ({"valve stuck"},) * 3
        assert _found(caches, catalog, "pump leaks") == ({"pump leaks"},) * 3
        put(catalog, EMBEDDER, small("gear worn", title="Newer"))
        assert _found(caches, catalog, "gear worn") == ({"gear worn"},) * 3
        assert _found(caches, catalog, "valve stuck") == ({"valve stuck"},) * 3
        assert caches.rarity("worn") > 0
        assert caches.rarity("leak") == pytest.approx(math.log(1 + 2.5 / 1.5))  # 1 of 3 chunks
        _delete(catalog, "New")
        assert _found(caches, catalog, "valve stuck") == (set(),) * 3
        assert caches.rarity("stuck") == 0.0
    put(catalog, EMBEDDER, small("oil low", title="Newest"))
    assert _found(caches, catalog, "oil low") == ({"oil low"},) * 3
    assert _found(caches, catalog, "gear worn") == ({"gear worn"},) * 3
    reopened = Caches(_open(home), EMBEDDER, home.cache)
    assert _found(reopened, catalog, "gear worn oil low")[1] == {"gear worn", "oil low"}


def test_opens_beside_a_process_that_holds_the_index(catalog: Catalog, home: Home) -> None:
    Caches(catalog, EMBEDDER, home.cache)
    put(catalog, EMBEDDER, small("pump leaks"))
    with writer_elsewhere(home):
        caches = Caches(catalog, EMBEDDER, home.cache)
        assert _found(caches, catalog, "pump leaks") == ({"pump leaks"},) * 3


def _copy(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)


@pytest.mark.parametrize("is_reopened", [False, True])
def test_follows_sql_that_was_restored_from_an_older_state(
    catalog: Catalog, home: Home, tmp_path: Path, is_reopened: bool
) -> None:
    put(catalog, EMBEDDER, small("pump leaks", title="One"))
    _copy(home.knowledge, tmp_path / "backup.db")
    put(catalog, EMBEDDER, small("valve stuck", title="Two"))
    caches = Caches(catalog, EMBEDDER, home.cache)
    assert _found(caches, catalog, "valve stuck") == ({"valve stuck"},) * 3
    catalog.engine.dispose()
    for path in home.path.glob("knowledge.db*"):
        path.unlink()
    _copy(tmp_path / "backup.db", home.knowledge)
    if is_reopened:
        caches = Caches(catalog, EMBEDDER, home.cache)
    assert _found(caches, catalog, "valve stuck") == (set(),) * 3
    assert _found(caches, catalog, "pump leaks") == ({"pump leaks"},) * 3
    assert (len(caches), caches.rarity("stuck")) == (1, 0.0)
    put(catalog, EMBEDDER, small("gear worn", title="Three"))
    assert _found(caches, catalog, "gear worn") == ({"gear worn"},) * 3


class _Overtaken(Catalog):
    """A catalog that another process overtakes right after it has told the changes."""

    def __init__(self, home: Home) -> None:
        super().__init__(_open(home).engine)
        self._home = home
        self.is_overtaken = False

    def changes_since(self, sequence: int) -> tuple[int, list[int], list[int]]:
        changes = super().changes_since(sequence)
        if self.is_overtaken:
            self.is_overtaken = False
            other = _open(self._home)
            put(other, EMBEDDER, small("gear worn", title="Three"))
            Caches(other, EMBEDDER, self._home.cache)
        return changes


def test_an_index_that_another_process_has_just_brought_further_is_kept(
    catalog: Catalog, home: Home
) -> None:
    overtaken = _Overtaken(home)
    caches = Caches(overtaken, EMBEDDER, home.cache)
    put(catalog, EMBEDDER, small("pump leaks", title="Two"))
    overtaken.is_overtaken = True
    caches.follow()
    files = {path.name for path in (home.cache / "lexical-1").glob("*.store")}
    assert _found(caches, catalog, "gear worn") == ({"gear worn"},) * 3
    assert _found(caches, catalog, "pump leaks") == ({"pump leaks"},) * 3
    assert {path.name for path in (home.cache / "lexical-1").glob("*.store")} == files


def test_a_word_is_the_rarer_the_fewer_chunks_hold_it(caches: Caches, catalog: Catalog) -> None:
    put(catalog, EMBEDDER, small("pump leaks", "pump stuck", "pump worn", "gear worn"))
    caches.follow()
    assert caches.rarity("leak") == pytest.approx(math.log(1 + 3.5 / 1.5))
    assert caches.rarity("worn") == pytest.approx(math.log(1 + 2.5 / 2.5))
    assert caches.rarity("pump") == pytest.approx(math.log(1 + 1.5 / 3.5))
    assert caches.rarity("oil") == 0.0


def test_a_word_that_is_in_no_chunk_any_more_stands_nowhere(
    caches: Caches, catalog: Catalog
) -> None:
    put(catalog, EMBEDDER, small("pump leaks", title="One"))
    put(catalog, EMBEDDER, small("gear worn", title="Two"))
    caches.follow()
    _delete(catalog, "One")
    caches.follow()
    assert caches.rarity("leak") == 0.0
    assert caches.rarity("gear") == pytest.approx(math.log(1 + 0.5 / 1.5))


def test_vectors_of_another_embedder_are_left_out(catalog: Catalog) -> None:
    knowledge = small("pump leaks")
    store(catalog, knowledge, "another", {"x": np.ones(3, np.float32)})
    caches = Caches(catalog, EMBEDDER, None)
    revisions = catalog.visible_revisions(LOCAL, PassageFilter())
    assert caches.dense(EMBEDDER.embed(["pump"])[0], 5, revisions) == {}
    assert set(caches.lexical("pump", 5, revisions).words) == {1}


def test_cosines_are_those_of_the_chunks_asked_for(catalog: Catalog) -> None:
    put(catalog, EMBEDDER, small("pump leaks", "valve stuck"))
    caches = Caches(catalog, EMBEDDER, None)
    ids = chunk_ids(catalog)
    found = caches.cosines(EMBEDDER.embed(["pump"])[0], [ids["pump leaks"], 10**6])
    assert found == pytest.approx({ids["pump leaks"]: 1 / math.sqrt(2)}, rel=1e-6)


@pytest.mark.parametrize("how", ["removed", "emptied"])
def test_losing_the_folder_beside_a_running_server_costs_no_data(
    catalog: Catalog, home: Home, how: str
) -> None:
    put(catalog, EMBEDDER, small("pump leaks", title="One"))
    caches = Caches(catalog, EMBEDDER, home.cache)
    shutil.rmtree(home.cache)
    if how == "emptied":
        (home.cache / "lexical-1").mkdir(parents=True)
    put(catalog, EMBEDDER, small("valve stuck", title="Two"))
    assert _found(caches, catalog, "valve stuck") == ({"valve stuck"},) * 3
    assert _found(caches, catalog, "pump leaks") == ({"pump leaks"},) * 3
    put(catalog, EMBEDDER, small("gear worn", title="Three"))
    assert _found(caches, catalog, "gear worn pump leaks")[1] == {"gear worn", "pump leaks"}


class _Losing(Catalog):
    """A catalog beside which the lexical index is removed right after the changes were told."""

    def __init__(self, home: Home) -> None:
        super().__init__(_open(home).engine)
        self._home = home
        self.calls_left = 0

    def changes_since(self, sequence: int) -> tuple[int, list[int], list[int]]:
        changes = super().changes_since(sequence)
        self.calls_left -= 1
        if self.calls_left == 0:
            shutil.rmtree(self._home.cache)
        return changes


@pytest.mark.parametrize("call", [1, 2])
def test_losing_the_folder_in_the_middle_of_an_update_costs_no_data(
    catalog: Catalog, home: Home, call: int
) -> None:
    put(catalog, EMBEDDER, small("pump leaks", title="One"))
    losing = _Losing(home)
    caches = Caches(losing, EMBEDDER, home.cache)
    put(catalog, EMBEDDER, small("valve stuck", title="Two"))
    losing.calls_left = call
    assert _found(caches, catalog, "valve stuck") == ({"valve stuck"},) * 3
    assert _found(caches, catalog, "pump leaks") == ({"pump leaks"},) * 3
    assert losing.calls_left < 0
