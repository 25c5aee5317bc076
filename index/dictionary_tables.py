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
    # What it was found in: all that who looked for it saw. Empty is everything.
    sa.Column("reach", sa.String, nullable=False, server_default=""),
    sa.UniqueConstraint("short", "long", "reach"),
    sqlite_autoincrement=True,
)


def create(connection: sa.Connection) -> None:
    """Create the table: a migration of the records database."""
    metadata.create_all(connection)


def add_reach(connection: sa.Connection) -> None:
    """Tell apart what different people found: a migration of the records database."""
    if "reach" in {column["name"] for column in sa.inspect(connection).get_columns(term.name)}:
        return
    # SQLite cannot change a constraint: the rows go into a new table.
    old = f"{term.name}_before"
    connection.exec_driver_sql(f"ALTER TABLE {term.name} RENAME TO {old}")
    connection.exec_driver_sql("DROP INDEX IF EXISTS ix_term_status")
    term.create(connection)
    columns = ", ".join(f'"{column.name}"' for column in term.columns if column.name != "reach")
    connection.exec_driver_sql(
        f"INSERT INTO {term.name} ({columns}) SELECT {columns} FROM {old}"  # noqa: S608
    )
    connection.exec_driver_sql(f"DROP TABLE {old}")
