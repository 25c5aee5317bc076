"""Show a number or a date as a spreadsheet shows it, from its format code (pure).

Covered are digits, decimals, thousands, percent, exponents, fixed texts, sections by sign, and
dates; a fraction or another form that is not known shows the plain number.
"""

from __future__ import annotations

import datetime
import math
import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

Value = str | bool | int | float | datetime.datetime | datetime.date | datetime.time | None

_SECTION = re.compile(r';(?=(?:[^"]*"[^"]*")*[^"]*$)')
_BRACKET = re.compile(r"\[(?!\$|h|m|s|hh|mm|ss)[^\]]*\]", re.IGNORECASE)
_CURRENCY = re.compile(r"\[\$([^\]-]*)(?:-[^\]]*)?\]")
_TOKEN = re.compile(r'"[^"]*"|\\.|_.|\*.|[^"\\_*]')
_NUMBER = re.compile(r"[#0?,]*[#0?](?:\.[#0?]*)?(?:[Ee][+-]0+)?,*|\.[#0?]+")
_DATE_LETTER = re.compile(r"[ymdhs]|am/pm", re.IGNORECASE)
_DATE_TOKEN = re.compile(
    r'"[^"]*"|\\.|_.|\*.|\[h+\]|\[m+\]|\[s+\]|am/pm|a/p|y+|m+|d+|h+|s+(?:\.0+)?|.', re.IGNORECASE
)
_LOCALE_DATES = ("mm-dd-yy", "m/d/yy h:mm")  # shown in the order of the reader's country
_MONTHS = "January February March April May June July August September October November December"
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday"
_LARGEST = 1e30  # beyond, no format shows anything that a person reads
_EPOCH = datetime.datetime(1899, 12, 30)


def is_date_format(code: str) -> bool:
    """Whether a format code shows dates or times."""
    plain = _CURRENCY.sub("", _BRACKET.sub("", code.split(";")[0]))
    plain = re.sub(r'"[^"]*"|\\.|_.|\*.', "", plain)
    return bool(_DATE_LETTER.search(plain)) and "General" not in plain


def show(value: Value, code: str = "General") -> str:
    """Return a value as shown; empty for an empty cell and for a format that hides the value."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, str):
        return _show_text(value, code)
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return _show_date(value, code)
    if not math.isfinite(value) or abs(value) > _LARGEST:
        return str(value)
    if is_date_format(code):
        return _show_serial(value, code)
    return _show_number(value, code)


def plain(value: float) -> str:
    """Return a number with all the digits that it was entered with, never with an exponent."""
    if isinstance(value, int):
        return str(value)
    try:
        number = Decimal(format(value, ".15g"))
    except InvalidOperation:
        return str(value)
    if not number.is_finite() or not -12 <= number.adjusted() <= 20:
        return format(value, ".15g")
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _show_text(value: str, code: str) -> str:
    sections = _SECTION.split(code)
    if len(sections) == 4 and "@" not in sections[3]:
        return _fixed(sections[3])
    return value


def _show_number(value: float, code: str) -> str:
    sections = [_BRACKET.sub("", part) for part in _SECTION.split(code)]
    section, number = sections[0], value
    if len(sections) > 2 and value == 0:
        section = sections[2]
    elif len(sections) > 1 and value < 0:
        section, number = sections[1], -value
    section = _CURRENCY.sub(lambda match: f'"{match[1]}"' if match[1] else "", section)
    if section.strip() in ("", "General", "@", "Standard"):
        # An empty section hides the value: that is how lists hide what they compute with.
        return plain(number) if section.strip() or len(sections) == 1 else ""
    if (grouped := _grouped(number, section)) is not None:
        return grouped
    before, pattern, after = _take_apart(section)
    if not pattern:
        return plain(number) if "?" in section or "/" in section else _fixed(section)
    return f"{before}{_digits(number, pattern, '%' in after + before)}{after}".strip()


def _grouped(value: float, section: str) -> str | None:
    """Digits with fixed text between them, as in part numbers ("000-0000"); else None."""
    marks = _TOKEN.findall(section)
    places = [i for i, mark in enumerate(marks) if mark in ("0", "#", "?")]
    if not places or any(mark in ".,%/Ee" for mark in marks) or value != int(value):
        return None
    between = marks[places[0] : places[-1] + 1]
    if all(mark in ("0", "#", "?") for mark in between):
        return None
    digits = list(str(abs(int(value))))
    shown: list[str] = []
    for position, mark in reversed(list(enumerate(marks))):
        if position not in places:
            shown.append(_fixed(mark))
            continue
        filler = mark.strip("#?")
        digit = digits.pop() if digits else filler
        rest = "".join(digits) if position == places[0] else ""
        shown.append(rest + digit)
    return ("-" if value < 0 else "") + "".join(reversed(shown)).strip()


def _take_apart(section: str) -> tuple[str, str, str]:
    """The fixed text before the digits, the pattern of the digits, the fixed text after them."""
    tokens = _TOKEN.findall(section)
    plain_text = "".join(token if len(token) == 1 else "\0" * len(token) for token in tokens)
    match = _NUMBER.search(plain_text)
    if match is None or "/" in plain_text:
        return "", "", ""
    return _fixed(section[: match.start()]), match[0], _fixed(section[match.end() :])


def _fixed(section: str) -> str:
    shown: list[str] = []
    for token in _TOKEN.findall(section):
        if token[0] == '"':
            shown.append(token[1:-1])
        elif token[0] == "\\" and len(token) == 2:
            shown.append(token[1])
        elif token[0] == "_":
            shown.append(" ")
        elif token[0] not in "*#0?@":
            shown.append(token)
    return "".join(shown)


def _digits(value: float, pattern: str, percent: bool) -> str:
    pattern, exponent = re.sub(r"[Ee][+-]0+", "", pattern), re.search(r"[Ee]([+-])(0+)", pattern)
    scaling = len(pattern) - len(pattern.rstrip(","))
    whole, _, decimals = pattern.rstrip(",").partition(".")
    number = Decimal(repr(float(value))) if isinstance(value, float) else Decimal(value)
    if not number.is_finite():
        return str(value)
    if exponent:
        text = format(number, f".{len(decimals)}E")
        base, _, power = text.partition("E")
        sign = power[0] if exponent[1] == "+" or power[0] == "-" else ""
        return f"{base}E{sign}{power[1:].lstrip('0').rjust(len(exponent[2]), '0')}"
    number = number * 100 if percent else number.scaleb(-3 * scaling)
    if number.adjusted() > 30:
        return plain(value)
    rounded = number.quantize(Decimal(1).scaleb(-len(decimals)), ROUND_HALF_UP)
    digits, _, fraction = format(abs(rounded), "f").partition(".")
    least = len(decimals.rstrip("#?"))
    while len(fraction) > least and fraction.endswith("0"):
        fraction = fraction[:-1]
    digits = digits.lstrip("0").rjust(whole.count("0"), "0")
    if "," in whole.strip(","):
        digits = f"{int(digits or 0):,}".rjust(whole.count("0"), "0")
    sign = "-" if rounded < 0 else ""
    return f"{sign}{digits}.{fraction}" if fraction else f"{sign}{digits or '0' * ('0' in whole)}"


def _show_serial(value: float, code: str) -> str:
    """A date that is stored as days since the end of 1899."""
    if "[" in code and re.search(r"\[[hms]+\]", code, re.IGNORECASE):
        return _elapsed(value, code)
    try:
        moment = _EPOCH + datetime.timedelta(days=value)
    except (OverflowError, ValueError):
        return plain(value)
    return _show_date(moment, code)


def _elapsed(days: float, code: str) -> str:
    seconds = round(days * 86400)
    hours, minutes = divmod(seconds // 60, 60)
    shown = f"{hours}:{minutes:02d}"
    return f"{shown}:{seconds % 60:02d}" if "s" in code.lower() else shown


def _show_date(value: datetime.datetime | datetime.date | datetime.time, code: str) -> str:
    section = code.split(";")[0].strip()
    if not is_date_format(section) or section.lower() in _LOCALE_DATES:
        return _iso(value)
    section = _CURRENCY.sub("", _BRACKET.sub("", section))
    twelve = bool(re.search(r"am/pm|a/p", section, re.IGNORECASE))
    if isinstance(value, datetime.time):
        moment = datetime.datetime.combine(datetime.date(1899, 12, 31), value)
    elif isinstance(value, datetime.datetime):
        moment = value
    else:
        moment = datetime.datetime.combine(value, datetime.time())
    tokens = _DATE_TOKEN.findall(section)
    shown = [_date_part(tokens, at, moment, twelve) for at in range(len(tokens))]
    return "".join(shown).strip()


def _iso(value: datetime.datetime | datetime.date | datetime.time) -> str:
    if isinstance(value, datetime.datetime):
        if value.time() == datetime.time():
            return value.date().isoformat()
        return value.isoformat(" ", "minutes" if not value.second else "seconds")
    return value.isoformat()


def _date_part(tokens: list[str], at: int, moment: datetime.datetime, twelve: bool) -> str:
    token = tokens[at].lower()
    letter, length = token[0], len(token)
    if letter == "y":
        return f"{moment.year:04d}" if length > 2 else f"{moment.year % 100:02d}"
    if letter == "d":
        return _named(_DAYS, moment.weekday(), length) if length > 2 else f"{moment.day:0{length}d}"
    if letter == "m":
        if _is_minute(tokens, at):
            return f"{moment.minute:0{min(length, 2)}d}"
        if length > 2:
            return _named(_MONTHS, moment.month - 1, length)
        return f"{moment.month:0{length}d}"
    if letter == "h":
        hour = (moment.hour % 12 or 12) if twelve else moment.hour
        return f"{hour:0{min(length, 2)}d}"
    if letter == "s":
        return f"{moment.second:0{min(length, 2)}d}"
    if token in ("am/pm", "a/p"):
        return "AM" if moment.hour < 12 else "PM"
    return _fixed(tokens[at])


def _is_minute(tokens: list[str], at: int) -> bool:
    """Whether an m stands for minutes: after an hour or before a second."""
    letters = [(i, t[0].lower()) for i, t in enumerate(tokens) if t[0].lower() in "ymdhs["]
    before = next((t for i, t in reversed(letters) if i < at), "")
    after = next((t for i, t in letters if i > at), "")
    return before in ("h", "[") or after == "s"


def _named(names: str, position: int, length: int) -> str:
    name = names.split()[position]
    return name[:3] if length == 3 else name
