"""A few words more change a query: another split, another filter, another time (pure)."""

from __future__ import annotations

from assistant.analytics.asking import (
    assembling,
    conditions,
    groups,
    measures,
    naming,
    ordering,
    spans,
)
from assistant.analytics.asking.around import FindEvent
from assistant.analytics.asking.reading import Reading, Unclear
from assistant.analytics.query import LIST_METRICS, Filter, Query

_WORDS_OF_EDITS = ("only", "instead", "and_word", "by", "which", "list", "compare", "times")


def edited(reading: Reading, before: Query, find_event: FindEvent) -> Query:
    """A query as the words of a reading change it.

    Raises:
        Unclear: the words cannot be told for sure.
    """
    naming.settle_weak(reading)
    adds = reading.use("also")
    reading.use("instead")
    conditions.take_conditions(reading)
    naming.take_names(reading, is_about_parts="part_qty" in before.metrics)
    dropped = _every(reading)
    groups.take_groups(reading)
    spans.take_times(reading, find_event)
    new_filters, new_dims = list(reading.filters), list(reading.dims)
    metrics = _metrics(reading, before)
    ordering.take_order(reading, worst_is_low=False) if reading.dims else None
    limit = _limit(reading)
    reading.metrics = metrics
    groups.take_bare_dimension(reading)
    new_dims += [name for name in reading.dims if name not in new_dims]
    reading.use(*_WORDS_OF_EDITS)
    assembling.check_leftovers(reading)
    dims = _dims(before, new_dims, adds=adds)
    if metrics != list(before.metrics) and metrics[0] in (*LIST_METRICS, "text_count"):
        dims = []
    new_filters += [made for made in reading.filters if made not in new_filters]
    changed = before.model_copy(
        update={
            "metrics": tuple(metrics),
            "dims": tuple(dims),
            "filters": _filters(before, new_filters, dropped),
            "compare": reading.compare or (before.compare if reading.time is None else None),
            "order": reading.order or (before.order if metrics == list(before.metrics) else None),
            "order_by": reading.order_by
            or (before.order_by if metrics == list(before.metrics) else None),
            "limit": reading.limit or limit or (before.limit if not new_dims or adds else None),
            "params": before.params.model_copy(update=reading.params),
        }
    )
    changed = changed.model_copy(update={"time": _time(reading, before, changed)})
    made = Query.model_validate(changed.model_dump())
    if made == before:
        raise Unclear("no_metric")
    return made


def _every(reading: Reading) -> set[str]:
    """As in "All lines": the filter on lines goes."""
    found: set[str] = set()
    for piece in reading.free("every"):
        noun = reading.near(piece, 1)
        if noun is not None and not noun.names:
            for name in groups.dims_of(noun):
                found.add(name)
                noun.used = piece.used = True
    return found


def _metrics(reading: Reading, before: Query) -> list[str]:
    had = len(reading.filters)
    try:
        return measures.choose_metrics(reading)
    except Unclear as unclear:
        if unclear.code != "no_metric" or len(reading.filters) != had:
            raise
        return list(before.metrics)


def _limit(reading: Reading) -> int | None:
    if not reading.has("top"):
        return None
    for piece in [p for p in reading.pieces if p.kind == "number" and not p.used]:
        piece.used = True
        reading.use("top")
        reading.order = "desc"
        return int(piece.number)
    return None


def _dims(before: Query, new: list[str], *, adds: bool) -> list[str]:
    if not new:
        return list(before.dims)
    kept = [name for name in before.dims if name not in new] if adds else []
    if not adds and before.dims and "currency" in before.dims and "currency" not in new:
        new = [*new, "currency"]
    return [*kept, *new][:3]


def _filters(before: Query, new: list[Filter], dropped: set[str]) -> tuple[Filter, ...]:
    replaced = {made.field for made in new} | dropped
    return (*(made for made in before.filters if made.field not in replaced), *new)


def _time(reading: Reading, before: Query, changed: Query) -> object:
    if reading.time is None:
        return before.time
    copy = Reading(reading.text, [], reading.book, reading.almanac)
    copy.metrics, copy.filters = list(changed.metrics), list(changed.filters)
    copy.time, copy.is_end = reading.time, reading.is_end
    return assembling.time_of(copy)
