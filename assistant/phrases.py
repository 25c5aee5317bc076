"""What Faultbook itself says in an answer, in the language of the question (pure).

A phrase is a constant with its text in every language; :func:`say` fills in its placeholders. What
documents and tickets say is never a phrase: it is quoted as it stands. The constants are in
:mod:`assistant.phrases_labels` and :mod:`assistant.phrases_messages`.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Literal, get_args

from index.language import language_of

Language = Literal["en", "de", "zh"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

_WORD = re.compile(r"[a-zäöüß]+")
# Words of short questions, which hold none of the words that speak for a language in a text.
_ASKING: dict[Language, frozenset[str]] = {
    "de": frozenset(
        "was wie wo wer wann warum wieso weshalb welche welcher welches welchen welchem wofür wozu "
        "wieviel woran womit bedeutet heißt heisst zeigt kommt geht läuft lässt muss kann darf "
        "soll sollte ich wir mir mich uns mein meine ist sind wird werden war hat "
        "haben der die das dem den des ein eine einen einem einer kein keine "
        "nicht nach vor von vom zum zur beim bei mit "
        "ohne auf aus im am um durch gegen und oder wenn als noch schon immer trotz trotzdem bitte "
        "fehler störung meldung anzeige anlage maschine presse pumpe druck wechseln "
        "tauschen".split()
    ),
    "en": frozenset(
        "what how where who when why which whose does do did is are were has have had the a "
        "of to in on at for with without from by after before and or if but can could may must "
        "should will would not no my our your it its i we you this that these those there error "
        "fault alarm shows show mean means check change replace machine press pump".split()
    ),
}


@dataclass(frozen=True, slots=True)
class Phrase:
    """One text in every language, with the same ``{placeholders}`` in each."""

    en: str
    de: str
    zh: str


@dataclass(frozen=True, slots=True)
class Counted:
    """A phrase about a number of things, ``{count}``; ``one`` is said of a single one."""

    one: Phrase
    many: Phrase


def say(phrase: Phrase, language: str, **values: object) -> str:
    """Return a phrase in a language, in English where it does not have that one.

    Args:
        phrase: what is said.
        language: a code such as "de".
        values: what stands in the place of its placeholders.

    Raises:
        KeyError: a placeholder has no value.
    """
    text: str = getattr(phrase, language if language in LANGUAGES else "en")
    return text.format(**values) if values else text


def count(phrase: Counted, language: str, number: int, **values: object) -> str:
    """Return a phrase about a number of things."""
    chosen = phrase.one if number == 1 else phrase.many
    return say(chosen, language, count=number, **values)


def language_for(question: str) -> Language:
    """Return the language in which to answer a question: English for one that has no phrases.

    A question of a code alone is in no language, and gets English.
    """
    language = language_of(question)
    if language == "zh":
        return "zh"
    words = Counter(_WORD.findall(question.casefold()))
    german = sum(number for word, number in words.items() if word in _ASKING["de"])
    english = sum(number for word, number in words.items() if word in _ASKING["en"])
    german += sum(number for word, number in words.items() if re.search("[äöüß]", word))
    if language in ("fr", "es"):
        return "en"
    return "de" if german > english else "en"
