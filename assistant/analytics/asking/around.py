"""Figures before and after an overhaul, or a day (pure)."""

from __future__ import annotations

from collections.abc import Callable

from assistant.analytics.asking.almanac import Span
from assistant.analytics.asking.pieces import Piece
from assistant.analytics.asking.reading import Reading, Unclear
from assistant.analytics.query import Comparison

FindEvent = Callable[[tuple[str, ...], Span | None], list[str]]
"""The days on which assets were overhauled, in a time if one is given."""

_USUAL_DAYS = 180
_DAY_MIN = 1440


def compare_around(reading: Reading, times: list[Piece], find_event: FindEvent) -> bool:
    """Compare what was before a day with what was after it, where that is asked for.

    Raises:
        Unclear: the day is not named, or the record does not tell it.
    """
    events, both = reading.free("overhaul"), reading.free("before_after")
    asks = reading.has("change compare after before_after before trend less more")
    if not asks or not (events or both):
        return False
    spans = [piece.span for piece in times if piece.span is not None]
    exact = next((str(span.first) for span in spans if _is_day(span)), None)
    if exact is None and not events:
        raise Unclear("around_when", both[0].text)
    days = _days(reading)
    date = exact or _day_of_event(reading, events[0].text, spans, find_event)
    reading.compare = Comparison(to="around", date=date, days=days)
    reading.note("around", date, str(days))
    reading.use("overhaul before_after change compare after before trend less more or_word")
    for piece in times:
        piece.used = True
    return True


def _is_day(span: Span) -> bool:
    return (
        span.first is not None and span.beyond is not None and (span.beyond - span.first).days == 1
    )


def _day_of_event(reading: Reading, event: str, spans: list[Span], find_event: FindEvent) -> str:
    assets = tuple(
        value
        for made in reading.filters_of("asset")
        for value in (made.value if isinstance(made.value, tuple) else (str(made.value),))
    )
    if not assets:
        raise Unclear("around_which", event)
    found = find_event(assets, spans[0] if spans else None)
    if reading.forced.around in found:
        return reading.forced.around
    if not found:
        raise Unclear("no_event", event)
    if len(found) > 1:
        choices = tuple((("around", day), {"around": day}) for day in found[:6])
        raise Unclear("which_event", event, choices=choices)
    return found[0]


def _days(reading: Reading) -> int:
    """How many days on either side."""
    for piece in reading.pieces:
        if piece.kind == "amount" and not piece.used and piece.unit in "dwMy":
            piece.used = True
            return max(1, min(3660, round(piece.minutes / _DAY_MIN)))
    return _USUAL_DAYS
