"""Which metrics a question asks for: the words that are left are what is measured (pure)."""

from __future__ import annotations

from collections.abc import Callable

from assistant.analytics.asking import counts, durations, lists, sums, upkeep
from assistant.analytics.asking.reading import Reading, Unclear

_CHOOSERS: tuple[Callable[[Reading], list[str]], ...] = (
    upkeep.of_plan,
    upkeep.of_repeats,
    upkeep.of_parts,
    upkeep.of_work_left,
    lists.of_lists,
    durations.of_times,
    sums.of_shares,
    sums.of_sums,
    counts.of_counts,
)
_WORST_CHOICES = (
    (("metric", "downtime_h"), {"metrics": ["downtime_h"], "order": "desc"}),
    (("metric", "failure_count"), {"metrics": ["failure_count"], "order": "desc"}),
    (("metric", "cost_total"), {"metrics": ["cost_total"], "order": "desc"}),
)


def choose_metrics(reading: Reading) -> list[str]:
    """The metrics, in the order in which they are to be shown; the words for them are used.

    Raises:
        Unclear: no metric is named, or one that the words do not settle.
    """
    if reading.forced.metrics:
        if reading.forced.order and not reading.dims:
            reading.dims.append("asset")
        reading.use("worst best bad_actor backlog count how_much ticket total failure")
        reading.order = reading.forced.order or reading.order
        return list(reading.forced.metrics)
    for choose in _CHOOSERS:
        if metrics := choose(reading):
            return metrics
    if marks := reading.free("worst best bad_actor top"):
        raise Unclear("worst", marks[0].text, choices=_WORST_CHOICES)
    unknown = next((p for p in reading.pieces if p.kind == "unknown" and not p.used), None)
    if unknown is not None:
        raise Unclear("not_understood", unknown.text)
    raise Unclear("no_metric")
