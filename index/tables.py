"""Tables of the knowledge database. Rows stay inside this package."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from index import ticket_tables
from index.facts import fact_upkeep

metadata = sa.MetaData()


def _id() -> sa.Column[int]:
    # AUTOINCREMENT: the id of a deleted chunk is never given again, so a stale cache cannot serve
    # the wrong text.
    return sa.Column("id", sa.Integer, primary_key=True, autoincrement=True)


def _to(table: str, **options: Any) -> sa.Column[int]:
    return sa.Column(
        f"{table}_id",
        sa.ForeignKey(f"{table}.id", ondelete="CASCADE"),
        index=True,
        **options,
    )


knowledge = sa.Table(
    "knowledge",
    metadata,
    # Names this database, so that a cache of another one is recognised.
    sa.Column("uid", sa.String, primary_key=True),
)

asset = sa.Table(
    "asset",
    metadata,
    _id(),
    sa.Column("tag", sa.String, nullable=False, unique=True),
    sa.Column("folded", sa.String, nullable=False, index=True),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("model", sa.String, nullable=False),
    sa.Column("model_folded", sa.String, nullable=False, index=True),
    sa.Column("serial", sa.String, nullable=False),
    sa.Column("asset_class", sa.String, nullable=False),
    sa.Column("location", sa.String, nullable=False),
    sa.Column("site", sa.String),
    # since m006
    sa.Column("area", sa.String, nullable=False, server_default=""),
    sa.Column("line", sa.String, nullable=False, server_default=""),
    sa.Column("criticality", sa.String, nullable=False, server_default=""),
    sa.Column("also_called", sa.String, nullable=False, server_default=""),  # names between ";"
)

document = sa.Table(
    "document",
    metadata,
    _id(),
    # What makes a file a revision of a known document: its printed number, else its path.
    sa.Column("identity", sa.String, nullable=False, unique=True),
    sa.Column("number", sa.String, nullable=False),
    sa.Column("title", sa.String, nullable=False),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("site", sa.String),
    sqlite_autoincrement=True,
)

document_model = sa.Table(
    "document_model",
    metadata,
    _to("document", nullable=False),
    sa.Column("model", sa.String, nullable=False),
    sa.Column("folded", sa.String, nullable=False, index=True),
)

document_serial = sa.Table(
    "document_serial",
    metadata,
    _to("document", nullable=False),
    sa.Column("serials", sa.String, nullable=False),  # a range as printed: 4000-4399
)

document_group = sa.Table(
    "document_group",
    metadata,
    # Who of its site sees a document; without a row, everybody of the site.
    _to("document", nullable=False),
    sa.Column("name", sa.String, nullable=False),
    sa.UniqueConstraint("document_id", "name"),
)

document_asset = sa.Table(
    "document_asset",
    metadata,
    _to("document", nullable=False),
    _to("asset", nullable=False),
    sa.UniqueConstraint("document_id", "asset_id"),
)

revision = sa.Table(
    "revision",
    metadata,
    _id(),
    _to("document", nullable=False),
    sa.Column("label", sa.String, nullable=False),
    sa.Column("date", sa.String, nullable=False),
    sa.Column("status", sa.String, nullable=False),  # draft | approved | superseded | withdrawn
    sa.Column("language", sa.String, nullable=False),
    sa.Column("content_hash", sa.String, nullable=False, index=True),
    sa.Column("source", sa.String, nullable=False),
    sa.Column("original", sa.String, nullable=False),
    sa.Column("ingested_at", sa.String, nullable=False),
    sa.Column("report", sa.JSON, nullable=False),
    # What this revision says about its document; the document has those of the approved one.
    sa.Column("facts", sa.JSON, nullable=False, server_default="{}"),
    # Approved by a person although a newer revision is known.
    sa.Column("is_pinned", sa.Boolean, nullable=False, server_default=sa.false()),
    # With its number it tells which document it belongs to: see index.reaching. Never corrected.
    sa.Column("reach", sa.String, nullable=False, server_default=""),
    sqlite_autoincrement=True,
)

page = sa.Table(
    "page",
    metadata,
    _to("revision", nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("width", sa.Float, nullable=False),
    sa.Column("height", sa.Float, nullable=False),
    sa.PrimaryKeyConstraint("revision_id", "number"),
)

section = sa.Table(
    "section",
    metadata,
    _to("revision", nullable=False),
    sa.Column("ordinal", sa.Integer, nullable=False),
    sa.Column("level", sa.Integer, nullable=False),
    sa.Column("number", sa.String, nullable=False),
    sa.Column("title", sa.String, nullable=False),
    sa.Column("page", sa.Integer, nullable=False),
    sa.PrimaryKeyConstraint("revision_id", "ordinal"),
)

chunk = sa.Table(
    "chunk",
    metadata,
    _id(),
    _to("revision", nullable=False),
    sa.Column("ordinal", sa.Integer, nullable=False),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("section", sa.Integer, nullable=False),
    sa.Column("heading_path", sa.JSON, nullable=False),
    sa.Column("key", sa.String, nullable=False, index=True),
    sa.Column("search_text", sa.String, nullable=False),
    sa.Column("sentences", sa.JSON, nullable=False),
    sqlite_autoincrement=True,
)

embedded_text = sa.Table(
    "embedded_text",
    metadata,
    _to("chunk", nullable=False),
    sa.Column("content_hash", sa.String, nullable=False, index=True),
)

vector = sa.Table(
    "vector",
    metadata,
    sa.Column("content_hash", sa.String, nullable=False),
    sa.Column("embedder", sa.String, nullable=False),
    sa.Column("data", sa.LargeBinary, nullable=False),  # float32, unit length, by text hash
    sa.PrimaryKeyConstraint("content_hash", "embedder"),
)

safety = sa.Table(
    "safety",
    metadata,
    _id(),
    _to("revision", nullable=False),
    sa.Column("signal", sa.String, nullable=False),
    sa.Column("text", sa.String, nullable=False),
    sa.Column("language", sa.String, nullable=False),
    sa.Column("page", sa.Integer, nullable=False),
    sa.Column("boxes", sa.JSON, nullable=False),
    sa.Column("section", sa.Integer, nullable=False),
)

chunk_safety = sa.Table(
    "chunk_safety",
    metadata,
    _to("chunk", nullable=False),
    _to("safety", nullable=False),
    sa.UniqueConstraint("chunk_id", "safety_id"),
)

code = sa.Table(
    "code",
    metadata,
    _id(),
    _to("chunk", nullable=False),
    _to("revision", nullable=False),
    sa.Column("code", sa.String, nullable=False),
    sa.Column("kind", sa.String, nullable=False),  # alarm | part
    sa.Column("prefix", sa.String, nullable=False),
    sa.Column("device", sa.String, nullable=False),
    sa.Column("component", sa.String, nullable=False),
    sa.Column("meaning", sa.String, nullable=False),
    sa.Column("causes", sa.JSON, nullable=False),
    sa.Column("remedies", sa.JSON, nullable=False),
    sa.Column("sentence", sa.Integer, nullable=False),
)

code_key = sa.Table(
    "code_key",
    metadata,
    _to("code", nullable=False),
    sa.Column("key", sa.String, nullable=False, index=True),
    sa.Column("level", sa.Integer, nullable=False),  # 0 is the exact spelling
)

change = sa.Table(
    "change",
    metadata,
    # The change sequence: a cache that has seen the last row is as fresh as SQL.
    sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("chunk_id", sa.Integer, nullable=False),
    sa.Column("operation", sa.String, nullable=False),  # add | remove
    sqlite_autoincrement=True,
)


def _initial(connection: sa.Connection) -> None:
    # Frozen: later changes are migrations of their own, so that every file takes the same way.
    for statement in Path(__file__).with_name("schema_m001.sql").read_text().split(";\n"):
        if statement.strip():
            connection.exec_driver_sql(statement)
    connection.execute(knowledge.insert().values(uid=uuid.uuid4().hex))


def _document_life(connection: sa.Connection) -> None:
    for column in ("facts JSON NOT NULL DEFAULT '{}'", "is_pinned BOOLEAN NOT NULL DEFAULT 0"):
        connection.exec_driver_sql(f"ALTER TABLE revision ADD COLUMN {column}")
    connection.exec_driver_sql("UPDATE revision SET status = 'approved' WHERE status = 'current'")
    document_serial.create(connection)


def _visibility(connection: sa.Connection) -> None:
    document_group.create(connection)
    connection.exec_driver_sql("ALTER TABLE revision ADD COLUMN reach VARCHAR NOT NULL DEFAULT ''")
    ticket_tables.upgrade(connection)
    connection.exec_driver_sql("CREATE INDEX IF NOT EXISTS ix_ticket_site ON ticket (site)")
    connection.exec_driver_sql(
        "UPDATE ticket SET site = (SELECT site FROM asset WHERE asset.id = ticket.asset_id)"
    )
    # A history is that of an asset and of those who see it; up to now a site followed the asset.
    rows = connection.exec_driver_sql(
        "SELECT id, identity, site FROM document WHERE kind = 'history' AND site IS NOT NULL"
    ).all()
    for number, identity, site in rows:
        name = f"{identity}\x1f{json.dumps([site, []], ensure_ascii=False)}"
        connection.exec_driver_sql("UPDATE document SET identity = ? WHERE id = ?", (name, number))
        connection.exec_driver_sql(
            "UPDATE revision SET content_hash = ? WHERE document_id = ?", (name, number)
        )


MIGRATIONS = [
    ("m001_initial", _initial),
    ("m002_document_life", _document_life),
    ("m003_tickets", ticket_tables.upgrade),
    ("m004_asset_aliases", ticket_tables.upgrade),
    ("m005_visibility", _visibility),
    ("m006_facts", fact_upkeep.upgrade),
    ("m007_fact_indexes", fact_upkeep.renew_indexes),
]
