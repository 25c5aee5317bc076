"""The scale of an axis: round steps, whole ones where half a ticket would be nonsense (pure)."""

from __future__ import annotations

import math
from dataclasses import dataclass

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_WANTED = 5  # marks on an axis, about


@dataclass(frozen=True, slots=True)
class Scale:
    """From ``low`` to ``high`` with a mark at each of ``ticks``."""

    low: float
    high: float
    ticks: tuple[float, ...]

    def share(self, value: float) -> float:
        """Where a value lies between low (0) and high (1)."""
        return (value - self.low) / (self.high - self.low)


def scale_of(values: list[float], *, is_whole: bool) -> Scale:
    """A scale from zero that holds all values; ``is_whole`` allows whole marks only."""
    finite = [value for value in values if math.isfinite(value)]
    top, bottom = max([0.0, *finite]), min([0.0, *finite])
    if top == bottom:
        top = bottom + 1.0
    step = _step((top - bottom) / _WANTED, is_whole=is_whole)
    low, high = math.floor(bottom / step) * step, math.ceil(top / step) * step
    count = round((high - low) / step)
    return Scale(low, high, tuple(low + i * step for i in range(count + 1)))


def _step(rough: float, *, is_whole: bool) -> float:
    magnitude = 10.0 ** math.floor(math.log10(rough))
    for step in _STEPS:
        if is_whole and step == 2.5 and magnitude < 10:
            continue
        if step * magnitude >= rough * 0.999:
            return max(1.0, step * magnitude) if is_whole else step * magnitude
    return 10.0 * magnitude
