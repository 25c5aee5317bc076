"""Read a file that ends in .xml, .dita or .ditamap by what its root element says it is."""

from __future__ import annotations

from pathlib import Path

from ingest.errors import UnsupportedFormat
from ingest.readers.contents import Contents
from ingest.readers.dita import is_map, is_topic, read_topic
from ingest.readers.s1000d import ROOTS, read_module
from ingest.readers.xml_tree import name_of, parse_document


def read_xml(path: Path) -> Contents:
    """Return the contents of an S1000D module or a DITA topic.

    Raises:
        UnreadableDocument: not well-formed, or unsafe to parse.
        UnsupportedFormat: another kind of XML, or a DITA map.
        EmptyDocument: it holds no text.
    """
    root, hidden = parse_document(path)
    name = name_of(root)
    sections = ("identAndStatusSection", "updateIdentAndStatusSection")
    if name in ROOTS and any(root.find(section) is not None for section in sections):
        return read_module(path, root, hidden)
    if is_map(root):
        raise UnsupportedFormat(
            f"{path} is a DITA map: it lists topics and holds no text of its own. "
            "Name the topics, or the folder that holds them."
        )
    if is_topic(root):
        return read_topic(path, root, hidden)
    raise UnsupportedFormat(
        f"{path} is XML with the root element <{name}>, which is not read. S1000D data modules "
        "(<dmodule>) and DITA topics (<topic>, <task>, <concept>, <reference>, "
        "<troubleshooting>) are. Export the document in one of these, or as PDF."
    )
