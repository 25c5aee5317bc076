"""Tables of the audit log and of the uploads of a day; they lie in the records database."""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData()

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", sa.String, nullable=False, index=True),
    sa.Column("user", sa.String, nullable=False),
    sa.Column("address", sa.String, nullable=False),
    sa.Column("action", sa.String, nullable=False),
    sa.Column("object", sa.String, nullable=False),
    sa.Column("details", sa.String, nullable=False),  # JSON in the one form that is hashed
    sa.Column("previous", sa.String, nullable=False),
    sa.Column("hash", sa.String, nullable=False),
)

upload_count = sa.Table(
    "upload_count",
    metadata,
    sa.Column("user", sa.String, primary_key=True),
    sa.Column("day", sa.String, primary_key=True),  # in UTC
    sa.Column("files", sa.Integer, nullable=False),
    sa.Column("size", sa.Integer, nullable=False),  # bytes
)

_GUARDS = ("UPDATE", "DELETE")


def create(connection: sa.Connection) -> None:
    """Create the tables, and the guards that refuse to change or remove a row of the log."""
    metadata.create_all(connection)
    for verb in _GUARDS:
        connection.exec_driver_sql(
            f"CREATE TRIGGER IF NOT EXISTS audit_no_{verb.lower()} BEFORE {verb} ON audit "
            "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
        )
