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
# What is called after a signal word: "CAUTION Label", "WARNING LAMP H3", "WARNING Signs".
_NAMED = (
    "lamps?|lights?|labels?|signs?|signals?|symbols?|tags?|tapes?|plates?|decals?|stickers?|boards?|"
    "messages?|texts?|zones?|areas?|levels?|limits?|lists?|codes?|numbers?|no|nr|id|horns?|tones?|"
    "buzzers?|beacons?|triangles?|indicators?|leds?|systems?|thresholds?|words?|devices?|notices?|"
    "lampe\\w*|leuchte\\w*|schild\\w*|zeichen|aufkleber|hinweis\\w*|meldung\\w*|stufe\\w*|"
    "and|or|of|und|oder|et|ou|y|o|is|are|was|has|for|on|off"
)
_SPACE = "[ \t\u00a0\u3000]+"
# In capitals without a mark: a capitalised word must follow that is no part of a name. In Chinese,
# which has no spaces between words, the space is the mark.
_UNMARKED = (
    rf"{_SPACE}(?!(?i:{_NAMED})\b)"
    r"(?![\w-]*\d)(?=[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ]|[A-ZÀ-ÖØ-Þ]{2}|A\b)"
)
_UNMARKED_CHINESE = rf"{_SPACE}(?![灯信代列标级])(?=[\u4e00-\u9fff])"
_SPREAD = {
    signal: re.sub("([\u4e00-\u9fff])(?=[\u4e00-\u9fff])", rf"\1(?:{_SPACE})?", words)
    for signal, words in _WORDS.items()
}
_ALONE = {
    signal: re.compile(rf"[{_MARKS}]*(?:{words})[】\]]?[!！:：]?$", re.IGNORECASE)
    for signal, words in _SPREAD.items()
}
_LEADING = {
    signal: re.compile(
        rf"[{_MARKS}]*(?:(?:{words})(?:\s*[】\]!！:：–—-]+|\.(?=\s)|{_UNMARKED}|{_UNMARKED_CHINESE})"
        rf"|{_BARE.get(signal, '(?!)')})\s*(?=\S)"
    )
    for signal, words in _WORDS.items()
}
_LEADING_COLON = {
    signal: re.compile(rf"[{_MARKS}]*(?:{words})[】\]]?\s*[:：]\s*(?=\S)", re.IGNORECASE)
    for signal, words in _SPREAD.items()
}


def stands_alone(line: str) -> SignalWord | None:
    """The signal word that a line consists of, if it consists of one."""
    text = line.strip()
    for signal, pattern in _ALONE.items():
        if pattern.match(text):
            return signal
    return None


def leads(text: str) -> SignalWord | None:
    """The signal word that a text begins with as a message.

    That is before a colon, or in capitals before a mark or before the capital of a sentence, as
    in "WARNING Hot surface"; "CAUTION label missing" and "WARNING LAMP H3" are no messages.
    """
    stripped = text.strip()
    for patterns in (_LEADING, _LEADING_COLON):
        for signal, pattern in patterns.items():
            if pattern.match(stripped):
                return signal
    return None
