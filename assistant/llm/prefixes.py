"""Keep keys and values of the last prompts, so that one that begins alike is not read in again."""

from __future__ import annotations

from typing import Any

Layers = list[tuple[Any, Any]]
"""Keys and values of each layer, tensors of the shape (rows, heads, tokens, size)."""
_LEAST = 16  # tokens: a shorter common beginning is not worth it


class Prefixes:
    """The last prompts with their keys and values; used by one thread."""

    def __init__(self, most_tokens: int = 32_768) -> None:
        """Keep prompts of at most so many tokens together, the newest first."""
        self._most = most_tokens
        self._kept: list[tuple[list[int], Layers]] = []
        self.reused = 0
        """Tokens so far that did not have to be read in again."""

    def longest(self, ids: list[int]) -> Layers | None:
        """Keys and values of the longest common beginning; one token of ``ids`` or more is left."""
        best, length = None, _LEAST - 1
        for known, layers in self._kept:
            common = min(_common(known, ids), len(ids) - 1)
            if common > length:
                best, length = layers, common
        if best is None:
            return None
        self.reused += length
        return [(keys[:, :, :length], values[:, :, :length]) for keys, values in best]

    def keep(self, ids: list[int], layers: Layers) -> None:
        """Keep a prompt; older ones make room."""
        self._kept = [(known, old) for known, old in self._kept if _common(known, ids) < len(known)]
        self._kept.insert(0, (list(ids), layers))
        total = 0
        for place, (known, _) in enumerate(self._kept):
            total += len(known)
            if total > self._most:
                del self._kept[place:]
                return

    def clear(self) -> None:
        """Forget all, to free memory."""
        self._kept.clear()


def _common(one: list[int], other: list[int]) -> int:
    """Length of the common beginning."""
    for place, (a, b) in enumerate(zip(one, other, strict=False)):
        if a != b:
            return place
    return min(len(one), len(other))
