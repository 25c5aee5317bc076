"""The tickets of the newer machines, and those of 2026 of the older ones, from the scenarios."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from record_rows import AS_OF, SEED, Machine, Row, empty_row, read_faults, read_machines, written

_FAULTS = {
    **dict.fromkeys(("HP-40", "HP-40S"), "hp40"),
    **dict.fromkeys(("LT-25", "LT-25M"), "lt25"),
    **dict.fromkeys(("RC-15", "RC-15D", "RC-15V"), "rc15"),
    **dict.fromkeys(("NK-50", "NK-32"), "pump"),
    **dict.fromkeys(("TX-90", "WK-60"), "compressor"),
    **dict.fromkeys(("VF-12", "VC-8", "EL-5"), "filler"),
    **dict.fromkeys(("CP-6", "PL-9", "WR-3"), "packer"),
    "TB-20": "conveyor",
    "KR-16": "robot",
    "HX-160": "moulding",
}
_Y24, _Y25, _Y26 = ("2024-01-01", "2025-01-01"), ("2025-01-01", "2026-01-01"), ("2026-01-01", "")
# How many tickets a machine has in each span. Press 2 was overhauled on 2026-03-15, C-201 gets
# better, C-202 and IM-03 worse; P-103 was rebuilt in 2025 and has had nothing since.
_COUNTS: dict[str, tuple[tuple[tuple[str, str], int], ...]] = {
    "PR-01": ((_Y26, 16),),
    "PR-02": ((("2026-01-01", "2026-03-13"), 9), (("2026-03-16", ""), 7)),
    "PR-03": ((_Y26, 13),),
    "LT-01": ((_Y26, 20),),
    "LT-02": ((_Y26, 15),),
    "LT-03": ((_Y26, 12),),
    "KP-01": ((_Y26, 13),),
    "KP-02": ((_Y26, 10),),
    "KP-03": ((_Y26, 9),),
    "P-101": ((_Y24, 11), (_Y25, 13), (_Y26, 14)),
    "P-102": ((_Y24, 10), (_Y25, 10), (_Y26, 10)),
    "P-103": ((_Y24, 8), (_Y25, 6)),
    "C-201": ((_Y24, 12), (_Y25, 16), (_Y26, 8)),
    "C-202": ((_Y24, 5), (_Y25, 7), (_Y26, 10)),
    "BC-31": ((_Y24, 11), (_Y25, 14), (_Y26, 19)),
    "BC-32": ((_Y24, 9), (_Y25, 12), (_Y26, 15)),
    "RB-31": ((_Y24, 6), (_Y25, 8), (_Y26, 9)),
    "RB-41": ((_Y24, 12), (_Y25, 15), (_Y26, 22)),
    "RB-42": ((_Y24, 8), (_Y25, 10), (_Y26, 12)),
    "RB-43": ((_Y24, 5), (_Y25, 5), (_Y26, 7)),
    "FI-01": ((_Y24, 13), (_Y25, 16), (_Y26, 18)),
    "FI-02": ((_Y24, 10), (_Y25, 11), (_Y26, 12)),
    "FI-03": ((_Y24, 7), (_Y25, 8), (_Y26, 8)),
    "BC-11": ((_Y24, 8), (_Y25, 9), (_Y26, 11)),
    "P-301": ((_Y24, 4), (_Y25, 5), (_Y26, 7)),
    "P-302": ((_Y24, 4), (_Y25, 4), (_Y26, 4)),
    "CH-01": ((_Y24, 3), (_Y25, 4), (_Y26, 5)),
    "IM-01": ((_Y24, 10), (_Y25, 12), (_Y26, 13)),
    "IM-02": ((_Y24, 12), (_Y25, 14), (_Y26, 17)),
    "IM-03": ((_Y24, 7), (_Y25, 10), (_Y26, 18)),
    "IM-04": ((_Y24, 8), (_Y25, 9), (_Y26, 9)),
    "PK-01": ((_Y24, 18), (_Y25, 24), (_Y26, 36)),
    "PK-02": ((_Y24, 12), (_Y25, 14), (_Y26, 16)),
    "PK-03": ((_Y24, 7), (_Y25, 8), (_Y26, 9)),
    "BC-51": ((_Y24, 8), (_Y25, 9), (_Y26, 10)),
    "BC-52": ((_Y24, 6), (_Y25, 7), (_Y26, 8)),
    "BC-53": ((_Y24, 2), (_Y25, 3), (_Y26, 2)),
}
_ONE_SHIFT_OFF = ("hp40", "lt25", "rc15")  # these halls do not work at night
_RETURNS = 0.35  # of the return share of the older machines: their repairs hold better by now
_OTHER_TITLES = {
    "inspection": ("Round of inspection", "Thermography of the cabinet", "Oil sample taken"),
    "improvement": (
        "Drip tray fitted",
        "Marking of the pipes renewed",
        "Cover made easier to open",
    ),
    "calibration": ("Pressure gauge calibrated", "Temperature sensor calibrated"),
}
_OLD_PREVENTIVE = ("Weekly check done, nothing found", "Greased and cleaned as planned")


def later_rows() -> list[Row]:
    """The tickets, without the details that every ticket gets."""
    machines = read_machines()
    rows: list[Row] = []
    for tag, spans in _COUNTS.items():
        chance = random.Random(f"{SEED} {tag}")
        taken: set[str] = set()
        for (first, last), count in spans:
            rows += _rows_of(machines[tag], (first, last), count, chance, taken)
    return rows


def _rows_of(
    machine: Machine, span: tuple[str, str], count: int, chance: random.Random, taken: set[str]
) -> Iterator[Row]:
    """So many tickets of a machine; faults may come back. ``taken`` is what was said on a day."""
    end = AS_OF[machine.site]
    last = min(datetime.fromisoformat(span[1]), end) if span[1] else end
    left = count
    while left:
        at = _moment(chance, datetime.fromisoformat(span[0]), last, _FAULTS[machine.model])
        if chance.random() < 0.16:
            found = iter((_planned(machine, at, chance),))
        else:
            found = _corrective(machine, at, last, chance)
        for row in found:
            days = {f"{row['title']} {day}" for day in _days_around(row["reported_at"])}
            if left and not days & taken:  # the same text a day later would be the same event
                taken.add(f"{row['title']} {row['reported_at'][:10]}")
                left -= 1
                yield row


def _days_around(reported_at: str) -> Iterator[str]:
    day = datetime.fromisoformat(reported_at[:10])
    for more in (-1, 0, 1):
        yield (day + timedelta(days=more)).date().isoformat()


def _moment(chance: random.Random, first: datetime, last: datetime, faults: str) -> datetime:
    """A minute of the span; Mondays and the early shift bring more, Sundays less."""
    minutes = int((last - first).total_seconds() // 60)
    while True:
        at = first + timedelta(minutes=chance.randrange(minutes))
        if faults in _ONE_SHIFT_OFF and not 6 <= at.hour < 22:
            continue
        weight = (1.0, 0.8, 0.75, 0.75, 0.8, 0.4, 0.2)[at.weekday()]
        weight *= 1.0 if 6 <= at.hour < 14 else 0.8 if at.hour < 22 and at.hour >= 14 else 0.55
        if chance.random() < weight:
            return at


@cache
def _file(name: str) -> dict[str, Any]:
    return read_faults(name)


def _corrective(
    machine: Machine, at: datetime, last: datetime, chance: random.Random
) -> Iterator[Row]:
    """A fault and, by chance, its return within 30 days."""
    name = _FAULTS[machine.model]
    fitting = [
        f
        for f in _file(name)["fault"]
        if machine.model in f.get("models", [machine.model]) or name == "moulding"
    ]
    fault = chance.choices(fitting, [_weight(f) for f in fitting])[0]
    before = ""
    while at < last:
        outcome = chance.choices(fault["outcome"], [o["weight"] for o in fault["outcome"]])[0]
        row = _row(machine, at, fault, outcome, chance)
        if before and chance.random() < 0.5:
            row["_reopens"] = before
        yield row
        share = outcome["return_share"] * (1.0 if name not in _ONE_SHIFT_OFF else _RETURNS)
        if chance.random() >= share:
            return
        before = f"{machine.tag} {row['reported_at']}"
        at += timedelta(days=chance.randint(3, 24), minutes=chance.randrange(600))


def _weight(fault: dict[str, Any]) -> int:
    """What comes first in a file comes most."""
    return 3 if fault["mode"] in ("JAM", "ELP", "ELU", "FTS") else 2


def _row(
    machine: Machine,
    at: datetime,
    fault: dict[str, Any],
    outcome: dict[str, Any],
    chance: random.Random,
) -> Row:
    code = chance.choice(fault["codes"]) if fault["codes"] else ""
    row = empty_row()
    row.update(
        asset=machine.tag,
        reported_at=written(at),
        type="corrective",
        priority=str(chance.choices((1, 2, 3, 4), (2, 4, 4, 1))[0]),
        title=chance.choice(fault["reports"]).replace("{code}", code),
        failure_mode=fault["mode"],
        alarm_code=code,
        component=fault["component"],
        team=fault.get("team", ""),
        cause=outcome["cause"],
        action=outcome["action"],
        parts=f"{outcome['quantity']} x {outcome['part']}" if outcome["part"] else "",
        _downtime=str(chance.randint(*outcome["downtime_min"])),
        _labor=f"{chance.uniform(*outcome['labor_h']):.1f}",
        _safety="yes" if fault.get("safety") else "",
    )
    return row


def _planned(machine: Machine, at: datetime, chance: random.Random) -> Row:
    """Work that no fault asked for: mostly preventive."""
    kind = chance.choices(("preventive", *_OTHER_TITLES), (70, 16, 9, 5))[0]
    known = _file(_FAULTS[machine.model]).get("preventive", {}).get("titles", _OLD_PREVENTIVE)
    row = empty_row()
    row.update(
        asset=machine.tag,
        reported_at=written(at),
        type=kind,
        priority="4" if kind == "preventive" else "5",
        title=chance.choice(known if kind == "preventive" else _OTHER_TITLES[kind]),
        _labor=f"{chance.uniform(0.4, 3.5):.1f}",
    )
    return row
