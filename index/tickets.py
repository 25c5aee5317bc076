"""Tickets: rows of the plant's fault history that are also searched as text.

The tickets of one asset are the chunks of one document of the kind "history", so that permission
and asset filters hold for them as for any document.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from index import tables
from index.catalog import Catalog
from index.chunk_rows import Vectors, inserted_id, put_chunks, remove_chunks
from index.corpus import Chunk, Document, Knowledge, Sentence
from index.database import now, writing
from index.home import hash_text

Outcome = Literal["imported", "updated", "unchanged"]


@dataclass(frozen=True, slots=True)
class Ticket:
    """A report of trouble and what was done.

    ``source_id`` tells the rows of a system apart; ``number`` is the printed ticket number, empty
    where the table has none. Times are ISO 8601, ``downtime_min`` is in minutes, ``labor_h`` in
    person-hours. ``parts`` are part numbers with quantities. ``quality_flags`` name what is odd
    about the row.
    """

    source_system: str
    source_id: str
    source_file: str
    source_row: int
    raw: Mapping[str, str]
    asset_raw: str
    asset_id: int | None
    asset_tag: str
    asset_match: float
    title: str
    description: str = ""
    cause: str = ""
    resolution: str = ""
    ticket_type: str = "unknown"
    status: str = "unknown"
    priority: str = ""
    failure_mode: str = ""
    alarm_codes: tuple[str, ...] = ()
    reported_at: str | None = None
    completed_at: str | None = None
    downtime_min: float | None = None
    labor_h: float | None = None
    cost_total: float | None = None
    currency: str = ""
    parts: tuple[tuple[str, float], ...] = ()
    technician: str = ""
    quality_flags: tuple[str, ...] = ()
    number: str = ""

    @property
    def locator(self) -> str:
        """What a person looks the ticket up by: its number, else its line in the file."""
        return self.number or f"{self.source_file} line {self.source_row}"

    @property
    def uid(self) -> str:
        """The key by which a second import finds the row again."""
        return f"{self.source_system}:{self.source_id}"

    @property
    def row_hash(self) -> str:
        """Changes when the source row or what it was taken for changes."""
        return hash_text(json.dumps([dict(self.raw), self.asset_id], sort_keys=True))

    @property
    def chunk(self) -> Chunk:
        """The ticket as a searchable text."""
        parts = (self.title, self.description, self.cause, self.resolution)
        texts = list(dict.fromkeys(text for text in parts if text)) or ["(no text)"]
        sentences = tuple(Sentence(text, "paragraph", 1) for text in texts)
        return Chunk(0, 0, (), sentences, key=self.locator)


@dataclass(frozen=True, slots=True)
class StoredTicket:
    """A ticket as an answer shows it."""

    ticket_id: str
    asset: str
    reported_at: str | None
    title: str
    description: str
    cause: str
    resolution: str
    status: str
    downtime_min: float | None
    parts: tuple[tuple[str, float], ...]
    chunk_id: int


def put_tickets(
    catalog: Catalog, tickets: Sequence[Ticket], embedder: str, vectors: Vectors
) -> list[Outcome]:
    """Insert or update tickets by their uid in one transaction; return what became of each."""
    outcomes: list[Outcome] = []
    histories: dict[str, int] = {}
    replaced: list[int] = []
    with writing(catalog.engine) as connection:
        for ticket in tickets:
            known = connection.execute(
                sa.select(
                    tables.ticket.c.id, tables.ticket.c.row_hash, tables.ticket.c.chunk_id
                ).where(tables.ticket.c.uid == ticket.uid)
            ).first()
            if known is not None and known.row_hash == ticket.row_hash:
                outcomes.append("unchanged")
                continue
            if known is not None:
                # The row goes with its chunk; the new one takes its uid.
                connection.execute(tables.ticket.delete().where(tables.ticket.c.id == known.id))
                replaced.append(known.chunk_id)
            if ticket.asset_tag not in histories:
                histories[ticket.asset_tag] = _history(connection, ticket)
            _insert(connection, ticket, histories[ticket.asset_tag], embedder, vectors)
            outcomes.append("updated" if known is not None else "imported")
        # Last, so that a vector that an unchanged text still needs stays.
        remove_chunks(connection, replaced)
    return outcomes


def _insert(
    connection: sa.Connection,
    ticket: Ticket,
    revision_id: int,
    embedder: str,
    vectors: Vectors,
) -> None:
    chunk = ticket.chunk
    knowledge = Knowledge(Document("", "history", ()), [chunk])
    keys = [hash_text(text) for text in chunk.embedded_texts]
    own = {key: vectors[key] for key in keys if key in vectors}
    (chunk_id,) = put_chunks(connection, revision_id, knowledge, embedder, own)
    connection.execute(
        tables.ticket.insert().values(
            uid=ticket.uid,
            chunk_id=chunk_id,
            source_system=ticket.source_system,
            source_id=ticket.source_id,
            source_file=ticket.source_file,
            source_row=ticket.source_row,
            locator=ticket.locator,
            raw=dict(ticket.raw),
            row_hash=ticket.row_hash,
            asset_raw=ticket.asset_raw,
            asset_id=ticket.asset_id,
            asset_match=ticket.asset_match,
            title=ticket.title,
            description=ticket.description,
            cause=ticket.cause,
            resolution=ticket.resolution,
            ticket_type=ticket.ticket_type,
            status=ticket.status,
            priority=ticket.priority,
            failure_mode=ticket.failure_mode,
            alarm_codes=list(ticket.alarm_codes),
            reported_at=ticket.reported_at,
            completed_at=ticket.completed_at,
            downtime_min=ticket.downtime_min,
            labor_h=ticket.labor_h,
            cost_total=ticket.cost_total,
            currency=ticket.currency,
            parts=[list(part) for part in ticket.parts],
            technician=ticket.technician,
            quality_flags=list(ticket.quality_flags),
        )
    )


def _history(connection: sa.Connection, ticket: Ticket) -> int:
    """The revision that holds the tickets of an asset; made on first use."""
    tag = ticket.asset_tag
    identity = f"history:{tag}"
    document, revision = tables.document, tables.revision
    found: int | None = connection.scalar(
        sa.select(revision.c.id)
        .join(document, document.c.id == revision.c.document_id)
        .where(document.c.identity == identity)
    )
    if found is not None:
        return found
    site = None
    if ticket.asset_id is not None:
        site = connection.scalar(
            sa.select(tables.asset.c.site).where(tables.asset.c.id == ticket.asset_id)
        )
    title = f"Tickets of {tag}" if tag else "Tickets of no known asset"
    document_id = inserted_id(
        connection.execute(
            document.insert().values(
                identity=identity, number="", title=title, kind="history", site=site
            )
        )
    )
    if ticket.asset_id is not None:
        connection.execute(
            tables.document_asset.insert().values(document_id=document_id, asset_id=ticket.asset_id)
        )
    return inserted_id(
        connection.execute(
            revision.insert().values(
                document_id=document_id,
                label="",
                date="",
                status="current",
                language="",
                content_hash=identity,
                source="tickets",
                original="",
                ingested_at=now(),
                report={},
            )
        )
    )


def tickets_of_chunks(catalog: Catalog, chunk_ids: Iterable[int]) -> list[StoredTicket]:
    """Return the tickets behind these chunks, in the order of the chunks."""
    order = {chunk_id: position for position, chunk_id in enumerate(chunk_ids)}
    ticket, asset = tables.ticket, tables.asset
    query = (
        sa.select(ticket, asset.c.tag)
        .outerjoin(asset, asset.c.id == ticket.c.asset_id)
        .where(ticket.c.chunk_id.in_(order))
    )
    with catalog.engine.connect() as connection:
        rows = connection.execute(query).all()
    return [_stored(row) for row in sorted(rows, key=lambda row: order[row.chunk_id])]


def _stored(row: Any) -> StoredTicket:
    return StoredTicket(
        ticket_id=row.locator,
        asset=row.tag or row.asset_raw,
        reported_at=row.reported_at,
        title=row.title,
        description=row.description,
        cause=row.cause,
        resolution=row.resolution,
        status=row.status,
        downtime_min=row.downtime_min,
        parts=tuple((name, float(quantity)) for name, quantity in row.parts),
        chunk_id=row.chunk_id,
    )
