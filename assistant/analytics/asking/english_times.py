"""Times in English words (pure)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from assistant.analytics.asking.almanac import Almanac, Span

Found = tuple[int, Span]
_Read = Callable[[re.Match[str], Almanac], Span]

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_UNIT = (
    r"(?:days?|d|wks?|weeks?|w|months?|mths?|mnths?|mos?|m|quarters?|qtrs?|years?|yrs?|y"
    r"|hours?|hrs?|h)"
)
_ONE_UNIT = r"(?:wk|week|month|mth|mnth|quarter|qtr|year|yr|fiscal year|financial year|fy)"
_YEAR = r"(?:19|20)\d\d"
_THIS = r"(?:this|the current|current|the present|present|the running|running|the ongoing|ongoing)"
_LAST = (
    r"(?:the last|last|lst|the previous|previous|prev|the prior|prior|the preceding|preceding"
    r"|the latest|latest|the foregoing)(?: calendar| full| complete| completed| whole| entire)?"
)
_SO_FAR = r"(?: so far| to date| up to now| until now| till now| to now)"
_ORDINAL = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4} | {
    "4th": 4
}
_ORD = "(?:" + "|".join(_ORDINAL) + ")"
_OF_YEAR = rf"(?:,?(?: of| in)?(?: the year)? (?P<year>{_YEAR}|this year|last year|the year))?"


def unit_of(word: str) -> str:
    """The letter of a unit of time: h, d, w, m, q or y; ``f`` is a fiscal year."""
    if word.startswith(("fiscal", "financial", "fy")):
        return "f"
    return "h" if word[0] == "h" else word[0]


_WHOLE = {"d": "day", "w": "week", "m": "month", "q": "quarter", "y": "year", "f": "fiscal_year"}


def _whole(match: re.Match[str], almanac: Almanac, which: str) -> Span:
    unit = unit_of(match["unit"])
    if which == "this" and unit == "y":
        return almanac.named("ytd")
    span = almanac.named(f"{which}_{_WHOLE[unit]}")
    if which == "last" and unit in "wmqy" and match["unit"][0] == unit:
        other = {"w": "last_7d", "m": "last_30d", "q": "last_3m", "y": "last_12m"}[unit]
        span = Span(span.written, span.first, span.beyond, ("calendar", span.written), (other,))
    return span


def _past_one(match: re.Match[str], almanac: Almanac) -> Span:
    unit = unit_of(match["unit"])
    if unit in "yf":
        return Span("last_12m", note=("rolling", "last_12m"), others=("last_year",))
    rolling = {"w": "last_7d", "m": "last_30d", "q": "last_3m"}[unit]
    return Span(
        rolling, problem="ambiguous", others=(f"last_{_WHOLE[unit]}", rolling), note=("past",)
    )


def _rolling(match: re.Match[str], almanac: Almanac) -> Span:
    return almanac.rolling(int(match["n"]), unit_of(match["unit"]))


def _year_of(match: re.Match[str], almanac: Almanac) -> int | None:
    said = match.groupdict().get("year")
    if not said:
        return None
    if said.isdigit():
        return int(said) if len(said) == 4 else 2000 + int(said)
    return almanac.today.year - (said == "last year")


def month_number(word: str) -> int:
    """1 to 12."""
    return _MONTHS.index(word[:3]) + 1


def _month(match: re.Match[str], almanac: Almanac) -> Span:
    return almanac.month(_year_of(match, almanac), month_number(match["month"]))


def _last_month_named(match: re.Match[str], almanac: Almanac) -> Span:
    return almanac.month(None, month_number(match["month"]))


def _month_day(match: re.Match[str], almanac: Almanac) -> Span:
    return almanac.day(_year_of(match, almanac), month_number(match["month"]), int(match["day"]))


def _part(match: re.Match[str], almanac: Almanac) -> Span:
    said = match["n"]
    number = int(said) if said.isdigit() else _ORDINAL[said]
    part = "H" if match["part"][0] == "h" else "Q"
    return almanac.part(_year_of(match, almanac), part, number)


def _numeric(match: re.Match[str], almanac: Almanac) -> Span:
    one, other, year = int(match["a"]), int(match["b"]), _year_of(match, almanac)
    if match["sep"] == "." or one > 12:
        return almanac.day(year, other, one)
    if other > 12 or one == other:
        return almanac.day(year, one, other)
    spans = almanac.day(year, other, one), almanac.day(year, one, other)
    return Span(
        spans[0].written,
        problem="ambiguous",
        others=tuple(s.written for s in spans),
        note=("date",),
    )


def _iso(match: re.Match[str], almanac: Almanac) -> Span:
    if match["day"]:
        return almanac.day(int(match["year"]), int(match["month"]), int(match["day"]))
    return almanac.month(int(match["year"]), int(match["month"]))


def _before_last(match: re.Match[str], almanac: Almanac) -> Span:
    unit, today = unit_of(match["unit"]), almanac.today
    if unit == "y":
        return almanac.year(today.year - 2)
    if unit == "m":
        count = today.year * 12 + today.month - 3
        return almanac.month(count // 12, count % 12 + 1)
    if unit == "w":
        first = almanac.named("last_week").first
        if first is not None:
            before = date.fromordinal(first.toordinal() - 7)
            return almanac.between(before, first)
    return Span("all", problem="ambiguous")


MOMENTS: tuple[tuple[str, _Read], ...] = (
    (rf"(?P<year>{_YEAR})[-/](?P<month>\d\d?)(?:[-/](?P<day>\d\d?))?", _iso),
    (rf"(?P<month>0?[1-9]|1[0-2])[-/.](?P<year>{_YEAR})(?P<day>)", _iso),
    (rf"(?P<a>\d\d?)(?P<sep>[./])(?P<b>\d\d?)(?:[./](?P<year>{_YEAR}|\d\d))", _numeric),
    (rf"(?P<day>\d\d?)(?:st|nd|rd|th)?(?: of)? (?P<month>{_MONTH}){_OF_YEAR}", _month_day),
    (rf"(?P<month>{_MONTH}) (?:the )?(?P<day>\d\d?)(?:st|nd|rd|th)?{_OF_YEAR}", _month_day),
    (rf"(?P<month>{_MONTH}){_OF_YEAR}", _month),
    (rf"(?P<month>{_MONTH})[ -]?'?(?P<year>\d\d)", _month),
    (rf"last (?P<month>{_MONTH})", _last_month_named),
    (rf"(?P<year>last year|this year)(?:'s)? (?P<month>{_MONTH})", _month),
    (rf"(?P<part>q)(?P<n>[1-4])[ /'-]*(?P<year>{_YEAR})?{_OF_YEAR.replace('year>', 'y2>')}", _part),
    (rf"(?P<part>h)(?P<n>[12])[ /'-]*(?P<year>{_YEAR})?", _part),
    (rf"(?P<year>{_YEAR})[ /'-]*(?P<part>[qh])(?P<n>[1-4])", _part),
    (rf"(?:the )?(?P<n>{_ORD}) (?P<part>quarter|qtr|half)(?:-year)?{_OF_YEAR}", _part),
    (rf"(?P<part>quarter|qtr) (?P<n>[1-4]){_OF_YEAR}", _part),
    (
        rf"(?:calendar )?(?:week|wk|cw|kw)(?: no\.?| number)? ?#?(?P<n>\d\d?){_OF_YEAR}",
        lambda m, a: a.week(_year_of(m, a), int(m["n"])),
    ),
    (
        rf"(?:fy|fiscal year|financial year) ?'?(?P<year>{_YEAR}|\d\d)",
        lambda m, a: a.fiscal(_year_of(m, a) or 0),
    ),
    (rf"(?:the )?(?:year |calendar year )?(?P<year>{_YEAR})", lambda m, a: a.year(int(m["year"]))),
    (
        rf"{_THIS}[ -](?:calendar )?(?P<unit>{_ONE_UNIT}){_SO_FAR}?",
        lambda m, a: _whole(m, a, "this"),
    ),
    (
        rf"(?:so far|to date|up to now|until now),? {_THIS} (?P<unit>{_ONE_UNIT})",
        lambda m, a: _whole(m, a, "this"),
    ),
    (rf"{_LAST}[ -](?P<unit>{_ONE_UNIT})(?:'s)?", lambda m, a: _whole(m, a, "last")),
    (r"(?:the )?past (?P<unit>wk|week|month|mth|quarter|qtr|year|yr)", _past_one),
    (
        r"(?:the )?(?P<unit>week|month|year) before (?:the )?last(?: one| week| month| year)?",
        _before_last,
    ),
    (r"(?:the )?(?P<unit>week|month|quarter|year) (?:that )?(?:we are|we're|we are now|now) "
     r"(?:currently |now )?(?:in|at|running)", lambda m, a: _whole(m, a, "this")),
    (r"(?:the )?(?P<unit>week|month|quarter|year)(?: before| prior)(?: this one| that)", 
     lambda m, a: _whole(m, a, "last")),
    (r"(?:the )?(?P<unit>week|month|quarter|year) (?:just|that(?:'s| has| is)?(?: just)?) "
     r"(?:gone|ended|past|finished|over|gone by|closed)", lambda m, a: _whole(m, a, "last")),
    (r"y-?t-?d|(?:the )?year[ -]to[ -]date", lambda m, a: a.named("ytd")),
    (r"(?:since|from) (?:the )?(?:start|beginning|turn) of (?:the|this|our|this calendar) year"
     r"(?: on(?:wards?)?)?", lambda m, a: a.named("ytd")),
    (r"(?:since|from) (?:the )?new year(?:'s)?(?: day)?", lambda m, a: a.named("ytd")),
    (rf"(?P<unit>year|{_YEAR}){_SO_FAR}",
     lambda m, a: a.named("ytd") if m["unit"] in ("year", str(a.today.year)) 
     else a.since(a.year(int(m["unit"])))),
    (r"mtd|month[ -]to[ -]date", lambda m, a: a.named("this_month")),
    (r"qtd|quarter[ -]to[ -]date", lambda m, a: a.named("this_quarter")),
    (r"wtd|week[ -]to[ -]date", lambda m, a: a.named("this_week")),
    (r"ttm|ltm", lambda m, a: a.rolling(12, "m")),
    (
        rf"(?:the )?(?:last|lst|past|previous|prev|prior|trailing|rolling|most recent|latest|recent"
        rf"|preceding|l)\s?(?:full |complete |rolling )?(?P<n>\d+)[ -]?(?P<unit>{_UNIT})",
        _rolling,
    ),
    (rf"(?:a )?(?P<n>\d+)[ -](?P<unit>{_UNIT}) (?:back|rolling)", _rolling),
    (rf"since (?P<n>\d+) (?P<unit>{_UNIT})", _rolling),
    (r"(?:the )?(?:last|past|previous) half(?: a)?[ -]year|(?:the )?(?:last|past) half of a year",
     lambda m, a: a.rolling(6, "m")),
    (r"(?:the )?(?:last|past|previous) (?:fortnight|2 weeks)", lambda m, a: a.rolling(14, "d")),
    (r"(?:the )?(?:last|past|previous) (?:24|24[ -]?h|day)", lambda m, a: a.rolling(1, "d")),
    (r"recently|lately|of late|in recent (?:times?|weeks?|months?|days?)",
     lambda m, a: Span("last_30d", problem="ambiguous", note=("vague",),
                       others=("last_7d", "last_30d", "last_90d"))),
    (r"today", lambda m, a: a.named("today")),
    (r"yesterday", lambda m, a: a.named("yesterday")),
    (r"(?:the )?(?:last|previous) shift", lambda m, a: Span("last_shift")),
    (rf"next (?:{_ONE_UNIT}|{_MONTH})|tomorrow|(?:the )?coming {_ONE_UNIT}",
     lambda m, a: Span("all", problem="future")),
    (r"(?:of|for|over|across|from|since|in|throughout) (?:the )?(?:all|entire|whole) "
     r"(?:of )?(?:the |our )?(?:time|record|records|history|recorded history)"
     r"|(?:of )?all[ -]times?|ever(?: recorded| since)?|since (?:the )?(?:start|beginning)(?: of "
     r"(?:the )?(?:time|records?|recording|history))?|since records began|on record"
     r"|in (?:the |our )?(?:whole |entire )?(?:history|record|records|database|log)|historically"
     r"|to date|so far|in the past|up to now|until now|till now",
     lambda m, a: Span("all", first=None)),
)  # fmt: skip
