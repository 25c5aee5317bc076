"""Evidence in at most 0.5 s (median) over 20,000 chunks while the language model is busy."""

from __future__ import annotations

import resource
import statistics
import threading
from pathlib import Path

import pytest

from assistant.answering import Assistant
from assistant.evaluation import GoldenQuestion, read_questions
from assistant.llm.choice import ModelSlot
from assistant.llm.openvino import QWEN, load_qwen
from assistant.question import Ask
from index import tables
from index.access import LOCAL
from index.assets import AssetRegister
from index.caches import Caches
from index.catalog import Catalog
from index.database import open_engine
from index.embedding import MINILM, OpenVINOEmbedder
from index.home import Home
from index.retrieval import Retriever
from ingest.tickets import import_assets
from tests.benchmarks.large_plant import fill
from tests.example_scripts import EXAMPLES

pytestmark = [pytest.mark.benchmark, pytest.mark.model]

CHUNKS = 20_000
MEDIAN_S = 0.5


def test_evidence_while_the_model_is_busy(
    models: Path, manuals: dict[str, Path], tmp_path: Path
) -> None:
    home = Home(tmp_path)
    catalog = Catalog(open_engine(home.knowledge, tables.MIGRATIONS))
    import_assets(AssetRegister(catalog.engine), EXAMPLES / "assets.csv")
    embedder = OpenVINOEmbedder(models / MINILM.name)
    chunks = fill(catalog, embedder, list(manuals.values()), CHUNKS)
    retriever = Retriever(catalog, embedder, Caches(catalog, embedder, home.cache))
    assistant = Assistant(retriever, ModelSlot())
    questions = read_questions(EXAMPLES / "golden.jsonl")

    idle = _seconds(assistant, questions)
    model = load_qwen(models / QWEN.name)
    stop = threading.Event()

    def chatter() -> None:
        while not stop.is_set():
            for _ in model.stream("Count from one to five hundred in words."):
                if stop.is_set():
                    break

    worker = threading.Thread(target=chatter)
    worker.start()
    try:
        busy = _seconds(assistant, questions)
    finally:
        stop.set()
        worker.join()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(
        f"\n{chunks} chunks, {len(questions)} questions: evidence median "
        f"{statistics.median(idle):.3f} s with the model idle, {statistics.median(busy):.3f} s "
        f"with it busy (slowest {max(busy):.3f} s); peak memory {memory:.1f} GiB with both models"
    )
    assert statistics.median(busy) <= MEDIAN_S


def _seconds(assistant: Assistant, questions: list[GoldenQuestion]) -> list[float]:
    return [
        assistant.ask(Ask(q.question, q.asset, use_model=False), LOCAL).timings.evidence_s
        for q in questions
    ]
