"""Read a question: which asset, which device, which codes (pure).

What counts as a code is decided by its surroundings and by the codes that the documents hold, not
by patterns of makers: a word for "alarm" before it speaks for it, a unit, a counter or a clock
speaks against it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from index.codes import prefix_of

_TOKEN = re.compile(r"#?[A-Za-z0-9]+(?:[-._/:,][A-Za-z0-9]+)*|[\u4e00-\u9fff]")
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
_LABEL_CHARACTERS = ("报警", "代码", "故障", "错误", "显示", "警报", "告警", "料号")
_COUNTED = frozenset(
    """line lines cell station machine unit shift bay hall press lathe compressor joint axis axes
    step steps page pages section figure fig table chapter day days time times week weeks cycle
    cycles hour hours minute minutes min mins second seconds sec pcs pieces parts degrees bar nm mm
    kn percent reset resets x tool station zone pump motor valve cylinder no. room floor ch
""".split()
)
_COUNTS = _COUNTED | frozenset("after since for about around every".split())
_CHINESE_UNITS = tuple("号点分次个小时秒年月日台级轴度号线条轮班天周页步")
_NAMED = 0.6  # share of a title's weight that a question must hold to name it
_STRUCTURE_WORDS = frozenset(
    """manual maintenance service operating handbook instruction instructions guide user the and of
    for a an""".split()
)
_QUESTION_WORDS = frozenset(
    """what whats what's is the a an on in of does do mean means how i clear it please help and
    my our with this that to me tell about why when which now next""".split()
)


@dataclass(frozen=True, slots=True)
class Device:
    """A document as something that a question can name."""

    revision_id: int
    title: str
    models: tuple[str, ...] = ()


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


def name_devices(question: str, devices: Sequence[Device]) -> tuple[tuple[int, ...], set[int]]:
    """Return the revisions whose device the question names, and the positions of the name.

    A device is named by one of its models, or by most of the weight of its title; words that many
    titles share weigh little. The device of which most is named wins; several may tie.
    """
    text = _normal(question)
    spread = Counter(word for device in devices for word in set(_name_words(device.title)))
    found = [(_span_of(text, device, spread), device.revision_id) for device in devices]
    best = max((span.share for span, _ in found), default=0.0)
    if best < _NAMED:
        return (), set()
    longest = max(len(span.positions) for span, _ in found if span.share == best)
    chosen = [
        (span, revision)
        for span, revision in found
        if span.share == best and len(span.positions) == longest
    ]
    positions = set().union(*(span.positions for span, _ in chosen))
    return tuple(sorted(revision for _, revision in chosen)), positions


@dataclass(frozen=True, slots=True)
class _Span:
    """The share of a device's name that a question holds, and where."""

    share: float
    positions: frozenset[int]


def _span_of(text: str, device: Device, spread: Counter[str]) -> _Span:
    best = _Span(0.0, frozenset())
    for model in device.models:
        # One word after the other, so that "25 bar at lathe LT-1" does not name the LT-25.
        pattern = r"[\W_]*".join(map(re.escape, _WORD.findall(_normal(model))))
        if match := re.search(rf"(?<![a-z0-9]){pattern}(?![a-z0-9])", text) if pattern else None:
            best = max(best, _Span(1.0, frozenset(range(*match.span()))), key=_span_order)
    weights = {word: 1.0 / spread[word] for word in _name_words(device.title)}
    words = [match for match in _WORD.finditer(text) if match[0] in weights]
    present = {match[0] for match in words}
    total = sum(weights.values())
    share = sum(weights[word] for word in present) / total if total else 0.0
    return max(best, _Span(share, _shortest_run(words, present)), key=_span_order)


def _shortest_run(words: list[re.Match[str]], wanted: set[str]) -> frozenset[int]:
    """Positions of the words in the shortest stretch of text that holds all of them.

    A number that is part of a name may also stand elsewhere as a code.
    """
    best: list[re.Match[str]] = []
    for first in range(len(words)):
        missing = set(wanted)
        for last in range(first, len(words)):
            missing.discard(words[last][0])
            if not missing:
                run = words[first : last + 1]
                if not best or _length(run) < _length(best):
                    best = run
                break
    return frozenset(i for match in best for i in range(*match.span()))


def _length(run: list[re.Match[str]]) -> int:
    return run[-1].end() - run[0].start()


def _span_order(span: _Span) -> tuple[float, int]:
    return span.share, len(span.positions)


def find_codes(
    question: str, named: set[int], prefixes: Iterable[str], components: Iterable[str]
) -> tuple[tuple[AskedCode, ...], str]:
    """Return the tokens of a question that are codes, and the component that it names.

    ``named`` are the positions that belong to a device's name; they are not codes.
    """
    text = _normal_width(question)
    component, spoken_for = _find_component(text, components)
    tokens = [_Token(m[0], m.start(), m.end()) for m in _TOKEN.finditer(text)]
    tokens = _join_split_codes(tokens, set(prefixes))
    known = set(prefixes)
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
    labelled = _is_labelled(text, tokens, at)
    beside_component = len(text[: token.start].rstrip(" ()（）:：-")) - 1 in spoken_for
    if not any(character.isdigit() for character in token.text):
        # Some lists have a code "other": a word that is a code counts only where one is expected.
        expected = labelled == 3 or beside_component
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
    elif not shaped and _is_counted(text, tokens, at):
        rating -= 4
    return rating


def _is_labelled(text: str, tokens: list[_Token], at: int) -> int:
    """3 where a word for "alarm" stands directly before the token, 2 within two words, else 0."""
    before = text[max(0, tokens[at].start - 6) : tokens[at].start].rstrip(" :#.=-“\"'")
    if before.endswith(_LABEL_CHARACTERS):
        return 3
    for distance, token in enumerate(reversed(tokens[max(0, at - 3) : at])):
        word = token.text.casefold().rstrip(".:")
        if word in _LABEL_WORDS:
            return 3 if distance == 0 else 2
        if any(character.isdigit() for character in word):
            break
    glued = re.match(r"#?(alm|alarm|err|error|fault|code)[-_.]?\d", tokens[at].text, re.IGNORECASE)
    return 3 if glued else 0


def _is_counted(text: str, tokens: list[_Token], at: int) -> bool:
    """A number that counts or measures something: "line 4", "7244 cycles", "2号线", "48 °C"."""
    token = tokens[at]
    after = text[token.end : token.end + 2].lstrip()
    if after.startswith((*_CHINESE_UNITS, "%", "°", "℃", "µ")):
        return True
    if at + 1 < len(tokens) and tokens[at + 1].text.casefold() in _COUNTED:
        return text[token.end : tokens[at + 1].start].strip() == ""
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


def _join_split_codes(tokens: list[_Token], prefixes: set[str]) -> list[_Token]:
    """Join "E 217" to one token where "e" is how codes of these documents begin."""
    joined: list[_Token] = []
    for token in tokens:
        last = joined[-1] if joined else None
        if (
            last is not None
            and token.start - last.end <= 2
            and token.text[0].isdigit()
            and prefix_of(last.text + "1") in prefixes
            and last.text.isalpha()
            and len(last.text) <= 5
        ):
            joined[-1] = _Token(f"{last.text}-{token.text}", last.start, token.end)
        else:
            joined.append(token)
    return joined


def _bare(token: str) -> str:
    return token.lstrip("#")


def _name_words(name: str) -> list[str]:
    return [word for word in _WORD.findall(_normal(name)) if word not in _STRUCTURE_WORDS]


def _normal_width(text: str) -> str:
    # Keeps one character for one, so that positions stay valid.
    return "".join(
        folded if len(folded := unicodedata.normalize("NFKC", c)) == 1 else c for c in text
    )


def _normal(text: str) -> str:
    return _normal_width(text).lower()
