"""Cut a question into pieces that mean something: times, names, concepts, numbers (pure)."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from typing import Literal

from assistant.analytics.asking.almanac import Almanac, Span
from assistant.analytics.asking.lexicon import lexicon
from assistant.analytics.asking.names import Known, NameBook
from assistant.analytics.asking.times import find_time, is_now
from assistant.analytics.asking.tokens import Token, tokens_of

Kind = Literal["concept", "name", "time", "now", "amount", "number", "quoted", "sign", "unknown"]

_MOST_TOKENS = 400
_MOST_DIGITS = 12
_AMOUNT = re.compile(
    r"(?P<n>\d+(?:\.\d+)?)\s*-?\s*(?P<unit>minutes?|mins?|hours?|hrs?|days?|weeks?|wks?|months?|mths?|years?|yrs?"
    r"|min|[hdw]|分钟|个?小时|天|日|个?星期|周|个?月|年)(?P<old>[ -]old)?(?![a-z0-9])"
)
_ONE = re.compile(
    r"(?:an?|one|1) (?P<unit>minute|hour|day|week|fortnight|month|quarter|year)(?![a-z]| of)"
)
_AHEAD = re.compile(
    r"(?:(?:in|over|for|during|within) )?(?:the )?(?:next|coming|following|upcoming) (?=[\da])"
    r"|(?:未来|今后|接下来|后)的?(?=\d)"
)
_HALF = re.compile(r"half an? hour(?![a-z])|半个?小时")
_CODE = re.compile(
    r"[a-z]{1,6}[-_]?\d{1,6}(?:[-/.]?\d+)*[a-z]?(?![a-z0-9])|[a-z]{1,3} \d{2,6}(?![a-z0-9%.])"
)
_QUOTED = re.compile(r'"([^"]{1,80})"|(?<![a-z])\'([^\']{1,80})\'(?![a-z])')
_BREAKS = frozenset(",;:.?!()&+/")
_COMPARING = frozenset({"<", ">", "<=", ">=", "=", "%"})
_MINUTES = {"m": 1.0, "h": 60.0, "d": 1440.0, "w": 10080.0, "M": 43200.0, "y": 525600.0}


@dataclass(slots=True)
class Piece:
    """A piece of a question; ``used`` once something has taken account of it."""

    kind: Kind
    text: str
    start: int
    end: int
    concepts: frozenset[str] = frozenset()
    names: tuple[Known, ...] = ()
    span: Span | None = None
    number: float = 0.0
    unit: str = ""
    is_weak: bool = False  # a name that is a name only beside others of its field
    used: bool = False
    taken_as: str = field(default="")

    def has(self, *concepts: str) -> bool:
        """Whether it may stand for one of some concepts; several may stand in one string."""
        return any(name in self.concepts for each in concepts for name in each.split())

    def names_of(self, name: str) -> tuple[str, ...]:
        """The values of a field that it names."""
        return next((known.values for known in self.names if known.field == name), ())

    @property
    def minutes(self) -> float:
        """An amount of time in minutes; a month is taken for 30 days."""
        return self.number * _MINUTES[self.unit]


def cut(text: str, book: NameBook, almanac: Almanac) -> list[Piece]:
    """The pieces of a normal text, in order; what is passed over is left out."""
    tokens = tokens_of(text)[:_MOST_TOKENS]
    starts = [token.start for token in tokens]
    pieces: list[Piece] = []
    at = 0
    while at < len(tokens):
        piece, after = _piece(text, tokens, at, book, almanac)
        if after is None:
            after = max(at + 1, bisect_left(starts, piece.end if piece else tokens[at].end))
        if piece is not None:
            pieces.append(piece)
        at = after
    return pieces


def _piece(
    text: str, tokens: list[Token], at: int, book: NameBook, almanac: Almanac
) -> tuple[Piece | None, int | None]:
    start = tokens[at].start
    found: list[tuple[int, int, Piece | None]] = []  # where it ends, preference, what it is
    if time := find_time(text, start, almanac):
        found.append(
            (time[0], 7, Piece("time", text[start : time[0]], start, time[0], span=time[1]))
        )
    if (end := is_now(text, start)) is not None:
        found.append((end, 3, Piece("now", text[start:end], start, end)))
    if quoted := _QUOTED.match(text, start):
        inner = (quoted[1] or quoted[2] or "").strip()
        found.append((quoted.end(), 9, Piece("quoted", inner, start, quoted.end())))
    if amount := _amount(text, start):
        found.append((amount.end, 2, amount))
    found += _words(text, tokens, at, book)
    if not tokens[at].is_han and (code := _CODE.match(text, start)) and not _is_word(tokens[at]):
        found.append((code.end(), 0, Piece("unknown", code[0], start, code.end())))
    token = tokens[at]
    if token.is_number and len(token.text) <= _MOST_DIGITS:
        one = Piece("number", token.text, start, token.end, number=float(token.text))
        found.append((token.end, 1, one))
    if found:
        end, _, piece = max(found, key=lambda each: (each[0], each[1]))
        if piece is None:  # harmless
            return None, bisect_left([each.start for each in tokens], end)
        return piece, None
    if token.is_sign:
        kind: Kind = "sign"
        return (
            Piece(kind, token.text, start, token.end) if token.text in _BREAKS else None
        ), at + 1
    return _unknown(text, tokens[at], book), None


def _words(
    text: str, tokens: list[Token], at: int, book: NameBook
) -> list[tuple[int, int, Piece | None]]:
    """Names, concepts and harmless words that begin at a token, the longest of each."""
    words = lexicon()
    found: list[tuple[int, int, Piece | None]] = []
    start = tokens[at].start
    most = min(len(tokens), at + 12)
    for after in range(most, at, -1):
        run = tokens[at:after]
        if _is_cut(run) or _is_of_order(tokens, after):
            continue
        end = run[-1].end
        names, concepts = book.find(run), words.concepts(run)
        if names or concepts:
            piece = Piece("name" if names else "concept", text[start:end], start, end)
            piece.names, piece.concepts = names, concepts
            piece.is_weak = bool(names) and _is_weak(run, names, concepts)
            found.append((end, 6 if names else 5, piece))
            break
    for after in range(min(len(tokens), at + 4), at, -1):
        if not _is_cut(tokens[at:after]) and words.is_harmless(tokens[at:after]):
            found.append((tokens[after - 1].end, 4, None))
            break
    return found


def _is_cut(run: list[Token]) -> bool:
    """Whether a run goes over a sign, or begins or ends with one that joins."""
    if len(run) > 1 and any(token.text in _BREAKS and not token.joins for token in run):
        return True
    return (
        run[-1].joins
        or (len(run) > 1 and "the" in (run[0].text, run[-1].text))
        or (len(run) > 1 and run[0].joins)
    )


def _is_of_order(tokens: list[Token], after: int) -> bool:
    """Whether a run ends with the "work" of a work order."""
    is_work = tokens[after - 1].text == "work"
    return is_work and after < len(tokens) and tokens[after].text.startswith("order")


def _is_word(token: Token) -> bool:
    words = lexicon()
    return token.is_word and (words.is_harmless([token]) or bool(words.concepts([token])))


def _is_weak(run: list[Token], names: tuple[Known, ...], concepts: frozenset[str]) -> bool:
    fields = {known.field for known in names}
    name = "".join(token.text for token in run)
    return (
        bool(concepts - {"person"})
        or (len(name) == 1 and not run[0].is_han)
        or any(known.is_last for known in names)
        or name in ("early", "late", "day", "morning", "afternoon")
        or fields == {"delay_reason"}
        or lexicon().is_harmless(run)
        or name.isdigit()
    )


def _amount(text: str, start: int) -> Piece | None:
    if (ahead := _AHEAD.match(text, start)) and (of := _amount(text, ahead.end())):
        of.start, of.text, of.concepts = start, text[start : of.end], frozenset({"forecast"})
        return of
    match = _AMOUNT.match(text, start)
    if match and len(match["n"]) <= _MOST_DIGITS:
        unit = match["unit"].removeprefix("个")
        letter = {"分钟": "m", "小时": "h", "天": "d", "日": "d", "星期": "w", "周": "w"} | {
            "月": "M",
            "年": "y",
        }
        short = letter.get(unit) or ("M" if unit.startswith(("mo", "mth")) else unit[0])
        piece = Piece("amount", match[0], start, match.end())
        piece.number, piece.unit = float(match["n"]), short
        if match["old"]:
            piece.concepts = frozenset({"more"})
        return piece
    if match := _HALF.match(text, start):
        return Piece("amount", match[0], start, match.end(), number=30, unit="m")
    if match := _ONE.match(text, start):
        number, unit = {"fortnight": (14, "d"), "quarter": (3, "M"), "month": (1, "M")}.get(
            match["unit"], (1, match["unit"][0])
        )
        piece = Piece("amount", match[0], start, match.end(), number=number, unit=unit)
        return piece
    return None


def _unknown(text: str, token: Token, book: NameBook) -> Piece:
    """A word that nobody knows, unless it begins the name of a team."""
    names = book.shortened(token.text)
    kind: Kind = "name" if names else "unknown"
    return Piece(kind, text[token.start : token.end], token.start, token.end, names=names)
