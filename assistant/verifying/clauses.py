"""Which clause of a source a clause of a text speaks of, by their words (pure)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.verifying import opposites
from assistant.verifying.measures import measures, states
from assistant.verifying.printed_numbers import language
from index.lexical import words_in

_END = re.compile(
    r"[.;!?。；！？](?=\s|$|[\u3400-\u9fff])|[\n|→，、]|,(?!\d)|->|\(|\)|:(?=\s)|：|\s-\s"
)
_JOINED = re.compile(
    r"\b(?:but|then|because|so that|while|and then|aber|dann|danach|weil|denn|sondern)\b"
    r"|然后|但是|因为|再(?=[\u3400-\u9fff])",
    re.IGNORECASE,
)
_ORDERED = re.compile(
    r"\b(?:then|first|next|afterwards|finally|zuerst|dann|danach|anschließend)\b"
    r"|然后|首先|最后|先.{0,20}(?:再|后)",
    re.IGNORECASE,
)
_NEAR = 0.6  # share of a clause's words that the clause it speaks of holds
_WHOLE = 0.6  # share of the source's clause that a clause repeats, to be held to its conditions
_LEAST_WORDS = 2


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause with its words, stemmed, those that have opposites and negations left out."""

    text: str
    words: frozenset[str]


def clauses(text: str) -> list[Clause]:
    """Split a text into its clauses; those without a word of their own are left out."""
    found: list[Clause] = []
    for part in _END.split(text):
        for piece in _JOINED.split(part):
            words = frozenset(words_in(opposites.without_opposites(piece)))
            words -= _TURNING
            if words:
                found.append(Clause(piece.strip(), words))
    return found


_TURNING = frozenset(
    word
    for text in (
        "not no never cannot without none nothing unless except only must should do does",
        "first next afterwards finally then zuerst dann danach anschließend",
        "首先 然后 最后",
    )
    for word in words_in(text)
)


def spoken_of(clause: Clause, source: Sequence[Clause], least: float = _NEAR) -> list[int]:
    """The positions of the source's clauses that a clause speaks of, nearest first.

    Empty where too few of its words stand in any.
    """
    shares = [len(clause.words & one.words) / len(clause.words) for one in source]
    near = [
        at
        for at, share in enumerate(shares)
        if share >= least
        and len(clause.words & source[at].words) >= min(_LEAST_WORDS, len(clause.words))
    ]
    return sorted(near, key=lambda at: -shares[at])


def value_errors(text: Sequence[Clause], source: Sequence[Clause]) -> list[str]:
    """Values of a text that its source gives for something else: another value stands there.

    Only a clause that is said nearly whole is held to the values of the clause that it repeats.
    """
    found: list[str] = []
    for clause in text:
        stated = [one for one in measures(clause.text) if one.unit]
        near = spoken_of(clause, source, _NEAR) if stated else []
        for one in stated:
            held = [
                [other for other in measures(source[at].text, language(source[at].text))
                 if other.dimension == one.dimension]
                for at in near
            ]  # fmt: skip
            if held and all(held) and not any(states(others, one) for others in held):
                found.append(one.text)
    return found


def negation_errors(text: Sequence[Clause], source: Sequence[Clause]) -> list[str]:
    """Negations that a text adds to what its source says, or leaves out.

    A clause is held against the nearest of the source that it speaks of; where a clause as near
    has the same sense, it stands.
    """
    found: list[str] = []
    any_negation = any(opposites.negations(one.text) for one in source)
    for clause in text:
        said = opposites.negations(clause.text)
        near = spoken_of(clause, source)
        if not near:
            if said and not any_negation:
                found.append(said[0])
            continue
        nearest = _nearest(clause, source, near)
        meant = [len(opposites.negations(one.text)) % 2 for one in nearest]
        if len(said) % 2 in meant:
            continue
        if said:
            found.append(said[0])
        elif any(_repeats(clause, one) for one in nearest):
            found.append(f"without {opposites.negations(nearest[0].text)[0]!r}")
    return found


def _nearest(clause: Clause, source: Sequence[Clause], near: Sequence[int]) -> list[Clause]:
    """The clauses that share as many words as the nearest."""
    shared = [len(clause.words & source[at].words) for at in near]
    return [source[at] for at, count in zip(near, shared, strict=True) if count == max(shared)]


def _repeats(clause: Clause, negative: Clause) -> bool:
    """Tell whether a clause says what another denies, not only what that is about."""
    said = frozenset(words_in(clause.text))
    for beside in opposites.negated(negative.text):
        denied = frozenset(words_in(beside))
        # "Plug not in": what is denied is no word of its own.
        if said & denied or (not denied and negative.words <= said):
            return True
    return False


def condition_errors(text: Sequence[Clause], source: Sequence[Clause]) -> list[str]:
    """Conditions ("unless", "except", "only") that a text adds or leaves out."""
    found: list[str] = []
    for clause in text:
        said = opposites.conditions(clause.text)
        near = spoken_of(clause, source)
        if not near:
            continue
        best = source[near[0]]
        meant = opposites.conditions(best.text)
        found += sorted(said - meant)
        if len(clause.words & best.words) >= _WHOLE * len(best.words):
            found += [f"without {one!r}" for one in sorted(meant - said)]
    return found


def opposite_errors(text: Sequence[Clause], source: Sequence[Clause], whole: str) -> list[str]:
    """Words whose opposite stands in the clause that is spoken of, or in all of the source."""
    found: list[str] = []
    for clause in text:
        near = spoken_of(clause, source, 0.5)
        against = [source[at].text for at in near] or [whole]
        turned = [opposites.turned(clause.text, one) for one in against]
        if all(turned):
            found += [one.word for one in turned[0]]
    return found


def order_errors(text: str, own: Sequence[Clause], source: Sequence[Clause]) -> list[str]:
    """What a text says to come later and its source says first, where the text tells an order."""
    if not _ORDERED.search(text):
        return []
    last = -1
    for clause in own:
        near = spoken_of(clause, source)
        if not near:
            continue
        if all(at < last for at in near):
            return [f"{clause.text!r} comes earlier in the source"]
        last = max(last, min(at for at in near if at >= last))
    return []
