"""Parse a document that is one XML file, and take out of it what a reader of it never sees.

Unlike the parts of an office file, such a document declares a document type. That is accepted, and
nothing that it names is loaded; entities that hold plain text are put in, nested ones are refused.
"""

from __future__ import annotations

import html.entities
import re
from pathlib import Path

from lxml import etree

from ingest.errors import UnreadableDocument
from ingest.readers.contents import Hidden

_MOST_BYTES = 32 << 20
_MOST_DEPTH = 120  # elements in elements; the deepest real modules reach 40
_MOST_ENTITY = 2000  # characters that one entity may stand for
_MOST_EXPANDED = 1 << 20  # characters that all of them may add
_SPACE = re.compile(r"\s+")
_PREFIX = re.compile(r"\{[^}]*\}")


def parse_document(path: Path) -> tuple[etree._Element, list[Hidden]]:
    """Return the root of a document without comments and instructions, and their text.

    Raises:
        UnreadableDocument: not well-formed, too large or too deep, or with nested entities.
    """
    data = path.read_bytes()
    if len(data) > _MOST_BYTES:
        raise UnreadableDocument(
            f"{path} holds {len(data) / 1e6:,.0f} MB of XML, more than {_MOST_BYTES >> 20} MB. "
            "Split it."
        )
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableDocument(
            f"{path} is not well-formed XML ({error}). Export it again from its source."
        ) from error
    if _depth(root) > _MOST_DEPTH:
        raise UnreadableDocument(
            f"{path} nests its elements more than {_MOST_DEPTH} deep. Check where it comes from."
        )
    _put_in_entities(path, root)
    return root, _take_out(root)


def name_of(element: etree._Element) -> str:
    """The name of an element without its namespace."""
    return _PREFIX.sub("", str(element.tag))


def flat(text: str | None) -> str:
    """Text of a file with its line breaks as spaces: they only lay out the file."""
    return _SPACE.sub(" ", text) if text else ""


def _depth(root: etree._Element) -> int:
    deepest = depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
    return deepest


def _put_in_entities(path: Path, root: etree._Element) -> None:
    """Replace each reference to an entity by the text that it stands for."""
    references = list(root.iter(etree.Entity))
    if not references:
        return
    declared = _declared(path, root)
    added = 0
    for reference in references:
        name = str(reference.name)
        text = declared.get(name, html.entities.html5.get(f"{name};"))
        if text is None:
            raise UnreadableDocument(
                f"{path} uses the entity &{name};, which it does not declare as plain text. "
                "Export it with its entities put in."
            )
        added += len(text)
        if added > _MOST_EXPANDED:
            raise UnreadableDocument(
                f"{path} grows by more than {_MOST_EXPANDED >> 20} MB through its entities. "
                "Check where it comes from."
            )
        _replace(reference, text + (reference.tail or ""))


def _declared(path: Path, root: etree._Element) -> dict[str, str]:
    subset = root.getroottree().docinfo.internalDTD
    texts: dict[str, str] = {}
    for entity in subset.iterentities() if subset is not None else ():
        content = entity.content or ""
        if "&" in content or "<" in content or len(content) > _MOST_ENTITY:
            raise UnreadableDocument(
                f"{path} declares the entity &{entity.name};, which is nested or long. "
                "Check where it comes from, or export it with its entities put in."
            )
        if content:
            texts[entity.name] = content
    return texts


def _replace(node: etree._Element, text: str) -> None:
    """Put text in the place of a node and of what follows it up to the next one."""
    parent, before = node.getparent(), node.getprevious()
    node.tail = None
    if before is not None:
        before.tail = (before.tail or "") + text
    elif parent is not None:
        parent.text = (parent.text or "") + text
    if parent is not None:
        parent.remove(node)


def _take_out(root: etree._Element) -> list[Hidden]:
    hidden: list[Hidden] = []
    for node in root.getroottree().xpath("//comment() | //processing-instruction()"):
        if text := " ".join((node.text or "").split()):
            is_comment = node.tag is etree.Comment
            hidden.append(Hidden(1, text, "XML comment" if is_comment else "XML instruction"))
    etree.strip_tags(root, etree.Comment, etree.ProcessingInstruction)
    return hidden
