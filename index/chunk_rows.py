"""Rows of chunks, vectors, safety messages and codes: how value types go into SQL and out again.

Functions here run inside a transaction of the caller.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, TypeVar, cast

import numpy as np
import sqlalchemy as sa

from index import tables
from index.codes import prefix_of, stored_spellings
from index.corpus import Box, DocumentKind, Knowledge, SafetyMessage, Sentence, SignalWord
from index.home import hash_text

_Item = TypeVar("_Item")

Vectors = Mapping[str, np.ndarray]
"""Unit vectors (float32, shape (dimension,)) by the hash of the text that was embedded."""


@dataclass(frozen=True, slots=True)
class StoredChunk:
    """A chunk with the facts of its document that a passage shows."""

    chunk_id: int
    revision_id: int
    document: str
    document_number: str
    kind: DocumentKind
    revision: str
    section: int
    heading_path: tuple[str, ...]
    sentences: tuple[Sentence, ...]
    key: str


def put_chunks(
    connection: sa.Connection,
    revision_id: int,
    knowledge: Knowledge,
    embedder: str,
    vectors: Vectors,
) -> list[int]:
    """Write chunks with their vectors, safety messages and codes; return the chunk ids."""
    safety_ids = [
        inserted_id(
            connection.execute(
                tables.safety.insert().values(
                    revision_id=revision_id,
                    signal=message.signal,
                    text=message.text,
                    language=message.language,
                    page=message.page,
                    boxes=_pack_boxes(message.boxes),
                    section=message.section,
                )
            )
        )
        for message in knowledge.safety
    ]
    if knowledge.sections:
        connection.execute(
            tables.section.insert(),
            [{"revision_id": revision_id, **asdict(section)} for section in knowledge.sections],
        )
    chunk_ids: list[int] = []
    for chunk in knowledge.chunks:
        result = connection.execute(
            tables.chunk.insert().values(
                revision_id=revision_id,
                ordinal=chunk.ordinal,
                kind=chunk.kind,
                section=chunk.section,
                heading_path=list(chunk.heading_path),
                key=chunk.key,
                search_text=chunk.search_text,
                sentences=[_pack_sentence(sentence) for sentence in chunk.sentences],
            )
        )
        chunk_ids.append(inserted_id(result))
    texts = [
        {"chunk_id": chunk_id, "content_hash": hash_text(text)}
        for chunk_id, chunk in zip(chunk_ids, knowledge.chunks, strict=True)
        for text in chunk.embedded_texts
    ]
    if texts:
        connection.execute(tables.embedded_text.insert(), texts)
    links = [
        {"chunk_id": chunk_id, "safety_id": safety_ids[guard]}
        for chunk_id, chunk in zip(chunk_ids, knowledge.chunks, strict=True)
        for guard in chunk.guards
    ]
    if links:
        connection.execute(tables.chunk_safety.insert(), links)
    put_vectors(connection, embedder, vectors)
    ids = dict(zip((chunk.ordinal for chunk in knowledge.chunks), chunk_ids, strict=True))
    _put_codes(connection, revision_id, knowledge, ids)
    if chunk_ids:
        connection.execute(
            tables.change.insert(),
            [{"chunk_id": chunk_id, "operation": "add"} for chunk_id in chunk_ids],
        )
    return chunk_ids


def remove_chunks(connection: sa.Connection, chunk_ids: Sequence[int]) -> None:
    """Delete chunks with all that hangs on them, and vectors that nothing else uses."""
    chunk, text, vector = tables.chunk.c, tables.embedded_text.c, tables.vector.c
    for part in batches(list(chunk_ids), 500):
        hashes = connection.scalars(
            sa.select(text.content_hash).where(text.chunk_id.in_(part)).distinct()
        ).all()
        connection.execute(tables.chunk.delete().where(chunk.id.in_(part)))
        for some in batches(hashes, 500):
            still_used = sa.select(text.content_hash).where(text.content_hash.in_(some))
            connection.execute(
                tables.vector.delete().where(
                    vector.content_hash.in_(some), vector.content_hash.not_in(still_used)
                )
            )
        connection.execute(
            tables.change.insert(), [{"chunk_id": i, "operation": "remove"} for i in part]
        )


def put_vectors(connection: sa.Connection, embedder: str, vectors: Vectors) -> None:
    """Write vectors; those that are there already stay."""
    rows = [
        {"content_hash": key, "embedder": embedder, "data": vector.astype(np.float32).tobytes()}
        for key, vector in vectors.items()
    ]
    if rows:
        connection.execute(tables.vector.insert().prefix_with("OR IGNORE"), rows)


def _put_codes(
    connection: sa.Connection, revision_id: int, knowledge: Knowledge, ids: Mapping[int, int]
) -> None:
    for entry in knowledge.codes:
        result = connection.execute(
            tables.code.insert().values(
                chunk_id=ids[entry.chunk_ordinal],
                revision_id=revision_id,
                code=entry.code,
                kind=entry.kind,
                prefix=prefix_of(entry.code),
                device=entry.device,
                component=entry.component,
                meaning=entry.meaning,
                causes=list(entry.causes),
                remedies=list(entry.remedies),
                sentence=entry.sentence,
            )
        )
        code_id = inserted_id(result)
        levels: dict[str, int] = {}
        for spelling in stored_spellings(entry.code):
            levels.setdefault(spelling.key, spelling.level)
        for alias in entry.aliases:  # an alias never wins over a code's own spelling
            for spelling in stored_spellings(alias):
                levels.setdefault(spelling.key, spelling.level + 1)
        connection.execute(
            tables.code_key.insert(),
            [{"code_id": code_id, "key": key, "level": level} for key, level in levels.items()],
        )


def inserted_id(result: sa.CursorResult[Any]) -> int:
    """The key that an insert of one row was given."""
    key = result.inserted_primary_key
    assert key is not None  # every table here that is read back has an integer key
    return int(key[0])


def chunk_query() -> sa.Select[Any]:
    """Select what :func:`unpack_chunk` needs."""
    chunk, revision, document = tables.chunk, tables.revision, tables.document
    return (
        sa.select(
            chunk.c.id,
            chunk.c.revision_id,
            document.c.title,
            document.c.number,
            document.c.kind,
            revision.c.label,
            chunk.c.section,
            chunk.c.heading_path,
            chunk.c.sentences,
            chunk.c.key,
        )
        .join(revision, revision.c.id == chunk.c.revision_id)
        .join(document, document.c.id == revision.c.document_id)
    )


def unpack_chunk(row: sa.Row[Any]) -> StoredChunk:
    """Turn a row of :func:`chunk_query` into a value."""
    return StoredChunk(
        chunk_id=row.id,
        revision_id=row.revision_id,
        document=row.title,
        document_number=row.number,
        kind=row.kind,
        revision=row.label,
        section=row.section,
        heading_path=tuple(row.heading_path),
        sentences=unpack_sentences(row.sentences),
        key=row.key,
    )


def _pack_boxes(boxes: Iterable[Box]) -> list[list[float]]:
    return [[b.page, *(round(v, 1) for v in (b.left, b.bottom, b.right, b.top))] for b in boxes]


def safety_message(row: sa.Row[Any]) -> SafetyMessage:
    """The message of a row of ``safety``."""
    return SafetyMessage(
        cast(SignalWord, row.signal),
        row.text,
        row.language,
        row.page,
        unpack_boxes(row.boxes),
        row.section,
    )


def unpack_boxes(packed: Iterable[Sequence[float]]) -> tuple[Box, ...]:
    """Turn stored boxes into values."""
    return tuple(Box(int(page), *rest) for page, *rest in packed)


def _pack_sentence(sentence: Sentence) -> dict[str, Any]:
    packed: dict[str, Any] = {
        "text": sentence.text,
        "kind": sentence.kind,
        "page": sentence.page,
        "boxes": _pack_boxes(sentence.boxes),
        "number": sentence.number,
        "header": list(sentence.header),
        "cells": list(sentence.cells),
    }
    return {key: value for key, value in packed.items() if value}


def unpack_sentences(packed: Iterable[Mapping[str, Any]]) -> tuple[Sentence, ...]:
    """Turn stored sentences into values."""
    return tuple(_unpack_sentence(item) for item in packed)


def _unpack_sentence(packed: Mapping[str, Any]) -> Sentence:
    return Sentence(
        text=packed["text"],
        kind=packed["kind"],
        page=packed["page"],
        boxes=unpack_boxes(packed.get("boxes", ())),
        number=packed.get("number", ""),
        header=tuple(packed.get("header", ())),
        cells=tuple(packed.get("cells", ())),
    )


def batches(items: Sequence[_Item], size: int) -> Iterator[Sequence[_Item]]:
    """Cut a sequence into runs of at most ``size``: SQLite takes a bounded number of parameters."""
    return (items[start : start + size] for start in range(0, len(items), size))
