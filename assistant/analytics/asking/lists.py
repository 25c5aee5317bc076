"""Lists of tickets and of assets: the longest stop, what is open, what has no cause (pure)."""

from __future__ import annotations

from assistant.analytics.asking.pieces import Piece
from assistant.analytics.asking.reading import Reading, Unclear

_TIMED = "mtbf mttr mttr_restore mttr_repair mtta availability failure_rate"
_PASSED = frozenset({"by", "every", "top", "count", "which", "total", "times"})


def of_lists(reading: Reading) -> list[str]:
    """The list that is asked for, if one is."""
    for choose in _CHOOSERS:
        if metrics := choose(reading):
            return metrics
    return []


def _idle_assets(reading: Reading) -> list[str]:
    """Assets without any ticket."""
    found = reading.use("no_tickets")
    has_assets = "asset" in reading.dims or reading.has("asset") or any(
        piece.taken_as in ("generic", "asset_class") for piece in reading.pieces
    )  # fmt: skip
    for piece in reading.free("not") if has_assets else []:
        if any(_is_ticket(reading, piece, way) for way in (1, -1)):
            reading.use("not ticket count top total list asset")
            found = True
    if not found:
        return []
    reading.add("ticket_count", "eq", 0)
    reading.use("asset list")
    return _without_assets(reading)


def _is_ticket(reading: Reading, refusal: Piece, way: int) -> bool:
    over = _PASSED if way == 1 else frozenset({"by", "every", "top", "total", "times"})
    noun = reading.near(refusal, way, over=over)
    return noun is not None and noun.has("ticket") and not noun.used


def _counted_assets(reading: Reading) -> list[str]:
    """Assets with more than so many tickets."""
    has_assets = "asset" in reading.dims or any(p.taken_as == "generic" for p in reading.pieces)
    if not reading.filters_of("ticket_count") or not has_assets or not reading.has("ticket"):
        return []
    reading.use("ticket list times")
    return _without_assets(reading)


def _without_assets(reading: Reading) -> list[str]:
    reading.dims[:] = [name for name in reading.dims if name != "asset"]
    return ["asset_list"]


def _same_texts(reading: Reading) -> list[str]:
    """Descriptions that several tickets have."""
    if not reading.has("description") or not (
        reading.filters_of("ticket_count") or reading.has("repeat equal")
    ):
        return []
    reading.use("description ticket times count equal repeat list")
    return ["text_count"]


def _longest(reading: Reading) -> list[str]:
    """The longest stops, each by itself."""
    single = [p for p in reading.free("stop") if not p.text.endswith("s") or p.text in ("停",)]
    is_greatest = (
        bool(single) and reading.has("top") and not reading.has("count") and not reading.dims
    )
    if not (is_greatest or reading.has("longest shortest")) or _is_grouped(reading):
        return []
    if not reading.has("downtime stop"):
        return []
    if is_greatest and not reading.has("longest shortest"):
        _list_by(reading, "downtime_min", "top", "")
    else:
        _list_by(reading, "downtime_min", "longest", "shortest")
    if reading.time is not None:
        reading.add("downtime_min", "known")
    reading.use("downtime stop failure why cause ticket total remedy how_long in_hours precede")
    return ["ticket_list"]


def _dearest(reading: Reading) -> list[str]:
    """The most expensive tickets, each by itself."""
    if not reading.has("expensive") or _is_grouped(reading):
        return []
    if not reading.has("ticket repair failure"):
        return []
    if not reading.has("ticket"):
        raise Unclear("most_of_what", reading.free("expensive")[0].text)
    _list_by(reading, "cost_total", "expensive", "")
    reading.use("ticket cost repair asset top")
    return ["ticket_list"]


def _newest(reading: Reading) -> list[str]:
    """The last ticket, or the last so many."""
    if reading.dims or not any(_is_of_ticket(reading, p) for p in reading.free("newest")):
        return []
    if not reading.has("ticket"):
        reading.add("is_failure", "eq", True)
    _list_by(reading, "reported", "newest", "")
    reading.use("ticket failure stop downtime")
    _states(reading)
    return ["ticket_list"]


def _is_of_ticket(reading: Reading, piece: Piece) -> bool:
    """Whether "last" is that of tickets, and not of shifts."""
    noun = reading.near(piece, 1)
    if noun is not None and noun.kind == "number":
        noun = reading.near(noun, 1)
    return noun is not None and noun.has("ticket failure stop open closed")


def _is_grouped(reading: Reading) -> bool:
    return bool(reading.dims) and reading.dims != ["cause"]


def _list_by(reading: Reading, name: str, most: str, least: str) -> None:
    marks = reading.free(most, least)
    is_least = marks[0].has(least) and not marks[0].has(most)
    number = next(
        (p for p in reading.pieces if p.kind == "number" and not p.used and p.number >= 1), None
    )
    plural = any(p.text.endswith("s") and p.text.isascii() for p in reading.free("stop ticket"))
    reading.limit = int(number.number) if number is not None else 10 if plural else 1
    if number is not None:
        number.used = True
    elif plural:
        reading.note("top_ten")
    reading.order, reading.order_by = ("asc" if is_least else "desc"), name
    reading.dims.clear()
    reading.use(most, least, "top")


def _tickets(reading: Reading) -> list[str]:
    """Tickets, where not their number is asked for."""
    if not _asks_for_tickets(reading):
        return []
    has_remedy = _has_remedy(reading)
    is_missing = any(made.op == "null" for made in reading.filters)
    nouns = reading.free("ticket")
    is_one = (
        bool(nouns)
        and any(not p.text.endswith("first") for p in reading.free("oldest"))
        and not any(p.text.endswith("s") for p in nouns)
        and not reading.has("list")
    )
    reading.use("ticket list remedy which times")
    if has_remedy:
        reading.use("count failure average repair times how_long alarm_code total")
    _states(reading)
    if reading.use("failure") and not is_missing:
        reading.add("is_failure", "eq", True)
    if reading.filters_of("age_d") or reading.has("oldest age"):
        reading.order, reading.order_by = "desc", "age_d"
        _limit_list(reading, "oldest")
        if is_one and reading.limit is None:
            reading.limit = 1
        reading.use("rank age oldest")
    reading.use("why")
    for piece in reading.free("cause"):
        before = reading.near(piece, -1)
        piece.used = before is None or before.has("which and_word why")
    return ["ticket_list"]


def _asks_for_tickets(reading: Reading) -> bool:
    has_remedy = _has_remedy(reading)
    is_ticket = reading.has("ticket") or (reading.has("open closed") and reading.has("list which"))
    is_ticket = is_ticket or bool(reading.filters_of("response_min"))
    if not is_ticket and not has_remedy and not reading.filters_of("age_d"):
        return False
    if has_remedy:
        return not reading.dims
    return not (
        reading.dims
        or reading.is_end
        or reading.has("count how_much trend average share cost labor downtime between mtbf")
        or reading.has(_TIMED)
    )


def _has_remedy(reading: Reading) -> bool:
    """Whether it is asked what helped against an alarm."""
    return reading.has("remedy") and bool(reading.filters_of("alarm_code"))


def _states(reading: Reading) -> None:
    if reading.use("open"):
        reading.add("is_open", "eq", True)
    if reading.use("closed"):
        asks_how = reading.text.startswith("how ") and reading.filters_of("alarm_code")
        if not asks_how:
            reading.add("status", "eq", "done")
    if reading.use("reactive"):
        reading.add("is_reactive", "eq", True)
    for concept in ("corrective", "preventive"):
        if reading.use(concept):
            reading.add("kind", "eq", concept)


def _limit_list(reading: Reading, concept: str) -> None:
    for piece in [p for p in reading.pieces if p.kind == "number" and not p.used]:
        if reading.has(concept, "top"):
            reading.limit = int(piece.number)
            piece.used = True


_CHOOSERS = (
    _idle_assets,
    _counted_assets,
    _same_texts,
    _longest,
    _dearest,
    _newest,
    _tickets,
)
