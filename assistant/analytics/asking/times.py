"""Find the time that words at a place of a question name (pure)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from assistant.analytics.asking import chinese_times, english_times
from assistant.analytics.asking.almanac import Almanac, Span

_Read = Callable[[re.Match[str], Almanac], Span]
_HAN = re.compile(r"[\u2e80-\u9fff]")
_PREFIX = re.compile(
    r"(?:(?:in|during|over|for|within|throughout|across|of|on|at|from|as of|as at|back in|dated"
    r"|reported in|the)\s+)*(?:the )?(?:course of )?(?:the )?"
    r"(?:month of |year of |whole of |all of )?"
)
_END_OF = re.compile(
    r"(?:(?:at|by|as of|as at|on|to|till|until|per|for) )*(?:the )?"
    r"(?:very )?(?:end|close|last day) of (?:the |that )?"
)
_NAMED_END = re.compile(
    r"(?:(?:at|by|as of|as at|on|the|last|previous) )*"
    r"(?P<unit>month|quarter|year|week(?=[ -]))[ -]?(?:'s )?(?:end|close)\b|\beom\b"
)
_BARE_END = re.compile(r"(?:the )?(?P<unit>month|quarter|year|week)\b")
_AS_OF = re.compile(r"(?:as of|as at|as on|status(?: as of| on)?|effective) ")
_NOW = re.compile(
    r"(?:as of |as at |as from )?(?:right now|just now|now|currently|at present|at the moment"
    r"|presently|(?:as of )?today|at this (?:moment|time|point)|as things stand|at the present time"
    r"|for the moment|these days|this moment|nowadays|as we speak)\b"
)
_SINCE = re.compile(
    r"(?:ever )?(?:since|starting(?: from| in| with)?|beginning(?: in| with)?|from|as from|after) "
    r"(?:the )?(?:(?:very )?(?:start|beginning|turn|first day) of (?:the )?)?"
)
_ONWARDS = re.compile(
    r",? ?(?:on(?:wards?)?(?: to now)?|until now|till now|up to now|to now|to date"
    r"|until today|to today|till today|and (?:later|after|since)|forwards?)\b"
)
_UNTIL = re.compile(
    r"(?:up )?(?:until|till|through|up to|thru|by|before|prior to|earlier than) "
    r"(?:and including )?(?:the )?"
)
_TO = re.compile(
    r" ?(?:to|until|till|through|thru|up to|and|-|~|through to)(?: and including)?(?: the)? ?"
)
_BETWEEN = re.compile(
    r"(?:between|from|in the period|the period from|period from|spanning) ?(?:the )?(?:of )?"
)
_LONG_ENGLISH = re.compile(r"(?:between|from)")
_HAN_NOW = re.compile(
    r"(?:截至|截止到?|到)?(?:目前|现在|当前|眼下|此刻|现阶段|如今|今日止)(?:为止)?"
)
_HAN_SINCE = re.compile(
    r"(?:以来|至今|到现在(?:为止)?|到目前(?:为止)?|到今天|开始|起|之?后|以后)(?:至今|到现在)?"
)
_HAN_END = re.compile(r"的?(?:底|末|结束时|最后1天|月底|月末|年底|年末)(?:时|为止|止)?")
_HAN_NAMED_END = re.compile(
    r"(?:截至|截止到?|到)?(?:上个?月)?的?(?P<unit>月|季|季度|年|周)[底末](?:时|为止)?"
)
_HAN_TO = re.compile(r"(?:日|号)? ?(?:到|至|-|~|和|直到) ?")
_HAN_FROM = re.compile(r"(?:从|自从?|由|在)")
_HAN_BEFORE = re.compile(r"(?:之前|以前)(?!后)")
_HAN_UNTIL = re.compile(r"(?:截至|截止到?)")
_HAN_TAIL = re.compile(r"(?:之?间|期间|之?内|里|当中|的时候|为止)")  # fmt: skip

_TO_NOW = re.compile(r"\b(?:now|date|today|onwards?|on|far)$")

_UNIT_WORDS = {"月": "month", "季": "quarter", "季度": "quarter", "年": "year", "周": "week"}


def _compiled(moments: tuple[tuple[str, _Read], ...]) -> tuple[tuple[re.Pattern[str], _Read], ...]:
    return tuple((re.compile(f"(?:{pattern})"), read) for pattern, read in moments)


_ENGLISH = _compiled(english_times.MOMENTS)
_CHINESE = _compiled(chinese_times.MOMENTS)


def find_time(text: str, at: int, almanac: Almanac) -> tuple[int, Span] | None:
    """The longest time that begins at a place of a normal text, and where it ends."""
    found = max(_times(text, at, almanac), key=lambda each: each[0], default=None)
    return found if found is not None and found[0] > at else None


def is_now(text: str, at: int) -> int | None:
    """Where words end that mean the present moment and begin at a place; None if none do."""
    for pattern in (_NOW, _HAN_NOW):
        if (match := pattern.match(text, at)) and _ends(text, match.end()):
            return match.end()
    return None


def _times(text: str, at: int, almanac: Almanac) -> Iterator[tuple[int, Span]]:
    yield from _points(text, at, almanac)
    for start in {at, _end(_PREFIX, text, at)}:
        for end, span in _moments(text, start, almanac):
            is_plain = not text.startswith("from ", at) or _TO_NOW.search(text[start:end])
            yield end, span if is_plain else _from(span, almanac)
    yield from _spans(text, at, almanac)
    yield from _chinese_spans(text, at, almanac)


def _from(span: Span, almanac: Almanac) -> Span:
    """Tell that "from 2024" is of 2024 or since then; "from last month" is plain."""
    if span.problem or span.first is None or not span.written[:4].isdigit():
        return span
    since = almanac.since(span).written
    return Span(span.written, problem="ambiguous", others=(span.written, since), note=("from",))


def _moments(text: str, at: int, almanac: Almanac) -> Iterator[tuple[int, Span]]:
    if at and text[at - 1 : at + 1].isalnum() and text[at - 1].isascii() and text[at].isascii():
        return  # within a word
    is_han = bool(_HAN.match(text[at : at + 1]))
    tables = (_CHINESE,) if is_han else (_ENGLISH, _CHINESE)
    for table in tables:
        for pattern, read in table:
            match = pattern.match(text, at)
            if match and match.end() > at and _ends(text, match.end()) and _is_month(text, match):
                yield _with_tail(text, match.end()), read(match, almanac)


def _is_month(text: str, match: re.Match[str]) -> bool:
    """Not the verb "may", nor "mar" and "dec" within something else."""
    if match[0].rstrip() != "may":
        return True
    before = text[: match.start()].split()[-1:]
    return before in (["in"], ["since"], ["during"], ["for"], ["from"], ["to"], ["of"], ["until"])


def _with_tail(text: str, end: int) -> int:
    return _end(_HAN_TAIL, text, end) if _HAN.match(text[end - 1]) else end


def _ends(text: str, end: int) -> bool:
    """Whether a match does not end within a word."""
    if end >= len(text) or not text[end - 1].isascii():
        return True
    after = text[end]
    if text[end - 1] in ".'":
        return True
    return not (after.isascii() and (after.isalnum() or after == "_"))


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at


def _longest(text: str, at: int, almanac: Almanac) -> tuple[int, Span] | None:
    return max(_moments(text, at, almanac), key=lambda each: each[0], default=None)


def _spans(text: str, at: int, almanac: Almanac) -> Iterator[tuple[int, Span]]:
    """Since, until, and from one to another."""
    for start in sorted({at, _end(_BETWEEN, text, at)}):
        if (one := _longest(text, start, almanac)) is None:
            continue
        joint = _TO.match(text, one[0])
        if joint and (start > at or joint[0].strip() != "and"):
            other = _longest(text, joint.end(), almanac)
            end = is_now(text, joint.end())
            if other is not None:
                yield other[0], almanac.from_to(_same_year(one[1], other[1], almanac), other[1])
            elif end is not None:
                yield end, almanac.since(one[1])
        onwards = _end(_ONWARDS, text, one[0])
        if start > at and onwards > one[0]:
            yield onwards, almanac.since(one[1])
    start = _end(_SINCE, text, at) if not text.startswith("from", at) else at
    one = _longest(text, start, almanac) if start > at else None
    if one is not None and one[1].written != "all":
        yield _end(_ONWARDS, text, one[0]), almanac.since(one[1])
    if (start := _end(_UNTIL, text, at)) > at and (one := _longest(text, start, almanac)):
        including = not text.startswith(("before", "prior", "earlier"), at)
        if one[1].first is not None:
            yield one[0], almanac.until(one[1], including=including)


def _same_year(one: Span, other: Span, almanac: Almanac) -> Span:
    """As in "From March to May 2025": both are of that year."""
    if one.note[:1] == ("of_year",) and other.beyond is not None and other.note == ():
        first = one.first
        if first is not None and one.beyond is not None and first.year != other.beyond.year:
            shift = (other.first or other.beyond).year - first.year
            moved = first.replace(year=first.year + shift)
            return almanac.between(moved, one.beyond.replace(year=one.beyond.year + shift))
    return one


def _points(text: str, at: int, almanac: Almanac) -> Iterator[tuple[int, Span]]:
    """The end of a time: the state at that moment is meant."""
    if match := _NAMED_END.match(text, at):
        unit = match.groupdict().get("unit") or "month"
        yield match.end(), _last_end(unit, almanac)
    if (start := _end(_END_OF, text, at)) > at:
        if (one := _longest(text, start, almanac)) is not None:
            yield one[0], replace(one[1], is_end=True)
        elif match := _BARE_END.match(text, start):
            yield match.end(), _last_end(match["unit"], almanac)
    if (start := _end(_AS_OF, text, at)) > at and (one := _longest(text, start, almanac)):
        yield one[0], replace(one[1], is_end=True)
    if match := _HAN_NAMED_END.match(text, at):
        yield match.end(), _last_end(_UNIT_WORDS[match["unit"]], almanac)


def _last_end(unit: str, almanac: Almanac) -> Span:
    span = almanac.named(f"last_{unit}")
    if unit == "month" and span.first is not None:
        span = almanac.month(span.first.year, span.first.month)
    return replace(span, is_end=True, note=("last_end", span.written))


def _chinese_spans(text: str, at: int, almanac: Almanac) -> Iterator[tuple[int, Span]]:
    start = _end(_HAN_FROM, text, at)
    one = _longest(text, start, almanac)
    if one is not None and (start > at or _HAN.search(text[at : one[0]])):
        if (joint := _HAN_TO.match(text, one[0])) and joint[0].strip() != "和":
            other = _longest(text, joint.end(), almanac)
            if other is not None and other[1].written != "all":
                span = almanac.from_to(_same_year(one[1], other[1], almanac), other[1])
                yield _end(_HAN_TAIL, text, other[0]), span
        if one[1].written != "all":
            if (end := _end(_HAN_SINCE, text, one[0])) > one[0]:
                yield end, almanac.since(one[1])
            if (end := _end(_HAN_END, text, one[0])) > one[0]:
                yield end, replace(one[1], is_end=True)
            if one[1].first is not None and (end := _end(_HAN_BEFORE, text, one[0])) > one[0]:
                yield end, almanac.until(one[1], including=False)
            if start > at:
                yield _end(_HAN_TAIL, text, one[0]), one[1]
    if (start := _end(_HAN_UNTIL, text, at)) > at and (one := _longest(text, start, almanac)):
        end = max(_end(_HAN_END, text, one[0]), _end(_HAN_TAIL, text, one[0]))
        yield end, replace(one[1], is_end=True)
