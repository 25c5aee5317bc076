"""Tell what on a slide a person sees: colours, sizes and places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

from ingest.readers.archive import parse_xml
from ingest.readers.colours import WHITE, Colour, blends, colour_of
from ingest.readers.package import A
from ingest.readers.pptx_layout import Shape

_PML = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_TINY = 200  # hundredths of a point
_CLEAR = 5_000  # of 100,000: an opacity below it leaves nothing to see
_PLAIN_BACKGROUND = 1001  # index of the theme's first background: one plain colour
_USUAL_NAMES = {"bg1": "lt1", "tx1": "dk1", "bg2": "lt2", "tx2": "dk2"}


@dataclass(frozen=True, slots=True)
class View:
    """What decides whether text in one shape is seen: None is a background that is not known."""

    backgrounds: tuple[Colour, ...] | None
    theme: dict[str, Colour]
    defaults: etree._Element | None = None

    def why_hidden(self, properties: etree._Element | None) -> str:
        """Return why a run with these properties is not seen, or an empty string."""
        for stated in (properties, self.defaults):
            size = (stated.get("sz") or "") if stated is not None else ""
            if size.lstrip("-").isdigit():
                if int(size) < _TINY:
                    return "tiny text"
                break
        for stated in (properties, self.defaults):
            if stated is None:
                continue
            if stated.find(f"{A}noFill") is not None or _is_clear(stated.find(f"{A}solidFill")):
                return "transparent text"
            fill = stated.find(f"{A}solidFill")
            if fill is not None:
                return self._blends(_plain(fill, self.theme))
        return ""

    def on(self, fill: etree._Element) -> View:
        """Return the view of text on a fill of its own."""
        colour = _plain(fill, self.theme)
        return View(None if colour is None else (colour,), self.theme, self.defaults)

    def _blends(self, colour: Colour | None) -> str:
        if colour is None or self.backgrounds is None:
            return ""
        if not all(blends(colour, one) for one in self.backgrounds):
            return ""
        return "white text" if blends(colour, WHITE) else "text in the colour of its background"


class Sight:
    """A slide as it is seen: its background, its theme, what lies behind each shape."""

    def __init__(self, slide: Any, shapes: Sequence[Shape], size: tuple[int, int]) -> None:
        self._shapes = shapes
        self._size = size
        self._theme = _theme(slide)
        self._background = _background(slide, self._theme)

    def why_hidden(self, shape: Shape) -> str:
        """Return why a shape as a whole is not seen, or an empty string."""
        if shape.is_hidden:
            return "hidden shape"
        if shape.box is None:
            return ""
        left, top, right, bottom = shape.box
        width, height = self._size
        if right <= 0 or bottom <= 0 or left >= width or top >= height:
            return "text outside the slide"
        return ""

    def of(self, shape: Shape) -> View:
        """Return what decides whether text in a shape is seen."""
        defaults = shape.element.find(f".//{A}lstStyle/{A}lvl1pPr/{A}defRPr")
        return View(self._behind(shape), self._theme, defaults)

    def _behind(self, shape: Shape) -> tuple[Colour, ...] | None:
        own = _fill(shape.element, self._theme)
        if own != ():
            return own
        colours: list[Colour] = []
        for other in self._shapes:
            if other is shape:
                break  # what follows lies in front
            if _overlap(shape, other) and not other.is_hidden:
                fill = _fill(other.element, self._theme)
                if fill is None:
                    return None
                colours += fill
        if self._background is None:
            return None
        return (*self._background, *colours)


def _fill(element: etree._Element, theme: dict[str, Colour]) -> tuple[Colour, ...] | None:
    """The colour that a shape paints: () for nothing, None for what is not one plain colour."""
    if not element.tag.endswith("}sp"):
        return None  # a picture, a table, a chart
    properties = element.find(f"{_PML}spPr")
    if properties is not None:
        if properties.find(f"{A}noFill") is not None:
            return ()
        fill = properties.find(f"{A}solidFill")
        if fill is not None:
            if _is_clear(fill):
                return ()
            colour = _plain(fill, theme)
            return None if colour is None else (colour,)
        if any(properties.find(f"{A}{kind}Fill") is not None for kind in ("grad", "blip", "patt")):
            return None
    styled = element.find(f"{_PML}style/{A}fillRef")
    if styled is not None and styled.get("idx") not in ("0", None):
        colour = _plain(styled, theme)
        return None if colour is None else (colour,)
    return ()


def _plain(parent: etree._Element, theme: dict[str, Colour]) -> Colour | None:
    """The colour in a fill; None for one that is computed from another."""
    for child in parent:
        name = str(child.tag).removeprefix(A)
        if name == "srgbClr":
            return colour_of(child.get("val"))
        if name == "schemeClr":
            return None if len(child) else theme.get(child.get("val") or "")
        if name == "sysClr":
            return colour_of(child.get("lastClr"))
        if name == "prstClr":
            return colour_of(child.get("val"))
    return None


def _is_clear(fill: etree._Element | None) -> bool:
    alpha = fill.find(f".//{A}alpha") if fill is not None else None
    value = (alpha.get("val") or "") if alpha is not None else ""
    return value.isdigit() and int(value) < _CLEAR


def _theme(slide: Any) -> dict[str, Colour]:
    """The colours that a slide names, such as "bg1" and "accent1"."""
    master = slide.slide_layout.slide_master
    colours: dict[str, Colour] = {}
    for relation in master.part.rels.values():
        if relation.is_external or not relation.reltype.endswith("/theme"):
            continue
        part = relation.target_part
        scheme = parse_xml(part.blob, str(part.partname)).find(f".//{A}clrScheme")
        for entry in scheme if scheme is not None else ():
            colour = _plain(entry, {})
            if colour is not None:
                colours[str(entry.tag).removeprefix(A)] = colour
    mapped = master.element.find(f"{_PML}clrMap")
    names = {**_USUAL_NAMES, **(dict(mapped.attrib) if mapped is not None else {})}
    return colours | {name: colours[to] for name, to in names.items() if to in colours}


def _background(slide: Any, theme: dict[str, Colour]) -> tuple[Colour, ...] | None:
    layout = slide.slide_layout
    for owner in (slide, layout, layout.slide_master):
        background = owner.element.find(f"{_PML}cSld/{_PML}bg")
        if background is None:
            continue
        fill = background.find(f"{_PML}bgPr/{A}solidFill")
        if fill is None:
            fill = background.find(f"{_PML}bgRef")
            index = (fill.get("idx") or "") if fill is not None else ""
            if index != str(_PLAIN_BACKGROUND):
                return None  # a gradient or a picture
        colour = _plain(fill, theme)
        return None if colour is None else (colour,)
    return (WHITE,)


def _overlap(one: Shape, other: Shape) -> bool:
    if one.box is None or other.box is None:
        return False
    return (
        one.box[0] < other.box[2]
        and other.box[0] < one.box[2]
        and one.box[1] < other.box[3]
        and other.box[1] < one.box[3]
    )
