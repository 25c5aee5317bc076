"""The words that carry a meaning, and those that carry none, as the files list them."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from functools import cache
from importlib.resources import files

from assistant.analytics.asking.tokens import Token, keys, normal, spaced, tokens_of

_FILES = ("measures", "dimensions", "grammar")
_VOWELS = frozenset("aeiou")


class Lexicon:
    """Phrases with the concepts that they may stand for."""

    def __init__(self) -> None:
        self._concepts: dict[str, frozenset[str]] = _phrases()
        self._glued: dict[str, frozenset[str]] = {}
        for key, concepts in self._concepts.items():
            glued = key.replace(" ", "")
            self._glued[glued] = self._glued.get(glued, frozenset()) | concepts
        self.dim_order = tuple(_table("dimensions"))
        self.dims = frozenset(self.dim_order)
        self.harmless = _harmless()
        self.longest = max(len(tokens_of(phrase)) for phrase in self._concepts)
        self.words = frozenset(_words())

    def concepts(self, tokens: list[Token]) -> frozenset[str]:
        """The concepts that some tokens stand for as a whole; none if they stand for nothing."""
        found: frozenset[str] = frozenset()
        for key in spaced(tokens):
            found |= self._concepts.get(key, frozenset())
        if len(tokens) == 1 or any(token.text == "-" for token in tokens):
            for key in keys(tokens):
                found |= self._glued.get(key, frozenset())
        return found

    def is_harmless(self, tokens: list[Token]) -> bool:
        """Whether some tokens may be passed over."""
        if any(key in self.harmless for key in keys(tokens)):
            return True
        word, mark, _ = tokens[0].text.partition("'")
        return bool(mark) and len(tokens) == 1 and word in self.harmless

    def is_harmless_text(self, text: str) -> bool:
        """Whether a word may be passed over."""
        return self.is_harmless(tokens_of(text))


@cache
def lexicon() -> Lexicon:
    """The one lexicon."""
    return Lexicon()


def _table(name: str) -> dict[str, dict[str, list[str]]]:
    text = files("assistant.analytics.asking").joinpath("words", f"{name}.toml")
    return tomllib.loads(text.read_text(encoding="utf-8"))


def _phrases() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for name in _FILES:
        for concept, languages in _table(name).items():
            for phrases in languages.values():
                for phrase in phrases:
                    for form in _forms(phrase):
                        for key in spaced(tokens_of(normal(form)))[:1]:
                            found[key].add(concept)
    return {key: frozenset(concepts) for key, concepts in found.items()}


def _forms(phrase: str) -> tuple[str, ...]:
    """A phrase, with ``~`` behind a verb in all the verb's forms."""
    if "~" not in phrase:
        return (phrase,)
    verb, _, rest = phrase.partition("~")
    stem = verb.removesuffix("e")
    last = verb[-1:]
    doubled = verb + last if last not in _VOWELS | {"w", "x", "y"} else verb
    endings = {verb, verb + "s", stem + "ed", stem + "ing", doubled + "ed", doubled + "ing"}
    if verb.endswith("y"):
        endings |= {verb[:-1] + "ied", verb[:-1] + "ies"}
    if verb.endswith(("ss", "sh", "ch", "x", "z", "o")):
        endings.add(verb + "es")
    return tuple(form + rest for form in sorted(endings))


def _harmless() -> frozenset[str]:
    """The words that may be passed over; of the verbs, all their forms."""
    found: set[str] = set()
    for kind, words in _table("harmless").items():
        for word in str(words).split():
            for form in _forms(f"{word}~") if kind == "verbs" else (word,):
                found.update(keys(tokens_of(normal(form)))[:1])
    return frozenset(found)


def _words() -> set[str]:
    """The single English words of all phrases."""
    found = {word for word in _harmless() if word.isascii() and word.isalpha()}
    for name in _FILES:
        for languages in _table(name).values():
            for phrase in languages.get("en", ()):
                for form in _forms(phrase):
                    found |= {token.text for token in tokens_of(normal(form)) if token.is_word}
    return found
