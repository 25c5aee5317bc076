"""Damaged files of every format: through the reader, and through the whole of ingestion."""

from __future__ import annotations

import argparse
import importlib
import json
import random
import re
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from ingest.errors import IngestError
from ingest.reading import READERS
from tests.soak.bombs import BOMBS
from tests.soak.plant import Plant
from tests.soak.processes import Say, start
from tests.soak.reading_apart import read_apart
from tests.soak.seeds import SEEDS

_REFUSALS = {kind.__name__ for kind in (IngestError, *IngestError.__subclasses__())}
_ODD = (
    b"\0", b"\xff\xfe", b"<", b">", b"&#0;", b"]]>", b"%%EOF", b"endobj", b"/Length -1",
    b"99999999999", b"-1", b"|" * 200, b"#" * 300, b"\xe2\x80\xae", "\U000e0041".encode(),
)  # fmt: skip
_AT_ONCE = 50  # files of one whole ingestion


def damaged(data: bytes, chance: random.Random) -> bytes:
    """The bytes with some damage; of an archive a part is damaged and packed again."""
    if data.startswith(b"PK") and chance.random() < 0.8:
        return _repacked(data, chance)
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        data = _damaged_once(data, chance)
    return data


def _damaged_once(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data) + 1)
    end = min(len(data), at + int(chance.paretovariate(0.5)))
    match chance.randrange(6):
        case 0:
            return data[:at]
        case 1:
            return data[:at] + data[end:]
        case 2:
            return data[:end] + data[at:end] * chance.choice((1, 3, 50)) + data[end:]
        case 3:
            return data[:at] + chance.choice(_ODD) + data[at:]
        case 4:
            return data[:at] + bytes(b ^ chance.randrange(256) for b in data[at:end]) + data[end:]
        case _:
            other = chance.randrange(len(data) + 1)
            return data[:at] + data[other : other + 200] + data[end:]


def _repacked(data: bytes, chance: random.Random) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as source, zipfile.ZipFile(target, "w") as archive:
        names = source.namelist()
        hit = chance.choice(names)
        for name in names:
            part = source.read(name)
            archive.writestr(name, _damaged_once(part, chance) if name == hit else part)
    return target.getvalue()


def inputs(folder: Path, suffix: str, count: int, seed: int) -> Iterator[Path]:
    """Damaged files of a format, one after the other under the same few names."""
    seeds = SEEDS[suffix]()
    for number in range(count):
        chance = random.Random(f"{seed}:{suffix}:{number}")
        path = folder / f"input-{number % _AT_ONCE}{suffix}"
        path.write_bytes(damaged(chance.choice(seeds), chance))
        yield path


def fuzz_reader(folder: Path, suffix: str, count: int, seed: int) -> tuple[Counter[str], list[str]]:
    """Read damaged files; return how that ended, and what must not be."""
    importlib.import_module(READERS[suffix].partition(":")[0])
    counts: Counter[str] = Counter()
    faults: list[str] = []
    for number, path in enumerate(inputs(folder, suffix, count, seed)):
        read = read_apart(path)
        counts[read.outcome] += 1
        if read.outcome in _REFUSALS:
            if str(path) not in read.message:
                faults.append(f"input {number}: the refusal names no file: {read.message}")
            if broken := re.search(r"cannot be read \((\w+)", read.message):
                counts[f"reader raised {broken[1]}"] += 1
        elif read.outcome != "ok":
            faults.append(f"input {number} of {suffix}: {read.outcome}")
    return counts, faults


def fuzz_whole(folder: Path, suffixes: list[str], count: int, seed: int) -> list[str]:
    """Take damaged files into a home; return what must not be."""

    def work(say: Say) -> None:
        plant = Plant.open(folder / "home")
        plant.prepare()
        files: list[Path] = []
        each = -(-count // len(suffixes))
        for suffix in suffixes:
            for path in inputs(folder, suffix, each, seed + 1):
                files.append(path)
                if len(files) == _AT_ONCE:
                    _take_in(plant, files, say)
                    files = []
            _take_in(plant, files, say)
            files = []
        for fault in plant.faults():
            say({"fault": fault})

    process = start(work)
    process.finish(limit_s=3600)
    counts = Counter(line["outcome"] for line in process.lines if "outcome" in line)
    print(json.dumps({"whole": dict(counts)}))
    faults = [line["fault"] for line in process.lines if "fault" in line]
    return faults if process.code == 0 else [*faults, f"the service died: {process.code}"]


def _take_in(plant: Plant, files: list[Path], say: Say) -> None:
    reports = list(plant.ingest(files))
    for report in reports:
        say({"outcome": report.outcome})
        if report.outcome == "failed" and report.path.name not in report.reason:
            say({"fault": f"the refusal names no file: {report.reason}"})
        if "unexpected" in report.reason:
            say({"fault": report.reason})
    if {report.path for report in reports} != set(files):
        say({"fault": f"{len(reports)} reports of {len(set(files))} files"})


def explode(folder: Path, suffixes: list[str], limit_s: float, limit: int) -> list[str]:
    """Read bombs; return those that take too long or too much memory (bytes)."""
    faults: list[str] = []
    for name, make in BOMBS.items():
        path = folder / name
        if path.suffix not in suffixes:
            continue
        make(path)
        read = read_apart(path, 60)
        path.unlink()
        is_known = read.outcome == "ok" or read.outcome in _REFUSALS
        if not is_known or read.seconds > limit_s or read.peak > limit:
            peak = f"{read.peak >> 20} MiB"
            faults.append(f"bomb {name}: {read.outcome} after {read.seconds:.1f} s with {peak}")
    return faults


def main() -> None:
    """Run what the command line says."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--format", default="", help="one ending, such as pdf")
    parser.add_argument("--inputs", type=int, default=20_000, help="of each format")
    parser.add_argument("--whole", type=int, default=0, help="of all formats together")
    parser.add_argument("--bombs", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    known = [suffix for suffix in SEEDS if suffix in READERS]
    suffixes = [f".{given.format}"] if given.format else known
    faults: list[str] = []
    with tempfile.TemporaryDirectory(prefix="faultbook-fuzz-") as name:
        folder = Path(name)
        if given.whole:
            faults += fuzz_whole(folder, suffixes, given.whole, given.seed)
        for suffix in suffixes if given.inputs else ():
            began = time.monotonic()
            counts, found = fuzz_reader(folder, suffix, given.inputs, given.seed)
            seconds = round(time.monotonic() - began)
            print(json.dumps({suffix: dict(counts), "seconds": seconds}), flush=True)
            faults += found
        if given.bombs:
            faults += explode(folder, suffixes, 5.0, 1 << 30)
    print(*faults[:50], sep="\n")
    sys.exit(1 if faults else 0)
