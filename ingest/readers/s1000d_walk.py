"""Walk through an S1000D module in reading order; what has no handler of its own is not lost.

Containers are walked through, text becomes paragraphs, and data without running text becomes one
paragraph with names for its values.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from lxml import etree

from ingest.readers.flow import Flow
from ingest.readers.s1000d_address import applicability
from ingest.readers.s1000d_inline import INLINE, LIST_TAGS, Inline
from ingest.readers.s1000d_messages import WORDS, Messages
from ingest.readers.xml_tree import flat
from ingest.signal_words import stands_alone

PARAGRAPHS = frozenset(
    (
        "para simplePara notePara warningAndCautionPara attentionListItemPara paraBasic "
        "commonInfoDescrPara copyrightPara listItemDefinition listItemTerm challenge response"
    ).split()
)
"""Elements that hold running text."""

TITLES = ("title", "pmEntryTitle", "crewProcedureName", "sbTopicTitle", "tocTitle")
STANDING = frozenset(("figure", "table", "multimedia", "warning", "caution", "note"))
"""Elements that stand by themselves between lines of text."""

_TALKS = PARAGRAPHS | LIST_TAGS | STANDING | frozenset(TITLES) | {"levelledPara"}
_MOST_VALUES = 80  # of one record; more is walked through
_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_PREFIX = re.compile(r"^(?:lc|sb|descr|req) (?=\w)")
_STATED = re.compile(
    r"(?:Number|Value|Values|Ident|Name|Subject|Title|Variant|UnitOfMeasure|Allowed|Message|Code|"
    r"OfMeasure|Operation|Category|Type)$|^(?:from|to|item|specific)$"
)
_END = re.compile(r"(?:from|to)[A-Z]")  # of a wire: both ends hold values of the same names
_CODED = re.compile(r"^(?:dmCode|language|issueInfo|security|catalogSeqNumber\w*)$")

Handler = Callable[["Walk", etree._Element], None]


class Walk:
    """The state of reading one module."""

    def __init__(
        self, root: etree._Element, language: str, handlers: Mapping[str, Handler]
    ) -> None:
        self.flow = Flow(is_stated=True)
        self.inline = Inline(root)
        self.words = WORDS.get(language, WORDS["en"])
        self.messages = Messages(root, self.flow, self.inline, self.words, self.applies)
        self.steps = 0
        self.level = 1
        self.numbers: list[int] = []
        self._handlers = handlers
        self.applied = {
            element.get("applicRefId")
            for element in root.iter(etree.Element)
            if element.get("applicRefId")
        }
        self._applics = {
            applic.get("id"): applicability(applic)
            for applic in root.iter("applic")
            if applic.get("id")
        }
        self.parts_kept = {
            (ident.get("partNumberValue", ""), ident.get("manufacturerCodeValue", "")): described
            for spec in root.iter("partSpec")
            for ident in spec.iterfind("partIdent")
            for described in spec.iter("descrForPart")
        }

    def visit(self, element: etree._Element) -> None:
        """Write what an element holds, and the messages that guard it before it."""
        start = len(self.flow.blocks)
        self._write(element)
        self.messages.add_missed(element, start)

    def _write(self, element: etree._Element) -> None:
        handler = self._handlers.get(str(element.tag))
        if handler is not None:
            handler(self, element)
            return
        self.messages.add_referenced(element)
        if _is_text(element):
            self.running_text(element, self.flow.paragraph)
        elif self._is_record(element):
            self.flow.paragraph(self.applies(element) + self.record(element))
        else:
            self.container(element)

    def container(self, element: etree._Element) -> None:
        """Write the children of an element; its title is a heading above them."""
        children = list(element)
        if children and children[0].tag in TITLES and len(children) > 1:
            self.level += 1
            self.heading(element, children[0])
            for child in children[1:]:
                self.visit(child)
            self.level -= 1
        else:
            for child in children:
                self.visit(child)

    def heading(
        self, element: etree._Element, title: etree._Element | str, number: str = ""
    ) -> None:
        """Write a heading at the present level, with what it applies to behind it."""
        text = title if isinstance(title, str) else self.inline.text(title)
        if applies := self.applies(element).strip():
            text = f"{text} {applies}"
        if signal := stands_alone(text):
            self.flow.safety(signal, text, "")  # what follows is its message
        else:
            self.flow.heading(text, self.level, number)

    def running_text(self, element: etree._Element, write: Callable[[str], None]) -> None:
        """Write running text; a list, a figure or a message inside becomes blocks in its place."""
        applies = self.applies(element)
        for part in self.parts(element):
            if isinstance(part, str):
                write(applies + part)
                applies = ""
            else:
                self.visit(part)

    def parts(self, element: etree._Element) -> Iterator[str | etree._Element]:
        """Yield the lines of a text and the elements between them that stand by themselves."""
        line = flat(element.text)
        for child in element:
            tag = str(child.tag)
            if tag in INLINE or (tag not in _TALKS and tag not in self._handlers):
                line += "".join(self.inline.child(child))
            else:
                if line.strip():
                    yield line
                line = ""
                yield child
            line += flat(child.tail)
        if line.strip():
            yield line

    def applies(self, element: etree._Element) -> str:
        """What an element is stated to apply to, for the front of its text."""
        identifier = element.get("applicRefId", "")
        if not identifier:
            return ""
        words = self._applics.get(identifier)
        if words is None:
            self.inline.unresolved[identifier] = None
            words = f"see {identifier}"
        return f"[Applies to: {words}] "

    def applies_within(self, element: etree._Element, within: str) -> str:
        """The same, for an element inside a step: the nearest statement up to it counts."""
        for candidate in (element, *element.iterancestors(etree.Element)):
            if words := self.applies(candidate):
                return words
            if candidate.tag == within:
                break
        return ""

    def record(self, element: etree._Element, skip: frozenset[etree._Element] = frozenset()) -> str:
        """The values in an element with their names: "wire number: FL1AA; length: 1000"."""
        values = (
            f"{name}: {value}" if name else value for name, value in self.values(element, skip)
        )
        return "; ".join(values)

    def _is_record(self, element: etree._Element) -> bool:
        """Whether an element is data: no running text in it, small enough for one paragraph."""
        count = 0
        for count, inner in enumerate(element.iter(etree.Element)):
            if count > _MOST_VALUES or inner.tag in _TALKS or inner.tag in self._handlers:
                return False
            if inner.get("warningRefs") or inner.get("cautionRefs"):
                return False
        while len(element) == 1:
            element = element[0]
        kinds = [child.tag for child in element]
        is_group = len(kinds) > 1 and len(set(kinds)) == 1 and len(element[0]) > 0
        return not is_group

    def values(
        self, element: etree._Element, skip: frozenset[etree._Element]
    ) -> Iterator[tuple[str, str]]:
        """Yield name and value of each leaf of an element, in order."""
        if element in skip:
            return
        if element.tag in ("dmRef", "pmRef", "internalRef"):
            yield "", self.inline.reference(element)
            return
        if _END.match(str(element.tag)):
            yield "", _label(str(element.tag))
        if not _CODED.match(str(element.tag)):
            for name, value in element.attrib.items():
                if _STATED.search(str(name)) and "}" not in str(name) and not _is_unit(str(name)):
                    yield _label(str(name)), str(value)
        if element.tag in PARAGRAPHS or element.tag in LIST_TAGS or _is_text(element):
            if text := "".join(self.inline.child(element)).strip():
                yield ("" if element.tag in PARAGRAPHS else _label(str(element.tag))), text
            return
        for child in element:
            yield from self.values(child, skip)


def _is_unit(name: str) -> bool:
    return name.endswith(("nitOfMeasure", "RefTargetType"))


def _label(name: str) -> str:
    words = _WORD_START.sub(" ", name).lower()
    return _PREFIX.sub("", words)


def _is_text(element: etree._Element) -> bool:
    """Whether an element holds text itself, beside or in inline elements."""
    if (element.text or "").strip() or any((child.tail or "").strip() for child in element):
        return True
    return len(element) > 0 and all(child.tag in INLINE for child in element)
