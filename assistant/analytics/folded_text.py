"""Texts compared without regard to case and width, in SQL that every database understands.

The databases fold letters differently (SQLite only those of ASCII), so a value is compared in all
the spellings in which people write it, beside the database's own folding.
"""

from __future__ import annotations

import unicodedata
from typing import Any

import sqlalchemy as sa

ESCAPE = "\\"
_WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)} | {0x20: 0x3000}


def spellings(text: str) -> list[str]:
    """A text in the cases and widths in which it may be stored, each once, as given first."""
    plain = unicodedata.normalize("NFKC", text)
    cased = [text, plain, plain.lower(), plain.casefold(), plain.upper(), plain.title()]
    cased.append(plain[:1].upper() + plain[1:].lower())
    wide = [form.translate(_WIDE) for form in cased[1:]]
    decomposed = unicodedata.normalize("NFD", plain)
    return list(dict.fromkeys([*cased, *wide, decomposed]))


def is_any(column: sa.ColumnElement[Any], texts: list[str]) -> sa.ColumnElement[bool]:
    """That a column is one of some texts."""
    exact = list(dict.fromkeys(form for text in texts for form in spellings(text)))
    lower = list(dict.fromkeys(_lower(form) for form in exact))
    return column.in_(exact) | sa.func.lower(column).in_(lower)


def holds(column: sa.ColumnElement[Any], text: str) -> sa.ColumnElement[bool]:
    """That a column holds a text somewhere."""
    found = [
        column.ilike(f"%{escaped(form)}%", escape=ESCAPE)
        for form in dict.fromkeys(_lower(form) for form in spellings(text))
    ]
    return sa.or_(*found)


def can_be_stored(text: str) -> bool:
    """Whether a database takes a text: no NUL, no half of a surrogate pair."""
    return "\0" not in text and not any("\ud800" <= mark <= "\udfff" for mark in text)


def escaped(text: str) -> str:
    """A text whose marks mean themselves in a LIKE."""
    for mark in (ESCAPE, "%", "_"):
        text = text.replace(mark, ESCAPE + mark)
    return text


def _lower(text: str) -> str:
    """Lower case of ASCII letters only, as SQLite does it; other letters stay as they are."""
    return "".join(mark.lower() if mark.isascii() else mark for mark in text)
