"""Documents that apply to some serial numbers of a model only."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from index import tables
from index.access import Principal
from index.codes import fold
from index.visibility import visible_documents


@dataclass(frozen=True, slots=True)
class SerialLimit:
    """A document and the ranges of serial numbers that it names, in the form of index.serials."""

    document: str
    ranges: tuple[str, ...]


def serial_limits(
    engine: sa.Engine, principal: Principal, revisions: Collection[int], model: str = ""
) -> tuple[SerialLimit, ...]:
    """The documents in use, seen by a principal, that name serial numbers.

    They are those of these revisions and, if a model is given, those that name that model.
    """
    document, revision, serial = tables.document.c, tables.revision.c, tables.document_serial.c
    named = tables.document_model.c
    is_meant: sa.ColumnElement[bool] = revision.id.in_(list(revisions))
    if folded := fold(model):
        of_model = sa.select(named.document_id).where(named.folded == folded)
        is_meant |= document.id.in_(of_model)
    query = (
        sa.select(document.id, document.number, document.title, serial.serials)
        .join(tables.revision, revision.document_id == document.id)
        .join(tables.document_serial, serial.document_id == document.id)
        .where(revision.status == "approved", visible_documents(principal), is_meant)
        .order_by(document.id, serial.serials)
        .distinct()
    )
    found: dict[int, tuple[str, list[str]]] = {}
    with engine.connect() as connection:
        for row in connection.execute(query):
            name = row.number or row.title
            found.setdefault(row.id, (name, []))[1].append(row.serials)
    return tuple(SerialLimit(name, tuple(ranges)) for name, ranges in found.values())
