"""Whether a sentence that a language model wrote says what a computed statement says (pure).

A sentence stands up where one statement holds everything it states: each number with the word that
follows it, each name and code, and each word of direction ("rose", "most"). Numbers in words
("twice", "a dozen", "一半") are numbers that nobody computed, and stand up only where the statement
has the same word. The words are in ``telling_words.toml``.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Sequence
from importlib import resources

from assistant.verification import unsupported
from assistant.verifying.printed_numbers import NUMBER, readings

_SENTENCE = re.compile(r"[^.!?。！？\n]+(?:\.(?=\S)[^.!?。！？\n]*)*[.!?。！？]*")
_PAIR = re.compile(rf"(?<![\w-])({NUMBER})(?:\s*-?\s*)(%|[^\W\d_]+)?")
_DATE = re.compile(r"\d+(?:[-/:]\d+)+")
_WORD = re.compile(r"[^\W\d_]+", re.UNICODE)
_NAME = re.compile(r"(?<!\w)(?=[\w/.-]*\d)(?=[\w/.-]*[^\W\d_])[\w/.-]*\w")
_CAPITALS = re.compile(r"(?<![\w-])[A-Z]{2,}(?![\w-])")
_CHINESE_COUNTING = re.compile(
    r"[一二三四五六七八九十百千万亿两半几]+(?:个|次|台|件|倍|成|小时|天|分|半|%|起|张)|翻倍|一半|减半|多数|少数|全部|所有"
)


def _listed(lines: Sequence[str]) -> frozenset[str]:
    return frozenset(" ".join(lines).split())


_TOLD = tomllib.loads(
    resources.files("assistant.analytics.brief")
    .joinpath("telling_words.toml")
    .read_text(encoding="utf-8")
)
_COUNTING = _listed(_TOLD["counting"])
_MEANING = {word: kind for kind, lines in _TOLD["directions"].items() for word in _listed(lines)}
_LINKING = _listed(_TOLD["after_numbers"]["linking"])
_UNITS = {
    word: unit for unit, words in _TOLD["after_numbers"]["units"].items() for word in words.split()
}
_CHINESE_DIRECTIONS: tuple[str, ...] = tuple(_TOLD["chinese"].values())


def sentences(text: str) -> list[str]:
    """The sentences of a text; a point inside a number or a name ends none."""
    return [found for each in _SENTENCE.findall(text) if (found := each.strip())]


def stands_up(sentence: str, statements: Sequence[str]) -> bool:
    """Whether one of the statements holds all that a sentence states."""
    return any(not _strange(sentence, statement) for statement in statements)


def supported(text: str, statements: Sequence[str]) -> tuple[str, int]:
    """The sentences of a text that stand up, and how many were dropped."""
    all_of_them = sentences(text)
    kept = [sentence for sentence in all_of_them if stands_up(sentence, statements)]
    return " ".join(dict.fromkeys(kept)), len(all_of_them) - len(kept)


def _strange(sentence: str, statement: str) -> list[str]:
    """What a sentence states and a statement does not."""
    return [
        *_numbers(sentence, statement),
        *_words(sentence, statement),
        *_names(sentence, statement),
        *unsupported(sentence, statement),
    ]


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).replace("\u2212", "-")


def _pairs(text: str) -> set[tuple[float, str]]:
    """Each number, in each way to read it, with the word after it."""
    found: set[tuple[float, str]] = set()
    for match in _PAIR.finditer(_plain(text)):
        after = _stem(match[2] or "")
        found |= {(value, after) for value in readings(match[1], "en")}
    return found


def _numbers(sentence: str, statement: str) -> Iterable[str]:
    dates = set(_DATE.findall(_plain(statement)))
    yield from (date for date in _DATE.findall(_plain(sentence)) if date not in dates)
    held = _pairs(statement)
    values = {value for value, _ in held}
    for value, after in _pairs(sentence):
        is_bare = not after or after in _LINKING
        if value not in values if is_bare else (value, after) not in held:
            yield f"{value:g} {after}"


def _words(sentence: str, statement: str) -> Iterable[str]:
    """Words that count or that say a direction, which the statement has not."""
    own, known = _casefolded(sentence), set(_casefolded(statement))
    meant = {_MEANING[word] for word in known if word in _MEANING}
    for word in own:
        if word in _COUNTING and word not in known:
            yield word
        if word in _MEANING and word not in known and _MEANING[word] not in meant:
            yield word
    for match in _CHINESE_COUNTING.finditer(sentence):
        if match[0] not in statement:
            yield match[0]
    for signs in _CHINESE_DIRECTIONS:
        said = [sign for sign in signs if sign in sentence]
        if said and not any(sign in statement for sign in signs):
            yield said[0]


def _names(sentence: str, statement: str) -> Iterable[str]:
    """Tags, codes and abbreviations that the statement does not have."""
    known = _plain(statement).casefold()
    for pattern in (_NAME, _CAPITALS):
        for match in pattern.finditer(_plain(sentence)):
            if not re.search(rf"(?<![\w-]){re.escape(match[0].casefold())}(?![\w-])", known):
                yield match[0]


def _casefolded(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(_plain(text))]


def _stem(word: str) -> str:
    """A word without the ending of its plural: "failure" and "failures" count the same."""
    word = _UNITS.get(word.casefold(), word.casefold())
    return word[:-1] if len(word) > 3 and word.endswith("s") else word
