"""Which pieces of an answer have a person work on energy (pure)."""

from __future__ import annotations

from collections.abc import Iterable

from assistant.energy_words import has_hands_on, works_on_energy
from assistant.evidence import Evidence
from assistant.messages import Answer


def work_on_energy(shown: Evidence | Answer) -> Iterable[int]:
    """Yield the markers of what is worked on: steps, causes with a remedy, quotes, cards."""
    steps = [step.text for step in shown.steps]
    # A step alone seldom names what it takes apart: the procedure is looked at as a whole.
    if steps and works_on_energy(shown.procedure, *steps):
        yield from (step.marker for step in shown.steps)
    for cause in shown.causes:
        if has_hands_on(cause.remedy) and works_on_energy(cause.symptom, cause.text, cause.remedy):
            yield cause.marker
    for card in shown.code_cards:
        for remedy in card.remedies:
            if has_hands_on(remedy) and works_on_energy(card.meaning, *card.causes, remedy):
                yield card.marker
    for quote in shown.quotes:
        # A row of a parts list or of a table of torques names no work; its section may.
        words = quote.cells or (quote.text,)
        if any(has_hands_on(text) for text in words) and works_on_energy(quote.text):
            yield quote.marker
