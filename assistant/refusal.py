"""Recognise requests to defeat a guard or an interlock (pure).

Such a request is refused with the manual's own words about the guard, whatever a language model
would say.
"""

from __future__ import annotations

import re

_DEFEAT = (
    r"bypass|defeat|override|bridg|jumper|jump out|short(?:-circuit)?(?: out)?|disabl|deactivat|"
    r"cheat|trick|fool|tape (?:over|down|up)|block(?:ing)? (?:the )?(?:switch|key)|switch off|"
    r"turn off|remove|take off|mute|work ?around|without|skip|umgehen|überbrück|ausser kraft|"
    r"短接|屏蔽|跨过|绕过|拆除|取消"
)
_GUARD = (
    r"guard(?:s|ing)?\b|interlock|light curtain|safety (?:switch|door|relay|gate|device|circuit|"
    r"controller|mat|valve)|door switch|e-?stop|emergency stop|two-hand|enabling (?:switch|device)|"
    r"lock ?out|loto\b|schutzeinrichtung|lichtvorhang|schutztür|联锁|光幕|安全门|防护|急停|上锁"
)
_REQUEST = re.compile(rf"\b(?:{_DEFEAT})\w*\b.{{0,40}}?(?:{_GUARD})", re.IGNORECASE)
_CHINESE = re.compile(rf"(?:短接|屏蔽|跨过|绕过|拆除|取消).{{0,12}}(?:{_GUARD})")
_FAULT_WORDS = re.compile(
    r"\b(?:alarm|error|code|fault|shows|tripp|why|reset|cannot|won't|will not|does not|stuck)\w*",
    re.IGNORECASE,
)
_STRONG = re.compile(
    r"\b(?:bypass|defeat|overrid|bridg|jumper|cheat|trick|fool|disabl|deactivat|work ?around)\w*\b"
    r"|短接|屏蔽|绕过",
    re.IGNORECASE,
)


def asks_to_defeat_guard(question: str) -> bool:
    """Tell whether a question asks how to work with a guard or interlock out of action.

    A report that a guard was bypassed, or a fault of a guard, is not such a request.
    """
    match = _REQUEST.search(question) or _CHINESE.search(question)
    if match is None:
        return False
    if _STRONG.search(match[0]):
        return not re.search(r"\b(?:was|were|is|been) (?:\w+ )?\w*(?:bypass|bridg)", question, re.I)
    return not _FAULT_WORDS.search(question) and bool(
        re.search(r"\b(?:how|can i|could i|may i|run|work|operate|want|need)\b", question, re.I)
    )
