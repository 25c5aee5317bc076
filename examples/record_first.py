"""The first 500 tickets, 2023 to 2025, of the nine machines that were there then.

They stay as they are: golden questions and exports were written against them.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from record_rows import SEED, Machine, Row, empty_row, read_faults, read_machines, written

FIRST_DAY = datetime(2023, 1, 2, 6, 0)
LAST_DAY = datetime(2025, 12, 19, 22, 0)
COUNT = 500
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


def first_rows() -> list[Row]:
    """The rows, oldest first."""
    chance = random.Random(SEED)
    known = read_machines()
    machines = [known[tag] for tag in _WEIGHTS]
    faults = {manual: read_faults(manual)["fault"] for manual in _MANUALS.values()}
    rows: list[Row] = []
    while len(rows) < COUNT:
        weights = [_WEIGHTS[machine.tag] for machine in machines]
        machine = chance.choices(machines, weights)[0]
        at = _moment(chance)
        if chance.random() < 0.08:
            rows.append(_preventive(machine, at, chance))
        else:
            rows.extend(_corrective(machine, at, faults[_manual(machine)], chance))
    rows = sorted(rows[:COUNT], key=lambda row: row["reported_at"])
    for number, row in enumerate(rows, start=1):
        row["ticket_id"] = f"T-{row['reported_at'][2:4]}-{number:04d}"
    return rows


def _manual(machine: Machine) -> str:
    return _MANUALS[machine.model.rstrip("SMDV")]


def _moment(chance: random.Random) -> datetime:
    """A minute of a working day between 6 and 22 o'clock."""
    while True:
        days = (LAST_DAY - FIRST_DAY).days
        day = FIRST_DAY + timedelta(days=chance.randrange(days))
        if day.weekday() < 5 or chance.random() < 0.15:
            return day + timedelta(minutes=chance.randrange(16 * 60))


def _corrective(
    machine: Machine, at: datetime, faults: list[dict[str, Any]], chance: random.Random
) -> Iterator[Row]:
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
) -> Row:
    code = chance.choice(fault["codes"]) if fault["codes"] else ""
    report = chance.choice(fault["reports"]).replace("{code}", code)
    downtime = chance.randint(*outcome["downtime_min"])
    is_open = at > LAST_DAY - timedelta(days=12) and chance.random() < 0.5
    row = empty_row()
    row.update(
        asset=machine.tag,
        reported_at=written(at),
        status="open" if is_open else "closed",
        type="corrective",
        priority=str(chance.choices((1, 2, 3), (2, 5, 3))[0]),
        title=report,
        failure_mode=fault["mode"],
        component=fault["component"],
        alarm_code=code,
    )
    if not is_open:
        done = at + timedelta(minutes=downtime + chance.randint(5, 90))
        part = f"{outcome['quantity']} x {outcome['part']}" if outcome["part"] else ""
        row.update(
            completed_at=written(done),
            cause=outcome["cause"],
            action=outcome["action"],
            parts=part,
            downtime_min=str(downtime),
            labor_h=f"{chance.uniform(*outcome['labor_h']):.1f}",
            technician=chance.choice(_TECHNICIANS),
        )
    return row


def _preventive(machine: Machine, at: datetime, chance: random.Random) -> Row:
    row = empty_row()
    minutes = chance.randint(20, 90)
    row.update(
        asset=machine.tag,
        reported_at=written(at),
        completed_at=written(at + timedelta(minutes=minutes)),
        status="closed",
        type="preventive",
        priority="4",
        title=chance.choice(_PREVENTIVE[_manual(machine)]),
        labor_h=f"{minutes / 60:.1f}",
        technician=chance.choice(_TECHNICIANS),
    )
    return row
