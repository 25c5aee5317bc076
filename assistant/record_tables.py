"""Tables of the records database: what people asked, got and decided. Back it up."""

from __future__ import annotations

import sqlalchemy as sa

from assistant import account_tables, audit_tables
from assistant.analytics.saved import saved_tables
from assistant.experts import tables as expert_tables
from index import alias_tables, dictionary_tables, intake_tables
from index.facts import exclusion_tables

metadata = sa.MetaData()

conversation = sa.Table(
    "conversation",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("owner", sa.String, nullable=False, index=True),
    sa.Column("asset", sa.String),
    sa.Column("created_at", sa.String, nullable=False),
)

turn = sa.Table(
    "turn",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column(
        "conversation_id",
        sa.ForeignKey("conversation.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    sa.Column("ordinal", sa.Integer, nullable=False),
    sa.Column("question", sa.String, nullable=False),
    sa.Column("asset", sa.String),
    sa.Column("status", sa.String, nullable=False),  # running | done | failed
    sa.Column("started_at", sa.String, nullable=False),
    sa.Column("finished_at", sa.String),
    sa.Column("answer", sa.JSON),
    sa.UniqueConstraint("conversation_id", "ordinal"),
)

turn_event = sa.Table(
    "turn_event",
    metadata,
    sa.Column("turn_id", sa.ForeignKey("turn.id", ondelete="CASCADE"), nullable=False),
    sa.Column("sequence", sa.Integer, nullable=False),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("event", sa.JSON, nullable=False),
    sa.PrimaryKeyConstraint("turn_id", "sequence"),
)

work_order = sa.Table(
    "work_order",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("number", sa.String, nullable=False, unique=True),
    sa.Column("owner", sa.String, nullable=False, index=True),
    sa.Column("turn_id", sa.ForeignKey("turn.id", ondelete="SET NULL"), unique=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("content", sa.JSON, nullable=False),
    sa.Column("created_at", sa.String, nullable=False),
    sa.Column("updated_at", sa.String, nullable=False),
    sa.Column("site", sa.String),  # since m006: whose planners see it
)


session_check = sa.Table(
    "session_check",
    metadata,
    # What was found is added and never changed; the last row of an item holds.
    sa.Column("sequence", sa.Integer, primary_key=True),
    sa.Column(
        "conversation_id",
        sa.ForeignKey("conversation.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    sa.Column("turn_id", sa.ForeignKey("turn.id", ondelete="SET NULL")),
    sa.Column("item", sa.String, nullable=False),  # the key of a cause or of a symptom
    sa.Column("kind", sa.String, nullable=False),  # cause | symptom
    sa.Column("text", sa.String, nullable=False),  # of the cause or symptom, as shown
    sa.Column("verdict", sa.String, nullable=False),  # ok | not_ok | undone
    sa.Column("user", sa.String, nullable=False),
    sa.Column("at", sa.String, nullable=False),
)

handover = sa.Table(
    "handover",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("owner", sa.String, nullable=False, index=True),
    # The page stays when the conversation is deleted: the next shift relies on it.
    sa.Column("conversation_id", sa.ForeignKey("conversation.id", ondelete="SET NULL")),
    sa.Column("to_user", sa.String, nullable=False, index=True),  # empty: to the whole site
    sa.Column("site", sa.String),  # of the session; NULL: of no site
    sa.Column("at", sa.String, nullable=False),
    sa.Column("content", sa.JSON, nullable=False),
)


def _initial(connection: sa.Connection) -> None:
    metadata.create_all(connection)


def _order_sites(connection: sa.Connection) -> None:
    known = {column["name"] for column in sa.inspect(connection).get_columns(work_order.name)}
    if "site" not in known:
        connection.exec_driver_sql("ALTER TABLE work_order ADD COLUMN site VARCHAR")


def _reaches(connection: sa.Connection) -> None:
    intake_tables.add_reach(connection)
    dictionary_tables.add_reach(connection)


def _fault_sessions(connection: sa.Connection) -> None:
    metadata.create_all(connection, tables=[session_check, handover])


MIGRATIONS = [
    ("m001_initial", _initial),
    ("m002_intake", intake_tables.create),
    ("m003_asset_aliases", alias_tables.create),
    ("m004_dictionary", dictionary_tables.create),
    ("m005_accounts", account_tables.create),
    ("m006_order_sites", _order_sites),
    ("m007_audit", audit_tables.create),
    ("m008_reaches", _reaches),
    ("m009_fault_sessions", _fault_sessions),
    ("m010_experts", expert_tables.create),
    ("m011_exclusions", exclusion_tables.create),
    ("m012_saved_figures", saved_tables.create),
]
