"""Find the codes in a question (pure).

What counts as a code is decided by its surroundings and by the codes that the documents hold, not
by patterns of makers: a word for "alarm" before it speaks for it, a unit, a counter or a clock
speaks against it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from index.codes import prefix_of
from index.language import narrow

_LETTER = "A-Za-zÀ-ÖØ-öø-ÿ0-9"
_TOKEN = re.compile(rf"16#[0-9A-Fa-f]+|#?[{_LETTER}]+(?:[-._/:,][{_LETTER}]+)*|[\u4e00-\u9fff]")
_WORD = re.compile(r"[a-z0-9]+|[\u4e00-\u9fff]+")
_NOT_A_CODE = re.compile(
    r"\d{1,2}:\d{2}(:\d{2})?$"  # a time
    r"|\d{4}-\d{2}-\d{2}$|\d{1,2}[./]\d{1,2}[./]\d{2,4}$"  # a date
    r"|\d+[.,]?\d*(?:mm|cm|m|km|kn|n|nm|bar|mbar|pa|kpa|mpa|psi|v|kv|mv|a|ma|kw|w|hz|khz|rpm|c|f|k|"
    r"h|hr|hrs|min|s|sec|ms|l|ml|kg|g|x|d|day|days|th|st|nd|rd|pm|am|bit)$",
    re.IGNORECASE,
)
_LABEL_WORDS = frozenset(
    """code codes alarm alarms error errors fault faults trip message messages msg err alm display
    displays displaying show shows showing showed says reads reporting reports number no nr part
    spare stoerung störung fehler meldung défaut erreur alarme código fallo error""".split()
)
_CLOSE_LABEL_WORDS = frozenset("warning warn wrn shutdown".split())  # but "warning lamp 2"
_LABEL_CHARACTERS = ("报警", "代码", "故障", "错误", "显示", "警报", "告警", "料号")
_NUMBERED_THINGS = frozenset(
    """line lines cell station machine unit shift bay hall press lathe compressor joint axis axes
    step steps page pages section figure fig table chapter tool zone pump motor valve cylinder room
    floor ch""".split()
)
_COUNTED = frozenset(
    """day days time times week weeks cycle cycles hour hours minute minutes min mins second seconds
    sec pcs pieces parts degrees percent reset resets x""".split()
)
_COUNTS = _NUMBERED_THINGS | _COUNTED | frozenset("after since for about around every".split())
_UNIT = re.compile(
    r"\s?(?:[%°℃µ]|(?:mm|cm|km|m|kN|N|Nm|m?bar|[kM]?Pa|psi|[km]?V|m?A|k?W|k?Hz|rpm|C|F|h|hrs?|m?s|"
    r"m?l|k?g)(?![\w-]))|\s?(?:nm|kn)\b"
)
_NUMBERED_ALARM = re.compile(r"\s*号(?:报警|警报|告警|错误|代码)")
_LIST_OF_CODES = re.compile(
    r"\b(?:alarms|errors|faults|codes|messages)[\s:]+"
    r"(?:#?\w*\d[\w.-]*\s*(?:,\s*and\b|,|\band\b|\bor\b|&|/)\s*)+$",
    re.IGNORECASE,
)
_CHINESE_UNITS = tuple("号点分次个小时秒年月日台级轴度号线条轮班天周页步")
_QUESTION_WORDS = frozenset(
    """what whats what's is the a an on in of does do mean means how i clear it please help and
    my our with this that to me tell about why when which now next""".split()
)


@dataclass(frozen=True, slots=True)
class AskedCode:
    """A token of the question taken for a code.

    ``is_certain`` tells that its surroundings or its form make it a code even if no document knows
    it; an unknown code is reported only then.
    """

    text: str
    is_certain: bool


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    start: int
    end: int


def find_codes(
    question: str, named: set[int], prefixes: Iterable[str], components: Iterable[str]
) -> tuple[tuple[AskedCode, ...], str]:
    """Return the tokens of a question that are codes, and the component that it names.

    ``named`` are the positions that belong to a device's name; they are not codes.
    """
    text = narrow(question)
    component, spoken_for = _find_component(text, components)
    tokens = [_Token(m[0], m.start(), m.end()) for m in _TOKEN.finditer(text)]
    known = set(prefixes)
    tokens = _join_split_codes(text, _split_lists(tokens, known), known)
    rated: list[tuple[int, _Token]] = []
    for i, token in enumerate(tokens):
        if set(range(token.start, token.end)) & named:
            continue
        rating = _rate(text, tokens, i, known, spoken_for)
        if rating is not None:
            rated.append((rating, token))
    certain = [token for rating, token in rated if rating >= 2]
    if certain:
        return tuple(AskedCode(_bare(token.text), True) for token in certain), component
    plain = [token for rating, token in rated if rating >= 0]
    other = [
        word
        for token in tokens
        if not set(range(token.start, token.end)) & (named | spoken_for)
        and (word := token.text.casefold()) not in _QUESTION_WORDS
        and token not in plain
    ]
    if len(other) <= 1:
        return tuple(AskedCode(_bare(token.text), False) for token in plain), component
    return (), component


def _rate(
    text: str, tokens: list[_Token], at: int, prefixes: set[str], spoken_for: set[int]
) -> int | None:
    """Say how much speaks for a token being a code; None where it cannot be one."""
    token = tokens[at]
    labelled = _labelled(text, tokens, at)
    beside_component = len(text[: token.start].rstrip(" ()（）:：-")) - 1 in spoken_for
    if not any(character.isdigit() for character in token.text):
        # Some lists have a code "other": a word that is a code counts only where one is expected,
        # and not where the sentence goes on: "the gripper failed to open".
        goes_on = re.match(r"\s*\w", text[token.end :])
        expected = labelled == 3 or (beside_component and not goes_on)
        return 2 if expected and prefix_of(token.text) in prefixes else None
    prefix = prefix_of(_bare(token.text))
    shaped = bool(prefix) and prefix in prefixes
    if _NOT_A_CODE.match(token.text) and not (shaped or labelled == 3):
        return None
    rating = labelled
    if shaped:
        rating += 2
    if token.text.startswith("#") or token.text.casefold().startswith("0x"):
        rating += 1
    if beside_component:
        rating += 2
    elif not shaped and _is_counted(text, tokens, at, labelled):
        rating -= 4
    return rating


def _labelled(text: str, tokens: list[_Token], at: int) -> int:
    """3 where a word for "alarm" stands directly at the token, 2 within two words, else 0."""
    before = text[max(0, tokens[at].start - 6) : tokens[at].start].rstrip(" :#.=-“\"'")
    if before.endswith(_LABEL_CHARACTERS) or _NUMBERED_ALARM.match(text, tokens[at].end):
        return 3
    for distance, token in enumerate(reversed(tokens[max(0, at - 3) : at])):
        word = token.text.casefold().rstrip(".:")
        if word in _LABEL_WORDS or (distance == 0 and word in _CLOSE_LABEL_WORDS):
            return 3 if distance == 0 else 2
        if any(character.isdigit() for character in word):
            if _LIST_OF_CODES.search(text[: tokens[at].start]):
                return 2
            break
    glued = re.match(r"#?(alm|alarm|err|error|fault|code)[-_.]?\d", tokens[at].text, re.IGNORECASE)
    return 3 if glued else 0


def _is_counted(text: str, tokens: list[_Token], at: int, labelled: int) -> bool:
    """A number that counts or measures something: "line 4", "7244 cycles", "2号线", "48 °C".

    In "alarm 217 line 4" the word behind belongs to the next number.
    """
    token = tokens[at]
    if _NUMBERED_ALARM.match(text, token.end):
        return False
    after = text[token.end : token.end + 2].lstrip()
    if after.startswith(_CHINESE_UNITS) or _UNIT.match(text, token.end):
        return True
    following = tokens[at + 1] if at + 1 < len(tokens) else None
    if following is not None and not text[token.end : following.start].strip():
        word = following.text.casefold()
        if word in _COUNTED or (word in _NUMBERED_THINGS and labelled < 3):
            return True
    return at > 0 and tokens[at - 1].text.casefold() in _COUNTS


def _find_component(text: str, components: Iterable[str]) -> tuple[str, set[int]]:
    """Return the component of which the question names most, with the positions of its words."""
    lowered = text.casefold()
    present = set(_WORD.findall(lowered))
    best: tuple[float, int, str] = (0.0, 0, "")
    for component in sorted(components):
        words = _WORD.findall(component.casefold())
        found = [w for w in words if w in present or (not w.isascii() and w in lowered)]
        if words and len(found) / len(words) > 0.5:
            best = max(best, (len(found) / len(words), sum(map(len, found)), component))
    component = best[2]
    positions: set[int] = set()
    for word in _WORD.findall(component.casefold()):
        for match in re.finditer(re.escape(word), lowered):
            positions.update(range(*match.span()))
    return component, positions


def _split_lists(tokens: list[_Token], prefixes: set[str]) -> list[_Token]:
    """Split "E-217/E-218" where both begin as codes of these documents do."""
    split: list[_Token] = []
    for token in tokens:
        parts = list(re.finditer(r"[^,/]+", token.text))
        if len(parts) > 1 and all(prefix_of(part[0]) in prefixes for part in parts):
            for part in parts:
                start, end = part.span()
                split.append(_Token(part[0], token.start + start, token.start + end))
        else:
            split.append(token)
    return split


def _join_split_codes(text: str, tokens: list[_Token], prefixes: set[str]) -> list[_Token]:
    """Join "E 217" to one token where "e" is how codes of these documents begin."""
    joined: list[_Token] = []
    for position, token in enumerate(tokens):
        last = joined[-1] if joined else None
        if (
            last is not None
            and token.start - last.end <= 2
            and token.text[0].isdigit()
            and prefix_of(last.text + "1") in prefixes
            and last.text.isalpha()
            and len(last.text) <= 5
            and not _is_counted(text, tokens, position, 3)
        ):
            joined[-1] = _Token(f"{last.text}-{token.text}", last.start, token.end)
        else:
            joined.append(token)
    return joined


def _bare(token: str) -> str:
    return token.lstrip("#")
