"""Put documents into the catalog and take them out, each in one transaction."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from index import tables
from index.catalog import Catalog, StoredDocument
from index.chunk_rows import Vectors, inserted_id, put_chunks, remove_chunks
from index.codes import fold
from index.corpus import Knowledge
from index.database import now, writing


def store(catalog: Catalog, knowledge: Knowledge, embedder: str, vectors: Vectors) -> int:
    """Put a document in, in one transaction, and return the id of its revision.

    The revision replaces the document's current one unless that is newer by its date (or, where
    a date is missing, by its label); it is then kept as superseded. Content that is already in
    is not stored again.
    """
    with writing(catalog.engine) as connection:
        content = tables.revision.c.content_hash == knowledge.content_hash
        known: int | None = connection.scalar(sa.select(tables.revision.c.id).where(content))
        if known is not None:
            return known
        document_id = _put_document(connection, knowledge)
        revision_id = _put_revision(connection, document_id, knowledge)
        put_chunks(connection, revision_id, knowledge, embedder, vectors)
        return revision_id


def _put_document(connection: sa.Connection, knowledge: Knowledge) -> int:
    document = knowledge.document
    identity = fold(document.number) if document.number else f"file:{knowledge.source}"
    facts = {
        "number": document.number,
        "title": document.title,
        "kind": document.kind,
        "site": document.site,
    }
    table = tables.document
    found = connection.scalar(sa.select(table.c.id).where(table.c.identity == identity))
    if found is None:
        result = connection.execute(table.insert().values(identity=identity, **facts))
        found = inserted_id(result)
    else:
        connection.execute(table.update().where(table.c.id == found).values(**facts))
    models = tables.document_model
    connection.execute(models.delete().where(models.c.document_id == found))
    for model in document.models:
        row = {"document_id": found, "model": model, "folded": fold(model)}
        connection.execute(models.insert().values(row))
    for tag in document.assets:
        connection.execute(
            tables.document_asset.insert()
            .prefix_with("OR IGNORE")
            .from_select(
                ["document_id", "asset_id"],
                sa.select(sa.literal(found), tables.asset.c.id).where(
                    tables.asset.c.folded == fold(tag)
                ),
            )
        )
    return found


def _put_revision(connection: sa.Connection, document_id: int, knowledge: Knowledge) -> int:
    document = knowledge.document
    table = tables.revision
    current = connection.execute(
        sa.select(table.c.id, table.c.date, table.c.label).where(
            table.c.document_id == document_id, table.c.status == "current"
        )
    ).first()
    status = "current"
    if current is not None and _is_older(document.date, document.revision, current):
        status = "superseded"
    elif current is not None:
        connection.execute(
            table.update().where(table.c.id == current.id).values(status="superseded")
        )
    result = connection.execute(
        table.insert().values(
            document_id=document_id,
            label=document.revision,
            date=document.date,
            status=status,
            language=document.language,
            content_hash=knowledge.content_hash,
            source=knowledge.source,
            original=knowledge.original,
            ingested_at=now(),
            report=knowledge.report,
        )
    )
    revision_id = inserted_id(result)
    if document.pages:
        connection.execute(
            tables.page.insert(),
            [
                {
                    "revision_id": revision_id,
                    "number": page.number,
                    "width": page.width,
                    "height": page.height,
                }
                for page in document.pages
            ],
        )
    return revision_id


def delete_document(catalog: Catalog, document_id: int) -> StoredDocument | None:
    """Take a document with all its revisions out; return what it was, None if it is not there.

    Vectors that no other chunk uses go with it. Originals are the caller's to remove.
    """
    table = tables.revision
    with writing(catalog.engine) as connection:
        revisions = connection.scalars(
            sa.select(table.c.id).where(table.c.document_id == document_id).order_by(table.c.status)
        ).all()
        if not revisions:
            return None
        gone = catalog.describe(connection, revisions[0])
        chunks = connection.scalars(
            sa.select(tables.chunk.c.id).where(tables.chunk.c.revision_id.in_(revisions))
        ).all()
        remove_chunks(connection, chunks)
        connection.execute(tables.document.delete().where(tables.document.c.id == document_id))
        return gone


def _is_older(date: str, label: str, current: Any) -> bool:
    if date and current.date:
        return date < str(current.date)
    return bool(label and current.label) and _label_key(label) < _label_key(str(current.label))


def _label_key(label: str) -> tuple[int, str]:
    """Order revision labels: A < B < Z < AA, 9 < 10."""
    folded = fold(label)
    return len(folded), folded
