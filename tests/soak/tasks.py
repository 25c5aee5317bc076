"""What the processes of the kill test do: files, tickets, decisions, rebuilds, by chance."""

from __future__ import annotations

import random
import shutil
from pathlib import Path
from typing import Any

from tests.soak.small_files import MAKERS, lines_of

_DECISIONS = ("withdraw", "approve", "correct", "delete", "delete")


def make_tasks(folder: Path, chance: random.Random) -> list[dict[str, Any]]:
    """What the process of one round is to do; the files for it are written into a folder."""
    tasks: list[dict[str, Any]] = [_files(folder, chance)]
    for _ in range(chance.randint(1, 3)):
        name = chance.choice(_DECISIONS)
        title = f"Title {chance.randint(1, 999)}"
        tasks.append({"do": name, "which": chance.randrange(100), "title": title})
    if chance.random() < 0.3:
        name = f"Pump {chance.randint(1, 999)}"
        path = folder / "assets.csv"
        path.write_text(f"tag,name,model\nP-1,{name},PX\n", encoding="utf-8")
        tasks.append({"do": "assets", "files": [str(path)], "name": name})
    if chance.random() < 0.6:
        tasks += _tickets(folder, chance)
    if chance.random() < 0.25:
        tasks.append({"do": "alias", "is_removed": chance.random() < 0.3})
    tasks += [{"do": "search"}] * (chance.random() < 0.4)
    tasks += [{"do": "rebuild"}] * (chance.random() < 0.2)
    chance.shuffle(tasks)
    return tasks


def _tickets(folder: Path, chance: random.Random) -> list[dict[str, Any]]:
    """Import a few hundred tickets, and often a changed export of them after it."""
    tasks = []
    date = f"2024-03-{chance.randint(1, 28):02d} 08:00"
    for place in range(chance.choice((1, 2))):
        first, last = chance.randint(0, 60), chance.randint(200, 350)
        rows = {
            f"T-{number}": f"leak at valve {number}, report {chance.randint(1, 3)}"
            for number in range(first, last)
        }
        path = folder / f"tickets-{place}.csv"
        lines = [f'{key},old press,{date},"{title}"' for key, title in rows.items()]
        path.write_text("id,asset,date,title\n" + "\n".join(lines) + "\n", encoding="utf-8")
        task = {"do": "tickets", "files": [str(path)], "rows": rows, "date": date}
        tasks.append({**task, "is_fetched": chance.random() < 0.4})
    return tasks


def _files(folder: Path, chance: random.Random) -> dict[str, Any]:
    files: list[str] = []
    for place in range(chance.randint(2, 4)):
        number = f"X-{chance.randint(100, 106)}"
        revision = chance.choice("ABCDE")
        ending = chance.choice(list(MAKERS))
        path = folder / f"{place}{ending}"
        # The same number and revision give the same content: some files come again.
        content = random.Random(number + revision)
        MAKERS[ending](path, f"Manual {number}", lines_of(number, revision, content))
        files.append(str(path))
        if chance.random() < 0.2:
            copy = folder / f"copy-{place}{ending}"
            shutil.copy(path, copy)
            files.append(str(copy))
    return {"do": "ingest", "files": files, "hold": chance.random() < 0.15}
