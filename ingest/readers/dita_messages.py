"""Write the notes and hazard statements of a DITA topic; one that is kept elsewhere says where."""

from __future__ import annotations

from lxml import etree

from ingest.readers.dita_inline import Inline, kind_of
from ingest.readers.dita_marks import applies_to, signal_of
from ingest.readers.flow import Flow

MESSAGES = ("note", "hazardstatement")
"""Elements that may be safety messages."""

_NO_TEXT = "The topic gives no text for it."


class Messages:
    """The messages of one topic; ``elsewhere`` names those whose text another file keeps."""

    def __init__(self, flow: Flow, inline: Inline) -> None:
        self.elsewhere: dict[str, None] = {}
        self._flow = flow
        self._inline = inline

    def add_note(self, element: etree._Element) -> None:
        """Write a note, by its type a safety message."""
        text = self._inline.text(element)
        signal = signal_of(element)
        if place := place_elsewhere(element):
            # Its type may stand there, too: nobody may miss a warning.
            signal = signal if element.get("type") else "notice"
            pointer = self._point(place) if signal else f"See {place}."
            text = f"{text}\n{pointer}".strip()
        if signal:
            word = element.get("type", "note").upper()
            self._flow.safety(signal, word, applies_to(element) + (text or _NO_TEXT))
        elif text:
            kind = element.get("type", "note")
            kind = element.get("othertype", "note") if kind == "other" else kind
            self._flow.paragraph(f"{kind.capitalize()}: {applies_to(element)}{text}")

    def add_hazard(self, element: etree._Element) -> None:
        """Write a hazard statement as one message."""
        lines = [
            self._inline.text(part)
            for panel in element
            for part in (panel if kind_of(panel) == "messagepanel" else (panel,))
        ]
        if place := place_elsewhere(element):
            lines.append(self._point(place))
        signal = signal_of(element) or "caution"
        word = element.get("type", "") if signal_of(element) else ""
        text = "\n".join(filter(None, lines)) or _NO_TEXT
        self._flow.safety(signal, (word or signal).upper(), applies_to(element) + text)

    def _point(self, place: str) -> str:
        self.elsewhere[place] = None
        return f"The text of this message stands in {place}. Read it there before you go on."


def place_elsewhere(element: etree._Element) -> str:
    """Where the content of an element stands that it reuses from another file, else nothing."""
    return element.get("conref") or element.get("conkeyref") or ""
