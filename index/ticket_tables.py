"""Tables of tickets, their imports and their sources.

``ticket`` is the shape since the migration m005; the knowledge database holds it. ``ticket_source``
belongs where what people decide is kept, as it must survive a rebuild of the knowledge.
"""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData()
source_metadata = sa.MetaData()

ticket = sa.Table(
    "ticket",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    # source_system:source_id, the key by which a second import finds the row again
    sa.Column("uid", sa.String, nullable=False, unique=True),
    sa.Column("chunk_id", sa.Integer, index=True),
    sa.Column("source_system", sa.String, nullable=False),
    sa.Column("source_id", sa.String, nullable=False),
    sa.Column("source_file", sa.String, nullable=False),
    sa.Column("source_row", sa.Integer, nullable=False),
    sa.Column("locator", sa.String, nullable=False),
    sa.Column("raw", sa.JSON, nullable=False),
    sa.Column("row_hash", sa.String, nullable=False),
    sa.Column("asset_raw", sa.String, nullable=False),
    sa.Column("asset_id", sa.Integer, index=True),
    sa.Column("asset_match", sa.Float, nullable=False),
    sa.Column("title", sa.String, nullable=False),
    sa.Column("description", sa.String, nullable=False),
    sa.Column("cause", sa.String, nullable=False),
    sa.Column("resolution", sa.String, nullable=False),
    sa.Column("ticket_type", sa.String, nullable=False),
    sa.Column("status", sa.String, nullable=False),
    sa.Column("priority_raw", sa.String, nullable=False),
    sa.Column("failure_mode", sa.String, nullable=False),
    sa.Column("alarm_codes", sa.JSON, nullable=False),
    sa.Column("reported_at", sa.String, index=True),
    sa.Column("completed_at", sa.String),
    sa.Column("downtime_min", sa.Float),
    sa.Column("labor_h", sa.Float),
    sa.Column("cost_total", sa.Float),
    sa.Column("currency", sa.String, nullable=False),
    sa.Column("parts", sa.JSON, nullable=False),
    sa.Column("technician", sa.String, nullable=False),
    sa.Column("quality_flags", sa.JSON, nullable=False),
    # since m003
    sa.Column("priority", sa.Integer),  # 1 (highest) to 5
    sa.Column("status_raw", sa.String, nullable=False, server_default=""),
    sa.Column("acknowledged_at", sa.String),
    sa.Column("started_at", sa.String),
    sa.Column("closed_at", sa.String),
    sa.Column("due_at", sa.String),
    sa.Column("changed_at", sa.String),
    sa.Column("downtime_start", sa.String),
    sa.Column("downtime_end", sa.String),
    sa.Column("downtime_source", sa.String, nullable=False, server_default="none"),
    sa.Column("time_quality", sa.String, nullable=False, server_default=""),
    sa.Column("time_zone", sa.String, nullable=False, server_default=""),
    sa.Column("is_failure", sa.Boolean),
    sa.Column("mechanism", sa.String, nullable=False, server_default=""),
    sa.Column("remedy_code", sa.String, nullable=False, server_default=""),
    sa.Column("detection", sa.String, nullable=False, server_default=""),
    sa.Column("location_path", sa.String, nullable=False, server_default=""),
    sa.Column("est_labor_h", sa.Float),
    sa.Column("cost_labor", sa.Float),
    sa.Column("cost_parts", sa.Float),
    sa.Column("meter_value", sa.Float),
    sa.Column("meter_unit", sa.String, nullable=False, server_default=""),
    sa.Column("technicians", sa.JSON, nullable=False, server_default="[]"),
    sa.Column("language", sa.String, nullable=False, server_default=""),
    sa.Column("parent_uid", sa.String),
    sa.Column("duplicate_of", sa.String),  # uid of the ticket that reports the same event
    sa.Column("reopened_from", sa.String),
    sa.Column("import_batch", sa.String, nullable=False, server_default=""),
    # since m004
    sa.Column("asset_texts", sa.JSON, nullable=False, server_default="[]"),
    # since m005
    sa.Column("site", sa.String),  # who sees it: row_site, else the asset's, else stated_site
    sa.Column("row_site", sa.String),  # what its own row says
    sa.Column("stated_site", sa.String),  # what was said at the import
    sa.Column("groups", sa.JSON, nullable=False, server_default="[]"),  # said at the import
)
"""Times are ISO 8601 without an offset: UTC where ``time_zone`` names the plant's zone, else as the
source wrote them. ``downtime_source`` is reported, interval or none. ``asset_texts`` are the texts
that say which asset is meant, the surest first; empty where ``asset_raw`` is the only one."""

asset_alias = sa.Table(
    "asset_alias",
    metadata,
    # What people call an asset, as they confirmed it: a copy of index.alias_tables, for imports.
    sa.Column("key", sa.String, primary_key=True),
    sa.Column("tag", sa.String, nullable=False),
)

ticket_batch = sa.Table(
    "ticket_batch",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("source_system", sa.String, nullable=False),
    sa.Column("source", sa.String, nullable=False),
    sa.Column("started_at", sa.String, nullable=False),
    sa.Column("finished_at", sa.String),  # empty while it runs and where it was cut off
    sa.Column("report", sa.JSON, nullable=False),
)

ticket_source = sa.Table(
    "ticket_source",
    source_metadata,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("kind", sa.String, nullable=False),  # file | folder | sql | url
    sa.Column("location", sa.String, nullable=False),
    sa.Column("options", sa.JSON, nullable=False),
    sa.Column("state", sa.JSON, nullable=False),  # what has been taken, see ingest.ticket_sync
    sa.Column("last_at", sa.String),
    sa.Column("last_error", sa.String, nullable=False),
)


def upgrade(connection: sa.Connection) -> None:
    """Bring the tables of tickets from any earlier shape to this one."""
    known = {column["name"] for column in sa.inspect(connection).get_columns("ticket")}
    if "priority_raw" not in known:
        connection.exec_driver_sql("ALTER TABLE ticket RENAME COLUMN priority TO priority_raw")
        known = (known - {"priority"}) | {"priority_raw"}
    for column in ticket.columns:
        if column.name not in known:
            kind = column.type.compile(connection.dialect)
            default = column.server_default
            rule = ""
            if isinstance(default, sa.DefaultClause):
                rule = f" NOT NULL DEFAULT '{default.arg}'"
            connection.exec_driver_sql(f"ALTER TABLE ticket ADD COLUMN {column.name} {kind}{rule}")
    connection.execute(
        ticket.update()
        .where(ticket.c.priority.is_(None), ticket.c.priority_raw.in_(list("12345")))
        .values(priority=sa.cast(ticket.c.priority_raw, sa.Integer))
    )
    ticket_batch.create(connection, checkfirst=True)
    asset_alias.create(connection, checkfirst=True)


def create(connection: sa.Connection) -> None:
    """Create the table of sources where it is missing."""
    ticket_source.create(connection, checkfirst=True)
