"""Make the tickets of the sample plant from the fault scenarios: ``python examples/tickets.py``.

The same seed gives the same file, so that figures over it can be checked.
"""

from __future__ import annotations

import csv
import random
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
SEED = 40217
FIRST_DAY = datetime(2023, 1, 2, 6, 0)
LAST_DAY = datetime(2025, 12, 19, 22, 0)
COUNT = 500
# These came after the three years, or keep their tickets in another system.
_WITHOUT_TICKETS = frozenset("PR-04 BF-01 BF-02 CV-01 CV-02 WA-01 WA-02 DP-01 DP-02".split())
_MANUALS = {"HP-40": "hp40", "LT-25": "lt25", "RC-15": "rc15"}
# Older machines and those that run more shifts break more often.
_WEIGHTS = {
    "PR-01": 5,
    "PR-02": 8,
    "PR-03": 4,
    "LT-01": 6,
    "LT-02": 5,
    "LT-03": 4,
    "KP-01": 4,
    "KP-02": 3,
    "KP-03": 3,
}
_TECHNICIANS = ("A. Brandt", "D. Okafor", "J. Lind", "M. Santos", "S. Yilmaz")
_PREVENTIVE = {
    "hp40": ("Weekly inspection done, oil level and leaks", "Return filter changed as planned"),
    "lt25": ("Monthly lubrication check done", "Coolant changed, tank cleaned as planned"),
    "rc15": ("Weekly check done, condensate drain tested", "Intake filter changed as planned"),
}
COLUMNS = (
    "ticket_id",
    "asset",
    "reported_at",
    "completed_at",
    "status",
    "type",
    "priority",
    "title",
    "cause",
    "action",
    "failure_mode",
    "alarm_code",
    "parts",
    "downtime_min",
    "labor_h",
    "technician",
)


@dataclass(frozen=True)
class Machine:
    tag: str
    model: str
    manual: str


def make(count: int = COUNT, seed: int = SEED) -> list[dict[str, str]]:
    """Return the rows, oldest first."""
    chance = random.Random(seed)
    machines = _machines()
    faults = {manual: _faults(manual) for manual in _MANUALS.values()}
    rows: list[dict[str, str]] = []
    while len(rows) < count:
        weights = [_WEIGHTS[machine.tag] for machine in machines]
        machine = chance.choices(machines, weights)[0]
        at = _moment(chance)
        if chance.random() < 0.08:
            rows.append(_preventive(machine, at, chance))
        else:
            rows.extend(_corrective(machine, at, faults[machine.manual], chance))
    rows = sorted(rows[:count], key=lambda row: row["reported_at"])
    for number, row in enumerate(rows, start=1):
        row["ticket_id"] = f"T-{row['reported_at'][2:4]}-{number:04d}"
    return rows


def _machines() -> list[Machine]:
    with (HERE / "assets.csv").open(encoding="utf-8", newline="") as file:
        return [
            Machine(row["tag"], row["model"], _MANUALS[row["model"].rstrip("SMDV")])
            for row in csv.DictReader(file)
            if row["tag"] not in _WITHOUT_TICKETS
        ]


def _faults(manual: str) -> list[dict[str, Any]]:
    with (HERE / "faults" / f"{manual}.toml").open("rb") as file:
        return tomllib.load(file)["fault"]


def _moment(chance: random.Random) -> datetime:
    """A minute of a working day between 6 and 22 o'clock."""
    while True:
        days = (LAST_DAY - FIRST_DAY).days
        day = FIRST_DAY + timedelta(days=chance.randrange(days))
        if day.weekday() < 5 or chance.random() < 0.15:
            return day + timedelta(minutes=chance.randrange(16 * 60))


def _corrective(
    machine: Machine, at: datetime, faults: list[dict[str, Any]], chance: random.Random
) -> Iterator[dict[str, str]]:
    """A fault and, by chance, its return within 30 days."""
    fitting = [f for f in faults if machine.model in f.get("models", [machine.model])]
    fault = chance.choice(fitting)
    while at <= LAST_DAY:
        outcomes = fault["outcome"]
        outcome = chance.choices(outcomes, [o["weight"] for o in outcomes])[0]
        yield _row(machine, at, fault, outcome, chance)
        if chance.random() >= outcome["return_share"]:
            return
        at += timedelta(days=chance.randint(2, 29), minutes=chance.randrange(600))


def _row(
    machine: Machine,
    at: datetime,
    fault: dict[str, Any],
    outcome: dict[str, Any],
    chance: random.Random,
) -> dict[str, str]:
    code = chance.choice(fault["codes"]) if fault["codes"] else ""
    report = chance.choice(fault["reports"]).replace("{code}", code)
    downtime = chance.randint(*outcome["downtime_min"])
    is_open = at > LAST_DAY - timedelta(days=12) and chance.random() < 0.5
    row = dict.fromkeys(COLUMNS, "")
    row.update(
        asset=machine.tag,
        reported_at=at.isoformat(sep=" ", timespec="minutes"),
        status="open" if is_open else "closed",
        type="corrective",
        priority=str(chance.choices((1, 2, 3), (2, 5, 3))[0]),
        title=report,
        failure_mode=fault["mode"],
        alarm_code=code,
    )
    if not is_open:
        done = at + timedelta(minutes=downtime + chance.randint(5, 90))
        part = f"{outcome['quantity']} x {outcome['part']}" if outcome["part"] else ""
        row.update(
            completed_at=done.isoformat(sep=" ", timespec="minutes"),
            cause=outcome["cause"],
            action=outcome["action"],
            parts=part,
            downtime_min=str(downtime),
            labor_h=f"{chance.uniform(*outcome['labor_h']):.1f}",
            technician=chance.choice(_TECHNICIANS),
        )
    return row


def _preventive(machine: Machine, at: datetime, chance: random.Random) -> dict[str, str]:
    row = dict.fromkeys(COLUMNS, "")
    minutes = chance.randint(20, 90)
    row.update(
        asset=machine.tag,
        reported_at=at.isoformat(sep=" ", timespec="minutes"),
        completed_at=(at + timedelta(minutes=minutes)).isoformat(sep=" ", timespec="minutes"),
        status="closed",
        type="preventive",
        priority="4",
        title=chance.choice(_PREVENTIVE[machine.manual]),
        labor_h=f"{minutes / 60:.1f}",
        technician=chance.choice(_TECHNICIANS),
    )
    return row


def write(path: Path) -> None:
    """Write the tickets as CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(make())


if __name__ == "__main__":
    write(HERE / "tickets.csv")
