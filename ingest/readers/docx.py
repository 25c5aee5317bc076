"""Read Word documents: .docx.

A page is counted by the breaks that Word left in the file where it last laid the document out; a
file that no Word has laid out has but the pages that its author asked for.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from lxml import etree

from ingest.errors import EmptyDocument
from ingest.readers.archive import open_archive
from ingest.readers.contents import Contents, Facts
from ingest.readers.docx_body import BodyReader, Parts
from ingest.readers.flow import Flow
from ingest.readers.package import A, Package, W

_FRONT_BLOCKS = 30
_RUNNING = ("header", "footer")
_NOTES = ("footnotes", "endnotes")


def read_docx(path: Path) -> Contents:
    """Return the contents of a Word document.

    Hidden, white and tiny text, comments, deletions, field codes, alternative text and document
    properties are kept apart. A picture without words is counted and gives no block.

    Raises:
        UnreadableDocument: no Word document, damaged, or unsafe to unpack.
        EmptyDocument: the document holds no text.
    """
    with open_archive(path) as archive:
        package = Package(path, archive)
        name, root = package.main_part("word/document.xml")
        flow = Flow()
        parts = _parts(package, name, flow)
        body = root.find(f"{W}body")
        reader = BodyReader(flow, parts)
        reader.read(root if body is None else body, _background(root))
        running = _running_lines(package, name, parts)
        properties = package.properties()
        for comment in parts.comments.values():
            flow.hidden.add(1, comment, "comment")
        for text in (*properties.others, *_custom(package, name)):
            flow.hidden.add(1, text, "document properties")
    if not flow.blocks:
        raise EmptyDocument(f"{path} holds no text. Remove it from the list.")
    return Contents(
        tuple(flow.blocks),
        title=reader.title or properties.title,
        front=(*(block.text for block in flow.blocks[:_FRONT_BLOCKS]), *running),
        report={
            "pages": flow.page,
            "tables": flow.tables,
            "figures": flow.figures,
        },
        hidden=flow.hidden.pieces,
        facts=Facts(language=properties.language),
    )


def _parts(package: Package, name: str, flow: Flow) -> Parts:
    """What the body refers to: styles, lists, notes, comments, diagrams."""
    found: dict[str, etree._Element] = {}
    diagrams: dict[str, tuple[str, ...]] = {}
    for relation, kind, target in package.relations(name):
        if kind in ("styles", "numbering", "comments", *_NOTES):
            root = package.xml(target)
            if root is not None:
                found[kind] = root
        elif kind == "diagramData":
            root = package.xml(target)
            if root is not None:
                diagrams[relation] = tuple(part.text or "" for part in root.iter(f"{A}t"))
    notes = {
        (kind, note.get(f"{W}id") or ""): note for kind in _NOTES for note in (found.get(kind, ()))
    }
    comments = {
        comment.get(f"{W}id") or "": " ".join(part.text or "" for part in comment.iter(f"{W}t"))
        for comment in (found.get("comments", ()))
    }
    return Parts(found.get("styles"), found.get("numbering"), notes, comments, diagrams)


def _background(root: etree._Element) -> str:
    """The colour of all pages, empty where none is set."""
    background = root.find(f"{W}background")
    return (background.get(f"{W}color") or "") if background is not None else ""


def _running_lines(package: Package, name: str, parts: Parts) -> tuple[str, ...]:
    """The lines of headers and footers that are seen, each once."""
    lines: dict[str, None] = {}
    for _, kind, target in package.relations(name):
        root = package.xml(target) if kind in _RUNNING else None
        if root is not None:
            flow = Flow()
            BodyReader(flow, replace(parts, comments={})).read(root, "")
            lines.update(dict.fromkeys(block.text.replace(" | ", " ") for block in flow.blocks))
    return tuple(lines)


def _custom(package: Package, name: str) -> tuple[str, ...]:
    texts: list[str] = []
    for _, kind, target in package.relations(name):
        root = package.xml(target) if kind == "customXml" else None
        if root is not None:
            texts.append(" ".join(" ".join(str(part).split()) for part in root.itertext()))
    return tuple(texts)
