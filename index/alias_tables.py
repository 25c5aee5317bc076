"""The table of what people call assets; it lives with the records, as people decided it."""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData()

confirmed_alias = sa.Table(
    "confirmed_alias",
    metadata,
    sa.Column("key", sa.String, primary_key=True),  # the text in one case and width
    sa.Column("text", sa.String, nullable=False),  # as it was confirmed
    sa.Column("tag", sa.String, nullable=False),
    sa.Column("by", sa.String, nullable=False),
    sa.Column("at", sa.String, nullable=False),
    sa.Column("is_removed", sa.Boolean, nullable=False),  # it is to go from the knowledge as well
    sa.Column("is_done", sa.Boolean, nullable=False),  # the knowledge says so as well
)


def create(connection: sa.Connection) -> None:
    """Create the table: a migration of the records database."""
    metadata.create_all(connection)
