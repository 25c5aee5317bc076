"""A record of hand-made facts for the tests of metrics: rows in, scopes out, no tickets."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from assistant.analytics.catalogue import time_field_of
from assistant.analytics.conditions import condition, planned_condition
from assistant.analytics.metrics import METRIC_FUNCTIONS
from assistant.analytics.periods import period_of
from assistant.analytics.query import Query
from assistant.analytics.scope import Computed, Scope
from index import tables
from index.access import LOCAL, Principal
from index.facts import fact_tables
from index.facts.fact_visibility import visible_facts, visible_plans
from index.facts.plant import Plant

HOUR = 3600
DAY = 24 * HOUR
AS_OF = datetime(2026, 11, 20, 21, 0, tzinfo=UTC)


def epoch(text: str) -> int:
    """A moment in UTC as it is stored."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


class FactRecord:
    """Facts, assets and the plant's tables in a database of memory, or any other."""

    def __init__(self, plant: Plant | None = None, engine: sa.Engine | None = None) -> None:
        self.engine = engine or sa.create_engine("sqlite://", poolclass=sa.StaticPool)
        tables.asset.create(self.engine, checkfirst=True)
        fact_tables.metadata.create_all(self.engine)
        self.plant = plant or Plant()
        self._tickets = 0
        self._assets: dict[str, dict[str, Any]] = {}

    def add_asset(self, tag: str, **values: Any) -> None:
        row = {"id": len(self._assets) + 1, "tag": tag, "folded": tag, "name": "", "model": "",
               "model_folded": "", "serial": "", "asset_class": "", "location": "", "site": None,
               "area": "", "line": ""} | values  # fmt: skip
        self._insert(tables.asset, [row])
        self._assets[tag] = row

    def add(self, **values: Any) -> int:
        """A failure that is done, unless said otherwise; returns its number."""
        return self.add_all([values])[-1]

    def add_all(self, rows: list[dict[str, Any]]) -> list[int]:
        made = []
        for values in rows:
            self._tickets += 1
            asset = self._assets.get(values.get("asset", ""), {})
            row = {
                "ticket_id": self._tickets, "uid": f"T-{self._tickets}", "kind": "corrective",
                "locator": f"T-{self._tickets}", "status": "done", "is_failure": 1, "is_open": 0,
                "site": asset.get("site"), "asset_id": asset.get("id"), "reported": 0,
                **{name: asset.get(name, "") for name in ("asset_class", "model", "area", "line")},
            } | values  # fmt: skip
            if row["asset_id"] is None:
                row["asset_text"], row["asset"] = row.get("asset", ""), ""
            for name in ("reported", "completed"):
                if row.get(name) is not None:
                    zone = self.plant.site(row["site"]).time_zone
                    local = datetime.fromtimestamp(row[name], zone)
                    row[f"{name}_on"] = local.date().isoformat()
            if row.get("down_to") is not None and "down_min" not in values:
                row["down_min"] = (row["down_to"] - row["down_from"]) / 60
            made.append(row)
        for row in made:
            self._insert(fact_tables.fact, [row])
        return [row["ticket_id"] for row in made]

    def add_row(self, table: sa.Table, **values: Any) -> None:
        asset = self._assets.get(values.get("asset", ""))
        if table is fact_tables.planned_work and asset:
            known = ("site", "asset_class", "model", "area", "line")
            values = {"asset_id": asset["id"], **{name: asset[name] for name in known}} | values
        if table is fact_tables.meter_reading and asset:
            values = {"asset_id": asset["id"]} | values
        self._insert(table, [values])

    def compute(
        self, query: dict[str, Any], *, principal: Principal = LOCAL, as_of: datetime = AS_OF
    ) -> Computed:
        """What the first metric of a query gives."""
        with self.engine.connect() as connection:
            scope = self.scope(connection, Query.model_validate(query), principal, as_of)
            return METRIC_FUNCTIONS[scope.metric](scope)

    def scope(
        self,
        connection: sa.Connection,
        query: Query,
        principal: Principal = LOCAL,
        as_of: datetime = AS_OF,
    ) -> Scope:
        metric = query.metric
        field = time_field_of(metric, query)
        now = int(as_of.timestamp())
        plans = [planned_condition(each) for each in query.filters
                 if each.field != "days_overdue"]  # fmt: skip
        fitting = [each for each in plans if each is not None]
        return Scope(
            connection=connection,
            plant=self.plant,
            principal=principal,
            query=query,
            metric=metric,
            dims=query.dims,
            period=period_of(query.time.range, field, as_of, self.plant.site(None)),
            as_of=now,
            filtered=(
                visible_facts(principal),
                *(condition(each, now) for each in query.filters if each.field != "days_overdue"),
            ),
            planned=(visible_plans(principal), *fitting) if len(fitting) == len(plans) else None,
        )

    def _insert(self, table: sa.Table, rows: list[dict[str, Any]]) -> None:
        with self.engine.begin() as connection:
            connection.execute(sa.insert(table), rows)


def site_only(name: str) -> Principal:
    """A supervisor of one site."""
    return replace(LOCAL, user="one-site", sites=frozenset({name}))
