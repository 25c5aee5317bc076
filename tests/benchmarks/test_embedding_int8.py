"""The embedder in 8-bit integers: what it loses and what it gains, on texts that people wrote."""

from __future__ import annotations

import shutil
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from index.embedding import MINILM, OpenVINOEmbedder
from index.embedding_int8 import make_int8, measure_loss
from tests.benchmarks.vector_plant import real_questions, real_texts
from tests.components import bench_folder

pytestmark = [pytest.mark.benchmark, pytest.mark.model, pytest.mark.bench_data]

LEAST_OVERLAP = 0.9
LEAST_MEAN = 0.99


def test_what_8_bit_integers_lose_and_gain(models: Path, tmp_path: Path) -> None:
    folder = tmp_path / MINILM.name
    shutil.copytree(models / MINILM.name, folder, ignore=shutil.ignore_patterns("int8*"))
    chance = np.random.default_rng(0)
    texts = [str(text) for text in chance.permutation(real_texts(bench_folder()))]
    started = time.perf_counter()
    make_int8(folder, texts[:1000])
    made = time.perf_counter() - started
    full, small = OpenVINOEmbedder(folder, 1), OpenVINOEmbedder(folder, 1, "int8")
    assert small.identity == OpenVINOEmbedder(folder, precision="int8").identity != full.identity
    assert np.linalg.norm(small.embed(texts[:50]), axis=1) == pytest.approx(1.0, abs=1e-3)
    loss = measure_loss(full, small, texts[1000:2000])  # others than it was made from
    questions = real_questions(bench_folder())[::40]
    ratios: dict[str, list[float]] = {"question": [], "texts": []}
    for _ in range(3):
        for name, work in (
            ("question", lambda e: [e.embed([question]) for question in questions]),
            ("texts", lambda e: e.embed(texts[:300])),
        ):
            ratios[name].append(_used(work, full) / _used(work, small))
    faster = {name: statistics.median(values) for name, values in ratios.items()}
    print(
        f"\nmade in {made:.0f} s; {loss}; one thread, processor time: a question "
        f"{faster['question']:.1f} times, texts {faster['texts']:.1f} times less"
    )
    assert loss.overlap >= LEAST_OVERLAP
    assert loss.mean >= LEAST_MEAN


def _used(work: Callable[[OpenVINOEmbedder], object], embedder: OpenVINOEmbedder) -> float:
    started = time.process_time()
    work(embedder)
    return time.process_time() - started
