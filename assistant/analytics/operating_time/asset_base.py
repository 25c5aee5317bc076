"""What failures of assets are set against: assets, their hours, and what must be said of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from assistant.analytics.figure import Exclusion
from assistant.analytics.metrics.same_failures import counts_as_failure
from assistant.analytics.operating_time.meters import read_meters
from assistant.analytics.operating_time.population import (
    OF_ASSETS,
    Registered,
    conditions_of_tickets,
    registered,
)
from assistant.analytics.operating_time.running_hours import (
    Hours,
    Subject,
    first_moment,
    split_hours,
)
from assistant.analytics.operating_time.stops import joined, read_stops
from assistant.analytics.scope import Key, Scope
from index.facts.fact_tables import fact


@dataclass(frozen=True, slots=True)
class AssetBase:
    """The assets of a figure with the hours of its groups; ``start`` is from when on they count."""

    assets: list[Registered]
    start: int | None
    hours: Mapping[Key, Hours]
    notes: tuple[str, ...]


def asset_base(scope: Scope) -> AssetBase:
    """The hours that the assets ran, whatever the filters choose of their tickets."""
    assets, start = registered(scope), first_moment(scope)
    if start is None or not assets or start >= scope.until:
        why = "No asset of the register fits" if not assets else "The record holds nothing so far"
        return AssetBase(assets, None, {}, (f"{why}: there are no hours.",))
    subjects = subjects_of(scope, assets)
    stops = joined(read_stops(scope, assets, counts_as_failure(scope), start))
    meters = read_meters(scope, assets, start)
    notes = hours_notes(scope, subjects, start, stops.still_open)
    if meters:
        notes.append(f"Hours of {len(meters)} of {len(assets)} assets are from their meters.")
    if filters := conditions_of_tickets(scope):
        notes.append(f"Hours are all those of the assets: '{', '.join(filters)}' is of failures.")
    return AssetBase(
        assets, start, split_hours(scope, subjects, stops, start, meters), tuple(notes)
    )


def subjects_of(scope: Scope, assets: Sequence[Registered]) -> list[Subject]:
    """Each asset with its plan."""
    return [
        Subject(
            {name: each.cell(name) for name in OF_ASSETS},
            each.site,
            (scope.plant.schedule(each.site, each.tag),),
        )
        for each in assets
    ]


def hours_notes(
    scope: Scope, subjects: Sequence[Subject], start: int, still_open: int
) -> list[str]:
    """What must be said of hours: from when on, without a plan, stops that go on."""
    notes = []
    if scope.start is None:
        zone = scope.plant.site(None).time_zone
        day = datetime.fromtimestamp(start, zone).date()
        notes.append(f"Hours are counted from the first ticket of the record on ({day}).")
    unplanned = sum(each.is_around_the_clock for each in subjects)
    if unplanned and not (scope.metric == "mtbf_h" and is_calendar(scope)):
        notes.append(
            f"{unplanned} of {len(subjects)} assets have no planned hours: they count around the "
            "clock."
        )
    if still_open:
        notes.append(f"{still_open} stops have not ended: they count until the data ends.")
    return notes


def is_calendar(scope: Scope) -> bool:
    """Whether all hours are asked for, not those of operation."""
    return scope.query.params.basis == "calendar"


def without_asset(scope: Scope, rule: sa.ColumnElement[bool]) -> tuple[Exclusion, ...]:
    """Tickets that name no asset of the register: nothing is known of their hours."""
    statement = sa.select(sa.func.count()).where(rule, fact.c.asset_id.is_(None))
    rows = int(scope.run("tickets without a known asset", statement)[0][0])
    return (Exclusion(reason="name no asset of the register", rows=rows),) if rows else ()
