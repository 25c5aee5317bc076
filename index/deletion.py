"""Take a document out for good, and prove that nothing of it is left."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from index import tables
from index.access import LOCAL
from index.caches import LEXICAL_FOLDER, Caches
from index.catalog import Catalog, StoredDocument
from index.chunk_rows import batches, remove_chunks
from index.database import vacuum, write_back, writing
from index.home import Home
from index.lexical import LexicalIndex
from index.steps import step

logger = logging.getLogger(__name__)

_MOST_SAMPLES = 40  # texts that are looked for in the files
_LEAST_SAMPLE = 24  # characters: a shorter text may stand elsewhere by chance
_READ_AT_ONCE = 1 << 22


@dataclass(frozen=True, slots=True)
class Deleted:
    """What a deletion took out.

    ``originals`` are files that no revision names any more. ``samples`` are texts that stood in no
    other document.
    """

    document: StoredDocument
    content_hashes: tuple[str, ...]
    originals: tuple[str, ...]
    chunk_ids: tuple[int, ...]
    revision_ids: tuple[int, ...]
    vector_hashes: tuple[str, ...]
    samples: tuple[str, ...]


def delete_document(
    catalog: Catalog, document_id: int, known: Collection[str] | None = None
) -> Deleted | None:
    """Take a document with all its revisions out; return what it was, None if it is not there.

    Vectors that no other chunk uses go with it. Originals are the caller's to remove. ``known`` are
    the contents that the caller knows of: where a revision came in since, nothing is done.
    """
    table, chunk, text = tables.revision, tables.chunk.c, tables.embedded_text.c
    with writing(catalog.engine) as connection:
        rows = connection.execute(
            sa.select(table.c.id, table.c.content_hash, table.c.original)
            .where(table.c.document_id == document_id)
            .order_by(table.c.status)
        ).all()
        if not rows or (known is not None and {row.content_hash for row in rows} - set(known)):
            return None
        gone = catalog.describe(connection, LOCAL, rows[0].id)
        revisions = [row.id for row in rows]
        chunks = connection.scalars(
            sa.select(chunk.id).where(chunk.revision_id.in_(revisions))
        ).all()
        hashes: set[str] = set()
        for part in batches(list(chunks), 500):
            hashes.update(
                connection.scalars(sa.select(text.content_hash).where(text.chunk_id.in_(part)))
            )
        samples = _samples(connection, revisions)
        remove_chunks(connection, chunks)
        connection.execute(tables.document.delete().where(tables.document.c.id == document_id))
        named = {row.original for row in rows if row.original}
        used = set(
            connection.scalars(sa.select(table.c.original).where(table.c.original.in_(named)))
        )
        own: set[str] = set()
        for part in batches(sorted(hashes), 500):
            still = connection.scalars(
                sa.select(text.content_hash).where(text.content_hash.in_(part))
            )
            own.update(set(part) - set(still))
        step("before knowledge gone")
        deleted = Deleted(
            document=gone,
            content_hashes=tuple(row.content_hash for row in rows),
            originals=tuple(sorted(named - used)),
            chunk_ids=tuple(chunks),
            revision_ids=tuple(revisions),
            vector_hashes=tuple(sorted(own)),
            samples=samples,
        )
    step("knowledge gone")
    return deleted


def find_traces(home: Home, catalog: Catalog, caches: Caches, deleted: Deleted) -> dict[str, int]:
    """Search every store for what was deleted; all counts are 0 if nothing is left.

    The database's log is written back first, as deleted rows would stand in it until then, and the
    database is written anew where text is left in its file. Files that still hold some are logged.
    """
    caches.follow()
    with catalog.engine.connect() as connection:
        counts = _rows_left(connection, deleted)
    write_back(catalog.engine)
    counts["vector index"] = len(caches.vectors_of(list(deleted.chunk_ids)))
    lexical = LexicalIndex(home.cache / LEXICAL_FOLDER, catalog.uid())
    counts["lexical index"] = lexical.count_revisions(list(deleted.revision_ids))
    counts["originals"] = sum((home.originals / name).exists() for name in deleted.originals)
    counts["files"] = len(_files_left(home, catalog, deleted.samples))
    return counts


def _files_left(home: Home, catalog: Catalog, samples: Sequence[str]) -> list[Path]:
    """Files that hold one of the texts even after the database, if one of them, is written anew.

    SQLite overwrites a row that is deleted, but not the copies that moving rows between pages may
    have left in the unused part of a page.
    """
    found = list(_files_with(home, samples))
    if any(path.name.startswith(home.knowledge.name) for path in found):
        logger.warning("%s is written anew, as deleted text is left in it", home.knowledge)
        vacuum(catalog.engine)
        found = list(_files_with(home, samples))
    for path in found:
        logger.warning("%s still holds text of a document that was deleted", path)
    return found


def _samples(connection: sa.Connection, revisions: Sequence[int]) -> tuple[str, ...]:
    """Texts of sentences of these revisions that stand in no other one."""
    chunk = tables.chunk.c
    chosen: dict[str, None] = {}
    rows = connection.execute(
        sa.select(chunk.sentences).where(chunk.revision_id.in_(revisions)).limit(400)
    )
    for (sentences,) in rows:
        for sentence in sentences:
            text = sentence["text"]
            plain = text.isascii() and not set('"\\\n') & set(text)  # JSON would escape it
            if len(text) >= _LEAST_SAMPLE and plain:
                chosen[text] = None
    found: list[str] = []
    for text in list(chosen)[:: max(1, len(chosen) // _MOST_SAMPLES)][:_MOST_SAMPLES]:
        elsewhere = connection.scalar(
            sa.select(chunk.id)
            .where(chunk.revision_id.not_in(revisions), chunk.search_text.contains(text))
            .limit(1)
        )
        if elsewhere is None:
            found.append(text)
    return tuple(found)


def _rows_left(connection: sa.Connection, deleted: Deleted) -> dict[str, int]:
    def count(column: sa.Column[int] | sa.Column[str], values: Sequence[object]) -> int:
        return sum(
            connection.scalar(
                sa.select(sa.func.count()).select_from(column.table).where(column.in_(part))
            )
            or 0
            for part in batches(list(values), 500)
        )

    chunks, revisions = deleted.chunk_ids, deleted.revision_ids
    return {
        "document": count(tables.document.c.id, [deleted.document.document_id]),
        "revisions": count(tables.revision.c.id, revisions),
        "pages": count(tables.page.c.revision_id, revisions),
        "chunks": count(tables.chunk.c.id, chunks),
        "codes": count(tables.code.c.revision_id, revisions),
        "safety messages": count(tables.safety.c.revision_id, revisions),
        "vectors": count(tables.vector.c.content_hash, deleted.vector_hashes),
    }


def _files_with(home: Home, samples: Sequence[str]) -> Iterator[Path]:
    """Files of the home that hold one of the texts.

    What people asked and got is their record. Originals are looked for by name: another one may say
    the same and not be read yet.
    """
    wanted = [sample.encode() for sample in samples]
    longest = max(map(len, wanted), default=0)
    for path in sorted(home.path.rglob("*")):
        is_other = path.parent == home.originals and path.suffix != ".part"
        if is_other or not path.is_file() or path.name.startswith(home.records.name):
            continue
        tail = b""
        with path.open("rb") as file:
            while wanted and (piece := file.read(_READ_AT_ONCE)):
                piece = tail + piece
                if any(text in piece for text in wanted):
                    yield path
                    break
                tail = piece[-longest:]
