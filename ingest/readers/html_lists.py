"""The marks that a browser prints before the items of a numbered list (pure)."""

from __future__ import annotations

import re

from lxml import etree

from ingest.readers.docx_numbering import format_number
from ingest.readers.html_admonitions import classes_of

_TYPES = {
    "1": "decimal",
    "a": "lowerLetter",
    "A": "upperLetter",
    "i": "lowerRoman",
    "I": "upperRoman",
}
_STYLES = {
    "decimal": "decimal",
    "decimal-leading-zero": "decimalZero",
    "lower-alpha": "lowerLetter",
    "lower-latin": "lowerLetter",
    "upper-alpha": "upperLetter",
    "upper-latin": "upperLetter",
    "lower-roman": "lowerRoman",
    "upper-roman": "upperRoman",
    "cjk-ideographic": "chineseCounting",
    "simp-chinese-informal": "chineseCounting",
    "none": "none",
}
_STYLE = re.compile(r"list-style(?:-type)?\s*:\s*([a-z-]+)", re.IGNORECASE)


def marks_of(items: etree._Element) -> list[str]:
    """Return the printed mark of each ``li`` of an ``ol``, or "" for an item without one."""
    form = _form(items)
    own = [child for child in items if child.tag == "li"]
    is_reversed = items.get("reversed") is not None
    number = _integer(items.get("start"), len(own) if is_reversed else 1)
    marks: list[str] = []
    for item in own:
        number = _integer(item.get("value"), number)
        printed = format_number(number, form)
        marks.append(f"{printed}." if printed else "")
        number += -1 if is_reversed else 1
    return marks


def _form(items: etree._Element) -> str:
    style = _STYLE.search(items.get("style") or "")
    if style and style[1].lower() in _STYLES:
        return _STYLES[style[1].lower()]
    if (items.get("type") or "") in _TYPES:
        return _TYPES[items.get("type") or ""]
    for name in classes_of(items):  # as Sphinx and Asciidoctor write them
        for known, form in _STYLES.items():
            if name == known.replace("-", "") and name != "none":
                return form
    return "decimal"


def _integer(text: str | None, default: int) -> int:
    return int(text) if text and re.fullmatch(r"\s*-?\d{1,6}\s*", text) else default
