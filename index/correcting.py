"""Bring stored revisions in line with what people corrected about them."""

from __future__ import annotations

import sqlalchemy as sa

from index import tables
from index.catalog import Catalog
from index.corrections import Correction, Corrections
from index.storing import described, retag


def carry_out(catalog: Catalog, corrections: Corrections) -> list[str]:
    """Carry out what waits; return the content hashes of the revisions that changed.

    What is corrected of a document holds for all its revisions.
    """
    pending = corrections.pending()
    changed: list[str] = []
    for content_hash, source in _affected(catalog, pending):
        if correct_again(catalog, corrections, content_hash, source):
            changed.append(content_hash)
        if (stored := catalog.find_content(content_hash)) is not None:
            corrections.restrict(content_hash, stored.site, stored.groups)
    corrections.mark_done(pending)
    return changed


def correct_again(
    catalog: Catalog, corrections: Corrections, content_hash: str, source: str
) -> bool:
    """Apply to a revision what was corrected while it was being read; True if that changed it."""
    before = described(catalog, content_hash)
    if before is None:
        return False
    after = corrections.apply(before, content_hash, source)
    if after != before:
        retag(catalog, content_hash, after)
    return after != before


def _affected(catalog: Catalog, pending: list[Correction]) -> list[tuple[str, str]]:
    """Content hashes with sources, those with a correction of their own first.

    Such a correction may move a revision to another document.
    """
    revision, document = tables.revision.c, tables.document.c
    query = sa.select(revision.content_hash, revision.source).order_by(revision.id)
    of_document = query.join(tables.document, document.id == revision.document_id)
    found: dict[tuple[str, str], None] = {}
    with catalog.engine.connect() as connection:
        for item in sorted(pending, key=lambda item: item.scope != "revision"):
            chosen = (
                query.where(revision.content_hash == item.key)
                if item.scope == "revision"
                else of_document.where(document.identity == item.key)
            )
            for row in connection.execute(chosen):
                found[row.content_hash, row.source] = None
    return list(found)
