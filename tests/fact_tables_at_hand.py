"""Records of a few facts, put into the tables by hand, for tests of the engine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from index import tables, ticket_tables
from index.codes import fold
from index.facts import fact_tables
from index.facts.plant import Line, Plant, Site
from index.facts.record import PlainPlant, Record

AS_OF = datetime(2026, 11, 20, 21, 0, tzinfo=UTC)
NOW = int(AS_OF.timestamp())
BERLIN = ZoneInfo("Europe/Berlin")
SHANGHAI = ZoneInfo("Asia/Shanghai")
PLANT = Plant(
    as_of=AS_OF,
    sites=(Site("North", BERLIN, "EUR"), Site("South", SHANGHAI, "CNY")),
    lines=(Line("L1", "North", "series"), Line("L2", "North", "parallel")),
)
ASSETS = {"M-1": 1, "M-2": 2, "M-3": 3}
Fact = dict[str, Any]


def seconds(text: str, zone: ZoneInfo = BERLIN) -> int:
    """A local time in seconds since 1970."""
    return int(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp())


def local(moment: int | None, site: str | None) -> datetime | None:
    """A moment on the clock of a site."""
    if moment is None:
        return None
    return datetime.fromtimestamp(moment, PLANT.site(site).time_zone)


class HandMade(Record):
    """A record whose facts are what a test put there."""

    def fresh(self) -> int:
        """Do nothing."""
        return 0


def fact_of(number: int, **given: Any) -> Fact:
    """A fact: a failure of no asset, without anything known, save what is given."""
    values: Fact = {
        "ticket_id": number, "uid": f"t:{number}", "locator": f"T-{number}", "site": "North",
        "groups_key": "", "asset_id": None, "asset": "", "asset_text": "", "title": "it stands",
        "kind": "corrective", "status": "done", "is_open": 0, "is_failure": 1,
        "is_duplicate": 0, "is_excluded": 0, "is_reopened": 0, "is_reactive": 1,
        "is_date_only": 0, "has_time_flaw": 0, "has_down_flaw": 0, "down_source": "none",
        "description": "", "cause_text": "", "resolution": "", "codes": (), "parts": (),
        "people": (),
    } | given  # fmt: skip
    if values["asset"]:
        values["asset_id"] = ASSETS[values["asset"]]
    day = local(values.get("reported"), values["site"])
    values["reported_on"] = "" if day is None else day.date().isoformat()
    values["reported_hour"] = None if day is None else day.hour
    done = local(values.get("completed"), values["site"])
    values["completed_on"] = "" if done is None else done.date().isoformat()
    return values


def make_record(facts: Iterable[Fact], engine: sa.Engine, plant: Plant = PLANT) -> HandMade:
    """A record of these facts; the tables are made anew."""
    facts = list(facts)
    fact_tables.metadata.create_all(engine)
    ticket_tables.metadata.create_all(engine)
    tables.asset.create(engine, checkfirst=True)
    with engine.begin() as connection:
        _clear(connection)
        for tag, number in ASSETS.items():
            connection.execute(tables.asset.insert().values(_asset(tag, number)))
        columns = {column.name for column in fact_tables.fact.columns}
        _insert(connection, fact_tables.fact, (
            {name: one.get(name, _default(name)) for name in columns} for one in facts
        ))  # fmt: skip
        _insert(connection, ticket_tables.ticket, map(_ticket, facts))
        _insert(connection, fact_tables.fact_code, (
            {"ticket_id": one["ticket_id"], "code": code, "folded": fold(code)}
            for one in facts for code in one["codes"]
        ))  # fmt: skip
        _insert(connection, fact_tables.fact_part, (
            {"ticket_id": one["ticket_id"], "part_no": part, "quantity": quantity}
            for one in facts for part, quantity in one["parts"]
        ))  # fmt: skip
        _insert(connection, fact_tables.fact_person, (
            {"ticket_id": one["ticket_id"], "name": name}
            for one in facts for name in one["people"]
        ))  # fmt: skip
    return HandMade(engine, PlainPlant(plant))


def _clear(connection: sa.Connection) -> None:
    for table in (*fact_tables.metadata.tables.values(), ticket_tables.ticket, tables.asset):
        connection.execute(table.delete())


def _insert(connection: sa.Connection, table: sa.Table, rows: Iterable[Mapping[str, Any]]) -> None:
    found = list(rows)
    if found:
        connection.execute(table.insert(), found)


def _default(name: str) -> Any:
    column = fact_tables.fact.c[name]
    if column.nullable:
        return None
    return "" if isinstance(column.type, sa.String) else 0


def _asset(tag: str, number: int) -> dict[str, Any]:
    values = {column.name: "" for column in tables.asset.columns}
    line = "L2" if number == 3 else "L1"
    return values | {"id": number, "tag": tag, "site": "North", "line": line}


def _ticket(one: Fact) -> dict[str, Any]:
    return {
        "id": one["ticket_id"], "uid": one["uid"], "source_system": "t", "source_id": one["uid"],
        "source_file": "f", "source_row": 1, "locator": one["locator"], "raw": {}, "row_hash": "",
        "asset_raw": one["asset_text"], "asset_match": 0.0, "title": one["title"],
        "description": one["description"], "cause": one["cause_text"],
        "resolution": one["resolution"], "ticket_type": one["kind"], "status": one["status"],
        "priority_raw": "", "failure_mode": "", "alarm_codes": [], "currency": "", "parts": [],
        "technician": "", "quality_flags": [],
    }  # fmt: skip
