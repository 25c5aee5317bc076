"""Tickets of a small plant, their repairs counted by plain Python, and by the product."""

from __future__ import annotations

import random
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from assistant.repairs.message import Place
from index import tables
from index.access import Principal
from index.assets import Asset, AssetRegister
from index.catalog import Catalog
from index.codes import fold
from index.database import writing
from index.facts.fact_tables import excluded_ticket
from index.ticket_tables import ticket as ticket_table
from index.tickets import Ticket, put_tickets

AS_OF = datetime(2026, 6, 1, tzinfo=UTC)
ASSETS = [
    Asset("PR-01", model="HP-40", site="North"),
    Asset("PR-02", model="HP-40", site="North"),
    Asset("PR-03", model="HP-40", site="South"),
    Asset("LT-01", model="LT-25", site="North"),
    Asset("XX-01", site="South"),
]
CAUSES = ("", "Seal worn", "seal worn.", "SEAL  WORN", "Worn seal", "Pump charged", "Pump changed")
SAME_CAUSE = ("Seal worn", "seal worn.", "SEAL  WORN", "Worn seal")
REMEDIES = ("", "Replaced the seal", "replaced seal", "Adjusted")
WINDOW = timedelta(days=30)


def ticket_of(number: int, asset: str, asset_id: int | None, **fields: object) -> Ticket:
    """A closed corrective ticket with a code."""
    plain = Ticket(
        source_system="test",
        source_id=str(number),
        source_file="t.csv",
        source_row=number,
        raw={},
        asset_raw=asset,
        asset_id=asset_id,
        asset_tag=asset if asset_id is not None else "",
        asset_match=1.0,
        title=f"fault {number}",
        ticket_type="corrective",
        status="closed",
        number=f"T{number}",
        alarm_codes=("E-217",),
        time_zone="UTC",
    )
    return replace(plain, **fields)  # type: ignore[arg-type]


def register(catalog: Catalog) -> dict[str, int]:
    """Put the assets in; return their ids by tag."""
    AssetRegister(catalog.engine).put(ASSETS)
    with catalog.engine.connect() as connection:
        rows = connection.execute(sa.select(tables.asset.c.tag, tables.asset.c.id))
        return {row.tag: row.id for row in rows}


def put(catalog: Catalog, tickets: Sequence[Ticket]) -> None:
    """Store tickets without vectors."""
    put_tickets(catalog, tickets, "none", {}, is_embedded=False)


def mark(catalog: Catalog, excluded: Sequence[Ticket], duplicates: Sequence[Ticket]) -> None:
    """Take tickets out, and let others be second reports."""
    with writing(catalog.engine) as connection:
        for one in excluded:
            connection.execute(excluded_ticket.insert().values(uid=one.uid))
        for one in duplicates:
            query = ticket_table.update().where(ticket_table.c.uid == one.uid)
            connection.execute(query.values(duplicate_of="test:first"))


def random_tickets(seed: int, ids: dict[str, int], number: int = 80) -> list[Ticket]:
    """Tickets over five months up to the present, many of them soon after others."""
    rng = random.Random(seed)
    made = []
    for position in range(number):
        asset = rng.choice([*ids, "a pump somewhere"])
        reported = AS_OF - timedelta(hours=rng.randrange(1, 150 * 24))
        took = timedelta(hours=rng.randrange(1, 200))
        status = rng.choice(["closed", "closed", "closed", "open", "cancelled"])
        is_ended = status == "closed" and rng.random() < 0.8
        made.append(
            ticket_of(
                position,
                asset,
                ids.get(asset),
                reported_at=reported.strftime("%Y-%m-%dT%H:%M:%S"),
                completed_at=(reported + took).strftime("%Y-%m-%dT%H:%M:%S") if is_ended else None,
                status=status,
                ticket_type=rng.choice(["corrective", "corrective", "preventive", "unknown"]),
                cause=rng.choice(CAUSES),
                resolution=rng.choice(REMEDIES),
                failure_mode=rng.choice(["", "ELU", "OHE"]),
                alarm_codes=rng.choice([(), ("E-217",), ("e 217",), ("E-9",), ("E-217", "E-9")]),
                downtime_min=rng.choice([None, 0.0, 15.0, 30.5, 240.0]),
                downtime_source="reported",
                parts=rng.choice([(), (("4711", 2.0),), (("4711", 1.0), ("0815", 3.0))]),
                stated_site=rng.choice([None, "North", "South"]) if asset not in ids else None,
            )
        )
    return made


@dataclass
class Expected:
    """What plain Python counts of the tickets of one place."""

    tickets: int = 0
    still_open: int = 0
    judged: int = 0
    came_back: int = 0
    too_young: int = 0
    downtimes: tuple[float, ...] = ()

    @property
    def percentiles(self) -> tuple[float | None, float | None]:
        """Median and 90th percentile."""
        if not self.downtimes:
            return None, None
        if len(self.downtimes) == 1:
            return self.downtimes[0], self.downtimes[0]
        tenths = statistics.quantiles(self.downtimes, n=10, method="inclusive")
        return statistics.median(self.downtimes), tenths[8]


class Oracle:
    """Counts the repairs of a code one ticket after the other."""

    def __init__(
        self,
        tickets: Sequence[Ticket],
        out: set[str],
        principal: Principal,
        sites: dict[str, str | None],
    ) -> None:
        seen = [one for one in tickets if principal.sees(self._site(one, sites))]
        self.counted = [
            one
            for one in seen
            if one.uid not in out
            and one.status != "cancelled"
            and one.ticket_type in ("corrective", "unknown")
        ]
        self.seen = seen

    @staticmethod
    def _site(one: Ticket, sites: dict[str, str | None]) -> str | None:
        return sites[one.asset_tag] if one.asset_tag else one.stated_site

    @staticmethod
    def matches(one: Ticket, code: str) -> bool:
        return fold(code) in map(fold, one.alarm_codes)

    def expect(self, code: str, place: Place, asset: Asset) -> Expected:
        """Count those of one place with a code."""
        found = Expected()
        models = {each.tag: each.model for each in ASSETS}
        for one in self.counted:
            own_model = bool(asset.model) and models.get(one.asset_tag) == asset.model
            is_here = one.asset_tag == asset.tag
            where = "machine" if is_here else "model" if own_model else "plant"
            if where != place or not self.matches(one, code):
                continue
            found.tickets += 1
            found.still_open += one.status == "open"
            if one.downtime_min is not None:
                found.downtimes += (one.downtime_min,)
            if one.status == "open" or not one.asset_tag:
                continue
            ended = _time(one.completed_at or one.reported_at)
            if ended + WINDOW > AS_OF:
                found.too_young += 1
                continue
            found.judged += 1
            found.came_back += any(self._is_again(one, other, ended) for other in self.counted)
        return found

    @staticmethod
    def _is_again(one: Ticket, other: Ticket, ended: datetime) -> bool:
        if one is other or other.asset_tag != one.asset_tag:
            return False
        own = set(map(fold, one.alarm_codes))
        is_same_mode = bool(one.failure_mode) and one.failure_mode == other.failure_mode
        is_same_code = not own.isdisjoint(map(fold, other.alarm_codes))
        at = _time(other.reported_at)
        return (is_same_mode or is_same_code) and ended < at <= ended + WINDOW


def _time(text: str | None) -> datetime:
    assert text is not None
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
