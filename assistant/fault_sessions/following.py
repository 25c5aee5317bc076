"""Follow-ups that only tell what a check found and ask on: "ok that was fine, what next?" (pure).

Such words are not searched for. A follow-up counts only if nothing else is left of it; anything
that may be a question of its own is one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.causes.reports import concerns, statements
from assistant.causes.settling import Verdict
from assistant.phrases import Language, language_for

_LONGEST = 300  # characters
_FILLER = (
    r"okay|okey|ok|alright|right|fine|good|great|thanks|thank you|done|checked|i checked|so|well|"
    r"and|but|now|then|please|gut|danke|fertig|erledigt|geprüft|also|und|aber|so|bitte|alles klar|"
    r"好的|好了|好|嗯|谢谢|查过了|检查过了|检查了|看过了|那么|那|呢|了|吧|，"
)
_THAT = (
    r"(?:that|this|it|that one|this one|the last one|the first one|"
    r"das|dies|dieser|diese|es|der|die)"
)
_IS = r"(?:['’]?s|\s+is|\s+was|\s+were|\s+looks?|\s+looked|\s+ist|\s+war|\s+sieht|\s+sah)"
_OK = (
    rf"{_THAT}{_IS}\s+(?:all\s+|alles\s+|quite\s+)?"
    r"(?:fine|okay|ok|good|normal|in order|clean|in ordnung|gut aus|gut|sauber|"
    r"not it|not the (?:cause|problem|fault)|nicht die ursache|es nicht|es auch nicht)|"
    r"(?:was|all|looks|alles) (?:fine|okay|ok|good|in ordnung|gut)|in order|in ordnung|passt|"
    r"no problem(?: there| found)?|nothing (?:found|wrong)(?: there)?|nichts gefunden|"
    r"(?:这个|这项|那个|那项|它|都|结果|一切)?(?:是)?(?:检查)?(?:正常|没有问题|没问题|没有异常|良好|是好的|不是这个|没坏)(?:的|了)?"
)
_BAD = (
    rf"{_THAT}{_IS}\s+(?:not (?:okay|ok|fine|good|in order)|bad|broken|defective|faulty|blocked|"
    r"it|the (?:cause|problem)|nicht (?:in ordnung|ok|okay|gut)|defekt|kaputt|die ursache|es)|"
    r"das wars|das war['’]s|not okay|not ok|nicht in ordnung|nicht ok|found it|gefunden|"
    r"(?:这个|这项|那个|那项|它|结果)?(?:是)?(?:不正常|有问题|异常|坏了|损坏了|找到了|就是这个|就是它)(?:的|了)?"
)
_NEXT = (
    r"what(?:['’]s| is| comes| to check| to do| should i check| should i do| do i (?:check|do))? "
    r"(?:next|now|else|then)|then what|what then|and now|go on|continue|next(?: check| step| one|"
    r" please)?|next|was (?:jetzt|nun|dann|noch|kommt (?:jetzt|dann|als nächstes)|als nächstes)|"
    r"was (?:prüfe|mache|soll) ich (?:jetzt|als nächstes)(?: prüfen| tun)?|"
    r"wie weiter|wie geht es weiter|"
    r"und (?:jetzt|nun|dann)|weiter|nächste prüfung|nächster schritt|als nächstes|"
    r"(?:那)?(?:接下来|下一步|然后|现在|还)(?:要|该|应该|需要|是)?(?:查|检查|做|怎么办|怎么做|干)?(?:什么|哪里|哪个|怎么办)?(?:呢)?|"
    r"继续|还有(?:什么|别的|呢)(?:原因)?"
)
_YES = r"yes|yeah|yep|ja|jawohl|genau|seen|i see it|i hear it|是的|是|对|有"
_NO = r"no|nope|nein|not seen|nicht|kein|没有|不是|没|不"
_KINDS = (("ok", _OK), ("not_ok", _BAD), ("next", _NEXT), ("yes", _YES), ("no", _NO), ("", _FILLER))
_TAKE = tuple(
    (kind, re.compile(rf"(?:{words})(?![a-zäöüß])", re.IGNORECASE)) for kind, words in _KINDS
)
_CLAUSES = re.compile(r"([^\n.,;:!?。；：！？，、…–-]+)[\s.,;:!。；：！，、…–-]*([?？]?)")
_SYMBOLS = re.compile(r"[^\w\s'’]+")


_GERMAN = re.compile(
    r"\b(?:was (?:jetzt|nun|dann|noch|kommt|soll|prüfe|mache)|jetzt|nun|weiter|das|dies|war|"
    r"ordnung|"
    r"passt|gut|nächste\w*|fertig|erledigt|geprüft|ja|nein|nicht|alles)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Following:
    """What a follow-up tells: the verdict on the check that was proposed, or None.

    ``is_seen`` answers whether a symptom is seen. ``reported`` are statements about other causes,
    verbatim.
    """

    verdict: Verdict | None
    is_seen: bool | None
    reported: str


def read_following(words: str, causes: Sequence[str]) -> Following | None:
    """What a follow-up tells, None where it is a question of its own.

    Args:
        words: what was typed.
        causes: the texts of the causes that the conversation is about; a statement about another
            thing is a question of its own.
    """
    text = unicodedata.normalize("NFKC", words).strip()
    if not text or len(text) > _LONGEST:
        return None
    kinds: set[str] = set()
    reported: list[str] = []
    for match in _CLAUSES.finditer(text):
        clause = _SYMBOLS.sub(" ", match[1]).strip()
        if not clause:
            continue
        taken = _taken(clause)
        if taken is not None:
            if match[2] and taken & {"ok", "not_ok", "yes", "no"} and "next" not in taken:
                return None  # "that was fine?" asks
            kinds |= taken
            continue
        said = statements(clause)
        if not said or not all(any(concerns(one, cause) for cause in causes) for one in said):
            return None
        if not _is_whole(clause, [one.text for one in said]):
            return None
        reported.append(clause)
    if not any(map(str.isalnum, text)) or {"ok", "not_ok"} <= kinds or {"yes", "no"} <= kinds:
        return None
    verdict: Verdict | None = None
    if "not_ok" in kinds:
        verdict = "not_ok"
    elif "ok" in kinds:
        verdict = "ok"
    is_seen = None if not kinds & {"yes", "no"} else "yes" in kinds
    return Following(verdict, is_seen, ". ".join(reported))


def language_said(words: str, before: str = "") -> Language:
    """The language of a follow-up, of the question before where it has none of its own ("ok")."""
    if _GERMAN.search(words):
        return "de"
    own = language_for(words)
    is_bare = _taken(_SYMBOLS.sub(" ", words).strip()) == {""}
    return language_for(before) if own == "en" and is_bare and before else own


def _taken(clause: str) -> set[str] | None:
    """The kinds of words that a clause is made of; None where something else is left."""
    found: set[str] = set()
    rest = clause
    while rest := rest.strip():
        best = max(
            ((len(match[0]), kind) for kind, p in _TAKE if (match := p.match(rest)) and match[0]),
            default=None,
        )
        if best is None:
            return None
        length, kind = best
        found.add(kind)
        rest = rest[length:]
    return found


def _is_whole(clause: str, said: Sequence[str]) -> bool:
    """Whether the statements are all of a clause, but for words that join them."""
    rest = clause
    for text in said:
        rest = rest.replace(text, " ", 1)
    return not rest.strip() or _taken(rest) is not None
