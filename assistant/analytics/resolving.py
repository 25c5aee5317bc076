"""What a query means at this plant: its own names for things, and whose clock borders follow."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from assistant.analytics import conditions, dimensions, folded_text
from assistant.analytics.errors import CannotAnswer
from assistant.analytics.query import Dimension, Filter, Query
from assistant.analytics.scope import Key, Scope
from index.access import Principal
from index.facts.fact_tables import fact
from index.facts.plant import Plant, Site, plain_name
from index.tables import asset
from index.visibility import visible_assets


def resolved(chosen: Filter, plant: Plant) -> Filter:
    """A filter with the plant's own name for each value, as the facts have it."""
    value = chosen.value
    if isinstance(value, str) and chosen.op in ("eq", "ne"):
        return chosen.model_copy(update={"value": _named(chosen.field, value, plant)})
    if isinstance(value, tuple):
        names = tuple(dict.fromkeys(_named(chosen.field, text, plant) for text in value))
        return chosen.model_copy(update={"value": names})
    return chosen


def _named(field: str, text: str, plant: Plant) -> str:
    if field == "site":
        return plant.site(text).name or text
    return plant.value(field, text)


def site_of(
    query: Query, principal: Principal, plant: Plant, connection: sa.Connection
) -> tuple[Site, str]:
    """The site whose clock the borders follow, and a note where others have another clock.

    It is the one that is asked for, by its name or by that of a machine, line, area or team of it;
    else the only one that the principal sees, else the first.
    """
    asked = [one for one in query.filters if one.field == "site" and one.op in ("eq", "in")]
    named: Sequence[str] = ()
    if asked:
        named = _values(asked[0])
    elif place := _site_of_places(query, principal, plant, connection):
        return place, ""
    elif principal.sites is not None:
        named = sorted(principal.sites)
    known = [plant.site(name) for name in named] or list(plant.sites)
    if not known:
        return plant.site(None), ""
    if not asked and principal.sites is not None:  # in the order of the plant's own file
        known = [site for site in plant.sites if site in known] or known
    zones = {site.time_zone.key for site in known}
    if len(zones) == 1:
        return known[0], ""
    return known[0], (
        f"The period begins and ends on the clock of {known[0].name} "
        f"({known[0].time_zone.key}), at the other sites too."
    )


def _site_of_places(
    query: Query, principal: Principal, plant: Plant, connection: sa.Connection
) -> Site | None:
    """The only site at which there is what the filters name; None where there are several."""
    chosen = [one for one in query.filters if one.op in ("eq", "in")]
    places = [one for one in chosen if one.field in _PLACES]
    if places:
        named = [folded_text.is_any(_PLACES[one.field], list(_values(one))) for one in places]
        statement = sa.select(asset.c.site).distinct().where(visible_assets(principal), *named)
        found = {name or "" for name in connection.scalars(statement.limit(2))}
    else:
        teams = [plant.team(name) for one in chosen if one.field == "team" for name in _values(one)]
        found = {team.site if team else "" for team in teams}
    return plant.find_site(found.pop()) if len(found) == 1 and "" not in found else None


_PLACES = {
    "asset": asset.c.tag,
    "asset_class": asset.c.asset_class,
    "model": asset.c.model,
    "area": asset.c.area,
    "line": asset.c.line,
}


def _values(chosen: Filter) -> tuple[str, ...]:
    return chosen.value if isinstance(chosen.value, tuple) else (str(chosen.value),)


def asset_condition(
    chosen: Filter, connection: sa.Connection, principal: Principal
) -> sa.ColumnElement[bool] | None:
    """A filter on assets of the register by their ids, which an index knows; else None."""
    if chosen.field != "asset" or chosen.op not in ("eq", "in"):
        return None
    names = list(_values(chosen))
    known = sa.select(asset.c.id, asset.c.tag)
    rows = connection.execute(
        known.where(visible_assets(principal), folded_text.is_any(asset.c.tag, names))
    ).all()
    if {plain_name(row.tag) for row in rows} != {plain_name(name) for name in names}:
        return None
    return fact.c.asset_id.in_([row.id for row in rows])


def has_register(connection: sa.Connection) -> bool:
    """Whether there is a register of assets at all."""
    return connection.execute(sa.select(asset.c.id).limit(1)).first() is not None


def in_group(scope: Scope, dims: tuple[Dimension, ...], group: Key) -> list[sa.ColumnElement[bool]]:
    """That a ticket belongs to a group of a figure, by the cells of its dimensions.

    Raises:
        CannotAnswer: the group has not as many cells as the figure has dimensions.
    """
    if len(group) != len(dims):
        raise CannotAnswer(
            f"The figure is split by {', '.join(dims) or 'nothing'}: give one value for each."
        )
    found = []
    for name, value in zip(dims, group, strict=True):
        if name in dimensions.JOINED:
            op = "null" if value is None else "eq"
            chosen = {"field": name, "op": op, "value": value}
            found.append(conditions.condition(Filter.model_validate(chosen), scope.as_of))
            continue
        if name == "asset" and value and not has_register(scope.connection):
            value = f"{dimensions.UNREGISTERED}{value}"
        column = dimensions.expression(name, scope.field, scope.plant)
        if value is None:
            empty = column.is_(None)
            is_text = isinstance(column.type, sa.String)
            found.append(empty | (column == "") if is_text else empty)
        else:
            found.append(column == dimensions.raw(name, value, scope.plant))
    return found
