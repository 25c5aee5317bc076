"""The metrics: a function each, from the scope to what was computed.

A module here imports :mod:`assistant.analytics.scope` and never this package, so that the registry
below can name them all.
"""

from __future__ import annotations

from collections.abc import Callable

from assistant.analytics.metrics import (
    amounts,
    availabilities,
    backlogs,
    between_failures,
    counts,
    downtime,
    lists,
    parts,
    planned,
    rankings,
    repeats,
    same_gaps,
    times,
    trends,
)
from assistant.analytics.query import Metric
from assistant.analytics.scope import Computed, Scope

MetricFunction = Callable[[Scope], Computed]

METRIC_FUNCTIONS: dict[Metric, MetricFunction] = {
    "ticket_count": counts.ticket_count,
    "failure_count": counts.failure_count,
    "open_count": counts.open_count,
    "reopen_count": counts.reopen_count,
    "ticket_list": lists.ticket_list,
    "asset_list": lists.asset_list,
    "text_count": lists.text_count,
    "downtime_h": downtime.downtime,
    "gap_d": times.gap,
    "mttr_restore_h": times.mttr_restore,
    "mttr_repair_h": times.mttr_repair,
    "mtta_min": times.mtta,
    "corrective_ratio": amounts.corrective_ratio,
    "reactive_share": amounts.reactive_share,
    "labor_h": amounts.labor,
    "cost_total": amounts.cost,
    "mtbf_h": between_failures.mtbf,
    "failure_rate_per_1000h": between_failures.failure_rate,
    "mtbsf_d": same_gaps.mtbsf,
    "availability": availabilities.availability,
    "repeat_rate": repeats.repeat_rate,
    "repeat_list": repeats.repeat_list,
    "ftfr": repeats.ftfr,
    "backlog_count": backlogs.backlog_count,
    "backlog_h": backlogs.backlog_h,
    "backlog_age_d": backlogs.backlog_age_d,
    "ready_backlog_weeks": backlogs.ready_backlog_weeks,
    "pm_compliance": planned.pm_compliance,
    "pm_list": planned.pm_list,
    "part_qty": parts.part_qty,
    "part_forecast": parts.part_forecast,
    "bad_actors": rankings.bad_actors,
    "failure_trend": trends.failure_trend,
    "mean_cumulative": trends.mean_cumulative_failures,
}
"""Which function computes a metric."""
