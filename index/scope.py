"""Which revisions a search may look into: permission first, then every restriction of the filter.

It fails closed: what a restriction does not clearly let through is out.
"""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from index import tables
from index.access import Principal
from index.codes import fold
from index.corpus import PassageFilter, RevisionStatus
from index.serials import covers
from index.visibility import visible_assets, visible_documents


def find_revisions(
    connection: sa.Connection,
    principal: Principal,
    where: PassageFilter,
    statuses: Collection[RevisionStatus],
) -> list[int]:
    """Ids of the revisions of a status that the principal may see and the filter lets through."""
    document, revision = tables.document.c, tables.revision.c
    query = (
        sa.select(revision.id, revision.document_id, revision.label)
        .join(tables.document, document.id == revision.document_id)
        .where(revision.status.in_(statuses))
    )
    query = query.where(visible_documents(principal))
    if where.sites:
        query = query.where(_of_sites(where.sites))
    if where.kinds:
        query = query.where(document.kind.in_(where.kinds))
    if where.documents:
        query = query.where(document.id.in_(where.documents))
    if where.languages:
        query = query.where(revision.language.in_(where.languages))
    if where.models:
        query = query.where(_names_model(where.models))
    if where.asset is not None:
        query = query.where(_applies_to(principal, where.asset))
    rows = connection.execute(query.order_by(revision.id)).all()
    if where.revisions:
        labels = {fold(label) for label in where.revisions}
        rows = [row for row in rows if fold(row.label) in labels]
    outside: set[int] = set()
    if where.asset is not None:
        outside |= _outside_asset(connection, principal, where.asset)
    if where.serial:
        outside |= _outside_serial(connection, where.serial)
    return [row.id for row in rows if row.document_id not in outside]


def _of_sites(sites: Collection[str]) -> sa.ColumnElement[bool]:
    """A document of no site is everybody's."""
    site = tables.document.c.site
    return site.is_(None) | site.in_(sites)


def _names_model(models: Collection[str]) -> sa.ColumnElement[bool]:
    table = tables.document_model.c
    wanted = [folded for name in models if (folded := fold(name))]
    named = sa.select(table.document_id).where(table.folded.in_(wanted))
    return tables.document.c.id.in_(named)


def _applies_to(principal: Principal, tag: str) -> sa.ColumnElement[bool]:
    """A document applies to an asset that it is linked to or whose model it names.

    To one that the principal does not see, nothing applies.
    """
    document, asset = tables.document.c, tables.asset.c
    is_meant = (asset.folded == fold(tag)) & visible_assets(principal)
    linked = sa.exists(
        sa.select(tables.document_asset.c.asset_id)
        .join(tables.asset, asset.id == tables.document_asset.c.asset_id)
        .where(tables.document_asset.c.document_id == document.id, is_meant)
    )
    same_model = sa.exists(
        sa.select(tables.document_model.c.model)
        .join(tables.asset, tables.document_model.c.folded == asset.model_folded)
        .where(tables.document_model.c.document_id == document.id, is_meant)
        .where(asset.model_folded != "")  # an asset of no model is of no document's model
    )
    return linked | same_model


def _outside_asset(connection: sa.Connection, principal: Principal, tag: str) -> set[int]:
    """Documents for other serial numbers than an asset's, those linked to it by name left out.

    One that names serial numbers does not apply to an asset whose own is not known.
    """
    asset, linked = tables.asset.c, tables.document_asset.c
    own = connection.execute(
        sa.select(asset.id, asset.serial).where(
            asset.folded == fold(tag), visible_assets(principal)
        )
    ).first()
    if own is None:
        return set()
    named = set(connection.scalars(sa.select(linked.document_id).where(linked.asset_id == own.id)))
    return _outside_serial(connection, own.serial) - named


def _outside_serial(connection: sa.Connection, serial: str) -> set[int]:
    """The documents that name serial numbers, but not this one."""
    table = tables.document_serial.c
    ranges: dict[int, list[str]] = {}
    for row in connection.execute(sa.select(table.document_id, table.serials)):
        ranges.setdefault(row.document_id, []).append(row.serials)
    return {document for document, texts in ranges.items() if not covers(texts, serial)}
