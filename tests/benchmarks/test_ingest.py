"""Whole ingestions of a real manual beside what a LangChain tutorial builds, and of a changed one.

The other side: PyPDFLoader, RecursiveCharacterTextSplitter (1000, 200), HuggingFaceEmbeddings with
the same model, LangChain's FAISS. It keeps no boxes, no tables and no lexical index. Each side runs
in a process of its own, in turn; the seconds leave imports and loading of the model out.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

import pypdfium2 as pdfium
import pytest

from tests.components import big_manual

pytestmark = [pytest.mark.benchmark, pytest.mark.model, pytest.mark.big_manual]

PAGES = int(os.environ.get("FAULTBOOK_BENCH_PAGES", "300"))
ROUNDS = 3
FASTER = 3.0
MEMORY_PER_CHUNK = 0.2


def test_ingestion_beside_langchain(models: Path, tmp_path: Path) -> None:
    part = tmp_path / "part.pdf"
    with pdfium.PdfDocument(big_manual()) as whole, pdfium.PdfDocument.new() as document:
        document.import_pages(whole, list(range(min(PAGES, len(whole)))))
        document.save(part)
    runs: dict[str, list[dict[str, float]]] = {"ours": [], "langchain": []}
    for _ in range(ROUNDS):
        for side, results in runs.items():
            results.append(_run(side, part, models))
    ratios = [
        other["seconds"] / own["seconds"]
        for own, other in zip(runs["ours"], runs["langchain"], strict=True)
    ]
    per_chunk = {
        side: statistics.median(run["mib"] for run in results) / results[0]["chunks"]
        for side, results in runs.items()
    }
    for side, results in runs.items():
        seconds = [round(run["seconds"], 1) for run in results]
        print(
            f"{side}: {results[0]['pages']:.0f} pages, {results[0]['chunks']:.0f} chunks, "
            f"{seconds} s, peak {[round(run['mib']) for run in results]} MiB above the start"
        )
    memory = per_chunk["ours"] / per_chunk["langchain"]
    print(f"faster by {[round(ratio, 2) for ratio in ratios]}; memory per chunk {memory:.2f} of it")
    assert statistics.median(ratios) >= FASTER
    assert memory <= MEMORY_PER_CHUNK


def _run(side: str, pdf: Path, models: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.benchmarks.ingest_sides", side, str(pdf), str(models)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return result
