"""Metrics that add up or count: hours, money, downtime, failures, tickets (pure)."""

from __future__ import annotations

import re

from assistant.analytics.asking import counts
from assistant.analytics.asking.pieces import Piece
from assistant.analytics.asking.reading import Reading, Unclear

_LEFT = re.compile(r"\bstill\b|\bremain(?:s|ing)?\b|\bleft\b|还剩|剩下|还要")
_KINDS = ("corrective", "preventive")
_JOINED = frozenset("and & 和 与 及 , 、 + / 以及".split()) | {
    "and the", "and total", "and their", "and hours of", ", and", "as well as", "plus",
}  # fmt: skip


def of_shares(reading: Reading) -> list[str]:
    """Labour hours and the shares of kinds of work in them."""
    if metrics := _reactive(reading):
        return metrics
    kinds = [kind for kind in _KINDS if reading.has(kind)]
    if "corrective" in kinds and reading.has("pm") and len(kinds) == 1:
        kinds.append("preventive")
    is_waiting = bool(reading.filters_of("delay_reason"))
    hours = reading.has("labor") or (
        reading.has("in_hours")
        and bool(kinds)
        and not is_waiting
        and not reading.has("downtime stop")
    )
    if not hours and (not kinds or not reading.has("share") or reading.has("ticket count")):
        return []
    if reading.has("downtime failure stop") and not kinds:
        return []
    if reading.has("labor") and reading.has("cost"):
        raise Unclear("not_understood", reading.free("labor")[0].text)
    if kinds == ["corrective"] and reading.has("share"):
        reading.use("corrective share labor in_hours how_much repair total ticket by used")
        return ["corrective_ratio"]
    if len(kinds) == 2:
        reading.use("corrective preventive pm share labor in_hours compare how_much total repair")
        reading.use("count ticket used trend")
        reading.add("kind", "in", list(_KINDS))
        if "kind" not in reading.dims:
            reading.dims.append("kind")
        reading.params["share"] = True
        return ["labor_h"]
    if not hours:
        return []
    if left := _LEFT.search(reading.text):
        raise Unclear("not_understood", left[0])
    counts.use_kinds(reading)
    reading.use("labor in_hours how_much count total repair ticket used")
    counts.use_share(reading)
    _average(reading)
    return ["labor_h"]


def _reactive(reading: Reading) -> list[str]:
    """Hours of emergency work, as such or as a share of all."""
    if not reading.has("reactive reactive_share"):
        return []
    if reading.has("share reactive_share"):
        if reading.has("downtime failure stop") and not reading.has("labor"):
            return []
        reading.use("reactive reactive_share share labor in_hours how_much total ticket cost count")
        reading.use("repair average")
        return ["reactive_share"]
    if not reading.has("labor in_hours") or reading.has("downtime"):
        return []
    reading.use("reactive labor in_hours how_much count total cost repair")
    reading.add("is_reactive", "eq", True)
    return ["labor_h"]


def _average(reading: Reading) -> None:
    if reading.use("average"):
        reading.params["average"] = True


def of_sums(reading: Reading) -> list[str]:
    """Downtime and money, together or with how many failures there were."""
    found: list[tuple[int, str]] = []
    if (place := _downtime(reading)) is not None:
        found.append((place, "downtime_h"))
        if (failures := _failures_beside(reading)) is not None:
            found.append((failures, "failure_count"))
            reading.use("failure_count")
    cost = [piece for piece in reading.free("cost expensive") if not _costs_time(reading, piece)]
    if cost:
        found.append((cost[0].start, "cost_total"))
    if not found:
        return []
    _refuse_cost_of_downtime(reading, cost)
    if place is not None:
        reading.use("downtime stop in_hours how_long how_much total in_minutes failure times count")
    if cost:
        _refuse_parts(reading)
        reading.use("cost how_much total repair ticket count failure asset")
        if not reading.dims or len(found) > 1:
            reading.use("expensive")
        counts.use_kinds(reading)
        _average(reading)
    if reading.use("reactive"):
        reading.add("is_reactive", "eq", True)
    counts.use_share(reading)
    return [name for _, name in sorted(found)]


def _refuse_cost_of_downtime(reading: Reading, cost: list[Piece]) -> None:
    """What a stop costs is not recorded: "downtime cost", 停机费用."""
    for piece in cost:
        for stop in reading.free("downtime stop"):
            one, other = sorted((piece, stop), key=lambda each: each.start)
            if reading.text[one.end : other.start].strip() in ("", "of", "的", "of the", "for"):
                raise Unclear("not_understood", f"{one.text} {other.text}")


def _refuse_parts(reading: Reading) -> None:
    """What parts cost is not recorded, only what tickets do."""
    parts = [piece for piece in reading.pieces if piece.taken_as in ("part", "part_category")]
    parts += reading.free("part_word")
    if parts:
        raise Unclear("cost_of_parts", parts[0].text)


def _costs_time(reading: Reading, piece: Piece) -> bool:
    """As in "Which modes cost us downtime": no money is meant."""
    after = reading.near(piece, 1)
    is_time = after is not None and after.has("downtime") and piece.text in ("cost", "costs")
    piece.used = piece.used or is_time
    return is_time


def _downtime(reading: Reading) -> int | None:
    """Where downtime is asked for as an amount; None where stops are counted."""
    pieces = reading.free("downtime stop")
    if not pieces:
        is_waiting = reading.filters_of("delay_reason") and reading.has(
            "in_hours how_long how_much"
        )
        return 0 if is_waiting else None
    is_timed = reading.has("how_long in_hours in_minutes how_much")
    for piece in pieces:
        is_time = piece.has("downtime")
        if _is_counted(reading, piece) and not (is_time and reading.has("in_hours")):
            continue
        is_noun = is_time and piece.text not in ("down", "idle")
        if is_noun or is_timed or (is_time and reading.has("total pareto top share trend")):
            return piece.start
    return None


def _is_counted(reading: Reading, piece: Piece) -> bool:
    """Whether a word for stops has one for counting beside it: 停机几次, how many stops."""
    if piece.text in ("downtime", "down time", "dt", "unplanned downtime"):
        return False
    if "hour" in piece.text or "小时" in piece.text:
        return False
    for way in (-1, 1):
        beside = reading.near(piece, way, over=frozenset({"times", "failure"}))
        if beside is None or not beside.has("count") or beside.has("how_long in_hours"):
            continue
        text = beside.text
        if text.startswith(("多少", "how much")) and reading.has("in_hours how_long in_minutes"):
            continue
        if text in ("多少", "数", "量") or (
            way == -1 and not text.isascii() and text not in ("次数", "几次")
        ):
            continue
        return True
    return False


def _failures_beside(reading: Reading) -> int | None:
    """Where failures are counted beside the downtime; None where they only cause it."""
    for count in reading.free("count failure_count"):
        if not count.has("in_hours how_long") and _counts_failures(reading, count):
            return count.start
    for failure in reading.free("failure"):
        for stop in reading.free("downtime stop"):
            one, other = sorted((failure, stop), key=lambda piece: piece.start)
            if reading.text[one.end : other.start].strip() in _JOINED:
                return failure.start
    return None


def _counts_failures(reading: Reading, count: Piece) -> bool:
    """Whether a word for counting stands nearer to a failure than to the downtime."""
    if count.has("failure_count"):
        return True
    if count.text in ("多少", "数", "总量"):
        return False
    if any(
        beside is not None and beside.has("and_word")
        for beside in (reading.near(count, 1), reading.near(count, -1))
    ):
        return True
    named = [p for p in reading.pieces if p.taken_as in ("failure_mode", "component")]
    clause = list(reading.clause(count))
    stops = [abs(p.start - count.start) for p in clause if p.has("downtime stop")]
    beside = [
        abs(p.start - count.start)
        for p in (*reading.free("failure"), *named)
        if any(p is each for each in clause)
    ]
    if not stops:
        return bool(beside or named)
    return bool(beside) and min(beside) < min(stops)
