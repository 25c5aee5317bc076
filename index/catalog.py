"""Documents, revisions and chunks in SQL: the truth of which everything else is a cache.

A document is in or out by one transaction. Every change of chunks is written to the change
sequence, which caches follow. This module does not search.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from index import tables
from index.access import LOCAL, Principal
from index.chunk_rows import (
    batches,
)
from index.corpus import (
    DocumentKind,
    PassageFilter,
    RevisionStatus,
)
from index.device_naming import Device
from index.scope import find_revisions
from index.visibility import visible_assets, visible_revisions

EVERY_STATUS: tuple[RevisionStatus, ...] = ("draft", "approved", "superseded", "withdrawn")
_ANSWERING: tuple[RevisionStatus, ...] = ("approved",)
_WIDE: tuple[RevisionStatus, ...] = ("approved", "superseded")


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document as the catalog lists it, with one of its revisions.

    ``models``, ``serials`` and ``assets`` say what it applies to, ``site`` and ``groups`` who sees
    it: everybody where both are empty. For ``reach`` see :mod:`index.reaching`.
    """

    document_id: int
    revision_id: int
    number: str
    title: str
    kind: DocumentKind
    revision: str
    date: str
    status: str
    language: str
    site: str | None
    pages: int
    chunks: int
    models: tuple[str, ...]
    serials: tuple[str, ...]
    assets: tuple[str, ...]
    source: str
    content_hash: str
    original: str
    ingested_at: str
    report: dict[str, Any]
    groups: tuple[str, ...] = ()
    reach: str = ""


class Catalog:
    """The knowledge database."""

    def __init__(self, engine: sa.Engine) -> None:
        """Use a database that has the tables of :mod:`index.tables`."""
        self.engine = engine

    def uid(self) -> str:
        """The name of this database; a cache that holds another name belongs to another home."""
        with self.engine.connect() as connection:
            return str(connection.scalar(sa.select(tables.knowledge.c.uid)))

    def sequence(self) -> int:
        """The number of the last change; a cache that has seen it is fresh."""
        with self.engine.connect() as connection:
            return _sequence(connection)

    def changes_since(self, sequence: int) -> tuple[int, list[int], list[int]]:
        """Return the last change number and the chunks added and removed after ``sequence``.

        A chunk that was added and removed again appears among the removed only.
        """
        change = tables.change.c
        with self.engine.connect() as connection:
            rows = connection.execute(
                sa.select(change.chunk_id, change.operation)
                .where(change.sequence > sequence)
                .order_by(change.sequence)
            ).all()
            last = _sequence(connection)
        state: dict[int, str] = {chunk_id: operation for chunk_id, operation in rows}
        added = [chunk_id for chunk_id, operation in state.items() if operation == "add"]
        removed = [chunk_id for chunk_id, operation in state.items() if operation == "remove"]
        return last, added, removed

    def find_content(self, content_hash: str) -> StoredDocument | None:
        """Return the document that has a revision with this content, if any.

        For work that carries out what was decided; who looks asks :meth:`visible_content`.
        """
        with self.engine.connect() as connection:
            found = connection.scalar(
                sa.select(tables.revision.c.id).where(
                    tables.revision.c.content_hash == content_hash
                )
            )
            return self.describe(connection, LOCAL, found) if found is not None else None

    def visible_content(self, principal: Principal, content_hash: str) -> StoredDocument | None:
        """The revision with this content, whatever its status, if the principal may see it."""
        with self.engine.connect() as connection:
            same = connection.scalars(
                sa.select(tables.revision.c.id)
                .where(tables.revision.c.content_hash == content_hash)
                .order_by(tables.revision.c.id.desc())
            ).all()
        found = (self.revision(principal, revision_id) for revision_id in same)
        return next((document for document in found if document is not None), None)

    def content_hash(self, principal: Principal, revision_id: int) -> str:
        """The hash of a revision's file; empty if the principal sees no such revision."""
        table = tables.revision.c
        query = sa.select(table.content_hash).where(
            table.id == revision_id, visible_revisions(principal)
        )
        with self.engine.connect() as connection:
            found = connection.scalar(query)
        return found or ""

    def missing_vectors(self, hashes: Iterable[str], embedder: str) -> list[str]:
        """Return the distinct hashes that this embedder has no vector for, in their order."""
        wanted = list(dict.fromkeys(hashes))
        vector = tables.vector.c
        known: set[str] = set()
        with self.engine.connect() as connection:
            for part in batches(wanted, 500):
                known.update(
                    connection.scalars(
                        sa.select(vector.content_hash).where(
                            vector.embedder == embedder, vector.content_hash.in_(part)
                        )
                    )
                )
        return [content_hash for content_hash in wanted if content_hash not in known]

    def has_identity(self, identity: str) -> bool:
        """Tell whether there is a document of this identity, whoever sees it.

        For work that carries out what was decided: no screen may ask it.
        """
        table = tables.document.c
        with self.engine.connect() as connection:
            return (
                connection.scalar(sa.select(table.id).where(table.identity == identity)) is not None
            )

    def status(self, principal: Principal, revision_id: int) -> str:
        """The status of a revision that the principal sees; empty if there is none."""
        table = tables.revision.c
        query = sa.select(table.status).where(table.id == revision_id, visible_revisions(principal))
        with self.engine.connect() as connection:
            return connection.scalar(query) or ""

    def documents(
        self, principal: Principal, statuses: Collection[RevisionStatus] = _ANSWERING
    ) -> list[StoredDocument]:
        """Every revision of a status that the principal may see, by title, the oldest first."""
        with self.engine.connect() as connection:
            revisions = find_revisions(connection, principal, PassageFilter(), statuses)
            documents = [self.describe(connection, principal, each) for each in revisions]
        return sorted(documents, key=lambda document: document.title.casefold())

    def revision(self, principal: Principal, revision_id: int) -> StoredDocument | None:
        """One revision, whatever its status, if the principal may see it."""
        with self.engine.connect() as connection:
            table = tables.revision.c
            query = sa.select(table.id).where(table.id == revision_id, visible_revisions(principal))
            is_seen = connection.scalar(query) is not None
            return self.describe(connection, principal, revision_id) if is_seen else None

    def describe(
        self, connection: sa.Connection, principal: Principal, revision_id: int
    ) -> StoredDocument:
        """One revision with the facts of its document, those assets left out that are not seen.

        That the principal sees the document itself is for the caller to know.
        """
        document, revision = tables.document, tables.revision
        row = connection.execute(
            sa.select(document, revision)
            .join(revision, revision.c.document_id == document.c.id)
            .where(revision.c.id == revision_id)
        ).one()
        values = row._mapping
        models, serials = tables.document_model, tables.document_serial.c
        groups = tables.document_group.c
        linked = sa.select(tables.asset.c.tag).join(
            tables.document_asset, tables.document_asset.c.asset_id == tables.asset.c.id
        )
        count = sa.select(sa.func.count()).select_from
        return StoredDocument(
            document_id=values[document.c.id],
            revision_id=revision_id,
            number=values[document.c.number],
            title=values[document.c.title],
            kind=values[document.c.kind],
            revision=values[revision.c.label],
            date=values[revision.c.date],
            status=values[revision.c.status],
            language=values[revision.c.language],
            site=values[document.c.site],
            pages=connection.scalar(
                count(tables.page).where(tables.page.c.revision_id == revision_id)
            )
            or 0,
            chunks=connection.scalar(
                count(tables.chunk).where(tables.chunk.c.revision_id == revision_id)
            )
            or 0,
            models=tuple(
                connection.scalars(
                    sa.select(models.c.model).where(models.c.document_id == values[document.c.id])
                )
            ),
            serials=tuple(
                connection.scalars(
                    sa.select(serials.serials).where(serials.document_id == values[document.c.id])
                )
            ),
            assets=tuple(
                connection.scalars(
                    linked.where(
                        tables.document_asset.c.document_id == values[document.c.id],
                        visible_assets(principal),
                    ).order_by(tables.asset.c.tag)
                )
            ),
            source=values[revision.c.source],
            content_hash=values[revision.c.content_hash],
            original=values[revision.c.original],
            ingested_at=values[revision.c.ingested_at],
            report=values[revision.c.report],
            groups=tuple(
                connection.scalars(
                    sa.select(groups.name)
                    .where(groups.document_id == values[document.c.id])
                    .order_by(groups.name)
                )
            ),
            reach=values[revision.c.reach],
        )

    def visible_revisions(self, principal: Principal, where: PassageFilter) -> list[int]:
        """Ids of the revisions that a search may look into: permission first, then the filter."""
        is_wide = where.include_superseded
        with self.engine.connect() as connection:
            statuses = _WIDE if is_wide else _ANSWERING
            return find_revisions(connection, principal, where, statuses)

    def languages(self, principal: Principal, where: PassageFilter) -> set[str]:
        """The languages ("en") of the revisions that a search may look into."""
        seen = self.visible_revisions(principal, where)
        language = tables.revision.c.language
        query = sa.select(language).where(tables.revision.c.id.in_(seen)).distinct()
        with self.engine.connect() as connection:
            return set(connection.scalars(query))

    def devices(self, revision_ids: Sequence[int]) -> list[Device]:
        """What a question can name to mean these revisions: title and models."""
        document, revision = tables.document, tables.revision
        with self.engine.connect() as connection:
            rows = connection.execute(
                sa.select(revision.c.id, document.c.id.label("document"), document.c.title)
                .join(document, document.c.id == revision.c.document_id)
                # A history is no device: "PR-02" means all that applies to PR-02, not its tickets.
                .where(revision.c.id.in_(revision_ids), document.c.kind != "history")
            ).all()
            models: dict[int, list[str]] = {}
            for row in connection.execute(sa.select(tables.document_model)):
                models.setdefault(row.document_id, []).append(row.model)
        return [Device(row.id, row.title, tuple(models.get(row.document, ()))) for row in rows]


def _sequence(connection: sa.Connection) -> int:
    last: int | None = connection.scalar(sa.select(sa.func.max(tables.change.c.sequence)))
    return last or 0
