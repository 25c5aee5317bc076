"""Numbers as a brief prints them (pure)."""

from __future__ import annotations


def shown(value: float, unit: str = "") -> str:
    """A number as a brief prints it: whole where it is, else one place; with its unit."""
    places = 2 if unit in ("EUR", "USD", "CNY") else 1
    whole = float(value).is_integer()
    text = f"{value:,.0f}" if whole else f"{value:,.{places}f}"
    return text + ("%" if unit == "%" else f" {unit}" if unit else "")


def counted(amount: float, one: str, many: str = "") -> str:
    """A number of things: ``1 failure``, ``2 failures``."""
    return f"{shown(amount)} {one if amount == 1 else many or one + 's'}"
