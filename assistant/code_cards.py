"""Code cards: the rows of one code as one card, its causes beside their remedies (pure)."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.messages import CodeCard


def merge_cards(rows: Sequence[CodeCard]) -> tuple[CodeCard, ...]:
    """One card for the rows that a table gives to the causes of one code."""
    cards: dict[tuple[str, str, str, str], CodeCard] = {}
    for row in rows:
        key = row.code, row.device, row.component, row.meaning
        card = cards.setdefault(key, row)
        causes = dict.fromkeys((*card.causes, *row.causes))
        remedies = dict.fromkeys((*card.remedies, *row.remedies))
        cards[key] = card.model_copy(update={"causes": tuple(causes), "remedies": tuple(remedies)})
    return tuple(cards.values())


def pair(causes: Sequence[str], remedies: Sequence[str]) -> list[tuple[str, str]]:
    """Pair causes with remedies: one by one where both lists have the same length."""
    if len(causes) == len(remedies):
        return list(zip(causes, remedies, strict=True))
    if not causes:
        return [(remedy, "") for remedy in remedies]
    if not remedies:
        return [(cause, "") for cause in causes]
    return [(cause, " / ".join(remedies)) for cause in causes]
