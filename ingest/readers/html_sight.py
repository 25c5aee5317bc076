"""Tell what in a web page a browser shows, from attributes and the rules in the page itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import cssselect
from lxml import etree

from ingest.readers.colours import WHITE, Colour, blends, colour_of

_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_PIECE = re.compile(r"[{}]|[^{}]+")
_PRINT = re.compile(r"@media\s+print\b", re.IGNORECASE)
_LENGTH = re.compile(r"([+-]?\d*\.?\d+)\s*(px|pt|em|rem|ex|%|in|cm|mm|vw|vh)?")
_PX = {"px": 1.0, "pt": 4 / 3, "in": 96.0, "cm": 37.8, "mm": 3.78, "vw": 12.0, "vh": 8.0}
_SIZES = {"xx-small": 9.0, "x-small": 10.0, "small": 13.0, "medium": 16.0, "large": 18.0}
_PROPERTIES = frozenset(
    "display visibility opacity font font-size color background background-color position left top "
    "right bottom text-indent clip clip-path transform width height max-width max-height overflow "
    "content-visibility filter margin-left".split()
)
_MOST_RULES = 2_000
_MOST_MATCHES = 200_000
_TINY_PX = 2.0
_FAR_PX = 500.0  # what lies as far outside the page cannot be scrolled to
_CLIPS = re.compile(r"rect\(\s*(?:0|1)(?:px)?[\s,]+(?:0|1)(?:px)?|inset\(\s*(?:50|100)%")
_NOTHING = re.compile(r"scale(?:3d|X|Y)?\(\s*0|opacity\(\s*0", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class View:
    """What an element passes on: ``reason`` is why nothing in it is seen, empty if it is.

    ``background`` is None behind a picture or a gradient; ``size`` is that of letters in pixels.
    """

    reason: str = ""
    is_invisible: bool = False
    colour: Colour = (0, 0, 0)
    background: Colour | None = WHITE
    size: float = 16.0

    @property
    def why_hidden(self) -> str:
        """Why text is not seen here, or an empty string."""
        if self.reason or self.is_invisible:
            return self.reason or "visibility: hidden"
        if self.size <= _TINY_PX:
            return "tiny text"
        if self.background is not None and blends(self.colour, self.background):
            is_white = blends(self.colour, WHITE)
            return "white text" if is_white else "text in the colour of its background"
        return ""


class Sight:
    """The rules of a page, applied to its elements."""

    def __init__(self, root: etree._Element) -> None:
        self._declared: dict[etree._Element, dict[str, str]] = {}
        text = "".join(sheet.text_content() for sheet in root.iter("style"))
        matches = 0
        for selector, declared in _rules(text):
            for element in _select(root, selector):
                matches += 1
                if matches > _MOST_MATCHES:
                    return
                self._declared.setdefault(element, {}).update(declared)

    def enter(self, element: etree._Element, outer: View) -> View:
        """Return the view inside an element, given that around it."""
        declared = {**self._declared.get(element, {}), **_parse(element.get("style") or "")}
        for name, key in (("bgcolor", "background-color"), ("color", "color")):
            value = element.get(name)
            if value and (name == "bgcolor" or element.tag == "font"):
                declared.setdefault(key, value)
        reason = outer.reason or _removed(element, declared)
        if not declared:
            return replace(outer, reason=reason) if reason != outer.reason else outer
        size = _font_size(declared, outer.size)
        reason = reason or _placed_away(declared, size)
        visibility = declared.get("visibility", "")
        is_invisible = outer.is_invisible
        if visibility:
            is_invisible = visibility in ("hidden", "collapse")
        background = _background(declared, outer.background)
        colour = outer.colour
        stated = declared.get("color", "")
        if stated == "transparent" or _is_clear(stated):
            reason = reason or "transparent text"
        elif stated and stated != "inherit":
            known = colour_of(stated)
            if known is None:
                background = None  # a colour that is computed: nothing can be said
            colour = known or colour
        return View(reason, is_invisible, colour, background, size)

    def enter_below(self, element: etree._Element, top: etree._Element, view: View) -> View:
        """The view in an element, through all that lies between it and one above it."""
        between = [element]
        for parent in element.iterancestors():
            if parent is top:
                break
            between.append(parent)
        for part in reversed(between):
            view = self.enter(part, view)
        return view


def _rules(text: str) -> list[tuple[str, dict[str, str]]]:
    """Selectors with what they declare that may hide text, the strongest last."""
    found: list[tuple[tuple[int, int, int], str, dict[str, str]]] = []
    for selectors, body in _bodies(_COMMENT.sub("", text)):
        declared = _parse(body)
        if not declared:
            continue
        for selector in selectors.rsplit(";", 1)[-1].split(","):
            if len(found) >= _MOST_RULES:
                break
            try:
                parsed = cssselect.parse(selector.strip())[0]
                if parsed.pseudo_element is None:
                    path = cssselect.HTMLTranslator().selector_to_xpath(parsed)
                    found.append((parsed.specificity(), path, declared))
            except cssselect.SelectorError:
                continue  # states such as :hover are no state of a page that is only looked at
    return [(path, declared) for _, path, declared in sorted(found, key=lambda rule: rule[0])]


def _bodies(text: str) -> Iterator[tuple[str, str]]:
    """Selectors and declarations of the rules that count on a screen."""
    outer: list[str] = []
    last = ""
    for match in _PIECE.finditer(text):
        piece = match[0]
        if piece == "{":
            outer.append(last.strip())
            last = ""
        elif piece == "}":
            selectors = outer.pop() if outer else "@"
            if not selectors.startswith("@") and not any(map(_PRINT.match, outer)):
                yield selectors, last
            last = ""
        else:
            last = piece


def _select(root: etree._Element, path: str) -> list[etree._Element]:
    try:
        found = root.xpath(path)
    except etree.XPathError:
        return []
    return list(found) if isinstance(found, list) else []


def _parse(style: str) -> dict[str, str]:
    """The declarations of a style that may hide text, names and values in lower case."""
    declared: dict[str, str] = {}
    for part in _COMMENT.sub("", style).split(";"):
        name, _, value = part.partition(":")
        name = name.strip().lower()
        if name in _PROPERTIES and value:
            declared[name] = value.lower().replace("!important", "").strip()
    return declared


def _removed(element: etree._Element, declared: dict[str, str]) -> str:
    """Why an element is not laid out at all or not painted."""
    if declared.get("display") == "none" or declared.get("content-visibility") == "hidden":
        return "display: none"
    if element.get("hidden") is not None and "display" not in declared:
        return "hidden attribute"
    if (element.get("aria-hidden") or "").lower() == "true":
        return "aria-hidden"
    if (opacity := _number(declared.get("opacity"))) is not None and opacity <= 0.05:
        return "opacity 0"
    if any(_NOTHING.search(declared.get(name, "")) for name in ("transform", "filter")):
        return "opacity 0"
    return ""


def _placed_away(declared: dict[str, str], size: float) -> str:
    """Why an element lies where nobody looks."""
    is_free = declared.get("position") in ("absolute", "fixed", "relative")
    names = ("left", "top", "right", "bottom") if is_free else ()
    for name in (*names, "text-indent", "margin-left"):
        offset = _pixels(declared.get(name), size)
        if offset is not None and (offset < -_FAR_PX or (name in names and offset > 20 * _FAR_PX)):
            return "text outside the page"
    if any(_CLIPS.search(declared.get(name, "")) for name in ("clip", "clip-path")):
        return "clipped text"
    if declared.get("overflow") in ("hidden", "clip"):
        for name in ("width", "height", "max-width", "max-height"):
            extent = _pixels(declared.get(name), size)
            if extent is not None and extent <= 1:
                return "clipped text"
    return ""


def _font_size(declared: dict[str, str], outer: float) -> float:
    stated = declared.get("font-size", "")
    if not stated and "font" in declared:
        match = re.search(r"[\d.]+(?:px|pt|em|rem|%)", declared["font"])
        stated = match[0] if match else ""
    if stated in _SIZES:
        return _SIZES[stated]
    if stated.endswith("rem"):
        return 16.0 * (_number(stated[:-3]) or 0.0)
    pixels = _pixels(stated, outer)
    return outer if pixels is None else pixels


def _pixels(text: str | None, size: float) -> float | None:
    match = _LENGTH.match(text or "")
    if not match:
        return None
    value, unit = float(match[1]), match[2] or "px"
    if unit == "%":
        return value * size / 100
    if unit in ("em", "rem", "ex"):
        return value * size
    return value * _PX[unit]


def _number(text: str | None) -> float | None:
    match = _LENGTH.match(text or "")
    if not match:
        return None
    return float(match[1]) / (100 if match[2] == "%" else 1)


def _background(declared: dict[str, str], outer: Colour | None) -> Colour | None:
    for name in ("background-color", "background"):
        stated = declared.get(name, "")
        if "url(" in stated or "gradient(" in stated or "var(" in stated:
            return None
        if not stated or _is_clear(stated):
            continue
        for word in (stated, *stated.split()):
            if word not in ("none", "transparent", "inherit") and (colour := colour_of(word)):
                return colour
    return outer


def _is_clear(stated: str) -> bool:
    match = re.match(r"(?:rgba?|hsla?)\([^)]*[,/]\s*(0?\.?\d+)%?\s*\)", stated)
    parts = re.split(r"[\s,/]+", stated.split("(")[-1].rstrip(") "))
    return bool(match) and len(parts) == 4 and (_number(parts[3]) or 0.0) <= 0.05
