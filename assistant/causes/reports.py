"""What a report says about the state of things: "the cooler is clean, the fan does not run" (pure).

Only plain statements count. A question, a condition or an instruction states nothing, and what
cannot be read for sure is left alone: a wrong "speaks against" would lead away from the fault.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from index.language import is_chinese
from index.lexical import words_in

State = Literal["good", "bad"]

_SPLIT = re.compile(
    r"[\n;!?。；！？，、]|(?<!\d)[.,]|[.,](?!\d)|\s(?:and|but|und|aber|sondern|while)\s|但是?|而且|并且"
)
_GOOD = (
    "ok okay fine good clean cleaned normal working works runs running turns intact tight free "
    "new replaced renewed in-order sauber gereinigt läuft dreht gut dicht neu ersetzt getauscht "
    "intakt normal frei funktioniert"
).split()
_BAD = (
    "blocked clogged dirty dusty broken defective faulty leaks leaking loose worn torn burnt "
    "seized stuck sticks wrong bad damaged cracked missing jammed stiff empty "
    "blockiert verstopft schmutzig verschmutzt defekt kaputt undicht lose locker verschlissen "
    "gerissen verbrannt fest klemmt falsch beschädigt fehlt leckt leer"
).split()
_NOT = ("not", "no", "never", "cannot", "nicht", "kein", "keine", "nie")
_VERBS = ("run", "work", "turn", "move", "start", "laufen", "drehen", "funktionieren")
_UNSAID = re.compile(
    r"\b(?:if|when|whether|while|after|until|should|must|can|could|how|what|why|which|where|check|"
    r"maybe|perhaps|might|almost|nearly|wenn|falls|ob|nachdem|bis|soll|sollte|muss|kann|wie|"
    r"warum|welche|prüfe|prüfen|vielleicht|fast)\b",
    re.IGNORECASE,
)
_ASKED = re.compile(
    r"^\s*(?:is|are|was|were|does|do|did|has|have|ist|sind|war|hat|haben|läuft|dreht)\b",
    re.IGNORECASE,
)
_CHINESE_GOOD = re.compile(
    r"正常|良好|没有?问题|没问题|干净|完好|是新的|已更换|已清洁|没坏|没有?堵塞?|不漏"
)
_CHINESE_BAD = re.compile(
    r"堵塞|堵了|损坏|坏了|漏油|泄漏|松动|松了|脏|磨损|断裂|卡住|卡死|不转|不动|不工作|不亮|异常|不正常"
)
_CHINESE_UNSAID = re.compile(r"如果|是否|是不是|吗|怎么|什么|为什么|应该|检查|可能|要不要")
_CHINESE_FILLER = re.compile(r"[的了是很都也还在\s]|已经|我们|这个|那个|这台|机器|检查过|看过")
DESIGNATOR = re.compile(r"(?<![A-Za-z0-9])[+-]?[A-Z]{1,3}\d{1,3}(?![A-Za-z0-9-])")
_SHORT = re.compile(r"n['’]t\b")
_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_FILLER = frozenset(
    word
    for text in (
        "the a an is are was were be been it its this that we i our my there here all both also "
        "already just now still quite very really have has had checked found looked looks look "
        "seems seem seen new does do did ok and or so with of on at to for by full fully today "
        "yesterday der die das den dem ein eine ist sind war wurde wurden hat haben wir ich auch "
        "schon jetzt noch ganz sehr geprüft heute gestern alles in ordnung order",
    )
    for word in words_in(text)
)
_STATES = frozenset(word for text in (*_GOOD, *_BAD, *_NOT, *_VERBS) for word in words_in(text))
_UNTELLING = _FILLER | _STATES


@dataclass(frozen=True, slots=True)
class Statement:
    """A clause of a report that says of something that it is in order or not; verbatim."""

    text: str
    state: State
    subject: frozenset[str]
    designators: frozenset[str]


def statements(report: str) -> list[Statement]:
    """What a report states, clause by clause, in its order; "isn't" counts as "is not"."""
    found: list[Statement] = []
    start = 0
    text = unicodedata.normalize("NFC", report)
    for end in (*_SPLIT.finditer(text), None):
        clause = text[start : end.start() if end else len(text)].strip()
        is_asked = end is not None and end[0] in "?？"
        start = end.end() if end else len(text)
        if clause and (statement := _statement(clause, is_asked=is_asked)):
            found.append(statement)
    return found


def concerns(statement: Statement, cause: str) -> bool:
    """Tell whether a statement is about the thing that a cause is about.

    They share a designator ("C1"), or the statement names nothing but the cause's thing.
    """
    own = frozenset(DESIGNATOR.findall(cause))
    if statement.designators:
        return bool(statement.designators & own)
    if not statement.subject:
        return False
    if is_chinese(cause):
        thing = cause
        return any(len(word) >= 2 and word in thing for word in statement.subject)
    words = subject_words(cause[: _end_of_thing(cause)])
    return statement.subject <= words and 2 * len(statement.subject) >= len(words)


def subject_words(text: str) -> frozenset[str]:
    """The words of a text that name things: no filler, no state, no designator."""
    unsaid = _UNTELLING.union(w for name in DESIGNATOR.findall(text) for w in words_in(name))
    return frozenset(word for word in words_in(text) if word not in unsaid)


def _end_of_thing(cause: str) -> int:
    """Where the name of a thing ends: behind its designator, else at the end of the text."""
    match = DESIGNATOR.search(cause)
    return match.end() if match and match.start() else len(cause)


def _statement(clause: str, *, is_asked: bool) -> Statement | None:
    if is_chinese(clause):
        return _chinese(clause, is_asked=is_asked)
    if _UNSAID.search(clause) or (is_asked and _ASKED.search(clause)):
        return None
    plain = _SHORT.sub(" not", clause)
    state = _state([word.casefold() for word in _WORD.findall(plain)], plain)
    if state is None:
        return None
    return Statement(clause, state, subject_words(plain), frozenset(DESIGNATOR.findall(plain)))


def _state(words: list[str], clause: str) -> State | None:
    negations = sum(word in _NOT for word in words)
    good = any(word in _GOOD for word in words) or bool(
        re.search(r"\bin (?:order|ordnung)\b", clause, re.IGNORECASE)
    )
    bad = any(word in _BAD for word in words)
    if good and bad:
        return None
    if good:
        return "bad" if negations % 2 else "good"
    if bad:
        return "good" if negations % 2 else "bad"
    if negations == 1 and any(word in _VERBS for word in words):
        return "bad"
    return None


def _chinese(clause: str, *, is_asked: bool) -> Statement | None:
    if is_asked or _CHINESE_UNSAID.search(clause.replace("检查过", "")):
        return None
    good, bad = _CHINESE_GOOD.search(clause), _CHINESE_BAD.search(clause)
    if good and not (bad and bad[0] == "不正常"):
        state: State = "good"
    elif bad:
        state = "bad"
    else:
        return None
    rest = _CHINESE_BAD.sub("", _CHINESE_GOOD.sub("", clause))
    rest = DESIGNATOR.sub("", _CHINESE_FILLER.sub("", rest))
    subject = frozenset({rest}) if len(rest) >= 2 else frozenset[str]()
    return Statement(clause, state, subject, frozenset(DESIGNATOR.findall(clause)))
