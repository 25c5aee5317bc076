"""Put documents into the catalog and take them out, each in one transaction."""

from __future__ import annotations

import re
from dataclasses import dataclass

import sqlalchemy as sa

from index import tables
from index.catalog import Catalog, StoredDocument
from index.chunk_rows import Vectors, inserted_id, put_chunks, remove_chunks
from index.codes import fold
from index.corpus import Document, Knowledge
from index.database import now, writing


@dataclass(frozen=True, slots=True)
class Deleted:
    """What a deletion took out, and the originals that no revision names any more."""

    document: StoredDocument
    originals: tuple[str, ...]


def store(catalog: Catalog, knowledge: Knowledge, embedder: str, vectors: Vectors) -> int:
    """Put a document in, in one transaction, and return the id of its revision.

    The revision replaces the document's current one unless that is newer by its date (or, where
    a date is missing or both are equal, by its label); it is then kept as superseded. Content that
    is already in is not stored again.
    """
    with writing(catalog.engine) as connection:
        content = tables.revision.c.content_hash == knowledge.content_hash
        known: int | None = connection.scalar(sa.select(tables.revision.c.id).where(content))
        if known is not None:
            return known
        document_id, is_newest = _put_document(connection, knowledge)
        revision_id = _put_revision(connection, document_id, knowledge, is_newest=is_newest)
        put_chunks(connection, revision_id, knowledge, embedder, vectors)
        return revision_id


def _put_document(connection: sa.Connection, knowledge: Knowledge) -> tuple[int, bool]:
    """Return the document's id and whether this becomes its current revision.

    Title, kind, site and models are those of the current revision, whichever comes in last. Links
    to assets come from revisions that are current when they come in, and stay.
    """
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
        found, is_newest = inserted_id(result), True
    else:
        is_newest = not _is_older(connection, document, found)
        if is_newest:
            if document.site is None:
                del facts["site"]  # who may see a document changes only when somebody says so
            connection.execute(table.update().where(table.c.id == found).values(**facts))
    if is_newest:
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
    return found, is_newest


def _put_revision(
    connection: sa.Connection, document_id: int, knowledge: Knowledge, *, is_newest: bool
) -> int:
    document = knowledge.document
    table = tables.revision
    if is_newest:
        connection.execute(
            table.update().where(table.c.document_id == document_id).values(status="superseded")
        )
    result = connection.execute(
        table.insert().values(
            document_id=document_id,
            label=document.revision,
            date=document.date,
            status="current" if is_newest else "superseded",
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


def delete_document(catalog: Catalog, document_id: int) -> Deleted | None:
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
        named = connection.scalars(
            sa.select(table.c.original).where(table.c.id.in_(revisions), table.c.original != "")
        ).all()
        connection.execute(tables.document.delete().where(tables.document.c.id == document_id))
        used = set(
            connection.scalars(sa.select(table.c.original).where(table.c.original.in_(named)))
        )
        return Deleted(gone, tuple(sorted(set(named) - used)))


def _is_older(connection: sa.Connection, document: Document, document_id: int) -> bool:
    table = tables.revision.c
    date, label = connection.execute(
        sa.select(table.date, table.label).where(
            table.document_id == document_id, table.status == "current"
        )
    ).one()
    if document.date and date and document.date != date:
        return document.date < str(date)
    known = bool(document.revision and label)
    return known and _label_key(document.revision) < _label_key(str(label))


def _label_key(label: str) -> list[tuple[int, str]]:
    """Order revision labels: A < B < Z < AA, 9 < 10, 1.9 < 1.10 < 2."""
    parts = re.findall(r"\d+|[^\W\d_]+", label.casefold())
    return [(len(text), text) for text in (part.lstrip("0") or "0" for part in parts)]
