"""Numbers of things as a brief prints them (pure)."""

from __future__ import annotations

from assistant.analytics.presentation.amounts import amount


def counted(count: float, one: str, many: str = "") -> str:
    """A number of things: ``1 failure``, ``2 failures``."""
    return f"{amount(count)} {one if count == 1 else many or one + 's'}"
