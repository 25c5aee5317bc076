"""A reading becomes a query: the time field, what is meant where no period is named (pure)."""

from __future__ import annotations

from typing import cast

from assistant.analytics.asking.groups import dims_of
from assistant.analytics.asking.pieces import Piece
from assistant.analytics.asking.reading import Reading, Unclear
from assistant.analytics.query import Query, TimeField, TimeRange

_OWN = {
    "downtime_h": "downtime", "availability": "downtime", "mttr_restore_h": "completed",
    "mttr_repair_h": "completed", "ftfr": "completed", "pm_compliance": "due", "pm_list": "due",
    "open_count": "as_of", "backlog_count": "as_of", "backlog_h": "as_of",
    "ready_backlog_weeks": "as_of", "backlog_age_d": "as_of", "cost_total": "", "labor_h": "",
    "part_qty": "", "part_forecast": "", "reactive_share": "", "corrective_ratio": "",
}  # fmt: skip
_STATES = frozenset(name for name, field in _OWN.items() if field == "as_of")
_OVER_TIME = tuple((name,) for name in ("day", "week", "month", "quarter", "year"))
_USUAL = {
    "mtta_min": "last_30d", "reopen_count": "last_90d", "repeat_rate": "last_6m",
    "repeat_list": "last_6m", "reactive_share": "this_quarter", "pm_compliance": "last_90d",
    "ticket_count": "all", "cost_total": "all", "part_qty": "all", "text_count": "all",
    "gap_d": "all", "pm_list": "all",
}  # fmt: skip
_ARTICLES = (" a ", " the ", " any ", " their ", " its ")
_COLUMNS = "cost downtime description and_word labor remedy list"
_RATIO = frozenset("per each 每 每个 每次 每1 for each for every every".split())
_RATES = frozenset({"failure_rate_per_1000h", "mtbf_h", "mtbsf_d", "gap_d"})
# Words that may stay unused where a figure is given: they only say how it is asked for.
SOFT = frozenset(
    {"which", "times", "by", "list", "count", "how_much", "due", "and_word", "asset", "total",
     "in_hours", "mention", "precede", "ticket", "description",
     "within", "every", "also", "usual", "how_long",
     "unplanned_word", "repair", "only", "used", "equal"}
)  # fmt: skip
_SOFT_OF = {
    "downtime_h": {"unplanned", "failure", "stop", "reactive"},
    "failure_count": {"reactive", "stop"},
    "availability": {"planned_hours", "average"},
    "mtbf_h": {"average", "operating"},
    "mttr_restore_h": {"median", "p90", "average", "compare"},
    "mttr_repair_h": {"median", "p90", "average", "compare"},
    "mtta_min": {"median", "p90", "average"},
    "backlog_age_d": {"median", "p90", "average"},
    "backlog_h": {"open"},
    "ticket_list": {"why", "remedy", "alarm_code", "repair"},
    "pm_compliance": {"average", "due_word"},
    "pm_list": {"due_word"},
    "ftfr": {"average"},
}


def check_leftovers(reading: Reading) -> None:
    """Every word that carries meaning has been used, or the question is asked back.

    Raises:
        Unclear: one has not; it is named.
    """
    _check_ratio(reading)
    _take_bare_amount(reading)
    allowed = set(SOFT)
    for metric in reading.metrics:
        allowed |= _SOFT_OF.get(metric, set())
    if len(reading.dims) > 0 or any(made.op == "in" for made in reading.filters):
        allowed.add("compare")
    for piece in reading.pieces:
        if piece.used or piece.kind in ("sign", "now"):
            continue
        is_noun = piece.has("cause") and reading.text[: piece.start].endswith(_ARTICLES)
        if piece.kind == "concept" and (
            piece.concepts & (allowed - {"precede"} if is_noun else allowed)
            or piece.taken_as == "generic"
            or piece.text in ("wait",)
        ):
            continue
        if reading.metrics[0] == "ticket_list" and _names_columns(reading, piece):
            continue
        if piece.has("or_word") and _stands_between_names(reading, piece):
            continue
        if piece.kind == "number" and _explains_number(reading, piece):
            continue
        if piece.has("before") and "alarm_code" in reading.dims:
            continue
        if piece.has("after") and (after := reading.near(piece, 1)) and after.has("which"):
            continue
        if piece.kind == "concept" and piece.has("where"):
            raise Unclear("where", piece.text, choices=tuple(
                (("split", name), {"dims": [name]}) for name in ("asset", "line", "area")
            ))  # fmt: skip
        raise Unclear("not_understood", piece.text)


def _explains_number(reading: Reading, piece: Piece) -> bool:
    """As in "Early and late, the two shifts": the number of those that are named.

    Raises:
        Unclear: it is the number of a thing that the record does not have.
    """
    noun = reading.near(piece, 1)
    if noun is not None and _is_how_many(reading, piece, noun):
        return True
    before = reading.near(piece, -1)
    if before is not None and dims_of(before):
        raise Unclear("unknown_name", f"{before.text} {piece.text}")
    return False


def _is_how_many(reading: Reading, piece: Piece, noun: Piece) -> bool:
    return any(
        made.op == "in"
        and isinstance(made.value, tuple)
        and len(made.value) == piece.number
        and made.field in dims_of(noun)
        for made in reading.filters
    )


def _take_bare_amount(reading: Reading) -> None:
    """As in "MTTR pumps 90d": a span of days without a word is the last ones."""
    amounts = [p for p in reading.pieces if p.kind == "amount" and not p.used]
    is_window = reading.metrics[0] in ("repeat_rate", "repeat_list", "part_forecast", "ftfr")
    if is_window or len(amounts) != 1 or reading.time is not None or amounts[0].unit not in "dwMy":
        return
    unit = amounts[0].unit.lower() if amounts[0].unit != "M" else "m"
    span = reading.almanac.rolling(min(int(amounts[0].number), 100_000), unit)
    if not span.problem and not amounts[0].concepts:
        reading.time, amounts[0].used = span.written, True
        reading.note("rolling", span.written)


def _check_ratio(reading: Reading) -> None:
    """A figure per failure is another one: it is asked back."""
    for piece in reading.pieces:
        passed = frozenset({"count", "times"})
        is_mark = piece.has("by") and not piece.names
        behind = reading.near(piece, 1, over=passed) if is_mark else None
        if behind is None or piece.text not in _RATIO or reading.metrics[0] in _RATES:
            continue
        if behind.has("failure stop downtime repair") and not dims_of(behind):
            raise Unclear("not_understood", f"{piece.text} {behind.text}")
        if behind.has("ticket") and not dims_of(behind):
            if reading.metrics[0] not in ("cost_total", "labor_h"):
                raise Unclear("not_understood", f"{piece.text} {behind.text}")
            reading.params["average"] = True


def _names_columns(reading: Reading, piece: Piece) -> bool:
    """Whether a clause only says what is to be shown: "give date, asset and cost"."""
    clause = list(reading.clause(piece))
    return all(not p.used for p in clause) and all(
        p.kind == "concept" and (dims_of(p) or p.has(_COLUMNS)) for p in clause
    )


def _stands_between_names(reading: Reading, piece: Piece) -> bool:
    one, other = reading.near(piece, -1), reading.near(piece, 1)
    return one is not None and other is not None and one.taken_as == other.taken_as != ""


def finish(reading: Reading) -> Query:
    """The query of a reading whose metrics are chosen."""
    metrics, dims = reading.metrics, reading.dims
    if len(metrics) > 1 and reading.order and reading.order_by is None:
        reading.order_by = metrics[0]
    if metrics == ["failure_count"] and tuple(dims) in _OVER_TIME and reading.order is None:
        reading.order = "asc"
    return Query.model_validate(
        {
            "metrics": metrics,
            "dims": dims,
            "filters": [made.model_dump() for made in reading.filters],
            "time": time_of(reading),
            "compare": reading.compare.model_dump() if reading.compare else None,
            "order": reading.order,
            "order_by": reading.order_by,
            "limit": reading.limit,
            "params": reading.params,
        }
    )


def time_of(reading: Reading) -> TimeRange:
    """The range of a query, and of which time it is."""
    metrics = reading.metrics
    written = reading.time
    if reading.is_end and not set(metrics) & _STATES and written is not None:
        raise Unclear("end_of", written)
    if metrics[0] in _STATES:
        if written is not None and not reading.is_end and written not in ("all", "today"):
            reading.note("at_end_of", written)
        return TimeRange(field="as_of", range="all" if written in (None, "today") else written)
    if reading.compare is not None and reading.compare.to == "around":
        return TimeRange(field=_field(reading), range="all")
    if written is None:
        written = usual(reading)
        reading.note("usual_all" if written == "all" else "usual", written)
    if written == "all":
        return TimeRange()
    return TimeRange(field=_field(reading), range=written)


def _field(reading: Reading) -> TimeField | None:
    fields = {_OWN.get(metric, "reported") for metric in reading.metrics} - {""}
    if "ticket_list" in reading.metrics and any(
        made.field == "status" and made.value == "done" for made in reading.filters
    ):
        return "completed"
    return cast(TimeField, next(iter(fields))) if len(fields) == 1 else None


def usual(reading: Reading) -> str:
    """The period that is meant where a question names none."""
    metric, dims = reading.metrics[0], set(reading.dims)
    fields = {made.field for made in reading.filters if made.op != "null"}
    if reading.compare is not None:
        return "ytd" if reading.compare.to == "last_year" else "last_30d"
    if "mtbsf_d" in reading.metrics:
        return "last_24m"
    if metric == "failure_count":
        return _usual_of_counts(dims)
    if metric == "ticket_list":
        is_bounded = {"is_open", "alarm_code", "failure_mode", "cause", "component"} & fields
        return "all" if is_bounded or reading.order_by else "last_30d"
    if dims & {"month", "quarter"}:
        return "last_12m"
    if metric == "downtime_h":
        return "last_90d" if "delay_reason" in fields or not dims else "last_12m"
    if metric in ("mttr_restore_h", "mttr_repair_h"):
        return "last_12m" if "asset" in fields else "last_90d"
    if metric == "labor_h":
        return "this_quarter" if "is_reactive" in fields else "last_12m"
    return _USUAL.get(metric, "last_12m")


def _usual_of_counts(dims: set[str]) -> str:
    if "week" in dims:
        return "last_26w"
    if "day" in dims:
        return "last_30d"
    return "last_12m" if dims & {"day_of_week", "hour", "month", "quarter"} else "all"
