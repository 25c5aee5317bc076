"""Figures as an engine would make them, an engine and an asker that give what a test says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from assistant.analytics.asking.asked import AskBack, Asked, Choice, Understood
from assistant.analytics.errors import CannotAnswer
from assistant.analytics.figure import (
    Cell,
    Column,
    Coverage,
    Definition,
    Exclusion,
    Figure,
    Period,
    Statement,
)
from assistant.analytics.query import Filter, Query, TimeRange
from index.access import Principal

AS_OF = datetime(2026, 11, 20, 21, 0, tzinfo=UTC)
PERIOD = Period(
    field="reported",
    start=datetime(2026, 10, 1, tzinfo=UTC),
    end=datetime(2026, 11, 1, tzinfo=UTC),
    time_zone="Europe/Berlin",
    text="last month (1 to 31 October 2026)",
)
BY_ASSET = Query(
    metrics=("failure_count",),
    dims=("asset",),
    filters=(Filter(field="line", value="Line 3"),),
    time=TimeRange(range="last_month"),
)
ASSETS = Column(name="asset", label="Machine", kind="text")
FAILURES = Column(name="failure_count", label="Failures")


def figure(query: Query = BY_ASSET, **changes: Any) -> Figure:
    """A figure of failures by machine, or of what the changes say."""
    values: dict[str, Any] = {
        "query": query,
        "columns": (ASSETS, FAILURES),
        "rows": (("PRESS-2", 7), ("CV-02", 3), ("=cmd()", None)),
        "periods": (PERIOD,),
        "definitions": (
            Definition(
                metric="failure_count",
                label="Failures",
                text="Tickets that report a failure.",
                unit="",
                source="EN 13306",
            ),
        ),
        "filters": ("line is Line 3",),
        "counted": 10,
        "excluded": (Exclusion(reason="duplicates of other tickets", rows=2),),
        "coverage": (Coverage(what="machine known", known=10, of=12),),
        "notes": ("2 tickets name no machine.",),
        "statements": (
            Statement(what="count", sql="SELECT count(*) FROM fact", parameters={"line": "x"}),
        ),
        "uids": ("cmms:WO-1", "cmms:WO-2"),
        "as_of": AS_OF,
        "chart": "bar",
    }
    return Figure(**{**values, **changes})


DOWNTIME = Query(metrics=("downtime_h",), time=TimeRange(range="last_month"))


def number(
    value: float | None = 83.5, unit: str = "h", query: Query = DOWNTIME, **changes: Any
) -> Figure:
    """A figure that is one number."""
    columns = (Column(name="downtime_h", label="Downtime", unit=unit),)
    defaults: dict[str, Any] = {
        "columns": columns,
        "rows": ((value,),),
        "value": value,
        "unit": unit,
        "filters": (),
        "chart": "none",
    }
    return figure(query, **{**defaults, **changes})


class FakeAsker:
    """An asker that understands what it is given, and asks back anything else."""

    def __init__(self, understood: dict[str, Query] | None = None) -> None:
        self.understood = understood or {"failures by machine": BY_ASSET}

    def edit(self, query: Query, text: str, principal: Principal) -> Asked:
        if text == "by line":
            return Understood(query=query.model_copy(update={"dims": ("line",)}))
        return AskBack(question="What is to change?", reason="unknown", word=text)

    def ask(self, text: str, principal: Principal) -> Asked:
        query = self.understood.get(text.strip().casefold())
        if query is not None:
            other = Choice(label="Downtime instead", query=DOWNTIME)
            return Understood(query=query, assumptions=("'Line 3' is the line.",), others=(other,))
        choices = [Choice(label=f"Show {name}", query=one) for name, one in self.understood.items()]
        bare = Choice(label="Name the machine")
        return AskBack(
            question="What is meant?", choices=(*choices, bare), reason="unknown", word=text
        )


class FakeFigures:
    """An engine that answers with what it is given, and notes who asked for what."""

    def __init__(self, make: Callable[[Query], Figure] | None = None) -> None:
        self.make = make or (lambda query: figure(query))
        self.asked: list[tuple[Query, Principal]] = []

    def answer(self, query: Query, principal: Principal) -> Figure:
        self.asked.append((query, principal))
        if "person" in query.dims:
            raise CannotAnswer("Figures of single persons are off. An administrator decides.")
        return self.make(query)

    def tickets(
        self,
        query: Query,
        principal: Principal,
        group: tuple[Cell, ...] | None = None,
        offset: int = 0,
        limit: int = 50,
    ) -> list[Any]:
        self.asked.append((query, principal))
        return []
