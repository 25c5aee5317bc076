"""Rounds in which processes that ingest, decide and delete are killed, and the check after each."""

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
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from index.steps import STEPS
from tests.soak.plant import Plant, carry_out
from tests.soak.processes import Process, Say, share_readers, start
from tests.soak.tasks import make_tasks

_ROUNDS_IN_A_HOME = 8


@dataclass
class Known:
    """What the processes have acknowledged of one home."""

    stored: set[str] = field(default_factory=set)
    deleted: set[str] = field(default_factory=set)
    doubtful: set[str] = field(default_factory=set)
    """Whose deletion was begun and not acknowledged: there as a whole or gone as a whole."""
    status: dict[str, str] = field(default_factory=dict)
    assets: str = ""
    tickets: dict[str, str] = field(default_factory=dict)
    """Titles by number, as the last acknowledged import of each left them."""
    begun: dict[str, str] = field(default_factory=dict)
    """Those of an import that was begun and not acknowledged: in as a whole, or not at all."""
    faults: list[str] = field(default_factory=list)

    def hear(self, line: dict[str, Any]) -> None:
        """Take in one line."""
        if "begun" in line:
            self._hear_of_begin(line)
            return
        match line["done"]:
            case "ingest":
                self._hear_of_file(line)
            case "delete":
                self.deleted |= set(line["hashes"])
                self.doubtful -= self.deleted
                self.stored -= self.deleted
                if line["traces"]:
                    self.faults.append(f"a deletion left {line['traces']} traces")
            case "withdraw":
                self.status[line["hash"]] = "withdrawn"
            case "approve":
                self.status.pop(line["hash"], None)
            case "assets":
                self.assets = line["name"]
            case "tickets":
                self.tickets |= self.begun
                self.begun = {}
            case "rebuild":
                self.faults += line["faults"]

    def _hear_of_begin(self, line: dict[str, Any]) -> None:
        match line["begun"]:
            case "ingest":
                self.deleted -= set(line["hashes"])  # from now on they may be back
            case "tickets":
                self.begun = line["rows"]
            case "approve" | "withdraw":  # from now on it may be carried out
                for key in line["hashes"]:
                    self.status.pop(key, None)
            case _:
                self.doubtful |= set(line["hashes"])
                self.stored -= self.doubtful

    def _hear_of_file(self, line: dict[str, Any]) -> None:
        key = line["hash"]
        if line["outcome"] in ("failed", "cancelled"):
            self.faults.append(f"{line['file']} {line['outcome']}: {line['reason']}")
            return
        if line["outcome"] == "added" and key not in self.stored:
            self.status.pop(key, None)
        self.stored.add(key)
        self.deleted.discard(key)
        self.doubtful.discard(key)


def _run(process: Process, known: Known, kill_after_s: float | None) -> None:
    if kill_after_s is not None and process.listen(kill_after_s):
        process.kill()
    elif kill_after_s is None:
        process.finish()
    for line in process.lines:
        known.hear(line)
    if process.code not in (0, -9):
        known.faults.append(f"a process ended with exit code {process.code}")


def _recover_and_check(folder: Path, *, with_rebuild: bool) -> list[dict[str, Any]]:
    def work(say: Say) -> None:
        plant = Plant.open(folder)
        for report in plant.recover():
            if report.outcome != "added":
                say({"fault": f"{report.path} {report.outcome} on resuming: {report.reason}"})
        for fault in plant.faults():
            say({"fault": fault})
        if with_rebuild:
            for fault in [*plant.rebuild(), *plant.faults()]:
                say({"fault": fault})
        say({"state": plant.state()})

    process = start(work)
    process.finish()
    if process.code != 0:
        process.lines.append({"fault": f"the restart ended with exit code {process.code}"})
    return process.lines


def compare(known: Known, state: dict[str, Any]) -> list[str]:
    """What does not agree with what was acknowledged."""
    revisions = {row[0]: row for row in state["revisions"]}
    count = Counter(row[0] for row in state["revisions"])
    faults = list(known.faults)
    faults += [f"{key[:8]} is in {count[key]} times" for key in count if count[key] > 1]
    faults += [f"{key[:8]} was acknowledged and is lost" for key in known.stored - set(count)]
    faults += [f"{key[:8]} was deleted and is back" for key in known.deleted & set(count)]
    for key in known.deleted:
        if any(name.startswith(key) for name in state["originals"]):
            faults.append(f"the original of {key[:8]} was deleted and is back")
    for key, status in known.status.items():
        if key in known.stored and revisions[key][1] != status:
            faults.append(f"{key[:8]} is {revisions[key][1]} instead of {status}")
    waiting = [row for row in state["queue"] if row[1] not in ("done", "cancelled")]
    faults += [f"{name} is {now} after a restart: {why}" for _, now, name, why in waiting]
    done = {row[0] for row in state["queue"] if row[1] == "done"}
    faults += [f"{key[:8]} is in and not in the intake" for key in set(count) - done]
    faults += _compare_tickets(known, state["tickets"])
    if known.assets and state["assets"].get("P-1", "") == "":
        faults.append("the asset register is lost")
    return faults


def _compare_tickets(known: Known, there: dict[str, str]) -> list[str]:
    if known.begun and there == known.tickets | known.begun:  # resumed, or all but acknowledged
        known.tickets |= known.begun
    known.begun = {}
    faults = [f"ticket {key} is lost" for key in known.tickets.keys() - there.keys()]
    faults += [f"ticket {key} was never imported" for key in there.keys() - known.tickets.keys()]
    for key, title in known.tickets.items():
        if key in there and there[key] != title:
            faults.append(f"ticket {key} says {there[key]!r} instead of {title!r}")
    return faults[:5]


def soak(rounds: range, seed: int, rebuild_every: int = 3, steps: Sequence[str] = ()) -> int:
    """Run rounds; return how many had a fault. With ``steps`` kills are at these only."""
    # Readers are loaded once, not for each file.
    names = [
        "ingest.reading",
        "ingest.readers.text",
        "ingest.readers.html_page",
        "ingest.readers.docx",
    ]
    multiprocessing.set_forkserver_preload(names)
    share_readers()
    counts: Counter[str] = Counter()
    began = time.monotonic()
    base = Path(tempfile.mkdtemp(prefix="faultbook-kills-"))
    known = Known()
    for number in rounds:
        if number % _ROUNDS_IN_A_HOME == 0:
            shutil.rmtree(base)
            base.mkdir()
            known = Known()
        chance = random.Random(f"{seed}:{number}")
        faults, how = _round(base, number, known, chance, counts, rebuild_every, steps)
        if faults:
            counts["rounds with a fault"] += 1
            print(f"round {number} of seed {seed}, killed at {how}:")
            for fault in faults:
                print(f"  {fault}")
            known = Known()
            if counts["rounds with a fault"] <= 5:
                print(f"  kept: {shutil.copytree(base, tempfile.mkdtemp() + '/home')}")
            shutil.rmtree(base)
            base.mkdir()
    shutil.rmtree(base)
    counts["rounds"] = len(rounds)
    counts["seconds"] = round(time.monotonic() - began)
    print(json.dumps(dict(sorted(counts.items())), indent=2))
    return counts["rounds with a fault"]


def _round(
    base: Path,
    number: int,
    known: Known,
    chance: random.Random,
    counts: Counter[str],
    rebuild_every: int,
    steps: Sequence[str],
) -> tuple[list[str], str]:
    home, files = base / "home", base / f"files-{number}"
    files.mkdir()
    tasks = make_tasks(files, chance)
    environment, after = {}, None
    if chance.random() < 0.6 or steps:
        how = f"{chance.choice(steps or STEPS)}:{chance.choice((1, 1, 1, 2, 3))}"
        environment = {"FAULTBOOK_KILL_AT": how}
    else:
        after = chance.expovariate(1 / 2.0)
        how = f"{after:.2f} s"

    def work(say: Say) -> None:
        plant = Plant.open(home)
        plant.prepare()
        for task in tasks:
            carry_out(plant, task, say)

    process = start(work, environment)
    _run(process, known, after)
    counts["killed" if process.code == -9 else "not killed"] += 1
    if process.code == -9 and environment:
        counts[f"killed at {how.partition(':')[0]}"] += 1
    while chance.random() < 0.25:  # a restart may be killed as well
        step = {"FAULTBOOK_KILL_AT": f"{chance.choice(STEPS)}:1"}
        again = start(lambda _: [*Plant.open(home).recover()] and None, step)
        again.finish()
        counts["restarts killed"] += again.code == -9
    for line in process.lines:
        counts[f"acknowledged {line.get('done', 'nothing')}"] += 1
    with_rebuild = number % rebuild_every == 0
    counts["rebuilds compared"] += with_rebuild
    lines = _recover_and_check(home, with_rebuild=with_rebuild)
    faults = [line["fault"] for line in lines if "fault" in line]
    states = [line["state"] for line in lines if "state" in line]
    return faults + [fault for state in states for fault in compare(known, state)], how


def main() -> None:
    """Run rounds as the command line says."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="number of the first round")
    parser.add_argument("--rebuild-every", type=int, default=3)
    parser.add_argument("--steps", default="", help="kill at these only, commas between them")
    given = parser.parse_args()
    steps = [name.strip() for name in given.steps.split(",") if name.strip()]
    rounds = range(given.first, given.first + given.rounds)
    sys.exit(1 if soak(rounds, given.seed, given.rebuild_every, steps) else 0)
