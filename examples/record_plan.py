"""The planned work and the meter readings of the sample plant."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from record_rows import AS_OF, SEED, SOUTH, Machine, Row, read_machines, written

PLAN_COLUMNS = tuple("number asset title team due done interval_d tolerance_d est_labor_h".split())
METER_COLUMNS = ("asset", "read_at", "hours")
_FIRST, _LAST = date(2025, 9, 1), date(2027, 1, 31)
# Title, interval, tolerance (blank: a tenth of the interval), hours.
_TASKS: dict[str, tuple[tuple[str, int, str, float], ...]] = {
    "hydraulic press": (
        ("Oil level, leaks and filters", 30, "", 1.0),
        ("Test of the two-hand control and light curtain", 90, "5", 1.5),
        ("Oil sample and change of the return filter", 180, "", 3.0),
    ),
    "CNC lathe": (
        ("Lubrication check", 30, "", 0.8),
        ("Coolant changed, tank cleaned", 90, "", 3.0),
    ),
    "screw compressor": (
        ("Drains and intake filter", 30, "", 0.7),
        ("Oil and separator", 180, "14", 4.0),
    ),
    "pump": (
        ("Grease bearings, clean strainer", 90, "", 1.0),
        ("Vibration measured", 30, "", 0.4),
    ),
    "compressor": (
        ("Drains and filters", 30, "", 0.8),
        ("Oil change", 180, "", 4.0),
    ),
    "conveyor": (("Belt, rollers and pull cords", 60, "", 0.8),),
    "robot": (
        ("Cups, hoses, brakes", 30, "", 1.0),
        ("Grease axes, change batteries", 365, "30", 5.0),
    ),
    "filling machine": (
        ("Clean and grease", 14, "1", 1.2),
        ("Format parts and seals", 90, "", 3.0),
    ),
    "injection moulding machine": (
        ("月度点检", 30, "", 1.0),
        ("更换液压油滤芯", 90, "", 2.0),
    ),
    "packing machine": (
        ("Grease chains, check cups", 30, "", 0.8),
        ("Glue unit and guards", 90, "", 1.5),
    ),
    "chiller": (("Condenser cleaned", 90, "", 2.0),),
    "parts washer": (("Nozzles and filters", 30, "", 1.0),),
    "roller conveyor": (("Rollers and chain", 90, "", 1.0),),
}
_TEAMS = {
    "hydraulic press": "hydraulics",
    "screw compressor": "mechanical",
    "robot": "automation",
    "injection moulding machine": "moulding",
    "chiller": "moulding",
    "packing machine": "packing",
}
# Hours a day and first reading of the machines that have a meter.
_METERS = {
    "C-201": (20.5, 11_240),
    "C-202": (14.0, 9_310),
    "P-101": (18.0, 20_115),
    "P-102": (17.0, 19_870),
    "P-103": (9.0, 7_400),
    "KP-01": (13.5, 30_220),
    "KP-02": (10.0, 17_905),
    "PR-01": (11.0, 24_480),
    "PR-02": (12.0, 26_030),
    "FI-01": (16.5, 8_260),
    "RB-41": (15.0, 6_120),
    "IM-01": (18.0, 14_050),
    "IM-02": (18.5, 14_930),
    "IM-03": (16.0, 13_300),
    "PK-02": (14.5, 10_480),
}
_NEW_METER = ("IM-03", date(2026, 5, 1))  # the old one broke: its successor began at 0


def plan_rows() -> list[Row]:
    """Every task of every machine, due from September 2025 to January 2027."""
    rows: list[Row] = []
    for machine in read_machines().values():
        for title, interval, tolerance, hours in _TASKS.get(machine.asset_class, ()):
            if machine.tag != "IM-05":  # not in use yet
                rows += _dues(machine, title, interval, tolerance, hours)
    rows.sort(key=lambda row: (row["due"], row["asset"], row["title"]))
    for number, row in enumerate(rows, start=1):
        row["number"] = f"PM-{number:04d}"
    return rows


def _dues(
    machine: Machine, title: str, interval: int, tolerance: str, hours: float
) -> Iterator[Row]:
    chance = random.Random(f"{SEED} plan {machine.tag} {title}")
    today = AS_OF[machine.site].date()
    due = _FIRST + timedelta(days=chance.randrange(interval))
    while due <= _LAST:
        done = _done(due, interval, float(tolerance or interval / 10), chance)
        yield {
            "asset": machine.tag,
            "title": title,
            "team": _team(machine, title),
            "due": due.isoformat(),
            "done": done.isoformat() if done and done <= today else "",
            "interval_d": str(interval),
            "tolerance_d": tolerance,
            "est_labor_h": f"{hours:g}",
        }
        due += timedelta(days=interval)


def _done(due: date, interval: int, tolerance: float, chance: random.Random) -> date | None:
    """Mostly in time, at times late or early beyond what is tolerated, or never."""
    way = chance.random()
    within = int(tolerance)
    if way < 0.80:
        return due + timedelta(days=chance.randint(-within, within))
    if way < 0.91:
        return due + timedelta(days=within + chance.randint(1, max(2, interval // 3)))
    if way < 0.955:
        return due - timedelta(days=within + chance.randint(1, max(1, interval // 6)))
    return None


def _team(machine: Machine, title: str) -> str:
    if machine.site == SOUTH:
        return "moulding" if machine.area == "Workshop 3" else "packing"
    if "Test of" in title or "batteries" in title:
        return "electrical"
    return _TEAMS.get(machine.asset_class, "mechanical")


def meter_rows() -> list[Row]:
    """Readings of the first of each month, and the last one of the day before the end."""
    machines = read_machines()
    rows: list[Row] = []
    for tag, (per_day, first) in _METERS.items():
        chance = random.Random(f"{SEED} meter {tag}")
        hours, before = float(first), datetime(2023, 12, 1, 6, 0)
        for at in _readings(AS_OF[machines[tag].site]):
            if (tag, at.date()) == _NEW_METER:
                hours = 0.0
            else:
                days = (at - before).total_seconds() / 86_400
                hours += min(24.0, per_day * chance.uniform(0.85, 1.1)) * days
            before = at
            rows.append({"asset": tag, "read_at": written(at), "hours": f"{hours:.1f}"})
    return rows


def _readings(now: datetime) -> Iterator[datetime]:
    at = datetime(2024, 1, 1, 6, 0)
    while at < now:
        yield at
        at = at.replace(year=at.year + at.month // 12, month=at.month % 12 + 1)
    yield now.replace(hour=6, minute=0)
