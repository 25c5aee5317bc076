"""What sort of answer a question wants (pure).

The intent only lifts chunks of a fitting form; it never excludes any.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from index.corpus import ChunkKind

Intent = Literal["procedure", "part", "value", "fault"]

_WORK = (
    r"swap|replac|remov|install|fit\b|adjust|align|calibrat|bleed|retension|tension|chang|"
    r"set(?:ting)?\b|top up|verify|check(?:ing)?\b|clean|mount|exchang|drain|refill|grease|"
    r"lubricat|clear (?:a|the)\b|fill\b|overhaul|renew"
)
_ORDER = r"replac|align|adjust|clean|exchang|calibrat|bleed|remov|install"  # after a report
_PART = re.compile(
    r"(?:order|part|item|spare|article|stock)[\s-]*(?:no\b|num|nr)|\bp/n\b|spare parts?\b|"
    r"备件|料号|零件号|订货号"
)
_VALUE = re.compile(
    r"how (?:much|many|tight|hot|heavy|often|long|high|big|far)\b|\btorque\b|"
    r"\b(?:what|which)(?:'s| is| are)?(?: the)? (?:\w+ ){0,3}(?:pressure|temperature|limit|gap|"
    r"clearance|interval|setting|value|voltage|current|rating|size|speed|weight|grade|oil|grease|"
    r"fuse|resistance|tolerance)\b|\b\w+ (?:value|rating|limit|interval)\b|多少|多大|扭矩|规格"
)
_PROCEDURE = re.compile(
    r"how (?:do|to|can|should) (?:i|we|you)\b|how to\b|\bsteps?\b|\bprocedure\b|"
    rf"\b(?:need|want|have|got|going|time|about) to (?:{_WORK})|^(?:please )?(?:{_WORK})|"
    rf"[,;.] (?:please )?(?:{_ORDER})|, how\??$|\b(?:oil|filter|belt|battery) change\b|"
    r"如何|怎么(?:更换|调整|拆|装)|步骤"
)
_FORMS: Mapping[Intent, ChunkKind] = {
    "part": "part",
    "procedure": "steps",
    "value": "table",
    "fault": "fault",
}
_DIMENSIONS = {
    "torque": r"\btorque|\btighten|how tight|扭矩",
    "pressure": r"pressure|how many bar|压力",
    "temperature": r"temperature|how hot|how warm|温度",
    "voltage": r"voltage|how many volts|电压",
    "current": r"\bcurrent\b|how many amps?|电流",
    "length": r"clearance|backlash|\bgap\b|\bplay\b|thickness|run-?out|间隙",
    "frequency": r"frequency|belt tension|how many hertz|\bhz\b|频率",
    "volume": r"how (?:much|many lit\w+) (?:of )?(?:oil|coolant)|how many lit|quantity of oil|油量",
    "mass": r"how heavy|\bweigh",
    "speed": r"\brpm\b|rotational speed|转速",
    "resistance": r"resistance|how many ohms?|电阻",
}


def intent_of(question: str) -> Intent:
    """Return what a question wants; what fits nothing else describes a fault."""
    lowered = question.casefold().strip()
    if _PART.search(lowered):
        return "part"
    if _PROCEDURE.search(lowered):
        return "procedure"
    return "value" if _VALUE.search(lowered) else "fault"


def fitting_kind(intent: Intent) -> ChunkKind:
    """The form of the chunks that answer such questions."""
    return _FORMS[intent]


def asked_dimensions(question: str) -> frozenset[str]:
    """The dimensions of which a question asks a value; empty where it asks for none.

    The names are those of :mod:`index.quantities`.
    """
    lowered = question.casefold()
    if not _VALUE.search(lowered):
        return frozenset()
    return frozenset(name for name, words in _DIMENSIONS.items() if re.search(words, lowered))
