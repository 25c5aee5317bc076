"""Arrange what was counted: places in their order, causes by number, what was done below (pure)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

from assistant.repairs.counting import MOST_LISTED, Key, Sums
from assistant.repairs.message import CauseGroup, Fix, Place, Scope
from assistant.repairs.wordings import gathered

_MOST_CAUSES = 30  # of a place; the rarer ones are put together
_MOST_FIXES = 12  # of a cause
_MOST_PARTS = 8
_MOST_WORDINGS = 6


@dataclass(slots=True)
class _Bunch:
    """What stands under one cause, or under one way of repair; without a name it is the rest."""

    name: str
    is_rest: bool = False
    sums: Sums = field(default_factory=Sums)
    wordings: Counter[str] = field(default_factory=Counter)
    inside: dict[Key, Sums] = field(default_factory=dict)

    def add(self, key: Key, wording: str, sums: Sums) -> None:
        self.sums.add(sums)
        self.wordings[wording] += sums.tickets
        self.inside[key] = sums

    @property
    def shown_wordings(self) -> tuple[str, ...]:
        """The wordings where there are several, the most common first."""
        if self.is_rest or len(self.wordings) < 2:
            return ()
        ordered = sorted(self.wordings, key=lambda text: (-self.wordings[text], text))
        return tuple(ordered[:_MOST_WORDINGS])

    @property
    def place(self) -> tuple[int, int, str]:
        """What it is ordered by: number, then the newest ticket."""
        last = max((at for at, _ in self.sums.listed), default=0)
        return -self.sums.tickets, -last, self.name


def arranged(sums: Mapping[Key, Sums], names: Mapping[Place, str]) -> tuple[Scope, ...]:
    """The places that have tickets.

    Args:
        sums: what was counted.
        names: of the machine and of its model.
    """
    causes = gathered(_counts((key.cause, found) for key, found in sums.items()))
    by_place: dict[Place, dict[Key, Sums]] = {}
    for key, found in sums.items():
        by_place.setdefault(key.place, {})[key] = found
    return tuple(
        _scope(place, names.get(place, ""), by_place[place], causes)
        for place in get_args(Place)
        if place in by_place
    )


def _scope(place: Place, name: str, sums: Mapping[Key, Sums], causes: Mapping[str, str]) -> Scope:
    bunches = _bunches(sums, "cause", causes, _MOST_CAUSES)
    whole = Sums()
    for bunch in bunches:
        whole.add(bunch.sums)
    groups = tuple(map(_group, bunches))
    return Scope(place=place, name=name, tally=whole.tally(), groups=groups)


def _group(bunch: _Bunch) -> CauseGroup:
    done = gathered(_counts((key.done, found) for key, found in bunch.inside.items()))
    return CauseGroup(
        cause=bunch.name,
        wordings=bunch.shown_wordings,
        is_rest=bunch.is_rest,
        tally=bunch.sums.tally(),
        parts=bunch.sums.used(_MOST_PARTS),
        newest=bunch.sums.newest(1)[0],
        fixes=tuple(map(_fix, _bunches(bunch.inside, "done", done, _MOST_FIXES))),
    )


def _fix(bunch: _Bunch) -> Fix:
    return Fix(
        done=bunch.name,
        wordings=bunch.shown_wordings,
        is_rest=bunch.is_rest,
        tally=bunch.sums.tally(),
        parts=bunch.sums.used(_MOST_PARTS),
        listed=bunch.sums.newest(MOST_LISTED),
    )


def _bunches(
    sums: Mapping[Key, Sums],
    by: Literal["cause", "done"],
    stands_for: Mapping[str, str],
    most: int,
) -> Sequence[_Bunch]:
    """Put together what has one cause or one way of repair, the most common first."""
    found: dict[str, _Bunch] = {}
    for key, one in sums.items():
        text = key.cause if by == "cause" else key.done
        name = stands_for[text]
        if name not in found:
            found[name] = _Bunch(name)
        found[name].add(key, text, one)
    ordered = sorted(found.values(), key=lambda bunch: bunch.place)
    named = [bunch for bunch in ordered if bunch.name]
    unnamed = [bunch for bunch in ordered if not bunch.name]
    if len(named) <= most:
        return named + unnamed
    rest = _Bunch("", is_rest=True)
    for bunch in named[most:]:
        for key, one in bunch.inside.items():
            rest.add(key, "", one)
    return [*named[:most], rest, *unnamed]


def _counts(texts: Iterable[tuple[str, Sums]]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for text, found in texts:
        counts[text] += found.tickets
    return counts
