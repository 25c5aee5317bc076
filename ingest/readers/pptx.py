"""Read PowerPoint presentations: .pptx. A slide is a page, its title a heading.

Speaker notes are held back: they are not on the slide that people looked at when it was released,
and they are often drafts.
"""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path
from typing import Any

from lxml import etree
from pptx import Presentation
from pptx.exc import PythonPptxError

from ingest.errors import EmptyDocument, UnreadableDocument
from ingest.readers.archive import check_parts, open_archive, parse_xml
from ingest.readers.contents import Contents, Facts
from ingest.readers.flow import Flow
from ingest.readers.package import A, Package
from ingest.readers.pptx_layout import Shape, in_reading_order, leaves
from ingest.readers.pptx_sight import Sight
from ingest.readers.pptx_text import add_table, add_text, shown_text

_FRONT_BLOCKS = 30
_RUNNING = ("dt", "ftr", "sldNum", "hdr")
_TITLES = ("title", "ctrTitle")
_PML = "{http://schemas.openxmlformats.org/presentationml/2006/main}"


def read_pptx(path: Path) -> Contents:
    """Return the contents of a presentation.

    Hidden slides and shapes, speaker notes, comments, alternative text, and text that is white,
    tiny or beside the slide are kept apart. A slide without a title goes on with the section of
    the one before.

    Raises:
        UnreadableDocument: no presentation, damaged, or unsafe to unpack.
        EmptyDocument: no slide holds text.
    """
    with open_archive(path) as archive:
        check_parts(archive)
        package = Package(path, archive)
        properties = package.properties()
        flow = Flow()
        try:
            presentation = Presentation(str(path))
            running = _add_slides(presentation, package, flow)
        except _LIBRARY_ERRORS as error:
            raise UnreadableDocument(
                f"{path} is damaged or not a presentation ({type(error).__name__}: {error}). "
                "Open it in PowerPoint, save it again as .pptx, and ingest that file."
            ) from error
    for text in properties.others:
        flow.hidden.add(1, text, "document properties")
    if not flow.blocks:
        raise EmptyDocument(f"{path} holds no text. Remove it from the list.")
    front = (block.text.replace(" | ", " ") for block in flow.blocks[:_FRONT_BLOCKS])
    return Contents(
        tuple(flow.blocks),
        title=properties.title,
        front=(*front, *running),
        report={
            "pages": len(presentation.slides),
            "tables": flow.tables,
            "figures": flow.figures,
        },
        hidden=flow.hidden.pieces,
        facts=Facts(language=properties.language),
    )


# What the library raises on files that lack parts or values that it takes for granted.
_LIBRARY_ERRORS = (
    PythonPptxError,
    etree.LxmlError,
    zipfile.BadZipFile,
    zlib.error,
    KeyError,
    ValueError,
    AttributeError,
    IndexError,
    TypeError,
    AssertionError,
    NotImplementedError,
    OSError,
)


def _add_slides(presentation: Any, package: Package, flow: Flow) -> tuple[str, ...]:
    """Add all slides; return the lines of footers and other running text."""
    size = (presentation.slide_width or 9_144_000, presentation.slide_height or 6_858_000)
    running: dict[str, None] = {}
    for number, slide in enumerate(presentation.slides, 1):
        flow.page = number
        _hide_notes_and_comments(slide, package, flow)
        if slide.element.get("show") in ("0", "false"):
            flow.hide(_all_text(slide.element), "hidden slide")
            continue
        shapes = leaves(slide.shapes)
        sight = Sight(slide, shapes, size)
        titles = [shape for shape in shapes if shape.placeholder in _TITLES]
        others = [shape for shape in shapes if shape.placeholder not in _TITLES]
        for shape in (*titles, *in_reading_order(others)):
            if shape.placeholder in _RUNNING:
                line = shown_text(shape.element, sight.of(shape), Flow())
                running[flow.seen(line)] = None
            else:
                _add_shape(shape, sight, flow, slide)
    return tuple(running)


def _add_shape(shape: Shape, sight: Sight, flow: Flow, slide: Any) -> None:
    for name in ("descr", "title"):
        for drawn in shape.element.iter(f"{_PML}cNvPr"):
            flow.hide(drawn.get(name) or "", "alternative text")
    if reason := sight.why_hidden(shape):
        flow.hide(_all_text(shape.element), reason)
        return
    view = sight.of(shape)
    if shape.placeholder in _TITLES:
        flow.heading(shown_text(shape.element, view, flow), level=1)
        return
    table = shape.element.find(f".//{A}tbl")
    if table is not None:
        add_table(table, view, flow)
    elif shape.element.tag == f"{_PML}graphicFrame":
        flow.figure(_labels(shape, slide))
    elif shape.element.tag == f"{_PML}pic":
        flow.figures += 1
    else:
        add_text(shape, view, flow)


def _labels(shape: Shape, slide: Any) -> list[str]:
    """The words in a chart or a diagram, which lie in a part of their own."""
    labels: list[str] = []
    for element in shape.element.iter():
        for key in ("id", "dm"):
            relation = element.get(
                f"{{http://schemas.openxmlformats.org/officeDocument/2006/relationships}}{key}"
            )
            part = slide.part.rels[relation].target_part if relation in slide.part.rels else None
            if part is None or "xml" not in part.content_type:
                continue
            root = parse_xml(part.blob, str(part.partname))
            labels += [text.text or "" for text in root.iter(f"{A}t")]
    return labels


def _hide_notes_and_comments(slide: Any, package: Package, flow: Flow) -> None:
    if slide.has_notes_slide:
        notes = [
            shape.text_frame.text
            for shape in slide.notes_slide.placeholders
            if shape.has_text_frame and shape.element.ph.get("type") == "body"
        ]
        flow.hide(" ".join(notes), "speaker notes")
    name = str(slide.part.partname).lstrip("/")
    for _, kind, target in package.relations(name):
        root = package.xml(target) if kind == "comments" else None
        for comment in root if root is not None else ():
            flow.hide(" ".join(str(text) for text in comment.itertext()), "comment")


def _all_text(element: etree._Element) -> str:
    return " ".join(text.text or "" for text in element.iter(f"{A}t"))
