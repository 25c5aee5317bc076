"""What the attributes of DITA elements say: signal, products, letters of substeps (pure)."""

from __future__ import annotations

from lxml import etree

from index.corpus import SignalWord
from ingest.readers.dita_inline import kind_of

_SIGNALS: dict[str, SignalWord] = {
    "danger": "danger",
    "warning": "warning",
    "caution": "caution",
    "attention": "caution",
    "notice": "notice",
}


def signal_of(message: etree._Element) -> SignalWord | None:
    """The signal of a note or a hazard statement, None for a note that is no safety message."""
    is_hazard = kind_of(message) == "hazardstatement"
    return _SIGNALS.get(message.get("type", "caution" if is_hazard else "note"))


def letter_of(position: int) -> str:
    """The letter of a substep; beyond z, its number."""
    return chr(ord("a") + position) if position < 26 else str(position + 1)


def applies_to(element: etree._Element, before: str = "") -> str:
    """The products that an element is for, as the topic states them."""
    products = " ".join((element.get("product") or "").replace("(", " ").replace(")", " ").split())
    if not products:
        return ""
    words = products.replace(" ", ", ")
    return f"{before}[Applies to: {words}]{'' if before else ' '}"
