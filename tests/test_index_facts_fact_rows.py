"""What the facts of a ticket say: its kind, its times at the site, its stop, its own columns."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from index.assets import Asset, AssetRegister
from index.catalog import Catalog
from index.facts.fact_tables import fact_code, fact_part, fact_person
from tests.fact_plants import FactPlant

BERLIN = ZoneInfo("Europe/Berlin")
SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def plant(catalog: Catalog, tmp_path: Path) -> FactPlant:
    AssetRegister(catalog.engine).put(
        [
            Asset("P-1", "Pump 1", "PX", "7", "pump", "", "North", "Hall 1", "Line 3", "A"),
            Asset("M-2", "Moulder", site="South", also_called="二号注塑机; big one"),
        ]
    )
    return FactPlant(catalog, tmp_path)


def _at(text: str, zone: ZoneInfo = BERLIN) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp())


@pytest.mark.parametrize(
    ("row", "wanted"),
    [
        ({"type": "corrective", "status": "closed"}, (1, 0, 1, 0)),
        ({"type": "corrective", "status": "cancelled"}, (0, 0, 1, 0)),
        ({"type": "corrective", "status": "open"}, (1, 0, 1, 1)),
        ({"type": "preventive", "status": "on hold"}, (0, 0, 0, 1)),
        ({"type": "preventive", "status": "closed", "is failure": "yes"}, (1, 1, 0, 0)),
        ({"type": "corrective", "status": "closed", "is failure": "no"}, (0, 1, 1, 0)),
        ({"type": "corrective", "status": "cancelled", "is failure": "yes"}, (1, 1, 1, 0)),
        ({"type": "gibberish", "status": "closed"}, (0, 0, None, 0)),
        ({"status": "in progress"}, (0, 0, None, 1)),
        ({"type": "preventive", "status": "closed", "emergency": "ja"}, (0, 0, 1, 0)),
        ({"type": "corrective", "status": "closed", "emergency": "no"}, (1, 0, 0, 0)),
        ({"type": "corrective", "status": "closed", "emergency": ""}, (1, 0, 1, 0)),
        ({"type": "corrective", "status": "closed", "计划内": "是"}, (1, 0, 0, 0)),
    ],
)
def test_what_is_a_failure_is_reactive_and_is_open(
    plant: FactPlant, row: dict[str, str], wanted: tuple[Any, ...]
) -> None:
    found = plant.one(row)
    told = (found.is_failure, found.is_failure_stated, found.is_reactive, found.is_open)
    assert told == wanted


def test_where_it_was_is_what_the_register_says_else_the_row(plant: FactPlant) -> None:
    known = plant.one({"asset": "p 1", "area": "Hall 9", "line": "Line 9"})
    told = (known.asset, known.asset_text, known.asset_class, known.model, known.area, known.line)
    assert told == ("P-1", "p 1", "pump", "PX", "Hall 1", "Line 3")
    assert known.site == "North"
    unknown = plant.one({"asset": "X-99", "area": "Hall 9", "产线": "Line 9"}, site="South")
    assert (unknown.asset_id, unknown.asset, unknown.asset_text) == (None, "", "X-99")
    assert (unknown.area, unknown.line, unknown.site) == ("Hall 9", "Line 9", "South")
    assert plant.one({"asset": "二号注塑机"}).asset == "M-2"
    assert plant.one({"asset": "Big One"}).asset == "M-2"


def test_columns_of_the_row_in_three_languages_are_called_as_the_plant_calls_them(
    plant: FactPlant,
) -> None:
    english = {
        "team": "MECHANICS",
        "component": "seal",
        "delay reason": "Waiting for  spares",
        "safety": "yes",
    }
    found = plant.one(english)
    told = (found.team, found.component, found.delay_reason, found.is_safety)
    assert told == ("mechanical", "seal", "parts", 1)
    chinese = plant.one({"班组": "机械班", "部件": "密封", "等待原因": "", "是否涉及安全": "否"})
    told = (chinese.team, chinese.component, chinese.delay_reason, chinese.is_safety)
    assert told == ("mechanical", "密封", "", 0)
    german = plant.one(
        {"Werkstatt": "Elektro", "Baugruppe": "Dichtung", "Sicherheit": "vielleicht"}
    )
    assert (german.team, german.component, german.is_safety) == ("Elektro", "Dichtung", None)
    assert plant.one({}).is_safety is None


def test_a_time_without_a_zone_is_on_the_clock_of_the_site(plant: FactPlant) -> None:
    times = {"reported at": "2026-07-01 23:30", "completed at": "2026-07-02 00:15"}
    north = plant.one({"asset": "P-1", **times})
    assert north.reported == _at("2026-07-01T23:30")
    assert (north.reported_on, north.completed_on) == ("2026-07-01", "2026-07-02")
    assert (north.reported_hour, north.shift, north.is_date_only) == (23, "night", 0)
    south = plant.one({"asset": "M-2", **times})
    assert south.reported == _at("2026-07-01T23:30", SHANGHAI)
    assert (south.reported_on, south.shift) == ("2026-07-01", "")
    nowhere = plant.one({"asset": "X", **times})
    assert nowhere.reported == _at("2026-07-01T23:30", ZoneInfo("UTC"))
    assert nowhere.reported_on == "2026-07-01"


def test_a_time_that_was_stored_in_utc_is_shown_on_the_clock_of_the_site(plant: FactPlant) -> None:
    times = {"reported at": "2026-07-01 23:30", "completed at": "2026-07-02 05:59"}
    known = plant.one({"asset": "P-1", **times}, zone="America/Chicago")
    assert known.reported == _at("2026-07-01T23:30", ZoneInfo("America/Chicago"))
    assert (known.reported_on, known.reported_hour, known.shift) == ("2026-07-02", 6, "early")
    unknown = plant.one({"asset": "X", **times}, zone="America/Chicago")
    assert unknown.reported == known.reported
    assert (unknown.reported_on, unknown.reported_hour) == ("2026-07-01", 23)


@pytest.mark.parametrize("zone", ["", "Europe/Berlin", "America/Chicago"])
def test_a_date_without_a_time_is_the_day_at_the_site(plant: FactPlant, zone: str) -> None:
    row = {"asset": "P-1", "reported at": "2026-07-01", "completed at": "2026-07-03", "due": ""}
    found = plant.one({**row, "due": "2026-07-02"}, zone=zone)
    assert (found.reported, found.is_date_only) == (_at("2026-07-01"), 1)
    assert (found.reported_on, found.reported_hour, found.shift) == ("2026-07-01", None, "")
    assert (found.completed, found.completed_on) == (_at("2026-07-03"), "2026-07-03")
    assert (found.due, found.has_time_flaw) == (_at("2026-07-02"), 0)


@pytest.mark.parametrize(
    ("start", "end", "minutes", "zone"),
    [
        ("2026-03-29 01:30", "2026-03-29 03:30", 60, ""),  # an hour is skipped
        ("2026-03-29 01:30", "2026-03-29 03:30", 60, "Europe/Berlin"),
        ("2026-10-25 01:30", "2026-10-25 03:30", 180, ""),  # one comes twice
        ("2026-10-25 01:30", "2026-10-25 03:30", 180, "Europe/Berlin"),
        ("2026-10-25 02:40", "2026-10-25 02:10", 30, ""),  # the end is in the second one
        ("2026-07-01 01:30", "2026-07-01 03:30", 120, ""),
    ],
)
def test_a_stop_is_as_long_as_it_really_was(
    plant: FactPlant, start: str, end: str, minutes: float, zone: str
) -> None:
    row = {"asset": "P-1", "downtime start": start, "downtime end": end, "is down": "yes"}
    found = plant.one(row, zone=zone)
    assert (found.down_min, found.down_source) == (minutes, "interval")
    assert found.down_to - found.down_from == minutes * 60


def _stop(found: Any) -> tuple[Any, ...]:
    return found.down_min, found.down_source, found.has_down_flaw


def test_reported_minutes_begin_with_the_report(plant: FactPlant) -> None:
    times = {"reported at": "2026-07-01 10:00", "completed at": "2026-07-01 12:00"}
    found = plant.one({"asset": "P-1", **times, "downtime min": "90"})
    assert _stop(found) == (90, "reported", 0)
    assert (found.down_from, found.down_to) == (
        _at("2026-07-01T10:00"),
        _at("2026-07-01T11:30"),
    )
    started = {"downtime start": "2026-07-01 09:00", "downtime min": "90"}
    found = plant.one({"asset": "P-1", **times, **started})
    assert found.down_from == _at("2026-07-01T09:00")
    assert plant.one({"asset": "P-1", "downtime min": "90"}).down_from is None
    assert _stop(plant.one({"asset": "P-1", **times, "downtime min": "0"})) == (0, "reported", 0)
    assert _stop(plant.one({"asset": "P-1", **times, "downtime min": ""})) == (None, "none", 0)


@pytest.mark.parametrize(
    "row",
    [
        {"downtime min": "-5"},
        {
            "downtime min": "500",
            "reported at": "2026-07-01 10:00",
            "completed at": "2026-07-01 12:00",
        },
        {"downtime start": "2026-07-01 12:00", "downtime end": "2026-07-01 10:00"},
    ],
)
def test_an_impossible_stop_is_not_counted(plant: FactPlant, row: dict[str, str]) -> None:
    found = plant.one({"asset": "P-1", **row})
    assert _stop(found) == (None, "none", 1)
    assert (found.down_from, found.down_to) == (None, None)


def test_days_are_long_enough_for_a_stop_of_that_day(plant: FactPlant) -> None:
    days = {"reported at": "2026-07-01", "completed at": "2026-07-01", "downtime min": "500"}
    assert _stop(plant.one({"asset": "P-1", **days})) == (500, "reported", 0)


def test_the_stop_of_an_open_ticket_has_no_end(plant: FactPlant) -> None:
    start = {"asset": "P-1", "downtime start": "2026-07-01 12:00", "downtime end": ""}
    going_on = plant.one({**start, "status": "open"})
    assert going_on.down_from == _at("2026-07-01T12:00")
    assert (going_on.down_to, going_on.down_min) == (None, None)
    over = plant.one({**start, "status": "closed"})
    assert (over.down_from, over.down_to, over.down_min) == (None, None, None)
    ran_on = plant.one({**start, "status": "open", "breakdown": "no"})
    assert ran_on.down_from is None


@pytest.mark.parametrize(
    ("row", "is_flawed"),
    [
        ({"completed at": "2026-07-01 09:00"}, 1),
        ({"completed at": "2026-07-01 11:00"}, 0),
        ({"completed at": "2026-07-01 11:00", "started": "2026-07-01 11:30"}, 1),
        ({"acknowledged at": "2026-07-01 09:59"}, 1),
        ({"acknowledged at": "2026-07-01 10:00"}, 0),
        ({"completed at": "2026-07-01"}, 1),  # it is known for no minute of that day
        ({"completed at": "2026-07-02"}, 0),
    ],
)
def test_an_end_before_its_beginning_is_a_flaw(
    plant: FactPlant, row: dict[str, str], is_flawed: int
) -> None:
    found = plant.one({"asset": "P-1", "reported at": "2026-07-01 10:00", **row})
    assert found.has_time_flaw == is_flawed


def test_money_and_hours(plant: FactPlant) -> None:
    found = plant.one({"asset": "P-1", "labor cost": "10", "parts cost": "5.5", "hours": "2"})
    told = (found.cost_total, found.cost_labor, found.cost_parts, found.currency, found.labor_h)
    assert told == (15.5, 10, 5.5, "EUR", 2)
    stated = plant.one({"asset": "P-1", "cost": "7", "labor cost": "10", "currency": "€"})
    assert (stated.cost_total, stated.currency) == (7, "EUR")
    half = plant.one({"asset": "M-2", "labor cost": "10"})
    assert (half.cost_total, half.currency) == (None, "CNY")
    none = plant.one({"asset": "P-1", "hours": "-3"})
    assert (none.cost_total, none.currency, none.labor_h) == (None, "", None)


def test_parts_codes_and_people_have_rows_of_their_own(plant: FactPlant) -> None:
    row = {"parts": "2 x HP40-1; AB; 3 x HP40-1; 0 x ZZ", "alarm code": "E-417, E-203"}
    found = plant.one({"asset": "P-1", **row, "technician": "A. Lind; B. Öz; A. Lind"})
    with plant.catalog.engine.connect() as connection:
        rows = [
            sorted(tuple(row) for row in connection.execute(sa.select(*list(table.c)[1:])))
            for table in (fact_part, fact_code, fact_person)
        ]
    assert found.uid == "s:T-1"
    assert rows[0] == [("AB", 1.0), ("HP40-1", 5.0)]
    assert rows[1] == [("E-203", "e203"), ("E-417", "e417")]
    assert rows[2] == [("A. Lind",), ("B. Öz",)]
