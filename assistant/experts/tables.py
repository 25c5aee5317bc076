"""Tables of experts and of questions that were forwarded to them; they live with the records."""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData()

expert = sa.Table(
    "expert",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("class_key", sa.String, nullable=False),  # the class, folded; empty: any machine
    sa.Column("asset_class", sa.String, nullable=False),
    sa.Column("site_key", sa.String, nullable=False),  # the site; empty: every site
    sa.Column("site", sa.String),
    sa.Column("user", sa.String, nullable=False),
    sa.Column("set_by", sa.String, nullable=False),
    sa.Column("set_at", sa.String, nullable=False),
    sa.UniqueConstraint("class_key", "site_key"),
)

forwarded = sa.Table(
    "forwarded",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    # No foreign keys: what was answered stays when the asker deletes the conversation.
    sa.Column("turn_id", sa.String, nullable=False, unique=True),
    sa.Column("conversation_id", sa.String, nullable=False, index=True),
    sa.Column("owner", sa.String, nullable=False, index=True),
    sa.Column("expert", sa.String, nullable=False, index=True),
    sa.Column("asset_class", sa.String, nullable=False),
    sa.Column("asset", sa.String),
    sa.Column("site", sa.String),  # of the asset
    sa.Column("question", sa.String, nullable=False),
    sa.Column("answer", sa.JSON, nullable=False),  # what was found
    sa.Column("at", sa.String, nullable=False),
    sa.Column("state", sa.String, nullable=False),  # open | answered
    sa.Column("reply", sa.String, nullable=False),
    sa.Column("replied_at", sa.String),
)


def create(connection: sa.Connection) -> None:
    """Create the tables: a migration of the records database."""
    metadata.create_all(connection)
