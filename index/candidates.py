"""What the search paths found for one question, before it is put in an order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import sqlalchemy as sa

from index import tables
from index.chunk_rows import batches
from index.code_table import CodeHit
from index.corpus import ChunkKind
from index.intent import Intent


@dataclass(frozen=True, slots=True)
class Form:
    """What of a chunk, beside its scores, tells whether it answers a question.

    ``section`` is the revision with the position of the heading; ``messages`` are the meanings of
    the alarm codes that it defines, as printed. A record stands below no heading: a ticket, a line
    of a log. ``key`` is that of the record that the chunk came from.
    """

    kind: ChunkKind
    text: str
    section: tuple[int, int]
    key: str = ""
    is_record: bool = False
    messages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidates:
    """What was found for a question: the entries of its codes and a list of scores by path.

    ``scores`` maps a path ("words", "grams": BM25; "dense": cosines) to scores by chunk id.
    ``hidden`` are chunks that must not be offered: they explain another code than the unknown one
    that was asked for. ``vector`` is that of the question, of unit length.
    """

    question: str
    intent: Intent
    vector: np.ndarray
    is_foreign: bool = False
    codes: tuple[CodeHit, ...] = ()
    hidden: frozenset[int] = frozenset()
    scores: Mapping[str, Mapping[int, float]] = field(default_factory=dict)
    forms: Mapping[int, Form] = field(default_factory=dict)


def read_forms(engine: sa.Engine, chunk_ids: Sequence[int]) -> dict[int, Form]:
    """The forms of those of the chunks that still exist."""
    chunk, code = tables.chunk.c, tables.code.c
    forms: dict[int, Form] = {}
    with engine.connect() as connection:
        for part in batches(list(chunk_ids), 500):
            messages: dict[int, list[str]] = {}
            meanings = (
                sa.select(code.chunk_id, code.meaning)
                .where(code.chunk_id.in_(part), code.kind == "alarm")
                .order_by(code.id)
            )
            for chunk_id, meaning in connection.execute(meanings):
                messages.setdefault(chunk_id, []).append(meaning)
            for row in connection.execute(
                sa.select(
                    chunk.id,
                    chunk.kind,
                    chunk.revision_id,
                    chunk.section,
                    chunk.key,
                    chunk.heading_path,
                    chunk.search_text,
                ).where(chunk.id.in_(part))
            ):
                forms[row.id] = Form(
                    row.kind,
                    row.search_text,
                    (row.revision_id, row.section),
                    row.key,
                    is_record=row.kind == "text" and not row.heading_path,
                    messages=tuple(messages.get(row.id, ())),
                )
    return forms
