"""Which document a new file belongs to, where several of one number are seen by different people.

A document is known by its printed number, else by where it comes from, and by its reach: what was
stated of site and groups when its first file came in. So a file of one site never becomes a
revision of another site's document.
"""

from __future__ import annotations

from collections.abc import Collection
from itertools import count

import sqlalchemy as sa

from index import tables
from index.catalog import Catalog
from index.corrections import BEFORE_REACH, identity_of
from index.visibility import reach_of


def reach_to_join(
    catalog: Catalog, number: str, source: str, site: str | None, groups: Collection[str]
) -> str:
    """The reach of the document that a file belongs to, a known one or a new one.

    Where nothing is stated, a file belongs to the one document of its number. Else it belongs to a
    document that is seen by just those who were stated: what somebody corrected counts.
    """
    base = identity_of(number, source)
    stated = reach_of(site, groups)
    known = _known(catalog, base)
    if not stated:
        return "" if base in known or len(known) != 1 else _reach(base, next(iter(known)))
    fitting = [identity for identity, seen_by in known.items() if seen_by == stated]
    if fitting:
        return _reach(base, min(fitting, key=lambda found: (found != base, found)))
    names = (stated if n == 1 else f"{stated}#{n}" for n in count(1))
    return next(name for name in names if identity_of(number, source, name) not in known)


def _known(catalog: Catalog, base: str) -> dict[str, str]:
    """Identities of the documents of one number, each with who sees it now."""
    document, link = tables.document.c, tables.document_group.c
    same = (document.identity == base) | document.identity.startswith(
        base + BEFORE_REACH, autoescape=True
    )
    with catalog.engine.connect() as connection:
        rows = connection.execute(
            sa.select(document.id, document.identity, document.site).where(same)
        ).all()
        return {
            row.identity: reach_of(
                row.site,
                connection.scalars(sa.select(link.name).where(link.document_id == row.id)).all(),
            )
            for row in rows
        }


def _reach(base: str, identity: str) -> str:
    return identity.removeprefix(base).removeprefix(BEFORE_REACH)
