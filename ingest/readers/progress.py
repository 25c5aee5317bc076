"""How far the reader of this process is: set by whoever runs it, told by readers of many pages."""

from __future__ import annotations

from collections.abc import Callable

Listener = Callable[[int, int], None]
"""Called with how many pages are read, of how many."""

_listeners: list[Listener] = []


def listen(listener: Listener) -> None:
    """Call a function from now on whenever a page is read."""
    _listeners.append(listener)


def tell(done: int, total: int) -> None:
    """Say that so many pages are read; a reader that is silent for long is given up."""
    for listener in _listeners:
        listener(done, total)
