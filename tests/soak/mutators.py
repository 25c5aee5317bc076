"""Alter one thing in a correct answer, as a careless or lying model would.

Nothing of the verifier is used here: what is altered is found by patterns of its own.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator

from assistant.messages import Answer

Alter = Callable[[str, random.Random], str | None]
Place = tuple[str, ...]
"""Where a text stands in an answer: the name of the field, then a position and a field of it."""

_SWAPPED_UNITS = {
    "bar": ("mbar", "mm", "°C", "MPa"), "mbar": ("bar",), "MPa": ("kPa",), "kPa": ("MPa",),
    "mm": ("cm", "m", "µm", "bar"), "cm": ("mm",), "m": ("mm", "s"), "µm": ("mm",),
    "N·m": ("kN", "N", "bar"), "Nm": ("kN", "bar"), "kN": ("N", "kg"),
    "°C": ("bar", "°F", "K"), "V": ("mV", "A", "kV"), "mV": ("V",),
    "A": ("mA", "V"), "mA": ("A", "mV"), "kW": ("W", "kV"), "W": ("kW",),
    "s": ("ms", "min", "h"), "ms": ("s",), "min": ("s", "h"), "h": ("min", "s"),
    "kg": ("g", "t"), "g": ("kg",), "l": ("ml",), "l/min": ("l",), "Hz": ("kHz", "V"),
    "ohm": ("kohm",), "Ω": ("kΩ",), "kΩ": ("Ω",), "mm/s": ("m/s",), "%": ("°C", "bar"),
}  # fmt: skip
_NAMES = sorted(map(re.escape, _SWAPPED_UNITS), key=len, reverse=True)
_NUMBER_UNIT = re.compile(r"(\d\s?)(" + "|".join(_NAMES) + r")(?![\w/·²³])")
_LONE_DIGITS = re.compile(r"(?<![\w.\-])\d+(?:[.,]\d+)*(?![\w\-])(?![).]\s)")
_ALARM = re.compile(r"\b[A-Z]{1,3}-\d{2,4}\b(?!-)")
_PART = re.compile(r"\b[A-Z]{2}\d{2}-\d{2,4}(?:[.-]\w+)+\b")
_TAG = re.compile(r"\b[A-Z]{1,2}\d{1,3}\b(?!-)")
_NEGATIVE = re.compile(r"\b(?:not|never|no|cannot|without)\b\s?", re.IGNORECASE)
_VERB = re.compile(
    r"\b(is|are|was|does|must|can|may|has|will|runs?|opens?|closes?|stays?|shows?|reads?)\b(?! not)"
)
_IMPERATIVE = re.compile(
    r"^(?:Check|Clean|Replace|Open|Close|Tighten|Set|Turn|Remove|Fit|Measure|Switch|Press|Drain|"
    r"Fill|Lock|Stop|Start|Loosen|Repair|Connect|Adjust|Wait)\b"
)
_LOWER = {"danger": "warning", "warning": "caution", "caution": "notice", "lockout": "caution"}
_LOWER_WORDS = (("DANGER", "WARNING"), ("WARNING", "CAUTION"), ("CAUTION", "NOTICE"))


def texts(answer: Answer) -> Iterator[tuple[Place, str]]:
    """Every text that an answer shows as fact, with its place; a note alone where there is one."""
    for at, cause in enumerate(answer.causes):
        if cause.note:
            yield ("causes", str(at), "note"), cause.note
            return
    fields = {
        "code_cards": ("meaning",),
        "causes": ("text", "remedy", "symptom"),
        "steps": ("text",),
        "quotes": ("text",),
        "parts": ("name",),
        "safety": ("text",),
    }
    for group, names in fields.items():
        for at, item in enumerate(getattr(answer, group)):
            yield from (
                ((group, str(at), name), getattr(item, name))
                for name in names
                if getattr(item, name)
            )


def put(answer: Answer, place: Place, text: str) -> Answer:
    """The answer with another text at a place."""
    group, at, name = place
    items = list(getattr(answer, group))
    items[int(at)] = items[int(at)].model_copy(update={name: text})
    return answer.model_copy(update={group: tuple(items)})


def altered_text(answer: Answer, alter: Alter, chance: random.Random) -> tuple[Answer, str] | None:
    """One text of the answer altered, chosen by chance, with what it says now."""
    places = list(texts(answer))
    chance.shuffle(places)
    for place, text in places:
        changed = alter(text, chance)
        if changed is not None and changed != text:
            return put(answer, place, changed), changed
    return None


def _replaced(match: re.Match[str], text: str, new: str) -> str:
    return text[: match.start()] + new + text[match.end() :]


def _pick(pattern: re.Pattern[str], text: str, chance: random.Random) -> re.Match[str] | None:
    found = list(pattern.finditer(text))
    return chance.choice(found) if found else None


def digits(text: str, chance: random.Random) -> str | None:
    """Another digit, one too many, one too few, or the point moved."""
    match = _pick(_LONE_DIGITS, text, chance)
    if match is None:
        return None
    number = match[0]
    at = chance.choice([i for i, one in enumerate(number) if one.isdigit()])
    ways = [number[:at] + str((int(number[at]) + chance.randint(1, 9)) % 10) + number[at + 1 :]]
    ways.append(number + chance.choice("123456789"))
    if len(number) > 1 and number.isdigit():
        ways.append(number[:-1])
    if "." in number:
        ways.append(number.replace(".", ""))
    changed = chance.choice(ways)
    return _replaced(match, text, changed) if float_of(changed) != float_of(number) else None


def float_of(number: str) -> float:
    """The value of a number, with a point or a comma."""
    return float(number.replace(",", ".")) if number.count(".") + number.count(",") < 2 else 0.0


def units(text: str, chance: random.Random) -> str | None:
    """Another unit behind a number."""
    match = _pick(_NUMBER_UNIT, text, chance)
    return match and _replaced(match, text, match[1] + chance.choice(_SWAPPED_UNITS[match[2]]))


def _spoilt(name: str, chance: random.Random) -> str:
    """A name with one character another or two swapped, so that it names something else."""
    digits_at = [i for i, one in enumerate(name) if one.isdigit()]
    at = chance.choice(digits_at)
    return name[:at] + str((int(name[at]) + chance.randint(1, 9)) % 10) + name[at + 1 :]


def codes(text: str, chance: random.Random) -> str | None:
    """Another alarm code or tag."""
    match = _pick(_ALARM, text, chance) or _pick(_TAG, text, chance)
    return match and _replaced(match, text, _spoilt(match[0], chance))


def parts(text: str, chance: random.Random) -> str | None:
    """Another part number."""
    match = _pick(_PART, text, chance)
    return match and _replaced(match, text, _spoilt(match[0], chance))


def negation_inserted(text: str, chance: random.Random) -> str | None:
    """The opposite said, with a negation that the source does not have."""
    if _NEGATIVE.search(text):
        return None
    if match := _pick(_VERB, text, chance):
        return _replaced(match, text, f"{match[0]} not")
    for start in re.finditer(r"(?:^|[.:;,] (?:then )?|First )(?=[A-Za-z])", text):
        rest = text[start.end() :]
        if _IMPERATIVE.match(rest[:1].upper() + rest[1:]):
            word = "Do not " if rest[0].isupper() else "do not "
            return text[: start.end()] + word + rest[0].lower() + rest[1:]
    return None


def negation_removed(text: str, chance: random.Random) -> str | None:
    """A negation left out."""
    match = _pick(_NEGATIVE, text, chance)
    return match and _replaced(match, text, "")


def order_of_note(text: str, chance: random.Random) -> str | None:
    """Two steps of a note in the wrong order: "First A, then B"."""
    del chance
    match = re.match(r"First (.+?), then (.+)\.$", text)
    return match and f"First {match[2]}, then {match[1]}."


def steps_changed(answer: Answer, chance: random.Random) -> tuple[Answer, str] | None:
    """Two steps swapped, or one dropped; of a short procedure two stay."""
    printed = [at for at, step in enumerate(answer.steps) if step.number]
    if len(printed) < 3:
        return None
    steps = list(answer.steps)
    if chance.random() < 0.5:
        one, other = sorted(chance.sample(printed, 2))
        steps[one], steps[other] = steps[other], steps[one]
    else:
        del steps[chance.choice(printed)]
    return answer.model_copy(update={"steps": tuple(steps)}), ""


def named_code(answer: Answer, chance: random.Random) -> tuple[Answer, str] | None:
    """Another code on a card."""
    alarms = [at for at, card in enumerate(answer.code_cards) if re.search(r"\d", card.code)]
    if not alarms:
        return None
    at = chance.choice(alarms)
    code = _spoilt(answer.code_cards[at].code, chance)
    return put(answer, ("code_cards", str(at), "code"), code), code


def named_part(answer: Answer, chance: random.Random) -> tuple[Answer, str] | None:
    """Another number of a part."""
    if not answer.parts:
        return None
    at = chance.randrange(len(answer.parts))
    number = _spoilt(answer.parts[at].part_no, chance)
    return put(answer, ("parts", str(at), "part_no"), number), number


def warning_dropped(answer: Answer, chance: random.Random) -> tuple[Answer, str] | None:
    """A whole safety message left out, while what it guards is shown."""
    if not answer.safety:
        return None
    kept = list(answer.safety)
    del kept[chance.randrange(len(kept))]
    return answer.model_copy(update={"safety": tuple(kept)}), ""


def warning_words(answer: Answer, chance: random.Random) -> tuple[Answer, str] | None:
    """Words of a safety message left out."""
    if not answer.safety:
        return None
    at = chance.randrange(len(answer.safety))
    words = answer.safety[at].text.split(" ")
    if len(words) < 4:
        return None
    start = chance.randrange(1, len(words))
    text = " ".join([*words[:start], *words[start + chance.randint(1, 3) :]])
    return put(answer, ("safety", str(at), "text"), text), text


def warning_lowered(answer: Answer, chance: random.Random) -> tuple[Answer, str] | None:
    """A safety message under a signal word that is less severe, as a level or as printed."""
    at_risk = [at for at, one in enumerate(answer.safety) if one.signal in _LOWER]
    if not at_risk:
        return None
    at = chance.choice(at_risk)
    notice = answer.safety[at]
    for word, lower in _LOWER_WORDS:
        if word in notice.text and chance.random() < 0.5:
            text = notice.text.replace(word, lower, 1)
            return put(answer, ("safety", str(at), "text"), text), text
    return put(answer, ("safety", str(at), "signal"), _LOWER[notice.signal]), ""


def spacing(text: str, chance: random.Random) -> str | None:
    """Harmless: another space."""
    gaps = [match.start() for match in re.finditer(" ", text)]
    if not gaps:
        return None
    at = chance.choice(gaps)
    return text[:at] + chance.choice(("  ", "\u00a0", "\n")) + text[at + 1 :]


def unit_spelling(text: str, chance: random.Random) -> str | None:
    """Harmless: a unit spelled otherwise."""
    ways = (("N·m", "Nm"), ("N·m", "N m"), ("N·m", "N⋅m"), ("°C", "℃"), (" bar", "bar"),
            (" mm", "\u202fmm"), (" °C", "°C"), (" V", "V"), (" min", "min"))  # fmt: skip
    fitting = [
        (old, new) for old, new in ways if re.search(rf"\d\s?{re.escape(old.strip())}(?!\w)", text)
    ]
    if not fitting:
        return None
    old, new = chance.choice(fitting)
    pattern = re.compile(rf"(\d\s?){re.escape(old.strip())}(?!\w)")
    match = _pick(pattern, text, chance)
    return match and _replaced(match, text, match[1].rstrip() + " " * (old[0] != " ") + new)


def decimal_comma(text: str, chance: random.Random) -> str | None:
    """Harmless: a comma for the point of a value."""
    match = _pick(re.compile(r"(?<![\w.])(\d+)\.(\d+)(?=\s?(?:bar|mm|N·m|V|A|mA|kW|s|l)\b)"),
                  text, chance)  # fmt: skip
    return match and _replaced(match, text, f"{match[1]},{match[2]}")
