"""Handlers for S1000D fault reporting, fault isolation and illustrated parts data."""

from __future__ import annotations

from lxml import etree

from ingest.readers.s1000d_walk import Handler, Walk

_FAULT = ("Fault code", "Fault description", "Cause", "Remedy", "Remarks")
_PART = ("Item", "Part number", "Description", "Quantity", "Manufacturer", "Remarks")
_REMEDIES = ("repair", "faultIsolationTest", "correctiveAction")


def _fault(walk: Walk, element: etree._Element) -> None:
    """A reported fault: one row for each code, with what may be at fault and what to do."""
    causes = [e for e in element.iter("lru", "sru") if e.find("name") is not None]
    remedies = list(element.iter(*_REMEDIES))
    names = list(element.iter("faultDescr"))
    coded = [e for e in element.iter(etree.Element) if e.get("faultCode")]
    known = frozenset((*causes, *remedies, *names, *element.iter("fault")))
    cause = "; ".join(dict.fromkeys(_unit_name(walk, unit) for unit in causes))
    remedy = "; ".join(walk.record(e) for e in remedies if not _inside(e, remedies))
    rest = "; ".join(filter(None, (walk.record(e, known) for e in element)))
    for fault in coded or [element]:
        own = fault.find("faultDescr")
        if own is None and fault.getparent() is not None:
            own = fault.getparent().find("faultDescr")
        described = walk.inline.text(own) if own is not None else ""
        if not coded:
            described = "; ".join(map(walk.inline.text, names))
        code = fault.get("faultCode", "")
        cells = (code, walk.applies(element) + described, cause, remedy, rest)
        walk.flow.row(_FAULT, cells)


def _description(walk: Walk, element: etree._Element) -> None:
    walk.flow.paragraph(walk.applies(element) + walk.inline.text(element))


def _inside(element: etree._Element, others: list[etree._Element]) -> bool:
    return any(ancestor in others for ancestor in element.iterancestors())


def _unit_name(walk: Walk, unit: etree._Element) -> str:
    """A replaceable unit: name, part number and manufacturer."""
    name = unit.find("name")
    number = unit.find(".//partNumber")
    maker = unit.find(".//manufacturerCode")
    known = frozenset(e for e in (name, number, maker) if e is not None)
    texts = [walk.inline.text(e) for e in (number, maker) if e is not None]
    rest = walk.record(unit, known)
    inner = ", ".join(filter(None, (*texts, rest)))
    head = walk.inline.text(name) if name is not None else ""
    return f"{head} ({inner})" if inner else head


def _isolation(walk: Walk, element: etree._Element) -> None:
    """A fault isolation procedure under the code of its fault."""
    codes = [e.get("faultCode") for e in element.iterfind(".//fault") if e.get("faultCode")]
    walk.level += 1
    walk.heading(element, f"Fault code {', '.join(codes)}" if codes else "Fault isolation")
    for child in element:
        if child.tag != "fault" or walk.inline.text(child):
            walk.visit(child)
    walk.level -= 1


def _main(walk: Walk, element: etree._Element) -> None:
    """Number the steps first: an answer may lead forward."""
    steps = element.iter("isolationStep", "isolationProcedureEnd")
    for number, step in enumerate(steps, 1):
        walk.inline.place(step, f"step {number}")
    for child in element:
        walk.visit(child)


def _isolation_step(walk: Walk, element: etree._Element) -> None:
    walk.messages.add_referenced(element)
    number = walk.inline.ordinal(element).removeprefix("step ")
    lines: list[str] = []
    after: list[etree._Element] = []
    for child in element:
        tag = str(child.tag)
        if tag == "isolationStepAnswer":
            lines += _answers(walk, child)
        elif tag in ("action", "isolationStepQuestion", "title", "para"):
            lines.append(walk.inline.text(child))
        elif tag in ("isolationStep", "isolationProcedureEnd") or lines:
            after.append(child)
        else:
            walk.visit(child)
    if element.tag == "isolationProcedureEnd":
        lines.append("End of the fault isolation.")
    applies = walk.applies_within(element, "isolationMainProcedure")
    walk.flow.step(applies + "\n".join(filter(None, lines)), f"{number}." if number else "")
    walk.steps += 1
    for child in after:
        walk.visit(child)


def _answers(walk: Walk, answer: etree._Element) -> list[str]:
    lines: list[str] = []
    for choice in answer.iter(etree.Element):
        if choice.tag == "yesAnswer":
            lines.append(_leads(walk, choice, "Yes"))
        elif choice.tag == "noAnswer":
            lines.append(_leads(walk, choice, "No"))
        elif choice.tag == "choice":
            lines.append(_leads(walk, choice, "If the answer is"))
    return lines or [walk.inline.text(answer)]


def _leads(walk: Walk, choice: etree._Element, word: str) -> str:
    """Where an answer leads, such as "Yes: go to step 5."."""
    text = walk.inline.text(choice)
    answer = f'{word} "{text}"' if choice.tag == "choice" else f"{word} {text}".strip()
    identifier = choice.get("nextActionRefId", "")
    target = walk.inline.target(identifier)
    place = walk.inline.ordinal(target) if target is not None else ""
    if not place and identifier:
        walk.inline.unresolved[identifier] = None
        place = f'"{identifier}", which is not in this module'
    return f"{answer}: go to {place}." if place else f"{answer}."


def _catalog_item(walk: Walk, element: etree._Element) -> None:
    """A place in an illustrated parts list: one row for each part that fits there."""
    figure = f"{element.get('figureNumber', '')}{element.get('figureNumberVariant', '')}"
    item = f"{element.get('item', '')}{element.get('itemVariant', '')}"
    place = " item ".join(filter(None, (f"Fig. {figure}" if figure else "", item)))
    place = place or element.get("catalogSeqNumberValue", "")
    variants = list(element.iter("itemSeqNumber")) or list(element.iter("itemSequenceNumber"))
    for variant in variants or [element]:
        walk.flow.row(_PART, (place, *_part_cells(walk, variant)))
    for child in element:
        if child not in variants and variants:
            walk.visit(child)


def _part_cells(walk: Walk, item: etree._Element) -> tuple[str, ...]:
    reference = next(item.iter("partRef"), None)
    number = next(item.iter("partNumber"), None)
    maker = next(item.iter("manufacturerCode"), None)
    quantity = next(item.iter("quantityPerNextHigherAssy"), None)
    described = next(item.iter("descrForPart"), None)
    known = frozenset(e for e in (reference, number, maker, quantity, described) if e is not None)
    part = company = ""
    if reference is not None:
        part = reference.get("partNumberValue", "")
        company = reference.get("manufacturerCodeValue", "")
        if described is None:
            described = _kept_description(walk, part, company)
    part = part or (walk.inline.text(number) if number is not None else "")
    company = company or (walk.inline.text(maker) if maker is not None else "")
    rest = walk.applies(item) + walk.record(item, known)
    texts = ("" if e is None else walk.inline.text(e) for e in (described, quantity))
    return (part, *texts, company, rest)


def _kept_description(walk: Walk, part: str, company: str) -> etree._Element | None:
    """The description of a part in a list of parts of the same module."""
    return walk.parts_kept.get((part, company))


def _part(walk: Walk, element: etree._Element) -> None:
    """A part in a module that keeps parts for others."""
    ident = element.find("partIdent")
    described = next(element.iter("descrForPart"), None)
    known = frozenset(e for e in (ident, described) if e is not None)
    number = "" if ident is None else ident.get("partNumberValue", "")
    company = "" if ident is None else ident.get("manufacturerCodeValue", "")
    text = "" if described is None else walk.inline.text(described)
    rest = walk.applies(element) + walk.record(element, known)
    walk.flow.row(_PART, ("", number, text, "", company, rest))


_FAULTS = ("observedFault", "isolatedFault", "detectedFault", "correlatedFault")

FAULTS: dict[str, Handler] = {
    **dict.fromkeys(_FAULTS, _fault),
    "faultDescr": _description,
    "faultIsolationProcedure": _isolation,
    "isolationMainProcedure": _main,
    **dict.fromkeys(("isolationStep", "isolationProcedureEnd"), _isolation_step),
    "catalogSeqNumber": _catalog_item,
    "partSpec": _part,
}
