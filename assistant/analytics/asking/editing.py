"""A few words more change a query: another split, another filter, another time (pure)."""

from __future__ import annotations

from assistant.analytics.asking import (
    assembling,
    conditions,
    counts,
    groups,
    measures,
    naming,
    ordering,
    spans,
)
from assistant.analytics.asking.around import FindEvent
from assistant.analytics.asking.reading import Reading, Unclear
from assistant.analytics.query import LIST_METRICS, Filter, Query, TimeRange

_WORDS_OF_EDITS = "only instead and_word by which list compare times also failure"
_LISTS = (*LIST_METRICS, "text_count")
_PLACES = frozenset({"asset", "asset_class", "model", "line", "area", "site"})


def edited(reading: Reading, before: Query, find_event: FindEvent) -> Query:
    """A query as the words of a reading change it.

    Raises:
        Unclear: the words cannot be told for sure, or change nothing.
    """
    adds = reading.use("also")
    reading.use("instead")
    conditions.take_conditions(reading)
    naming.take_names(reading, is_about_parts="part_qty" in before.metrics)
    dropped = _every(reading)
    groups.take_groups(reading)
    spans.take_times(reading, find_event)
    wants_share = reading.use("share")
    metrics = reading.metrics = _metrics(reading, before)
    _states(reading)
    _order(reading, before)
    groups.take_bare_dimension(reading)
    reading.use(_WORDS_OF_EDITS)
    assembling.check_leftovers(reading)
    is_same = metrics == list(before.metrics)
    params = reading.params | ({"share": True} if wants_share else {})
    changed = before.model_copy(
        update={
            "metrics": tuple(metrics),
            "dims": _dims(before, reading.dims, adds=adds, is_list=metrics[0] in _LISTS),
            "filters": _filters(before, reading.filters, dropped),
            "compare": reading.compare or (before.compare if reading.time is None else None),
            "order": reading.order or (before.order if is_same else None),
            "order_by": reading.order_by or (before.order_by if is_same else None),
            "limit": reading.limit or (before.limit if adds or not reading.dims else None),
            "params": before.params.model_copy(update=params),
        }
    )
    changed = changed.model_copy(update={"time": _time(reading, before, changed)})
    made = Query.model_validate(changed.model_dump())
    if made == before:
        raise Unclear("no_change")
    return made


def _every(reading: Reading) -> set[str]:
    """As in "all lines": the filter on lines goes."""
    found: set[str] = set()
    for piece in reading.free("every"):
        noun = reading.near(piece, 1)
        if noun is not None and not noun.names:
            for name in groups.dims_of(noun):
                found.add(name)
                noun.used = piece.used = True
    return found


def _metrics(reading: Reading, before: Query) -> list[str]:
    if reading.has("list") and not reading.has("ticket failure downtime pm repeat"):
        reading.use("list")
        return ["ticket_list"]
    had = len(reading.filters)
    try:
        return measures.choose_metrics(reading)
    except Unclear as unclear:
        if unclear.code not in ("no_metric", "worst") or len(reading.filters) != had:
            raise
        return list(before.metrics)


def _states(reading: Reading) -> None:
    """As in "only open ones", "only corrective"."""
    counts.use_kinds(reading, shares=True)
    if reading.use("open"):
        reading.add("is_open", "eq", True)
    if reading.use("closed"):
        reading.add("status", "eq", "done")


def _order(reading: Reading, before: Query) -> None:
    """As in "top 5" of what the query is split by already."""
    had = list(reading.dims)
    if not reading.dims:
        reading.dims.extend(before.dims)
    ordering.take_order(reading, worst_is_low=False)
    if not had:
        reading.dims.clear()


def _dims(before: Query, new: list[str], *, adds: bool, is_list: bool) -> tuple[str, ...]:
    if is_list:
        return ()
    if not new:
        return before.dims
    kept = [name for name in before.dims if name not in new] if adds else []
    return tuple([*kept, *new][:3])


def _filters(before: Query, new: list[Filter], dropped: set[str]) -> tuple[Filter, ...]:
    """The new ones in place of old ones on the same field; a machine takes the place of places."""
    replaced = {made.field for made in new} | dropped
    if any(made.field == "asset" and made.op in ("eq", "in") for made in new):
        replaced |= _PLACES
    return (*(made for made in before.filters if made.field not in replaced), *new)


def _time(reading: Reading, before: Query, changed: Query) -> TimeRange:
    if reading.time is None and changed.metrics == before.metrics:
        return before.time
    copy = Reading(reading.text, [], reading.book, reading.almanac)
    copy.metrics, copy.filters = list(changed.metrics), list(changed.filters)
    copy.time, copy.is_end = reading.time or before.time.range, reading.is_end
    return assembling.time_of(copy)
