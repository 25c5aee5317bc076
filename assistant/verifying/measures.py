"""What a text measures: numbers with units, ranges, tolerances and fractions (pure)."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from assistant.verifying.printed_numbers import FRACTION, NUMBER, readings
from assistant.verifying.units import PATTERN, UNITS

_CONVERTED = 0.006  # relative: what a person rounds away when one unit becomes another
_DEGREES = 0.3  # a whole degree Fahrenheit, rounded, in kelvin
_IMPERIAL = frozenset("psi PSI inch inches ″ 英寸 °F F lbf·ft lb·ft lbft ft·lb ft-lb lb-ft".split())
_W = "A-Za-z0-9_À-ÖØ-öø-ÿ"
_VALUE = rf"(?:{FRACTION}|{NUMBER})"
_UNIT = rf"(?:{PATTERN})(?![A-Za-z0-9µΩ²³/])"
_TO = r"\s*(?:-|~|\.\.\.?|to|bis|à|and|und|至|到)\s*"
_MEASURE = re.compile(
    rf"(?<![{_W}.,/])(?<![{_W}][-:])(?:"
    rf"(?P<low>[+-]?{_VALUE})\s*(?P<lowunit>{_UNIT})?{_TO}(?P<high>[+-]?{_VALUE})\s*(?P<highunit>{_UNIT})"
    rf"|(?P<from>[+-]?{_VALUE})\s*(?:-|~|\.\.\.?)\s*(?P<to>{_VALUE})(?![{_W}/]|[.,]\d|-[{_W}])"
    rf"|(?P<sign>±\s*|\+/-\s*|[+-](?=\d))?(?P<one>{_VALUE})\s*(?P<unit>{_UNIT})"
    rf"|(?P<baresign>±\s*|\+/-\s*|[+-](?=\d))?(?P<bare>{_VALUE})(?![{_W}/]|[.,]\d|-[{_W}])"
    rf")"
)
_TOLERANCE = re.compile(
    rf"(?<=[{_W}%°])(?P<space>\s?)(?:±|\+/-)\s*(?P<one>{_VALUE})\s*(?P<unit>{_UNIT})?"
)
_UNIT_BEFORE = re.compile(rf"(?:{PATTERN})$")
_MARK = re.compile(r"(?:(?<=\s)|^)\(?\d{1,2}\)(?=\s)")


@dataclass(frozen=True, slots=True)
class Measure:
    """A value of a dimension as it stands at a place in a text.

    ``values`` are its readings in the base unit of the dimension; "" is the dimension of a bare
    number and "±length" that of a tolerance. ``end_values`` are those of the end of a range.
    """

    text: str
    start: int
    end: int
    values: frozenset[float]
    unit: str
    dimension: str
    end_values: frozenset[float] = frozenset()

    @property
    def is_range(self) -> bool:
        """Whether it has an end besides its beginning."""
        return bool(self.end_values)


def measures(text: str, language: str | None = None) -> list[Measure]:
    """Return what a text measures, in its order.

    The text must have gone through :func:`assistant.verifying.printed_numbers.plain`. For
    ``language`` see :func:`assistant.verifying.printed_numbers.readings`. The marks of a list,
    "1) ... 2) ...", are none.
    """
    blank = _MARK.sub(lambda match: " " * len(match[0]), text)
    found: list[Measure] = []
    for match in _TOLERANCE.finditer(blank):
        before = _UNIT_BEFORE.search(blank[: match.start()])
        unit = match["unit"] or (before[0] if before else "")
        found.append(_measure(match, match["one"], unit, "±", language))
        # In "10 ±0.5 mm" the unit is that of the value, too.
        kept = f" {match['unit']}" if match["unit"] and not before else ""
        blank = blank[: match.start()] + kept.ljust(len(match[0])) + blank[match.end() :]
    for match in _MEASURE.finditer(blank):
        if match["low"]:
            found.extend(_range(match, language))
        elif match["from"]:
            begin, end = _values(match["from"], "", language), _values(match["to"], "", language)
            found.append(Measure(match[0].strip(), *match.span(), begin, "", "", end))
        elif match["one"]:
            sign = match["sign"] or ""
            found.append(_measure(match, match["one"], match["unit"], sign.strip(), language))
        else:
            sign = match["baresign"] or ""
            found.append(_measure(match, match["bare"], "", sign.strip(), language))
    return sorted(found, key=lambda one: one.start)


def _range(match: re.Match[str], language: str | None) -> list[Measure]:
    """Two values with something between: a range, or two measures where they are of two kinds."""
    unit = match["highunit"]
    first = match["lowunit"] or unit
    begin, end = _values(match["low"], first, language), _values(match["high"], unit, language)
    kinds = UNITS[first].dimension, UNITS[unit].dimension
    if kinds[0] == kinds[1]:
        return [Measure(match[0].strip(), *match.span(), begin, unit, kinds[1], end)]
    border, start = match.end("lowunit"), match.start("high")
    return [
        Measure(match[0][: border - match.start()], match.start(), border, begin, first, kinds[0]),
        Measure(match[0][start - match.start() :], start, match.end(), end, unit, kinds[1]),
    ]


def _measure(
    match: re.Match[str], number: str, unit: str, sign: str, language: str | None
) -> Measure:
    values = _values(f"-{number}" if sign == "-" else number, unit, language)
    dimension = UNITS[unit].dimension if unit else ""
    if sign in ("±", "+/-"):
        dimension = f"±{dimension}"
    return Measure(match[0].strip(), *match.span(), values, unit, dimension)


def _values(number: str, unit: str, language: str | None) -> frozenset[float]:
    sign = -1.0 if number.startswith("-") else 1.0
    known = UNITS.get(unit)
    values = readings(number.lstrip("+-"), language)
    factor, offset = (known.factor, known.offset) if known else (1.0, 0.0)
    return frozenset(sign * value * factor + offset for value in values)


def states(source: Sequence[Measure], wanted: Measure) -> bool:
    """Tell whether what a text measures is measured in its source as well.

    A bare number is borne out by a value of any unit. A range is not borne out by another range
    that shares an end with it.
    """
    alike = [one for one in source if _is_of_kind(one, wanted)]
    if wanted.is_range:
        ranges = [one for one in alike if one.is_range]
        if any(_same(one, one.values, wanted) and _same_end(one, wanted) for one in ranges):
            return True
        if any(_same(one, one.values, wanted) or _same_end(one, wanted) for one in ranges):
            return False
        return all(
            any(_near(one.values | one.end_values, end, one, wanted) for one in alike)
            for end in (wanted.values, wanted.end_values)
        )
    return any(_same(one, one.values | one.end_values, wanted) for one in alike)


def _is_of_kind(one: Measure, wanted: Measure) -> bool:
    return one.dimension == wanted.dimension or (
        wanted.dimension == "" and not one.dimension.startswith("±")
    )


def _same(one: Measure, values: Collection[float], wanted: Measure) -> bool:
    if wanted.dimension == "" and one.unit:  # "5" for "5 bar": the number as it is printed
        known = UNITS[one.unit]
        printed = [(value - known.offset) / known.factor for value in values]
        return _near(printed, wanted.values, wanted, wanted)
    return _near(values, wanted.values, one, wanted)


def _same_end(one: Measure, wanted: Measure) -> bool:
    return _near(one.end_values, wanted.end_values, one, wanted)


def _near(some: Collection[float], others: Collection[float], one: Measure, two: Measure) -> bool:
    """Tell whether some values of one are values of two, which may have another unit."""
    if one.unit != two.unit and UNITS.get(one.unit) != UNITS.get(two.unit):
        # Nothing in one unit is nothing in another, but nobody writes it so: it is a slip.
        some, others = [a for a in some if a], [b for b in others if b]
    is_rounded = one.unit != two.unit and bool({one.unit, two.unit} & _IMPERIAL)
    relative = _CONVERTED if is_rounded else 1e-9
    absolute = _DEGREES if is_rounded and one.dimension == "temperature" else 1e-12
    return any(math.isclose(a, b, rel_tol=relative, abs_tol=absolute) for a in some for b in others)
