"""Show the blocks of a conversation to the model in one order, so that its prompts begin alike.

A model that has read a beginning before does not read it again. So a follow-up shows the blocks of
the turn before first and in their order, and new ones behind them. What is shown on the screen is
not ordered by this.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence

_MOST_CONVERSATIONS = 500


class BlockOrder:
    """Remembers the order of the last turn of each conversation, in memory only."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last: OrderedDict[str, tuple[str, ...]] = OrderedDict()

    def order(self, conversation: str, blocks: Sequence[str], most: int) -> tuple[int, ...]:
        """Positions of the blocks that are shown, at most so many, in the order to show them.

        Args:
            conversation: its id; empty where there is none, and nothing is remembered then.
            blocks: the best first.
            most: how many are shown.
        """
        shown = range(len(blocks))[:most]
        if not conversation:
            return tuple(shown)
        with self._lock:
            before = self._last.get(conversation, ())
            known = {text: place for place, text in enumerate(before)}
            ordered = sorted(shown, key=lambda at: known.get(blocks[at], len(known)))
            self._last[conversation] = tuple(blocks[at] for at in ordered)
            self._last.move_to_end(conversation)
            if len(self._last) > _MOST_CONVERSATIONS:
                self._last.popitem(last=False)
        return tuple(ordered)
