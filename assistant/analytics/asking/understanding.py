"""Read a question by rules: conditions, names, groups, time, metrics; nothing is left (pure)."""

from __future__ import annotations

import re

from assistant.analytics.asking import (
    assembling,
    conditions,
    groups,
    measures,
    naming,
    ordering,
    spans,
)
from assistant.analytics.asking.almanac import Almanac
from assistant.analytics.asking.around import FindEvent
from assistant.analytics.asking.names import NameBook
from assistant.analytics.asking.pieces import cut
from assistant.analytics.asking.reading import Forced, Reading, Unclear
from assistant.analytics.asking.rewording import plain_words
from assistant.analytics.asking.spelling import correct
from assistant.analytics.asking.tokens import normal
from assistant.analytics.query import Query

_LOW_IS_BAD = frozenset({"mtbf_h", "mtbsf_d", "availability", "ftfr", "pm_compliance"})
# "Break downtime down by line": no machine broke down.
_IDIOMS = re.compile(
    r"^(?:please |can you |could you |now )*(?:break|split|slice|divide|separate)"
    r"(?: up| out)? (?!down)(.*?)(?: down| up| out)? by "
)
_DECIMALS = re.compile(
    r"\b(?:(?:to|with|rounded to) )?\d (?:decimals?|decimal places?|digits?)\b"
    r"|保留\d位小数|\d位小数"
)
# As people write who learned English later.
_FOR_EACH = re.compile(r"\bfor (day|week|month|quarter|year)\b(?! \d)")
_HOW_FIXED = re.compile(
    r"\bhow (?:they|it|each|these|those|this|that|one)(?: each| all)? "
    r"(?:was|were|got|is|are|have been|has been|had been)(?: finally| eventually| then)? "
    r"(?:fixed|solved|resolved|repaired|handled|closed|sorted|cured|remedied|treated)\b"
)
_NOTHING = Forced()
_MOST_ACTORS = 10
_CODED = ("asset", "alarm_code", "part", "model", "line")
MOST = 1000
"""The most characters of a question; what is longer is no question."""


def read(text: str, book: NameBook, almanac: Almanac, forced: Forced = _NOTHING) -> Reading:
    """The pieces of a question, with nothing made of them yet.

    Raises:
        Unclear: there are no words, or too many.
    """
    plain = normal(text[: 4 * MOST])
    if len(text) > MOST or len(plain) > MOST:
        raise Unclear("too_long", str(MOST))
    plain = _DECIMALS.sub(" ", plain)
    plain = _HOW_FIXED.sub("how they were fixed", _FOR_EACH.sub(r"per \1", plain))
    plain = _IDIOMS.sub(lambda match: f"{match[1] or ''} by ", plain)
    plain, corrected = correct(plain, book)
    plain = plain_words(plain)
    for word, meant in forced.instead:
        plain = plain.replace(word, f" {normal(meant)} ", 1)
    reading = Reading(plain, cut(plain, book, almanac), book, almanac, forced)
    reading.pieces = [piece for piece in reading.pieces if piece.text not in forced.dropped]
    if not reading.content:
        raise Unclear("empty")
    for word, meant in forced.instead:
        reading.note("instead", word, meant)
    for word in forced.dropped:
        reading.note("left_out", word)
    for typed, meant in corrected:
        reading.note("spelling", typed, meant)
    naming.settle_weak(reading)
    _refuse_unknown(reading)
    _settle_going_down(reading)
    return reading


def understand(reading: Reading, find_event: FindEvent) -> Query:
    """The query of a question.

    Raises:
        Unclear: it cannot be told for sure what is asked.
    """
    is_about_parts = reading.has("part_word used part_category forecast")
    conditions.take_conditions(reading)
    naming.take_names(reading, is_about_parts=is_about_parts)
    groups.take_groups(reading)
    spans.take_times(reading, find_event)
    _order_bad_actors(reading)
    reading.dims += [name for name in reading.forced.dims if name not in reading.dims]
    if reading.forced.dims:
        reading.use("where change trend")
    reading.metrics = measures.choose_metrics(reading)
    ordering.take_order(reading, worst_is_low=reading.metrics[0] in _LOW_IS_BAD)
    spans.settle_change(reading)
    naming.split_by_named(reading)
    groups.take_bare_dimension(reading)
    assembling.check_leftovers(reading)
    return assembling.finish(reading)


def _order_bad_actors(reading: Reading) -> None:
    """Bad actors "by downtime" are machines ordered by it."""
    if not reading.has("bad_actor") or "asset" in reading.dims:
        return
    if reading.has("downtime cost failure failure_count stop count"):
        reading.use("bad_actor who")
        reading.dims.append("asset")
        reading.order, reading.limit = "desc", _MOST_ACTORS
        reading.note("top_ten")


def _settle_going_down(reading: Reading) -> None:
    """A machine that went down failed; a number of failures that went down dropped."""
    for piece in reading.pieces:
        if not piece.has("failure") or not piece.has("change"):
            continue
        earlier = [p for p in reading.free("failure mtbf cost") if p.start < piece.start]
        if earlier:
            piece.concepts = frozenset({"change"})
            continue
        before = reading.near(piece, -1, over=frozenset({"times", "which", "top"}))
        is_machine = before is None or bool(before.names) or before.has("asset line area")
        is_machine = is_machine or (before is not None and before.kind in ("time", "number"))
        piece.concepts = frozenset({"failure" if is_machine else "change"})


def _refuse_unknown(reading: Reading) -> None:
    """What looks like a tag or a code and is in no name is asked back at once."""
    for piece in reading.pieces:
        if piece.kind == "unknown" and any(sign.isdigit() for sign in piece.text):
            near = reading.book.like(piece.text, _CODED)
            choices = tuple(
                (("name", name, value), {"instead": (piece.text, value)}) for name, value in near
            )
            raise Unclear("unknown_name", piece.text, choices=choices)
