"""Large plants: a generation of vectors on disk, as fresh as SQL and checked before it is used."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from index.catalog import Catalog
from index.dense import DenseIndex
from index.errors import CacheError
from index.generation import EXACT_ROWS, Generation
from index.generation_building import RECALL, build
from index.generations import Generations
from index.home import Home
from index.vector_files import MANIFEST, read_manifest, write_manifest
from tests.vector_homes import (
    DIMENSION,
    EMBEDDER,
    add,
    clustered,
    faults,
    held,
    large,
    open_catalog,
    open_dense,
    remove,
)

ROOT = Path(__file__).resolve().parents[1]
FILES = ("rows.f32", "chunks.i64", "revisions.i64", "lists.faiss", MANIFEST)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with 600 vectors and their generation, which tests copy."""
    home = Home(tmp_path_factory.mktemp("made"))
    catalog = large(home)
    assert open_dense(catalog, home.cache).settle()
    catalog.engine.dispose()
    return home.path


@pytest.fixture
def catalog(home: Home, made: Path) -> Catalog:
    """The same without the generation."""
    shutil.copy(made / "knowledge.db", home.knowledge)
    return open_catalog(home)


@pytest.fixture
def dense(catalog: Catalog, home: Home, made: Path) -> DenseIndex:
    """Dense search on the generation."""
    shutil.copytree(made / "cache", home.cache, dirs_exist_ok=True)
    opened = open_dense(catalog, home.cache)
    assert opened.status().generation
    return opened


def _folders(home: Home) -> list[Path]:
    return sorted(home.cache.glob("vectors-1/*/g*"))


def _left_over(home: Home) -> list[Path]:
    return list(home.cache.glob("vectors-1/*/.draft*"))


def _generations(home: Home, catalog: Catalog, embedder: str = EMBEDDER) -> Generations:
    return Generations(home.cache, catalog.uid(), embedder, DIMENSION)


def test_a_small_plant_is_held_in_memory_without_a_file(catalog: Catalog, home: Home) -> None:
    dense = open_dense(catalog, home.cache, flat_most=600)
    assert dense.settle()
    assert faults(dense, catalog) == []
    assert (dense.status().generation, dense.status().fresh) == ("", 600)
    assert list(home.cache.rglob("*")) == []


def test_a_large_plant_gets_a_generation_that_finds_the_same(
    dense: DenseIndex, catalog: Catalog, home: Home
) -> None:
    assert faults(dense, catalog, questions=20) == []
    status = dense.status()
    assert (status.vectors, status.fresh, status.gone, status.fault) == (600, 0, 0, "")
    assert status.recall >= RECALL
    assert 1 <= status.probes <= status.lists // 4
    assert [path.name for path in _folders(home)] == [status.generation]
    assert _left_over(home) == []


def test_a_large_plant_without_a_generation_is_copied_to_disk_and_not_into_memory(
    catalog: Catalog, home: Home
) -> None:
    dense = open_dense(catalog, home.cache)
    status = dense.status()
    assert (status.vectors, status.fresh) == (600, 0)
    assert faults(dense, catalog) == []
    assert dense.settle()
    assert dense.status().lists > 0
    assert dense.settle()  # what served meanwhile is removed
    assert [path.name for path in _folders(home)] == [dense.status().generation]


def test_without_a_folder_a_large_plant_is_held_in_memory(catalog: Catalog) -> None:
    dense = open_dense(catalog, None)
    assert dense.settle()
    assert faults(dense, catalog) == []


def test_questions_are_answered_while_the_generation_is_made(catalog: Catalog, home: Home) -> None:
    dense = open_dense(catalog, home.cache)
    while not dense.status().generation:
        assert faults(dense, catalog, questions=1) == []
        assert dense.status().fault == ""
    assert dense.status().generation


def test_a_second_process_opens_what_the_first_has_made(
    dense: DenseIndex, catalog: Catalog, home: Home
) -> None:
    other = open_dense(open_catalog(home), home.cache)
    assert other.status().generation == dense.status().generation
    assert other.status().fresh == 0
    assert faults(other, catalog) == []


def test_what_comes_and_goes_is_found_and_gone_at_once(dense: DenseIndex, catalog: Catalog) -> None:
    fresh = clustered(3, seed=77)
    ids = add(catalog, fresh, revision=2)
    assert faults(dense, catalog) == []
    assert next(iter(dense.search(fresh[1], 5, [2]))) == ids[1]
    remove(catalog, [ids[1], 4, 5, 300])
    assert faults(dense, catalog) == []
    assert ids[1] not in dense.search(fresh[1], 5, [2])
    assert dense.known([4, 6, 300, ids[0], ids[1]]) == [6, ids[0]]
    assert dense.cosines(fresh[0], [4, 300, ids[1]]) == {}
    assert (dense.status().gone, len(dense)) == (3, 599)


def test_a_generation_that_is_opened_later_is_followed_by_what_came_after_it(
    dense: DenseIndex, catalog: Catalog, home: Home
) -> None:
    add(catalog, clustered(5, seed=4), revision=3)
    remove(catalog, list(range(100, 140)))
    other = open_dense(open_catalog(home), home.cache)
    status = other.status()
    assert (status.generation, status.fresh, status.gone) == (dense.status().generation, 5, 40)
    assert faults(other, catalog) == []


def test_a_grown_rest_is_taken_into_the_next_generation(
    dense: DenseIndex, catalog: Catalog, home: Home
) -> None:
    first = dense.status().generation
    add(catalog, clustered(80, seed=5), revision=12)
    assert dense.settle()
    status = dense.status()
    assert status.generation > first
    assert (status.vectors, status.fresh) == (680, 0)
    assert faults(dense, catalog) == []
    assert [path.name for path in _folders(home)] == [status.generation]


def test_what_was_deleted_leaves_the_next_generation(dense: DenseIndex, catalog: Catalog) -> None:
    remove(catalog, list(range(1, 200)))
    assert dense.settle()
    assert (dense.status().vectors, dense.status().gone) == (401, 0)
    assert faults(dense, catalog) == []


def test_a_plant_that_lost_every_document_finds_nothing_and_takes_new_ones(
    dense: DenseIndex, catalog: Catalog
) -> None:
    remove(catalog, list(range(1, 601)))
    assert dense.settle()
    assert dense.search(clustered(1)[0], 5, [1, 2, 3]) == {}
    assert (len(dense), dense.status().vectors, dense.status().fault) == (0, 0, "")
    add(catalog, clustered(3, seed=5), revision=3)
    assert faults(dense, catalog) == []


def test_a_generation_that_somebody_reads_is_kept_until_he_goes(
    dense: DenseIndex, catalog: Catalog, home: Home
) -> None:
    reader = open_dense(open_catalog(home), home.cache)
    old = reader.status().generation
    add(catalog, clustered(80, seed=5))
    assert dense.settle()
    assert [path.name for path in _folders(home)] == [old, dense.status().generation]
    assert faults(reader, catalog) == []
    assert reader.settle()  # takes over what the other one has made, and lets go of the old
    assert reader.status().generation == dense.status().generation
    add(catalog, clustered(80, seed=6))
    assert dense.settle()
    assert old not in [path.name for path in _folders(home)]


def test_only_one_of_two_makes_the_generation(catalog: Catalog, home: Home) -> None:
    with _generations(home, catalog).writing() as is_first:
        assert is_first
        dense = open_dense(open_catalog(home), home.cache)
        assert dense.settle()
        assert dense.status().generation == ""
        assert faults(dense, catalog) == []
    assert dense.settle()
    assert dense.status().generation


def test_many_chunks_through_lists_have_true_cosines_and_filters_are_exact(home: Home) -> None:
    catalog = large(home, count=20_000, documents=20)
    dense = open_dense(catalog, home.cache)
    assert dense.settle()
    assert dense.status().lists > 0
    everything = held(catalog)
    hits: list[float] = []
    middling, wide = list(range(1, 10)), list(range(1, 16))
    assert EXACT_ROWS < 1_000 * len(middling) < 10_000
    for query in clustered(30, seed=8):
        for revisions in ([3], [1, 2, 3, 4], middling, wide, list(range(1, 21))):
            found = dense.search(query, 10, revisions)
            expected = everything.nearest(query, 10, revisions)
            true = {chunk: everything.cosine(query, chunk) for chunk in found}
            assert found == pytest.approx(true, abs=1e-6)
            assert list(found.values()) == sorted(found.values(), reverse=True)
            if len(revisions) < 10:
                assert list(found.values()) == pytest.approx(list(expected.values()), abs=1e-6)
            hits.append(len(found.keys() & expected.keys()) / 10)
    assert np.mean(hits) >= RECALL


def test_vectors_that_no_list_helps_with_are_searched_one_by_one(home: Home) -> None:
    chance = np.random.default_rng(0)
    rows = chance.normal(size=(400, DIMENSION))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    catalog = large(home, count=1, documents=1)
    add(catalog, rows.astype(np.float32))
    dense = open_dense(catalog, home.cache)
    assert dense.settle()
    status = dense.status()
    assert (status.lists, status.recall, status.vectors) == (0, 1.0, 401)
    assert faults(dense, catalog, questions=10) == []


def test_questions_from_many_threads_beside_changes_are_right(
    dense: DenseIndex, catalog: Catalog
) -> None:
    stop, wrong = threading.Event(), list[str]()
    kept = held(catalog)
    queries = clustered(8, seed=21)
    expected = [kept.nearest(query, 5, [7]) for query in queries]

    def ask() -> None:
        while not stop.is_set():
            for query, right in zip(queries, expected, strict=True):
                dense.follow()
                if list(dense.search(query, 5, [7])) != list(right):
                    wrong.append("another result")

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        for number in range(6):  # revision 7 stays as it is
            ids = add(catalog, clustered(40, seed=number), revision=12)
            remove(catalog, ids[::2])
            dense.settle()
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert wrong == []
    assert faults(dense, catalog) == []


def _flipped(path: Path, at: int) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        byte = file.read(1)[0]
        file.seek(at)
        file.write(bytes([byte ^ (1 << at % 8)]))


def test_every_thousandth_flipped_byte_of_every_file_is_noticed(
    dense: DenseIndex, catalog: Catalog, home: Home
) -> None:
    generations, (folder,) = _generations(home, catalog), _folders(home)
    served: list[str] = []
    for name in FILES:
        path = folder / name
        size = path.stat().st_size
        for at in sorted({*range(0, size, max(1, size // 1000)), size - 1}):
            _flipped(path, at)
            try:
                generations.open(folder.name)
                served.append(f"{name} at {at}")
            except CacheError:
                pass
            _flipped(path, at)
    assert served == []
    generations.open(folder.name)


def test_every_truncation_of_every_file_is_noticed(
    dense: DenseIndex, catalog: Catalog, home: Home
) -> None:
    generations, (folder,) = _generations(home, catalog), _folders(home)
    served: list[str] = []
    for name in FILES:
        path = folder / name
        content = path.read_bytes()
        step = max(1, len(content) // 200)
        for size in sorted({*range(0, len(content), step), len(content) - 1}):
            path.unlink()  # the mapped file of the open generation stays whole
            path.write_bytes(content[:size])
            try:
                generations.open(folder.name)
                served.append(f"{name} of {size} bytes")
            except CacheError:
                pass
        path.write_bytes(content + b"\0")
        with pytest.raises(CacheError):
            generations.open(folder.name)
        path.write_bytes(content)
    assert served == []
    generations.open(folder.name)


def _damaged(folder: Path) -> None:
    _flipped(folder / "rows.f32", 1000)


def _cut_off(folder: Path) -> None:
    path = folder / "lists.faiss"
    content = path.read_bytes()
    path.unlink()
    path.write_bytes(content[:5000])


def _without_rows(folder: Path) -> None:
    (folder / "rows.f32").unlink()


def _without_manifest(folder: Path) -> None:
    (folder / MANIFEST).unlink()


def _emptied(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.mkdir()


def _restated(**changes: object) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        manifest = read_manifest(folder)
        (folder / MANIFEST).unlink()
        write_manifest(folder, replace(manifest, **changes))  # type: ignore[arg-type]

    return change


DAMAGES = {
    "a flipped byte": (_damaged, "is not the file that was written"),
    "a cut off file": (_cut_off, "is not the file that was written"),
    "no rows": (_without_rows, "cannot be read"),
    "no manifest": (_without_manifest, "cannot be read"),
    "an empty folder": (_emptied, "cannot be read"),
    "another database": (_restated(uid="other"), "belongs to another database"),
    "another embedder": (_restated(embedder="other:16"), "of the embedder other:16"),
    "another dimension": (_restated(dimension=8), "does not hold the rows"),
    "another format": (_restated(format=99), "has the format 99"),
    "a later state": (_restated(sequence=10_000), "later state of the database"),
    "another course": (_restated(witnesses={"7": ["other"]}), "later state of the database"),
}


@pytest.mark.parametrize(("damage", "message"), DAMAGES.values(), ids=DAMAGES.keys())
def test_a_generation_that_does_not_fit_is_said_and_made_again(
    catalog: Catalog, home: Home, made: Path, damage: Callable[[Path], None], message: str
) -> None:
    shutil.copytree(made / "cache", home.cache, dirs_exist_ok=True)
    (folder,) = _folders(home)
    damage(folder)
    dense = open_dense(open_catalog(home), home.cache)
    assert message in dense.status().fault
    assert faults(dense, catalog) == []
    assert dense.settle()
    assert dense.status().generation
    assert faults(dense, catalog) == []
    (made,) = _folders(home)
    assert made.name == dense.status().generation
    Generation(made)


def test_the_one_before_serves_where_the_newest_is_damaged(
    dense: DenseIndex, catalog: Catalog, home: Home
) -> None:
    reader = open_dense(open_catalog(home), home.cache)  # keeps the first one
    add(catalog, clustered(80, seed=5))
    assert dense.settle()
    _damaged(_folders(home)[-1])
    other = open_dense(open_catalog(home), home.cache)
    assert other.status().generation == reader.status().generation
    assert "is not the file that was written" in other.status().fault
    assert faults(other, catalog) == []


def test_a_knowledge_that_took_another_course_since_its_backup_is_noticed(
    home: Home, tmp_path: Path
) -> None:
    catalog = large(home, count=300)
    catalog.engine.dispose()
    shutil.copy(home.knowledge, tmp_path / "backup.db")
    ids = add(catalog, clustered(10, seed=31), revision=2)
    assert open_dense(catalog, home.cache).settle()
    catalog.engine.dispose()
    for path in home.path.glob("knowledge.db*"):
        path.unlink()
    shutil.copy(tmp_path / "backup.db", home.knowledge)
    catalog = open_catalog(home)
    with catalog.engine.begin() as connection:  # the same numbers with other texts
        connection.exec_driver_sql("UPDATE embedded_text SET content_hash = content_hash")
    assert add(catalog, clustered(12, seed=32), revision=3)[:10] == ids
    with catalog.engine.begin() as connection:
        for table in ("vector", "embedded_text"):
            connection.exec_driver_sql(
                f"UPDATE {table} SET content_hash = 'other' || content_hash "
                "WHERE content_hash LIKE 'new%'"
            )
    dense = open_dense(catalog, home.cache)
    assert "later state" in dense.status().fault
    assert faults(dense, catalog) == []


def test_losing_the_folder_beside_a_running_server_costs_no_data(
    dense: DenseIndex, catalog: Catalog, home: Home
) -> None:
    shutil.rmtree(home.cache)
    assert faults(dense, catalog) == []
    add(catalog, clustered(80, seed=5))
    assert dense.settle()
    assert faults(dense, catalog) == []
    assert [path.name for path in _folders(home)] == [dense.status().generation]


def test_rows_that_are_cut_off_while_they_are_used_are_replaced_from_sql(
    dense: DenseIndex, catalog: Catalog, home: Home
) -> None:
    (folder,) = _folders(home)
    with (folder / "rows.f32").open("r+b") as file:
        file.truncate(100)
    assert faults(dense, catalog) == []
    assert "was cut off while it was used" in dense.status().fault
    assert dense.status().fresh == 600


def test_a_folder_that_cannot_be_written_leaves_search_as_it_is(
    catalog: Catalog, home: Home
) -> None:
    (home.cache / "vectors-1").write_text("in the way", encoding="utf-8")
    dense = open_dense(catalog, home.cache)
    dense.settle()
    assert "No new generation of vectors could be made" in dense.status().fault
    assert dense.status().fresh == 600
    assert faults(dense, catalog) == []


def test_what_a_manifest_says_of_recall_is_what_is_found(home: Home, tmp_path: Path) -> None:
    catalog = large(home, count=3_000)
    draft = tmp_path / "draft"
    draft.mkdir()
    manifest = build(catalog, EMBEDDER, DIMENSION, draft, lambda: None)
    generation = Generation(draft)
    everything = held(catalog)
    found: list[float] = []
    for position in range(0, 3_000, 15):
        query = generation.rows_at(np.array([position]))[0]
        _, scores = generation.probed(query, 31, generation.whole, None)
        true = list(everything.nearest(query, 11, range(1, 13)).values())
        found.append(float((scores[1:11] >= true[-1] - 1e-6).sum()) / 10)
    assert np.mean(found) >= manifest.recall - 0.03
    assert manifest.recall >= RECALL
    assert manifest.measured == 200


def test_a_manifest_says_what_is_in_the_folder(dense: DenseIndex, home: Home) -> None:
    (folder,) = _folders(home)
    body = json.loads((folder / MANIFEST).read_bytes().splitlines()[0])
    assert set(body["files"]) == set(FILES) - {MANIFEST}
    assert (body["rows"], body["chunks"], body["sequence"]) == (600, 600, 600)
    for name, (size, _) in body["files"].items():
        assert (folder / name).stat().st_size == size


@pytest.mark.parametrize(
    "part", [("full",), ("kills", "--rounds", "12"), ("races", "--rounds", "1")], ids=lambda p: p[0]
)
def test_nothing_is_lost_on_a_full_disk_and_by_a_killed_writer(part: tuple[str, ...]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.soak.generations", *part],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
