"""Numbers as people read them: with their unit, no more digits than they can use (pure)."""

from __future__ import annotations

import math

from assistant.analytics.figure import Cell, Column

UNKNOWN = "unknown"
_GLUED = {"%": "{}%"}  # the unit stands at the number


def amount(value: float | None, unit: str = "") -> str:
    """A number with its unit; what is missing is said so, and is not 0."""
    if value is None:
        return UNKNOWN
    return _GLUED.get(unit, "{} " + unit if unit else "{}").format(number(value, unit))


def number(value: float, unit: str = "") -> str:
    """A number without its unit, thousands apart: money with two decimals, shares with one."""
    if not math.isfinite(value):
        return "∞" if value > 0 else UNKNOWN
    if len(unit) == 3 and unit.isupper():
        return f"{value:,.2f}"
    if value == round(value):
        return f"{value:,.0f}"
    if unit == "%" and abs(value) >= 0.1:
        return f"{value:.1f}"
    size = abs(value)
    digits = 1 if size >= 10 else 2 if size >= 1 else 3
    text = f"{value:,.{digits}f}"
    return text.rstrip("0").rstrip(".") if digits > 1 else text


def cell_text(cell: Cell, column: Column) -> str:
    """A cell of a figure's table; empty where nothing is known."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell
    return number(cell, column.unit) if column.kind == "number" else str(cell)
