"""Facts of 100,000 tickets, made at once, after a change of a hundred, and where none changed.

FAULTBOOK_TICKETS sets another number of tickets.
"""

from __future__ import annotations

import os
import random
import statistics
import time
from datetime import datetime, timedelta
from pathlib import Path

import orjson
import pytest

from index import tables
from index.assets import Asset, AssetRegister
from index.database import open_engine, writing
from index.facts.freshening import freshen
from index.facts.record import PlainPlant, Record
from ingest.plant_toml import read_plant
from tests.example_scripts import EXAMPLES

pytestmark = pytest.mark.benchmark

ROWS = int(os.environ.get("FAULTBOOK_TICKETS", "100000"))
TICKET_MS = 0.15  # processor time, which other work on the machine changes little
NOTHING_S = 0.02
_COLUMNS = (
    "uid source_system source_id source_file source_row locator raw row_hash asset_raw asset_id "
    "asset_match title description cause resolution ticket_type status priority_raw failure_mode "
    "alarm_codes reported_at completed_at downtime_min downtime_source labor_h currency parts "
    "technician technicians quality_flags time_quality site"
).split()


def _ticket(number: int, at: datetime, chance: random.Random) -> tuple[object, ...]:
    name, done = f"T-{number}", at + timedelta(minutes=chance.randrange(60, 900))
    raw = {
        "ticket_id": name,
        "reported_at": f"{at:%Y-%m-%d %H:%M}",
        "completed_at": f"{done:%Y-%m-%d %H:%M}",
        **{f"column {extra}": "a text of some length" for extra in range(10)},
        **{"team": "mechanical", "component": "seal", "safety": "no", "delay reason": "parts"},
    }
    return (
        *(f"s:{name}", "s", name, "f", number, name, orjson.dumps(raw).decode(), "h", "M"),
        *(chance.randrange(1, 601), 1.0, "seal leaks", "", "worn", "replaced", "corrective"),
        *("done", "2", "ELU", '["E-1"]', at.isoformat(), done.isoformat(), 33.0, "reported"),
        *(2.0, "", '[["X-1", 2.0]]', "J. Lind", '["J. Lind"]', "[]", "exact", "Plant North"),
    )


def test_facts_are_made_fast(tmp_path: Path) -> None:
    engine = open_engine(tmp_path / "knowledge.db", tables.MIGRATIONS)
    AssetRegister(engine).put(Asset(f"M-{n}", asset_class="pump", line="L") for n in range(600))
    chance, at = random.Random(1), datetime(2014, 1, 1)
    rows = []
    for number in range(ROWS):
        at += timedelta(seconds=chance.randrange(600))
        rows.append(_ticket(number, at, chance))
    places = ", ".join("?" * len(_COLUMNS))
    insert = f"INSERT INTO ticket ({', '.join(_COLUMNS)}) VALUES ({places})"
    with writing(engine) as connection:
        connection.exec_driver_sql(insert, rows)
    text = (EXAMPLES / "plant" / "plant.toml").read_text(encoding="utf-8")
    record = Record(engine, PlainPlant(read_plant(text, "plant.toml")))

    started, spent = time.monotonic(), time.process_time()
    assert freshen(engine, record.plant) == ROWS
    seconds, spent = time.monotonic() - started, time.process_time() - spent
    nothing = []
    for _ in range(50):
        began = time.monotonic()
        assert record.fresh() == 0
        nothing.append(time.monotonic() - began)
    with writing(engine) as connection:
        connection.exec_driver_sql("UPDATE ticket SET title = 'x' WHERE id % ? = 0", (ROWS // 100,))
    began = time.monotonic()
    changed = record.fresh()
    print(
        f"\n{ROWS} tickets in {seconds:.1f} s, {spent:.1f} s of processor time "
        f"({spent / ROWS * 1e6:.0f} us a ticket); {changed} changed ones in "
        f"{time.monotonic() - began:.3f} s; none: median {statistics.median(nothing) * 1e3:.2f} ms"
    )
    assert spent / ROWS * 1e3 <= TICKET_MS
    assert statistics.median(nothing) <= NOTHING_S
    engine.dispose()
