"""Conditions in words become filters: open, older than, without a cause, waiting for (pure)."""

from __future__ import annotations

from assistant.analytics.asking import thresholds
from assistant.analytics.asking.pieces import Piece
from assistant.analytics.asking.reading import Reading, Unclear

_NULLABLE = (
    "asset", "cause", "team", "component", "alarm_code", "failure_mode", "line", "area", "site",
    "remedy", "priority", "shift", "person",
)  # fmt: skip
_OVER = frozenset(
    {"which", "by", "ticket", "times", "every", "closed", "top", "total", "and_word", "mention"}
)


def take_conditions(reading: Reading) -> None:
    """Make filters of what words demand of a ticket."""
    _waiting(reading)
    _mentioned(reading)
    _states(reading)
    thresholds.take_acknowledged(reading)
    thresholds.take_thresholds(reading)
    _missing(reading)
    _flags(reading)


def _waiting(reading: Reading) -> None:
    """Downtime that was waiting for something: parts, a permit, production."""
    if reading.use("no_parts"):
        _wait_for(reading, "parts")
        reading.use("wait")
        return
    for piece in reading.free("wait"):
        for way in (1, -1):
            beside = reading.near(piece, way, over=frozenset({"times", "not", "due"}))
            if beside is None or beside.used:
                continue
            if beside.names_of("delay_reason"):
                _wait_for(reading, beside.names_of("delay_reason")[0])
            elif beside.has("part_word") and (way == 1 or not piece.has("due")):
                _wait_for(reading, "parts")
            else:
                continue
            beside.used = piece.used = True
            for other in reading.free("wait"):
                other.used = True
            return


def _wait_for(reading: Reading, value: str) -> None:
    reading.add("delay_reason", "eq", value)
    known = {each.casefold() for each in reading.book.values["delay_reason"]}
    if value.casefold() not in known:
        reading.note("not_in_record", "delay_reason", value)


def _mentioned(reading: Reading) -> None:
    """Words that a ticket's text holds: in quotes, or behind "mention"."""
    quoted = [piece for piece in reading.pieces if piece.kind == "quoted" and not piece.used]
    asks = reading.free("mention")
    if not asks:
        return
    if not quoted and (behind := _word_behind(reading, asks)) is not None:
        quoted = [behind]
    # A word in quotes and the same word before it in plain writing are one.
    for word in quoted:
        reading.add("text", "contains", word.text.strip("\"' "))
        word.used = True
    if quoted:
        wanted = quoted[0].text.casefold()
        for piece in reading.pieces:
            if not piece.used and piece.text in (wanted, wanted.rstrip("s")):
                piece.used = True
        reading.use("mention")
        reading.use("description")


def _word_behind(reading: Reading, asks: list[Piece]) -> Piece | None:
    for ask in asks:
        if ask.text in ("about", "text", "regarding", "concerning"):
            continue
        behind = reading.near(ask, 1, over=frozenset({"mention", "description"}))
        if behind is not None and (behind.kind == "unknown" or behind.names):
            return behind
    return None


def _states(reading: Reading) -> None:
    """Open, closed, cancelled, in progress, on hold."""
    for piece in reading.free("not"):
        behind = reading.near(piece, 1, over=frozenset({"times"}))
        is_plan = reading.has("pm") and not reading.has("ticket")
        if behind is not None and behind.has("closed") and not behind.used and not is_plan:
            piece.used = behind.used = True
            reading.add("is_open", "eq", True)
    if reading.use("cancelled"):
        reading.add("status", "eq", "cancelled")
    for concept in ("in_progress", "on_hold"):
        if reading.has(concept) and not reading.has("open"):
            reading.use(concept)
            reading.add("status", "eq", concept)


def _missing(reading: Reading) -> None:
    """Tickets without a cause, an asset, a team; assets without a ticket."""
    for piece in reading.free("not"):
        if piece.used:
            continue
        for way in (1, -1):
            direct = reading.near(piece, way)
            if direct is not None and direct.has("ticket") and way == 1:
                continue  # "no tickets", not "no asset"
            noun = reading.near(piece, way, over=_OVER | {"not"})
            fields = [name for name in _NULLABLE if noun is not None and noun.has(name)]
            if noun is None or noun.used or not fields or _is_subject(reading, piece, noun, way):
                continue
            if fields[0] == "asset" and not reading.has("ticket count failure stop cost labor"):
                continue
            reading.add(fields[0], "null")
            noun.used = piece.used = True
            for between in reading.pieces:
                if min(piece.end, noun.end) <= between.start < max(piece.start, noun.start):
                    between.used = between.used or not between.has("closed ticket")
            for other in reading.free("not"):
                if abs(other.start - noun.end) < 24 or abs(noun.start - other.end) < 8:
                    other.used = True
            break


def _is_subject(reading: Reading, refusal: Piece, noun: Piece, way: int) -> bool:
    """As in "Machines without tickets": the noun before is what has none, not what is missing."""
    if way == 1:
        return False
    behind = reading.near(
        refusal, 1, over=frozenset({"by", "every", "top", "count", "which", "total", "times"})
    )
    return behind is not None and behind.has("ticket failure pm stop downtime")


def _flags(reading: Reading) -> None:
    """Safety and priority."""
    if reading.has("safety"):
        refused = [p for p in reading.free("not") if (n := reading.near(p, 1)) and n.has("safety")]
        for piece in refused:
            piece.used = True
        reading.add("is_safety", "eq", not refused)
        reading.use("safety")
    is_answer = bool(reading.filters_of("response_min"))
    if is_answer or reading.has("ticket acknowledged count open priority mtta"):
        for piece in reading.free("high low"):
            _high_or_low(reading, piece)
    for piece in [p for p in reading.pieces if p.kind == "number" and not p.used]:
        noun = reading.near(piece, -1) or reading.near(piece, 1)
        if noun is not None and noun.has("priority") and 1 <= piece.number <= 5:
            reading.add("priority", "eq", piece.number)
            piece.used = noun.used = True


def _high_or_low(reading: Reading, piece: Piece) -> None:
    beside = [reading.near(piece, way) for way in (1, -1)]
    nouns = [near for near in beside if near is not None and near.has("priority") and not near.used]
    is_plain = piece.text in ("high", "hot") or reading.has("how_much")
    if not nouns and is_plain and not any(mark in piece.text for mark in ("prio", "优", "紧急")):
        return
    refusal = beside[1]
    if refusal is not None and refusal.has("not") and not refusal.used:
        raise Unclear("negated", piece.text)
    if piece.has("high"):
        reading.add("priority", "le", 2)
        reading.note("high_priority")
    else:
        reading.add("priority", "ge", 4)
        reading.note("low_priority")
    for each in (piece, *nouns):
        each.used = True
