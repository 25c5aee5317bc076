"""Tables of the facts. Rows stay inside this package and what computes figures over them.

They are a cache of the tickets, the asset register and the plant's own tables, in the same
database: losing them costs time, never data. Triggers note whose facts are stale; see
:mod:`index.facts.freshening`.
"""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData()


def _text(name: str) -> sa.Column[str]:
    """A text that is empty where nothing is known."""
    return sa.Column(name, sa.String, nullable=False, server_default="")


def _flag(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.SmallInteger, nullable=False, server_default="0")


def _moment(name: str) -> sa.Column[int]:
    """Seconds since 1970 in UTC; NULL where unknown."""
    return sa.Column(name, sa.BigInteger)


fact = sa.Table(
    "fact",
    metadata,
    sa.Column("ticket_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("uid", sa.String, nullable=False),
    _text("locator"),  # what a person looks the ticket up by
    # who sees it
    sa.Column("site", sa.String),  # NULL: everybody's
    _text("groups_key"),  # empty: everybody's, else |group|group|
    # where
    sa.Column("asset_id", sa.Integer),
    _text("asset"),  # the tag; empty where it is not resolved
    _text("asset_text"),  # what the ticket calls it
    _text("asset_class"),
    _text("model"),
    _text("area"),
    _text("line"),
    # what
    _text("title"),
    _text("kind"),  # corrective, preventive, ... unknown
    _text("status"),
    sa.Column("priority", sa.SmallInteger),  # 1 (highest) to 5
    _flag("is_open"),
    _flag("is_failure"),  # stated by the ticket, else corrective and not cancelled
    _flag("is_failure_stated"),
    _flag("is_duplicate"),  # reports the event of another ticket
    _flag("is_excluded"),  # a supervisor took it out of every figure
    _flag("is_reopened"),  # it was reopened, or reopens another
    sa.Column("is_reactive", sa.SmallInteger),  # unplanned work; NULL where unknown
    sa.Column("is_safety", sa.SmallInteger),  # concerns safety; NULL where not recorded
    _text("failure_mode"),
    _text("mechanism"),
    _text("cause"),
    _text("remedy"),
    _text("component"),
    _text("detection"),
    _text("team"),
    _text("shift"),  # in which it was reported, by the site's shifts
    _text("delay_reason"),
    # when
    _moment("reported"),
    _moment("acknowledged"),
    _moment("started"),
    _moment("completed"),
    _moment("due"),
    _text("reported_on"),  # the day at the site, YYYY-MM-DD
    _text("completed_on"),
    sa.Column("reported_hour", sa.SmallInteger),  # at the site; NULL for a date without a time
    _flag("is_date_only"),  # the report has no time of day
    _flag("has_time_flaw"),  # an end before its beginning: no duration is counted
    # how long and how much
    _moment("down_from"),
    _moment("down_to"),
    sa.Column("down_min", sa.Float),  # NULL: unknown, which is not 0
    _text("down_source"),  # interval, reported (minutes only) or none
    _flag("has_down_flaw"),  # negative or longer than its period: not counted
    sa.Column("labor_h", sa.Float),
    sa.Column("est_labor_h", sa.Float),
    sa.Column("cost_total", sa.Float),
    sa.Column("cost_labor", sa.Float),
    sa.Column("cost_parts", sa.Float),
    _text("currency"),
)
"""One row a ticket. ``down_from`` and ``down_to`` bound the stop: as the ticket states them, else
from the report on for the stated minutes. The stop of an open ticket without an end has none."""

sa.Index("fact_reported", fact.c.reported)
sa.Index("fact_completed", fact.c.completed)
sa.Index("fact_stopped", fact.c.down_to, fact.c.down_from)
sa.Index(
    "fact_stood",
    fact.c.asset_id,
    fact.c.down_from,
    fact.c.down_to,
    # What tells whether a stop counts, so that the rows themselves are not read for it.
    fact.c.is_open,
    fact.c.has_down_flaw,
    fact.c.is_failure,
    fact.c.is_duplicate,
    fact.c.is_excluded,
    fact.c.site,
    fact.c.groups_key,
)
sa.Index("fact_asset", fact.c.asset_id, fact.c.reported)
sa.Index("fact_open", fact.c.is_open, fact.c.reported)
sa.Index("fact_uid", fact.c.uid)

fact_part = sa.Table(
    "fact_part",
    metadata,
    sa.Column("ticket_id", sa.Integer, nullable=False),
    sa.Column("part_no", sa.String, nullable=False),
    sa.Column("quantity", sa.Float, nullable=False),
)

sa.Index("fact_part_used", fact_part.c.ticket_id, fact_part.c.part_no, fact_part.c.quantity)
sa.Index("fact_part_tickets", fact_part.c.part_no, fact_part.c.ticket_id)

fact_code = sa.Table(
    "fact_code",
    metadata,
    sa.Column("ticket_id", sa.Integer, nullable=False),
    sa.Column("code", sa.String, nullable=False),  # as the ticket prints it
    sa.Column("folded", sa.String, nullable=False),  # index.codes.fold of it
)

sa.Index("fact_code_shown", fact_code.c.ticket_id, fact_code.c.folded, fact_code.c.code)
sa.Index("fact_code_tickets", fact_code.c.folded, fact_code.c.code, fact_code.c.ticket_id)

fact_person = sa.Table(
    "fact_person",
    metadata,
    sa.Column("ticket_id", sa.Integer, nullable=False, index=True),
    sa.Column("name", sa.String, nullable=False),
)

fact_stale = sa.Table(
    "fact_stale",
    metadata,
    # Tickets whose facts are to be made again (or to go, where the ticket is gone).
    sa.Column("ticket_id", sa.Integer, primary_key=True, autoincrement=False),
)

excluded_ticket = sa.Table(
    "excluded_ticket",
    metadata,
    # A copy of what people decided, which is kept with the records; see assistant.exclusions.
    sa.Column("uid", sa.String, primary_key=True),
)

planned_work = sa.Table(
    "planned_work",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("number", sa.String, nullable=False),
    sa.Column("site", sa.String),
    sa.Column("asset_id", sa.Integer),
    _text("asset"),  # as the plan writes it
    _text("asset_class"),
    _text("model"),
    _text("area"),
    _text("line"),
    _text("title"),
    _text("team"),
    sa.Column("due_on", sa.String, nullable=False),  # YYYY-MM-DD at the site
    sa.Column("done_on", sa.String),
    sa.Column("interval_d", sa.Integer),
    sa.Column("tolerance_d", sa.Float),  # either side of the due day; NULL: a tenth of the interval
    sa.Column("est_labor_h", sa.Float),
)

meter_reading = sa.Table(
    "meter_reading",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("asset_id", sa.Integer),
    _text("asset"),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("hours", sa.Float, nullable=False),  # operating hours, counted up
)

part = sa.Table(
    "part",
    metadata,
    sa.Column("part_no", sa.String, primary_key=True),
    _text("name"),
    _text("category"),
    _text("unit"),
    sa.Column("stock", sa.Float),
    sa.Column("least_stock", sa.Float),
    sa.Column("lead_time_d", sa.Float),
    sa.Column("price", sa.Float),
    _text("currency"),
)

plant_table = sa.Table(
    "plant_table",
    metadata,
    # Which of the plant's own files the tables above hold: name and hash.
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("content_hash", sa.String, nullable=False),
)
