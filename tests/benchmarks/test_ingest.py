"""Whole ingestions beside what a LangChain tutorial builds: time, memory, and a changed manual.

The other side: PyPDFLoader, RecursiveCharacterTextSplitter (1000, 200), HuggingFaceEmbeddings with
the same model, LangChain's FAISS. It keeps no boxes, no tables and no lexical index. Each side runs
in a process of its own, in turn; the seconds leave imports and loading of the model out.
"""

from __future__ import annotations

import json
import os
import random
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pypdfium2 as pdfium
import pytest

from index import tables
from index.access import LOCAL
from index.catalog import Catalog
from index.database import open_engine
from index.embedding import MINILM, OpenVINOEmbedder
from index.home import Home
from ingest.tagging import Stated
from tests.benchmarks.memory_sides import DigestEmbedder
from tests.components import big_manual
from tests.ingesting import worker_of

pytestmark = [pytest.mark.benchmark]

PAGES = int(os.environ.get("FAULTBOOK_BENCH_PAGES", "300"))
ROUNDS = int(os.environ.get("FAULTBOOK_BENCH_ROUNDS", "3"))
CHUNKS = int(os.environ.get("FAULTBOOK_BENCH_CHUNKS", "100000"))
FASTER = 3.0
FASTER_AGAIN = 20.0
MEMORY_SHARE = 0.2

_SECTIONS = 500  # of one file, a chunk each


@pytest.mark.model
@pytest.mark.big_manual
def test_time_beside_langchain(models: Path, tmp_path: Path) -> None:
    part = _part(tmp_path / "part.pdf", list(range(PAGES)))
    runs: dict[str, list[dict[str, float]]] = {"ours": [], "langchain": []}
    for _ in range(ROUNDS):
        for side, results in runs.items():
            results.append(_run("ingest_sides", side, str(part), str(models)))
    ratios = [
        other["seconds"] / own["seconds"]
        for own, other in zip(runs["ours"], runs["langchain"], strict=True)
    ]
    for side, results in runs.items():
        seconds = [round(run["seconds"], 1) for run in results]
        print(f"{side}: {PAGES} pages, {results[0]['chunks']:.0f} chunks, {seconds} s")
    print(f"faster by {[round(ratio, 2) for ratio in ratios]}")
    assert statistics.median(ratios) >= FASTER


def test_memory_beside_langchain(tmp_path: Path) -> None:
    folder = tmp_path / "manuals"
    folder.mkdir()
    for number in range(-(-CHUNKS // _SECTIONS)):
        (folder / f"manual-{number:04}.md").write_text(_manual(number), encoding="utf-8")
    per_chunk: dict[str, float] = {}
    for side in ("ours", "langchain"):
        result = _run("memory_sides", side, str(folder))
        assert result["chunks"] >= CHUNKS
        per_chunk[side] = result["mib"] / result["chunks"]
        print(f"{side}: {result['chunks']:.0f} chunks, peak {result['mib']:.0f} MiB over the start")
    share = per_chunk["ours"] / per_chunk["langchain"]
    print(f"memory for as many chunks: {share:.2f} of it")
    assert share <= MEMORY_SHARE


@pytest.mark.model
@pytest.mark.big_manual
def test_a_manual_with_one_page_of_a_hundred_changed(models: Path, tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    catalog = Catalog(open_engine(home.knowledge, tables.MIGRATIONS))
    worker = worker_of(home, catalog, OpenVINOEmbedder(models / MINILM.name))
    pages = list(range(PAGES))
    changed = [page + 1000 if page % 100 == 50 else page for page in pages]
    seconds: list[float] = []
    for number in range(2):
        part = _part(tmp_path / "part.pdf", (pages, changed)[number])
        started = time.perf_counter()
        (report,) = worker.ingest(LOCAL, [part], Stated(), lambda *_: None)
        seconds.append(time.perf_counter() - started)
        assert report.outcome == "added", report.reason
    ratio = seconds[0] / seconds[1]
    print(f"{PAGES} pages: {seconds[0]:.1f} s; with 1 % changed {seconds[1]:.1f} s ({ratio:.1f})")
    assert ratio >= FASTER_AGAIN


def test_a_folder_with_one_manual_of_a_hundred_changed(tmp_path: Path) -> None:
    """With vectors that cost nothing, which is the harder case: embedding is what is spared."""
    folder = tmp_path / "manuals"
    folder.mkdir()
    for number in range(100):
        (folder / f"manual-{number:04}.md").write_text(_manual(number), encoding="utf-8")
    home = Home(tmp_path / "home")
    catalog = Catalog(open_engine(home.knowledge, tables.MIGRATIONS))
    worker = worker_of(home, catalog, DigestEmbedder())
    seconds: list[float] = []
    for expected in (100, 1):
        started = time.perf_counter()
        reports = list(worker.ingest(LOCAL, [folder], Stated(), lambda *_: None))
        seconds.append(time.perf_counter() - started)
        assert sum(report.outcome == "added" for report in reports) == expected
        (folder / "manual-0042.md").write_text(_manual(1042), encoding="utf-8")
    ratio = seconds[0] / seconds[1]
    print(f"100 manuals: {seconds[0]:.1f} s; with one changed {seconds[1]:.1f} s ({ratio:.1f})")
    assert ratio >= FASTER_AGAIN


def _part(path: Path, pages: list[int]) -> Path:
    with pdfium.PdfDocument(big_manual()) as whole, pdfium.PdfDocument.new() as document:
        document.import_pages(whole, [page for page in pages if page < len(whole)])
        document.save(path)
    return path


def _manual(number: int) -> str:
    """A manual of sections of some 90 words, drawn from 5,000 made-up words."""
    draw = random.Random(number)
    sections = []
    for section in range(_SECTIONS):
        words = [f"w{draw.randrange(5000)}" for _ in range(90)]
        words[::15] = [f"{word}." for word in words[::15]]
        sections.append(f"## {section + 1} Part {number} {section}\n\n{' '.join(words)}.\n")
    return f"# Manual {number}\n\n" + "\n".join(sections)


def _run(module: str, *arguments: str) -> dict[str, float]:
    command = [sys.executable, "-m", f"tests.benchmarks.{module}", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return result
