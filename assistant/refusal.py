"""Recognise requests to defeat a guard or an interlock (pure).

Such a request is refused with the manual's own words about the guard, whatever a language model
would say.
"""

from __future__ import annotations

import re

_STRONG = (
    r"bypass|defeat|overrid|bridg|jumper|cheat|trick|fool|disabl|deactivat|work ?around|"
    r"circumvent|umgeh|überbrück"
)
_WEAK = (
    r"jump out|short(?:-circuit)?(?: out)?|tape (?:over|down|up)|"
    r"block(?:ing)? (?:the )?(?:switch|key)|switch off|turn off|remov|take off|mute|skip|"
    r"ausser kraft"
)
_GUARD = (
    r"guard(?:s|ing)?\b|interlock|light curtain|safety (?:switch|door|relay|gate|device|circuit|"
    r"controller|mat|valve)|door switch|e-?stop|emergency stop|two-hand|enabling (?:switch|device)|"
    r"lock ?out|loto\b|schutzeinrichtung|lichtvorhang|schutztür"
)
_REQUEST = re.compile(
    rf"\b(?:{_STRONG}|{_WEAK})\w*\b.{{0,40}}?(?:{_GUARD})"
    rf"|(?:{_GUARD}).{{0,20}}?\b(?:be|get) (?:\w+ )?(?:{_STRONG})\w*"
    # "without removing the guard" asks for the opposite.
    rf"|\bwithout (?:(?:the|a|an|any|my|using|closing|doing|having) )*(?:\w+ )?"
    rf"(?:{_GUARD}|locking\b.{{0,20}}?\bout\b)"
    rf"|\bwith (?:(?:the|a|an|its) )?(?:\w+ )?(?:{_GUARD}) (?:\w+ )?(?:open|off|removed|out)\b",
    re.IGNORECASE,
)
_STRONG_WORD = re.compile(rf"\b(?:{_STRONG})\w*", re.IGNORECASE)
_FAULT_WORDS = re.compile(
    r"\b(?:alarm|error|code|fault|shows|tripp|why|reset|cannot|won't|will not|does not|stuck)\w*",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"\b(?:how|can i|could i|may i|run|work|operate|want|need|wie|kann ich|darf ich)\b",
    re.IGNORECASE,
)
_REPORT = re.compile(
    rf"\b(?:was|were|is|are|been|be) (?:\w+ )?(?:{_STRONG})\w*(?:ed|en)\b"
    r"|\bwhy (?:must|should|may) .{0,20}?\b(?:never|not)\b",
    re.IGNORECASE,
)
_POSSIBLE = re.compile(r"\b(?:can|could|may|might|to) (?:\S+ ){0,4}?be\b", re.IGNORECASE)

# Maintenance takes guards off and puts them back; it does not run the machine meanwhile.
_REMOVAL = re.compile(r"\b(?:remov|take off)|拆除", re.IGNORECASE)
_RUNNING = re.compile(
    r"\b(?:run|running|operat\w*|produc\w*|work|working|cycle|jog|start)\b|运行|运转|开机|生产|作业",
    re.IGNORECASE,
)

_CHINESE_STRONG = r"短接|跨接|屏蔽(?![层线电])|绕过|旁路"
_CHINESE_GUARD = r"联锁|光幕|安全门|防护|急停|上锁"
_CHINESE = re.compile(
    rf"(?:{_CHINESE_STRONG}|跨过|拆除|取消).{{0,12}}(?:{_CHINESE_GUARD})"
    rf"|(?:{_CHINESE_GUARD}).{{0,8}}(?:{_CHINESE_STRONG}|拆除|取消)"
)
_CHINESE_REPORT = re.compile(r"被|已|报警|故障|错误|为什么|为何|复位")
_CHINESE_ASKS = re.compile(r"怎么|怎样|如何|能不能|能否|可以|可否|想|要")


def asks_to_defeat_guard(question: str) -> bool:
    """Tell whether a question asks how to work with a guard or interlock out of action.

    A report that a guard was bypassed, or a fault of a guard, is not such a request.
    """
    if match := _CHINESE.search(question):
        if _CHINESE_REPORT.search(question):
            return False
        if _is_service(match[0], question):
            return False
        is_strong = re.search(_CHINESE_STRONG, match[0]) is not None
        return is_strong or _CHINESE_ASKS.search(question) is not None
    match = _REQUEST.search(question)
    if match is None:
        return False
    if _STRONG_WORD.search(match[0]):
        return bool(_POSSIBLE.search(question)) or not _REPORT.search(question)
    if _is_service(match[0], question):
        return False
    return not _FAULT_WORDS.search(question) and _ASKS.search(question) is not None


def _is_service(request: str, question: str) -> bool:
    """A guard is taken off for work on the machine, which does not run: that has its procedure."""
    is_guard = re.search(r"guard|防护", request, re.IGNORECASE) is not None
    return bool(is_guard and _REMOVAL.search(request) and not _RUNNING.search(question))
