"""Read DITA topics: task, concept, reference, troubleshooting and plain ones (1.2, 1.3).

Blocks stand in the order of the topic; everything stands on page 1.
"""

from __future__ import annotations

import re
from pathlib import Path

from lxml import etree

from ingest.errors import EmptyDocument
from ingest.readers.contents import Contents, Facts, Hidden
from ingest.readers.dita_inline import Inline, keep_back, kind_of, resolve_reuse
from ingest.readers.dita_walk import TOPICS, Walk
from ingest.readers.xml_tree import name_of

_DATE = re.compile(r"\s*(\d{4})-(\d{2})-(\d{2})")


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
    if not any(block.kind != "heading" for block in walk.writer.blocks):
        raise EmptyDocument(f"{path} holds no text below its title. Remove it from the list.")
    facts = _facts(root)
    titles = [walk.inline.text(title) for title in root.iter() if name_of(title) == "title"]
    stated = (*facts.models, facts.revision and f"Version {facts.revision}", facts.date)
    return Contents(
        blocks=tuple(walk.writer.blocks),
        title=titles[0] if titles else "",
        front=tuple(filter(None, (*titles[:1], *stated))),
        report={
            "pages": 1,
            "pages_without_text": [],
            **walk.counts,
            "format": f"DITA {kind_of(root)}",
            "unresolved_references": [*dict.fromkeys(missing), *walk.inline.unresolved],
        },
        hidden=(*hidden, *walk.writer.hidden),
        facts=facts,
    )


def _facts(root: etree._Element) -> Facts:
    """What the prolog of the first topic states."""
    prolog = next((e for e in root.iter() if name_of(e) == "prolog"), None)
    topics = [e for e in root.iter() if kind_of(e) in TOPICS]
    language = _language(topics[0] if topics else root) or _language(root)
    is_task = bool(topics) and kind_of(topics[0]) == "task"
    if prolog is None:
        return Facts(language=language, kind="procedure" if is_task else None)
    dates = [e.get("modified") or e.get("date") or "" for e in prolog.iter("created", "revised")]
    products = [" ".join("".join(e.itertext()).split()) for e in prolog.iter("prodname")]
    versions = [
        ".".join(filter(None, (e.get(part) for part in ("version", "release", "modification"))))
        for e in prolog.iter("vrm")
    ]
    return Facts(
        revision=versions[-1] if versions else "",
        date=max((m[0].strip() for date in dates if (m := _DATE.match(date))), default=""),
        language=language,
        kind="procedure" if is_task else None,
        models=tuple(dict.fromkeys(filter(None, products))),
    )


def _language(element: etree._Element) -> str:
    code = element.get("{http://www.w3.org/XML/1998/namespace}lang", "").lower()
    return code[:2] if re.match(r"[a-z]{2}(?:-|$)", code) else ""
