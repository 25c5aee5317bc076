"""Numbers in running text: decimal commas, marks of thousands, fractions (pure)."""

from __future__ import annotations

import re
import unicodedata

from index.language import language_of

_VULGAR = re.compile("(\\d?)([\u00bc-\u00be\u2150-\u215e])")
_DASHES = re.compile("[\u2010-\u2015\u2212\uff0d]")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff\ufffe]")
_NEWTON = re.compile(r"(?<![A-Za-z])(k?N)(?:\s*[·⋅•.*]\s*|[ ])m\b")
_DEGREE = re.compile(r"(?:°|º|deg\.?|degrees?|Grad)\s*(?:C(?:elsius)?|(F)(?:ahrenheit)?)\b", re.I)
_SPACES = " \u00a0\u2009\u202f'’"
_COMMA_LANGUAGES = ("de", "fr", "es")

NUMBER = (
    rf"(?:\d{{1,3}}(?:[{_SPACES}]\d{{3}})+(?![\d])(?:[.,]\d+)?"
    r"|\d{1,3}(?:,\d{3})+\.\d+|\d{1,3}(?:\.\d{3})+,\d+"
    r"|\d{1,3}(?:,\d{3}){2,}|\d{1,3}(?:\.\d{3}){2,}"
    r"|\d+[.,]\d+|(?:(?<=\s)|^)\.\d+|\d+)"
)
FRACTION = r"(?:\d+ )?\d+/\d+"


def plain(text: str) -> str:
    """Bring a text to one width, one dash, one spelling of newton metre and degree.

    "½" becomes "1/2", "N·m" becomes "Nm", "℃" and "deg C" become "°C". Nothing is lost that a
    reader would see.
    """
    text = _VULGAR.sub(_written_out, _INVISIBLE.sub("", text).replace("º", "°"))
    text = unicodedata.normalize("NFKC", text).replace("\u2044", "/").replace("μ", "µ")
    text = _DASHES.sub("-", text)
    return _DEGREE.sub(lambda m: "°F" if m[1] else "°C", _NEWTON.sub(r"\1m", text))


def _written_out(match: re.Match[str]) -> str:
    fraction = unicodedata.normalize("NFKC", match[2]).replace("\u2044", "/")
    return f"{match[1]} {fraction}" if match[1] else fraction


def readings(number: str, language: str | None) -> frozenset[float]:
    """The values that a number may have: "1,500" is 1500, and 1.5 where a comma is a point.

    ``language`` is that of the text; with None every reading is allowed.
    """
    if "/" in number:
        whole, _, part = number.rpartition(" ")
        over, under = part.split("/")
        return frozenset({float(whole or 0) + float(over) / float(under)} if int(under) else ())
    number = re.sub(f"[{_SPACES}]", "", number)
    last = max(number.rfind("."), number.rfind(","))
    if last < 0:
        return frozenset({float(number)})
    mark, other = number[last], "," if number[last] == "." else "."
    joined = number.replace(mark, "")
    if number.count(mark) > 1:  # 1.500.000
        return frozenset({float(joined)})
    decimal = float(number.replace(other, "").replace(mark, "."))
    is_grouped = other not in number and re.fullmatch(r"[1-9]\d{0,2}[.,]\d{3}", number)
    if not is_grouped:
        return frozenset({decimal})
    thousands = float(joined)
    if language is None:
        return frozenset({decimal, thousands} if mark == "," else {decimal})
    is_thousands = (mark == ",") != (language in _COMMA_LANGUAGES)
    return frozenset({thousands if is_thousands else decimal})


def language(text: str) -> str:
    """The language by which the numbers of a text are read; a decimal comma tells, too."""
    found = language_of(text)
    if found == "en" and re.search(r"(?<!\d)\d+,\d{1,2}(?!\d)", text):
        return "" if re.search(r"\d\.\d", text) else "de"
    return found
