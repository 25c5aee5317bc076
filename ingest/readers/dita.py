"""Read DITA topics: task, concept, reference, troubleshooting and plain ones (1.2, 1.3).

Blocks stand in the order of the topic; everything stands on page 1.
"""

from __future__ import annotations

from pathlib import Path

from lxml import etree

from ingest.errors import EmptyDocument
from ingest.readers.contents import Contents, Hidden
from ingest.readers.dita_facts import TOPICS, facts_of
from ingest.readers.dita_inline import Inline, keep_back, kind_of, resolve_reuse
from ingest.readers.dita_walk import Walk
from ingest.readers.xml_tree import name_of


def is_topic(root: etree._Element) -> bool:
    """Whether a root element is a DITA topic, by its name or its class."""
    return kind_of(root) in (*TOPICS, "dita")


def is_map(root: etree._Element) -> bool:
    """Whether a root element is a DITA map."""
    return kind_of(root) in ("map", "bookmap") or " map/map " in root.get("class", "")


def read_topic(path: Path, root: etree._Element, hidden: list[Hidden]) -> Contents:
    """Return the contents of a DITA topic.

    Raises:
        EmptyDocument: it holds no text.
    """
    hidden = [*hidden, *keep_back(root)]
    missing = resolve_reuse(root)
    walk = Walk(Inline(root))
    walk.visit(root)
    if not any(block.kind != "heading" for block in walk.flow.blocks):
        raise EmptyDocument(f"{path} holds no text below its title. Remove it from the list.")
    facts = facts_of(root)
    titles = [walk.inline.text(title) for title in root.iter() if name_of(title) == "title"]
    revision = facts.revision and f"Revision {facts.revision}"
    stated = (facts.number, *facts.models, revision, facts.date)
    return Contents(
        blocks=tuple(walk.flow.blocks),
        title=titles[0] if titles else "",
        front=tuple(filter(None, (*titles[:1], *stated))),
        report={
            "pages": 1,
            "pages_without_text": [],
            "tables": walk.flow.tables,
            "figures": walk.flow.figures,
            "steps": walk.steps,
            "messages_elsewhere": len(walk.messages.elsewhere),
            "format": f"DITA {kind_of(root)}",
            "unresolved_references": [*dict.fromkeys(missing), *walk.inline.unresolved],
        },
        hidden=(*hidden, *walk.flow.hidden.pieces),
        facts=facts,
    )
