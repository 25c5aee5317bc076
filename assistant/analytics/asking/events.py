"""Days on which something big was done to a machine, as the record tells."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from assistant.analytics.asking.almanac import Span
from index.access import Principal
from index.facts.fact_tables import fact
from index.facts.fact_visibility import visible_facts
from index.facts.record import Record

_WORDS = ("overhaul", "rebuil", "refurbish", "retrofit", "revision", "大修", "改造", "翻新")
_MOST = 10


def overhauls(
    record: Record, principal: Principal, assets: Sequence[str], within: Span | None
) -> list[str]:
    """The days on which planned overhauls of assets ended, those in a time if one is given."""
    title = sa.func.lower(fact.c.title)
    done_on = sa.case((fact.c.completed_on != "", fact.c.completed_on), else_=fact.c.reported_on)
    query = (
        sa.select(done_on)
        .where(
            visible_facts(principal),
            fact.c.asset.in_(list(assets)),
            fact.c.kind != "corrective",
            fact.c.is_excluded == 0,
            sa.or_(*(title.contains(word, autoescape=True) for word in _WORDS)),
        )
        .distinct()
        .order_by(done_on.desc())
        .limit(_MOST)
    )
    if within is not None and within.first is not None and within.beyond is not None:
        query = query.where(done_on >= str(within.first), done_on < str(within.beyond))
    with record.engine.connect() as connection:
        return [str(day) for day in connection.scalars(query)]
