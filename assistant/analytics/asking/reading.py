"""What has been made of a question so far: pieces that are used, and what they came to (pure)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from assistant.analytics.asking.almanac import Almanac
from assistant.analytics.asking.names import NameBook
from assistant.analytics.asking.pieces import Piece
from assistant.analytics.query import Comparison, Filter

Note = tuple[str, ...]
"""The code of what is said about a reading, and what is put into it."""


class Unclear(Exception):
    """A question cannot be understood as it stands.

    ``code`` and ``values`` say why; ``choices`` are changes of the query (as dictionaries) that
    the words may have meant, each with its label's code and values.
    """

    def __init__(
        self, code: str, *values: str, choices: tuple[tuple[Note, dict[str, Any]], ...] = ()
    ) -> None:
        super().__init__(code, *values)
        self.code = code
        self.values = values
        self.choices = choices


@dataclass(frozen=True, slots=True)
class Forced:
    """What a person chose where a question was asked back, in place of what the words leave open.

    ``instead`` are words with the name that is meant by each; ``dropped`` words are passed over.
    """

    metrics: tuple[str, ...] = ()
    dims: tuple[str, ...] = ()
    range: str = ""
    compare: str = ""
    field: str = ""
    value: str = ""
    around: str = ""
    order: str = ""
    instead: tuple[tuple[str, str], ...] = ()
    dropped: tuple[str, ...] = ()

    def with_change(self, change: dict[str, Any]) -> Forced:
        """With one more choice."""
        made = {name: value for name, value in change.items() if name not in ("instead", "dropped")}
        if "metrics" in made:
            made["metrics"] = tuple(made["metrics"])
        if "dims" in made:
            made["dims"] = tuple(made["dims"])
        if "compare" in made:
            made["compare"] = made["compare"]["to"]
        if "instead" in change:
            made["instead"] = (*self.instead, change["instead"])
        if "dropped" in change:
            made["dropped"] = (*self.dropped, change["dropped"])
        return replace(self, **made)


@dataclass(slots=True)
class Reading:
    """A question that is being read."""

    text: str
    pieces: list[Piece]
    book: NameBook
    almanac: Almanac
    forced: Forced = Forced()
    metrics: list[str] = field(default_factory=list)
    dims: list[str] = field(default_factory=list)
    filters: list[Filter] = field(default_factory=list)
    time: str | None = None
    is_end: bool = False
    compare: Comparison | None = None
    order: str | None = None
    order_by: str | None = None
    limit: int | None = None
    params: dict[str, Any] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)

    @property
    def content(self) -> list[Piece]:
        """The pieces that are no signs."""
        return [piece for piece in self.pieces if piece.kind != "sign"]

    def free(self, *concepts: str) -> list[Piece]:
        """The pieces that nothing has taken account of and that may stand for a concept.

        Concepts are given one by one, or with spaces between.
        """
        return [piece for piece in self.pieces if not piece.used and piece.has(*concepts)]

    def has(self, *concepts: str) -> bool:
        """Whether there is such a piece."""
        return any(not piece.used and piece.has(*concepts) for piece in self.pieces)

    def use(self, *concepts: str) -> bool:
        """Take account of all pieces that may stand for a concept; tell whether there are any."""
        found = self.free(*concepts)
        for piece in found:
            piece.used = True
        return bool(found)

    def near(self, piece: Piece, way: int, *, over: frozenset[str] = frozenset()) -> Piece | None:
        """The piece before (-1) or after (1) one, not over a sign; concepts ``over`` are passed."""
        at = next(n for n, each in enumerate(self.pieces) if each is piece) + way
        while 0 <= at < len(self.pieces):
            other = self.pieces[at]
            if other.kind == "sign" and other.text in "(+/":
                at += way
                continue
            if other.kind == "sign":
                return None
            if other.kind == "concept" and over and other.has(*over):
                at += way
                continue
            return other
        return None

    def clause(self, piece: Piece) -> Iterator[Piece]:
        """The pieces between the signs around one."""
        at = next(n for n, each in enumerate(self.pieces) if each is piece)
        first = last = at
        while first > 0 and self.pieces[first - 1].kind != "sign":
            first -= 1
        while last + 1 < len(self.pieces) and self.pieces[last + 1].kind != "sign":
            last += 1
        yield from self.pieces[first : last + 1]

    def add(self, name: str, op: str, value: Any = None) -> None:
        """Add a filter, once."""
        made = Filter.model_validate({"field": name, "op": op, "value": value})
        if made not in self.filters:
            self.filters.append(made)

    def filters_of(self, name: str) -> list[Filter]:
        """The filters on a field."""
        return [made for made in self.filters if made.field == name]

    def note(self, *note: str) -> None:
        """Say something about the reading, once."""
        if note not in self.notes:
            self.notes.append(note)
