"""The table of tickets that no figure counts; it lives with the records, as people decided it."""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData()

ticket_exclusion = sa.Table(
    "ticket_exclusion",
    metadata,
    sa.Column("uid", sa.String, primary_key=True),
    sa.Column("reason", sa.String, nullable=False),
    sa.Column("by", sa.String, nullable=False),
    sa.Column("at", sa.String, nullable=False),
)


def create(connection: sa.Connection) -> None:
    """Create the table: a migration of the records database."""
    metadata.create_all(connection)
