"""Another embedder serves when all of its vectors are there, and the one before until then."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from index.access import LOCAL
from index.caches import Caches
from index.catalog import Catalog
from index.corpus import Chunk, Knowledge, PassageFilter, Sentence
from index.embedder_change import (
    Coverage,
    choose,
    coverages,
    embed_all,
    remember,
    sample_texts,
)
from index.embedding import Embedder
from index.embedding_int8 import find_int8, make_int8, measure_loss
from index.errors import ModelFileError
from index.home import Home, hash_text
from tests.hash_embedder import HashEmbedder
from tests.small_documents import chunk_ids, put, small

OLD = HashEmbedder()


class Turned(HashEmbedder):
    """Another embedder of the same dimension: its vectors say nothing to those of the first."""

    identity = "turned:64"

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        return np.ascontiguousarray(super().embed(texts)[:, ::-1])


class Wide(HashEmbedder):
    """Another embedder of another dimension."""

    identity = "wide:128"
    dimension = 128

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        return np.concatenate([super_embed(texts), np.zeros((len(texts), 64), np.float32)], axis=1)


def super_embed(texts: Sequence[str]) -> np.ndarray:
    return OLD.embed(texts)


@pytest.fixture
def filled(catalog: Catalog, home: Home) -> Catalog:
    """A knowledge that the old embedder has embedded."""
    put(catalog, OLD, small("pump leaks", "valve stuck", title="One"))
    put(catalog, OLD, small("gear worn", title="Two"))
    remember(home.cache, OLD.identity, {"model": "old"})
    return catalog


def _opened(named: dict[str, str]) -> Embedder:
    assert named == {"model": "old"}
    return OLD


def _gone(named: dict[str, str]) -> Embedder:
    raise ModelFileError(f"{named['model']} is not there any more.")


def _choose(catalog: Catalog, home: Home, wanted: Embedder, *, is_gone: bool = False) -> Embedder:
    remember(home.cache, wanted.identity, {"model": "new"})
    return choose(catalog, wanted, home.cache, _gone if is_gone else _opened)


def _near(catalog: Catalog, embedder: Embedder, question: str) -> dict[int, float]:
    revisions = catalog.visible_revisions(LOCAL, PassageFilter())
    found = Caches(catalog, embedder, None).dense(embedder.embed([question])[0], 5, revisions)
    return {chunk: cosine for chunk, cosine in found.items() if cosine > 0.4}


@pytest.mark.parametrize("wanted", [Turned(), Wide()], ids=lambda e: e.identity)
def test_the_embedder_before_serves_until_the_new_one_has_all_vectors(
    filled: Catalog, home: Home, wanted: Embedder
) -> None:
    texts = [text for text in chunk_ids(filled) if text != "gear worn"]
    assert _choose(filled, home, wanted) is OLD
    vectors = dict(zip(map(hash_text, texts), wanted.embed(texts), strict=True))
    from index.storing import keep_vectors

    keep_vectors(filled, wanted.identity, vectors)  # an embedding that was cut off
    assert _choose(filled, home, wanted) is OLD
    assert list(_near(filled, OLD, "gear worn")) == [chunk_ids(filled)["gear worn"]]
    assert embed_all(filled, wanted) == (1, 0)
    assert _choose(filled, home, wanted) is wanted
    assert list(_near(filled, wanted, "gear worn")) == [chunk_ids(filled)["gear worn"]]


def test_where_the_one_before_is_gone_search_by_meaning_stands_still(
    filled: Catalog, home: Home
) -> None:
    wanted = Turned()
    silent = _choose(filled, home, wanted, is_gone=True)
    assert silent.identity == "none, until turned:64 is complete"
    assert _near(filled, silent, "pump leaks") == {}
    caches = Caches(filled, silent, home.cache)
    revisions = filled.visible_revisions(LOCAL, PassageFilter())
    assert len(caches.lexical("pump leaks", 5, revisions).words) == 1
    embed_all(filled, wanted)
    assert _choose(filled, home, wanted, is_gone=True) is wanted


def test_what_was_ingested_since_by_the_new_one_does_not_let_it_serve_early(
    filled: Catalog, home: Home
) -> None:
    wanted = Turned()
    put(filled, wanted, small("oil low", title="Three"))
    assert _choose(filled, home, wanted) is OLD
    assert embed_all(filled, wanted) == (3, 0)
    assert _choose(filled, home, wanted) is wanted


def test_an_embedder_is_counted_by_the_texts_that_it_has_vectors_of(filled: Catalog) -> None:
    put(filled, Turned(), small("oil low", title="Three"))
    assert coverages(filled) == [Coverage("hash:64", 3, 4), Coverage("turned:64", 1, 4)]
    assert [c.is_complete for c in coverages(filled)] == [False, False]


def test_a_home_that_knew_no_other_embedder_uses_its_own(catalog: Catalog, home: Home) -> None:
    assert _choose(catalog, home, OLD) is OLD
    put(catalog, OLD, small("pump leaks"))
    assert _choose(catalog, home, OLD) is OLD


def test_a_damaged_note_of_embedders_is_as_none(filled: Catalog, home: Home) -> None:
    (home.cache / "embedders.json").write_bytes(b"\xff[")
    assert _choose(filled, home, Turned()).identity == "turned:64"


def test_all_texts_of_a_chunk_are_made_again_titles_and_subjects_too(
    catalog: Catalog, home: Home
) -> None:
    row = Sentence(
        "E-1 | Oil too hot", "row", 1, header=("Code", "Meaning"), cells=("E-1", "Oil too hot")
    )
    plain = Sentence("Close the valve.", "step", 1, number="3.")
    chunks = [
        Chunk(0, 1, ("4.2 Alarm list",), (row,), opens_section=True),
        Chunk(1, 1, ("4.2 Alarm list",), (plain,)),
    ]
    base = small("x")
    put(catalog, OLD, Knowledge(base.document, chunks, source="a", content_hash="a"))
    put(catalog, OLD, small("pump leaks", title="Two", keys=["T-1"]))
    assert embed_all(catalog, Turned()) == (5, 0)
    assert {c.embedder: c.embedded for c in coverages(catalog)} == {"hash:64": 5, "turned:64": 5}
    assert embed_all(catalog, Turned()) == (0, 0)


def test_a_text_that_cannot_be_found_again_is_counted(filled: Catalog) -> None:
    with filled.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE embedded_text SET content_hash = 'x' WHERE chunk_id = 2")
    assert embed_all(filled, Turned()) == (2, 1)


def test_a_sample_of_texts_is_spread_over_all(filled: Catalog) -> None:
    assert sample_texts(filled, 10) == ["pump leaks", "valve stuck", "gear worn"]
    assert sample_texts(filled, 1) == ["pump leaks"]


def test_the_loss_of_an_embedder_against_itself_is_none() -> None:
    texts = [f"pump {i} leaks at seal {i % 7}" for i in range(30)]
    loss = measure_loss(OLD, OLD, texts)
    assert (loss.texts, loss.overlap) == (30, 1.0)
    assert (loss.mean, loss.least) == pytest.approx((1.0, 1.0))


def test_the_loss_of_another_embedder_is_what_its_vectors_say() -> None:
    class Half(HashEmbedder):
        def embed(self, texts: Sequence[str]) -> np.ndarray:
            rows = super().embed(texts)
            rows[0] = np.roll(rows[0], 1)
            return rows

    loss = measure_loss(OLD, Half(), ["alpha", "beta", "gamma", "delta"])
    assert (loss.mean, loss.least) == pytest.approx((0.75, 0.0))


def test_an_embedder_in_integers_that_was_not_made_is_named(home: Home) -> None:
    with pytest.raises(ModelFileError, match=r"8-bit integers is not in .*knowledge embed"):
        find_int8(home.path)


def test_an_embedder_in_integers_needs_texts(home: Home) -> None:
    with pytest.raises(ModelFileError, match=r"there are none\. Ingest documents first"):
        make_int8(home.path, [])


@pytest.mark.parametrize("damage", ["weights", "manifest"])
def test_a_damaged_embedder_in_integers_is_named(home: Home, damage: str) -> None:
    made = home.path / "int8"
    made.mkdir()
    for name in ("openvino_model.xml", "openvino_model.bin"):
        (made / name).write_bytes(b"abc")
    (made / "faultbook.json").write_text('{"openvino_model.xml": "1"}', encoding="utf-8")
    if damage == "manifest":
        (made / "faultbook.json").write_text("[", encoding="utf-8")
    with pytest.raises(ModelFileError, match=r"is not the one that was made|cannot be read"):
        find_int8(home.path)
