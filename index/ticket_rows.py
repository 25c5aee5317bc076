"""How tickets go into the rows of SQL, many at once: plain SQL with values packed beforehand.

Functions that take a connection run inside a transaction of the caller.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from operator import attrgetter
from typing import Any, NamedTuple

import sqlalchemy as sa
from orjson import dumps

from index.chunk_rows import batches
from index.ticket_tables import ticket

_COLUMNS = [column.name for column in ticket.columns if column.name != "id"]
_LISTS = ("raw", "alarm_codes", "parts", "technicians", "asset_texts", "quality_flags")
_PROVENANCE = ("source_file", "source_row", "import_batch", "asset_match")
_REACH = ("site", "row_site", "stated_site", "groups")
_OWN = ("chunk_id", "uid", "row_hash", "locator", "duplicate_of", "asset_id", *_LISTS)
_PLAIN = tuple(name for name in _COLUMNS if name not in (*_OWN, *_PROVENANCE, *_REACH))
_plain_values = attrgetter(*_PLAIN)
_provenance_values = attrgetter(*_PROVENANCE)
_ORDER = (*_OWN, *_PROVENANCE, *_PLAIN, *_REACH)
_CHUNK = "id revision_id ordinal kind section heading_path key search_text sentences".split()
_KNOWN = "uid id row_hash chunk_id changed_at asset_id reported_at locator"
_SEEN_BY = ", ".join(_REACH)


class Text(NamedTuple):
    """A searchable text with the key that a citation shows and its sentences as JSON."""

    key: str
    search_text: str
    sentences: str


class Packed(NamedTuple):
    """A ticket as a row that lacks its chunk; made before the transaction, which is to be short.

    It holds plain values only, so that it travels fast from one process to another. ``groups`` are
    a JSON list; what is stated at the import is None and empty where nothing was.
    """

    uid: str
    row_hash: str
    changed_at: str | None
    reported_at: str | None
    asset_id: int | None
    asset_tag: str
    text: Text
    flags: tuple[str, ...]
    provenance: tuple[Any, ...]
    values: tuple[Any, ...]
    row_site: str | None = None
    asset_site: str | None = None
    stated_site: str | None = None
    groups: str = "[]"

    @property
    def site(self) -> str | None:
        """Who sees it; ``asset_site`` is known when it is stored."""
        return site_of(self.row_site, self.asset_site, self.stated_site)

    @property
    def reach(self) -> tuple[str | None, str | None, str | None, str]:
        """What stands in the row about who sees it."""
        return self.site, self.row_site, self.stated_site, self.groups


def site_of(row_site: str | None, asset_site: str | None, stated_site: str | None) -> str | None:
    """The site of a ticket: what its row says, else its asset's, else what the import stated."""
    return row_site or asset_site or stated_site or None


def asset_sites(
    connection: sa.Connection, asset_ids: Iterable[int | None]
) -> dict[int | None, str | None]:
    """The sites of assets by their ids, as the register says it now."""
    ids = sorted({asset_id for asset_id in asset_ids if asset_id is not None})
    found: dict[int | None, str | None] = {}
    for part in batches(ids, 500):
        places = ", ".join("?" * len(part))
        query = f"SELECT id, site FROM asset WHERE id IN ({places})"  # noqa: S608
        found.update((row.id, row.site) for row in connection.exec_driver_sql(query, tuple(part)))
    return found


def pack(value: Any) -> Packed:
    """Turn a ticket into a row, with the hash that changes when what it says changes.

    Which asset it is about, and who sees it, is no part of the hash: that may be decided again at
    any time.
    """
    lists = (
        dumps(value.raw).decode(),
        dump(value.alarm_codes),
        dump(value.parts),
        dump(value.technicians),
        dump(value.asset_texts),
        dump(value.quality_flags),
    )
    plain, provenance = _plain_values(value), _provenance_values(value)
    row_hash = blake2b(dumps((lists, plain)), digest_size=16).hexdigest()
    uid, locator, asset_id, texts = value.uid, value.locator, value.asset_id, value.texts
    return Packed(
        uid,
        row_hash,
        value.changed_at,
        value.reported_at,
        asset_id,
        value.asset_tag,
        Text(locator, "\n".join(texts), _sentences(texts)),
        value.quality_flags,
        provenance,
        (uid, row_hash, locator, None, asset_id, *lists, *provenance, *plain),
        value.row_site or None,
        None,
        value.stated_site or None,
        dump(sorted(set(value.groups))),
    )


def dump(items: Sequence[Any]) -> str:
    """A list as the JSON that stands in a row."""
    return dumps(items).decode() if items else "[]"


def _sentences(texts: Iterable[str]) -> str:
    return dumps([{"text": text, "kind": "paragraph", "page": 1} for text in texts]).decode()


def _insert(table: str, columns: Sequence[str]) -> str:
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608


def _set(columns: Sequence[str]) -> str:
    return f"UPDATE ticket SET {', '.join(f'{name} = ?' for name in columns)} WHERE id = ?"  # noqa: S608


_INSERT_TICKET = _insert("ticket", _ORDER)
_INSERT_CHUNK = _insert("chunk", _CHUNK)
_INSERT_CHANGE = "INSERT INTO change (chunk_id, operation) VALUES (?, 'add')"
_INSERT_TEXT = "INSERT INTO embedded_text (chunk_id, content_hash) VALUES (?, ?)"
_UPDATE_TICKET = _set(_ORDER)
_UPDATE_PROVENANCE = _set(_PROVENANCE)


def known_rows(connection: sa.Connection, uids: Iterable[str]) -> dict[str, Any]:
    """What is stored under these keys, by uid: what :data:`_KNOWN` and provenance name."""
    names = f"{', '.join(_KNOWN.split())}, {_SEEN_BY}, {', '.join(_PROVENANCE)}"
    found: dict[str, Any] = {}
    for part in batches(list(dict.fromkeys(uids)), 500):
        places = ", ".join("?" * len(part))
        query = f"SELECT {names} FROM ticket WHERE uid IN ({places})"  # noqa: S608
        found.update((row.uid, row) for row in connection.exec_driver_sql(query, tuple(part)))
    return found


def has_moved(row: Packed, before: Any) -> bool:
    """Whether a row that says the same as before comes from elsewhere."""
    file, line, _, match = row.provenance
    return (file, line, match) != (before.source_file, before.source_row, before.asset_match)


def insert_tickets(connection: sa.Connection, rows: Sequence[tuple[Packed, int]]) -> None:
    """Write new rows, each with the id of its chunk."""
    if rows:
        values = [(chunk_id, *row.values, *row.reach) for row, chunk_id in rows]
        connection.exec_driver_sql(_INSERT_TICKET, values)


def update_ticket(connection: sa.Connection, ticket_id: int, row: Packed, chunk_id: int) -> None:
    """Write a row over the one with this id."""
    values = (chunk_id, *row.values, *row.reach, ticket_id)
    connection.exec_driver_sql(_UPDATE_TICKET, values)


def update_provenance(connection: sa.Connection, rows: Sequence[tuple[Packed, int]]) -> None:
    """Say of rows (with the ids of their tickets) where they come from now."""
    if rows:
        values = [(*row.provenance, ticket_id) for row, ticket_id in rows]
        connection.exec_driver_sql(_UPDATE_PROVENANCE, values)


def put_texts(connection: sa.Connection, items: Sequence[tuple[int, Text]]) -> list[int]:
    """Write searchable texts, each with its revision, as chunks; return the chunk ids.

    It is what :func:`index.chunk_rows.put_chunks` does for chunks of plain paragraphs, in a tenth
    of the time: ids are given out here, so that all rows go in at once.
    """
    if not items:
        return []
    last = connection.execute(
        sa.text("SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'chunk'), 0)")
    ).scalar_one()
    ids = list(range(int(last) + 1, int(last) + 1 + len(items)))
    connection.exec_driver_sql(
        _INSERT_CHUNK,
        [
            (chunk_id, revision_id, 0, "text", 0, "[]", *text)
            for chunk_id, (revision_id, text) in zip(ids, items, strict=True)
        ],
    )
    note_added(connection, ids)
    return ids


def note_added(connection: sa.Connection, chunk_ids: Sequence[int]) -> None:
    """Tell the caches that these chunks are new, or have vectors that they lacked."""
    connection.exec_driver_sql(_INSERT_CHANGE, [(chunk_id,) for chunk_id in chunk_ids])


def put_embedded(connection: sa.Connection, hashes: Sequence[tuple[int, str]]) -> None:
    """Say by the hash of which text each chunk is found by meaning."""
    if hashes:
        connection.exec_driver_sql(_INSERT_TEXT, list(hashes))
