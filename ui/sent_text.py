"""Where the text of a question went, in words of the reader's language (pure)."""

from __future__ import annotations

from assistant.messages import Sent
from assistant.phrases import count, say
from assistant.phrases_labels import NOT_SENT, ON_THIS_MACHINE, SENT_TO


def place_of(sent: Sent, language: str) -> str:
    """Where the text went."""
    return say(SENT_TO, language, host=sent.host) if sent.host else say(ON_THIS_MACHINE, language)


def withheld_of(sent: Sent, language: str) -> str:
    """What was not sent; empty where nothing was withheld."""
    if not sent.withheld:
        return ""
    total = sent.passages + sent.withheld
    return count(NOT_SENT, language, sent.withheld, total=total, host=sent.withheld_from)
