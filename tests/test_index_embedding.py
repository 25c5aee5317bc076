"""Every embedder keeps one contract; the two ways to run the default model agree."""

from __future__ import annotations

import math
import subprocess
import sys
import threading
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from index.corpus import Chunk, Sentence
from index.embedding import (
    MINILM,
    Embedder,
    OpenVINOEmbedder,
    SentenceTransformerEmbedder,
    embed_missing,
)
from index.errors import ModelFileError
from index.home import hash_text
from index.model_files import write_manifest
from tests.hash_embedder import HashEmbedder

TEXTS = (
    "The pump leaks at the shaft seal.",
    "E-217",
    "Tighten the cylinder head bolts in three stages, crosswise, and note the torque.",
    "更换主泵的轴承",
    "Der Druckschalter löst nicht aus",
    "bearing " * 40,
    "Close the shut-off valve before you open the hydraulic unit. " * 60,  # beyond 256 tokens
)
MANY = tuple(f"{text} {i}" for i, text in enumerate(TEXTS * 8))


@cache
def _openvino(models: Path) -> Embedder:
    return OpenVINOEmbedder(models / MINILM.name)


@cache
def _sentence_transformers(models: Path) -> Embedder:
    return SentenceTransformerEmbedder(str(models / MINILM.name), device="cpu")


@pytest.fixture(
    params=[
        "hash",
        pytest.param("openvino", marks=pytest.mark.model),
        pytest.param("sentence-transformers", marks=pytest.mark.model),
    ]
)
def any_embedder(request: pytest.FixtureRequest) -> Embedder:
    if request.param == "hash":
        return HashEmbedder()
    models = request.getfixturevalue("models")
    return _openvino(models) if request.param == "openvino" else _sentence_transformers(models)


def _cosines(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(first, axis=1) * np.linalg.norm(second, axis=1)
    cosines: np.ndarray = (first * second).sum(axis=1) / lengths
    return cosines


def test_vectors_have_unit_length_and_the_dimension_that_is_stated(any_embedder: Embedder) -> None:
    vectors = any_embedder.embed(TEXTS)
    assert vectors.shape == (len(TEXTS), any_embedder.dimension)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-5)


def test_the_order_of_the_texts_is_kept(any_embedder: Embedder) -> None:
    together = any_embedder.embed(TEXTS)
    alone = np.concatenate([any_embedder.embed([text]) for text in TEXTS])
    assert _cosines(together, alone) == pytest.approx(1.0, abs=1e-4)
    nearest = (together @ alone.T).argmax(axis=1)
    assert nearest.tolist() == list(range(len(TEXTS)))


def test_what_is_embedded_beside_a_text_does_not_change_its_vector(any_embedder: Embedder) -> None:
    vectors = any_embedder.embed(MANY)
    backwards = any_embedder.embed(MANY[::-1])[::-1]
    halves = np.concatenate([any_embedder.embed(MANY[:20]), any_embedder.embed(MANY[20:])])
    assert _cosines(vectors, backwards).min() >= 0.9999
    assert _cosines(vectors, halves).min() >= 0.9999


def test_equal_texts_have_equal_vectors_and_others_have_not(any_embedder: Embedder) -> None:
    vectors = any_embedder.embed(["pump leaks", "valve stuck", "pump leaks"])
    assert float(vectors[0] @ vectors[2]) == pytest.approx(1.0, abs=1e-4)
    assert float(vectors[0] @ vectors[1]) < 0.9


def test_no_texts_give_no_vectors(any_embedder: Embedder) -> None:
    vectors = any_embedder.embed([])
    assert vectors.shape == (0, any_embedder.dimension)
    assert vectors.dtype == np.float32


def test_what_is_about_the_same_is_nearer(any_embedder: Embedder) -> None:
    question, near, far = any_embedder.embed(
        ["oil leaks from the pump", "the pump leaks oil", "annual holiday schedule"]
    )
    assert float(question @ near) > float(question @ far) + 0.2


@pytest.mark.model
def test_openvino_and_sentence_transformers_give_the_same_vectors(models: Path) -> None:
    texts = [*TEXTS, "", " "]
    cosines = _cosines(_openvino(models).embed(texts), _sentence_transformers(models).embed(texts))
    assert cosines.min() >= 0.9999, dict(zip(texts, cosines.tolist(), strict=True))


@pytest.mark.model
def test_several_threads_embed_at_once_as_one_does(models: Path) -> None:
    embedder = _openvino(models)
    expected = embedder.embed(MANY)
    found: dict[int, np.ndarray] = {}

    def embed(number: int) -> None:
        found[number] = embedder.embed(MANY)

    threads = [threading.Thread(target=embed, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [0, 1, 2, 3]
    assert all(_cosines(vectors, expected).min() >= 0.9999 for vectors in found.values())


@pytest.mark.model
def test_the_two_embedders_of_one_model_do_not_mix_their_vectors(models: Path) -> None:
    identities = {_openvino(models).identity, _sentence_transformers(models).identity}
    assert len(identities) == 2
    assert (
        SentenceTransformerEmbedder(str(models / MINILM.name), device="cpu").identity in identities
    )


def test_a_model_that_was_not_fetched_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match=r"all-MiniLM-L6-v2 is not in .*models fetch"):
        OpenVINOEmbedder(tmp_path)


def test_a_compiled_model_that_cannot_be_loaded_is_named(tmp_path: Path) -> None:
    (tmp_path / "openvino_model.xml").write_text("<net", encoding="utf-8")
    write_manifest(MINILM, tmp_path)
    with pytest.raises(ModelFileError, match=r"openvino_model\.xml cannot be loaded\. Run"):
        OpenVINOEmbedder(tmp_path)


@pytest.mark.model
@pytest.mark.parametrize("name", ["nothing-here", "empty"])
def test_a_sentence_transformers_model_that_is_not_there_is_named(
    tmp_path: Path, name: str
) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(ModelFileError, match=rf"{name}' cannot be loaded: .*Name a folder"):
        SentenceTransformerEmbedder(str(tmp_path / name), device="cpu")


class Counting(HashEmbedder):
    """Remembers how many texts each call was given."""

    def __init__(self) -> None:
        self.calls: list[int] = []

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        self.calls.append(len(texts))
        return super().embed(texts)


def _chunks(*texts: str) -> list[Chunk]:
    return [Chunk(i, 0, (), (Sentence(t, "paragraph", 1),)) for i, t in enumerate(texts)]


def _all(hashes: Iterable[str], embedder: str) -> list[str]:
    return list(hashes)


def test_texts_are_embedded_in_batches_with_progress() -> None:
    texts = [f"text {i}" for i in range(300)]
    embedder = Counting()
    steps = list(embed_missing(embedder, _all, _chunks(*texts, "text 7")))
    assert [(done, total) for done, total, _ in steps] == [(128, 300), (256, 300), (300, 300)]
    assert embedder.calls == [128, 128, 44]
    vectors = {key: vector for _, _, rows in steps for key, vector in rows.items()}
    assert len(vectors) == 300
    for text in ("text 0", "text 130", "text 299"):
        assert vectors[hash_text(text)].tolist() == embedder.embed([text])[0].tolist()


def test_only_missing_texts_are_embedded() -> None:
    asked: list[str] = []

    def missing(hashes: Iterable[str], embedder: str) -> list[str]:
        asked.append(embedder)
        return [key for key in hashes if key == hash_text("new")]

    ((done, total, rows),) = embed_missing(HashEmbedder(), missing, _chunks("old", "new"))
    assert (done, total, set(rows)) == (1, 1, {hash_text("new")})
    assert asked == ["hash:64"]


def test_nothing_is_embedded_where_nothing_is_missing() -> None:
    embedder = Counting()
    assert list(embed_missing(embedder, lambda hashes, name: [], _chunks("old"))) == []
    assert list(embed_missing(embedder, _all, [])) == []
    assert embedder.calls == []


def test_the_title_of_a_section_and_the_subject_of_a_row_are_embedded_too() -> None:
    row = Sentence(
        "E-1 | Oil too hot", "row", 1, header=("Code", "Meaning"), cells=("E-1", "Oil too hot")
    )
    chunk = Chunk(0, 1, ("4.2 Alarm list",), (row,), opens_section=True)
    ((_, total, rows),) = embed_missing(HashEmbedder(), _all, [chunk])
    expected = ("4.2 Alarm list\nCode | Meaning\nE-1 | Oil too hot", "Oil too hot", "Alarm list")
    assert total == 3
    assert set(rows) == {hash_text(text) for text in expected}
    subject = rows[hash_text("Oil too hot")]
    assert np.count_nonzero(subject) == 3
    assert max(subject) == pytest.approx(1 / math.sqrt(3))


@pytest.mark.parametrize("what", ["openvino", "openvino_genai"])
def test_openvino_is_imported_without_its_telemetry(tmp_path: Path, what: str) -> None:
    code = f"""
import sys
from index.openvino_import import import_{what}
module = import_{what}()
import openvino
openvino.Core().available_devices
print(module.__name__, [n for n, m in sys.modules.items() if "openvino_telemetry" in n and m])
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[1],
        env={"HOME": str(tmp_path), "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == f"{what} []\n"
    assert list(tmp_path.iterdir()) == []  # where telemetry keeps an identifier


def test_making_8_bit_integers_reports_to_nobody(tmp_path: Path) -> None:
    code = """
import sys
from index.openvino_import import import_openvino
import_openvino()
import nncf
from nncf.telemetry import wrapper
print([n for n, m in sys.modules.items() if "openvino_telemetry" in n and m])
print(type(wrapper.telemetry).__name__)
"""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        cwd=Path(__file__).parents[1],
        env={"HOME": str(tmp_path), "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-2:] == ["[]", "MagicMock"]
    assert list(tmp_path.iterdir()) == []


def test_importing_the_module_loads_no_model_library() -> None:
    heavy = "{'torch', 'transformers', 'sentence_transformers', 'openvino', 'openvino_telemetry'}"
    code = f"import sys, index.embedding; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "[]\n"
