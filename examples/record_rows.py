"""The columns of the tickets and what every part of the sample record agrees on."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
SEED = 40217
NORTH, SOUTH = "Plant North", "Plant South"
AS_OF = {NORTH: datetime(2026, 11, 20, 22, 0), SOUTH: datetime(2026, 11, 21, 5, 0)}
"""The moment at which the record ends, by the clock of each site."""
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
    "team",
    "component",
    "delay_reason",
    "safety",
    "emergency",
    "acknowledged_at",
    "started_at",
    "downtime_start",
    "downtime_end",
    "cost_labor",
    "cost_parts",
    "cost_total",
    "currency",
    "est_labor_h",
    "reopened_from",
)

Row = dict[str, str]
"""A ticket. What begins with an underscore is for the makers of the record and not written."""


@dataclass(frozen=True)
class Machine:
    """An asset of the register."""

    tag: str
    name: str
    model: str
    site: str
    area: str
    asset_class: str
    also_called: tuple[str, ...]


def read_machines() -> dict[str, Machine]:
    """The asset register by tag."""
    with (HERE / "assets.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["tag"]: Machine(
                row["tag"],
                row["name"],
                row["model"],
                row["site"],
                row["area"],
                row["class"],
                tuple(name for name in row["also_called"].split(";") if name),
            )
            for row in csv.DictReader(file)
        }


def read_faults(name: str) -> dict[str, Any]:
    """The fault scenarios of a file: ``fault`` and, for some, ``preventive``."""
    with (HERE / "faults" / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)


def written(moment: datetime) -> str:
    """A time as the tickets write it."""
    return moment.isoformat(sep=" ", timespec="minutes")


def empty_row() -> Row:
    return dict.fromkeys(COLUMNS, "")


def write_csv(path: Path, columns: Iterable[str], rows: Iterable[Row]) -> None:
    """Write rows as CSV without what begins with an underscore."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, tuple(columns), extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
