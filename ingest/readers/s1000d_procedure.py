"""Handlers for S1000D procedures: requirements, steps, closing requirements, checklists."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from ingest.readers.s1000d_inline import LIST_TAGS
from ingest.readers.s1000d_walk import PARAGRAPHS, STANDING, Handler, Walk

_PERSON = ("Person", "Category", "Trade", "Skill level", "Time", "Remarks")
_ITEM = ("Part number", "Manufacturer", "Quantity", "Remarks")
_GROUPS = {
    "supportEquipDescr": ("Support equipment", "Equipment name"),
    "supplyDescr": ("Supplies", "Supply name"),
    "spareDescr": ("Spares", "Spare name"),
}
_STEP_TEXT = PARAGRAPHS | LIST_TAGS | {"title", "challengeAndResponse", "crewProcedureName"}
_STEPS = ("proceduralStep", "crewDrillStep")
_ALTERNATIVES = ("proceduralStepAlts", "crewDrillStepAlts")


def _main(walk: Walk, element: etree._Element) -> None:
    kept, walk.numbers = walk.numbers, [0]
    walk.level += 1
    walk.heading(element, "Procedure")
    for child in element:
        walk.visit(child)
    walk.level -= 1
    walk.numbers = kept


def _closing(walk: Walk, element: etree._Element) -> None:
    if not any(walk.inline.text(child) for child in element):
        return
    walk.level += 1
    walk.heading(element, "Requirements after job completion")
    for child in element:
        walk.visit(child)
    walk.level -= 1


def _step(walk: Walk, element: etree._Element) -> None:
    """A step: its own paragraphs and lists are one block, what stands between them its own."""
    _number_step(walk, element)
    walk.messages.add_referenced(element)
    number = ".".join(map(str, walk.numbers))
    mark = f"{number}." if len(walk.numbers) == 1 else number
    applies = walk.applies_within(element, "mainProcedure")
    lines: list[str] = []
    written = False

    def flush() -> None:
        nonlocal written
        text = "\n".join(lines).strip()
        lines.clear()
        if not text:
            return
        if written:
            walk.flow.paragraph(text)
        else:
            walk.flow.step(applies + text, mark)
            walk.steps += 1
        written = True

    walk.numbers.append(0)
    needs_text = not any(child.tag in _STEP_TEXT for child in element)
    for child in element:
        tag = str(child.tag)
        if tag in _STEP_TEXT:
            for part in _step_parts(walk, child):
                if isinstance(part, str):
                    lines.append(part)
                else:
                    flush()
                    walk.visit(part)
        elif tag == "note" and needs_text and not written:
            lines.append(f"{walk.words['note']}: {walk.inline.text(child)}")
        else:
            flush()
            walk.visit(child)
    flush()
    walk.numbers.pop()


def _number_step(walk: Walk, element: etree._Element) -> None:
    if not walk.numbers:
        walk.numbers.append(0)
    walk.numbers[-1] += 1
    walk.inline.place(element, f"step {'.'.join(map(str, walk.numbers))}")


def _step_parts(walk: Walk, child: etree._Element) -> Iterator[str | etree._Element]:
    """Yield the lines of a step's text and the tables and figures between them."""
    if child.tag in LIST_TAGS:
        yield _list_text(walk, child)
    elif any(inner.tag in STANDING for inner in child.iter(etree.Element)):
        for part in walk.parts(child):
            if isinstance(part, str) or part.tag in STANDING:
                yield part
            else:
                yield from _step_parts(walk, part)
    elif child.tag == "challengeAndResponse":
        yield ": ".join(filter(None, map(walk.inline.text, child)))
    else:
        yield walk.inline.text(child)


def _list_text(walk: Walk, element: etree._Element) -> str:
    return "".join(walk.inline.child(element)).strip()


def _alternatives(walk: Walk, element: etree._Element) -> None:
    """Alternative steps for several products have one number."""
    if not walk.numbers:
        walk.numbers.append(0)
    start = walk.numbers[-1]
    for child in element:
        if child.tag in _STEPS:
            walk.numbers[-1] = start
        walk.visit(child)


def _drill(walk: Walk, element: etree._Element) -> None:
    kept, walk.numbers = walk.numbers, [0]
    walk.messages.add_referenced(element)
    walk.container(element)
    walk.numbers = kept


def _case(walk: Walk, element: etree._Element) -> None:
    """A branch of a checklist: its condition stands above its steps."""
    word = {"if": "If", "elseIf": "Else, if"}.get(str(element.tag), "Case")
    for child in element:
        if child.tag == "caseCond":
            walk.flow.paragraph(f"{word}: {walk.inline.text(child)}")
        else:
            walk.visit(child)


def _conditions(walk: Walk, element: etree._Element) -> None:
    lines = [child for child in element if child.tag != "noConds"]
    if lines and element.getparent().tag != "closeRqmts":
        walk.flow.caption("Required conditions")
    for child in lines:
        walk.flow.item(walk.applies(child) + walk.inline.text(child))


def _persons(walk: Walk, element: etree._Element) -> None:
    for person in element:
        category = person.find("personCategory")
        found = {name: person.find(name) for name in ("trade", "personSkill", "estimatedTime")}
        known = frozenset(e for e in (category, *found.values()) if e is not None)
        skill = found["personSkill"]
        rest = walk.record(person, known).removeprefix(f"man: {person.get('man')}").strip("; ")
        cells = (
            person.get("man", "") or walk.inline.text(person) * (not known),
            "" if category is None else category.get("personCategoryCode", ""),
            "" if found["trade"] is None else walk.inline.text(found["trade"]),
            "" if skill is None else skill.get("skillLevelCode", ""),
            _quantity(walk, found["estimatedTime"]),
            rest if known else "",
        )
        walk.flow.row(_PERSON, cells)


def _items(walk: Walk, element: etree._Element) -> None:
    """Support equipment, supplies or spares as a table; each item names its part number."""
    titled = False
    for child in (child for group in element for child in (group if len(group) else (group,))):
        kind = str(child.tag)
        if kind in _GROUPS:
            title, column = _GROUPS[kind]
            if not titled:
                walk.flow.caption(title)
            titled = True
            inner = f"embedded{kind[0].upper()}{kind[1:]}"
            for item in child.iter(kind, inner):
                walk.flow.row((column, *_ITEM), _item_cells(walk, item))
        else:
            walk.visit(child)


def _item_cells(walk: Walk, item: etree._Element) -> tuple[str, ...]:
    name = item.find("name")
    number = _first(item, "identNumber/partAndSerialNumber/partNumber", "identNumber//partNumber")
    maker = _first(item, "identNumber/manufacturerCode")
    quantity = item.find("reqQuantity")
    ref = next((e for e in item if e.tag in ("toolRef", "supplyRef", "partRef")), None)
    inner = [e for e in item.iter(etree.Element) if str(e.tag).startswith("embedded")]
    known = {e for e in (name, number, maker, quantity, ref, *inner) if e is not None}
    part, company = _text(walk, number), _text(walk, maker)
    if ref is not None:
        part = part or ref.get("toolNumber") or ref.get("partNumberValue") or ""
        part = part or ref.get("supplyNumber", "")
        company = company or ref.get("manufacturerCodeValue", "")
        if name is None and (text := walk.inline.text(ref)):
            part = f"{part} {text}".strip()
    rest = "; ".join(
        filter(None, (walk.record(child, frozenset(known)) for child in item if child not in known))
    )
    remarks = f"{walk.applies(item)}{rest}"
    return (_text(walk, name), part, company, _quantity(walk, quantity), remarks)


def _first(element: etree._Element, *paths: str) -> etree._Element | None:
    return next((found for path in paths if (found := element.find(path)) is not None), None)


def _text(walk: Walk, element: etree._Element | None) -> str:
    return "" if element is None else walk.inline.text(element)


def _quantity(walk: Walk, element: etree._Element | None) -> str:
    return "" if element is None else "".join(walk.inline.child(element)).strip()


PROCEDURE: dict[str, Handler] = {
    "mainProcedure": _main,
    "closeRqmts": _closing,
    **dict.fromkeys(_STEPS, _step),
    **dict.fromkeys(_ALTERNATIVES, _alternatives),
    **dict.fromkeys(("crewDrill", "subCrewDrill"), _drill),
    **dict.fromkeys(("if", "elseIf", "case"), _case),
    "reqCondGroup": _conditions,
    "reqPersons": _persons,
    **dict.fromkeys(("reqSupportEquips", "reqSupplies", "reqSpares"), _items),
}
