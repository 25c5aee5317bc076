"""Which time a question is about, and what it is compared with (pure)."""

from __future__ import annotations

from assistant.analytics.asking.almanac import Span
from assistant.analytics.asking.around import FindEvent, compare_around
from assistant.analytics.asking.pieces import Piece
from assistant.analytics.asking.reading import Reading, Unclear
from assistant.analytics.query import Comparison

_PRESENT = {"last_year": "ytd", "last_month": "this_month", "last_week": "this_week",
            "last_quarter": "this_quarter"}  # fmt: skip
_PREVIOUS = {("this_month", "last_month"), ("this_week", "last_week"), ("today", "yesterday"),
             ("this_quarter", "last_quarter")}  # fmt: skip
_TREND_CHOICES = (
    (("compare", "last_year"), {"compare": {"to": "last_year"}, "range": "ytd"}),
    (("compare", "previous"), {"compare": {"to": "previous"}, "range": "last_90d"}),
    (("by_month",), {"dims": ["month"], "range": "last_12m"}),
)


def take_times(reading: Reading, find_event: FindEvent) -> None:
    """Find the range and the comparison.

    Raises:
        Unclear: a time lies ahead, may be several, or does not fit another.
    """
    times = [piece for piece in reading.pieces if piece.kind == "time" and not piece.used]
    for piece in times:
        if piece.span is not None and piece.span.problem == "ambiguous" and reading.forced.range:
            piece.span = Span(reading.forced.range)
        _check(piece)
    if compare_around(reading, times, find_event):
        return
    against = [piece for piece in times if _is_compared(reading, piece)]
    plain = [piece for piece in times if piece not in against]
    _settle(reading, plain, against)
    for piece in times:
        piece.used = True
    if reading.compare is not None:
        reading.use("compare change trend by")
    for piece in [p for p in reading.pieces if p.kind == "now"]:
        piece.used = True


def _settle(reading: Reading, plain: list[Piece], against: list[Piece]) -> None:
    """Which of the times is the figure's own, and which is set beside it."""
    same_year, previous = reading.use("last_year_too"), reading.use("previous_too")
    plain = _without_all(plain, same_year or bool(against))
    if len(plain) == 2 and not against:
        plain, against = _as_pair(reading, plain, same_year=same_year)
    if len(plain) > 1 or len(against) > 1:
        raise Unclear("two_times", *(piece.text for piece in (*plain, *against)[:2]))
    if same_year and against and not plain:  # "the same days of last year, and this year"
        plain, against = against, []
    main = plain[0].span if plain else None
    if against:
        main = _compare(reading, main, against[0])
    elif same_year:
        reading.compare = Comparison(to="last_year")
        is_bare = main is None or main.written == "last_year"
        main = reading.almanac.named("ytd") if is_bare else main
    elif previous:
        reading.compare = Comparison(to="previous")
    if main is not None:
        _set(reading, main)


def _check(piece: Piece) -> None:
    span = piece.span
    if span is None or not span.problem:
        return
    if span.problem == "future":
        raise Unclear("future", piece.text)
    if span.problem == "ambiguous" and span.others:
        raise Unclear("which_time", piece.text, choices=tuple(
            (("range", other), {"range": other}) for other in span.others
        ))  # fmt: skip
    raise Unclear("no_time", piece.text)


def _set(reading: Reading, span: Span) -> None:
    reading.time = span.written
    reading.is_end = span.is_end
    if span.note:
        reading.note(*span.note)


def _without_all(plain: list[Piece], is_compared: bool) -> list[Piece]:
    """Leave out "so far" and "in total": beside another time say nothing more."""
    named = [piece for piece in plain if piece.span and piece.span.written != "all"]
    return named or ([] if is_compared else plain[:1])


def _is_compared(reading: Reading, piece: Piece) -> bool:
    if piece.text.startswith("since last") and reading.has("change"):
        unit = piece.text.removeprefix("since ").replace(" ", "_")
        piece.span = reading.almanac.named(unit)
        return True
    before = reading.near(piece, -1)
    if before is None or not before.has("compare"):
        return False
    return before.text not in (
        "compare",
        "comparing",
        "comparison",
        "comparison of",
        "对比",
        "比较",
    )


def _as_pair(
    reading: Reading, plain: list[Piece], *, same_year: bool
) -> tuple[list[Piece], list[Piece]]:
    """Two times beside each other: the later one is the figure's, the earlier beside it."""
    one, other = sorted(plain, key=lambda p: str(p.span.first) if p.span else "")
    if same_year or reading.has("compare change and_word trend"):
        return [other], [one]
    return plain, []


def _compare(reading: Reading, main: Span | None, piece: Piece) -> Span:
    against = piece.span
    assert against is not None
    if main is None:
        present = _PRESENT.get(against.written)
        if present is None:
            raise Unclear("compare_what", piece.text)
        main = reading.almanac.named(present)
    pair = (main.written, against.written)
    if pair == ("ytd", "last_year") or _is_year_before(main, against):
        reading.compare = Comparison(to="last_year")
        if pair == ("ytd", "last_year"):
            reading.note("same_days_last_year")
    elif pair in _PREVIOUS or (main.first is not None and against.beyond == main.first):
        reading.compare = Comparison(to="previous")
    else:
        raise Unclear("two_times", main.written, piece.text)
    return main


def _is_year_before(main: Span, against: Span) -> bool:
    if main.first is None or against.first is None or main.beyond is None or against.beyond is None:
        return False
    return (main.first.year - against.first.year, main.first.month, main.first.day) == (
        1, against.first.month, against.first.day,
    ) and against.beyond.month == main.beyond.month  # fmt: skip


def settle_change(reading: Reading) -> None:
    """Words of change without anything to compare with are asked back."""
    if reading.compare is not None:
        reading.use("change compare trend or_word more less")
        return
    if reading.dims and any(
        name in ("day", "week", "month", "quarter", "year") for name in reading.dims
    ):
        reading.use("change trend compare")
        return
    if reading.use("trend"):
        if not any(name in ("day_of_week", "hour") for name in reading.dims):
            reading.dims.insert(0, "month")
            reading.note("by_month")
        reading.use("change")
        return
    if reading.forced.compare:
        to = reading.forced.compare
        reading.compare = Comparison.model_validate({"to": to})
        reading.time = reading.time or reading.forced.range
        reading.use("change compare")
        return
    if any(made.op == "in" for made in reading.filters):  # which of the two is better
        reading.use("change compare or_word")
        return
    changes = [p for p in reading.free("change") if not p.has("failure downtime used")]
    if changes:
        raise Unclear("compare_with_what", changes[0].text, choices=_TREND_CHOICES)
