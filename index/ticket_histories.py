"""Histories: the documents that hold the tickets of one asset each, as their chunks.

Functions run inside a transaction of the caller.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import sqlalchemy as sa

from index import tables
from index.chunk_rows import batches, inserted_id
from index.database import now


def histories(connection: sa.Connection, assets: Mapping[str, int | None]) -> dict[str, int]:
    """The revisions that hold the tickets of assets (ids by tag), by tag; made on first use.

    The tag is empty, and the id None, for tickets of no known asset.
    """
    document, revision = tables.document.c, tables.revision.c
    found: dict[str, int] = {}
    for part in batches([f"history:{tag}" for tag in assets], 500):
        query = (
            sa.select(document.identity, revision.id)
            .join(tables.revision, revision.document_id == document.id)
            .where(document.identity.in_(part))
        )
        for row in connection.execute(query):
            found[row.identity.removeprefix("history:")] = row.id
    for tag, asset_id in assets.items():
        if tag not in found:
            found[tag] = _make(connection, tag, asset_id)
    return found


def _make(connection: sa.Connection, tag: str, asset_id: int | None) -> int:
    asset = tables.asset.c
    site = None
    if asset_id is not None:
        site = connection.scalar(sa.select(asset.site).where(asset.id == asset_id))
    document_id = inserted_id(
        connection.execute(
            tables.document.insert().values(
                identity=f"history:{tag}",
                number="",
                title=f"Tickets of {tag}" if tag else "Tickets of no known asset",
                kind="history",
                site=site,
            )
        )
    )
    if asset_id is not None:
        link = {"document_id": document_id, "asset_id": asset_id}
        connection.execute(tables.document_asset.insert().values(link))
    return inserted_id(
        connection.execute(
            tables.revision.insert().values(
                document_id=document_id,
                label="",
                date="",
                status="approved",
                language="",
                content_hash=f"history:{tag}",
                source="tickets",
                original="",
                ingested_at=now(),
                report={},
            )
        )
    )


def revisions_of(connection: sa.Connection, chunk_ids: Iterable[int]) -> set[int]:
    """The revisions that hold these chunks."""
    chunk = tables.chunk.c
    found: set[int] = set()
    for part in batches(list(chunk_ids), 500):
        query = sa.select(chunk.revision_id).where(chunk.id.in_(part)).distinct()
        found.update(connection.scalars(query))
    return found


def drop_empty(connection: sa.Connection, revision_ids: Iterable[int]) -> None:
    """Drop those of some histories that hold no ticket any more."""
    document, revision, chunk = tables.document, tables.revision.c, tables.chunk.c
    for revision_id in revision_ids:
        holds = sa.select(chunk.id).where(chunk.revision_id == revision_id).limit(1)
        if connection.scalar(holds) is None:
            own = sa.select(revision.document_id).where(revision.id == revision_id)
            connection.execute(
                document.delete().where(document.c.kind == "history", document.c.id.in_(own))
            )
