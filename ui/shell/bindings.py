"""Which sign-in a page of Gradio belongs to.

Gradio names a page by a ``session_hash`` that the page chose itself, and gives whoever knows it the
events of that page. Here the first sign-in that uses one owns it.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

_IDLE_S = 24 * 3600.0  # Gradio forgets a page an hour after it was closed
_PER_OWNER = 200
_MOST = 20_000


class PageBindings:
    """The owner of each ``session_hash`` that is in use.

    The table is bounded: a sign-in that opens very many pages loses its own oldest, never another's
    as long as the whole holds fewer than 20,000.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._owners: OrderedDict[str, tuple[str, float]] = OrderedDict()  # longest unused first
        self._pages: dict[str, OrderedDict[str, None]] = {}

    def claim(self, session_hash: str, owner: str) -> bool:
        """Take a page for a sign-in; False where it is another's."""
        with self._lock:
            now = self._now()
            while self._owners and next(iter(self._owners.values()))[1] < now - _IDLE_S:
                self._drop(next(iter(self._owners)))
            found = self._owners.get(session_hash)
            if found is not None and found[0] != owner:
                return False
            self._owners[session_hash] = (owner, now)
            self._owners.move_to_end(session_hash)
            pages = self._pages.setdefault(owner, OrderedDict())
            pages[session_hash] = None
            pages.move_to_end(session_hash)
            if len(pages) > _PER_OWNER:
                self._drop(next(iter(pages)))
            elif len(self._owners) > _MOST:
                self._drop(next(iter(self._owners)))
            return True

    def _drop(self, session_hash: str) -> None:
        owner, _ = self._owners.pop(session_hash)
        pages = self._pages[owner]
        del pages[session_hash]
        if not pages:
            del self._pages[owner]

    def __len__(self) -> int:
        return len(self._owners)
