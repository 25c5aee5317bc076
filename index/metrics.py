"""Retrieval metrics over judged queries (pure).

A ranking is a list of distinct ids, best first; judgements map an id to its gain (> 0).
Definitions: Jaervelin and Kekaelaeinen 2002 for nDCG, with linear gain as in BEIR.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence


def ndcg(ranking: Sequence[str], judgements: Mapping[str, float], k: int = 10) -> float:
    """Normalised discounted cumulative gain at k, in [0, 1]; 0 where nothing is relevant."""
    ideal = _dcg(sorted(judgements.values(), reverse=True)[:k])
    found = _dcg([judgements.get(item, 0.0) for item in ranking[:k]])
    return found / ideal if ideal else 0.0


def _dcg(gains: Sequence[float]) -> float:
    return sum(gain / math.log2(position + 2) for position, gain in enumerate(gains))


def recall(ranking: Sequence[str], judgements: Mapping[str, float], k: int = 10) -> float:
    """Share of the relevant ids among the first k, in [0, 1]; 0 where nothing is relevant."""
    relevant = {item for item, gain in judgements.items() if gain > 0}
    return len(relevant & set(ranking[:k])) / len(relevant) if relevant else 0.0


def reciprocal_rank(ranking: Sequence[str], judgements: Mapping[str, float]) -> float:
    """1 / position of the first relevant id, 0 if none is in the ranking."""
    for position, item in enumerate(ranking, start=1):
        if judgements.get(item, 0.0) > 0:
            return 1.0 / position
    return 0.0


def hit(ranking: Sequence[str], judgements: Mapping[str, float], k: int = 1) -> float:
    """1.0 if a relevant id is among the first k, else 0.0."""
    return float(any(judgements.get(item, 0.0) > 0 for item in ranking[:k]))
