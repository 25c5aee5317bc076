"""What every ticket of the record gets: team, times, stop, costs and the gaps of a real one.

Each ticket draws from a generator of its own, seeded by its asset and time, so that a change of one
ticket changes no other.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from record_parts import price
from record_rows import AS_OF, NORTH, SEED, SOUTH, Machine, Row, read_machines, written

_TECHNICIANS = {
    NORTH: ("A. Brandt", "D. Okafor", "J. Lind", "M. Santos", "S. Yilmaz"),
    SOUTH: ("Li Wei", "Wang Fang", "Zhao Min", "Chen Jie"),
}
_RATES = {NORTH: ("EUR", 62.0), SOUTH: ("CNY", 155.0)}
_TEAM_WORDS = (
    ("hydraulics", ("hydraulic", "accumulator", "cylinder", "valve", "pump p1", "cushion")),
    (
        "electrical",
        (
            *(
                "encoder",
                "sensor",
                "motor",
                "power supply",
                "cabinet",
                "curtain",
                "converter",
                "inverter",
            ),
            *("interlock", "controller", "transducer", "two-hand", "drive"),
        ),
    ),
)
_SAFETY_WORDS = ("light curtain", "two-hand", "interlock", "safety valve", "holding brake")
_RESPONSE = {"early": 14.0, "late": 21.0, "night": 44.0}  # minutes on the average
# Shares of the tickets that are still open, by age; two of the old ones were forgotten.
_STILL_OPEN = (
    (timedelta(days=30), 0.34),
    (timedelta(days=200), 0.035),
    (timedelta.max, 0.002),
)
_STANDS = timedelta(days=3)  # after which a machine runs again, though the ticket is open


def add_details(row: Row, *, is_first: bool = False) -> None:
    """Fill what is empty in a ticket. One of the first 500 keeps all that it has."""
    machine = _MACHINES.get(row["asset"]) or Machine("", "", "", row["_site"], "", "", ())
    chance = random.Random(f"{SEED} {row['asset']} {row['reported_at']} {row['title']}")
    if not is_first and not row.get("_story"):
        _end(row, machine, chance)
    _classify(row, machine, chance)
    if len(row["reported_at"]) > 10:
        _respond(row, machine, chance)
    _cost(row, machine, chance)
    if row["status"] not in ("closed", "cancelled"):
        if chance.random() < 0.8 and not row["est_labor_h"]:
            row["est_labor_h"] = f"{chance.choice((0.5, 1, 2, 3, 4, 6, 8, 12)):g}"
    elif row["labor_h"] and chance.random() < 0.5:
        row["est_labor_h"] = f"{max(0.5, float(row['labor_h']) * chance.uniform(0.6, 1.3)):.1f}"


def _end(row: Row, machine: Machine, chance: random.Random) -> None:
    """Close the ticket, or leave it open, with its stop."""
    reported = datetime.fromisoformat(row["reported_at"])
    now = AS_OF[machine.site]
    minutes = int(row.get("_downtime", "") or 0)
    if row["type"] != "corrective":
        done = reported + timedelta(hours=float(row["_labor"]) + 0.2)
    else:
        minutes += _delay(row, minutes, chance)
        done = reported + timedelta(minutes=minutes + chance.randint(5, 120))
    age = now - reported
    if done > now or chance.random() < next(s for most, s in _STILL_OPEN if age < most):
        _leave_open(row, now - reported, chance)
        return
    if chance.random() < 0.012:
        row.update(status="cancelled", cause="", action="", parts="", failure_mode="")
        return
    row.update(status="closed", completed_at=written(done), labor_h=row["_labor"])
    names = _TECHNICIANS[machine.site]
    row["technician"] = "; ".join(chance.sample(names, 2 if float(row["_labor"]) > 5 else 1))
    if row["type"] == "corrective":
        _stop(row, reported, minutes, chance)
        if chance.random() < 0.07:
            row["cause"] = ""
        if chance.random() < 0.02:
            _without_time(row)


def _delay(row: Row, minutes: int, chance: random.Random) -> int:
    """Minutes for which the work had to wait, with the reason in the ticket."""
    if minutes < 60 or chance.random() > 0.16:
        return 0
    reasons = ("parts", "production", "external service", "permit")
    row["delay_reason"] = chance.choices(reasons, (6, 2, 1, 1))[0]
    return chance.randint(120, 1900) if row["delay_reason"] == "parts" else chance.randint(30, 400)


def _leave_open(row: Row, age: timedelta, chance: random.Random) -> None:
    row["status"] = chance.choices(("open", "in_progress", "on_hold"), (5, 3, 2))[0]
    row.update(cause="", action="", parts="", delay_reason="")
    if row["status"] == "on_hold":
        row["delay_reason"] = chance.choice(("parts", "parts", "production"))
    if row["type"] == "corrective" and chance.random() < 0.35 and age < _STANDS:
        row["downtime_start"] = row["reported_at"]  # it stands still until now


def _stop(row: Row, reported: datetime, minutes: int, chance: random.Random) -> None:
    """The stop in one of the ways that people write it down, or not at all."""
    way = chance.random()
    if way < 0.60:
        row["downtime_min"] = str(minutes)
    elif way < 0.80:
        start = reported - timedelta(minutes=chance.randint(0, 20))
        row["downtime_start"] = written(start)
        row["downtime_end"] = written(start + timedelta(minutes=minutes))
    elif way < 0.90:
        row["downtime_min"] = "0"  # it ran on
        row["delay_reason"] = ""
    # else nobody wrote it down, which is not 0


def _without_time(row: Row) -> None:
    """A ticket of somebody who writes the day only."""
    row["downtime_min"] = row["downtime_min"] or "30"
    row.update(downtime_start="", downtime_end="")
    for name in ("reported_at", "completed_at"):
        row[name] = row[name][:10]


def _classify(row: Row, machine: Machine, chance: random.Random) -> None:
    component = row["component"].casefold()
    is_corrective = row["type"] == "corrective"
    if (not row["team"] and machine.site == SOUTH) or (
        machine.site == SOUTH and row["team"] not in ("moulding", "packing")
    ):
        row["team"] = "moulding" if machine.area == "Workshop 3" else "packing"
    if not row["team"] and chance.random() < 0.94:
        found = (team for team, words in _TEAM_WORDS if any(word in component for word in words))
        row["team"] = next(found, "mechanical")
    is_safety = row.get("_safety") == "yes" or any(word in component for word in _SAFETY_WORDS)
    if not row["safety"]:
        row["safety"] = "yes" if is_safety else "no" if chance.random() < 0.9 else ""
    if not row["emergency"] and chance.random() < 0.93:
        urgent = is_corrective and int(row["priority"] or 3) <= 2 and chance.random() < 0.8
        row["emergency"] = "yes" if urgent else "no"


def shift_of(at: datetime, site: str) -> str:
    """The shift of a time at a site."""
    hour = (at.hour - (1 if site == SOUTH else 0)) % 24
    return "early" if 6 <= hour < 14 else "late" if 14 <= hour < 22 else "night"


def _respond(row: Row, machine: Machine, chance: random.Random) -> None:
    """When somebody took the ticket, and when the work began; both are missing at times."""
    reported = datetime.fromisoformat(row["reported_at"])
    done = row["completed_at"]
    end = datetime.fromisoformat(done) if len(done) > 10 else AS_OF[machine.site]
    mean = (
        _RESPONSE[shift_of(reported, machine.site)]
        * (0.7, 0.9, 1.2, 2.0, 3.0)[int(row["priority"] or 3) - 1]
    )
    room = max(0, int((end - reported).total_seconds() // 60) - 2)
    wait = min(int(chance.expovariate(1 / mean)) + 1, room)
    is_new = row["status"] == "open" and chance.random() < 0.45
    if chance.random() < 0.86 and not is_new and not row["acknowledged_at"]:
        row["acknowledged_at"] = written(reported + timedelta(minutes=wait))
    if row["status"] in ("closed", "in_progress") and chance.random() < 0.85:
        begin = min(wait + chance.randint(1, 15), room + 1)
        row["started_at"] = row["started_at"] or written(reported + timedelta(minutes=begin))


def _cost(row: Row, machine: Machine, chance: random.Random) -> None:
    if row["status"] != "closed" or not row["labor_h"] or row["cost_total"]:
        return
    if chance.random() < 0.08:
        return  # never booked
    currency, rate = _RATES[machine.site]
    factor = 1.0 if currency == "EUR" else 7.8
    if machine.site == SOUTH and chance.random() < 0.03:
        currency, rate, factor = "EUR", 95.0, 1.0  # the maker's people, who bill in euros
    labor = round(float(row["labor_h"]) * rate, 2)
    parts = 0.0
    if row["parts"]:
        quantity, _, number = row["parts"].partition(" x ")
        parts = round(float(quantity) * price(number) * factor, 2)
    row["cost_labor"] = f"{labor:.2f}"
    row["cost_parts"] = f"{parts:.2f}" if parts else ""
    row["cost_total"] = f"{labor + parts:.2f}"
    row["currency"] = currency


_MACHINES = read_machines()
