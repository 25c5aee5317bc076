"""How tickets go into the rows of SQL, many at once: plain SQL with values packed beforehand.

Functions that take a connection run inside a transaction of the caller.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Any, NamedTuple

import sqlalchemy as sa
from orjson import dumps

from index.chunk_rows import batches
from index.home import hash_text
from index.ticket_tables import ticket

_COLUMNS = [column.name for column in ticket.columns if column.name != "id"]
_PACKED = ("uid", "row_hash", "locator", "raw", "alarm_codes", "parts", "technicians")
_OWN = (*_PACKED, "quality_flags", "duplicate_of", "chunk_id")
_PROVENANCE = ("source_file", "source_row", "import_batch", "asset_match")
_PLAIN = tuple(name for name in _COLUMNS if name not in (*_OWN, *_PROVENANCE))
_plain_values = attrgetter(*_PLAIN)
_provenance_values = attrgetter(*_PROVENANCE)
_ORDER = (*_OWN, *_PROVENANCE, *_PLAIN)
_CHUNK = "id revision_id ordinal kind section heading_path key search_text sentences".split()


class Packed(NamedTuple):
    """A ticket as a row that lacks its chunk; made before the transaction, which is to be short."""

    uid: str
    row_hash: str
    changed_at: str | None
    values: tuple[Any, ...]


def pack(value: Any) -> Packed:
    """Turn a ticket into a row, with the hash that changes when what it says changes."""
    lists = (
        dumps(value.raw).decode(),
        _list(value.alarm_codes),
        _list(value.parts),
        _list(value.technicians),
    )
    plain, flags = _plain_values(value), _list(value.quality_flags)
    row_hash = hash_text(repr((lists, flags, plain)))
    own = (value.uid, row_hash, value.locator, *lists, flags, None)
    return Packed(value.uid, row_hash, value.changed_at, (*own, *_provenance_values(value), *plain))


def _list(items: Sequence[Any]) -> str:
    return dumps(items).decode() if items else "[]"


def _insert(table: str, columns: Sequence[str]) -> str:
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608


_AT = len(_PACKED) + 2  # where the chunk's id belongs among the values
_INSERT_TICKET = _insert("ticket", _ORDER)
_INSERT_CHUNK = _insert("chunk", _CHUNK)
_INSERT_CHANGE = "INSERT INTO change (chunk_id, operation) VALUES (?, 'add')"
_INSERT_TEXT = "INSERT INTO embedded_text (chunk_id, content_hash) VALUES (?, ?)"
_UPDATE_TICKET = f"UPDATE ticket SET {', '.join(f'{name} = ?' for name in _ORDER)} WHERE id = ?"  # noqa: S608


def known_rows(connection: sa.Connection, uids: Iterable[str]) -> dict[str, Any]:
    """What is stored under these keys: id, row_hash, chunk_id and changed_at, by uid."""
    table = ticket.c
    columns = (table.uid, table.id, table.row_hash, table.chunk_id, table.changed_at)
    found: dict[str, Any] = {}
    for part in batches(list(dict.fromkeys(uids)), 500):
        query = sa.select(*columns).where(table.uid.in_(part))
        found.update((row.uid, row) for row in connection.execute(query))
    return found


def insert_tickets(connection: sa.Connection, rows: Sequence[tuple[Packed, int]]) -> None:
    """Write new rows, each with the id of its chunk."""
    if rows:
        connection.exec_driver_sql(_INSERT_TICKET, [_whole(row, chunk) for row, chunk in rows])


def update_ticket(connection: sa.Connection, ticket_id: int, row: Packed, chunk_id: int) -> None:
    """Write a row over the one with this id."""
    connection.exec_driver_sql(_UPDATE_TICKET, (*_whole(row, chunk_id), ticket_id))


def _whole(row: Packed, chunk_id: int) -> tuple[Any, ...]:
    return (*row.values[:_AT], chunk_id, *row.values[_AT:])


def put_texts(
    connection: sa.Connection, items: Sequence[tuple[int, str, tuple[str, ...]]]
) -> list[int]:
    """Write searchable texts (revision id, key, paragraphs) as chunks; return the chunk ids.

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
            (chunk_id, revision_id, 0, "text", 0, "[]", key, "\n".join(texts), _sentences(texts))
            for chunk_id, (revision_id, key, texts) in zip(ids, items, strict=True)
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


def _sentences(texts: Iterable[str]) -> str:
    return dumps([{"text": text, "kind": "paragraph", "page": 1} for text in texts]).decode()
