"""Turn the inline content of S1000D into text, with its references in words."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from ingest.readers.flow import tidy
from ingest.readers.s1000d_address import list_code, module_code
from ingest.readers.xml_tree import flat

INLINE = frozenset(
    (
        "acronym acronymDefinition acronymTerm accessPointRef captionGroup caption changeInline "
        "circuitBreakerRef controlIndicatorRef dmRef emphasis externalPubRef footnote footnoteRef "
        "functionalItemRef indexFlag inlineSignificantData internalRef partRef pmRef "
        "quantity quantityGroup quantityTolerance quantityValue subScript superScript "
        "supplyRef symbol toolRef verbatimText zoneRef variableRef catalogSeqNumberRef "
        "functionalPhysicalAreaRef messageRef"
    ).split()
)
"""Elements that stand inside a line of text."""

LISTS = frozenset(("randomList", "sequentialList", "definitionList", "attentionRandomList"))
SEQUENTIAL = ("sequentialList", "attentionSequentialList")
LIST_TAGS = LISTS | {"attentionSequentialList"}

_BESIDE = INLINE | {"thresholdValue", "reqQuantity"}
_RAISED = str.maketrans("0123456789+-n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ")
_TOLERANCES = {"plus": "+", "minus": "-", "plusorminus": "±"}
# The attribute that identifies what an element refers to, where it has no text of its own.
_IDENTIFYING = (
    *("functionalItemNumber", "toolNumber", "supplyNumber", "partNumberValue", "zoneNumber"),
    *("controlIndicatorNumber", "circuitBreakerNumber", "accessPointNumber", "materialSetIdent"),
    *("contactIdent", "variableName", "enterpriseCode", "warningIdentNumber"),
    *("cautionIdentNumber", "itemSeqNumberValue", "applicIdentValue", "harnessIdentValue"),
)
_NAMES = ("title", "name", "shortName", "descr", "itemDescr", "listItemTerm", "itemIdentData")


class Inline:
    """Text of the elements of one module.

    ``unresolved`` collects the references whose target is not in the module.
    """

    def __init__(self, root: etree._Element) -> None:
        self.unresolved: dict[str, None] = {}
        self._targets = {
            element.get("id"): element for element in root.iter(etree.Element) if element.get("id")
        }
        self._titles: dict[str, str] = {}
        for reference in root.iter("dmRef"):
            code = reference.find("dmRefIdent/dmCode")
            title = reference.find("dmRefAddressItems/dmTitle")
            if code is not None and title is not None and (text := _names(title)):
                self._titles.setdefault(module_code(code), text)
        self._ordinals: dict[etree._Element, str] = {}
        for word, tag in (("Fig.", "figure"), ("Table", "table"), ("Media", "multimedia")):
            for number, element in enumerate(root.iter(tag), 1):
                self._ordinals[element] = f"{word} {number}"

    def text(self, element: etree._Element) -> str:
        """The text of an element with all that stands in it; items of lists stand on lines."""
        return tidy("".join(self._pieces(element)))

    def place(self, element: etree._Element, number: str) -> None:
        """Remember what a step or paragraph is called, for references to it."""
        self._ordinals[element] = number

    def ordinal(self, element: etree._Element) -> str:
        """What a figure, a table, a step or a paragraph is called, such as "Fig. 2"."""
        return self._ordinals.get(element, "")

    def target(self, identifier: str) -> etree._Element | None:
        """The element of the module with an id."""
        return self._targets.get(identifier)

    def reference(self, reference: etree._Element) -> str:
        """The words for a reference to a module, a publication or a place in this module."""
        tag = str(reference.tag)
        if tag == "internalRef":
            return self._internal(reference)
        code = reference.find("dmRefIdent/dmCode" if tag == "dmRef" else "pmRefIdent/pmCode")
        if code is None:
            return " ".join(" ".join(reference.itertext()).split())
        if tag == "pmRef":
            title = reference.find("pmRefAddressItems")
            number, words = list_code(code), "" if title is None else self.text(title)
        else:
            number = module_code(code)
            own = reference.find("dmRefAddressItems/dmTitle")
            words = (_names(own) if own is not None else "") or self._titles.get(number, "")
        return f"{number} ({words})" if words else number

    def _pieces(self, element: etree._Element) -> Iterator[str]:
        yield flat(element.text)
        for child in element:
            yield from self.child(child)
            yield flat(child.tail)

    def child(self, child: etree._Element) -> Iterator[str]:
        """Yield the text of an element inside another, without what follows it."""
        tag = str(child.tag)
        if tag in ("dmRef", "pmRef", "internalRef"):
            yield self._introduce(child) + self.reference(child)
        elif tag in LIST_TAGS:
            yield from self._list(child)
        elif tag == "superScript":
            text = "".join(self._pieces(child))
            raised = text.translate(_RAISED)
            yield raised if not any(c in "0123456789+-" for c in raised) else f"^{text}"
        elif tag == "quantityTolerance":
            sign = _TOLERANCES.get(child.get("quantityToleranceType", "plusorminus"), "±")
            yield f" {sign} {''.join(self._pieces(child)).strip()}{_unit(child)}"
        elif tag == "footnote":
            yield f" ({self.text(child)}) "
        elif tag == "acronymDefinition":
            yield f" ({self.text(child)})"
        elif tag in _BESIDE:
            text = "".join(self._pieces(child))
            yield (text if text.strip() else identity(child)) + _unit(child)
        else:
            yield " "
            yield from self._pieces(child)
            yield _unit(child) + " "

    def _list(self, element: etree._Element) -> Iterator[str]:
        number = 0
        for item in element:
            tag = str(item.tag)
            if tag == "definitionListItem":
                yield f"\n• {': '.join(filter(None, map(self.text, item)))}\n"
            elif tag in ("listItem", "attentionListItem") or tag.endswith("ListItem"):
                number += 1
                mark = f"{number})" if element.tag in SEQUENTIAL else "•"
                yield f"\n{mark} {self.text(item)}\n"
            else:
                yield f"\n{self.text(item)}\n"

    def _introduce(self, reference: etree._Element) -> str:
        """The word "see" where a reference to another module begins a sentence or stands alone."""
        if reference.tag == "internalRef":
            return ""
        before = reference.getprevious()
        parent = reference.getparent()
        lead = before.tail if before is not None else parent.text if parent is not None else ""
        lead = (lead or "").strip()
        return "see " if not lead or lead[-1] in ".:;(" else ""

    def _internal(self, reference: etree._Element) -> str:
        if text := " ".join(" ".join(reference.itertext()).split()):
            return text
        identifier = str(reference.get("internalRefId", ""))
        target = self._targets.get(identifier)
        if target is None:
            self.unresolved[identifier] = None
            return identifier
        if target in self._ordinals:
            return str(self._ordinals[target])
        if target.tag == "hotspot":
            figure = next(target.iterancestors("figure"), None)
            item = target.get("applicationStructureName", "")
            title = target.get("hotspotTitle", "")
            place = self._ordinals.get(figure, "") if figure is not None else ""
            call_out = " ".join(filter(None, (place, f"item {item}" if item else "")))
            return f"{call_out} ({title})" if call_out and title else call_out or title
        for name in _NAMES:
            found = target.find(name)
            if found is not None and (text := self.text(found)):
                number = _part_number(target)
                return f"{text} ({number})" if number else text
        if target.get("year"):
            return "-".join(target.get(part, "") for part in ("year", "month", "day"))
        return identity(target) or self.text(target)[:80] or str(identifier)


def identity(element: etree._Element) -> str:
    """What an element without text stands for, by its identifying attribute or that of a child."""
    for candidate in element.iter(etree.Element):
        for name in _IDENTIFYING:
            if value := candidate.get(name):
                word = "zone " if name == "zoneNumber" else ""
                return f"{word}{value}"
    code = element.find(".//dmCode")
    return module_code(code) if code is not None else ""


def _part_number(target: etree._Element) -> str:
    """The number of a tool, supply or spare: two in one list may have the same name."""
    number = target.find("identNumber//partNumber")
    if number is not None:
        return " ".join("".join(number.itertext()).split())
    reference = next((child for child in target if child.tag in ("toolRef", "supplyRef")), None)
    return "" if reference is None else identity(reference)


def _unit(element: etree._Element) -> str:
    """The unit of a quantity, with a space before it."""
    for name in ("unitOfMeasure", "quantityUnitOfMeasure"):
        if unit := element.get(name):
            return f" {unit}"
    return ""


def _names(title: etree._Element) -> str:
    words = (" ".join(" ".join(name.itertext()).split()) for name in title)
    return " - ".join(filter(None, words))
