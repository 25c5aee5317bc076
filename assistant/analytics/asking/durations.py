"""Metrics of times: between failures, to repair, to react, availability (pure)."""

from __future__ import annotations

from assistant.analytics.asking.pieces import Piece
from assistant.analytics.asking.reading import Reading, Unclear


def of_times(reading: Reading) -> list[str]:
    """The metrics of times that words ask for."""
    if _is_failure_rate(reading):
        return ["failure_rate_per_1000h"]
    if reading.has("mtbf between") or (reading.has("how_long") and reading.has("consecutive")):
        return _between(reading)
    if reading.use("availability"):
        reading.use("planned_hours share average how_much asset how_long total in_hours")
        return ["availability"]
    if reading.has("mtta") or (
        reading.has("how_long average mttr") and reading.has("acknowledged unacknowledged")
    ):
        reading.use("mtta acknowledged unacknowledged how_long average median p90 in_minutes")
        reading.use("ticket wait how_much mttr open repair failure before after")
        return ["mtta_min"]
    return _repair(reading)


def _is_failure_rate(reading: Reading) -> bool:
    thousand = [
        piece
        for piece in reading.pieces
        if not piece.used
        and piece.number == 1000
        and (piece.kind == "number" or (piece.kind == "amount" and piece.unit == "h"))
    ]
    failing = reading.has("failure stop failure_count")
    if not reading.has("failure_rate") and not (thousand and failing):
        return False
    for piece in thousand:
        piece.used = True
    reading.use("failure_rate failure failure_count operating in_hours count share by average")
    reading.use("how_much stop times labor mtbf")
    return True


def _between(reading: Reading) -> list[str]:
    """The time between failures, between those of one kind, or between tickets."""
    is_of_part = any(made.field in ("failure_mode", "component") for made in reading.filters)
    is_of_tickets = reading.has("ticket") and not reading.has("failure mtbf") and not is_of_part
    counting = reading.free("count times")
    wanted = [piece for piece in counting if _counts_failures(reading, piece)]
    wanted += reading.free("failure_count")
    wanted += [piece for piece in reading.free("failure") if _is_listed(reading, piece)]
    is_named = reading.has("mtbf")
    reading.use("mtbf between average in_days in_hours how_long by consecutive labor")
    if is_of_tickets:
        reading.use("ticket count")
        return ["gap_d"]
    reading.use("failure failure_count repeat operating count times")
    if reading.use("calendar_hours"):
        reading.params["basis"] = "calendar"
    if is_of_part:
        reading.use("ticket how_much stop")
        return ["failure_count", "mtbsf_d"] if wanted else ["mtbsf_d"]
    if not is_named:
        reading.note("mtbf_meant")
    return ["failure_count", "mtbf_h"] if wanted else ["mtbf_h"]


def _is_listed(reading: Reading, piece: Piece) -> bool:
    """As in "failures and time between failures"."""
    behind = reading.near(piece, 1)
    after = reading.near(behind, 1) if behind is not None and behind.has("and_word") else None
    return after is not None and after.has("between mtbf average")


def _counts_failures(reading: Reading, piece: Piece) -> bool:
    """Whether "how many" is of failures, and not of the hours between them."""
    after = reading.near(piece, 1)
    is_of_hours = after is not None and after.has("operating in_hours in_days labor between mtbf")
    return piece.has("count") and not is_of_hours


def _repair(reading: Reading) -> list[str]:
    """The time until a machine runs again, or of the repair itself.

    Raises:
        Unclear: the age of open tickets may be meant.
    """
    extra = (
        "average median p90 how_long repair failure in_hours in_minutes ticket times total mttr "
        "mttr_restore stop after downtime in_days how_much closed mttr_repair"
    )
    if reading.has("mttr_repair"):
        reading.use(extra)
        return ["mttr_repair_h"]
    if reading.has("mttr_restore"):
        reading.use(extra)
        return ["mttr_restore_h"]
    asks = reading.has("how_long") and reading.has("repair closed")
    if reading.has("mttr") or (asks and not reading.has("downtime open labor")):
        if reading.has("open") and not reading.has("repair"):
            raise Unclear("no_metric")
        reading.use(extra)
        reading.note("mttr")
        return ["mttr_restore_h"]
    return []
