"""The catalogue: what each metric is, where its definition comes from, what fits it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from assistant.analytics.errors import CannotAnswer
from assistant.analytics.figure import Definition
from assistant.analytics.query import (
    FIELDS,
    LIST_METRICS,
    METRICS,
    TIME_DIMENSIONS,
    Metric,
    Query,
    TimeField,
)

Subject = Literal["tickets", "planned_work"]

_OF_PLANS = frozenset({"asset", "asset_class", "model", "site", "area", "line", "team"})
_OF_GROUPS: dict[str, tuple[Metric, ...]] = {
    "ticket_count": ("asset_list", "text_count"),
    "days_overdue": ("pm_list", "pm_compliance"),
}
"""Fields that only these metrics know."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A metric: its definition, the time fields that fit (its own first), what it counts."""

    definition: Definition
    times: tuple[TimeField, ...]
    of: Subject
    is_additive: bool

    @property
    def time(self) -> TimeField:
        """The time field that is meant where a query names none."""
        return self.times[0]


def _read() -> dict[Metric, Entry]:
    path = Path(__file__).with_name("catalogue.toml")
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    if missing := set(METRICS) ^ set(raw):
        raise ValueError(f"catalogue.toml and the metrics differ in {sorted(missing)}")
    return {name: _entry(name, raw[name]) for name in METRICS}


def _entry(name: Metric, raw: dict[str, object]) -> Entry:
    times = raw["time"]
    assert isinstance(times, list)
    assert set(times) <= set(get_args(TimeField))
    return Entry(
        definition=Definition(
            metric=name,
            label=str(raw["label"]),
            text=f"{raw['text']} Formula: {raw['formula']}.",
            unit=str(raw.get("unit", "")),
            source=str(raw["source"]),
        ),
        times=tuple(times),
        of="planned_work" if raw.get("of") == "planned_work" else "tickets",
        is_additive=bool(raw.get("additive", False)),
    )


CATALOGUE: dict[Metric, Entry] = _read()
"""Every metric."""


def definition_of(metric: Metric) -> Definition:
    """What a metric is."""
    return CATALOGUE[metric].definition


def time_field_of(metric: Metric, query: Query) -> TimeField:
    """The time field that a metric takes: the query's where it fits, else its own."""
    entry = CATALOGUE[metric]
    return query.time.field if query.time.field in entry.times else entry.time


def check(query: Query) -> None:
    """Go on only if the metrics, dimensions and filters of a query fit each other.

    Raises:
        CannotAnswer: they do not; the message names what does not fit.
    """
    lists = [metric for metric in query.metrics if metric in (*LIST_METRICS, "text_count")]
    if lists and len(query.metrics) > 1:
        raise CannotAnswer(
            f"{_name(lists[0])} is a list, which stands alone. Ask for it by itself."
        )
    if lists and query.dims:
        raise CannotAnswer(f"{_name(lists[0])} is a list, which is not split. Leave out the split.")
    if lists and query.compare is not None:
        raise CannotAnswer(f"{_name(lists[0])} is a list, which is not compared. Ask for a count.")
    for metric in query.metrics:
        _check_names(metric, query)


def fits(metric: Metric, field: str) -> bool:
    """Tell whether a metric can be filtered by a field, or split by it."""
    if field in _OF_GROUPS:
        return metric in _OF_GROUPS[field]
    if CATALOGUE[metric].of == "planned_work":
        return field in _OF_PLANS or field in TIME_DIMENSIONS or field == "text"
    return field in FIELDS or field in TIME_DIMENSIONS


def _check_names(metric: Metric, query: Query) -> None:
    for name in (*query.dims, *(chosen.field for chosen in query.filters)):
        if not fits(metric, name):
            what = "planned work" if CATALOGUE[metric].of == "planned_work" else "tickets"
            raise CannotAnswer(
                f"{_name(metric)} is counted over {what}, which {name} does not fit. "
                f"Leave out {name}, or choose another metric."
            )


def _name(metric: Metric) -> str:
    return f"{CATALOGUE[metric].definition.label} ({metric})"
