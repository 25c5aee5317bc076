"""Read S1000D data modules, publication modules and lists (Issue 4.1, and 4.x and 5 alike).

Blocks stand in the order of the module; everything stands on page 1. The status section is not
printed in a module's pages, so only what identifies the module and what it applies to is read.
"""

from __future__ import annotations

from pathlib import Path

from lxml import etree

from ingest.errors import EmptyDocument
from ingest.readers.contents import Contents, Hidden
from ingest.readers.s1000d_address import applicability, facts_of, title_of
from ingest.readers.s1000d_faults import FAULTS
from ingest.readers.s1000d_procedure import PROCEDURE
from ingest.readers.s1000d_text import TEXT
from ingest.readers.s1000d_walk import Handler, Walk

ROOTS = ("dmodule", "pm", "dml", "ddn", "dataUpdateFile", "comment", "scormContentPackage")


def read_module(path: Path, root: etree._Element, hidden: list[Hidden]) -> Contents:
    """Return the contents of an S1000D file whose root element is one of ``ROOTS``.

    Raises:
        EmptyDocument: it holds no text beside its address.
    """
    facts, title = facts_of(root), title_of(root)
    walk = Walk(root, facts.language, _HANDLERS)
    for applic in root.iterfind("identAndStatusSection/*/applic"):
        if text := applicability(applic):
            walk.flow.paragraph(f"Applies to: {text}")
    for reference in root.iterfind("identAndStatusSection/*/applicRef"):
        identifier = reference.get("applicIdentValue", "")
        walk.inline.unresolved[identifier] = None
        walk.flow.paragraph(f"Applies to: see {identifier}, which another module keeps.")
    stated = len(walk.flow.blocks)
    for part in root:
        if part.tag not in ("identAndStatusSection", "updateIdentAndStatusSection") and (
            "}" not in str(part.tag)
        ):
            walk.visit(part)
    if len(walk.flow.blocks) == stated:
        raise EmptyDocument(f"{path} holds an address and no text. Remove it from the list.")
    blocks = list(walk.flow.blocks)
    walk.flow.blocks.clear()
    walk.flow.heading(title or path.stem, 1)
    if (status := _issue_type(root)) == "deleted":
        walk.flow.paragraph("This data module is marked as deleted.")
    front = (facts.number, title, *(block.text for block in blocks[:stated]))
    return Contents(
        blocks=(*walk.flow.blocks, *blocks),
        title=title,
        front=tuple(filter(None, front)),
        report={
            "pages": 1,
            "pages_without_text": [],
            "tables": walk.flow.tables,
            "figures": walk.flow.figures,
            "steps": walk.steps,
            "messages_elsewhere": len(walk.messages.elsewhere),
            "format": "S1000D",
            "issue_type": status,
            "security": _security(root),
            "unresolved_references": list(walk.inline.unresolved),
        },
        hidden=(*hidden, *walk.flow.hidden.pieces),
        facts=facts,
    )


def _issue_type(root: etree._Element) -> str:
    status = root.find("identAndStatusSection/dmStatus")
    return "" if status is None else status.get("issueType", "")


def _security(root: etree._Element) -> str:
    found = root.find("identAndStatusSection/*/security")
    return "" if found is None else found.get("securityClassification", "")


def _references(walk: Walk, element: etree._Element) -> None:
    """The modules and publications that a module refers to."""
    walk.flow.caption("References")
    for reference in element:
        walk.flow.item(walk.inline.reference(reference))


def _applicability(walk: Walk, element: etree._Element) -> None:
    """Each stands at the places that it holds for; one that is used nowhere is kept here."""
    for applic in element.iterfind("applic"):
        identifier = applic.get("id", "")
        if identifier not in walk.applied:
            walk.flow.item(f"Applicability {identifier}: {applicability(applic)}")


_HANDLERS: dict[str, Handler] = {
    **TEXT,
    **PROCEDURE,
    **FAULTS,
    "refs": _references,
    "referencedApplicGroup": _applicability,
}
