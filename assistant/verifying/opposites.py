"""Words that turn the sense of a sentence: negations, conditions, opposites, signal words (pure).

They are known in English, German and Chinese, and by sense: "open", "öffnen" and "打开" are one.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_NEGATION = re.compile(
    r"\b(?:not?|never|cannot|without|neither|nor|none|nobody|nothing|prohibited|forbidden|avoid"
    r"|nicht|kein(?:e|en|er|em|es)?|niemals|nie|ohne|weder|verboten|untersagt|niemand|nichts)\b"
    r"|n['’]t\b|禁止|严禁|切勿|没有|[不勿未没无莫]",
    re.IGNORECASE,
)
# "No. 5" is a number; a few Chinese words only look like negations.
_NO_NEGATION = re.compile(
    r"\b(?:no|No|NO)\.\s*(?=[A-Z0-9+])|不锈钢|不同|不断|不仅|无线|无论|未来|\bno(?=\s?\d)|非常"
)
_CONDITIONS = {
    "unless": r"\bunless\b|es sei denn|除非",
    "except": r"\bexcept\b|\bexcluding\b|\bau(?:ß|ss)er(?!\s?halb)\b|除.{1,12}(?:外|之外)",
    "only": r"\bonly\b|\bnur\b|\bausschlie(?:ß|ss)lich\b|只有|仅|只能|只在",
}
_PAIRS = (
    (r"above|exceeds?|über|oberhalb|高于|超过|以上|大于", r"below|unter|unterhalb|低于|以下|小于"),
    (
        r"min|minimum|at least|mindestens|最小|最低|至少|不低于|不小于",
        r"max|maximum|at most|höchstens|maximal|最大|最高|至多|不超过|不高于",
    ),
    (
        r"open(?:s|ed|ing)?|öffne[nt]?|geöffnet|offen|打开|开启",
        r"clos(?:e|es|ed|ing)|shut|schlie(?:ß|ss)en|geschlossen|关闭|关上",
    ),
    (r"left|links|linke[nrs]?|左[侧边]?", r"right(?!\s+away)|rechts|rechte[nrs]?|右[侧边]?"),
    (
        r"clockwise|im uhrzeigersinn|顺时针",
        r"(?:counter|anti)-?\s?clockwise|gegen den uhrzeigersinn|逆时针",
    ),
    (
        r"loosen(?:s|ed|ing)?|slacken(?:ed)?|lösen|löst|lockern|松开|拧松",
        r"tighten(?:s|ed|ing)?|(?:fest|an)ziehen|anzieht|拧紧|紧固",
    ),
    (
        r"increas(?:e|es|ed|ing)|rais(?:e|es|ed|ing)|erhöhen|erhöht|增大|增加|提高|升高",
        r"decreas(?:e|es|ed|ing)|reduc(?:e|es|ed|ing)|lower(?:s|ed|ing)?(?!\s+\w+\s+(?:side|edge|end))"
        r"|verringern|senken|reduzieren|减小|减少|降低",
    ),
    (
        r"normally[- ]open|schlie(?:ß|ss)er|常开",
        r"normally[- ]closed|öffner|常闭",
    ),
    (
        r"supply|vorlauf|供[水油气]|进[水油气]",
        r"return(?: line| flow| filter| pipe| hose)|rücklauf|回[水油气]",
    ),
    (r"on|ein|eingeschaltet|接通", r"off|aus|ausgeschaltet|断开"),
    (
        r"start(?:s|ed|ing)?|einschalten|starten|启动|开机",
        r"stop(?:s|ped|ping)?|ausschalten|stoppen|停止|停机",
    ),
    (r"inlet|einlass|eintritt|入口|进口", r"outlet|auslass|austritt|出口"),
    (r"upper|top|obere[nrs]?|oben|上部|上端", r"lower|bottom|untere[nrs]?|unten|下部|下端"),
    (r"front|vorn|vordere[nrs]?|前[端部侧面]", r"rear|hinten|hintere[nrs]?|后[端部侧面]"),
    (r"before|bevor|之前", r"after|nachdem|之后"),
    (
        r"connect(?:s|ed|ing)?|anschlie(?:ß|ss)en|verbinden|连接",
        r"disconnect(?:s|ed|ing)?|trennen|断开连接",
    ),
    (
        r"insert(?:s|ed|ing)?|fit(?:s|ted|ting)?|install(?:s|ed|ing)?|einsetzen|einbauen|安装|装上",
        r"remov(?:e|es|ed|ing)|ausbauen|entfernen|拆下|拆除|取下",
    ),
    (
        r"energi[sz]ed?|live|unter spannung|带电|通电",
        r"de-?energi[sz]ed?|dead|spannungsfrei|断电",
    ),
    (r"lock(?:s|ed|ing)?|sperren|锁定", r"unlock(?:s|ed|ing)?|entsperren|解锁"),
    (
        r"active|present|aktiv|ansteht|激活|存在",
        r"inactive|cleared?|clears|gone|inaktiv|quittiert|消除|已清除",
    ),
    (r"high|hoch|hohe[nrs]?|高", r"low|niedrig(?:e[nrs]?)?|低"),
    (r"positive|positiv", r"negative|negativ"),
    (r"forwards?|vorwärts|正转", r"reverse|backwards?|rückwärts|反转"),
    (r"inside|innen|内侧", r"outside|au(?:ß|ss)en|外侧"),
    (r"faster|schneller|更快", r"slower|langsamer|更慢"),
    (r"more than|mehr als|多于", r"less than|weniger als|少于"),
)


def _of_words(words: str) -> re.Pattern[str]:
    """The words of an alternative; Latin ones end at a border, Chinese ones have none."""
    parts = re.split(r"\|(?![^(]*\))", words)
    han = "|".join(part for part in parts if re.match("[\u3400-\u9fff]", part))
    latin = "|".join(part for part in parts if not re.match("[\u3400-\u9fff]", part))
    bordered = rf"(?<![A-Za-zÀ-ÿ-])(?:{latin})(?![A-Za-zÀ-ÿ-])"
    return re.compile(f"{bordered}|{han}" if han else bordered, re.IGNORECASE)


_COMPILED = tuple((_of_words(one), _of_words(other)) for one, other in _PAIRS)
_SIGNALS = {
    "danger": "DANGER|GEFAHR|危险",
    "warning": "WARNING|WARNUNG|警告",
    "caution": "CAUTION|VORSICHT|注意|小心",
    "notice": "NOTICE|HINWEIS|提示|须知",
}
_SIGNAL = {level: re.compile(rf"(?<![A-Za-z])(?:{w})(?![A-Za-z])") for level, w in _SIGNALS.items()}


class Turned(NamedTuple):
    """A word of a text whose opposite stands in its source."""

    word: str
    opposite: str


def negations(text: str) -> list[str]:
    """The negations of a text, as they are spelled."""
    return [match[0] for match in _NEGATION.finditer(_NO_NEGATION.sub(" ", text))]


def negated(text: str) -> list[str]:
    """The texts beside the negations of a text, in which what they negate stands."""
    shown = _NO_NEGATION.sub(" ", text)
    beside: list[str] = []
    for match in _NEGATION.finditer(shown):
        after = shown[match.end() :].split()[:3]
        is_behind = match[0].casefold() in ("nicht", "niemals", "nie") or not after
        beside.append(
            " ".join([*shown[: match.start()].split()[-3:], *after] if is_behind else after)
        )
    return beside


def conditions(text: str) -> frozenset[str]:
    """Which of "unless", "except" and "only" a text says, in any language."""
    return frozenset(
        name for name, words in _CONDITIONS.items() if re.search(words, text, re.IGNORECASE)
    )


def turned(text: str, source: str) -> list[Turned]:
    """The words of a text that its source does not say while it says their opposites."""
    found: list[Turned] = []
    for pair in _COMPILED:
        for said, opposite in (pair, pair[::-1]):
            word = said.search(text)
            if word is None or opposite.search(text) or said.search(source):
                continue
            if against := opposite.search(source):
                found.append(Turned(word[0], against[0]))
    return found


def without_opposites(text: str) -> str:
    """A text without the words that have opposites, for telling what else it speaks of."""
    for pair in _COMPILED:
        for pattern in pair:
            text = pattern.sub(" ", text)
    return text


def signal_words(text: str) -> frozenset[str]:
    """The levels of the signal words in a text; only capitals make a signal word."""
    return frozenset(level for level, pattern in _SIGNAL.items() if pattern.search(text))
