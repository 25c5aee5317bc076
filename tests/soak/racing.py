"""Rounds in which several processes change one home at the same time, and the check after each."""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from index.access import LOCAL
from index.errors import DocumentUnknown
from index.home import hash_file
from tests.soak.plant import Plant
from tests.soak.processes import Process, Say, Work, start
from tests.soak.small_files import MAKERS, lines_of

KINDS = ("same files", "different files", "overlapping files", "beside deletion", "two deletions")


def _ingestion(home: Path, files: Sequence[Path]) -> Work:
    def work(say: Say) -> None:
        plant = Plant.open(home)
        plant.prepare()
        for report in plant.ingest(files):
            say({"outcome": report.outcome, "file": report.path.name, "reason": report.reason})

    return work


def _deletion(home: Path, content_hash: str) -> Work:
    def work(say: Say) -> None:
        plant = Plant.open(home)
        plant.prepare()
        stored = plant.catalog.find_content(content_hash)
        if stored is None:
            say({"outcome": "not there"})
            return
        with plant.caches() as caches:
            try:
                plant.curator.delete(LOCAL, stored.document_id, lambda: caches)
            except DocumentUnknown:
                say({"outcome": "not there"})
                return
        say({"outcome": "deleted"})

    return work


def _check(home: Path, *, with_rebuild: bool) -> Work:
    def work(say: Say) -> None:
        plant = Plant.open(home)
        # Not recovered: nobody died, so nothing may be left to finish.
        faults = plant.faults()
        if with_rebuild:
            faults += plant.rebuild()
        say({"faults": faults, "state": plant.state()})

    return work


def _files(folder: Path, chance: random.Random, count: int) -> list[Path]:
    files: list[Path] = []
    for place in range(count):
        number, revision = f"Y-{chance.randint(1, 4)}", chance.choice("ABC")
        ending = chance.choice([".md", ".txt", ".html"])
        path = folder / f"{place}{ending}"
        content = random.Random(number + revision)
        MAKERS[ending](path, f"Manual {number}", lines_of(number, revision, content))
        files.append(path)
    return files


def _round(base: Path, kind: str, chance: random.Random, *, with_rebuild: bool) -> list[str]:
    home, files = base / "home", _files(base, chance, 4)
    works: list[Work]
    match kind:
        case "same files":
            works = [_ingestion(home, files)] * chance.choice((2, 3))
        case "different files":
            works = [_ingestion(home, files[:2]), _ingestion(home, files[2:])]
        case "overlapping files":
            works = [_ingestion(home, files[place : place + 2]) for place in range(3)]
        case _:
            _run([_ingestion(home, files[:2])])
            one = hash_file(files[0])
            works = [_deletion(home, one), _deletion(home, one)]
            if kind == "beside deletion":
                works = [_deletion(home, one), _ingestion(home, files)]
    processes = _run(works)
    faults = [f"exit code {p.code}" for p in processes if p.code != 0]
    outcomes = [line for p in processes for line in p.lines]
    faults += [f"{o['file']} failed: {o['reason']}" for o in outcomes if o["outcome"] == "failed"]
    (checked,) = _run([_check(home, with_rebuild=with_rebuild)])
    if checked.code != 0:
        return [*faults, "the check died"]
    (found,) = checked.lines
    deleted = sum(o["outcome"] == "deleted" for o in outcomes)
    wanted = {hash_file(path) for path in files[: 2 if kind == "two deletions" else 4]}
    return faults + found["faults"] + _compare(found["state"], wanted, kind, deleted)


def _compare(state: dict[str, Any], wanted: set[str], kind: str, deleted: int) -> list[str]:
    count = Counter(row[0] for row in state["revisions"])
    faults = [f"{key[:8]} is in {n} times" for key, n in count.items() if n > 1]
    if "deletion" not in kind:
        faults += [f"{key[:8]} is lost" for key in wanted - set(count)]
    elif kind == "two deletions" and deleted != 1:
        faults.append(f"{deleted} deletions said that they deleted")
    faults += [f"{row[2]} is {row[1]}" for row in state["queue"] if row[1] != "done"]
    queued = {row[0] for row in state["queue"]}
    faults += [f"{key[:8]} differs between intake and knowledge" for key in queued ^ set(count)]
    return faults


def _run(works: Sequence[Work]) -> list[Process]:
    processes = [start(work) for work in works]
    for process in processes:
        process.finish()
    return processes


def soak(rounds: int, seed: int) -> int:
    """Run rounds; return how many had a fault."""
    names = ["ingest.reading", "ingest.readers.text", "ingest.readers.html_page"]
    multiprocessing.set_forkserver_preload(names)
    counts: Counter[str] = Counter()
    began = time.monotonic()
    for number in range(rounds):
        chance = random.Random(f"{seed}:{number}")
        kind = KINDS[number % len(KINDS)]
        base = Path(tempfile.mkdtemp(prefix="faultbook-races-"))
        faults = _round(base, kind, chance, with_rebuild=number % 10 == 0)
        shutil.rmtree(base)
        counts[kind] += 1
        if faults:
            counts["rounds with a fault"] += 1
            print(f"round {number} of seed {seed}, {kind}:", *faults, sep="\n  ")
    counts["seconds"] = round(time.monotonic() - began)
    print(json.dumps(dict(sorted(counts.items())), indent=2))
    return counts["rounds with a fault"]


def main() -> None:
    """Run rounds as the command line says."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    sys.exit(1 if soak(given.rounds, given.seed) else 0)
