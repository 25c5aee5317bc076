"""What the words and lists in a ticket's cells mean: kind, status, priority, parts (pure)."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files

_PART = re.compile(
    r"\s*(?:(\d+(?:[.,]\d+)?)\s*[x×]\s*)?(\S.*?)(?:\s+[x×]\s*(\d+(?:[.,]\d+)?))?\s*$"
)
_TRUE = frozenset("true yes y x 1 ja wahr 是 √ ✓ on".split())
_FALSE = frozenset("false no n 0 nein falsch 否 off".split())

WORDS: Mapping[str, Mapping[str, Sequence[str]]] = tomllib.loads(
    files("ingest").joinpath("ticket_values.toml").read_text(encoding="utf-8")
)


class Vocabulary:
    """Brings the words of one column to one vocabulary."""

    def __init__(self, words: Mapping[str, Sequence[str]], first: Mapping[str, str]) -> None:
        """Use the words by meaning; ``first`` are a mapping's own, by word, which come first."""
        self._whole = {plain(word): name for name, known in words.items() for word in known}
        self._own = {plain(word): name for word, name in first.items()}
        self._memo: dict[str, str] = {}

    def find(self, value: str) -> str:
        """The meaning of a value, "unknown" where it has none."""
        found = self._memo.get(value)
        if found is None:
            found = self._find(plain(value))
            if len(self._memo) < 10_000:
                self._memo[value] = found
        return found

    def _find(self, value: str) -> str:
        words = value.split()
        for known in (self._own, self._whole):
            if value in known:
                return known[value]
            found = next((name for word, name in known.items() if word in words), None)
            if found:
                return found
        return "unknown"


def plain(value: str) -> str:
    """One width and case, separators as spaces."""
    text = unicodedata.normalize("NFKC", value).casefold()
    return " ".join(re.sub(r"[_/,;|]+|(?<=\w)-|-(?!\d)", " ", text).split())


def truth(value: str) -> bool | None:
    """Whether a cell says yes or no; None where it says neither."""
    word = plain(value)
    return True if word in _TRUE else False if word in _FALSE else None


def parts_of(text: str) -> Iterator[tuple[str, float]]:
    """Part numbers with quantities: "2 x HP40-1; AB" is HP40-1 twice and AB once."""
    for piece in re.split(r"[;,，；\n]", text):
        match = _PART.match(piece) if piece.strip() else None
        if match:
            yield match[2], float((match[1] or match[3] or "1").replace(",", "."))


def names_of(text: str) -> tuple[str, ...]:
    """The people in a cell: "A. Lind; B. Öz" are two, "Lind, Anna" is one."""
    return tuple(
        name for piece in re.split(r"[;；、|\n]|\s\+\s|\s&\s", text) if (name := piece.strip())
    )
