"""Tickets: rows of the plant's fault history that are also searched as text.

The tickets of one asset that the same people see are the chunks of one document of the kind
"history", so that permission and asset filters hold for them as for any document.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import sqlalchemy as sa

from index import tables
from index.access import Principal
from index.catalog import Catalog
from index.chunk_rows import Vectors, put_vectors, remove_chunks
from index.corpus import Chunk, Sentence
from index.database import writing
from index.home import hash_text
from index.steps import step
from index.ticket_histories import History, drop_empty, histories, revisions_of
from index.ticket_rows import (
    Packed,
    asset_sites,
    has_moved,
    insert_tickets,
    known_rows,
    pack,
    put_embedded,
    put_texts,
    update_provenance,
    update_ticket,
)
from index.ticket_tables import ticket as ticket_table
from index.visibility import visible_assets, visible_tickets

Outcome = Literal["imported", "updated", "unchanged", "outdated"]
"""``outdated``: the source row was changed before what is stored under its key."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """A report of trouble and what was done.

    ``source_id`` tells the rows of a system apart; ``number`` is the printed ticket number, empty
    where the table has none. Times are ISO 8601 (UTC where ``time_zone`` names the plant's zone,
    else as the source wrote them), ``downtime_min`` is in minutes, ``labor_h`` in person-hours,
    ``priority`` 1 (highest) to 5. ``parts`` are part numbers with quantities. ``quality_flags``
    name what is odd about the row, ``asset_texts`` are what it calls its asset where that is not
    ``asset_raw`` alone. ``row_site`` is what its own row says about its site, ``stated_site`` and
    ``groups`` are what was stated at the import.
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
    status_raw: str = ""
    priority: int | None = None
    priority_raw: str = ""
    is_failure: bool | None = None
    failure_mode: str = ""
    mechanism: str = ""
    remedy_code: str = ""
    detection: str = ""
    location_path: str = ""
    alarm_codes: tuple[str, ...] = ()
    reported_at: str | None = None
    acknowledged_at: str | None = None
    started_at: str | None = None
    completed_at: str | None = None
    closed_at: str | None = None
    due_at: str | None = None
    changed_at: str | None = None
    time_quality: str = ""
    time_zone: str = ""
    downtime_start: str | None = None
    downtime_end: str | None = None
    downtime_min: float | None = None
    downtime_source: str = "none"
    labor_h: float | None = None
    est_labor_h: float | None = None
    cost_labor: float | None = None
    cost_parts: float | None = None
    cost_total: float | None = None
    currency: str = ""
    meter_value: float | None = None
    meter_unit: str = ""
    parts: tuple[tuple[str, float], ...] = ()
    technician: str = ""
    technicians: tuple[str, ...] = ()
    language: str = ""
    parent_uid: str | None = None
    reopened_from: str | None = None
    quality_flags: tuple[str, ...] = ()
    number: str = ""
    import_batch: str = ""
    asset_texts: tuple[str, ...] = ()
    row_site: str | None = None
    stated_site: str | None = None
    groups: tuple[str, ...] = ()

    @property
    def locator(self) -> str:
        """What a person looks the ticket up by: its number, else its line in the file."""
        return self.number or f"{self.source_file} line {self.source_row}"

    @property
    def uid(self) -> str:
        """The key by which a second import finds the row again."""
        return f"{self.source_system}:{self.source_id}"

    @property
    def texts(self) -> tuple[str, ...]:
        """What is searched, each text once."""
        parts = (self.title, self.description, self.cause, self.resolution)
        return tuple(dict.fromkeys(text for text in parts if text)) or ("(no text)",)

    @property
    def chunk(self) -> Chunk:
        """The ticket as a searchable text."""
        sentences = tuple(Sentence(text, "paragraph", 1) for text in self.texts)
        return Chunk(0, 0, (), sentences, key=self.locator)


@dataclass(frozen=True, slots=True)
class StoredTicket:
    """A ticket as an answer shows it; ``uid`` is what it is known by, whatever is rebuilt."""

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
    uid: str = ""
    site: str | None = None
    groups: tuple[str, ...] = ()


class Stored(NamedTuple):
    """What became of rows, and when those that were replaced said they had been reported."""

    outcomes: list[Outcome]
    times_before: list[str]


def put_tickets(
    catalog: Catalog,
    tickets: Sequence[Ticket],
    embedder: str,
    vectors: Vectors,
    *,
    is_embedded: bool = True,
) -> list[Outcome]:
    """Insert or update tickets as :func:`put_packed` does; return what became of each."""
    rows = [pack(ticket) for ticket in tickets]
    return put_packed(catalog, rows, embedder, vectors, is_embedded=is_embedded).outcomes


def put_packed(
    catalog: Catalog,
    rows: Sequence[Packed],
    embedder: str,
    vectors: Vectors,
    *,
    is_embedded: bool = True,
) -> Stored:
    """Insert or update tickets by their uid in one transaction.

    A row that says when it was last changed never replaces one that was changed later. One that
    says the same as before is noted to come from where it came last. Without ``is_embedded`` the
    tickets are found by their words only, until
    :func:`index.ticket_embedding.embed_waiting` has made their vectors.
    """
    with writing(catalog.engine) as connection:
        known = known_rows(connection, [row.uid for row in rows])
        sites = asset_sites(connection, (row.asset_id for row in rows))
        rows = [_placed(row, known.get(row.uid), sites.get(row.asset_id)) for row in rows]
        outcomes: list[Outcome] = []
        changed: dict[str, int] = {}  # uid to the position of the row that is to be stored
        moved: dict[str, int] = {}
        for position, row in enumerate(rows):
            earlier = changed.get(row.uid)
            stored = known.get(row.uid)
            before = rows[earlier] if earlier is not None else stored
            outcome = _outcome(row, before)
            outcomes.append(outcome)
            if outcome in ("imported", "updated"):
                changed[row.uid] = position
            elif outcome == "unchanged" and earlier is None and stored is not None:
                if row.text.key != stored.locator:  # its citation shows another line now
                    changed[row.uid] = position
                elif has_moved(row, stored):
                    moved[row.uid] = position
        update_provenance(
            connection,
            [(rows[at], known[uid].id) for uid, at in moved.items() if uid not in changed],
        )
        _write(connection, [rows[at] for at in sorted(changed.values())], known, is_embedded)
        if is_embedded:
            put_vectors(connection, embedder, vectors)
    step("tickets stored")
    times = [known[uid].reported_at for uid in changed if uid in known]
    return Stored(outcomes, [time for time in times if time])


def _outcome(row: Packed, before: Any) -> Outcome:
    if before is None:
        return "imported"
    if _told(row) == _told(before):
        return "unchanged"
    is_older = before.changed_at and row.changed_at and row.changed_at < before.changed_at
    return "outdated" if is_older else "updated"


def _told(row: Any) -> tuple[object, ...]:
    return row.row_hash, row.asset_id, row.site, row.row_site, row.stated_site, row.groups


def _placed(row: Packed, before: Any, asset_site: str | None) -> Packed:
    """A row with who sees it: as it was stated before, where nothing is stated now."""
    stated, groups = row.stated_site, row.groups
    if before is not None and not stated and groups == "[]":
        stated, groups = before.stated_site, before.groups
    if (asset_site, stated, groups) == (None, row.stated_site, row.groups):
        return row
    return row._replace(asset_site=asset_site, stated_site=stated, groups=groups)


def _write(
    connection: sa.Connection, rows: Sequence[Packed], known: Mapping[str, Any], is_embedded: bool
) -> None:
    if not rows:
        return
    kept = [History(row.asset_tag, row.asset_id, row.site, row.groups) for row in rows]
    revisions = histories(connection, kept)
    places = zip(kept, rows, strict=True)
    chunk_ids = put_texts(connection, [(revisions[one], row.text) for one, row in places])
    if is_embedded:
        texts = (hash_text(row.text.search_text) for row in rows)
        put_embedded(connection, list(zip(chunk_ids, texts, strict=True)))
    fresh: list[tuple[Packed, int]] = []
    replaced: list[int] = []
    for chunk_id, row in zip(chunk_ids, rows, strict=True):
        if (before := known.get(row.uid)) is None:
            fresh.append((row, chunk_id))
        else:
            update_ticket(connection, before.id, row, chunk_id)
            replaced.append(before.chunk_id)
    insert_tickets(connection, fresh)
    if replaced:
        left = revisions_of(connection, replaced) - set(revisions.values())
        # Last, so that a vector that an unchanged text still needs stays.
        remove_chunks(connection, replaced)
        drop_empty(connection, left)


def tickets_of_chunks(
    catalog: Catalog, principal: Principal, chunk_ids: Iterable[int]
) -> list[StoredTicket]:
    """Return those tickets behind these chunks that the principal sees, in the order given.

    An asset that they do not see is called what the ticket calls it.
    """
    order = {chunk_id: position for position, chunk_id in enumerate(chunk_ids)}
    ticket, asset = ticket_table, tables.asset
    query = (
        sa.select(ticket, asset.c.tag)
        .outerjoin(asset, (asset.c.id == ticket.c.asset_id) & visible_assets(principal))
        .where(ticket.c.chunk_id.in_(order), visible_tickets(principal))
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
        uid=row.uid,
        site=row.site,
        groups=tuple(row.groups),
    )
