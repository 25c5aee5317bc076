"""Recognise safety messages by the classes that documentation tools give them (pure)."""

from __future__ import annotations

from lxml import etree

from index.corpus import SignalWord

_TAGS = ("div", "aside", "section", "p", "blockquote", "dl", "table")
_LEVELS: dict[str, SignalWord] = {
    "danger": "danger",
    "warning": "warning",
    "caution": "caution",
    "attention": "caution",
    "important": "notice",
    "notice": "notice",
    "note": "notice",
}
_PREFIXES = ("alert-", "markdown-alert-", "theme-admonition-", "admonition-", "note_", "hint-",
             "callout-", "is-", "note-")  # fmt: skip
_TITLES = ("admonition-title", "title", "note__title", "markdown-alert-title", "notetitle",
           "admonitionheading", "alert-heading", "callout-title")  # fmt: skip
_MOST_CHARACTERS = 4_000


def signal_of(element: etree._Element) -> SignalWord | None:
    """Return the level of the message that an element is, None where it is none.

    The most severe of its classes counts: tools give a warning the class "note", too.
    """
    if element.tag not in _TAGS:
        return None
    names = classes_of(element)
    found = {_LEVELS[name] for name in names if name in _LEVELS}
    for prefix in _PREFIXES:
        found |= {
            _LEVELS[name.removeprefix(prefix)]
            for name in names
            if name.startswith(prefix) and name.removeprefix(prefix) in _LEVELS
        }
    if not found or element.find(".//h1") is not None:
        return None
    length = sum(len(text) for text in element.itertext())
    if length > _MOST_CHARACTERS:
        return None  # a page that is marked as a whole
    order: tuple[SignalWord, ...] = ("danger", "warning", "caution", "notice")
    return next(level for level in order if level in found)


def is_title(element: etree._Element) -> bool:
    """Whether an element is the title line of a message."""
    return any(name in _TITLES for name in classes_of(element))


def classes_of(element: etree._Element) -> list[str]:
    """The classes of an element, in lower case."""
    return (element.get("class") or "").lower().split()
