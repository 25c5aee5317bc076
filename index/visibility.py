"""What a principal sees, as conditions of SQL: the only place that says so.

Whatever returns, counts, lists, suggests or computes something from documents, tickets or assets
puts one of these conditions into its query, before anything is ranked or counted. What belongs to
no site is everybody's, and so is what belongs to no group (see :class:`index.access.Principal`).
"""

from __future__ import annotations

import json
from collections.abc import Collection

import sqlalchemy as sa

from index import tables
from index.access import Principal
from index.errors import NotAllowed
from index.ticket_tables import ticket


def visible_documents(principal: Principal) -> sa.ColumnElement[bool]:
    """The rows of ``document`` that a principal sees; histories are among them."""
    document, link = tables.document.c, tables.document_group.c
    return visible_sites(document.site, principal) & _of_groups(
        principal, sa.exists().where(link.document_id == document.id), link.name
    )


def visible_tickets(principal: Principal) -> sa.ColumnElement[bool]:
    """The rows of ``ticket`` that a principal sees."""
    return visible_rows(principal, ticket.c.site, ticket.c.groups)


def visible_rows(
    principal: Principal, site: sa.Column[str | None], groups: sa.Column[list[str]]
) -> sa.ColumnElement[bool]:
    """The rows of a table with a site and a JSON list of groups that a principal sees."""
    condition = visible_sites(site, principal)
    if principal.groups is None:
        return condition
    named = sa.func.json_each(groups).table_valued("value")
    shared = sa.exists(
        sa.select(sa.literal(1))
        .select_from(named)
        .where(named.c.value.in_(sorted(principal.groups)))
    )
    return condition & ((sa.func.json_array_length(groups) == 0) | shared)


def visible_assets(principal: Principal) -> sa.ColumnElement[bool]:
    """The rows of ``asset`` that a principal sees; assets belong to sites, not to groups."""
    return visible_sites(tables.asset.c.site, principal)


def visible_revisions(principal: Principal) -> sa.ColumnElement[bool]:
    """The rows of ``revision``, whatever their status, whose document a principal sees."""
    seen = sa.select(tables.document.c.id).where(visible_documents(principal))
    return tables.revision.c.document_id.in_(seen)


def sees_everything(principal: Principal) -> bool:
    """Tell whether nothing is hidden from a principal."""
    return principal.sites is None and principal.groups is None


def reach_of(site: str | None, groups: Collection[str]) -> str:
    """A site and groups as one text; empty for what is everybody's.

    It tells apart what else has one name: the documents of one number at two sites, the tickets of
    one asset that different people see.
    """
    named = sorted(set(groups))
    return json.dumps([site, named], ensure_ascii=False) if site or named else ""


def check_reach(principal: Principal, site: str | None, groups: Collection[str]) -> None:
    """Go on only if a principal may give something this site and these groups.

    Raises:
        NotAllowed: they are not the principal's own.
    """
    own = principal.groups
    if principal.may_change(site, groups) and (own is None or own.issuperset(groups)):
        return
    sites = ", ".join(sorted(principal.sites or ())) or "none"
    named = "every group" if own is None else ", ".join(sorted(own)) or "none"
    raise NotAllowed(
        "Only your own site and groups can be given: "
        f"name one of your sites ({sites}), and no other groups than yours ({named})."
    )


def check_change(
    principal: Principal, name: str, site: str | None, groups: Collection[str]
) -> None:
    """Go on only if a principal may change what they see of this site and these groups.

    Raises:
        NotAllowed: it is everybody's, which only who sees every site may change.
    """
    if not principal.sees(site, groups):
        raise NotAllowed(
            f"You would not see {name} any more. Keep one of your own sites and groups for it."
        )
    if not principal.may_change(site, groups):
        raise NotAllowed(
            f"{name} belongs to every site, so only who sees every site may change it. Ask an "
            "administrator."
        )


def visible_sites(column: sa.Column[str | None], principal: Principal) -> sa.ColumnElement[bool]:
    """The rows of a table with a column of sites that a principal sees."""
    if principal.sites is None:
        return sa.true()
    return column.is_(None) | column.in_(sorted(principal.sites))


def _of_groups(
    principal: Principal, links: sa.Exists, name: sa.Column[str]
) -> sa.ColumnElement[bool]:
    """``links`` are the groups of a row: none, or one of the principal's."""
    if principal.groups is None:
        return sa.true()
    return ~links | links.where(name.in_(sorted(principal.groups)))
