"""Tell where the shapes of a Word document lie and what they are painted with (pure)."""

from __future__ import annotations

from lxml import etree

from ingest.readers.colours import Colour, colour_of
from ingest.readers.package import A, W

_VML = "{urn:schemas-microsoft-com:vml}"
_WPS = "{http://schemas.microsoft.com/office/word/2010/wordprocessingShape}"
_WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_EMU_PER_INCH = 914_400
_WIDEST_PAGE = 22 * _EMU_PER_INCH
_WIDEST_MARGIN = 2 * _EMU_PER_INCH


def parents_of(element: etree._Element, top: etree._Element) -> list[etree._Element]:
    """Return the elements around one, up to but without a top one, the innermost first."""
    parents: list[etree._Element] = []
    parent = element.getparent()
    while parent is not None and parent is not top:
        parents.append(parent)
        parent = parent.getparent()
    return parents


def is_outermost(box: etree._Element, drawing: etree._Element) -> bool:
    """Whether a text box lies in no other text box of its drawing."""
    return all(parent.tag != f"{W}txbxContent" for parent in parents_of(box, drawing))


def fill_of_box(box: etree._Element, drawing: etree._Element) -> tuple[Colour, ...] | None:
    """The colour behind the text of a box: () is the page, None is not known."""
    for parent in parents_of(box, drawing):
        if parent.tag == f"{_WPS}wsp":
            shape = parent.find(f"{_WPS}spPr")
            if shape is None or shape.find(f"{A}noFill") is not None:
                return ()
            plain = shape.find(f"{A}solidFill/{A}srgbClr")
            colour = colour_of(plain.get("val")) if plain is not None else None
            return (colour,) if colour is not None else None
        if parent.tag.startswith(_VML) and parent.get("fillcolor"):
            colour = colour_of((parent.get("fillcolor") or "").split(" ")[0])
            return (colour,) if colour is not None else None
    return ()


def is_off_page(drawing: etree._Element) -> bool:
    """Whether an anchored shape lies wholly beside the page."""
    for anchor in drawing.iter(f"{_WP}anchor"):
        extent = anchor.find(f"{_WP}extent")
        for axis, size in (("positionH", "cx"), ("positionV", "cy")):
            offset = anchor.find(f"{_WP}{axis}/{_WP}posOffset")
            start = _integer(offset.text if offset is not None else "")
            length = _integer(extent.get(size) if extent is not None else "")
            if start > _WIDEST_PAGE or start + length < -_WIDEST_MARGIN:
                return True
    return False


def _integer(text: str | None) -> int:
    try:
        return int(text or "")
    except ValueError:
        return 0
