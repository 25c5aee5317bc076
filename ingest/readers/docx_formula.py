"""Write a formula of a Word document in one line, so that no number runs into the next (pure)."""

from __future__ import annotations

from lxml import etree

_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_MARKS = {"sup": "^", "sub": "_"}


def formula_text(element: etree._Element) -> str:
    """Return a formula as text: fractions as a/b, powers as a^b, roots as √(a)."""
    tag = str(element.tag).removeprefix(_M)
    if tag == "t":
        return element.text or ""
    if tag == "f":
        return f"{_group(element.find(f'{_M}num'))}/{_group(element.find(f'{_M}den'))}"
    if tag == "rad":
        degree = _inner(element.find(f"{_M}deg"))
        return f"{degree}√({_inner(element.find(f'{_M}e'))})"
    if tag == "d":
        parts = ", ".join(_inner(part) for part in element.iterfind(f"{_M}e"))
        return f"({parts})"
    if tag in _MARKS:
        inner = _inner(element)
        return f"{_MARKS[tag]}{_group(element)}" if inner else ""
    return _inner(element)


def _inner(element: etree._Element | None) -> str:
    return "".join(formula_text(child) for child in element) if element is not None else ""


def _group(element: etree._Element | None) -> str:
    text = _inner(element)
    return text if len(text) <= 1 or text.replace(".", "").isalnum() else f"({text})"
