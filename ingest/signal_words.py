"""Signal words of safety messages in the languages that manuals come in (pure).

Levels follow ANSI Z535.6: danger, warning and caution concern people, notice concerns property.
"""

from __future__ import annotations

import re

from index.corpus import SignalWord

_WORDS: dict[SignalWord, str] = {
    "danger": "DANGER|GEFAHR|PELIGRO|危险",
    "warning": "WARNING|WARNUNG|AVERTISSEMENT|ADVERTENCIA|警告",
    "caution": "CAUTION|VORSICHT|PRÉCAUTION|PRECAUCIÓN|ATENCIÓN|ATTENTION|注意|小心",
    "notice": "NOTICE|IMPORTANT|HINWEIS|ACHTUNG|AVIS|AVISO|提示|须知",
}
# Chinese has no capitals; the word after which no mark is needed must not name a lamp or a list.
_BARE: dict[SignalWord, str] = {"danger": "危险", "warning": "警告(?![灯信代列标级])"}
_MARKS = "⚠▲△!\u26a1\ufe0f\u00a0\u3000【\\[ "
_ALONE = {
    signal: re.compile(rf"[{_MARKS}]*(?:{words})[】\]]?[!！:：]?$", re.IGNORECASE)
    for signal, words in _WORDS.items()
}
_LEADING = {
    signal: re.compile(
        rf"[{_MARKS}]*(?:(?:{words})\s*[】\]!！:：–—-]+|{_BARE.get(signal, '(?!)')})\s*(?=\S)"
    )
    for signal, words in _WORDS.items()
}
_LEADING_COLON = {
    signal: re.compile(rf"[{_MARKS}]*(?:{words})[】\]]?\s*[:：]\s*(?=\S)", re.IGNORECASE)
    for signal, words in _WORDS.items()
}


def stands_alone(line: str) -> SignalWord | None:
    """The signal word that a line consists of, if it consists of one."""
    text = line.strip()
    for signal, pattern in _ALONE.items():
        if pattern.match(text):
            return signal
    return None


def leads(text: str) -> SignalWord | None:
    """The signal word that a text begins with: in capitals with a mark, or before a colon."""
    stripped = text.strip()
    for patterns in (_LEADING, _LEADING_COLON):
        for signal, pattern in patterns.items():
            if pattern.match(stripped):
                return signal
    return None
