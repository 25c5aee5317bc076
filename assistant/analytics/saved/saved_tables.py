"""Tables of saved figures, of who pinned them and of what schedules made; with the records."""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData()

saved_figure = sa.Table(
    "saved_figure",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("owner", sa.String, nullable=False, index=True),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("name_key", sa.String, nullable=False),  # what names are compared by
    sa.Column("question", sa.String, nullable=False),  # as it was asked; empty: by taps
    sa.Column("query", sa.JSON, nullable=False),
    sa.Column("is_shared", sa.Boolean, nullable=False),
    sa.Column("sites", sa.JSON),  # of the owner when it was shared; NULL: every one
    sa.Column("schedule", sa.JSON),
    sa.Column("next_at", sa.String, index=True),  # when it is due; NULL: never
    sa.Column("created_at", sa.String, nullable=False),
    sa.Column("updated_at", sa.String, nullable=False),
    sa.UniqueConstraint("owner", "name_key"),
)

pinned_figure = sa.Table(
    "pinned_figure",
    metadata,
    sa.Column("user", sa.String, nullable=False),
    sa.Column("saved_id", sa.ForeignKey("saved_figure.id", ondelete="CASCADE"), nullable=False),
    sa.Column("at", sa.String, nullable=False),
    sa.PrimaryKeyConstraint("user", "saved_id"),
)

figure_run = sa.Table(
    "figure_run",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column(
        "saved_id",
        sa.ForeignKey("saved_figure.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    sa.Column("due_at", sa.String, nullable=False),
    sa.Column("made_at", sa.String, nullable=False),
    sa.Column("reason", sa.String, nullable=False),  # why there is no figure; empty: there is one
    sa.Column("figure", sa.JSON),
    # What the owner saw when it was made: who sees less by now is not shown it.
    sa.Column("sites", sa.JSON),
    sa.Column("groups", sa.JSON),
)


def create(connection: sa.Connection) -> None:
    """Create the tables: a migration of the records database."""
    metadata.create_all(connection)
