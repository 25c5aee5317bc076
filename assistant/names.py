"""Find the names of people in a text, by a roster and by what names look like (pure).

What holds a digit is never taken for a name, so that part numbers, alarm codes, serial numbers and
asset tags stay as they are.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from importlib.resources import files

from assistant.chinese_names import chinese_names
from index.language import language_of, narrow

_LISTS: dict[str, str] = tomllib.loads(
    files("assistant").joinpath("name_lists.toml").read_text(encoding="utf-8")
)


def fold(word: str) -> str:
    """One form for the spellings of a name: Müller, MUELLER and Muller give "muller"."""
    plain = unicodedata.normalize("NFKD", word.casefold().replace("ß", "ss"))
    letters = "".join(c for c in plain if c.isalpha())
    letters = letters.translate({0xF8: "o", 0xE6: "a", 0x142: "l", 0x131: "i", 0x111: "d"})
    return re.sub(r"([aou])e", r"\1", letters)


def _words(name: str) -> frozenset[str]:
    return frozenset(fold(word) for word in _LISTS[name].split())


_GIVEN = _words("given")
_SURNAMES = _words("surnames")
_ALSO_WORDS = _words("words")
_NOT_PEOPLE = _words("not_people")
_MAKERS = _words("after_makers")
_TITLES = _words("titles")
_CUES = _words("cues")
_ROLES = _words("roles")
_SPEECH = _words("speech")
_DEEDS = _words("deeds") | _SPEECH
_LETTERS = "a-zA-Z\u00c0-\u024f\u1e00-\u1eff\u0300-\u036f"  # Latin ones, also in two parts
_WORD = re.compile(rf"[{_LETTERS}]+(?:['’][{_LETTERS}]+)*")
_TOKEN = re.compile(r"[^\s,;:()\[\]{}\"'„“”‘’<>|=，。；：（）、！？\u3400-\u9fff]+")
_BETWEEN = re.compile(r"[ \t\u00a0]{0,2}(?:[.,]|\.?-)?[ \t\u00a0]{0,2}")
_GENITIVE = re.compile(r"['’]s$|['’]$")
_SEVERAL = re.compile(r"[;；、|/&+\n]")  # between the people of one cell
_LONGEST = 4  # words of a name
_LEAST = 3  # letters of a name that stands alone
_LEAST_SHORT = 5  # letters of a shortened one
_SIGNATURE = re.compile(
    r"\b(?:[bB]y|[gG]ez\.?|[sS]ign(?:ed)?\.?|[vV]on)[ :]+(([A-Z])\.? ?([A-Z])\.)"
)
_HAN = re.compile(r"[\u3400-\u9fff]{2,4}$")


@dataclass(frozen=True, slots=True)
class Named:
    """A name at a place of a text; ``person`` is the same for every spelling of one person."""

    start: int
    end: int
    person: str


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    start: int
    end: int
    folded: str
    is_kept: bool  # part of a token with a digit: never a name

    @property
    def is_capital(self) -> bool:
        return self.text[0].isupper()

    @property
    def is_surname(self) -> bool:
        """Whether it may be one that no list has."""
        is_long = len(self.text) >= _LEAST
        return is_long and self.text.istitle() and self.folded not in _NOT_PEOPLE


class Roster:
    """The people that a plant knows, under every way in which their names are written."""

    def __init__(self, people: Iterable[str] = ()) -> None:
        """Take names as columns hold them: "Anna Lind", "Lind, Anna", "A. Lind", "王伟", "E10432".

        What is no person ("Shift B", "extern") is left out.
        """
        self._whole: dict[tuple[str, ...], str] = {}
        self._surnames: dict[str, set[str]] = {}
        self._given: dict[str, set[str]] = {}
        self._initials: dict[tuple[str, str], set[str]] = {}
        self.han: set[str] = set()
        self.numbers: dict[str, str] = {}
        for cell in people:
            for entry in _SEVERAL.split(cell):
                self._add(entry.strip())

    def _add(self, entry: str) -> None:
        if _HAN.match(entry):
            self.han.add(entry)
            return
        if any(map(str.isdigit, entry)):
            digits = sum(map(str.isdigit, entry))
            if digits >= 6 or (digits >= 3 and not entry.isdigit() and " " not in entry):
                self.numbers[entry.casefold()] = entry.casefold()
            return
        family, comma, given = narrow(entry).partition(",")
        units = [
            tuple(fold(word) for word in _WORD.findall(unit))
            for unit in (*given.split(), *family.split())
        ]
        units = [unit for unit in units if any(unit) and unit[0] not in _TITLES]
        words = [word for unit in units for word in unit]
        if not units or any(word in _NOT_PEOPLE for word in words) or len(words) > _LONGEST:
            return
        if not comma and units[-1] in [(letter,) for letter in "abcdefghijklmnopqrstuvwxyz"]:
            units = [units[-1], *units[:-1]]  # "Lind A."
        self._add_units(units)

    def _add_units(self, units: list[tuple[str, ...]]) -> None:
        """Take a name in its order; "Sung-min" and "Müller-Lind" are one unit of two words."""
        first, surname = units[0], units[-1]
        person = " ".join(word for unit in units for word in unit)
        self._put(self._surnames, surname, person)
        if len(units) == 1:
            return
        for word in surname[:1] if len(surname) == 1 else (surname[0], surname[-1]):
            self._initials.setdefault((first[0][0], word), set()).add(person)
        if len(first[0]) < 2:
            return
        self._put(self._given, first, person)
        middle = units[1:-1]
        self._whole[sum([*middle, surname], ())] = person
        for order in (units, [surname, first, *middle], [*middle, surname, first]):
            self._whole[sum(order, ())] = person
        for order in ([first, surname], [surname, first]):
            self._whole[sum(order, ())] = person

    def _put(self, names: dict[str, set[str]], unit: tuple[str, ...], person: str) -> None:
        if len(unit) > 1:
            self._whole[unit] = person
        for word in unit if len(unit) == 1 else [w for w in unit if len(w) > _LEAST]:
            if len(word) > 1:
                names.setdefault(word, set()).add(person)

    def whole(self, words: tuple[str, ...]) -> str | None:
        """The person whose whole name these folded words are, in any order that is written."""
        found = self._whole.get(words)
        if found is None and 1 < len(words) <= 3:
            initials = [word for word in words if len(word) == 1]
            names = [word for word in words if len(word) > 1]
            if initials and len(names) == 1:
                people = self._initials.get((initials[0], names[0]))
                found = _one(people, f"{initials[0]} {names[0]}") if people else None
        return found

    def alone(self, word: str) -> str | None:
        """The person whose surname or given name a folded word is."""
        people = self._surnames.get(word) or self._given.get(word)
        return _one(people, word) if people else None

    def shortened(self, word: str) -> str | None:
        """The person whose long surname begins with a folded word: "Venkat" for Venkataraman."""
        if len(word) < _LEAST_SHORT:
            return None
        longer = [
            name
            for name in self._surnames
            if name.startswith(word) and len(name) >= len(word) + _LEAST
        ]
        return self.alone(longer[0]) if len(longer) == 1 else None

    def by_initials(self, first: str, last: str) -> str | None:
        """The one person with these initials."""
        people = {
            person
            for (initial, surname), known in self._initials.items()
            if initial == first and surname[0] == last
            for person in known
        }
        return next(iter(people)) if len(people) == 1 else None


def _one(people: Collection[str], otherwise: str) -> str:
    return next(iter(people)) if len(people) == 1 else otherwise


def find_names(text: str, roster: Roster) -> list[Named]:
    """Where people are named, from the start to the end of the text, none overlapping."""
    text = narrow(text)
    words = _read(text)
    found = [*_roster_numbers(text, roster), *chinese_names(text, roster.han, Named)]
    found += _signatures(text, roster)
    position = 0
    while position < len(words):
        named, taken = _at(words, position, text, roster)
        if named is not None:
            found.append(named)
        position += taken
    kept: list[Named] = []
    for each in sorted(found, key=lambda named: (named.start, -named.end)):
        if not kept or each.start >= kept[-1].end:
            kept.append(each)
    return kept


def _read(text: str) -> list[_Word]:
    kept = [m.span() for m in _TOKEN.finditer(text) if any(map(str.isdigit, m[0]))]
    words: list[_Word] = []
    at = 0
    for match in _WORD.finditer(text):
        word = _GENITIVE.sub("", match[0])
        while at < len(kept) and kept[at][1] <= match.start():
            at += 1
        is_kept = at < len(kept) and kept[at][0] <= match.start()
        folded = fold(word)
        if folded:
            start = match.start()
            words.append(_Word(word, start, start + len(word), folded, is_kept))
    return words


def _at(words: list[_Word], at: int, text: str, roster: Roster) -> tuple[Named | None, int]:
    """The name that begins with a word, if one does, and how many words were looked at."""
    if words[at].is_kept:
        return None, 1
    length = _run(words, at, text)
    for count in range(min(length, _LONGEST), 1, -1):
        group = words[at : at + count]
        person = roster.whole(tuple(word.folded for word in group)) or _unlisted(
            group, text, roster
        )
        if person is not None and not _is_maker(words, at + count, text):
            end = group[-1].end
            if len(group[-1].text) == 1 and text[end : end + 1] == ".":
                end += 1  # "Lind, A."
            return Named(group[0].start, end, person), count
    word = words[at]
    person = _alone(words, at, text, roster)
    if person is None:
        return None, 1
    follows = words[at + 1] if length > 1 else None
    if follows and person == word.folded and _is_unknown(words, at, text) and follows.is_surname:
        return Named(word.start, follows.end, f"{person} {follows.folded}"), 2
    is_genitive = roster.alone(word.folded) is None and roster.alone(word.folded[:-1]) == person
    return Named(word.start, word.end - is_genitive, person), 1


def _run(words: list[_Word], at: int, text: str) -> int:
    """How many words from this one on may be one name: nothing but space, a comma, a full stop."""
    count = 1
    while at + count < len(words):
        before, after = words[at + count - 1], words[at + count]
        gap = text[before.end : after.start]
        is_stop = "." in gap and len(before.text) > 1
        if after.is_kept or is_stop or not _BETWEEN.fullmatch(gap):
            break
        count += 1
    return count


def _unlisted(group: list[_Word], text: str, roster: Roster) -> str | None:
    """A name that no roster has: given name and surname, or an initial and a known surname."""
    if len(group) == 3 and group[0].folded in _GIVEN and group[1].folded in _GIVEN:
        is_compound = text[group[0].end : group[1].start] == "-"  # "Jens-Uwe Lang"
        return _unlisted(group[1:], text, roster) if is_compound else None
    if len(group) != 2:
        return None
    first, last = group
    gap = text[first.end : last.start]
    if not (first.is_capital and last.is_capital):
        return None
    is_name = last.folded not in _NOT_PEOPLE and len(last.text) >= _LEAST
    if "," in gap:
        known = first.folded in _SURNAMES and last.folded in _GIVEN
        return f"{last.folded} {first.folded}" if known else None
    if first.folded in _GIVEN and is_name:
        is_sure = first.folded not in _ALSO_WORDS and last.text.istitle()
        if last.folded in _SURNAMES or (is_sure and not roster.alone(first.folded)):
            return f"{first.folded} {last.folded}"
    if len(first.text) == 1 and gap.startswith("."):
        return f"{first.folded} {last.folded}" if last.folded in _SURNAMES else None
    is_given = first.folded in _GIVEN or roster.alone(first.folded) is not None
    if is_given and first.text.istitle() and len(last.text) == 1 and gap.isspace():
        is_initial = text[last.end : last.end + 1] == "."  # "Sabine K."
        return roster.alone(first.folded) or first.folded if is_initial else None
    return None


def _alone(words: list[_Word], at: int, text: str, roster: Roster) -> str | None:
    """The person whom one word names."""
    word = words[at]
    before = words[at - 1] if at and _is_beside(words[at - 1], word, text) else None
    if before is not None and before.folded in _TITLES and _is_title(before.text):
        if word.is_capital and len(word.text) > 1 and word.folded not in _NOT_PEOPLE:
            return roster.alone(word.folded) or word.folded
        return None
    person = roster.alone(word.folded)
    if person is None and word.text.endswith("s") and len(word.text) > 4:  # "Müllers Notiz"
        person = roster.alone(fold(word.text[:-1]))
    is_known = word.folded in _GIVEN or word.folded in _SURNAMES
    if len(word.text) < _LEAST or word.folded in _ALSO_WORDS:
        return person if person is not None and _acts(words, at, text) else None
    if person is None and word.text.istitle():
        person = roster.shortened(word.folded)
    if person is not None:
        return person
    if is_known and word.text.istitle() and not _is_maker(words, at + 1, text):
        return word.folded
    return word.folded if _is_unknown(words, at, text) and word.is_surname else None


def _is_unknown(words: list[_Word], at: int, text: str) -> bool:
    """Whether a word stands after a title or a role, where a name stands that no list has."""
    before = words[at - 1] if at and _is_beside(words[at - 1], words[at], text) else None
    return before is not None and before.folded in _ROLES | _TITLES


def _acts(words: list[_Word], at: int, text: str) -> bool:
    """Whether a capital word that is a name and a word as well stands where a person does."""
    word = words[at]
    before = words[at - 1] if at and _is_beside(words[at - 1], word, text) else None
    after = words[at + 1] if at + 1 < len(words) else None
    if after is not None and after.folded in _SPEECH and _is_beside(word, after, text):
        return True
    if not word.text.istitle() or _is_maker(words, at + 1, text):
        return False
    if before is not None and before.folded in _CUES and before.text.islower():
        return True
    if after is not None and after.folded in _DEEDS and _is_beside(word, after, text):
        return True
    # Nouns have no capital in English: within a sentence it is a name.
    begins = re.search(r"(?:^|[.!?:;/()\n])\s*$", text[: word.start]) is not None
    return not begins and len(word.text) >= _LEAST and language_of(text) == "en"


def _is_beside(before: _Word, word: _Word, text: str) -> bool:
    return re.fullmatch(r"\.?[ \t\u00a0]+", text[before.end : word.start]) is not None


def _is_title(text: str) -> bool:
    """A title is a capital word ("Herr", "Mr"); those of colleagues may stand in small letters."""
    return text[0].isupper() or text.casefold().startswith(("kolleg", "foreman", "azubi"))


def _is_maker(words: list[_Word], after: int, text: str) -> bool:
    """Whether the next word tells that a name is a maker's: "Schneider Electric"."""
    if after >= len(words):
        return False
    word, end = words[after], words[after - 1].end
    if re.fullmatch(r"[ \t]|-", text[end : word.start]) is None:
        return False
    is_noun = word.is_capital and any(word.folded.startswith(m) for m in _MAKERS if len(m) > 4)
    return word.folded in _MAKERS or is_noun


def _signatures(text: str, roster: Roster) -> list[Named]:
    """Initials that stand for a signature: "done by D.T."."""
    return [
        Named(*match.span(1), person)
        for match in _SIGNATURE.finditer(text)
        if (person := roster.by_initials(fold(match[2]), fold(match[3]))) is not None
    ]


def _roster_numbers(text: str, roster: Roster) -> list[Named]:
    """Personnel numbers and names of accounts that stand in a column of people, word for word."""
    if not roster.numbers:
        return []
    return [
        Named(match.start(), match.start() + len(match[0].rstrip(".")), person)
        for match in _TOKEN.finditer(text)
        if (person := roster.numbers.get(match[0].rstrip(".").casefold())) is not None
    ]
