"""Numbers written as words, English and Chinese, become digits (pure)."""

from __future__ import annotations

import re

_ONES = {
    word: number
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
        "fifteen sixteen seventeen eighteen nineteen".split()
    )
}
_TENS = {
    word: 10 * number
    for number, word in enumerate(
        "twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2
    )
}
_SMALL = "|".join([*_TENS, *sorted(_ONES, key=len, reverse=True)])
_ENGLISH = re.compile(
    rf"\b(?:(?:half )?a dozen|dozen|an? hundred|an? thousand|thousand"
    rf"|(?:{_SMALL})(?:[ -](?:and[ -])?(?:{_SMALL}|hundred|thousand))*)\b"
)
_FIXED = {
    "a dozen": 12,
    "dozen": 12,
    "half a dozen": 6,
    "a hundred": 100,
    "a thousand": 1000,
    "thousand": 1000,
}
# "One" is a number before what can be counted only: "which one", "no one", "the last one".
_COUNTABLE = re.compile(
    r"\s*-?(?:days?|weeks?|months?|years?|quarters?|hours?|hrs?|minutes?|mins?|thousand|hundred"
    r"|shifts?|machines?|assets?)\b"
)
_DIGITS = {letter: number for number, letter in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "两": 2,
}
_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10000}
_CHINESE = re.compile("[零〇一二两三四五六七八九十百千万]+")


def digits_of_english(text: str) -> str:
    """The text with English numbers in digits; "one" alone stays where it counts nothing."""
    return _ENGLISH.sub(lambda match: _english(match, text), text)


def _english(match: re.Match[str], text: str) -> str:
    words = match[0].replace("-", " ").replace(" and ", " ")
    if words in ("one", "zero") and not _COUNTABLE.match(text, match.end()):
        return "0" if words == "zero" else match[0]
    if words in _FIXED or words.replace("an ", "a ") in _FIXED:
        return str(_FIXED.get(words, _FIXED.get(words.replace("an ", "a "), 0)))
    total = group = 0
    for word in words.split():
        if word == "hundred":
            group = max(1, group) * 100
        elif word == "thousand":
            total, group = total + max(1, group) * 1000, 0
        else:
            value = _TENS.get(word, _ONES.get(word, 0))
            if group % 100 and not (group % 100 >= 20 and group % 10 == 0 and value < 10):
                return match[0]  # "twenty twenty": no number that we know
            group += value
    return str(total + group)


def digits_of_chinese(text: str) -> str:
    """The text with Chinese numbers in digits, set apart from digits beside them."""
    return _CHINESE.sub(lambda match: _chinese(match, text), text)


def _chinese(match: re.Match[str], text: str) -> str:
    value = _value(match[0])
    if value is None:
        return match[0]
    before = " " if match.start() and text[match.start() - 1].isdigit() else ""
    after = " " if text[match.end() : match.end() + 1].isdigit() else ""
    return f"{before}{value}{after}"


def _value(word: str) -> int | None:
    if all(letter in _DIGITS for letter in word):
        return int("".join(str(_DIGITS[letter]) for letter in word))
    if word[0] in "百千万" or word in "百千万":
        return None
    total = section = number = 0
    for letter in word:
        if letter in _DIGITS:
            number = _DIGITS[letter]
        elif letter == "万":
            total, section, number = (total + section + number) * 10000, 0, 0
        else:
            section += (number or 1) * _UNITS[letter]
            number = 0
    return total + section + number
