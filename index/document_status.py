"""Which revision of a document answers: draft, approved, superseded or withdrawn.

At most one revision of a document is approved. It is the newest one that people let through: a
draft waits for a person, a withdrawn revision never answers, and where the newest is withdrawn none
answers until somebody approves an older one or a newer one comes in. The document's facts (title,
kind, models, ...) are those that its approved revision gives, where none is approved its newest.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import sqlalchemy as sa

from index import tables
from index.catalog import Catalog
from index.codes import fold
from index.corpus import Document, RevisionStatus
from index.database import writing
from index.errors import StatusRefused


@dataclass(frozen=True, slots=True)
class StatusChange:
    """A revision whose status changed."""

    content_hash: str
    before: RevisionStatus
    after: RevisionStatus


def facts_of(document: Document) -> dict[str, Any]:
    """What a revision says about its document, in the form that the revision's row keeps."""
    return {
        "number": document.number,
        "title": document.title,
        "kind": document.kind,
        "site": document.site,
        "groups": None if document.groups is None else list(document.groups),
        "models": list(document.models),
        "serials": list(document.serials),
        "assets": list(document.assets),
    }


def approve(
    catalog: Catalog, revision_ids: Iterable[int], *, is_past: bool = False
) -> list[StatusChange]:
    """Approve drafts, withdrawn revisions, or an older one whose newer one is withdrawn.

    All in one transaction. What they replace is superseded. A decision of the past is taken again
    with ``is_past``: where a newer revision has come in since, that one goes on answering.

    Raises:
        StatusRefused: a newer revision is approved.
    """
    table = tables.revision
    wanted = list(revision_ids)
    with writing(catalog.engine) as connection:
        before = _statuses(connection)
        rows = connection.execute(
            sa.select(table.c.id, table.c.document_id, table.c.label).where(table.c.id.in_(wanted))
        ).all()
        values = {"status": "superseded", "is_pinned": True}
        connection.execute(table.update().where(table.c.id.in_(wanted)).values(values))
        for document_id in dict.fromkeys(row.document_id for row in rows):
            settle(connection, document_id)
        for row in rows:
            # Of several revisions of one document the newest answers, in whatever order they stand.
            answering = connection.scalar(
                sa.select(table.c.id).where(
                    table.c.document_id == row.document_id, table.c.status == "approved"
                )
            )
            if answering not in wanted and not is_past:
                raise StatusRefused(
                    f"A newer revision than {row.label or row.id} is approved. Withdraw that one "
                    "first."
                )
        return _changes(before, _statuses(connection))


def withdraw(catalog: Catalog, revision_ids: Iterable[int]) -> list[StatusChange]:
    """Let revisions answer no more; nothing takes their place by itself."""
    return _set(catalog, dict.fromkeys(revision_ids, "withdrawn"))


def restore(catalog: Catalog, statuses: Mapping[str, RevisionStatus]) -> list[StatusChange]:
    """Give revisions, named by the hash of their content, the statuses that they had before.

    Revisions that are gone are left out.
    """
    table = tables.revision.c
    with catalog.engine.connect() as connection:
        rows = connection.execute(
            sa.select(table.id, table.content_hash).where(table.content_hash.in_(statuses))
        ).all()
    return _set(catalog, {row.id: statuses[row.content_hash] for row in rows})


def settle(connection: sa.Connection, document_id: int) -> None:
    """Decide anew which revision of a document is the approved one, and take its facts over."""
    table = tables.revision
    rows = connection.execute(
        sa.select(table)
        .where(table.c.document_id == document_id, table.c.status != "draft")
        .order_by(table.c.id)
    ).all()
    if not rows:
        _say(connection, document_id)
        return
    newest = _newest(rows)
    chosen: Any = newest
    if newest.status == "withdrawn":
        pinned = [row for row in rows if row.is_pinned and row.status != "withdrawn"]
        chosen = _newest(pinned) if pinned else None
    for row in rows:
        if row.status != "withdrawn":
            is_chosen = chosen is not None and row.id == chosen.id
            status = "approved" if is_chosen else "superseded"
            # What a newer one replaced must not come back by itself when that is withdrawn.
            values = {"status": status, "is_pinned": row.is_pinned and is_chosen}
            connection.execute(table.update().where(table.c.id == row.id).values(values))
    _say(connection, document_id)


def _set(catalog: Catalog, wanted: Mapping[int, str]) -> list[StatusChange]:
    table = tables.revision
    with writing(catalog.engine) as connection:
        before = _statuses(connection)
        for revision_id, status in wanted.items():
            connection.execute(
                table.update()
                .where(table.c.id == revision_id)
                .values(status=status, is_pinned=status == "approved")
            )
        documents = connection.scalars(
            sa.select(table.c.document_id).where(table.c.id.in_(wanted)).distinct()
        ).all()
        for document_id in documents:
            _say(connection, document_id)
        return _changes(before, _statuses(connection))


def _say(connection: sa.Connection, document_id: int) -> None:
    """Let a document say what its approved revision says, else its newest one, drafts last."""
    table = tables.revision
    rows = connection.execute(
        sa.select(table).where(table.c.document_id == document_id).order_by(table.c.id)
    ).all()
    for statuses in (("approved",), ("superseded", "withdrawn"), ("draft",)):
        known = [row for row in rows if row.status in statuses]
        if known:
            facts = _newest(known).facts
            if facts:
                take_over(connection, document_id, facts)
            return


def take_over(connection: sa.Connection, document_id: int, facts: Mapping[str, Any]) -> None:
    """Let a document say of itself what one of its revisions says (see :func:`facts_of`)."""
    values = {name: facts[name] for name in ("number", "title", "kind", "site")}
    # Who may see a document changes only when somebody says so: None says nothing.
    if values["site"] is None:
        del values["site"]
    elif not values["site"]:
        values["site"] = None
    if (groups := facts.get("groups")) is not None:
        put_groups(connection, document_id, groups)
    table = tables.document
    connection.execute(table.update().where(table.c.id == document_id).values(values))
    models, serials, linked = tables.document_model, tables.document_serial, tables.document_asset
    connection.execute(models.delete().where(models.c.document_id == document_id))
    for model in facts["models"]:
        row = {"document_id": document_id, "model": model, "folded": fold(model)}
        connection.execute(models.insert().values(row))
    connection.execute(serials.delete().where(serials.c.document_id == document_id))
    for text in facts["serials"]:
        connection.execute(serials.insert().values(document_id=document_id, serials=text))
    if facts["assets"]:  # a revision that names none leaves the links as they are
        connection.execute(linked.delete().where(linked.c.document_id == document_id))
    for tag in facts["assets"]:
        known = sa.select(sa.literal(document_id), tables.asset.c.id).where(
            tables.asset.c.folded == fold(tag)
        )
        connection.execute(
            linked.insert().prefix_with("OR IGNORE").from_select(["document_id", "asset_id"], known)
        )


def put_groups(connection: sa.Connection, document_id: int, groups: Iterable[str]) -> None:
    """Let these groups of its site see a document, everybody of the site where there are none."""
    table = tables.document_group
    connection.execute(table.delete().where(table.c.document_id == document_id))
    for name in dict.fromkeys(groups):
        connection.execute(table.insert().values(document_id=document_id, name=name))


def _newest(rows: Sequence[Any]) -> Any:
    """The newest of revisions that stand in the order in which they came in."""
    return reduce(lambda best, row: best if _is_older(row, best) else row, rows)


def _is_older(row: Any, other: Any) -> bool:
    if row.date and other.date and row.date != other.date:
        return bool(row.date < other.date)
    known = bool(row.label and other.label)
    return known and _label_key(row.label) < _label_key(other.label)


def _label_key(label: str) -> list[tuple[int, str]]:
    """Order revision labels: A < B < Z < AA, 9 < 10, 1.9 < 1.10 < 2."""
    parts = re.findall(r"\d+|[^\W\d_]+", label.casefold())
    return [(len(text), text) for text in (part.lstrip("0") or "0" for part in parts)]


def _statuses(connection: sa.Connection) -> dict[str, RevisionStatus]:
    table = tables.revision.c
    rows = connection.execute(
        sa.select(table.content_hash, table.status).where(table.source != "tickets")
    )
    return {row.content_hash: row.status for row in rows}


def _changes(
    before: Mapping[str, RevisionStatus], after: Mapping[str, RevisionStatus]
) -> list[StatusChange]:
    return [
        StatusChange(key, before[key], status)
        for key, status in after.items()
        if key in before and before[key] != status
    ]
