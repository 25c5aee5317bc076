"""The table of a plant's own terms; it lives with the records, as people decide on them."""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData()

term = sa.Table(
    "term",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("short", sa.String, nullable=False),  # in lower case
    sa.Column("long", sa.String, nullable=False),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("status", sa.String, nullable=False, index=True),  # proposed | approved | rejected
    sa.Column("score", sa.Float, nullable=False),
    sa.Column("frequency", sa.Integer, nullable=False),  # of the short form in tickets
    sa.Column("examples", sa.JSON, nullable=False),
    sa.Column("by", sa.String, nullable=False),
    sa.Column("at", sa.String, nullable=False),
    sa.UniqueConstraint("short", "long"),
    sqlite_autoincrement=True,
)


def create(connection: sa.Connection) -> None:
    """Create the table: a migration of the records database."""
    metadata.create_all(connection)
