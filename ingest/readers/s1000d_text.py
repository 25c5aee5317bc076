"""Handlers for the text of S1000D modules: paragraphs, lists, messages, figures and tables."""

from __future__ import annotations

from functools import partial

from lxml import etree

from ingest.readers.s1000d_inline import SEQUENTIAL
from ingest.readers.s1000d_messages import MessageKind
from ingest.readers.s1000d_walk import PARAGRAPHS, TITLES, Handler, Walk
from ingest.readers.xml_tables import lay_out


def _paragraph(walk: Walk, element: etree._Element) -> None:
    walk.running_text(element, walk.flow.paragraph)


def _title(walk: Walk, element: etree._Element) -> None:
    walk.flow.paragraph(walk.inline.text(element))


def _list(walk: Walk, element: etree._Element) -> None:
    number = 0
    for item in element:
        if item.tag in TITLES:
            walk.flow.paragraph(walk.inline.text(item))
            continue
        number += 1
        mark = f"{number}." if element.tag in SEQUENTIAL else ""
        if item.tag == "definitionListItem":
            walk.flow.item(": ".join(filter(None, map(walk.inline.text, item))))
        else:
            _list_item(walk, item, mark)


def _list_item(walk: Walk, item: etree._Element, mark: str) -> None:
    for part in walk.parts(item):
        if isinstance(part, str):
            walk.flow.item(part, mark)
        elif part.tag in PARAGRAPHS:
            walk.running_text(part, partial(walk.flow.item, number=mark))
        else:
            walk.visit(part)
        mark = ""


def _levelled(walk: Walk, element: etree._Element) -> None:
    """A numbered paragraph: with a title a heading, else its first text carries the number."""
    walk.numbers[-1:] = [walk.numbers[-1] + 1] if walk.numbers else [1]
    number = ".".join(map(str, walk.numbers))
    walk.inline.place(element, f"para {number}")
    walk.messages.add_referenced(element)
    walk.level += 1
    walk.numbers.append(0)
    children = list(element)
    title = next((child for child in children if child.tag == "title"), None)
    if title is not None and walk.inline.text(title):
        walk.heading(element, title, number)
        children.remove(title)
        number = ""
    for child in children:
        if number and child.tag == "para":
            walk.running_text(child, partial(_numbered, walk, element, number))
            number = ""
        else:
            walk.visit(child)
    walk.numbers.pop()
    walk.level -= 1


def _numbered(walk: Walk, element: etree._Element, number: str, text: str) -> None:
    walk.flow.paragraph(walk.applies(element) + text, number)


def _alternatives(walk: Walk, element: etree._Element) -> None:
    """Alternatives for several products have one number."""
    kept = list(walk.numbers)
    for child in element:
        walk.numbers[:] = kept
        walk.visit(child)


def _message(kind: MessageKind, walk: Walk, element: etree._Element) -> None:
    if element.get("id") not in walk.messages.guarding:
        walk.messages.add(element, kind)


def _message_reference(kind: MessageKind, walk: Walk, element: etree._Element) -> None:
    """A message that another module keeps; shown where it is referred to, else here."""
    if element.get("id") not in walk.messages.guarding:
        walk.messages.add_reference(element, kind)


def _kept_message(kind: MessageKind, walk: Walk, element: etree._Element) -> None:
    """A message in a module that keeps messages for others, under its number."""
    ident = element.find(f"{kind}Ident")
    number = "" if ident is None else ident.get(f"{kind}IdentNumber", "")
    walk.level += 1
    if number:
        walk.heading(element, number)
    walk.messages.add(element, kind)
    walk.level -= 1


def _note(walk: Walk, element: etree._Element) -> None:
    text = "\n".join(filter(None, map(walk.inline.text, element)))
    walk.flow.paragraph(f"{walk.words['note']}: {walk.applies(element)}{text}")


def _figure(walk: Walk, element: etree._Element) -> None:
    walk.flow.figures += 1
    for child in element:
        if child.tag == "title":
            picture = next((g.get("infoEntityIdent", "") for g in element.iter("graphic")), "")
            name = f"{walk.inline.ordinal(element)} {walk.inline.text(child)}"
            walk.flow.caption(walk.applies(element) + name + (f" ({picture})" if picture else ""))
        elif child.tag in ("graphic", "multimediaObject"):
            _call_outs(walk, child)
        else:
            walk.visit(child)


def _call_outs(walk: Walk, graphic: etree._Element) -> None:
    labels = [
        " ".join(filter(None, (h.get("applicationStructureName"), h.get("hotspotTitle"))))
        for h in graphic.iter("hotspot")
    ]
    walk.flow.labels(labels)


def _table(walk: Walk, element: etree._Element) -> None:
    walk.flow.tables += 1
    title = element.find("title")
    if title is not None:
        walk.flow.caption(f"{walk.inline.ordinal(element)} {walk.inline.text(title)}")
    for child in element:
        if child.tag == "tgroup":
            _group(walk, child)
        elif child.tag != "title":
            walk.visit(child)


def _group(walk: Walk, group: etree._Element) -> None:
    table = lay_out(group, walk.inline.text)
    states = any(walk.applies(line.element) for line in table.rows)
    header = (*table.header, "Applies to") if states and any(table.header) else table.header
    for line in table.rows:
        for message in line.element.iter("warning", "caution"):
            walk.messages.add(message, "warning" if message.tag == "warning" else "caution")
        text = next((cell for cell in line.cells if cell), "")
        if line.spans_all and any(table.header):
            walk.flow.paragraph(walk.applies(line.element) + text)
            continue
        own = walk.applies(line.element).strip().removeprefix("[Applies to: ").removesuffix("]")
        walk.flow.row(header, (*line.cells, own) if states else line.cells)


def _nothing(walk: Walk, element: etree._Element) -> None:
    """What states nothing to a reader, or stands somewhere else."""


TEXT: dict[str, Handler] = {
    **dict.fromkeys(PARAGRAPHS, _paragraph),
    **dict.fromkeys(TITLES, _title),
    **dict.fromkeys(("randomList", "sequentialList", "definitionList"), _list),
    **dict.fromkeys(("attentionRandomList", "attentionSequentialList"), _list),
    "levelledPara": _levelled,
    "levelledParaAlts": _alternatives,
    "warning": partial(_message, "warning"),
    "caution": partial(_message, "caution"),
    "warningRef": partial(_message_reference, "warning"),
    "cautionRef": partial(_message_reference, "caution"),
    "warningSpec": partial(_kept_message, "warning"),
    "cautionSpec": partial(_kept_message, "caution"),
    "note": _note,
    "figure": _figure,
    "multimedia": _figure,
    "table": _table,
    "referencedApplicGroupRef": _nothing,
}
