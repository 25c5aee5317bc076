"""Full disks, killed writers and two processes at once, on the generations of vectors.

    python -m tests.soak.generations full             a disk that is full after every 4 KiB
    python -m tests.soak.generations kills --rounds N  a kill at each step of publication
    python -m tests.soak.generations races --rounds N  processes that write and ask at once

Each ends with exit code 1 and says what was wrong.
"""

from __future__ import annotations

import argparse
import json
import logging
import random
import resource
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from functools import partial
from pathlib import Path

import numpy as np

from index.home import Home
from index.steps import STEPS as ALL_STEPS
from tests.soak.processes import Say, start
from tests.vector_homes import (
    FLAT_MOST,
    add,
    clustered,
    faults,
    held,
    large,
    open_catalog,
    open_dense,
)
from tests.vector_homes import remove as remove_chunks

STEPS = [name for name in ALL_STEPS if "generation" in name]
_PAGE = 4096


def _check(home: Path, say: Say) -> None:
    """Open what is there, compare it with SQL, let it be made again and compare once more."""
    opened = Home(home)
    catalog = open_catalog(opened)
    dense = open_dense(catalog, opened.cache)
    for fault in faults(dense, catalog):
        say({"fault": f"at once: {fault}"})
    if not dense.settle(60) or not dense.settle(60):
        say({"fault": "no generation came in time"})
    for fault in faults(dense, catalog):
        say({"fault": f"after it was made again: {fault}"})
    status = dense.status()
    folders = sorted(path.name for path in opened.cache.glob("vectors-1/*/g*"))
    drafts = [path.name for path in opened.cache.glob("vectors-1/*/.draft*")]
    say({"state": {"name": status.generation, "said": status.fault, "vectors": status.vectors}})
    if not status.generation or folders != [status.generation]:
        say({"fault": f"{status.generation!r} is used, there are {folders}: {status.fault}"})
    if drafts and status.fault:
        say({"fault": f"{drafts} were left over"})


def _checked(home: Path) -> list[str]:
    process = start(lambda say: _check(home, say))
    process.finish()
    found = [line["fault"] for line in process.lines if "fault" in line]
    return found if process.code == 0 else [*found, f"the check ended with {process.code}"]


def full(base: Path) -> int:
    """Let the disk be full after every 4 KiB of the biggest file, and just before its end."""
    home = base / "home"
    large(Home(home)).engine.dispose()
    wrong = sizes = at = 0
    while True:
        at += 1
        limits = [at * _PAGE]
        if sizes and at * _PAGE >= sizes:
            limits = [sizes - 8, sizes - 1, sizes]
        for limit in limits:
            process = start(lambda say, limit=limit: _write_within(home, limit, say))
            process.finish()
            lines = process.lines
            found = [line["fault"] for line in lines if "fault" in line]
            made = [line["made"] for line in lines if "made" in line]
            sizes = max([sizes, *(line["size"] for line in lines if "size" in line)])
            if process.code != 0 or not made:
                found.append(f"the process ended with {process.code}")
            elif made[0] and limit < sizes:
                found.append("a generation was made although it does not fit")
            elif not made[0] and limit >= sizes > 0:
                found.append("no generation was made although it fits")
            for fault in found:
                print(f"limit {limit}: {fault}")
            wrong += bool(found)
            shutil.rmtree(home / "cache" / "vectors-1", ignore_errors=True)
        if limits[-1] == sizes:
            break
        if not sizes and at > 10_000:
            print("the disk was never large enough")
            return wrong + 1
        if not sizes:
            process = start(lambda say: _size(home, say))
            process.finish()
            sizes = process.lines[0]["size"]
            shutil.rmtree(home / "cache" / "vectors-1", ignore_errors=True)
    print(json.dumps({"limits": at + 2, "biggest file": sizes, "wrong": wrong}))
    return wrong


def _size(home: Path, say: Say) -> None:
    opened = Home(home)
    open_dense(open_catalog(opened), opened.cache).settle()
    files = opened.cache.glob("vectors-1/*/g*/*")
    say({"size": max(path.stat().st_size for path in files)})


def _write_within(home: Path, limit: int, say: Say) -> None:
    opened = Home(home)
    catalog = open_catalog(opened)
    catalog.sequence()  # SQLite has its own files open
    logging.disable()  # what fails is meant to
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    dense = open_dense(catalog, opened.cache)
    dense.settle()
    status = dense.status()
    say({"made": status.generation})
    if not status.generation and "could be made" not in status.fault:
        say({"fault": f"the state does not say that it failed: {status.fault!r}"})
    for fault in faults(dense, catalog):
        say({"fault": fault})
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    left = [path.name for path in opened.cache.glob("vectors-1/*/*") if path.suffix != ".lock"]
    if not status.generation and left:
        say({"fault": f"{left} were left over"})


def kills(base: Path, rounds: int, seed: int) -> int:
    """Kill a process that changes the knowledge and publishes, at a step or at any time."""
    home, wrong = base / "home", 0
    counts: Counter[str] = Counter()
    large(Home(home), count=300).engine.dispose()
    for number in range(rounds):
        chance = random.Random(f"{seed}:{number}")
        environment, after = {}, None
        if number % 3 < 2:
            environment["FAULTBOOK_KILL_AT"] = f"{STEPS[(number - number // 3) % len(STEPS)]}:1"
        else:
            after = chance.uniform(0.0, 0.6)
        process = start(lambda say, n=number: _change(home, n, say), environment)
        if after is None:
            process.finish()
        elif process.listen(after):
            process.kill()
        counts["killed" if process.code == -9 else f"ended with {process.code}"] += 1
        for fault in _checked(home):
            wrong += 1
            how = environment.get("FAULTBOOK_KILL_AT", f"{after} s")
            print(f"round {number} of seed {seed}, killed at {how}: {fault}")
    print(json.dumps({"rounds": rounds, "wrong": wrong, **counts}))
    return wrong


def _change(home: Path, number: int, say: Say) -> None:
    opened = Home(home)
    catalog = open_catalog(opened)
    dense = open_dense(catalog, opened.cache)
    chance = np.random.default_rng(number)
    fresh = add(catalog, clustered(FLAT_MOST, seed=number), revision=int(chance.integers(1, 5)))
    say({"added": len(fresh)})
    if len(dense) > 8 * FLAT_MOST:  # the knowledge stays small, and something goes as well
        known = held(catalog).chunks
        remove_chunks(catalog, np.sort(known)[: len(known) // 2].tolist())
    dense.settle()


def races(base: Path, rounds: int, seed: int) -> int:
    """Let three processes change, publish and ask in one home; then compare."""
    wrong = 0
    for number in range(rounds):
        home = base / f"home-{number}"
        large(Home(home), count=300).engine.dispose()
        running = [
            start(partial(_beside, home, seed * 1000 + number * 10 + worker)) for worker in range(3)
        ]
        for process in running:
            process.finish()
            found = [line["fault"] for line in process.lines if "fault" in line]
            if process.code != 0:
                found.append(f"a process ended with {process.code}")
            for fault in found:
                print(f"round {number} of seed {seed}: {fault}")
            wrong += len(found)
        for fault in _checked(home):
            wrong += 1
            print(f"round {number} of seed {seed}, at the end: {fault}")
    print(json.dumps({"rounds": rounds, "wrong": wrong}))
    return wrong


def _beside(home: Path, seed: int, say: Say) -> None:
    opened = Home(home)
    catalog = open_catalog(opened)
    dense = open_dense(catalog, opened.cache)
    own = 10 + seed % 10 % 3  # a revision that nobody else changes
    until = time.monotonic() + 4
    mine: list[int] = []
    while time.monotonic() < until:
        mine += add(catalog, clustered(60, seed=seed), revision=own)
        remove_chunks(catalog, mine[: len(mine) // 2])
        mine = mine[len(mine) // 2 :]
        dense.follow()
        found = set(dense.search(clustered(1, seed=seed)[0], 10_000, [own]))
        if lost := set(mine) - found:
            say({"fault": f"{len(lost)} chunks of its own are not found"})
        dense.settle()


def main() -> None:
    """Run one part as the command line says."""
    parser = argparse.ArgumentParser()
    parser.add_argument("part", choices=("full", "kills", "races"))
    parser.add_argument("--rounds", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    base = Path(tempfile.mkdtemp(prefix="faultbook-generations-"))
    try:
        if given.part == "full":
            wrong = full(base)
        else:
            wrong = {"kills": kills, "races": races}[given.part](base, given.rounds, given.seed)
    finally:
        shutil.rmtree(base)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
