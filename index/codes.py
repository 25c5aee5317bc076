"""Spellings of alarm codes and part numbers (pure).

A code is looked up by its exact spelling first and by ever looser forms after it, so that
``E-21.73`` and ``E-217.3`` stay apart while ``e 217``, ``Ｅ－２１７`` and ``E-0217`` still find
``E-217``. No pattern belongs to one maker.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_SEPARATORS = re.compile(r"[\s\-_./#:\u2010-\u2015\u2212]+")
_DIGITS = re.compile(r"\d+")
_PREFIXED = re.compile(r"([a-z]+)(\d.*)$")
_HEX = re.compile(r"0x([0-9a-f]+)$|([0-9][0-9a-f]*|[a-f][0-9a-f]*\d[0-9a-f]*)h$")
_IEC_HEX = re.compile(r"\s*16#(?=[0-9a-f]+\s*$)", re.IGNORECASE)

_PREFIX_CLASS = {
    "er": "e",
    "err": "e",
    "error": "e",
    "al": "a",
    "alm": "a",
    "alarm": "a",
    "flt": "f",
    "fault": "f",
    "wrn": "w",
    "warn": "w",
}
_LABELS = frozenset(
    ("alm", "alarm", "err", "error", "flt", "fault", "code", "no", "nr", "wrn", "warn", "msg")
)


@dataclass(frozen=True, slots=True)
class Spelling:
    """One way to look a code up; the lower the level, the closer to the printed form."""

    key: str
    level: int


def fold(text: str) -> str:
    """Bring a text to one width, case and without spaces, hyphens, points and slashes."""
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", text).casefold())


def prefix_of(code: str) -> str:
    """The letters before the first digit, with the known abbreviations of one word made equal.

    ``Er.731`` and ``ERR 731`` give "e"; a plain number gives "", a word without digits itself.
    """
    folded = _fold_code(code)
    if folded.startswith("0x"):
        return "0x"
    if folded.isalpha():
        return folded
    match = _PREFIXED.match(folded)
    return _PREFIX_CLASS.get(match[1], match[1]) if match else ""


def stored_spellings(code: str) -> list[Spelling]:
    """The forms under which a code of a document is filed."""
    spellings, folded, _ = _forms(code)
    if digits := _hex_digits(folded):
        spellings += [
            Spelling(f"h:{int(digits, 16)}", 2),
            Spelling("*:" + _strip_zeros(digits), 4),
        ]
    elif folded.isdecimal():
        spellings += [Spelling(f"n:{int(folded)}", 2), Spelling(f"*:{int(folded)}", 4)]
    elif match := _PREFIXED.match(folded):
        rest = _strip_zeros(match[2])
        spellings += [Spelling(f"p:{prefix_of(code)}:{rest}", 3), Spelling("*:" + rest, 4)]
    return spellings


def asked_spellings(code: str) -> list[Spelling]:
    """The forms under which a code of a question is looked up, closest first.

    A prefix that is a word for "alarm" is not taken as part of the code (``ALM4`` finds ``4``); a
    bare number finds a prefixed code (``740`` finds ``Er.740``); a hexadecimal number finds its
    decimal value, and last a decimal number the code that a document prints in hexadecimal.
    """
    spellings, folded, stripped = _forms(code)
    if digits := _hex_digits(folded):
        value = int(digits, 16)
        spellings += [Spelling(f"h:{value}", 2), Spelling(f"n:{value}", 3)]
    elif folded.isdecimal():
        value = int(folded)
        spellings += [
            Spelling(f"n:{value}", 2),
            Spelling(f"*:{value}", 4),
            Spelling(f"h:{value}", 5),
        ]
    elif match := _PREFIXED.match(folded):
        rest = _strip_zeros(match[2])
        spellings.append(Spelling(f"p:{prefix_of(code)}:{rest}", 3))
        if match[1] in _LABELS:
            spellings.append(Spelling("*:" + rest, 4))
    else:
        spellings.append(Spelling("*:" + stripped, 4))
    return spellings


def _forms(code: str) -> tuple[list[Spelling], str, str]:
    """Return the spellings that every code has, its folded form and that without zeros."""
    exact = "".join(unicodedata.normalize("NFKC", code).casefold().split())
    folded = _fold_code(code)
    stripped = _strip_zeros(folded)
    spellings = [
        Spelling("x:" + exact, 0),
        Spelling("f:" + folded, 1),
        Spelling("z:" + stripped, 2),
    ]
    return spellings, folded, stripped


def _strip_zeros(text: str) -> str:
    return _DIGITS.sub(lambda match: match[0].lstrip("0") or "0", text)


def _fold_code(code: str) -> str:
    return fold(_IEC_HEX.sub("0x", unicodedata.normalize("NFKC", code)))


def _hex_digits(folded: str) -> str:
    """The digits of a hexadecimal number; empty where a code is none."""
    match = _HEX.match(folded)
    if match is None or (match[2] and folded[:-1].isdecimal()):
        return ""
    return match[1] or match[2]
