"""Make the record of the sample plant: ``python examples/tickets.py``.

It writes the tickets of both sites, the planned work, the meter readings, the parts and the known
totals. The same seed gives the same files, so that figures over them can be checked.
"""

from __future__ import annotations

import random
from pathlib import Path

import record_plan
import totals
from record_details import add_details
from record_first import first_rows
from record_later import later_rows
from record_parts import COLUMNS as PART_COLUMNS
from record_parts import part_rows
from record_rows import COLUMNS, HERE, NORTH, SEED, SOUTH, Row, read_machines, write_csv
from record_stories import story_rows

_NO_NAME = 0.012  # of the later tickets forget their machine
_OTHER_NAMES = 0.05  # of the later tickets call their machine otherwise than by its tag
_OWN_NAMES = 0.35  # of those of machines that have a name in the plant's own language


def make() -> dict[str, list[Row]]:
    """The tickets of each site, oldest first; the first 500 keep their numbers."""
    machines = read_machines()
    rows = first_rows()
    for row in rows:
        add_details(row, is_first=True)
    later = story_rows() + later_rows()
    for row in later:
        add_details(row)
    later.sort(key=lambda row: (row["reported_at"], row["asset"], row["title"]))
    keys: dict[str, str] = {}
    for number, row in enumerate(later, start=len(rows) + 1):
        row["ticket_id"] = f"T-{row['reported_at'][2:4]}-{number:04d}"
        keys[f"{row['asset']} {row['reported_at'][:10]}"] = row["ticket_id"]
    for row in later:
        before = row.get("_reopens", "")
        row["reopened_from"] = keys.get(before[: before.rfind(" ")], "")
    sites = {NORTH: rows, SOUTH: []}
    for row in later:
        machine = machines.get(row["asset"])
        site = machine.site if machine else row["_site"]
        if machine and not row.get("_story"):
            row["asset"] = _called(row)
        sites[site].append(row)
    return sites


def _called(row: Row) -> str:
    """What the ticket calls its machine."""
    chance = random.Random(f"{SEED} name {row['ticket_id']}")
    machine = read_machines()[row["asset"]]
    if chance.random() < _NO_NAME:
        return ""
    own = [name for name in machine.also_called if not name.isascii()]
    if own and chance.random() < _OWN_NAMES:
        return own[0]
    if chance.random() < _OTHER_NAMES:
        tag = machine.tag
        return chance.choice((tag.lower(), tag.replace("-", ""), tag.replace("-", " ")))
    return machine.tag


def write(path: Path, sites: dict[str, list[Row]] | None = None) -> None:
    """Write the tickets of Plant North to ``path`` and those of Plant South beside it."""
    sites = sites or make()
    write_csv(path, COLUMNS, sites[NORTH])
    write_csv(path.with_name("tickets-south.csv"), COLUMNS, sites[SOUTH])


def write_plant(folder: Path, sites: dict[str, list[Row]] | None = None) -> None:
    """Write planned work, meter readings and parts."""
    sites = sites or make()
    write_csv(folder / "planned_work.csv", record_plan.PLAN_COLUMNS, record_plan.plan_rows())
    write_csv(folder / "meters.csv", record_plan.METER_COLUMNS, record_plan.meter_rows())
    every = [row for rows in sites.values() for row in rows]
    write_csv(folder / "parts.csv", PART_COLUMNS, part_rows(every))


if __name__ == "__main__":
    made = make()
    write(HERE / "tickets.csv", made)
    write_plant(HERE / "plant", made)
    totals.write(HERE / "totals.json")
