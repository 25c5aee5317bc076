"""The metrics: a function each, from the scope to what was computed.

A module here imports :mod:`assistant.analytics.scope` and never this package, so that the registry
below can name them all.
"""

from __future__ import annotations

from collections.abc import Callable

from assistant.analytics.query import Metric
from assistant.analytics.scope import Computed, Scope

MetricFunction = Callable[[Scope], Computed]

METRIC_FUNCTIONS: dict[Metric, MetricFunction] = {}
"""Which function computes a metric."""
