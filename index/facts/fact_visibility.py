"""What a principal sees of the facts, as conditions of SQL; see :mod:`index.visibility`."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from index.access import Principal
from index.facts.fact_tables import fact, planned_work
from index.visibility import visible_sites


def visible_facts(principal: Principal) -> sa.ColumnElement[bool]:
    """The rows of ``fact`` that a principal sees: those of the tickets that they see."""
    condition = visible_sites(fact.c.site, principal)
    if principal.groups is None:
        return condition
    # Not LIKE, for which SQLite takes capital and small letters for the same.
    key = fact.c.groups_key
    shared = [
        sa.func.replace(key, groups_key([group]), "") != key for group in sorted(principal.groups)
    ]
    return condition & sa.or_(key == "", *shared)


def visible_plans(principal: Principal) -> sa.ColumnElement[bool]:
    """The rows of ``planned_work`` that a principal sees; plans belong to sites, not to groups."""
    return visible_sites(planned_work.c.site, principal)


def groups_key(groups: Iterable[str]) -> str:
    """Groups as the one text that is looked into; empty where there are none."""
    # A mark in a name must not make it look like two.
    named = [name.replace("%", "%25").replace("|", "%7C") for name in sorted(set(groups))]
    return f"|{'|'.join(named)}|" if named else ""
