"""Failures and tickets are counted (pure)."""

from __future__ import annotations

from assistant.analytics.asking.reading import Reading, Unclear

_COUNTING = "count top trend why times list change how_long share rank by pareto compare"
_FAILING = frozenset({"failure_mode", "component", "cause", "alarm_code"})


def of_counts(reading: Reading) -> list[str]:
    """Failures, tickets, open tickets."""
    is_text = bool(reading.filters_of("text")) and reading.has("count")
    if is_text or reading.has("ticket") or (reading.has("open closed") and reading.has("count")):
        return _tickets(reading)
    if reading.use("growth"):
        reading.use("failure trend change")
        return ["failure_trend"]
    if reading.use("cumulative"):
        reading.use("failure")
        return ["mean_cumulative"]
    named = any(made.field in _FAILING for made in reading.filters)
    is_asked = reading.has("failure failure_count stop downtime") or (
        named and (bool(reading.dims) or reading.has(_COUNTING))
    )
    if not is_asked:
        return []
    if reading.has("repair") and not reading.has("failure"):
        raise Unclear("no_metric")
    return _failures(reading)


def _failures(reading: Reading) -> list[str]:
    is_stop = reading.has("stop downtime") and not reading.has("failure")
    if is_stop and (longest := reading.free("longest shortest")):
        raise Unclear("not_understood", longest[0].text)  # "the longest stops of each line"
    if is_stop:
        reading.add("downtime_min", "gt", 0)
        reading.note("stop")
    if reading.has("list") and not reading.dims and not reading.has("count failure_count trend"):
        reading.use("list failure which stop downtime")
        reading.add("is_failure", "eq", True)
        return ["ticket_list"]
    if reading.use("reactive"):
        reading.note("unplanned_failure")
    reading.use("failure failure_count count stop downtime times how_much total list repair")
    reading.use("precede")
    if reading.has("why") and reading.dims in ([], ["cause"]) and reading.has("top"):
        reading.use("why")
        reading.dims[:] = ["cause"]
    use_share(reading)
    return ["failure_count"]


def _tickets(reading: Reading) -> list[str]:
    is_counted = (
        reading.has("count how_much share trend top rank") or bool(reading.dims) or reading.is_end
    )
    if not is_counted:
        return []
    use_kinds(reading, shares=True)
    reading.use("ticket count how_much times total list")
    if reading.use("open") or reading.filters_of("is_open"):
        return ["open_count"]
    if reading.use("closed"):
        reading.add("status", "eq", "done")
    if reading.use("failure"):
        reading.note("failure_tickets")
        return ["failure_count"]
    use_share(reading)
    return ["ticket_count"]


def use_kinds(reading: Reading, *, shares: bool = False) -> None:
    """Take kinds of work for a filter; with ``shares`` also where their share is asked for."""
    if reading.use("reactive"):
        reading.add("is_reactive", "eq", True)
    for kind in ("corrective", "preventive"):
        if reading.has(kind) and (shares or not reading.has("share")):
            reading.use(kind)
            reading.add("kind", "eq", kind)


def use_share(reading: Reading) -> None:
    """Show shares where they are asked for."""
    if reading.use("share"):
        reading.params["share"] = True
    if reading.use("pareto"):
        reading.params["share"] = True
        reading.order = "desc"
