"""Metrics of upkeep: planned work, repeats, parts, work that is left (pure)."""

from __future__ import annotations

from assistant.analytics.asking.pieces import Piece
from assistant.analytics.asking.reading import Reading, Unclear

_BACKLOG_CHOICES = (
    (("metric", "backlog_h"), {"metrics": ["backlog_h"]}),
    (("metric", "backlog_count"), {"metrics": ["backlog_count"]}),
    (("metric", "ready_backlog_weeks"), {"metrics": ["ready_backlog_weeks"]}),
)
_DAY_MIN = 1440


def of_plan(reading: Reading) -> list[str]:
    """Preventive maintenance: what is overdue, what was done in time."""
    is_plan = reading.has("pm") or (reading.has("preventive") and reading.has("compliance overdue"))
    if not is_plan:
        return []
    is_due = reading.has("open") and reading.has("due_word")
    is_undone = (
        is_due
        or reading.has("overdue")
        or (reading.has("not") and reading.has("compliance closed"))
    )
    if is_undone and not reading.has("share"):
        reading.use(
            "due_word overdue pm preventive not compliance closed open list count how_long ticket"
        )
        if not reading.filters_of("days_overdue"):
            reading.add("days_overdue", "gt", 0)
        reading.order, reading.order_by = "desc", "days_overdue"
        reading.use("oldest top longest rank")
        return ["pm_list"]
    if reading.has("compliance") or (
        reading.has("share how_much count") and reading.has("closed") and not reading.has("not")
    ):
        reading.use("pm preventive compliance share closed how_much ticket count average")
        return ["pm_compliance"]
    return []


def of_repeats(reading: Reading) -> list[str]:
    """First-time fixes, reopened tickets, failures that came back."""
    if reading.has("ftf"):
        reading.use("ftf share repair count failure how_much average top ticket closed within")
        return ["ftfr"]
    if reading.has("reopened") and reading.has("ticket count closed list share how_much"):
        if reading.has("list") and not reading.has("count"):
            reading.note("count_for_list")
        reading.use("reopened ticket closed count how_much list repeat total open after")
        return ["reopen_count"]
    if not reading.has("repeat"):
        return []
    amounts = _amounts(reading)
    if not amounts and not reading.has("failure share") and not _names_failures(reading):
        return []
    if amounts:
        reading.params["window_d"] = _days(amounts[0])
        reading.use("within less at_most after due")
    else:
        reading.note("window", "30")
    wants_rate = reading.has("share how_much count")
    reading.use("repeat failure share count how_much list ticket times stop repair after closed")
    reading.use("total")
    return ["repeat_rate"] if wants_rate else ["repeat_list"]


def _names_failures(reading: Reading) -> bool:
    return any(made.field in ("failure_mode", "component") for made in reading.filters)


def _amounts(reading: Reading) -> list[Piece]:
    """The spans of time that nothing has used yet; they are used now."""
    found = [piece for piece in reading.pieces if piece.kind == "amount" and not piece.used]
    for piece in found:
        piece.used = piece.minutes == found[0].minutes  # "a month (30 days)" is said twice
    return found[:1]


def _days(amount: Piece) -> int:
    return max(1, round(amount.minutes / _DAY_MIN))


def of_parts(reading: Reading) -> list[str]:
    """Spare parts: how many were used, how many will be."""
    is_part = (
        reading.has("part_word")
        or any(made.field in ("part", "part_category") for made in reading.filters)
        or any(name in ("part", "part_category") for name in reading.dims)
    )
    if not is_part or (reading.has("cost downtime") and not reading.has("used")):
        return []
    if reading.has("forecast"):
        for amount in _amounts(reading):
            reading.params["horizon_d"] = _days(amount)
        reading.use("forecast part_word used count how_much")
        return ["part_forecast"]
    reading.use("part_word used count how_much total times ticket repair")
    return ["part_qty"]


def of_work_left(reading: Reading) -> list[str]:
    """Backlog: in hours, in tickets, in weeks of work, by its age.

    Raises:
        Unclear: it may be any of them.
    """
    if reading.has("ready") or (reading.has("backlog") and reading.has("in_weeks")):
        reading.use("wait ready backlog in_weeks count how_much how_long labor ticket open total")
        return ["ready_backlog_weeks"]
    if _asks_for_age(reading):
        reading.use("age open backlog ticket average median p90 how_long in_days total mttr count")
        return ["backlog_age_d"]
    if reading.has("backlog"):
        if reading.has("in_hours labor"):
            reading.use("backlog in_hours labor count how_much open total ticket how_long")
            return ["backlog_h"]
        if reading.has("count ticket") and not reading.has("how_much"):
            reading.use("backlog count ticket open total")
            return ["backlog_count"]
        raise Unclear("backlog", reading.free("backlog")[0].text, choices=_BACKLOG_CHOICES)
    is_open = reading.has("open wait") or bool(reading.filters_of("is_open"))
    if is_open and reading.has("labor") and not reading.has("list"):
        reading.use("wait open labor in_hours count how_much ticket total")
        return ["backlog_h"]
    return []


def _asks_for_age(reading: Reading) -> bool:
    if reading.has("downtime stop mtta acknowledged repair"):
        return False
    if reading.has("age"):
        return not reading.filters_of("age_d")
    return reading.has("how_long mttr") and reading.has("open") and reading.has("ticket backlog")
