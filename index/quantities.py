"""Numbers with units in running text, brought to one unit a dimension (pure)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_UNITS = {
    "nm": ("torque", 1.0),
    "knm": ("torque", 1000.0),
    "bar": ("pressure", 1.0),
    "mbar": ("pressure", 0.001),
    "pa": ("pressure", 1e-5),
    "kpa": ("pressure", 0.01),
    "mpa": ("pressure", 10.0),
    "mm": ("length", 1.0),
    "cm": ("length", 10.0),
    "m": ("length", 1000.0),
    "µm": ("length", 0.001),
    "um": ("length", 0.001),
    "°c": ("temperature", 1.0),
    "c": ("temperature", 1.0),
    "v": ("voltage", 1.0),
    "kv": ("voltage", 1000.0),
    "mv": ("voltage", 0.001),
    "a": ("current", 1.0),
    "ma": ("current", 0.001),
    "w": ("power", 1.0),
    "kw": ("power", 1000.0),
    "hz": ("frequency", 1.0),
    "khz": ("frequency", 1000.0),
    "s": ("time", 1.0),
    "ms": ("time", 0.001),
    "min": ("time", 60.0),
    "h": ("time", 3600.0),
    "l": ("volume", 1.0),
    "ml": ("volume", 0.001),
    "l/min": ("flow", 1.0),
    "kg": ("mass", 1.0),
    "g": ("mass", 0.001),
    "kn": ("force", 1000.0),
    "n": ("force", 1.0),
    "rpm": ("speed", 1.0),
    "1/min": ("speed", 1.0),
    "min-1": ("speed", 1.0),
    "ohm": ("resistance", 1.0),
    "Ω": ("resistance", 1.0),
    "kohm": ("resistance", 1000.0),
    "kΩ": ("resistance", 1000.0),
    "%": ("share", 1.0),
}
_UNIT_PATTERN = "|".join(re.escape(unit) for unit in sorted(_UNITS, key=len, reverse=True))
_NUMBER = r"\d+(?:[.,]\d+)?"
_RANGE_END = rf"(?<=\d-)(?={_NUMBER}\s*(?:{_UNIT_PATTERN})(?![\w/]))"  # the 5 of "3-5 bar"
QUANTITY = re.compile(
    rf"(?:(?<![\w.,-])|{_RANGE_END})([+-]?{_NUMBER})\s*({_UNIT_PATTERN})?(?![\w/])",
    re.IGNORECASE,
)
_FACTORS = {unit.casefold(): factor for unit, factor in _UNITS.items()}  # "µ" and "Ω" fold, too


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in the base unit of its dimension; the dimension is "" for a bare number."""

    value: float
    dimension: str


def is_unit(text: str) -> bool:
    """Tell whether a text is a unit, in any case: "mm", "N·m"."""
    return normalise_units(text).casefold() in _FACTORS


def quantities(text: str) -> list[Quantity]:
    """Return the numbers of a text, units normalised: 5 N·m is 5 Nm, 1.5 bar is 150 kPa."""
    found: list[Quantity] = []
    for match in QUANTITY.finditer(normalise_units(text)):
        dimension, factor = _FACTORS.get((match[2] or "").casefold(), ("", 1.0))
        found.append(Quantity(round(float(match[1].replace(",", ".")) * factor, 9), dimension))
    return found


def normalise_units(text: str) -> str:
    """Bring a text to one width and N·m to Nm, so that :data:`QUANTITY` finds its quantities."""
    plain = unicodedata.normalize("NFKC", text).replace("μ", "µ")
    return re.sub(r"(?<![A-Za-z])(k?N)(?:\s*[·⋅.*]\s*| )m\b", r"\1m", plain)
