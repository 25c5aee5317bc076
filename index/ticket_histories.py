"""Histories: the documents that hold tickets, as their chunks.

Each holds the tickets of one asset that the same people see, so that permission and asset filters
hold for tickets as for any document. Functions run inside a transaction of the caller.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import sqlalchemy as sa
from orjson import loads

from index import tables
from index.chunk_rows import batches, inserted_id
from index.corrections import BEFORE_REACH
from index.database import now
from index.document_status import put_groups
from index.visibility import reach_of


class History(NamedTuple):
    """Which history tickets belong to; the tag is empty for tickets of no known asset.

    ``groups`` are a JSON list.
    """

    tag: str
    asset_id: int | None
    site: str | None
    groups: str = "[]"

    @property
    def identity(self) -> str:
        """What its document is known by."""
        reach = reach_of(self.site, loads(self.groups))
        return f"history:{self.tag}{BEFORE_REACH}{reach}" if reach else f"history:{self.tag}"


def histories(connection: sa.Connection, wanted: Iterable[History]) -> dict[History, int]:
    """The revisions that hold the tickets of histories; made on first use."""
    document, revision = tables.document.c, tables.revision.c
    by_identity = {history.identity: history for history in wanted}
    found: dict[History, int] = {}
    for part in batches(list(by_identity), 500):
        query = (
            sa.select(document.identity, revision.id)
            .join(tables.revision, revision.document_id == document.id)
            .where(document.identity.in_(part))
        )
        for row in connection.execute(query):
            found[by_identity[row.identity]] = row.id
    for history in by_identity.values():
        if history not in found:
            found[history] = _make(connection, history)
    return found


def _make(connection: sa.Connection, history: History) -> int:
    document_id = inserted_id(
        connection.execute(
            tables.document.insert().values(
                identity=history.identity,
                number="",
                title=_title(connection, history),
                kind="history",
                site=history.site,
            )
        )
    )
    put_groups(connection, document_id, loads(history.groups))
    if history.asset_id is not None:
        link = {"document_id": document_id, "asset_id": history.asset_id}
        connection.execute(tables.document_asset.insert().values(link))
    return inserted_id(
        connection.execute(
            tables.revision.insert().values(
                document_id=document_id,
                label="",
                date="",
                status="approved",
                language="",
                content_hash=history.identity,
                source="tickets",
                original="",
                ingested_at=now(),
                report={},
            )
        )
    )


def _title(connection: sa.Connection, history: History) -> str:
    """The title of a history; who sees it may not see an asset of another site."""
    if history.asset_id is None:
        return "Tickets of no known asset"
    asset = tables.asset.c
    site = connection.scalar(sa.select(asset.site).where(asset.id == history.asset_id))
    return f"Tickets of {history.tag}" if site in (None, history.site) else "Tickets of a machine"


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
