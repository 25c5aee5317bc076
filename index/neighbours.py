"""Let short records that resemble each other support each other (pure).

A ticket has a dozen words, so that two reports of one fault may share hardly any with the question
and many with each other. The score of a record rises with those of its nearest neighbours among the
candidates (score regularisation, Diaz 2005). It helps records and harms manuals, whose neighbouring
passages are about other things: see docs/evaluation.md.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

_LONGEST = 400  # characters of a record that are compared
_BUCKETS = 1021  # a prime, so that few trigrams fall together
_WORD = re.compile(r"[^\W_]+")


def support(texts: Sequence[str], scores: np.ndarray, neighbours: int) -> np.ndarray:
    """The mean score of each text's nearest others, weighted by how near they are.

    ``scores`` has shape (len(texts),), as has the result. Nearness is the cosine of counted
    character trigrams. A text that resembles no other has no support: 0.
    """
    if len(texts) < 2:
        return np.zeros(len(texts))
    nearness = _nearness(texts)
    np.fill_diagonal(nearness, 0.0)
    count = min(neighbours, len(texts) - 1)
    least = np.sort(nearness, axis=1)[:, -count][:, None]
    weights = np.where(nearness >= least, nearness, 0.0)
    totals = weights.sum(axis=1)
    supported: np.ndarray = np.divide(
        weights @ scores, totals, out=np.zeros(len(texts)), where=totals > 0
    )
    return supported


def _nearness(texts: Sequence[str]) -> np.ndarray:
    """Cosines between texts, shape (n, n)."""
    rows = np.stack([_trigrams(text[:_LONGEST]) for text in texts])
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    rows /= np.where(lengths == 0, 1, lengths)
    cosines: np.ndarray = (rows @ rows.T).astype(float)
    return cosines


def _trigrams(text: str) -> np.ndarray:
    """How often each character trigram stands in a text, damped; hashed, shape (_BUCKETS,)."""
    plain = f" {' '.join(_WORD.findall(text.casefold()))} "
    points = np.frombuffer(plain.encode("utf-32-le"), np.uint32).astype(np.int64)
    hashes = (points[:-2] * 31 + points[1:-1]) * 31 + points[2:]
    counts = np.bincount(hashes % _BUCKETS, minlength=_BUCKETS)
    damped: np.ndarray = np.log1p(counts).astype(np.float32)
    return damped
