"""A million tickets in at most three minutes and 1 GiB, while questions are answered.

FAULTBOOK_TICKETS sets another number of rows.
"""

from __future__ import annotations

import csv
import os
import random
import resource
import statistics
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

import psutil
import pytest

from assistant.answering import Assistant
from assistant.evaluation import GoldenQuestion, read_questions
from assistant.llm.choice import ModelSlot
from assistant.question import Ask
from index.access import LOCAL
from tests.example_scripts import EXAMPLES
from tests.served import environment, run
from ui.wiring import open_services

pytestmark = [pytest.mark.benchmark, pytest.mark.model]

ROWS = int(os.environ.get("FAULTBOOK_TICKETS", "1000000"))
IMPORT_S = 180.0
RSS_GIB = 1.0
_WORDS = (
    "pump seal leaks oil bearing hot noise motor belt torn valve stuck hydraulic press cylinder "
    "hose broken sensor alarm replaced cleaned tightened adjusted fan cooler filter blocked low"
).split()


def _write(path: Path) -> None:
    chance = random.Random(1)
    tags = ["PR-01", "PR-02", "PR-03", "LT-01", *(f"M-{number:04d}" for number in range(600))]
    at = datetime(2014, 1, 1)
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        header = "ticket_id,asset,reported_at,completed_at,status,type,priority,title,cause,action"
        out.writerow([*header.split(","), "downtime_min", "labor_h", "technician"])
        for number in range(ROWS):
            at += timedelta(seconds=chance.randrange(600))
            words = [" ".join(chance.choices(_WORDS, k=6)) for _ in range(3)]
            done = at + timedelta(minutes=chance.randrange(60, 900))
            out.writerow(
                [
                    *(f"T-{number:07d}", chance.choice(tags), f"{at:%Y-%m-%d %H:%M}"),
                    *(f"{done:%Y-%m-%d %H:%M}", "closed", "corrective", chance.randrange(1, 5)),
                    *(*words, chance.randrange(10, 60), round(chance.random() * 8, 1), "J. Lind"),
                ]
            )


def _seconds(assistant: Assistant, question: GoldenQuestion) -> float:
    started = time.monotonic()
    assistant.ask(Ask(question.question, question.asset, use_model=False), LOCAL)
    return time.monotonic() - started


def _processor_s() -> float:
    """Processor time of commands that have ended and of their own processes."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _gib(pid: int) -> float:
    """What the import and the process that reads for it hold together now."""
    try:
        parent = psutil.Process(pid)
        family = [parent, *parent.children(recursive=True)]
        return sum(process.memory_info().rss for process in family) / 2**30
    except psutil.NoSuchProcess:
        return 0.0


def test_import_beside_questions(models: Path, manuals: dict[str, Path], tmp_path: Path) -> None:
    home, table = tmp_path / "home", tmp_path / "tickets.csv"
    run(home, models, "assets", "import", EXAMPLES / "assets.csv")
    run(home, models, "ingest", *manuals.values())
    _write(table)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FAULTBOOK_MODELS", str(models))
        assistant = Assistant(open_services(home, use_model=False).retriever, ModelSlot())
    questions = read_questions(EXAMPLES / "golden.jsonl")
    idle = [_seconds(assistant, question) for question in questions]
    started, spent = time.monotonic(), _processor_s()
    command = ["-m", "ui", "tickets", "import", str(table), "--home", str(home)]
    importing = subprocess.Popen([sys.executable, *command], env=environment(models))
    beside: list[float] = []
    memory = 0.0
    while importing.poll() is None:
        memory = max(memory, _gib(importing.pid))
        beside.append(_seconds(assistant, questions[len(beside) % len(questions)]))
        time.sleep(1)
    seconds = time.monotonic() - started
    spent = _processor_s() - spent
    after = [_seconds(assistant, question) for question in questions]
    print(
        f"\n{ROWS} tickets in {seconds:.0f} s ({ROWS / seconds:.0f} rows/s), "
        f"{spent:.0f} s of processor time, peak {memory:.2f} GiB; "
        f"questions: median {statistics.median(idle):.3f} s before, "
        f"{statistics.median(beside):.3f} s beside the import (slowest {max(beside):.3f} s, "
        f"{len(beside)} asked), "
        f"{statistics.median(after):.3f} s after"
    )
    assert importing.returncode == 0
    assert seconds <= IMPORT_S
    assert memory <= RSS_GIB
