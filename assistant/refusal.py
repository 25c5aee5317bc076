"""Recognise requests to defeat a guard or an interlock (pure).

Such a request is refused with the manual's own words about the guard, whatever a language model
would say. A report that a guard was bypassed, a fault of a guard, and work on one are no such
requests. The words are in :mod:`assistant.guard_words`.
"""

from __future__ import annotations

import re
import unicodedata

from assistant.guard_words import (
    CHINESE_STRONG,
    GUARD,
    HELD,
    LOCKOUT_LEFT_OUT,
    MEANS,
    OPEN,
    PUTS,
    REACHES_IN,
    RUNNING,
    STRONG,
    WEAK,
    WHY_NOT,
)

_NEAR = 60  # characters between a verb and its guard
_SENTENCE = re.compile(r"[^.?!;。？！；]+")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
# "Light curtain trips. How do I bypass it?"
_PRONOUN = re.compile(
    r"^\W*(?:it|this|that|them|one|ihn|sie|es|das|den|le|la|lo|los|las|它|掉|一下)\b|^掉|^一下"
)
_BEFORE_PRONOUN = re.compile(r"(?:\bihn|\bsie|\bdas|\bden|\ble|\bla|\blo|它)\W*(?:\w+\W+)?$")
_POSSIBLE = re.compile(
    r"(?:\bcan|\bcould|\bmay|\bmight)\b.{0,60}?\b(?:be|get)\b.{0,16}?"
    r"\b(?:bypassed|defeated|overridden|bridged|jumpered|disabled|deactivated|circumvented|"
    r"muted|removed and)\b|\bto be (?:bypassed|bridged|disabled)\b"
)
_DONE = re.compile(
    r"\b(?:was|were|has been|have been|had been|is|are) (?:\w+ )?(?:bypassed|bridged|disabled|"
    r"jumpered|defeated|overridden|deactivated)|被|已|[了过](?:[，。？！,]|$)|有人"
)
_ASKS = re.compile(
    r"\b(?:how|can|could|may|want|need|let me|is that ok|steps|what (?:can|do) i|which|ok\b|"
    r"trick|permanently|for good|parameter|so that|so it|so nobody|and still)\b|"
    r"\b(?:wie|kann|darf|möchte|will|muss ich|was muss ich|damit|dauerhaft|trotzdem|"
    r"welche klemmen)\b|"
    r"\b(?:comment|peut-on|puis-je|je veux|pour (?:que|ne plus|gagner)|définitivement)\b|"
    r"\b(?:cómo|puedo|se puede|quiero|para que)\b|"
    r"怎么|怎样|如何|能不能|能否|可以|可否|想|要|行不行|行吗"
)
_CHINESE_ASKS = re.compile(r"(?:怎么|怎样|如何|能不能|能否|可以|可否|想|要).{0,12}$")
_FAULT = re.compile(
    r"\b(?:alarm|error|fault|stuck|leaks?|cannot|can't|won't|will not|does not|"
    r"doesn't|reset|replace|test|torque|part number|adjust|set value)\w*|"
    r"\b(?:fehler|störung|löst|teilenummer|prüf|wechsel|nicht)\w*|"
    r"\b(?:remplacer|changer|tester|couple|référence|ne se|se déclenche)\b|"
    r"\b(?:cambi\w*|par de apriete|pruebo|número|salta|no re\w+|se desbloquea)\b|"
    r"报警|故障|错误|复位|更换|扭矩|失灵|原因|步骤|是什么"
)
_GUARD_OFF = re.compile(r"\bremov|\btak(?:e|ing) |\bretirer|\benlever|\bquitar|拆", re.IGNORECASE)
_CLAUSE = re.compile(
    r"\b(?:before|after|and|then|while|bevor|ehe|nachdem|und|dann|avant|après|puis|et|antes|"
    r"después|luego|y)\b|再|然后|之?[前后]"
)
_SWITCHED = re.compile(r"interlock|联锁|连锁|circuit")
_VALVE = re.compile(r"valve|ventil|soupape|válvula|阀")
_SHUT = re.compile(r"\bshut|\bblock|\bgag|\bplug|zudreh|boucher|tapar|堵|bloquer|bloquear")


def asks_to_defeat_guard(question: str) -> bool:
    """Tell whether a question asks how to work with a guard or interlock out of action.

    A report that a guard was bypassed, or a fault of a guard, is not such a request.
    """
    text = _folded(question)
    if WHY_NOT.search(text):
        return False
    if LOCKOUT_LEFT_OUT.search(text) or REACHES_IN.search(text):
        return True
    return any(_defeats(part[0], text) or _runs_open(part[0]) for part in _SENTENCE.finditer(text))


def is_about_lockout(question: str) -> bool:
    """Tell whether a request is to leave the lockout out."""
    return LOCKOUT_LEFT_OUT.search(_folded(question)) is not None


def _folded(question: str) -> str:
    return " ".join(_INVISIBLE.sub("", unicodedata.normalize("NFKC", question)).casefold().split())


def _defeats(sentence: str, whole: str) -> bool:
    """A verb that puts out of action, near a guard."""
    if _POSSIBLE.search(sentence) and GUARD.search(whole):
        return True
    for verb in STRONG.finditer(sentence):
        if _is_of_guard(verb, sentence) or (_is_pronoun(verb, sentence) and GUARD.search(whole)):
            return True
    for verb in CHINESE_STRONG.finditer(sentence):
        if not _is_of_guard(verb, sentence) and not GUARD.search(whole):
            continue
        if _CHINESE_ASKS.search(sentence[: verb.start()]) or not _DONE.search(sentence):
            return True
    if MEANS.search(sentence) and HELD.search(sentence) and PUTS.search(sentence):
        return not _DONE.search(sentence)
    return any(_is_weak(verb, sentence) for verb in WEAK.finditer(sentence))


def _is_weak(verb: re.Match[str], sentence: str) -> bool:
    """A harmless verb that is none here: somebody wants a guard away, and not for its repair."""
    if not _has_guard_as_object(verb, sentence):
        return False
    if not _ASKS.search(sentence) or _DONE.search(sentence):
        return False
    if _VALVE.search(sentence) and _SHUT.search(sentence):
        return True
    # Maintenance takes guards off and puts them back; it does not run the machine meanwhile.
    if _GUARD_OFF.match(verb[0]) and not _SWITCHED.search(sentence):
        return RUNNING.search(sentence) is not None and not _FAULT.search(sentence)
    return not _FAULT.search(sentence)


def _runs_open(sentence: str) -> bool:
    """The machine is to run while a guard is open or off."""
    if not OPEN.search(sentence) or not RUNNING.search(OPEN.sub(" ", sentence)):
        return False
    return not _FAULT.search(sentence) and not _DONE.search(sentence)


def _is_of_guard(verb: re.Match[str], sentence: str) -> bool:
    start, end = max(0, verb.start() - _NEAR), verb.end() + _NEAR
    return GUARD.search(sentence[start:end]) is not None


def _has_guard_as_object(verb: re.Match[str], sentence: str) -> bool:
    """A guard near the verb, and nothing between them that begins another clause."""
    start, end = max(0, verb.start() - _NEAR), verb.end() + _NEAR
    for guard in GUARD.finditer(sentence, start, end):
        left, right = sorted((guard.span(), verb.span()))
        if not _CLAUSE.search(sentence[left[1] : right[0]]):
            return True
    return False


def _is_pronoun(verb: re.Match[str], sentence: str) -> bool:
    behind, before = sentence[verb.end() :], sentence[: verb.start()]
    return bool(_PRONOUN.search(behind) or _BEFORE_PRONOUN.search(before))
