"""Tables of what was taken in and what people decided about it; they live with the records.

The knowledge can be lost and made again: from the originals, in the order of these rows.
"""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData()

intake = sa.Table(
    "intake",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("kind", sa.String, nullable=False),  # document | tickets | assets
    sa.Column("content_hash", sa.String, nullable=False, index=True),
    sa.Column("original", sa.String, nullable=False),  # name among the originals
    sa.Column("name", sa.String, nullable=False),  # of the file, as a person knows it
    sa.Column("source", sa.String, nullable=False),  # where it came from
    sa.Column("options", sa.JSON, nullable=False),  # how it was to be read
    sa.Column("state", sa.String, nullable=False, index=True),
    sa.Column("worker", sa.String, nullable=False),  # who works on it, while it is running
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("stage", sa.String, nullable=False),
    sa.Column("done", sa.Integer, nullable=False),
    sa.Column("total", sa.Integer, nullable=False),
    sa.Column("reason", sa.String, nullable=False),  # why it failed
    sa.Column("report", sa.JSON, nullable=False),
    sa.Column("taken_at", sa.String, nullable=False),
    sa.Column("started_at", sa.String),
    sa.Column("finished_at", sa.String),
    # since m008: who took it in, and who sees it
    sa.Column("by", sa.String, nullable=False, server_default=""),
    sa.Column("site", sa.String),
    sa.Column("groups", sa.JSON, nullable=False, server_default="[]"),
    sqlite_autoincrement=True,
)

correction = sa.Table(
    "correction",
    metadata,
    # Of one revision, by the hash of its content; or of a document and all that come after it.
    sa.Column("scope", sa.String, nullable=False),  # revision | document
    sa.Column("key", sa.String, nullable=False),
    sa.Column("field", sa.String, nullable=False),
    sa.Column("value", sa.JSON, nullable=False),
    sa.Column("by", sa.String, nullable=False),
    sa.Column("at", sa.String, nullable=False),
    sa.Column("is_done", sa.Boolean, nullable=False),  # the knowledge says so as well
    sa.PrimaryKeyConstraint("scope", "key", "field"),
)

status_decision = sa.Table(
    "status_decision",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("content_hash", sa.String, nullable=False, index=True),
    sa.Column("status", sa.String, nullable=False),  # draft | approved | withdrawn
    sa.Column("reason", sa.String, nullable=False),
    sa.Column("by", sa.String, nullable=False),
    sa.Column("at", sa.String, nullable=False),
    sa.Column("is_done", sa.Boolean, nullable=False),  # the knowledge says so as well
    sqlite_autoincrement=True,
)

release = sa.Table(
    "release",
    metadata,
    # A set of drafts that was let through together, with the statuses that it changed.
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("at", sa.String, nullable=False),
    sa.Column("by", sa.String, nullable=False),
    sa.Column("changes", sa.JSON, nullable=False),
    sa.Column("checked", sa.JSON, nullable=False),  # what the golden questions gave
    sa.Column("rolled_back_at", sa.String),
    sqlite_autoincrement=True,
)


def add_reach(connection: sa.Connection) -> None:
    """Add who took a file in and who sees it: a migration of the records database."""
    known = {column["name"] for column in sa.inspect(connection).get_columns(intake.name)}
    for column in (
        "by VARCHAR NOT NULL DEFAULT ''",
        "site VARCHAR",
        "groups JSON NOT NULL DEFAULT '[]'",
    ):
        if column.split()[0] not in known:
            name, rule = column.split(maxsplit=1)
            connection.exec_driver_sql(f'ALTER TABLE intake ADD COLUMN "{name}" {rule}')
    connection.exec_driver_sql(
        "UPDATE intake SET site = json_extract(options, '$.site') WHERE site IS NULL"
    )


def create(connection: sa.Connection) -> None:
    """Create the tables: a migration of the records database."""
    metadata.create_all(connection)
