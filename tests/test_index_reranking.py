"""Reranking by a cross-encoder of the user's, made on the spot."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from index.access import LOCAL
from index.caches import Caches
from index.catalog import Catalog
from index.errors import ModelFileError
from index.reranking import CrossEncoderReranker
from index.retrieval import Retriever
from tests.hash_embedder import HashEmbedder
from tests.small_documents import put, small
from tests.tiny_models import make_cross_encoder

TEXTS = ("pump seal leaks", "gear worn", "seal of the pump")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_cross_encoder(tmp_path_factory.mktemp("models"), " ".join(TEXTS), scores=1)


def test_each_text_gets_a_score_of_its_own(folder: Path) -> None:
    reranker = CrossEncoderReranker(folder)
    scores = reranker.score("pump leaks", TEXTS)
    assert scores.shape == (3,)
    assert scores.dtype == np.float32
    assert np.isfinite(scores).all()
    assert len(set(scores.tolist())) == 3
    backwards = reranker.score("pump leaks", TEXTS[::-1])
    assert backwards[::-1] == pytest.approx(scores, abs=1e-5)
    assert reranker.score("pump leaks", []).shape == (0,)


def test_a_search_with_a_reranker_stands_in_its_order(
    folder: Path, catalog: Catalog, embedder: HashEmbedder
) -> None:
    put(catalog, embedder, small(*TEXTS))
    reranker = CrossEncoderReranker(folder)
    caches = Caches(catalog, embedder, None)
    plain = Retriever(catalog, embedder, caches).retrieve("pump leaks", LOCAL)
    reread = Retriever(catalog, embedder, caches, reranker=reranker).retrieve("pump leaks", LOCAL)
    scores = dict(zip(TEXTS, reranker.score("pump leaks", TEXTS).tolist(), strict=True))
    assert [p.text for p in reread.passages] == sorted(TEXTS, key=lambda t: -scores[t])
    assert {p.text for p in plain.passages} == set(TEXTS)
    assert {p.text: p.paths for p in reread.passages} == {p.text: p.paths for p in plain.passages}


def test_a_model_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="no-such-model"):
        CrossEncoderReranker(tmp_path / "no-such-model")


def test_a_model_with_several_scores_is_refused(tmp_path: Path) -> None:
    folder = make_cross_encoder(tmp_path, "pump", scores=3)
    with pytest.raises(ModelFileError, match="3 scores"):
        CrossEncoderReranker(folder)
