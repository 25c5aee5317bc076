"""Write the warnings and cautions of an S1000D module where the work is that they guard.

A message may stand in the module, or in another one that keeps messages for many. That one's text
is not at hand, so the message says where it stands: nobody may miss that there is one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from lxml import etree

from ingest.readers.flow import Flow
from ingest.readers.s1000d_inline import Inline, identity

MessageKind = Literal["warning", "caution"]

WORDS: dict[str, dict[str, str]] = {
    "en": {"warning": "WARNING", "caution": "CAUTION", "note": "NOTE"},
    "de": {"warning": "WARNUNG", "caution": "VORSICHT", "note": "ANMERKUNG"},
    "fr": {"warning": "AVERTISSEMENT", "caution": "ATTENTION", "note": "NOTE"},
    "es": {"warning": "ADVERTENCIA", "caution": "PRECAUCIÓN", "note": "NOTA"},
    "zh": {"warning": "警告", "caution": "注意", "note": "注"},
}
"""What a publication prints above messages, by language."""

_KINDS: tuple[MessageKind, ...] = ("warning", "caution")


class Messages:
    """The safety messages of one module.

    ``elsewhere`` are the messages whose text is not in the module, each named once. ``guarding``
    are the ids of the messages that something refers to; they are shown there.
    """

    def __init__(
        self,
        root: etree._Element,
        flow: Flow,
        inline: Inline,
        words: dict[str, str],
        applies: Callable[[etree._Element], str],
    ) -> None:
        self.elsewhere: dict[str, None] = {}
        self.guarding: set[str] = set()
        self._flow = flow
        self._inline = inline
        self._words = words
        self._applies = applies
        self._written: set[etree._Element] = set()
        self._guarded: dict[etree._Element, list[etree._Element]] = {}
        for element in root.iter(etree.Element):
            identifiers = [name for kind in _KINDS for name in _references(element, kind)]
            if identifiers:
                self.guarding.update(identifiers)
                for holder in (element, *element.iterancestors(etree.Element)):
                    self._guarded.setdefault(holder, []).append(element)

    def add_referenced(self, element: etree._Element) -> None:
        """Write the messages that an element refers to, once."""
        if element in self._written:
            return
        self._written.add(element)
        for kind in _KINDS:
            for identifier in _references(element, kind):
                target = self._inline.target(identifier)
                if target is None:
                    self._point(kind, f"{kind} {identifier}", "")
                elif target.tag in ("warningRef", "cautionRef"):
                    self.add_reference(target, kind)
                else:
                    self.add(target, kind)

    def add_missed(self, element: etree._Element, start: int) -> None:
        """Write the messages of parts of an element that were taken as text.

        Args:
            element: what was written.
            start: the position of its first block; the messages go before it.
        """
        end = len(self._flow.blocks)
        for inner in self._guarded.get(element, ()):
            self.add_referenced(inner)
        missed = self._flow.blocks[end:]
        del self._flow.blocks[end:]
        self._flow.blocks[start:start] = missed

    def add(self, element: etree._Element, kind: MessageKind) -> None:
        """Write a message; one that is a sign alone is named by its picture."""
        lines = [self._inline.text(child) for child in element if child.tag != "symbol"]
        text = "\n".join(line for line in lines if line) or self._inline.text(element)
        if not text:
            signs = (sign.get("infoEntityIdent", "") for sign in element.iter("symbol"))
            named = ", ".join(filter(None, signs))
            text = f"See the sign {named}." if named else "The module gives no text for it."
        self._flow.safety(kind, self._words[kind], self._applies(element) + text)

    def add_reference(self, reference: etree._Element, kind: MessageKind) -> None:
        """Write that a message exists whose text another module keeps."""
        code = reference.find("dmRef")
        place = self._inline.reference(code) if code is not None else "another module"
        self._point(kind, identity(reference) or kind, place, self._applies(reference))

    def _point(self, kind: MessageKind, name: str, place: str, applies: str = "") -> None:
        if place:
            where = f"{name} in {place}"
            text = f"The text of {name} stands in {place}. Read it there before you go on."
        else:
            where = name
            text = f"The text of {name} is not in this module. Find it before you go on."
        self.elsewhere[where] = None
        self._inline.unresolved[where] = None
        self._flow.safety(kind, self._words[kind], applies + text)


def _references(element: etree._Element, kind: MessageKind) -> list[str]:
    return (element.get(f"{kind}Refs") or "").split()
