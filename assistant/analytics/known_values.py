"""What stands in the record for a field: offered where a filter is chosen by taps."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from index.access import Principal
from index.facts.fact_tables import fact, fact_code, fact_part, part
from index.facts.fact_visibility import visible_facts

MOST = 200
_COLUMNS = (
    "asset", "asset_class", "model", "site", "area", "line", "team", "shift", "kind", "status",
    "failure_mode", "cause", "remedy", "component", "delay_reason", "currency",
)  # fmt: skip
_FLAGS = ("is_open", "is_failure", "is_reactive", "is_safety")


def known_values(engine: sa.Engine, principal: Principal, field: str) -> list[str]:
    """The values of a field that the principal may see, those of most tickets first."""
    if field in _FLAGS:
        return ["yes", "no"]
    if field == "priority":
        return ["1", "2", "3", "4", "5"]
    column, source = _of(field)
    if column is None:
        return []
    query = (
        sa.select(column)
        .select_from(source)
        .where(visible_facts(principal), column != "", column.is_not(None))
        .group_by(column)
        .order_by(sa.func.count().desc(), column)
        .limit(MOST)
    )
    with engine.connect() as connection:
        return [str(value) for value in connection.scalars(query)]


def _of(field: str) -> tuple[sa.ColumnElement[Any] | None, sa.FromClause]:
    if field in _COLUMNS:
        return fact.c[field], fact
    with_parts = fact.join(fact_part, fact_part.c.ticket_id == fact.c.ticket_id)
    match field:
        case "alarm_code":
            codes = fact.join(fact_code, fact_code.c.ticket_id == fact.c.ticket_id)
            return fact_code.c.code, codes
        case "part":
            return fact_part.c.part_no, with_parts
        case "part_category":
            return part.c.category, with_parts.join(part, part.c.part_no == fact_part.c.part_no)
        case _:
            return None, fact
