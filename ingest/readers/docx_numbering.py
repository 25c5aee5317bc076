"""Print the numbers that Word gives to headings, steps and items."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree

from ingest.readers.docx_styles import Styles
from ingest.readers.package import W

_PLACE = re.compile(r"%([1-9])")
_LEVELS = 9
_MOST_ALIASES = 5
_CHINESE = "〇一二三四五六七八九"
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"),
          (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip
_MOST_ROMAN = 4999
_CHINESE_FORMATS = (
    "chineseCounting",
    "chineseCountingThousand",
    "japaneseCounting",
    "taiwaneseCounting",
    "taiwaneseCountingThousand",
)
_DIGIT_FORMATS = ("ideographDigital", "japaneseDigitalTenThousand", "taiwaneseDigital")


@dataclass(frozen=True, slots=True)
class Level:
    """How one level of a list is numbered."""

    form: str = "decimal"
    text: str = ""
    start: int = 1
    restarts: int | None = None  # below which level (1 is the first) it starts again; 0 is never
    style: str = ""
    is_legal: bool = False


@dataclass
class Numbering:
    """The lists of a document; each call of :meth:`next_mark` counts one paragraph."""

    root: etree._Element | None
    styles: Styles
    _lists: dict[str, tuple[str, dict[int, Level], dict[int, int]]] = field(default_factory=dict)
    _counts: dict[str, list[int | None]] = field(default_factory=dict)
    _begun: set[tuple[str, int]] = field(default_factory=set)

    def next_mark(self, number_id: str, level: int | None, style_id: str) -> tuple[str, bool]:
        """Return the printed mark of the next paragraph of a list, and whether it is a bullet.

        Without a level, the one that the list ties to the paragraph's style counts, else the first.
        """
        abstract, levels, starts = self._list(number_id)
        if level is None:
            tied = (i for i, one in levels.items() if style_id and one.style == style_id)
            level = next(tied, 0)
        if level not in levels or number_id == "0":
            return "", False
        own = levels[level]
        counts = self._counts.setdefault(abstract, [None] * _LEVELS)
        if level in starts and (number_id, level) not in self._begun:
            counts[level] = None  # this list begins again at a number of its own
        self._begun.add((number_id, level))
        start = starts.get(level, own.start)
        now = counts[level]
        counts[level] = start if now is None else now + 1
        for below in range(level + 1, _LEVELS):
            reset = levels.get(below, Level()).restarts
            if reset is None or (reset > 0 and level < reset):
                counts[below] = None
        if own.form == "bullet":
            return own.text, True
        return self._print(own, levels, counts), False

    def _print(self, own: Level, levels: dict[int, Level], counts: list[int | None]) -> str:
        def place(match: re.Match[str]) -> str:
            position = int(match[1]) - 1
            other = levels.get(position, Level())
            count = counts[position]
            form = "decimal" if own.is_legal else other.form
            return format_number(other.start if count is None else count, form)

        return _PLACE.sub(place, own.text).strip()

    def _list(self, number_id: str) -> tuple[str, dict[int, Level], dict[int, int]]:
        if number_id not in self._lists:
            self._lists[number_id] = self._load(number_id)
        return self._lists[number_id]

    def _load(self, number_id: str) -> tuple[str, dict[int, Level], dict[int, int]]:
        number = self._find("num", "numId", number_id)
        abstract_id = _value(number, "abstractNumId")
        abstract = self._find("abstractNum", "abstractNumId", abstract_id)
        for _ in range(_MOST_ALIASES):  # a list may be defined through a style of its own
            link = _value(abstract, "numStyleLink")
            tied = self.styles.find(link, "numbering").numbering if link else None
            if tied is None:
                break
            abstract_id = _value(self._find("num", "numId", tied[0]), "abstractNumId")
            abstract = self._find("abstractNum", "abstractNumId", abstract_id)
        levels = _levels(abstract)
        starts: dict[int, int] = {}
        for override in number.iterfind(f"{W}lvlOverride") if number is not None else ():
            position = _integer(override.get(f"{W}ilvl"), -1)
            levels.update(_levels(override))
            start = _value(override, "startOverride")
            if start:
                starts[position] = _integer(start, 1)
        return abstract_id, levels, starts

    def _find(self, tag: str, key: str, value: str) -> etree._Element | None:
        for element in self.root.iterfind(f"{W}{tag}") if self.root is not None else ():
            if element.get(f"{W}{key}") == value:
                return element
        return None


def format_number(value: int, form: str) -> str:
    """Print a number in one of the forms of Word; a form that is not known prints digits."""
    if form == "none":
        return ""
    if form in ("lowerLetter", "upperLetter") and value > 0:
        letters = chr(ord("a") + (value - 1) % 26) * min((value - 1) // 26 + 1, 9)
        return letters if form == "lowerLetter" else letters.upper()
    if form in ("lowerRoman", "upperRoman") and 0 < value <= _MOST_ROMAN:
        roman = _roman(value)
        return roman if form == "lowerRoman" else roman.upper()
    if form == "decimalZero":
        return f"{value:02d}"
    if form in _CHINESE_FORMATS and 0 < value < 100:
        return _chinese(value)
    if form in _DIGIT_FORMATS:
        return "".join(_CHINESE[int(digit)] for digit in str(abs(value)))
    if form in ("decimalEnclosedCircle", "decimalEnclosedCircleChinese") and 0 < value <= 20:
        return chr(0x2460 + value - 1)
    if form == "decimalFullWidth":
        return "".join(chr(0xFF10 + int(digit)) for digit in str(abs(value)))
    if form == "ideographTraditional" and 0 < value <= 10:
        return "甲乙丙丁戊己庚辛壬癸"[value - 1]
    if form == "ordinal":
        tens = value % 100 // 10
        ending = {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th") if tens != 1 else "th"
        return f"{value}{ending}"
    return str(value)


def _roman(value: int) -> str:
    letters = ""
    for weight, letter in _ROMAN:
        letters += letter * (value // weight)
        value %= weight
    return letters


def _chinese(value: int) -> str:
    tens, ones = divmod(value, 10)
    front = "" if tens == 0 else "十" if tens == 1 else f"{_CHINESE[tens]}十"
    return front + (_CHINESE[ones] if ones else "")


def _levels(parent: etree._Element | None) -> dict[int, Level]:
    levels: dict[int, Level] = {}
    for element in parent.iterfind(f"{W}lvl") if parent is not None else ():
        position = _integer(element.get(f"{W}ilvl"), -1)
        if not 0 <= position < _LEVELS:
            continue
        restarts = _value(element, "lvlRestart")
        legal = element.find(f"{W}isLgl")
        levels[position] = Level(
            form=_value(element, "numFmt") or "decimal",
            text=_value(element, "lvlText"),
            start=_integer(_value(element, "start"), 1),
            restarts=_integer(restarts, 0) if restarts else None,
            style=_value(element, "pStyle"),
            is_legal=legal is not None and legal.get(f"{W}val") not in ("0", "false"),
        )
    return levels


def _integer(text: str | None, default: int) -> int:
    return int(text) if text and re.fullmatch(r"\d{1,6}", text) else default


def _value(parent: etree._Element | None, name: str) -> str:
    child = parent.find(f"{W}{name}") if parent is not None else None
    return (child.get(f"{W}val") or "") if child is not None else ""
