"""Metrics of spare parts: how many were used, and how many will be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa

from assistant.analytics import conditions
from assistant.analytics.catalogue import definition_of
from assistant.analytics.dimensions import JOINED, LABELS
from assistant.analytics.errors import CannotAnswer
from assistant.analytics.estimation.demand import (
    Use,
    first_order,
    forecast,
    lasting_stock,
    recent_rate,
)
from assistant.analytics.figure import Cell, Column
from assistant.analytics.metrics.tallies import Tally, tally
from assistant.analytics.operating_time.running_hours import first_moment
from assistant.analytics.scope import Computed, Key, Scope
from index.facts.fact_tables import fact, fact_part, part

_DAY = 86400
_WEEK = 7 * _DAY
_LEAST_WEEKS = 4  # less of the past is no ground for a forecast
_FEW = 5
_WHOLE_UNITS = frozenset({"", "pcs", "pc", "piece", "pieces", "ea", "each", "st", "stk", "set"})
"""Units of which there is no half."""
_OF_PARTS = ("part", "part_category")


def part_qty(scope: Scope) -> Computed:
    """The quantity of parts that tickets used; different units are not added."""
    keys = scope.keys()
    unit = sa.func.coalesce(part.c.unit, "").label("unit")
    columns = (
        unit,
        sa.func.sum(fact_part.c.quantity).label("quantity"),
        sa.func.count(sa.distinct(fact.c.ticket_id)).label("tickets"),
    )
    statement = (
        sa.select(*keys, *columns)
        .select_from(_source(scope))
        .where(scope.counted(each_ticket=True), scope.in_period(), *_lines(scope))
        .group_by(*(sa.text(key.name) for key in keys), sa.text("unit"))
    )
    sums: dict[Key, dict[str, float]] = defaultdict(dict)
    tickets: dict[Key, int] = defaultdict(int)
    for row in scope.run("quantities of parts", statement):
        key, (name, quantity, number) = scope.key(row), row[len(keys) :]
        sums[key][name] = sums[key].get(name, 0.0) + float(quantity)
        tickets[key] += int(number)
    values: dict[Key, tuple[Cell, ...]] = {
        key: (_only(of), _in_units(of), tickets[key]) for key, of in sums.items()
    }
    if not values and not scope.dims:
        values[()] = (0.0, None, 0)
    units = {name for of in sums.values() for name in of}
    notes = _notes_of_units(sums)
    rule = _has_parts(scope) & scope.in_period()
    # Tickets are counted once: by group only where the groups tell which assets are not known.
    split = tuple(name for name in scope.dims if name == "asset")
    found = tally(replace(scope, dims=split), "tickets with parts", each_ticket=True, rule=rule)
    name, label = scope.metric, definition_of(scope.metric).label
    return Computed(
        columns=(
            Column(name=name, label=label, unit=next(iter(units)) if len(units) == 1 else ""),
            Column(name=f"{name}.by_unit", label="By unit", kind="text"),
            Column(name=f"{name}.tickets", label="Tickets"),
        ),
        values=values,
        counted=found.n,
        counted_what="tickets with parts",
        excluded=found.excluded,
        notes=(*_notes_of_tickets(scope, found), *notes) if sums else ("No parts fit: zero rows.",),
        behind=scope.counted(each_ticket=True) & rule,
        is_additive=len(units) <= 1 and not set(scope.dims) & {"alarm_code", "person"},
    )


def part_forecast(scope: Scope) -> Computed:
    """What of each part will be used in the days ahead, and what to order first."""
    if set(scope.dims) - {"part"}:
        raise CannotAnswer(
            "A forecast is of single parts. Split it by part, or not at all; choose with filters."
        )
    start = first_moment(scope)
    days = 0.0 if start is None else (scope.until - start) / _DAY
    if days * _DAY < _LEAST_WEEKS * _WEEK:
        raise CannotAnswer(
            f"A forecast needs at least {_LEAST_WEEKS} weeks of the past, and the period has "
            f"{days:.0f} days. Name a longer time, for example last_12m."
        )
    assert start is not None  # without one there are no days
    past = _past(scope, start)
    values: dict[Key, tuple[Cell, ...]] = {
        (number,): _cells(scope, one, days) for number, one in past.items()
    }
    few = sum(len(one.quantities) < _FEW for one in past.values())
    params = scope.query.params
    notes = [
        f"From {days:.0f} days of use; it goes on as it went. The recent pace is that of the "
        "latest weeks (TSB).",
        f"The order level is the stock that lasts the lead time, {params.confidence:.0%} sure; "
        "the first order fills the stock up to it.",
    ]
    if few:
        notes.append(f"{few} parts were used fewer than {_FEW} times: the interval tells more.")
    unknown = sum(one.lead_time_d is None or one.stock is None for one in past.values())
    if unknown:
        notes.append(f"Stock or lead time of {unknown} parts is not known: no order is told.")
    if not past:
        notes = ["No parts fit: zero rows."]
    return Computed(
        columns=_forecast_columns(scope),
        values=values,
        counted=sum(len(one.quantities) for one in past.values()),
        counted_what="uses of parts",
        notes=tuple(notes),
        behind=scope.counted(each_ticket=True) & scope.in_period() & _has_parts(scope),
        dims=("part",) if scope.dims != ("part",) else None,
    )


@dataclass(slots=True)
class _Past:
    """What is known of a part: its uses (moment and quantity), and what the register says."""

    unit: str
    stock: float | None
    lead_time_d: float | None
    moments: list[int] = field(default_factory=list)
    quantities: list[float] = field(default_factory=list)


def _past(scope: Scope, start: int) -> dict[str, _Past]:
    moment = fact.c.completed if scope.field == "completed" else fact.c.reported
    quantity = sa.func.sum(fact_part.c.quantity)
    statement = (
        sa.select(fact_part.c.part_no, sa.func.min(moment), quantity)
        .select_from(_source(replace(scope, dims=())))
        .where(scope.counted(each_ticket=True), scope.in_period(), *_lines(scope))
        .where((moment if scope.start is not None else moment + 0) >= start)
        .group_by(fact.c.ticket_id, fact_part.c.part_no)  # as they lie in the index
        .having(quantity > 0)
    )
    rows = scope.run("uses of parts", statement)
    of_part = (part.c.part_no, part.c.unit, part.c.stock, part.c.lead_time_d)
    register = {row[0]: row for row in scope.run("register of parts", sa.select(*of_part))}
    found: dict[str, _Past] = {}
    for number, when, used in rows:
        if number not in found:
            _, unit, stock, lead = register.get(number, (number, "", None, None))
            found[number] = _Past(unit or "", stock, lead)
        found[number].moments.append(when)
        found[number].quantities.append(float(used))
    return dict(sorted(found.items()))


def _cells(scope: Scope, past: _Past, days: float) -> tuple[Cell, ...]:
    params = scope.query.params
    use = Use(tuple(past.quantities), days)
    made = forecast(use, params.horizon_d, params.confidence)
    level: float | None = None
    order: float | None = None
    if past.lead_time_d:
        level = lasting_stock(use, past.lead_time_d, params.confidence)
    elif past.lead_time_d == 0:
        level = 0.0
    if level is not None and past.stock is not None:
        is_whole = past.unit.casefold() in _WHOLE_UNITS
        order = first_order(level, past.stock, is_whole=is_whole)
    recent = recent_rate(_weekly(past, scope.until, days)) * params.horizon_d / 7
    return (made.mean, made.low, made.high, recent, sum(past.quantities), len(past.quantities),
            past.stock, past.lead_time_d, level, order, past.unit or None)  # fmt: skip


def _weekly(past: _Past, until: int, days: float) -> list[float]:
    """The use of each week, the oldest first; whole weeks back from the end."""
    weeks = [0.0] * int(days // 7)
    for moment, quantity in zip(past.moments, past.quantities, strict=True):
        place = len(weeks) - 1 - (until - 1 - moment) // _WEEK
        if place >= 0:
            weeks[place] += quantity
    return weeks


def _forecast_columns(scope: Scope) -> tuple[Column, ...]:
    name, params = scope.metric, scope.query.params
    sure = f"{params.confidence:.0%} interval"
    label = f"{definition_of(name).label} in {params.horizon_d} days"
    return (
        Column(name=name, label=label),
        Column(name=f"{name}.low", label=f"{sure}, from"),
        Column(name=f"{name}.high", label=f"{sure}, to"),
        Column(name=f"{name}.recent", label="At the recent pace"),
        Column(name=f"{name}.used", label="Used in the period"),
        Column(name=f"{name}.uses", label="Uses"),
        Column(name=f"{name}.stock", label="In stock"),
        Column(name=f"{name}.lead_time", label="Lead time", unit="d"),
        Column(name=f"{name}.level", label="Order level"),
        Column(name=f"{name}.order", label="First order"),
        Column(name=f"{name}.unit", label="Unit", kind="text"),
    )


def _source(scope: Scope) -> sa.FromClause:
    """Tickets with the lines of their parts and what the register says of them, each once."""
    source = scope.source()
    if not set(scope.dims) & set(_OF_PARTS):
        source = source.join(fact_part, fact_part.c.ticket_id == fact.c.ticket_id)
    if "part_category" not in scope.dims:
        source = source.outerjoin(part, part.c.part_no == fact_part.c.part_no)
    return source


def _lines(scope: Scope) -> list[sa.ColumnElement[bool]]:
    """The filters on parts, on the single lines: another part of such a ticket is not meant."""
    found: list[sa.ColumnElement[bool]] = []
    for chosen in scope.query.filters:
        if chosen.field == "part_category":
            found.append(conditions.on_words(chosen, part.c.category))
        elif chosen.field == "part":
            by_number = conditions.on_words(chosen, fact_part.c.part_no)
            if chosen.op == "contains":
                by_number |= conditions.on_words(chosen, part.c.name)
            found.append(by_number)
    return found


def _has_parts(scope: Scope) -> sa.ColumnElement[bool]:
    lines = fact_part.outerjoin(part, part.c.part_no == fact_part.c.part_no)
    return (
        sa.select(sa.literal(1))
        .select_from(lines)
        .where(fact_part.c.ticket_id == fact.c.ticket_id, *_lines(scope))
        .correlate(fact)
        .exists()
    )


def _notes_of_tickets(scope: Scope, found: Tally) -> Iterable[str]:
    yield from (note for note in found.notes if "zero rows" not in note)
    several = [LABELS[name].lower() for name in scope.dims if name in JOINED]
    if several:
        yield f"A ticket with more than one {several[0]} stands under each of them."


def _only(of: Mapping[str, float]) -> float | None:
    return next(iter(of.values())) if len(of) == 1 else None


def _in_units(of: Mapping[str, float]) -> str | None:
    return " + ".join(f"{amount:g} {name or '(no unit)'}" for name, amount in sorted(of.items()))


def _notes_of_units(sums: Mapping[Any, Mapping[str, float]]) -> Iterable[str]:
    mixed = sum(len(of) > 1 for of in sums.values())
    if mixed:
        yield (
            "Parts are counted in several units, which are not added: see the column by unit, or "
            "split by part."
        )
    if any("" in of for of in sums.values()):
        yield "The register of parts tells no unit of some parts: they are counted as they stand."
