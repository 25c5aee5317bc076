"""What the styles of a Word document say about its paragraphs and runs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from lxml import etree

from ingest.readers.colours import WHITE, Colour, blends, colour_of
from ingest.readers.package import W14, W

_HEADING = re.compile(
    r"(?:heading|überschrift|titre|título|titolo|rubrik|kop|标题|標題|見出し)\s*([1-9])(?:\s|$)"
)
_CONTENTS = re.compile(r"(?:toc|verzeichnis|目录)\s*\d$|table of figures|toc heading|index \d")
_CLEAR = 95_000  # of 100,000: so much transparency leaves nothing to see
_TINY = 4  # half points
_MOST_ANCESTORS = 20
_OFF = ("0", "false", "off", "none")
_THEME_LIGHT = ("background1", "light1", "bg1", "lt1")


@dataclass(frozen=True, slots=True)
class Look:
    """What decides whether a run is seen; None where nothing is said."""

    vanishes: bool | None = None
    size: int | None = None  # half points
    colour: str | None = None
    shade: Colour | None = None
    is_bold: bool | None = None

    def over(self, other: Look) -> Look:
        """This look, and the other one's where this says nothing."""
        return Look(
            other.vanishes if self.vanishes is None else self.vanishes,
            other.size if self.size is None else self.size,
            other.colour if self.colour is None else self.colour,
            other.shade if self.shade is None else self.shade,
            other.is_bold if self.is_bold is None else self.is_bold,
        )


@dataclass(frozen=True, slots=True)
class Style:
    """A style with what it inherits. ``level`` is that of a heading, 0 for running text."""

    name: str = ""
    level: int = 0
    numbering: tuple[str, int | None] | None = None  # number id, list level
    breaks_page: bool = False
    look: Look = Look()
    fills: tuple[Colour, ...] = ()
    is_contents: bool = False


@dataclass
class Styles:
    """The styles of a document by id."""

    root: etree._Element | None
    _elements: dict[str, etree._Element] = field(default_factory=dict)
    _known: dict[str, Style] = field(default_factory=dict)
    _defaults: dict[str, str] = field(default_factory=dict)
    base: Look = Look()

    def __post_init__(self) -> None:
        if self.root is None:
            return
        for element in self.root.iter(f"{W}style"):
            style_id, kind = element.get(f"{W}styleId") or "", element.get(f"{W}type") or ""
            self._elements[style_id] = element
            if element.get(f"{W}default") in ("1", "true", "on"):
                self._defaults[kind] = style_id
        self.base = look_of(self.root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr"))

    def find(self, style_id: str | None, kind: str) -> Style:
        """Return the style of an id; without one, the default style of a kind."""
        known = style_id if style_id in self._elements else self._defaults.get(kind, "")
        assert known is not None
        if known not in self._known:
            self._known[known] = self._resolve(known)
        return self._known[known]

    def _resolve(self, style_id: str) -> Style:
        chain = list(self._chain(style_id))
        if not chain:
            return Style()
        names = [_value(element, f"{W}name").strip().lower() for element in chain]
        look = Look()
        numbering: tuple[str, int | None] | None = None
        for element in chain:
            look = look.over(look_of(element.find(f"{W}rPr")))
            look = look.over(Look(shade=shade_of(element.find(f"{W}pPr/{W}shd"))))
            numbering = numbering or numbering_of(element.find(f"{W}pPr"))
        return Style(
            name=names[0],
            level=self._level(chain, names),
            numbering=numbering,
            breaks_page=any(is_on(e.find(f"{W}pPr/{W}pageBreakBefore")) for e in chain),
            look=look,
            fills=tuple(fill for element in chain for fill in _fills(element)),
            is_contents=any(map(_CONTENTS.match, names)),
        )

    def _chain(self, style_id: str) -> Iterable[etree._Element]:
        for _ in range(_MOST_ANCESTORS):
            element = self._elements.get(style_id)
            if element is None:
                return
            yield element
            style_id = _value(element, f"{W}basedOn")

    def _level(self, chain: Sequence[etree._Element], names: Sequence[str]) -> int:
        for element, name in zip(chain, names, strict=True):
            level = outline_level(element.find(f"{W}pPr"))
            if level is not None:
                return level
            style_id = (element.get(f"{W}styleId") or "").lower()
            match = _HEADING.match(name) or _HEADING.match(style_id)
            if match:
                return int(match[1])
            if name == "title":
                return 1
        return 0


def outline_level(properties: etree._Element | None) -> int | None:
    """Return the heading level that paragraph properties state: 0 for text, None for nothing."""
    text = _value(properties, f"{W}outlineLvl")
    if not text.isdigit():
        return None
    return int(text) + 1 if int(text) < 9 else 0


def numbering_of(properties: etree._Element | None) -> tuple[str, int | None] | None:
    """Return number id and list level (None if not stated) of paragraph properties."""
    element = properties.find(f"{W}numPr") if properties is not None else None
    if element is None:
        return None
    level = _value(element, f"{W}ilvl")
    return _value(element, f"{W}numId"), int(level) if level.isdigit() else None


def is_on(toggle: etree._Element | None) -> bool:
    """Whether a property that is on by being there is on."""
    return toggle is not None and toggle.get(f"{W}val") not in _OFF


def look_of(properties: etree._Element | None) -> Look:
    """Return the look that run properties state."""
    if properties is None:
        return Look()
    vanish, bold = properties.find(f"{W}vanish"), properties.find(f"{W}b")
    fill = properties.find(f"{W14}textFill")
    size = _value(properties, f"{W}sz")
    colour = properties.find(f"{W}color")
    named = colour.get(f"{W}val") if colour is not None else None
    if colour is not None and colour.get(f"{W}themeColor") in _THEME_LIGHT and named == "auto":
        named = "FFFFFF"
    highlight = _value(properties, f"{W}highlight").lower()
    shade = colour_of(highlight) if highlight not in ("", "none") else None
    if fill is not None:
        named = _filled(fill) or named
    return Look(
        vanishes=None if vanish is None else is_on(vanish),
        size=int(float(size)) if re.fullmatch(r"\d{1,4}(\.\d+)?", size) else None,
        colour=named,
        shade=shade or shade_of(properties.find(f"{W}shd")),
        is_bold=None if bold is None else is_on(bold),
    )


def _filled(fill: etree._Element) -> str:
    """The colour of an effect that paints letters; one that paints nothing is white."""
    transparent = fill.find(f".//{W14}alpha")
    share = (transparent.get(f"{W14}val") or "") if transparent is not None else ""
    if fill.find(f"{W14}noFill") is not None or (share.isdigit() and int(share) >= _CLEAR):
        return "transparent"
    plain = fill.find(f"{W14}solidFill/{W14}srgbClr")
    return (plain.get(f"{W14}val") or "") if plain is not None else ""


def shade_of(element: etree._Element | None) -> Colour | None:
    """Return the background that a shading element sets, None where it sets none."""
    if element is None:
        return None
    name = f"{W}color" if element.get(f"{W}val") == "solid" else f"{W}fill"
    return colour_of(element.get(name))


def why_hidden(look: Look, backgrounds: Sequence[Colour]) -> str:
    """Return why a run is not seen on any of the backgrounds, or an empty string."""
    if look.vanishes:
        return "hidden text"
    if look.size is not None and look.size < _TINY:
        return "tiny text"
    colour = colour_of(look.colour)
    behind = (look.shade,) if look.shade is not None else tuple(backgrounds) or (WHITE,)
    if colour is not None and all(blends(colour, one) for one in behind):
        is_white = blends(colour, WHITE)
        return "white text" if is_white else "text in the colour of its background"
    return ""


def _value(element: etree._Element | None, name: str) -> str:
    child = element.find(name) if element is not None else None
    return (child.get(f"{W}val") or "") if child is not None else ""


def _fills(style: etree._Element) -> Iterable[Colour]:
    """The backgrounds that a table style sets somewhere in a table."""
    for shading in style.iterfind(f".//{W}tcPr/{W}shd"):
        fill = shade_of(shading)
        if fill is not None:
            yield fill
