"""Put documents into the catalog and change what is said about them, each in one transaction."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from index import tables
from index.access import LOCAL
from index.catalog import Catalog
from index.chunk_rows import Vectors, inserted_id, put_chunks, put_vectors
from index.corpus import Document, Knowledge
from index.corrections import identity_of
from index.database import now, writing
from index.document_status import facts_of, settle, take_over
from index.errors import VectorsMissing
from index.steps import step


def store(
    catalog: Catalog,
    knowledge: Knowledge,
    embedder: str,
    vectors: Vectors,
    *,
    hold: bool = False,
    is_whole: bool = False,
) -> int:
    """Put a document in, in one transaction, and return the id of its revision.

    The revision replaces the document's approved one unless that is newer by its date (or, where
    a date is missing or both are equal, by its label); it is then kept as superseded. One that is
    to be held stays a draft until a person approves it. Content that is already in is not stored
    again. With ``is_whole`` every text must have its vector.

    Raises:
        VectorsMissing: a deletion took vectors since they were looked for; nothing is stored.
    """
    with writing(catalog.engine) as connection:
        content = tables.revision.c.content_hash == knowledge.content_hash
        known: int | None = connection.scalar(sa.select(tables.revision.c.id).where(content))
        if known is not None:
            return known
        document_id = _document_id(connection, knowledge.document, knowledge.source)
        revision_id = _put_revision(connection, document_id, knowledge)
        put_chunks(connection, revision_id, knowledge, embedder, vectors)
        if is_whole and (missing := _without_vector(connection, revision_id, embedder)):
            raise VectorsMissing(f"{missing} texts have no vector any more. Embed them again.")
        if hold:
            table = tables.revision
            connection.execute(
                table.update().where(table.c.id == revision_id).values(status="draft")
            )
        settle(connection, document_id)
        step("before knowledge commit")
    step("stored")
    return revision_id


def _without_vector(connection: sa.Connection, revision_id: int, embedder: str) -> int:
    chunk, text, vector = tables.chunk.c, tables.embedded_text.c, tables.vector.c
    known = sa.exists().where(vector.content_hash == text.content_hash, vector.embedder == embedder)
    query = (
        sa.select(sa.func.count())
        .select_from(tables.embedded_text)
        .join(tables.chunk, chunk.id == text.chunk_id)
        .where(chunk.revision_id == revision_id, ~known)
    )
    return connection.scalar(query) or 0


def keep_vectors(catalog: Catalog, embedder: str, vectors: Vectors) -> None:
    """Keep vectors before their document is in, so that an ingestion that is cut off goes on.

    Those that no document comes to use are dropped by :func:`drop_unused_vectors`.
    """
    with writing(catalog.engine) as connection:
        put_vectors(connection, embedder, vectors)
    step("vectors kept")


def drop_unused_vectors(catalog: Catalog) -> int:
    """Drop the vectors of texts that stand in no chunk; return how many there were."""
    vector, text = tables.vector, tables.embedded_text.c
    used = sa.exists().where(text.content_hash == vector.c.content_hash)
    with writing(catalog.engine) as connection:
        return int(connection.execute(vector.delete().where(~used)).rowcount)


def retag(catalog: Catalog, content_hash: str, document: Document) -> None:
    """Change what is said about a stored revision: everything of a document but its blocks.

    Where its number changes, the revision moves to the document of that number.
    """
    table = tables.revision
    with writing(catalog.engine) as connection:
        row = connection.execute(sa.select(table).where(table.c.content_hash == content_hash)).one()
        connection.execute(
            table.update()
            .where(table.c.id == row.id)
            .values(
                label=document.revision,
                date=document.date,
                language=document.language,
                facts=facts_of(document),
            )
        )
        new_id = _document_id(connection, document, row.source)
        if new_id != row.document_id:
            connection.execute(
                table.update().where(table.c.id == row.id).values(document_id=new_id)
            )
            settle(connection, row.document_id)
            _drop_if_empty(connection, row.document_id)
        settle(connection, new_id)
        code = tables.code
        connection.execute(
            code.update().where(code.c.revision_id == row.id).values(device=document.title)
        )


def described(catalog: Catalog, content_hash: str) -> Document | None:
    """What is said about the revision with this content, without its blocks; None if it is gone."""
    table = tables.revision
    with catalog.engine.connect() as connection:
        row = connection.execute(
            sa.select(table).where(table.c.content_hash == content_hash)
        ).first()
        if row is None:
            return None
        stored = catalog.describe(connection, LOCAL, row.id)
    document = Document(
        title=stored.title,
        kind=stored.kind,
        blocks=(),
        number=stored.number,
        revision=stored.revision,
        date=stored.date,
        language=stored.language,
        models=stored.models,
        serials=stored.serials,
        assets=stored.assets,
        site=stored.site,
        groups=stored.groups,
        reach=row.reach,
    )
    own: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in row.facts.items()
    }
    return replace(document, **own)


def _document_id(connection: sa.Connection, document: Document, source: str) -> int:
    """The document that a revision belongs to: by its printed number, else by where it comes from.

    A new one gets facts at once, as a draft may be all that is known of it.
    """
    identity = identity_of(document.number, source, document.reach)
    table = tables.document
    found: int | None = connection.scalar(sa.select(table.c.id).where(table.c.identity == identity))
    if found is not None:
        return found
    result = connection.execute(
        table.insert().values(
            identity=identity,
            number=document.number,
            title=document.title,
            kind=document.kind,
            site=document.site or None,
        )
    )
    document_id = inserted_id(result)
    take_over(connection, document_id, facts_of(document))
    return document_id


def _put_revision(connection: sa.Connection, document_id: int, knowledge: Knowledge) -> int:
    document = knowledge.document
    result = connection.execute(
        tables.revision.insert().values(
            document_id=document_id,
            label=document.revision,
            date=document.date,
            status="superseded",  # until it is settled which one answers
            language=document.language,
            content_hash=knowledge.content_hash,
            source=knowledge.source,
            original=knowledge.original,
            ingested_at=now(),
            report=knowledge.report,
            facts=facts_of(document),
            reach=document.reach,
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


def _drop_if_empty(connection: sa.Connection, document_id: int) -> None:
    table = tables.revision.c
    left = connection.scalar(sa.select(sa.func.count()).where(table.document_id == document_id))
    if not left:
        connection.execute(tables.document.delete().where(tables.document.c.id == document_id))
