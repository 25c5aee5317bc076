"""Check by code that what a language model writes stands in the cited text (pure).

A number with its unit, a code, a part number, an asset tag or a colour in a note must occur in the
passage that the note is about, and so must every word that would turn its sense: a negation, a
condition, an opposite, a signal word, an order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from assistant.verifying import clauses, names, opposites, printed_numbers
from assistant.verifying.measures import Measure, measures, states


def unsupported(text: str, source: str) -> list[str]:
    """Return what a text states and its source does not, each as the text has it."""
    plain, known = " ".join(printed_numbers.plain(text).split()), printed_numbers.plain(source)
    return list(dict.fromkeys([*_facts(plain, known), *_senses(plain, known)]))


def _facts(text: str, source: str) -> Iterable[str]:
    """Numbers with units, codes, tags and colours."""
    codes = {names.folded(match[0]) for match in names.CODE.finditer(source)}
    held = measures(source, printed_numbers.language(source))
    stated = measures(text)
    for measure in stated:
        if not states(held, measure) and not _ends_code(measure, source):
            yield measure.text
    taken = {position for one in stated if one.unit for position in range(one.start, one.end)}
    for match in names.CODE.finditer(text):
        if match.start() not in taken and names.folded(match[0]) not in codes:
            yield match[0]
    meant = {colour for colour, _ in names.colours(source)}
    for colour, spelled in names.colours(text):
        if colour not in meant:
            yield spelled


def _ends_code(measure: Measure, source: str) -> bool:
    """A bare number that a code of the source ends with: "alarm 217" for "E-217"."""
    if measure.unit or measure.is_range or not measure.text.isdecimal():
        return False
    ending = re.compile(rf"[A-Za-z][-._ ]?0*{measure.text}(?![\w-])")
    return ending.search(source) is not None


def _senses(text: str, source: str) -> Iterable[str]:
    """Words that turn the sense."""
    own, others = clauses.clauses(text), clauses.clauses(source)
    yield from clauses.value_errors(own, others)
    yield from clauses.negation_errors(own, others)
    yield from clauses.condition_errors(own, others)
    yield from clauses.opposite_errors(own, others, source)
    yield from clauses.order_errors(text, own, others)
    yield from sorted(opposites.signal_words(text) - opposites.signal_words(source))
