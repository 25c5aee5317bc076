"""Check that the caches and files of a home say the same as SQL, and compare two knowledges."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from index import tables, ticket_tables
from index.access import LOCAL
from index.caches import Caches
from index.catalog import Catalog
from index.home import Home, hash_file, hash_text
from index.intake import Intake

_NOT_COMPARED = ("id", "code_id", "ingested_at", "import_batch")


def find_faults(
    home: Home, catalog: Catalog, caches: Caches, embedder: str, intake: Intake | None = None
) -> list[str]:
    """Return what is wrong with a home, one sentence each; nothing if all agrees."""
    caches.follow()
    faults: list[str] = []
    with catalog.engine.connect() as connection:
        damage = connection.exec_driver_sql("PRAGMA integrity_check").scalar_one()
        if damage != "ok":
            faults.append(f"The knowledge database is damaged: {damage}.")
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if broken:
            faults.append(f"{len(broken)} rows refer to rows that are gone.")
        chunks = list(connection.scalars(sa.select(tables.chunk.c.id)))
        faults += _several(connection)
        faults += _without_vector(connection, embedder)
        originals = connection.execute(
            sa.select(tables.revision.c.original, tables.revision.c.content_hash).where(
                tables.revision.c.original != ""
            )
        ).all()
    if set(caches.vectors_of(chunks)) != set(chunks) or len(caches) != len(chunks):
        faults.append(f"Dense search holds {len(caches)} chunks, SQL {len(chunks)}.")
    lexical = caches.lexical_chunks()
    if lexical != set(chunks):
        faults.append(f"Lexical search holds {len(lexical)} chunks, SQL {len(chunks)}.")
    for name, _ in originals:
        path = home.originals / name
        if not path.is_file():
            faults.append(f"The original {name} is missing.")
        elif hash_file(path) != name.partition(".")[0]:
            faults.append(f"The original {name} was changed.")
    if intake is not None:
        faults += _lost(intake, {content_hash for _, content_hash in originals})
    return faults


def _lost(intake: Intake, stored: set[str]) -> list[str]:
    return [
        f"{item.name} was taken in and is not in the knowledge."
        for item in intake.items(LOCAL, "done")
        if item.kind == "document" and item.content_hash not in stored
    ]


def fingerprint(catalog: Catalog) -> dict[str, str]:
    """One hash a table over everything that is known, ids and times of storing left out.

    Two knowledges with the same fingerprint answer alike.
    """
    found: dict[str, str] = {}
    with catalog.engine.connect() as connection:
        names = _names(connection)
        for table in (
            tables.asset,
            tables.document,
            tables.document_model,
            tables.document_serial,
            tables.document_group,
            tables.revision,
            tables.page,
            tables.section,
            tables.chunk,
            tables.safety,
            tables.code,
            tables.code_key,
            tables.vector,
            tables.document_asset,
            tables.embedded_text,
            tables.chunk_safety,
            ticket_tables.ticket,
            ticket_tables.asset_alias,
        ):
            lines = sorted(_lines(connection, table, names))
            found[table.name] = hash_text("\n".join(lines))
    return found


def _names(connection: sa.Connection) -> dict[str, dict[int, str]]:
    """By the column that refers to it: what each row is called, whatever its number."""
    chunk, revision = tables.chunk.c, tables.revision.c
    asset, document, safety = tables.asset.c, tables.document.c, tables.safety.c
    queries: dict[str, sa.Select[Any]] = {
        "asset_id": sa.select(asset.id, asset.tag),
        "document_id": sa.select(document.id, document.identity),
        "revision_id": sa.select(revision.id, revision.content_hash),
        "chunk_id": sa.select(
            chunk.id,
            # A ticket has a key; its place among the others is chance.
            sa.case((chunk.key != "", chunk.key), else_=sa.cast(chunk.ordinal, sa.String))
            + " of "
            + revision.content_hash,
        ).join(tables.revision, revision.id == chunk.revision_id),
        "safety_id": sa.select(safety.id, safety.signal + ": " + safety.text),
    }
    return {
        column: {number: name for number, name in connection.execute(query)}
        for column, query in queries.items()
    }


def _lines(
    connection: sa.Connection, table: sa.Table, names: dict[str, dict[int, str]]
) -> Iterator[str]:
    columns = [column for column in table.columns if column.name not in _NOT_COMPARED]
    for row in connection.execute(sa.select(*columns)):
        values = [
            names[column.name].get(value, value) if column.name in names else _plain(value)
            for column, value in zip(columns, row, strict=True)
        ]
        yield json.dumps(values, ensure_ascii=False, sort_keys=True)


def _plain(value: Any) -> Any:
    return value.hex() if isinstance(value, bytes) else value


def _several(connection: sa.Connection) -> list[str]:
    """Documents with more than one approved revision, and contents that are in twice."""
    revision = tables.revision.c
    twice = connection.execute(
        sa.select(revision.document_id)
        .where(revision.status == "approved")
        .group_by(revision.document_id)
        .having(sa.func.count() > 1)
    ).all()
    same = connection.execute(
        sa.select(revision.content_hash).group_by(revision.content_hash).having(sa.func.count() > 1)
    ).all()
    return [
        *(f"Document {row.document_id} has several approved revisions." for row in twice),
        *(f"The file {row.content_hash[:12]} is in twice." for row in same),
    ]


def _without_vector(connection: sa.Connection, embedder: str) -> list[str]:
    text, vector = tables.embedded_text.c, tables.vector.c
    has_vector = sa.exists().where(
        vector.content_hash == text.content_hash, vector.embedder == embedder
    )
    missing = connection.scalar(
        sa.select(sa.func.count(sa.distinct(text.chunk_id))).where(~has_vector)
    )
    return [f"{missing} chunks have no vector of the embedder {embedder}."] if missing else []
